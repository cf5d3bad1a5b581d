//! From which money a benefit is paid. What is not charged and what is really paid are never one figure.

use engine::{BenefitDefinition, Funding, OnExhausted, PriceRule};

use super::teller::Teller;

/// The sentences: about the lower price, about aid, about goods.
pub fn list(teller: &Teller<'_>, definition: &BenefitDefinition) -> Vec<String> {
    let rules = &definition.rules;
    let price = (definition.price != PriceRule::Unchanged).then_some(match rules.funding {
        Funding::Forgone => "money-forgone",
        Funding::Budget(OnExhausted::Refuse) => "money-budget-refuse",
        Funding::Budget(OnExhausted::RecordAndAlert) => "money-budget-record",
    });
    let wallet = rules.wallet.as_ref().map(|_| "money-wallet");
    let sale = rules.sale.as_ref().map(|_| "money-sale");
    [price, wallet, sale].into_iter().flatten().map(|key| teller.with(key, &[])).collect()
}
