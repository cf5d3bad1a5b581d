//! What each event says.

use engine::media::MediumState;
use engine::{Event, FareRule, HeldReason, Incident, Moved, Priced, State, Unit, Verdict};

use super::commands::{command, reason};
use super::names::{account, benefit, holder, service};
use super::{Described, Fields, Value, goods, number, push, rupiah};

/// An event in words; the state is one in which its indexes exist.
pub fn event(state: &State, event: &Event) -> Described {
    use engine::Body;
    // What is published says the same as the command that published it.
    let published = match event {
        Event::Founded(genesis) => Some(Body::Genesis(genesis.clone())),
        Event::EpochStarted(epoch) => Some(Body::Epoch(epoch.clone())),
        Event::ParameterSet(parameter, value) => Some(Body::SetParameter(*parameter, *value)),
        Event::PlacePublished(definition) => Some(Body::PublishPlace(definition.clone())),
        Event::TariffPublished(definition) => Some(Body::PublishTariff(definition.clone())),
        Event::BenefitPublished(definition) => Some(Body::PublishBenefit(definition.clone())),
        Event::OrganisationPublished(definition) => Some(Body::PublishOrganisation(definition.clone())),
        Event::CalendarPublished(definition) => Some(Body::PublishCalendar(definition.clone())),
        Event::IntegrationPublished(definition) => Some(Body::PublishIntegration(definition.clone())),
        _ => None,
    };
    let (kind, fields) = match (event, published) {
        (Event::Founded(_), Some(body)) => ("founded", command(state, &body, false).fields),
        (Event::EpochStarted(_), Some(body)) => ("epoch started", command(state, &body, false).fields),
        (Event::ParameterSet(..), Some(body)) => ("parameter set", command(state, &body, false).fields),
        (_, Some(body)) => ("published", command(state, &body, false).fields),
        _ => happened(state, event),
    };
    Described::new(kind, fields)
}

fn happened(state: &State, event: &Event) -> (&'static str, Fields) {
    if let Some(told) = goods::event(state, event) {
        return told;
    }
    match event {
        Event::AccountOpened(id, _) => ("account opened", vec![("account", account(state, *id))]),
        Event::Moved(moved) => ("moved", self::moved(state, moved)),
        Event::Held { pending, debit, credit, amount, deadline, .. } => {
            let unit = unit_of(state, *debit);
            let amount = i64::try_from(amount.0).unwrap_or(i64::MAX);
            let mut fields = vec![
                ("pending", number(*pending)),
                ("from", account(state, *debit)),
                ("to", account(state, *credit)),
                ("amount", Value::Quantity(amount, unit)),
            ];
            push(&mut fields, "deadline", deadline.map(Value::Time));
            ("held", fields)
        }
        Event::PendingPosted(pending, moved) => {
            let mut fields = vec![("pending", number(*pending))];
            fields.extend(self::moved(state, moved));
            ("pending posted", fields)
        }
        Event::PendingVoided(pending) => ("pending voided", vec![("pending", number(*pending))]),
        Event::PendingExpired(pending) => ("pending expired", vec![("pending", number(*pending))]),
        Event::Quoted(priced) => ("quoted", self::priced(state, priced)),
        Event::TapPriced(priced) => ("tap priced", self::priced(state, priced)),
        Event::TapHeld(why, index) => {
            let why = match why {
                HeldReason::Future => "the terminal's clock is ahead",
                HeldReason::TooLate => "it came after the re-rate horizon",
                HeldReason::PlaceUnknown => "no place of that code is published",
                HeldReason::PriceMissing => "its service had no tariff",
            };
            ("tap held", vec![("holder", holder(state, *index)), ("because", Value::Word(why))])
        }
        Event::TapClosed(index) => ("tap closed", vec![("holder", holder(state, *index))]),
        _ => people(state, event),
    }
}

