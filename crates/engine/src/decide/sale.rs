//! Goods sold at a published price to those entitled only: who may buy them, what they cost, how many.

use base::{Code, Timestamp};

use crate::benefits::{NOWHERE, Use, entitles, quota_left};
use crate::holders::Holder;
use crate::{Amount, BenefitDefinition, Purchase, Refusal, Refused, Sale, State, Verdict};

/// The benefit and version under which a basket's reserved goods are sold to a holder; none where no good is reserved.
///
/// # Errors
/// [`Refusal::MerchantNotAllowed`], [`Refusal::BenefitMissing`], [`Refusal::QuotaExhausted`],
/// [`Refusal::GoodPriceMismatch`], [`Refusal::GoodQuantityExceeded`], each about the good.
pub fn sold_under(
    state: &State,
    at: Timestamp,
    purchase: &Purchase,
    (index, holder, assurance): (u32, &Holder, u8),
) -> Result<Option<(u32, u32)>, Refused> {
    let sales = sales(state, at);
    let reserved = reserved(&sales, purchase)?;
    let Some(good) = reserved.first().copied() else { return Ok(None) };
    let mut known: Vec<(u32, &BenefitDefinition, &Sale, Option<u64>)> = Vec::new();
    // What an entitlement of the holder does not sell, of a basket with another one's goods.
    let mut missing = good;
    for (benefit, definition, sale) in &sales {
        let facts = Use {
            at,
            service: &purchase.merchant,
            place: NOWHERE,
            full: Amount::ZERO,
            assurance,
            index,
            holder,
            settled: None,
            from_first_day: false,
        };
        let entitled = holder.entitlements.iter().filter(|one| one.benefit == *benefit).any(|entitlement| {
            matches!(
                entitles(state, definition, entitlement, &facts),
                Verdict::PriceUnchanged | Verdict::NotLowest
            )
        });
        match reserved.iter().find(|good| !sells(sale, purchase.merchant, **good)) {
            _ if !entitled => {}
            Some(other) => missing = *other,
            None => known.push((*benefit, definition, sale, quota_left(state, *benefit, index, at))),
        }
    }
    if known.is_empty() {
        return Err(Refusal::BenefitMissing.about(missing));
    }
    // Among several, one with quota left; then the higher priority, then the smaller code.
    known.sort_by_key(|(_, definition, _, left)| {
        (*left == Some(0), std::cmp::Reverse(definition.priority), definition.code)
    });
    let Some((benefit, definition, sale, left)) = known.first() else { return Ok(None) };
    goods(sale, purchase)?;
    if *left == Some(0) {
        return Err(Refusal::QuotaExhausted.about(good));
    }
    Ok(Some((*benefit, definition.version)))
}

/// Every sale in force, in order of benefit.
fn sales(state: &State, at: Timestamp) -> Vec<(u32, &BenefitDefinition, &Sale)> {
    let all = (0u32..).zip(state.benefits.all());
    all.filter_map(|(index, benefit)| {
        let definition = benefit.in_force(at)?;
        Some((index, definition, definition.rules.sale.as_ref()?))
    })
    .collect()
}

/// The goods of a basket that are sold under a sale only: those a merchant of the sale sells, and bundles.
fn reserved(sales: &[(u32, &BenefitDefinition, &Sale)], purchase: &Purchase) -> Result<Vec<Code>, Refused> {
    let mut reserved = Vec::new();
    for item in &purchase.items {
        if sales.iter().any(|(_, _, sale)| sells(sale, purchase.merchant, item.good)) {
            reserved.push(item.good);
            continue;
        }
        let bundle = |sale: &Sale| sale.bundles.iter().any(|bundle| bundle.good == item.good);
        if sales.iter().any(|(_, _, sale)| bundle(sale)) {
            return Err(Refusal::MerchantNotAllowed.about(item.good));
        }
    }
    Ok(reserved)
}

fn sells(sale: &Sale, merchant: Code, good: Code) -> bool {
    sale.merchants.contains(&merchant)
        && (sale.goods.iter().any(|known| known.good == good)
            || sale.bundles.iter().any(|known| known.good == good))
}

/// Prices and quantities of a basket's goods under a sale: at most one of each, a bundle counted as what is in it.
fn goods(sale: &Sale, purchase: &Purchase) -> Result<(), Refused> {
    let price = |good: Code| sale.goods.iter().find(|known| known.good == good).map(|known| known.price.0);
    let mut bought: Vec<Code> = Vec::new();
    for item in &purchase.items {
        let bundle = sale.bundles.iter().find(|bundle| bundle.good == item.good);
        let single = [item.good];
        let parts: &[Code] = bundle.map_or(&single, |bundle| &bundle.items);
        let prices: Option<Vec<u64>> = parts.iter().map(|good| price(*good)).collect();
        // A good that is not part of the sale is bought beside it at its own price.
        let Some(prices) = prices else { continue };
        if item.quantity > 1 || parts.iter().any(|good| bought.contains(good)) {
            return Err(Refusal::GoodQuantityExceeded.about(item.good));
        }
        if prices.iter().sum::<u64>() != item.amount.0 {
            return Err(Refusal::GoodPriceMismatch.about(item.good));
        }
        bought.extend(parts);
    }
    Ok(())
}
