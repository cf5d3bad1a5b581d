//! What each command says.

use engine::ledger::Kind;
use engine::{
    Ask, BenefitDefinition, BlockReason, Body, Epoch, Evidence, Genesis, Grant, Hold, IssueMedium, Leg,
    Member, Movement, OpenAccount, OpenHolder, Part, PlaceDefinition, PriceRule, Resolve, Role, SetMedium,
    Source, State, Tap, TariffDefinition, TopUp, Unit,
};

use super::names::account;
use super::{Described, Fields, Value, goods, number, push, rules, rupiah};

/// A command in words. `forgotten` says that its movement part has no key any more.
pub fn command(state: &State, body: &Body, forgotten: bool) -> Described {
    if let Some(told) = goods::command(body) {
        return told;
    }
    let (kind, fields) = match body {
        Body::Genesis(genesis) => ("genesis", self::genesis(genesis)),
        Body::Epoch(epoch) => ("epoch", self::epoch(epoch)),
        Body::Tick => ("tick", Vec::new()),
        Body::SetParameter(parameter, value) => (
            "set parameter",
            vec![("parameter", Value::Word(parameter.code())), ("value", Value::Number(*value))],
        ),
        Body::PublishPlace(definition) => ("publish place", place(definition)),
        Body::PublishTariff(definition) => ("publish tariff", tariff(definition)),
        Body::PublishBenefit(definition) => ("publish benefit", benefit(definition)),
        Body::PublishOrganisation(definition) => {
            let mut fields = vec![
                ("organisation", Value::Code(definition.code)),
                ("role", Value::Word(role(definition.role))),
            ];
            push(&mut fields, "merchant type", definition.merchant_type.map(Value::Code));
            sourced(&mut fields, &definition.source);
            ("publish organisation", fields)
        }
        Body::OpenHolder(open) => ("open holder", open_holder(open)),
        Body::IssueMedium(issue) => ("issue medium", issue_medium(issue)),
        Body::ActivateMedium(set) => ("activate medium", set_medium(set)),
        Body::BlockMedium(set) => ("block medium", set_medium(set)),
        Body::Grant(grant) => ("grant", self::grant(grant)),
        Body::Revoke(revoke) => {
            let fields = vec![
                ("holder", Value::Holder(revoke.holder)),
                ("benefit", Value::Code(revoke.benefit)),
                ("version", number(revoke.version)),
            ];
            ("revoke", fields)
        }
        Body::TopUp(top_up) => ("top up", self::top_up(top_up)),
        Body::Ask(ask) => ("ask", self::ask(ask, forgotten)),
        Body::Tap(tap) => ("tap", self::tap(tap, forgotten)),
        Body::OpenAccount(open) => ("open account", open_account(open)),
        Body::Transfer(legs) => {
            ("transfer", vec![("legs", Value::List(legs.iter().map(|one| leg(state, one)).collect()))])
        }
        Body::Hold(holds) => {
            ("hold", vec![("holds", Value::List(holds.iter().map(|one| hold(state, one)).collect()))])
        }
        Body::PostPending(resolve) => ("post pending", self::resolve(resolve)),
        Body::VoidPending(resolve) => ("void pending", self::resolve(resolve)),
        Body::PublishCalendar(definition) => ("publish calendar", rules::calendar(definition)),
        Body::PublishIntegration(definition) => ("publish integration", rules::integration(definition)),
        Body::Attest(attest) => {
            ("attest", vec![("first", number(attest.first)), ("lines", number(attest.digests.len() as u64))])
        }
        Body::Disburse(_)
        | Body::Purchase(_)
        | Body::CapturePurchase(_)
        | Body::VoidPurchase(_)
        | Body::Refund(_)
        | Body::CashOut(_)
        | Body::Reprice(_)
        | Body::CloseWallet(_) => (body.name(), Vec::new()),
    };
    Described::new(kind, fields)
}