fn people(state: &State, event: &Event) -> (&'static str, Fields) {
    match event {
        Event::HolderOpened { number: holder, category, home, .. } => {
            let mut fields = vec![("holder", Value::Holder(*holder)), ("category", Value::Code(*category))];
            push(&mut fields, "home", home.map(Value::Code));
            ("holder opened", fields)
        }
        Event::MediumIssued { medium, holder: index, kind, assurance, replaces } => {
            let mut fields = vec![
                ("medium", Value::Medium(*medium)),
                ("holder", holder(state, *index)),
                ("medium kind", Value::Code(*kind)),
                ("assurance", number(*assurance)),
            ];
            push(&mut fields, "replaces", replaces.map(Value::Medium));
            ("medium issued", fields)
        }
        Event::MediumChanged { medium, state: to, version, reason: why } => {
            let mut fields = vec![
                ("medium", Value::Medium(*medium)),
                ("now", Value::Word(medium_state(*to))),
                ("version", number(*version)),
            ];
            push(&mut fields, "reason", why.map(|why| Value::Word(reason(why))));
            ("medium changed", fields)
        }
        Event::Granted { holder: index, benefit: which, from, to, version } => {
            let fields = vec![
                ("holder", holder(state, *index)),
                ("benefit", benefit(state, *which)),
                ("from", Value::Date(*from)),
                ("to", Value::Date(*to)),
                ("version", number(*version)),
            ];
            ("granted", fields)
        }
        Event::Revoked { holder: index, benefit: which, version } => {
            let fields = vec![
                ("holder", holder(state, *index)),
                ("benefit", benefit(state, *which)),
                ("version", number(*version)),
            ];
            ("revoked", fields)
        }
        Event::ToppedUp { holder: index, amount, recovered, balance } => {
            let fields = vec![
                ("holder", holder(state, *index)),
                ("amount", rupiah(*amount)),
                ("debt recovered", rupiah(*recovered)),
                ("purse", Value::Quantity(*balance, Unit::Rupiah)),
            ];
            ("topped up", fields)
        }
        _ => ("event", Vec::new()),
    }
}

fn unit_of(state: &State, id: engine::ledger::AccountId) -> Unit {
    state.ledger.account(id).map_or(Unit::Rupiah, |account| account.key.unit)
}

fn moved(state: &State, moved: &Moved) -> Fields {
    let unit = unit_of(state, moved.debit);
    vec![
        ("amount", Value::Quantity(i64::try_from(moved.amount.0).unwrap_or(i64::MAX), unit)),
        ("from", account(state, moved.debit)),
        ("leaving", Value::Quantity(moved.debit_balance, unit)),
        ("to", account(state, moved.credit)),
        ("making", Value::Quantity(moved.credit_balance, unit)),
    ]
}

fn priced(state: &State, priced: &Priced) -> Fields {
    let mut fields = vec![
        ("holder", holder(state, priced.holder)),
        ("service", service(state, priced.service)),
        ("tariff version", number(priced.tariff)),
        ("full", rupiah(priced.full)),
        ("charged", rupiah(priced.charged)),
    ];
    if priced.adjusted != 0 || priced.adjusted_full != 0 {
        fields.push(("other taps", Value::Quantity(priced.adjusted, Unit::Rupiah)));
        fields.push(("other taps full", Value::Quantity(priced.adjusted_full, Unit::Rupiah)));
    }
    if !priced.fare.is_flat() {
        fields.push(("fare", Value::Word(fare(priced.fare))));
    }
    if let Some(package) = &priced.package {
        let package = vec![
            ("version", number(package.version)),
            ("legs", number(package.legs)),
            ("modes", number(package.modes)),
            ("kilometres", number(package.kilometres)),
            ("together", rupiah(package.integrated)),
            ("apart", rupiah(package.separate)),
        ];
        fields.push(("package", Value::List(vec![package])));
    }
    if !priced.funded.is_zero() {
        fields.push(("paid by the budget", rupiah(priced.funded)));
    }
    if priced.people > 1 {
        fields.push(("people", number(priced.people)));
    }
    push(&mut fields, "quota of", priced.quota.map(|index| benefit(state, index)));
    if !priced.debt.is_zero() {
        fields.push(("debt", rupiah(priced.debt)));
    }
    let considered = priced.considered.iter().map(|one| {
        let mut fields = vec![
            ("benefit", benefit(state, one.benefit)),
            ("version", number(one.version)),
            ("verdict", Value::Word(verdict(one.verdict))),
        ];
        push(&mut fields, "price", one.price.map(rupiah));
        fields
    });
    if !priced.considered.is_empty() {
        fields.push(("considered", Value::List(considered.collect())));
    }
    push(&mut fields, "incident", priced.incident.map(|one| Value::Word(incident(one))));
    fields.push(("purse", Value::Quantity(priced.balance, Unit::Rupiah)));
    fields
}

