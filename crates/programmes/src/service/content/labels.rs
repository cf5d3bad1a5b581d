//! Names of codes for people, dated, with what they rest on.

use base::{CivilDate, Code};
use engine::{Evidence, Role};

use super::{AidMonth, Basis, Content, FormerName, Mode, Names, TermKind};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// What a code names. Codes are unique within a kind: a zoo and the entry sold there may share one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LabelKind { $($(#[$doc])* $name,)* }

        impl LabelKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Stable code, as stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The kind with a stored code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.code() == code)
            }
        }
    };
}

kinds! {
    /// A bank, a merchant or the operator.
    Organisation = "organisation";
    /// What is sold.
    Service = "service";
    /// Where media are used.
    Place = "place";
    /// The price of a service; its code is the service's, its dates are the version's.
    Tariff = "tariff";
    /// A calendar.
    Calendar = "calendar";
    /// The fare for several modes together.
    Integration = "integration";
    /// A benefit.
    Benefit = "benefit";
    /// A regulation or agreement.
    Document = "document";
    /// Category of a rider.
    RiderCategory = "rider_category";
    /// Kind of a medium.
    MediumKind = "medium_kind";
    /// What a merchant sells.
    MerchantType = "merchant_type";
    /// Something sold.
    Good = "good";
    /// A programme: what benefits of one group have before the dot of their codes.
    Programme = "programme";
}

impl From<TermKind> for LabelKind {
    fn from(kind: TermKind) -> Self {
        match kind {
            TermKind::RiderCategory => Self::RiderCategory,
            TermKind::MediumKind => Self::MediumKind,
            TermKind::MerchantType => Self::MerchantType,
            TermKind::Good => Self::Good,
            TermKind::Programme => Self::Programme,
        }
    }
}

/// What the office knows of a benefit and the engine need not: it decides grants and disbursements, not uses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BenefitTerms {
    /// Least age in years on the day of the grant.
    pub age_min: Option<u8>,
    /// What is paid into its wallet for a month.
    pub aid_month: Option<AidMonth>,
}

/// The name of a code for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it names.
    pub kind: LabelKind,
    /// The code.
    pub code: Code,
    /// Version of a calendar, tariff, integration or benefit; 0 where there is none.
    pub version: u32,
    /// Role of an organisation.
    pub role: Option<Role>,
    /// How people use a service.
    pub mode: Option<Mode>,
    /// What a benefit is beside its definition in the engine.
    pub terms: BenefitTerms,
    /// The name.
    pub names: Names,
    /// First day of the name.
    pub valid_from: CivilDate,
    /// Last day, included.
    pub valid_to: Option<CivilDate>,
    /// Title of the document it rests on; its own for a document, empty for a term.
    pub legal_basis: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Why it is assumed, or what was not read.
    pub reason: Option<String>,
}

impl Label {
    /// Whether the name holds on a date.
    #[must_use]
    pub fn holds(&self, date: CivilDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|to| date <= to)
    }
}

impl Content {
    /// A label for every name there is or was. `titles` finds documents published earlier.
    #[must_use]
    pub fn labels(&self, titles: impl Fn(Code) -> Option<String>) -> Vec<Label> {
        let title = |code: Code| {
            let own = self.documents.iter().find(|document| document.id == code);
            own.map(|document| document.title.clone()).or_else(|| titles(code)).unwrap_or_default()
        };
        let mut labels = Vec::new();
        for row in &self.organisations {
            let first = label(LabelKind::Organisation, row.code, &row.names, &row.basis, &title);
            named(&mut labels, Label { role: Some(row.role), ..first }, &row.former_names);
        }
        for row in &self.services {
            let first = label(LabelKind::Service, row.code, &row.names, &row.basis, &title);
            named(&mut labels, Label { mode: Some(row.mode), ..first }, &row.former_names);
        }
        for row in &self.places {
            let first = label(LabelKind::Place, row.code, &row.names, &row.basis, &title);
            named(&mut labels, first, &row.former_names);
        }
        self.version_labels(&mut labels, &title);
        labels.extend(self.documents.iter().map(|row| Label {
            kind: LabelKind::Document,
            legal_basis: row.title.clone(),
            valid_from: row.date.unwrap_or(CivilDate(0)),
            ..word(row.id, Names { id: row.title.clone(), en: row.title.clone() })
        }));
        let terms = self.terms.iter();
        labels.extend(terms.map(|row| Label { kind: row.kind.into(), ..word(row.code, row.names.clone()) }));
        labels
    }