fn genesis(genesis: &Genesis) -> Fields {
    let mut fields = vec![("city", Value::Code(genesis.city)), ("format", number(genesis.format))];
    fields.extend(
        genesis.parameters.iter().map(|(parameter, value)| (parameter.code(), Value::Number(*value))),
    );
    fields
}

fn epoch(epoch: &Epoch) -> Fields {
    vec![
        ("number", number(epoch.number)),
        ("node", Value::Code(epoch.node)),
        ("build", Value::Code(epoch.build)),
    ]
}

pub(super) fn sourced(fields: &mut Fields, source: &Source) {
    let evidence = match source.evidence {
        Evidence::Primary => "primary",
        Evidence::Press => "press",
        Evidence::Assumed => "assumed",
    };
    fields.push(("legal basis", Value::Code(source.legal_basis)));
    fields.push(("evidence", Value::Word(evidence)));
}

const fn role(role: Role) -> &'static str {
    match role {
        Role::Bank => "bank",
        Role::Merchant => "merchant",
        Role::Operator => "operator",
    }
}

fn place(definition: &PlaceDefinition) -> Fields {
    let mut fields = vec![
        ("place", Value::Code(definition.code)),
        ("operator", Value::Code(definition.operator)),
        ("service", Value::Code(definition.service)),
    ];
    push(&mut fields, "region", definition.region.map(Value::Code));
    rules::place(&mut fields, &definition.rules);
    sourced(&mut fields, &definition.source);
    fields
}

fn tariff(definition: &TariffDefinition) -> Fields {
    let mut fields = vec![
        ("service", Value::Code(definition.service)),
        ("version", number(definition.version)),
        ("price", rupiah(definition.price)),
        ("from", Value::Time(definition.effective_from)),
    ];
    rules::tariff(&mut fields, &definition.rules);
    sourced(&mut fields, &definition.source);
    fields
}

fn benefit(definition: &BenefitDefinition) -> Fields {
    let mut fields = vec![
        ("benefit", Value::Code(definition.code)),
        ("version", number(definition.version)),
        ("from", Value::Time(definition.effective_from)),
    ];
    match definition.price {
        PriceRule::Free => fields.push(("price", Value::Word("free"))),
        PriceRule::Fixed(price) => fields.push(("price", rupiah(price))),
        PriceRule::Percent(part) => fields.push(("hundredths of the price", number(part))),
        PriceRule::Less(amount) => fields.push(("less", rupiah(amount))),
        PriceRule::Unchanged => fields.push(("price", Value::Word("unchanged"))),
    }
    fields.push(("priority", number(definition.priority)));
    fields.push(("assurance at least", number(definition.assurance_min)));
    fields.extend(definition.services.iter().map(|code| ("service", Value::Code(*code))));
    fields.extend(definition.places.iter().map(|code| ("place", Value::Code(*code))));
    rules::benefit(&mut fields, &definition.rules);
    sourced(&mut fields, &definition.source);
    fields
}

fn open_holder(open: &OpenHolder) -> Fields {
    let mut fields = vec![("holder", Value::Holder(open.holder)), ("category", Value::Code(open.category))];
    push(&mut fields, "home", open.home.map(Value::Code));
    fields.push(("bank", Value::Code(open.bank)));
    fields
}

fn issue_medium(issue: &IssueMedium) -> Fields {
    let mut fields = vec![
        ("medium", Value::Medium(issue.medium)),
        ("holder", Value::Holder(issue.holder)),
        ("medium kind", Value::Code(issue.kind)),
        ("assurance", number(issue.assurance)),
    ];
    push(&mut fields, "replaces", issue.replaces.map(Value::Medium));
    fields
}

/// Why a medium is blocked, in a word.
pub(super) const fn reason(reason: BlockReason) -> &'static str {
    match reason {
        BlockReason::Lost => "lost",
        BlockReason::Stolen => "stolen",
        BlockReason::Damaged => "damaged",
        BlockReason::Office => "office",
        BlockReason::Replaced => "another medium has taken its place",
    }
}

