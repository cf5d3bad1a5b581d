//! Names of codes for people: published with the content, looked up on every page.
//!
//! Owns the copy in memory, so that a lookup never waits. Names never decide anything: the engine knows codes only.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use base::{CivilDate, Code};
use engine::Role;
use platform::access::{Action, Denied, Permit};
use platform::database::Database;
use platform::i18n::Language;

use crate::service::content::{Content, Known, Label, LabelKind, TermKind};
use crate::store;

/// Why labels could not be published or read.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The table could not be read or written.
    #[error("the names of codes cannot be kept")]
    Store(#[from] store::StoreError),
}

/// Labels by kind and code, a code's in order of first day.
type Table = HashMap<(LabelKind, Code), Vec<Arc<Label>>>;

/// The labels of one office database.
#[derive(Debug, Clone)]
pub struct Labels {
    office: Database,
    table: Arc<RwLock<Table>>,
}

impl Labels {
    /// Reads all labels of an office whose schema is present ([`crate::Office`]).
    ///
    /// # Errors
    /// [`LabelsError::Store`].
    pub async fn open(office: Database) -> Result<Self, LabelsError> {
        let labels = Self { office, table: Arc::default() };
        labels.refresh().await?;
        Ok(labels)
    }

    /// Reads all labels again, after another process published.
    ///
    /// # Errors
    /// [`LabelsError::Store`].
    pub async fn refresh(&self) -> Result<(), LabelsError> {
        let mut table = Table::new();
        for label in store::read(&self.office).await? {
            table.entry((label.kind, label.code)).or_default().push(Arc::new(label));
        }
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = table;
        Ok(())
    }

    /// Keeps the names of a publication. Publishing the same again changes nothing.
    ///
    /// # Errors
    /// [`LabelsError`] when the permit is for something else or the table cannot be written.
    pub async fn publish(&self, permit: &Permit, content: &Content) -> Result<(), LabelsError> {
        permit.require(Action::PublishContent)?;
        let title = |document| {
            let label = self.latest(LabelKind::Document, document)?;
            Some(label.names.id.clone())
        };
        store::write(&self.office, &content.labels(title)).await?;
        self.refresh().await
    }

    /// The label that holds on a date.
    #[must_use]
    pub fn lookup(&self, kind: LabelKind, code: Code, date: CivilDate) -> Option<Arc<Label>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let labels = table.get(&(kind, code))?;
        labels.iter().rfind(|label| label.holds(date)).cloned()
    }

    /// What to call a code on a date: its name then, else the nearest one, else the code itself. Never empty.
    #[must_use]
    pub fn name(&self, kind: LabelKind, code: Code, language: Language, date: CivilDate) -> String {
        let label = self.lookup(kind, code, date).or_else(|| self.nearest(kind, code, date));
        label.map_or_else(|| code.to_string(), |label| label.names.get(language).to_owned())
    }

    /// Codes of a kind in order, each with the label that holds on a date.
    #[must_use]
    pub fn all(&self, kind: LabelKind, date: CivilDate) -> Vec<Arc<Label>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let of_kind = table.iter().filter(|((known, _), _)| *known == kind);
        let mut labels: Vec<Arc<Label>> = of_kind
            .filter_map(|(_, labels)| labels.iter().rfind(|label| label.holds(date)).cloned())
            .collect();
        labels.sort_by_key(|label| label.code);
        labels
    }

    /// The codes published so far, for a later publication to refer to.
    #[must_use]
    pub fn known(&self) -> Known {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let mut known = Known::default();
        for label in table.values().flatten() {
            known_label(&mut known, label);
        }
        known
    }

    fn latest(&self, kind: LabelKind, code: Code) -> Option<Arc<Label>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.get(&(kind, code))?.last().cloned()
    }

    /// The last name before a date, else the first one.
    fn nearest(&self, kind: LabelKind, code: Code, date: CivilDate) -> Option<Arc<Label>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let labels = table.get(&(kind, code))?;
        labels.iter().rfind(|label| label.valid_from <= date).or(labels.first()).cloned()
    }
}

fn known_label(known: &mut Known, label: &Label) {
    let newest = |versions: &mut std::collections::BTreeMap<Code, u32>| {
        let version = versions.entry(label.code).or_default();
        *version = (*version).max(label.version);
    };
    let mut term = |kind| {
        known.terms.insert((kind, label.code));
    };
    match label.kind {
        LabelKind::Document => drop(known.documents.insert(label.code)),
        LabelKind::Organisation => {
            known.organisations.insert(label.code);
            if label.role == Some(Role::Merchant) {
                known.merchants.insert(label.code);
            }
        }
        LabelKind::Service => drop(known.services.insert(label.code)),
        LabelKind::Place => drop(known.places.insert(label.code)),
        LabelKind::Tariff => newest(&mut known.tariffs),
        LabelKind::Benefit => newest(&mut known.benefits),
        LabelKind::Calendar => newest(&mut known.calendars),
        LabelKind::Integration => newest(&mut known.integrations),
        LabelKind::RiderCategory => term(TermKind::RiderCategory),
        LabelKind::MediumKind => term(TermKind::MediumKind),
        LabelKind::MerchantType => term(TermKind::MerchantType),
        LabelKind::Good => term(TermKind::Good),
        LabelKind::Programme => term(TermKind::Programme),
    }
}
