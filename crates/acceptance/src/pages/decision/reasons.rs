//! Why the gate opens or stays shut: each fact that decided, as a sentence.

use base::{CivilTime, Timestamp};
use engine::media::MediumState;
use engine::{FareRule, Incident, Priced, Refusal, Verdict, signed};
use platform::web::{Html, Icon, Outcome};

use super::Subject;
use crate::pages::basis::Basis;
use crate::pages::gate::manner;
use crate::pages::words::Words;
use crate::service::{Candidate, Preview};
use crate::store::rows::whole;

/// A fact that decided.
pub struct Reason {
    /// `no` where it speaks against.
    pub class: &'static str,
    /// Its shape.
    pub icon: Html,
    /// The sentence.
    pub text: String,
}

/// What the decision rests on.
pub struct Ground {
    /// The regulation.
    pub basis: String,
    /// The rule and its version.
    pub rule: String,
}

/// The sentence the list completes.
pub fn heading(words: &Words<'_>, preview: &Preview) -> String {
    let charged = preview.priced.as_ref().map_or(0, Priced::charged_now);
    let key = format!("acceptance-decision-because-{}", manner(preview));
    words.with(&key, &[("charged", words.money(charged.abs()))])
}

/// The rule that set the price, with its regulation.
pub fn ground(words: &Words<'_>, preview: &Preview) -> Ground {
    let version = |code: String, version: u32| {
        words.with("acceptance-decision-rule", &[("code", code), ("version", version.to_string())])
    };
    let benefit = preview.won().and_then(|won| Some((won, won.source?)));
    match (benefit, &preview.tariff) {
        (Some((won, source)), _) => Ground {
            basis: Basis::of(words, source).title,
            rule: version(won.benefit.to_string(), won.considered.version),
        },
        (None, Some(tariff)) => Ground {
            basis: Basis::of(words, tariff.source).title,
            rule: version(tariff.service.to_string(), tariff.version),
        },
        (None, None) => Ground { basis: words.t("acceptance-decision-basis-none"), rule: String::new() },
    }
}

/// The facts, those that decided first.
pub fn list(words: &Words<'_>, subject: &Subject, preview: &Preview, now: Timestamp) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = refusal(words, preview).into_iter().collect();
    reasons.extend(hours(words, subject, preview));
    reasons.extend(medium(words, subject, preview));
    // A medium that may not pass is not asked for a price.
    if matches!(preview.outcome, Ok(()) | Err(Refusal::PurseInsufficient)) {
        reasons.splice(0..0, right(words, subject, preview));
        reasons.extend(price(words, preview));
        reasons.extend(fare(words, preview));
        reasons.extend(losers(words, preview));
        reasons.extend(purse(words, preview));
    }
    reasons.extend(time(words, preview, now));
    reasons
}

fn holds(text: String) -> Reason {
    Reason { class: "", icon: Icon::Check.svg(), text }
}

fn against(text: String) -> Reason {
    Reason { class: "no", icon: Icon::Bar.svg(), text }
}

/// A refusal in its three parts.
fn refusal(words: &Words<'_>, preview: &Preview) -> Option<Reason> {
    let refusal = preview.outcome.err()?;
    let refused = words.refusal(refusal.code());
    let text = if preview.missing > 0 && refusal == Refusal::PurseInsufficient {
        let missing = words.money(whole(preview.missing));
        words.with("acceptance-decision-reason-missing", &[("missing", missing), ("next", refused.next)])
    } else {
        let about =
            preview.about.map(|about| format!(" ({})", words.good(about.as_str()))).unwrap_or_default();
        format!("{}{about}. {} {}", refused.title, refused.why, refused.next)
    };
    Some(Reason { class: "no", icon: Outcome::Refused.icon().svg(), text })
}

