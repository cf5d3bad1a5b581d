//! Shopping: aid at shops that take it, subsidised food once a month, cash out of wallets.

use base::{Code, Timestamp};
use engine::{Cash, Funds, Item, PurchaseStep, RefundLine, Role, Sale, WalletRules};
use programmes::service::content::Content;

use super::agenda::Act;
use super::basket::{Basket, Then, item};
use super::events::Expect;
use super::people::Resident;
use super::planner::{Curve, Planner};

/// When people shop.
const SHOP: Curve = &[(9, 12), (10, 18), (11, 14), (13, 10), (14, 10), (15, 12), (16, 14), (17, 10)];

/// Holders of a wallet who shop on a day, and who take out cash, in a thousand. Assumed.
const SHOPS_PERMILLE: u64 = 60;
const CASH_PERMILLE: u64 = 45;
const CASH_QUOTA_PERMILLE: u64 = 12;

/// Of those who may buy subsidised food, so many in a thousand do in a month, each on a day of their own.
const FOOD_PERMILLE: u64 = 650;
const FOOD_DAYS: u32 = 28;

/// Where money is spent, and what may be bought with which.
#[derive(Debug, Clone)]
pub(super) struct Shops {
    /// Merchants with the type programmes know them by.
    pub merchants: Vec<(Code, Code)>,
    /// Benefits with a wallet, by code.
    pub wallets: Vec<(Code, WalletRules)>,
    /// Benefits under which goods are sold.
    pub sales: Vec<(Code, Sale)>,
}

impl Shops {
    pub fn of(content: &Content) -> Self {
        let merchants = content.organisations.iter().filter(|row| row.role == Role::Merchant);
        let benefits = || content.benefits.iter();
        Self {
            merchants: merchants.filter_map(|row| Some((row.code, row.merchant_type?))).collect(),
            wallets: benefits().filter_map(|row| Some((row.code, row.rules.wallet.clone()?))).collect(),
            sales: benefits().filter_map(|row| Some((row.code, row.rules.sale.clone()?))).collect(),
        }
    }

    pub fn wallet(&self, benefit: Code) -> Option<&WalletRules> {
        self.wallets.iter().find(|(code, _)| *code == benefit).map(|(_, rules)| rules)
    }

    pub fn sale(&self, resident: &Resident, at: Timestamp) -> Option<&Sale> {
        let held =
            |code: &Code| resident.rights.iter().any(|right| right.benefit == *code && right.holds(at));
        self.sales.iter().find(|(code, _)| held(code)).map(|(_, sale)| sale)
    }

    /// Merchants that take a wallet.
    pub fn that_take(&self, rules: &WalletRules) -> Vec<Code> {
        let takes = |kind: &Code| rules.merchant_types.is_empty() || rules.merchant_types.contains(kind);
        // Subsidised goods have a rule of their own, so those who sell them are left to it.
        let sells = |code: &Code| self.sales.iter().any(|(_, sale)| sale.merchants.contains(code));
        let taking = self.merchants.iter().filter(|(code, kind)| takes(kind) && !sells(code));
        taking.map(|(code, _)| *code).collect()
    }
}

