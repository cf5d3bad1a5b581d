//! Baskets at tills: what is bought, with what money, and what becomes of it afterwards.

use base::{Code, MediumSerial};
use engine::{
    Amount, Body, CapturePurchase, Funds, Item, Purchase, PurchaseStep, Refund, RefundLine, VoidPurchase,
};

use super::events::Expect;

/// Goods at a till.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Basket {
    /// Index of the resident.
    pub resident: u32,
    /// Which medium; the resident's own when absent.
    pub medium: Option<MediumSerial>,
    /// The merchant, by code.
    pub merchant: Code,
    /// Where the money comes from.
    pub from: Funds,
    /// The goods.
    pub items: Vec<Item>,
    /// How far the till goes at once.
    pub step: PurchaseStep,
    /// What becomes of it afterwards, one after the other.
    pub then: Vec<Then>,
    /// What is expected.
    pub expect: Expect,
}

/// What a till does with a purchase that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    /// Captures these lines, or all.
    Capture(Vec<u16>, Expect),
    /// Undoes it.
    Void(Expect),
    /// Takes goods back.
    Refund(Vec<RefundLine>, Expect),
}

impl Basket {
    /// What it costs.
    pub(crate) fn amount(&self) -> u64 {
        self.items.iter().fold(0, |sum, item| sum.saturating_add(item.amount.0))
    }

    pub(crate) fn purchase(&self, medium: MediumSerial) -> Body {
        Body::Purchase(Purchase {
            medium,
            merchant: self.merchant,
            from: self.from,
            items: self.items.clone(),
            step: self.step,
        })
    }

    fn line(&self, line: u16) -> u64 {
        self.items.get(usize::from(line)).map_or(0, |item| item.amount.0)
    }

    /// What of the money is still out after `steps` of what comes afterwards: taken, and only held.
    fn out(&self, steps: usize) -> (u64, u64) {
        let mut out = match self.step {
            PurchaseStep::Ask => (0, 0),
            PurchaseStep::Authorise => (0, self.amount()),
            PurchaseStep::Capture => (self.amount(), 0),
        };
        for then in self.then.iter().take(steps) {
            out = match then {
                Then::Capture(lines, Expect::Accepted) if lines.is_empty() => (self.amount(), 0),
                Then::Capture(lines, Expect::Accepted) => {
                    (lines.iter().map(|line| self.line(*line)).sum(), 0)
                }
                Then::Void(Expect::Accepted) => (0, 0),
                Then::Refund(lines, Expect::Accepted) => {
                    let back: u64 = lines
                        .iter()
                        .map(|one| one.amount.map_or_else(|| self.line(one.line), |some| some.0))
                        .sum();
                    (out.0.saturating_sub(back), out.1)
                }
                Then::Capture(..) | Then::Void(_) | Then::Refund(..) => out,
            };
        }
        out
    }

    /// What a step moves: how much leaves the account, and how much is no longer only held.
    pub(crate) fn moves(&self, step: usize) -> (i64, u64) {
        let (before, after) = (self.out(step), self.out(step + 1));
        let signed = |amount: u64| i64::try_from(amount).unwrap_or(i64::MAX);
        (signed(after.0) - signed(before.0), before.1.saturating_sub(after.1))
    }

    /// What is taken and what is held at once.
    pub(crate) fn begins(&self) -> (u64, u64) {
        self.out(0)
    }
}

impl Then {
    pub(crate) fn body(&self, purchase: u64) -> (Body, Expect) {
        match self {
            Self::Capture(lines, expect) => {
                (Body::CapturePurchase(CapturePurchase { purchase, lines: lines.clone() }), *expect)
            }
            Self::Void(expect) => (Body::VoidPurchase(VoidPurchase { purchase }), *expect),
            Self::Refund(lines, expect) => (Body::Refund(Refund { purchase, lines: lines.clone() }), *expect),
        }
    }
}

/// One line of a basket.
pub(crate) const fn item(good: Code, quantity: u32, amount: u64) -> Item {
    Item { good, quantity, amount: Amount(amount) }
}