/// When a place that is closed may be entered, and when next.
fn hours(words: &Words<'_>, subject: &Subject, preview: &Preview) -> Vec<Reason> {
    let place = subject.published.place(preview.input.place.as_str());
    let opening =
        place.and_then(|place| place.rules.opening).filter(|_| preview.outcome == Err(Refusal::PlaceClosed));
    let Some(opening) = opening else { return Vec::new() };
    let time = |time: CivilTime| format!("{:02}.{:02}", time.hour(), time.minute());
    let span = [("from", time(opening.opens)), ("until", time(opening.closes))];
    let mut sentence = words.with("acceptance-decision-hours", &span);
    if let Some(day) = opening.closed_on {
        let weekday = words.t(&format!("platform-weekday-{day}"));
        sentence =
            format!("{sentence} {}", words.with("acceptance-decision-closed-day", &[("weekday", weekday)]));
    }
    let next = preview.opens.map(|at| {
        let values = [
            ("date", words.format().long_date(at.jakarta_date())),
            ("time", words.format().time(at.jakarta_time())),
        ];
        against(words.with("acceptance-decision-opens", &values))
    });
    std::iter::once(against(sentence)).chain(next).collect()
}

/// Who holds the right, until when, and what it covers.
fn right(words: &Words<'_>, subject: &Subject, preview: &Preview) -> Vec<Reason> {
    let Some(won) = preview.won() else { return Vec::new() };
    let mut reasons = Vec::new();
    if let Some(held) = won.entitlement {
        let values = [
            ("name", subject.holder_name.clone()),
            ("benefit", words.benefit(won.benefit.as_str())),
            ("from", words.format().date(held.from)),
            ("to", words.format().date(held.to)),
        ];
        reasons.push(holds(words.with("acceptance-decision-reason-right", &values)));
    }
    if let Some(service) = preview.service {
        let values = [("service", words.service(service.as_str()))];
        reasons.push(holds(words.with("acceptance-decision-reason-covered", &values)));
    }
    reasons
}

fn medium(words: &Words<'_>, subject: &Subject, preview: &Preview) -> Option<Reason> {
    let medium = preview.medium.as_ref()?;
    let values = [
        ("medium", subject.medium(words, preview.input.medium)),
        ("since", words.moment(medium.since)),
        ("level", medium.assurance.to_string()),
    ];
    let demanded =
        preview.won().and_then(|won| subject.benefit(won.benefit)).map_or(0, |one| one.assurance_min);
    Some(match medium.state {
        MediumState::Active if demanded > 0 => {
            holds(words.with("acceptance-decision-reason-strong", &values))
        }
        MediumState::Active => holds(words.with("acceptance-decision-reason-active", &values)),
        MediumState::Blocked => against(words.with("acceptance-decision-reason-blocked", &values)),
        MediumState::Inactive => against(words.with("acceptance-decision-reason-inactive", &values)),
    })
}

fn price(words: &Words<'_>, preview: &Preview) -> Option<Reason> {
    let (tariff, service) = (preview.tariff.as_ref()?, preview.service?);
    let full = preview.priced.as_ref().map_or(tariff.price, |priced| priced.full);
    if preview.priced.as_ref().is_some_and(|priced| matches!(priced.fare, FareRule::Begun | FareRule::Left)) {
        return None;
    }
    let key = match (&preview.priced, preview.outcome) {
        (Some(priced), _) if full.is_zero() && priced.fare != FareRule::Flat => "nothing",
        _ if full.is_zero() => "free",
        (Some(priced), Ok(())) if priced.charged.is_zero() => "forgone",
        (Some(priced), Ok(())) if priced.charged < priced.full => "lower",
        _ => "full",
    };
    let charged = preview.priced.as_ref().map_or(0, |priced| whole(priced.charged.0));
    let values = [
        ("service", words.service(service.as_str())),
        ("full", words.money(whole(full.0))),
        ("charged", words.money(charged)),
    ];
    Some(holds(words.with(&format!("acceptance-decision-reason-price-{key}"), &values)))
}

/// Which rule of the tariff set the price, what several modes come to together, who comes along, and what the day's other
/// taps change.
fn fare(words: &Words<'_>, preview: &Preview) -> Vec<Reason> {
    let Some(priced) = &preview.priced else { return Vec::new() };
    let mut reasons = Vec::new();
    if priced.fare != FareRule::Flat {
        let key = format!("acceptance-fare-{}", priced.fare.code().replace('_', "-"));
        reasons.push(holds(words.t(&key)));
    }
    if let Some(package) = priced.package.filter(|package| package.legs > 1) {
        let values = [
            ("legs", package.legs.to_string()),
            ("kilometres", package.kilometres.to_string()),
            ("integrated", words.money(signed(package.integrated))),
            ("separate", words.money(signed(package.separate))),
        ];
        reasons.push(holds(words.with("acceptance-fare-package", &values)));
    }
    if priced.people > 1 {
        reasons.push(holds(words.with("acceptance-fare-people", &[("people", priced.people.to_string())])));
    }
    let amount = [("amount", words.money(priced.adjusted.abs()))];
    match priced.adjusted {
        0 => {}
        ..0 => reasons.push(holds(words.with("acceptance-fare-less", &amount))),
        _ => reasons.push(against(words.with("acceptance-fare-more", &amount))),
    }
    if preview.incident == Some(Incident::PlaceCrowded) {
        reasons.push(against(words.t("acceptance-reason-incident-place_crowded")));
    }
    reasons
}

