//! Tariffs: what a service costs, and what several modes cost together, versioned by the instant each takes effect.
//!
//! Owns the published versions. A single ride is priced in [`fare`], a whole service day in [`crate::journeys`].

mod fare;

use std::collections::BTreeMap;

use base::{Code, Timestamp};
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::snapshot::{Rows, Table};
use crate::{IntegrationDefinition, TariffDefinition};

pub use fare::{Ending, Ride};

/// Versions of one service's tariff, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Versions {
    /// In order of version and of instant.
    #[n(0)]
    pub all: Vec<TariffDefinition>,
}

/// One version of an integration with the metres between its stops by their indexes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Integration {
    /// As published.
    #[n(0)]
    pub definition: IntegrationDefinition,
    #[n(1)]
    metres: BTreeMap<(u32, u32), u32>,
}

impl Integration {
    /// Which of its modes a service is, if any.
    #[must_use]
    pub fn mode(&self, service: &Code) -> Option<usize> {
        self.definition.modes.iter().position(|mode| mode.services.contains(service))
    }

    /// Metres between two stops.
    #[must_use]
    pub fn metres(&self, one: u32, other: u32) -> Option<u32> {
        self.metres.get(&(one.min(other), one.max(other))).copied()
    }
}

/// Tariffs by index of service.
#[derive(Clone, Debug, Default)]
pub struct Tariffs {
    by_service: Vec<Versions>,
    /// Services whose single taps cost something else after or before another ride, by index.
    coupled: Vec<bool>,
    integrations: Vec<Integration>,
}

impl Tariffs {
    /// The version of a service's tariff in force at an instant: a pure function of content and time.
    #[must_use]
    pub fn in_force(&self, service: u32, at: Timestamp) -> Option<&TariffDefinition> {
        let versions = self.by_service.get(service as usize)?;
        let begun = versions.all.iter().rev().find(|version| version.effective_from <= at)?;
        begun.rules.effective_until.is_none_or(|until| at < until).then_some(begun)
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

    /// Whether the price of a single tap of a service depends on the rides around it.
    #[must_use]
    pub fn is_coupled(&self, service: u32) -> bool {
        self.coupled.get(service as usize).copied().unwrap_or_default()
    }

    /// The integration in force at an instant that a service belongs to.
    #[must_use]
    pub fn integration(&self, service: &Code, at: Timestamp) -> Option<&Integration> {
        let known = self.integrations.iter().rev().filter(|one| one.definition.effective_from <= at);
        let mut newest: Vec<&Code> = Vec::new();
        for one in known {
            if newest.contains(&&one.definition.code) {
                continue;
            }
            if one.mode(service).is_some() {
                return one.definition.effective_until.is_none_or(|until| at < until).then_some(one);
            }
            newest.push(&one.definition.code);
        }
        None
    }

    /// All versions of all integrations in order of publication.
    #[must_use]
    pub fn integrations(&self) -> &[Integration] {
        &self.integrations
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { by_service, coupled, integrations } = self;
        out.all(Table::Tariffs, by_service)?;
        out.all(Table::Coupled, coupled)?;
        out.all(Table::Integrations, integrations)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        match table {
            Table::Tariffs => self.by_service.push(d.decode()?),
            Table::Coupled => self.coupled.push(d.decode()?),
            _ => self.integrations.push(d.decode()?),
        }
        Ok(())
    }

    /// Adds a version. `sources` are the indexes of the services its transfers name.
    pub(crate) fn publish(&mut self, service: u32, definition: &TariffDefinition, sources: &[u32]) {
        let slot = service as usize;
        if self.by_service.len() <= slot {
            self.by_service.resize(slot + 1, Versions::default());
        }
        if let Some(versions) = self.by_service.get_mut(slot) {
            versions.all.push(definition.clone());
        }
        let own = definition.rules.cap_day.is_some() || !sources.is_empty();
        for coupled in sources.iter().copied().chain(own.then_some(service)) {
            let slot = coupled as usize;
            if self.coupled.len() <= slot {
                self.coupled.resize(slot + 1, false);
            }
            if let Some(flag) = self.coupled.get_mut(slot) {
                *flag = true;
            }
        }
    }

    pub(crate) fn publish_integration(
        &mut self,
        definition: &IntegrationDefinition,
        metres: BTreeMap<(u32, u32), u32>,
    ) {
        self.integrations.push(Integration { definition: definition.clone(), metres });
    }
}

#[cfg(test)]
mod tests {
    use base::Code;

    use super::*;
    use crate::{Amount, Evidence, Source, TariffRules};

    #[test]
    fn the_newest_version_that_has_begun_is_in_force() {
        let service = Code::parse("bus").unwrap();
        let legal_basis = Code::parse("decree-1-2026").unwrap();
        let mut tariffs = Tariffs::default();
        for (version, since) in [(1, 100), (2, 200), (3, 200), (4, 300)] {
            let source = Source { legal_basis, evidence: Evidence::Assumed };
            let effective_from = Timestamp(since);
            let price = Amount(u64::from(version));
            let rules = TariffRules::default();
            tariffs.publish(
                3,
                &TariffDefinition { service, version, price, effective_from, source, rules },
                &[],
            );
        }
        let in_force = |at| tariffs.in_force(3, Timestamp(at)).map(|known| known.version);
        let table =
            [(99, None), (100, Some(1)), (199, Some(1)), (200, Some(3)), (299, Some(3)), (300, Some(4))];
        for (at, version) in table {
            assert_eq!(in_force(at), version, "at {at}");
        }
        assert_eq!(tariffs.newest(3).map(|known| known.version), Some(4));
        assert!(tariffs.in_force(2, Timestamp(500)).is_none(), "a service between two others has no price");
        assert!(tariffs.in_force(9, Timestamp(500)).is_none());
    }
}
