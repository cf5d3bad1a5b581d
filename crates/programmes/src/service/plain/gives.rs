//! What a benefit gives, in one sentence or, where it gives several things, one each.

use engine::{BenefitDefinition, PriceRule, Sale};

use super::teller::Teller;
use crate::model::{AidMonth, Mode};
use crate::service::content::LabelKind;

/// What a benefit gives.
pub fn sentence(teller: &Teller<'_>, definition: &BenefitDefinition, aid: Option<AidMonth>) -> String {
    let rules = &definition.rules;
    let price = price(teller, definition);
    let wallet = rules.wallet.as_ref().map(|_| wallet(teller, aid));
    let sale = rules.sale.as_ref().map(|sale| self::sale(teller, sale));
    let given: Vec<String> = [price, wallet, sale].into_iter().flatten().collect();
    if given.is_empty() { teller.with("gives-nothing", &[]) } else { given.join(" ") }
}

/// What the holder pays; none where the price stays.
fn price(teller: &Teller<'_>, definition: &BenefitDefinition) -> Option<String> {
    let what = what(teller, definition);
    let with = |key: &str, value: &str, text: String| {
        Some(teller.with(key, &[("what", what.clone()), (value, text)]))
    };
    match definition.price {
        PriceRule::Unchanged => None,
        PriceRule::Free => Some(free(teller, definition, what)),
        PriceRule::Fixed(amount) => with("gives-fixed", "amount", teller.money(amount)),
        PriceRule::Percent(share) => with("gives-percent", "share", format!("{share}%")),
        PriceRule::Less(amount) => with("gives-less", "amount", teller.money(amount)),
    }
}

/// What is priced: places where any are named, else services, else everything.
fn what(teller: &Teller<'_>, definition: &BenefitDefinition) -> String {
    if !definition.places.is_empty() {
        teller.names(LabelKind::Place, &definition.places)
    } else if !definition.services.is_empty() {
        teller.names(LabelKind::Service, &definition.services)
    } else {
        teller.with("everything", &[])
    }
}

/// People ride on services and enter places.
fn free(teller: &Teller<'_>, definition: &BenefitDefinition, what: String) -> String {
    let mode = |code| teller.labels.lookup(LabelKind::Service, code, teller.day).and_then(|label| label.mode);
    let rides = !definition.services.is_empty()
        && definition.services.iter().all(|code| mode(*code).is_some_and(Mode::is_transit));
    let key = match (rides, definition.places.is_empty()) {
        (true, _) => "gives-ride",
        (false, false) => "gives-entry",
        (false, true) => "gives-free",
    };
    teller.with(key, &[("what", what)])
}

fn wallet(teller: &Teller<'_>, aid: Option<AidMonth>) -> String {
    let Some(aid) = aid else { return teller.with("gives-wallet", &[]) };
    let month = engine::Amount(aid.routine.0.saturating_add(aid.periodic.0));
    let values = [
        ("month", teller.money(month)),
        ("routine", teller.money(aid.routine)),
        ("periodic", teller.money(aid.periodic)),
        ("fees", teller.money(aid.private_fees)),
    ];
    let key = match (aid.periodic.is_nothing(), aid.private_fees.is_nothing()) {
        (true, _) => "gives-aid",
        (false, true) => "gives-aid-parts",
        (false, false) => "gives-aid-fees",
    };
    teller.with(key, &values)
}

fn sale(teller: &Teller<'_>, sale: &Sale) -> String {
    let price = |item| sale.goods.iter().find(|good| good.good == item).map_or(0, |good| good.price.0);
    match sale.bundles.first() {
        Some(bundle) => {
            let sum = engine::Amount(bundle.items.iter().map(|item| price(*item)).sum());
            let values =
                [("bundle", teller.word(LabelKind::Good, bundle.good)), ("amount", teller.money(sum))];
            teller.with("gives-bundle", &values)
        }
        None => teller.with("gives-sale", &[]),
    }
}