/// Rights that did not help, or that there are none.
fn losers(words: &Words<'_>, preview: &Preview) -> Vec<Reason> {
    if preview.priced.as_ref().is_some_and(|priced| matches!(priced.fare, FareRule::Begun | FareRule::Left)) {
        return Vec::new();
    }
    let lost = preview.candidates.iter().filter(|one| one.considered.verdict != Verdict::Won);
    let mut reasons: Vec<Reason> = lost.map(|one| against(lost_sentence(words, preview, one))).collect();
    let charges = preview.priced.as_ref().is_some_and(|priced: &Priced| !priced.charged.is_zero());
    if preview.candidates.is_empty() && charges {
        reasons.push(against(words.t("acceptance-decision-reason-no-rights")));
    }
    reasons
}

/// Why a right did not set the price, with its name.
pub fn lost_sentence(words: &Words<'_>, preview: &Preview, candidate: &Candidate) -> String {
    let values = [
        ("benefit", words.benefit(candidate.benefit.as_str())),
        ("reason", verdict(words, preview, candidate)),
    ];
    words.with("acceptance-decision-reason-lost", &values)
}

/// A verdict in words.
pub fn verdict(words: &Words<'_>, preview: &Preview, candidate: &Candidate) -> String {
    let key = match candidate.considered.verdict {
        Verdict::Won => "won",
        Verdict::NotLowest => "not-lowest",
        Verdict::ServiceNotCovered => "service",
        Verdict::PlaceNotCovered => "place",
        Verdict::AssuranceTooLow => "assurance",
        Verdict::NotYet => "not-yet",
        Verdict::Ended => "ended",
        Verdict::Revoked => "revoked",
        Verdict::NoVersion => "no-version",
        Verdict::DayNotCovered => "day",
        Verdict::TimeNotCovered => "time",
        Verdict::HomeNotCovered => "home",
        Verdict::CategoryNotCovered => "category",
        Verdict::CalendarMissing => "calendar",
        Verdict::QuotaExhausted => "quota",
        Verdict::BudgetExhausted => "budget",
        Verdict::PriceUnchanged => "unchanged",
    };
    let held = candidate.entitlement;
    let format = words.format();
    let values = [
        ("service", preview.service.map(|code| words.service(code.as_str())).unwrap_or_default()),
        ("place", words.place(preview.input.place.as_str())),
        ("from", held.map(|held| format.date(held.from)).unwrap_or_default()),
        ("to", held.map(|held| format.date(held.to)).unwrap_or_default()),
        ("level", preview.medium.as_ref().map(|medium| medium.assurance.to_string()).unwrap_or_default()),
    ];
    words.with(&format!("acceptance-decision-verdict-{key}"), &values)
}

fn purse(words: &Words<'_>, preview: &Preview) -> Option<Reason> {
    let priced = preview.priced.as_ref().filter(|priced| priced.charged_now() != 0)?;
    let charged = priced.charged_now();
    let values = [
        ("balance", words.money(priced.balance)),
        ("after", words.money(priced.balance - charged)),
        ("charged", words.money(charged)),
    ];
    if preview.missing > 0 {
        return Some(against(words.with("acceptance-decision-reason-purse-short", &values)));
    }
    preview.outcome.is_ok().then(|| holds(words.with("acceptance-decision-reason-purse", &values)))
}

/// What is not known of another time.
fn time(words: &Words<'_>, preview: &Preview, now: Timestamp) -> Option<Reason> {
    let span = preview.input.at.since(now);
    let key = match span {
        Timestamp::MINUTE.. => "future",
        _ if span <= -Timestamp::MINUTE => "past",
        _ => return None,
    };
    let position = words.position(preview.position);
    Some(against(words.with(&format!("acceptance-decision-reason-{key}"), &[("position", position)])))
}
