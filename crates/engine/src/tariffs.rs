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

#[cfg(test)]
mod tests {
    use base::Code;

    use super::*;
    use crate::{Amount, Evidence, Source};

    #[test]
    fn the_newest_version_that_has_begun_is_in_force() {
        let service = Code::parse("bus").unwrap();
        let legal_basis = Code::parse("decree-1-2026").unwrap();
        let mut tariffs = Tariffs::default();
        for (version, since) in [(1, 100), (2, 200), (3, 200), (4, 300)] {
            let source = Source { legal_basis, evidence: Evidence::Assumed };
            let effective_from = Timestamp(since);
            let price = Amount(u64::from(version));
            tariffs.publish(3, &TariffDefinition { service, version, price, effective_from, source });
        }
        let in_force = |at| tariffs.fare(3, Timestamp(at)).map(|known| known.version);
        let table =
            [(99, None), (100, Some(1)), (199, Some(1)), (200, Some(3)), (299, Some(3)), (300, Some(4))];
        for (at, version) in table {
            assert_eq!(in_force(at), version, "at {at}");
        }
        assert_eq!(tariffs.newest(3).map(|known| known.version), Some(4));
        assert!(tariffs.fare(2, Timestamp(500)).is_none(), "a service between two others has no price");
        assert!(tariffs.fare(9, Timestamp(500)).is_none());
    }
}
