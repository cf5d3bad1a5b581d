//! What each event says.

use engine::media::MediumState;
use engine::{Event, HeldReason, Incident, Moved, Priced, State, Unit, Verdict};

use super::commands::{command, reason};
use super::names::{account, benefit, holder, service};
use super::{Described, Fields, Value, number, push, rupiah};

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
        Event::MediumIssued { medium, holder: index, kind, assurance } => {
            let fields = vec![
                ("medium", Value::Medium(*medium)),
                ("holder", holder(state, *index)),
                ("medium kind", Value::Code(*kind)),
                ("assurance", number(*assurance)),
            ];
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
    }
}

/// What people have to look at, in words.
pub const fn incident(incident: Incident) -> &'static str {
    match incident {
        Incident::MediumBlocked => "the gate opened for a blocked medium",
        Incident::MediumInactive => "the gate opened for a medium that was never activated",
        Incident::DebtTaken => "the purse did not reach; the rest is debt",
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
