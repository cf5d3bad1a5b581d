//! Tariffs: a flat price per service, versioned by the instant it takes effect.

use base::Timestamp;
use minicbor::{Decode, Encode};

use crate::TariffDefinition;

/// Versions of one service's tariff, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Versions {
    /// In order of version and of instant.
    #[n(0)]
    pub all: Vec<TariffDefinition>,
}

/// Tariffs by index of service.
#[derive(Clone, Debug, Default)]
pub struct Tariffs {
    by_service: Vec<Versions>,
}

impl Tariffs {
    /// The version of a service's tariff in force at an instant: a pure function of content and time.
    #[must_use]
    pub fn fare(&self, service: u32, at: Timestamp) -> Option<&TariffDefinition> {
        let versions = self.by_service.get(service as usize)?;
        versions.all.iter().rev().find(|version| version.effective_from <= at)
    }

    /// The newest version of a service's tariff.
    #[must_use]
    pub fn newest(&self, service: u32) -> Option<&TariffDefinition> {
        self.by_service.get(service as usize)?.all.last()
    }

    /// All versions by index of service.
    #[must_use]
    pub fn all(&self) -> &[Versions] {
        &self.by_service
    }

    pub(crate) fn publish(&mut self, service: u32, definition: &TariffDefinition) {
        let slot = service as usize;
        if self.by_service.len() <= slot {
            self.by_service.resize(slot + 1, Versions::default());
        }
        if let Some(versions) = self.by_service.get_mut(slot) {
            versions.all.push(definition.clone());
        }
    }
}