fn set_medium(set: &SetMedium) -> Fields {
    let mut fields = vec![("medium", Value::Medium(set.medium)), ("version", number(set.version))];
    push(&mut fields, "reason", set.reason.map(|why| Value::Word(reason(why))));
    fields
}

fn grant(grant: &Grant) -> Fields {
    vec![
        ("holder", Value::Holder(grant.holder)),
        ("benefit", Value::Code(grant.benefit)),
        ("from", Value::Date(grant.from)),
        ("to", Value::Date(grant.to)),
        ("version", number(grant.version)),
    ]
}

fn top_up(top_up: &TopUp) -> Fields {
    let mut fields = Vec::new();
    push(&mut fields, "medium", top_up.medium.map(Value::Medium));
    push(&mut fields, "holder", top_up.holder.map(Value::Holder));
    fields.push(("bank", Value::Code(top_up.bank)));
    fields.push(("amount", rupiah(top_up.amount)));
    fields
}

fn ask(ask: &Ask, forgotten: bool) -> Fields {
    let mut fields = vec![("medium", Value::Medium(ask.medium))];
    movement(&mut fields, ask.movement.as_ref(), forgotten);
    fields
}

fn tap(tap: &Tap, forgotten: bool) -> Fields {
    let mut fields = vec![("device", Value::Device(tap.device))];
    if tap.epoch > 0 {
        fields.push(("device epoch", number(tap.epoch)));
    }
    fields.push(("seq", number(tap.seq)));
    fields.push(("medium", Value::Medium(tap.medium)));
    push(&mut fields, "counter", tap.counter.map(number));
    fields.push(("opened", Value::Flag(tap.opened)));
    push(&mut fields, "shut because", tap.refused.map(|refusal| Value::Word(refusal.code())));
    movement(&mut fields, tap.movement.as_ref(), forgotten);
    fields
}

fn movement(fields: &mut Fields, movement: Option<&Movement>, forgotten: bool) {
    let Some(known) = movement else {
        if forgotten {
            fields.push(("movement", Value::Word("forgotten (gerak dilupakan)")));
        }
        return;
    };
    fields.push(("place", Value::Code(known.place)));
    push(fields, "line", known.line.map(Value::Code));
    fields.push(("device time", Value::Time(known.device_at)));
    match known.part {
        Part::Single => {}
        Part::In => fields.push(("part", Value::Word("in"))),
        Part::Out => fields.push(("part", Value::Word("out"))),
    }
    push(fields, "metres", known.metres.map(number));
    let member =
        |member: &Member| vec![("category", Value::Code(member.category)), ("count", number(member.count))];
    if !known.party.is_empty() {
        fields.push(("party", Value::List(known.party.iter().map(member).collect())));
    }
}

fn open_account(open: &OpenAccount) -> Fields {
    let key = open.key;
    vec![
        ("account kind", Value::Word(Kind::code(key.kind))),
        ("owner", number(key.owner)),
        ("sub", number(key.sub)),
    ]
}

fn leg(state: &State, leg: &Leg) -> Fields {
    let unit = state.ledger.account(leg.debit).map_or(Unit::Rupiah, |account| account.key.unit);
    let amount = i64::try_from(leg.amount.0).unwrap_or(i64::MAX);
    vec![
        ("from", account(state, leg.debit)),
        ("to", account(state, leg.credit)),
        ("amount", Value::Quantity(amount, unit)),
    ]
}

fn hold(state: &State, hold: &Hold) -> Fields {
    let mut fields = leg(state, &hold.leg);
    push(&mut fields, "deadline", hold.deadline.map(Value::Time));
    fields
}

fn resolve(resolve: &Resolve) -> Fields {
    let mut fields = vec![("pending", number(resolve.pending))];
    push(&mut fields, "amount", resolve.amount.map(|amount| number(amount.0)));
    fields
}