    /// A version ends the day before the next one begins.
    fn version_labels(&self, labels: &mut Vec<Label>, title: &impl Fn(Code) -> String) {
        for (index, row) in self.tariffs.iter().enumerate() {
            let next = self.tariffs.get(index + 1).filter(|next| next.service == row.service);
            // A service of an earlier publication has its name there; its code is better than nothing.
            let bare = Names { id: row.service.to_string(), en: row.service.to_string() };
            let names = self.service(row.service).map_or(&bare, |service| &service.names);
            let first = label(LabelKind::Tariff, row.service, names, &row.basis, title);
            labels.push(version(first, row.version, next.map(|next| next.basis.valid_from)));
        }
        for row in &self.calendars {
            let first = label(LabelKind::Calendar, row.code, &row.names, &row.basis, title);
            labels.push(version(first, row.version, None));
        }
        for (index, row) in self.integrations.iter().enumerate() {
            let next = self.integrations.get(index + 1).filter(|next| next.code == row.code);
            let first = label(LabelKind::Integration, row.code, &row.names, &row.basis, title);
            labels.push(version(first, row.version, next.map(|next| next.basis.valid_from)));
        }
        for (index, row) in self.benefits.iter().enumerate() {
            let next = self.benefits.get(index + 1).filter(|next| next.code == row.code);
            let terms = BenefitTerms { age_min: row.age_min, aid_month: row.aid_month };
            let first = Label { terms, ..label(LabelKind::Benefit, row.code, &row.names, &row.basis, title) };
            labels.push(version(first, row.version, next.map(|next| next.basis.valid_from)));
        }
    }
}

fn label(
    kind: LabelKind,
    code: Code,
    names: &Names,
    basis: &Basis,
    title: &impl Fn(Code) -> String,
) -> Label {
    Label {
        kind,
        code,
        version: 0,
        role: None,
        mode: None,
        terms: BenefitTerms::default(),
        names: names.clone(),
        valid_from: basis.valid_from,
        valid_to: basis.valid_to,
        legal_basis: title(basis.legal_basis),
        evidence: basis.evidence,
        reason: basis.reason.clone(),
    }
}

/// A word without a legal basis of its own, valid always.
fn word(code: Code, names: Names) -> Label {
    Label {
        kind: LabelKind::MediumKind,
        code,
        version: 0,
        role: None,
        mode: None,
        terms: BenefitTerms::default(),
        names,
        valid_from: CivilDate(0),
        valid_to: None,
        legal_basis: String::new(),
        evidence: Evidence::Primary,
        reason: None,
    }
}

fn version(label: Label, version: u32, next_from: Option<CivilDate>) -> Label {
    let valid_to = label.valid_to.or(next_from.map(|next| next.plus_days(-1)));
    Label { version, valid_to, ..label }
}

/// The name now and the names before, each with its days.
fn named(labels: &mut Vec<Label>, now: Label, former_names: &[FormerName]) {
    let mut from = now.valid_from;
    for former in former_names {
        let (names, valid_to) = (former.names.clone(), Some(former.until));
        labels.push(Label { names, valid_from: from, valid_to, ..now.clone() });
        from = former.until.plus_days(1);
    }
    labels.push(Label { valid_from: from, ..now });
}
