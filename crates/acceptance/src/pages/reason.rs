//! Why a use came out as it did, in a few words for lists and in a sentence for a holder's history.

use base::CivilDate;
use platform::web::Html;

use super::words::{Words, outcome};
use crate::store::entities::outcome::Model;
use crate::store::rows::outcome_of;

/// An outcome in words.
pub struct Told {
    /// Shape and word of what came of a tap; none for money that came in.
    pub badge: Option<Html>,
    /// What the holder was asked.
    pub charged: String,
    /// A few words.
    pub short: String,
    /// A sentence or two.
    pub long: String,
}

/// What the engine found, as far as an outcome's row keeps it.
enum Case<'r> {
    Refused(&'r str),
    Shut,
    Held(&'r str),
    Incident(&'r str),
    FreeByRight,
    FreeForAll,
    PaidByRight,
    Paid,
    TopUp,
}

impl<'r> Case<'r> {
    fn of(row: &'r Model) -> Self {
        if let Some(code) = &row.code {
            return Self::Refused(code);
        }
        if row.kind == "top_up" {
            return Self::TopUp;
        }
        if !row.opened {
            return Self::Shut;
        }
        match (&row.held, &row.incident, &row.benefit) {
            (Some(held), _, _) => Self::Held(held),
            (None, Some(incident), _) => Self::Incident(incident),
            (None, None, Some(_)) if row.charged == 0 => Self::FreeByRight,
            (None, None, Some(_)) => Self::PaidByRight,
            (None, None, None) if row.charged == 0 => Self::FreeForAll,
            (None, None, None) => Self::Paid,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Refused(code) => format!("refused-{code}"),
            Self::Shut => "shut".into(),
            Self::Held(code) => format!("held-{code}"),
            Self::Incident(code) => format!("incident-{code}"),
            Self::FreeByRight => "free-right".into(),
            Self::FreeForAll => "free-all".into(),
            Self::PaidByRight => "paid-right".into(),
            Self::Paid => "paid".into(),
            Self::TopUp => "top-up".into(),
        }
    }
}

/// Tells an outcome. `right_until` is the last day of the right that set the price, where the reader may know it.
pub fn tell(words: &Words<'_>, row: &Model, right_until: Option<CivilDate>) -> Told {
    let case = Case::of(row);
    let badge = match case {
        Case::TopUp => None,
        _ => Some(words.badge(outcome(outcome_of(row)))),
    };
    let (short, long) = match &case {
        Case::Refused(code) => {
            let refused = words.refusal(code);
            (refused.title.clone(), format!("{}. {} {}", refused.title, refused.why, refused.next))
        }
        _ => sentences(words, row, &case, right_until),
    };
    let charged = if matches!(case, Case::TopUp) { String::new() } else { words.money(row.charged) };
    Told { badge, charged, short, long }
}

fn sentences(words: &Words<'_>, row: &Model, case: &Case<'_>, until: Option<CivilDate>) -> (String, String) {
    let benefit = row.benefit.as_deref().map(|code| words.benefit(code)).unwrap_or_default();
    let values = [
        ("benefit", benefit),
        ("full", words.money(row.full)),
        ("charged", words.money(row.charged)),
        ("debt", words.money(row.debt.abs())),
        ("until", until.map(|date| words.format().date(date)).unwrap_or_default()),
    ];
    let key = case.key();
    let more = match case {
        Case::FreeByRight if until.is_some() => "-until",
        Case::TopUp if row.debt != 0 => "-debt",
        _ => "",
    };
    (
        words.with(&format!("acceptance-reason-{key}-short"), &values),
        words.with(&format!("acceptance-reason-{key}{more}"), &values),
    )
}
