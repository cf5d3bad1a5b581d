//! Codes of earlier publications. Owns what a later file may refer to; the names behind the codes are labels.

use std::collections::{BTreeMap, BTreeSet};

use base::Code;
use engine::Role;

use super::super::{Content, TermKind};

/// Codes that are published already, so that a later file may refer to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Document ids.
    pub documents: BTreeSet<Code>,
    /// Organisations.
    pub organisations: BTreeSet<Code>,
    /// Those of them that run places.
    pub merchants: BTreeSet<Code>,
    /// Services.
    pub services: BTreeSet<Code>,
    /// Places.
    pub places: BTreeSet<Code>,
    /// Words, by kind.
    pub terms: BTreeSet<(TermKind, Code)>,
    /// Newest version of each calendar.
    pub calendars: BTreeMap<Code, u32>,
    /// Newest version of each tariff, by service.
    pub tariffs: BTreeMap<Code, u32>,
    /// Newest version of each fare for several modes together.
    pub integrations: BTreeMap<Code, u32>,
    /// Newest version of each benefit.
    pub benefits: BTreeMap<Code, u32>,
}

impl Known {
    /// Everything a publication holds.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        Self {
            documents: content.documents.iter().map(|row| row.id).collect(),
            organisations: content.organisations.iter().map(|row| row.code).collect(),
            merchants: {
                let merchants = content.organisations.iter().filter(|row| row.role == Role::Merchant);
                merchants.map(|row| row.code).collect()
            },
            services: content.services.iter().map(|row| row.code).collect(),
            places: content.places.iter().map(|row| row.code).collect(),
            terms: content.terms.iter().map(|row| (row.kind, row.code)).collect(),
            calendars: content.calendars.iter().map(|row| (row.code, row.version)).collect(),
            tariffs: content.tariffs.iter().map(|row| (row.service, row.version)).collect(),
            integrations: content.integrations.iter().map(|row| (row.code, row.version)).collect(),
            benefits: content.benefits.iter().map(|row| (row.code, row.version)).collect(),
        }
    }
}