impl Planner<'_> {
    /// Who shops today, and who takes out cash.
    pub fn shopping(&mut self) {
        let city = self.city;
        let (mut shoppers, mut cash) = (Vec::new(), Vec::new());
        for ((resident, benefit), wallet) in &city.books.wallets {
            let Some(rules) = city.shops.wallet(*benefit) else { continue };
            let free = wallet.balance - wallet.held;
            if wallet.closed || free < 50_000 {
                continue;
            }
            let often = if rules.cash == Cash::Full { CASH_PERMILLE } else { CASH_QUOTA_PERMILLE };
            if self.chance.permille(SHOPS_PERMILLE) {
                shoppers.push((*resident, *benefit, free));
            } else if rules.cash != Cash::None && self.chance.permille(often) {
                cash.push((*resident, *benefit, free));
            }
        }
        let times = self.moments(shoppers.len(), SHOP);
        for ((resident, benefit, free), at) in shoppers.into_iter().zip(times) {
            if let Some(basket) = self.aid_basket(resident, benefit, free) {
                self.acts.push((at, Act::Buy(Box::new(basket))));
            }
        }
        let times = self.moments(cash.len(), SHOP);
        for ((resident, benefit, free), at) in cash.into_iter().zip(times) {
            let limited = city.shops.wallet(benefit).is_some_and(|rules| rules.cash == Cash::Quota);
            let steps = if limited { self.chance.between(1, 2) } else { self.chance.between(2, 30) };
            let amount = (steps * 50_000).min(free).unsigned_abs();
            // A second time in a month may be too much.
            let expect = if limited { Expect::Either } else { Expect::Funds };
            self.acts.push((at, Act::CashOut(resident, benefit, amount, expect)));
        }
        self.food();
    }

    /// A few things that a wallet buys, within what is in it.
    pub fn aid_basket(&mut self, resident: u32, benefit: Code, free: i64) -> Option<Basket> {
        let city = self.city;
        let rules = city.shops.wallet(benefit)?;
        let merchant = self.chance.pick(&city.shops.that_take(rules)).copied()?;
        let all: Vec<Code> = city.shops.wallets.iter().flat_map(|(_, rules)| rules.goods.clone()).collect();
        let goods = if rules.goods.is_empty() { all } else { rules.goods.clone() };
        let mut left = free.unsigned_abs();
        let mut items: Vec<Item> = Vec::new();
        for _ in 0..=self.chance.below(3) {
            let good = self.chance.pick(&goods).copied()?;
            let quantity = u32::try_from(self.chance.between(1, 3)).unwrap_or(1);
            // Prices of a shop, in steps of five hundred rupiah. Assumed.
            let amount = self.chance.between(10, 60).unsigned_abs() * 500 * u64::from(quantity);
            if amount <= left && items.iter().all(|known| known.good != good) {
                left -= amount;
                items.push(item(good, quantity, amount));
            }
        }
        if items.is_empty() {
            return None;
        }
        let (step, then) = self.afterwards(items.len());
        let from = Funds::Wallet(benefit);
        Some(Basket { resident, medium: None, merchant, from, items, step, then, expect: Expect::Funds })
    }

    /// How a till goes on: mostly at once, sometimes in two steps, sometimes something comes back.
    fn afterwards(&mut self, lines: usize) -> (PurchaseStep, Vec<Then>) {
        let ok = Expect::Accepted;
        let first = RefundLine { line: 0, amount: None };
        let some: Vec<u16> = if lines > 1 { vec![0] } else { Vec::new() };
        match self.chance.below(100) {
            0..12 => (PurchaseStep::Authorise, vec![Then::Capture(Vec::new(), ok)]),
            12..16 => (PurchaseStep::Authorise, vec![Then::Capture(some, ok)]),
            16..19 => (PurchaseStep::Authorise, vec![Then::Void(ok)]),
            19..23 => (PurchaseStep::Capture, vec![Then::Refund(vec![first], ok)]),
            23..25 => (PurchaseStep::Capture, vec![Then::Void(ok)]),
            25..30 => (PurchaseStep::Ask, Vec::new()),
            _ => (PurchaseStep::Capture, Vec::new()),
        }
    }

    /// Subsidised food: everybody has a day of the month, and brings the money.
    fn food(&mut self) {
        let city = self.city;
        let noon = self.at(12, 0);
        let day = u32::try_from(self.date.to_jiff().day()).unwrap_or_default();
        let mine = |one: &&Resident| food_day(one) == day;
        let buyers: Vec<(u32, &Sale)> = city
            .residents
            .iter()
            .filter(mine)
            .filter_map(|one| Some((one.index, city.shops.sale(one, noon)?)))
            .collect();
        let times = self.moments(buyers.len(), SHOP);
        for ((resident, sale), at) in buyers.into_iter().zip(times) {
            if !self.chance.permille(FOOD_PERMILLE) {
                continue;
            }
            let Some(basket) = self.food_basket(resident, sale) else { continue };
            let before = at.plus(-self.chance.between(8, 40) * Timestamp::MINUTE);
            self.acts.push((before, Act::TopUp(resident, basket.amount())));
            self.acts.push((at, Act::Buy(Box::new(basket))));
        }
    }

    /// The whole package, or some of its goods, with the holder's own money.
    pub fn food_basket(&mut self, resident: u32, sale: &Sale) -> Option<Basket> {
        let merchant = self.chance.pick(&sale.merchants).copied()?;
        let price =
            |good: &Code| sale.goods.iter().find(|one| one.good == *good).map_or(0, |one| one.price.0);
        let bundle = sale.bundles.first().filter(|_| self.chance.permille(700));
        let items = match bundle {
            Some(bundle) => vec![item(bundle.good, 1, bundle.items.iter().map(price).sum())],
            None => {
                let skip = self.chance.index(sale.goods.len());
                let some = sale.goods.iter().enumerate().filter(|(place, _)| *place != skip);
                some.map(|(_, one)| item(one.good, 1, one.price.0)).collect()
            }
        };
        Some(Basket {
            resident,
            medium: None,
            merchant,
            from: Funds::Purse,
            items,
            step: PurchaseStep::Capture,
            then: Vec::new(),
            expect: Expect::Funds,
        })
    }
}

/// The day of the month on which somebody buys subsidised food.
pub(super) const fn food_day(resident: &Resident) -> u32 {
    resident.index.wrapping_mul(11) % FOOD_DAYS + 1
}
