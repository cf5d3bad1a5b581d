//! Why a use came out as it did, in a few words for lists and in a sentence for a holder's history.

use base::CivilDate;
use platform::web::Html;

use super::words::{Words, outcome};
use crate::store::entities::outcome::Model;
use crate::store::queries::HISTORY;
use crate::store::rows::outcome_of;

/// An outcome in words.
pub struct Told {
    /// Shape and word of what came of a tap that was priced.
    pub badge: Option<Html>,
    /// The word where there is no shape: money came in, a journey began.
    pub word: String,
    /// What the holder was asked.
    pub charged: String,
    /// A few words.
    pub short: String,
    /// A sentence or two.
    pub long: String,
}

/// Whether a kind of command is told in histories.
pub fn is_history(kind: &str) -> bool {
    HISTORY.contains(&kind) || kind == "ask" || kind == "purchase_ask"
}

/// What the engine found, as far as an outcome's row keeps it.
enum Case<'r> {
    Refused(&'r str),
    Shut,
    Held(&'r str),
    Incident(&'r str),
    FreeByRight,
    FreeForAll,
    FreeByFare,
    PaidByRight,
    PaidDespite(&'r str),
    Paid,
    Begun,
    Left,
    Money(&'r str),
}

impl<'r> Case<'r> {
    fn of(row: &'r Model) -> Self {
        if let Some(code) = &row.code {
            return Self::Refused(code);
        }
        if row.kind != "tap" {
            return Self::Money(&row.kind);
        }
        if !row.opened {
            return Self::Shut;
        }
        let fare = row.fare.as_deref().unwrap_or("flat");
        match (&row.held, &row.incident, &row.benefit) {
            (Some(held), _, _) => Self::Held(held),
            (None, Some(incident), _) => Self::Incident(incident),
            (None, None, _) if fare == "begun" => Self::Begun,
            (None, None, _) if fare == "left" => Self::Left,
            (None, None, Some(_)) if row.charged == 0 => Self::FreeByRight,
            (None, None, Some(_)) => Self::PaidByRight,
            (None, None, None) if row.charged == 0 && is_exception(fare) => Self::FreeByFare,
            (None, None, None) if row.charged == 0 => Self::FreeForAll,
            (None, None, None) => row.lost_why.as_deref().map_or(Self::Paid, Self::PaidDespite),
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
            Self::FreeByFare => "free-fare".into(),
            Self::PaidByRight => "paid-right".into(),
            Self::PaidDespite(why) => format!("paid-despite-{}", why.replace('_', "-")),
            Self::Paid => "paid".into(),
            Self::Begun => "begun".into(),
            Self::Left => "left".into(),
            Self::Money(kind) => kind.replace('_', "-"),
        }
    }
}

/// Tells an outcome. `right_until` is the last day of the right that set the price, where the reader may know it.
pub fn tell(words: &Words<'_>, row: &Model, right_until: Option<CivilDate>) -> Told {
    let case = Case::of(row);
    let badge = match case {
        Case::Money(_) | Case::Begun | Case::Left => None,
        _ => outcome(outcome_of(row)).map(|outcome| words.badge(outcome)),
    };
    let word = match &case {
        Case::Money(_) | Case::Begun | Case::Left => words.t(&format!("acceptance-word-{}", case.key())),
        _ => String::new(),
    };
    let (short, long) = match &case {
        Case::Refused(code) => {
            let refused = words.refusal(code);
            let about =
                row.about.as_deref().map(|about| format!(" ({})", words.good(about))).unwrap_or_default();
            (refused.title.clone(), format!("{}{about}. {} {}", refused.title, refused.why, refused.next))
        }
        _ => sentences(words, row, &case, right_until),
    };
    let charged = if row.is_income() || row.kind == "close_wallet" {
        String::new()
    } else {
        words.money(row.charged_now())
    };
    Told { badge, word, charged, short, long }
}

fn sentences(words: &Words<'_>, row: &Model, case: &Case<'_>, until: Option<CivilDate>) -> (String, String) {
    let benefit = row.benefit.as_deref().or(row.lost.as_deref());
    let benefit = benefit.map(|code| words.benefit(code)).unwrap_or_default();
    let values = [
        ("benefit", benefit),
        ("full", words.money(row.full)),
        ("charged", words.money(if row.incident.is_some() { row.charged_now() } else { row.charged })),
        ("back", words.money(-row.charged)),
        ("adjusted", words.money(row.adjusted)),
        ("from", source(words, row)),
        ("debt", words.money(row.debt.abs())),
        ("until", until.map(|date| words.format().date(date)).unwrap_or_default()),
    ];
    let key = case.key();
    let more = match case {
        Case::FreeByRight if until.is_some() => "-until",
        Case::Money("top_up") if row.debt != 0 => "-debt",
        _ => "",
    };
    let mut long = words.with(&format!("acceptance-reason-{key}{more}"), &values);
    for sentence in fare_sentences(words, row) {
        long.push(' ');
        long.push_str(&sentence);
    }
    (words.with(&format!("acceptance-reason-{key}-short"), &values), long)
}

/// Whether a rule makes an exception from what the service costs.
fn is_exception(fare: &str) -> bool {
    matches!(fare, "same_stop" | "transfer" | "capped" | "integrated" | "entry_missing" | "exit_missing")
}

/// Where money came from or went: the purse, or a wallet by its benefit.
pub fn source(words: &Words<'_>, row: &Model) -> String {
    row.wallet.as_deref().map_or_else(|| words.t("acceptance-word-purse"), |wallet| words.benefit(wallet))
}

/// Which rule of the tariff set the price, what several modes came to together, and what became of the day's other taps.
fn fare_sentences(words: &Words<'_>, row: &Model) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(fare) = row.fare.as_deref().filter(|fare| !matches!(*fare, "flat" | "begun" | "left")) {
        sentences.push(words.t(&format!("acceptance-fare-{}", fare.replace('_', "-"))));
    }
    if let (Some(legs), Some(kilometres)) =
        (row.package_legs.filter(|legs| *legs > 1), row.package_kilometres)
    {
        let values = [
            ("legs", legs.to_string()),
            ("kilometres", kilometres.to_string()),
            ("integrated", words.money(row.package_integrated.unwrap_or_default())),
            ("separate", words.money(row.package_separate.unwrap_or_default())),
        ];
        sentences.push(words.with("acceptance-fare-package", &values));
    }
    if let Some(people) = row.people {
        sentences.push(words.with("acceptance-fare-people", &[("people", people.to_string())]));
    }
    if row.adjusted != 0 && row.kind == "tap" {
        let key = if row.adjusted < 0 { "acceptance-fare-less" } else { "acceptance-fare-more" };
        sentences.push(words.with(key, &[("amount", words.money(row.adjusted.abs()))]));
    }
    sentences
}