/// What became of a benefit, in words.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Won => "set the price",
        Verdict::NotLowest => "another one is lower, or as low and comes first",
        Verdict::ServiceNotCovered => "the service is not among its services",
        Verdict::PlaceNotCovered => "the place is not among its places",
        Verdict::AssuranceTooLow => "the medium's assurance is too low",
        Verdict::NotYet => "it had not begun at the time of the tap",
        Verdict::Ended => "its last day had passed",
        Verdict::Revoked => "it was revoked",
        Verdict::NoVersion => "no version of it was in force",
        Verdict::DayNotCovered => "it does not cover this kind of day",
        Verdict::TimeNotCovered => "it does not cover this time of day",
        Verdict::HomeNotCovered => {
            "it does not cover the holder's home, or this week is another region's turn"
        }
        Verdict::CategoryNotCovered => "it does not cover the holder's category",
        Verdict::CalendarMissing => "no published calendar tells what kind of day it is",
        Verdict::QuotaExhausted => "the period's quota is used up",
        Verdict::BudgetExhausted => "its budget is used up",
        Verdict::PriceUnchanged => "it gives money or goods, not a lower price",
    }
}

/// What people have to look at, in words.
pub const fn incident(incident: Incident) -> &'static str {
    match incident {
        Incident::MediumBlocked => "the gate opened for a blocked medium",
        Incident::MediumInactive => "the gate opened for a medium that was never activated",
        Incident::DebtTaken => "the purse did not reach; the rest is debt",
        Incident::QuotaExceeded => "the gate opened although the quota was used up; the full price was taken",
        Incident::BudgetExhausted => "the budget did not reach; what is missing was written down as forgone",
        Incident::PlaceClosed => "the gate opened while the place was closed",
        Incident::PlaceOverfull => "more people are inside than the place takes",
        Incident::PlaceCrowded => "more people are inside than is comfortable",
        Incident::EntryMissing => "a tap-out without its tap-in",
        Incident::PartyInvalid => "the party could not be; the holder alone was priced",
    }
}

/// Which rule of a tariff set a price, in words.
pub const fn fare(rule: FareRule) -> &'static str {
    match rule {
        FareRule::Flat => "the price of the service",
        FareRule::Band => "a price by time of day",
        FareRule::Category => "a price by rider category",
        FareRule::Override => "a price for this date",
        FareRule::Matrix => "a price from stop to stop",
        FareRule::Distance => "a price by kilometres",
        FareRule::SameStop => "in and out at the same stop",
        FareRule::Overstay => "in the system for too long",
        FareRule::ExitMissing => "the tap-out is missing",
        FareRule::EntryMissing => "the tap-in is missing",
        FareRule::Transfer => "free after another ride",
        FareRule::Capped => "the most for a service day is reached",
        FareRule::Integrated => "several modes together",
        FareRule::Begun => "a journey has begun; its price comes with the tap-out",
        FareRule::Left => "a visit has ended",
    }
}

/// A medium's state in a word.
pub const fn medium_state(state: MediumState) -> &'static str {
    match state {
        MediumState::Inactive => "inactive",
        MediumState::Active => "active",
        MediumState::Blocked => "blocked",
    }
}
