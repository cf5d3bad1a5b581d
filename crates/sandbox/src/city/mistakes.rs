//! What goes wrong at tills and banks on any day: baskets that may not be bought, amounts that cannot be meant.

use base::{Code, HolderNumber, Timestamp};
use engine::{Amount, Body, Cash, Funds, PurchaseStep, Refund, RefundLine, Refusal, Sale, TopUp};

use super::agenda::Act;
use super::basket::{Basket, Then, item};
use super::events::{Expect, Next, Sender};
use super::people::Resident;
use super::planner::Planner;
use super::shopping::food_day;

impl Planner<'_> {
    fn buy(&mut self, at: Timestamp, basket: Basket) {
        self.acts.push((at, Act::Buy(Box::new(basket))));
    }

    pub fn at_tills(&mut self) {
        let city = self.city;
        let at = self.some_time(10, 16);
        let rich: Vec<(u32, Code, i64)> = city
            .books
            .wallets
            .iter()
            .filter(|(_, wallet)| !wallet.closed && wallet.balance - wallet.held >= 120_000)
            .filter(|((_, benefit), _)| {
                city.shops.wallet(*benefit).is_some_and(|rules| !rules.goods.is_empty())
            })
            .map(|((resident, benefit), wallet)| (*resident, *benefit, wallet.balance))
            .collect();
        let Some((resident, benefit, balance)) = self.chance.pick(&rich).copied() else { return };
        let Some(rules) = city.shops.wallet(benefit) else { return };
        let allowed = city.shops.that_take(rules);
        let (Some(merchant), Some(good)) = (allowed.first().copied(), rules.goods.first().copied()) else {
            return;
        };
        let second = rules.goods.get(1).copied().unwrap_or(good);
        let sale = city.shops.sales.first().map(|(_, sale)| sale);
        let from = Funds::Wallet(benefit);
        let basket = |merchant, items, expect| Basket {
            resident,
            medium: None,
            merchant,
            from,
            items,
            step: PurchaseStep::Capture,
            then: Vec::new(),
            expect: Expect::Refused(expect),
        };
        if let Some((sale, seller)) = sale.and_then(|sale| Some((sale, sale.merchants.first()?))) {
            self.buy(at, basket(*seller, vec![item(good, 1, 10_000)], Refusal::MerchantTypeNotAllowed));
            let other = sale.goods.first().map_or(good, |one| one.good);
            self.buy(at, basket(merchant, vec![item(other, 1, 10_000)], Refusal::GoodNotAllowed));
        }
        let too_much = balance.unsigned_abs() + 1_000_000;
        self.buy(at, basket(merchant, vec![item(good, 1, too_much)], Refusal::WalletInsufficient));
        let long = (0..70).map(|_| item(good, 1, 500)).collect();
        self.buy(at, basket(merchant, long, Refusal::LimitReached));
        let unknown = Code::parse("toko.belum_terdaftar").unwrap_or(merchant);
        self.buy(at, basket(unknown, vec![item(good, 1, 10_000)], Refusal::OrganisationUnknown));
        let old = Code::parse("kartu_lama").unwrap_or(benefit);
        let with_old = basket(merchant, vec![item(good, 1, 10_000)], Refusal::BenefitUnknown);
        self.buy(at, Basket { from: Funds::Wallet(old), ..with_old });
        if let Some(stranger) = self.bystander(|one| one.rights.is_empty()) {
            let other = basket(merchant, vec![item(good, 1, 10_000)], Refusal::WalletUnknown);
            self.buy(at, Basket { resident: stranger, ..other });
        }
        let one = |line| vec![RefundLine { line, amount: None }];
        let then = vec![
            Then::Refund(one(0), Expect::Accepted),
            Then::Refund(one(0), Expect::Refused(Refusal::RefundExceeded)),
            Then::Refund(one(9), Expect::Refused(Refusal::LineUnknown)),
            Then::Void(Expect::Accepted),
            Then::Void(Expect::Refused(Refusal::PurchaseResolved)),
        ];
        let returned =
            basket(merchant, vec![item(good, 1, 12_000), item(second, 1, 8_000)], Refusal::Internal);
        self.buy(at.plus(Timestamp::MINUTE), Basket { then, expect: Expect::Funds, ..returned });
        let lost = Refund { purchase: 9_000_000_000, lines: one(0) };
        self.say(at, Sender::Merchant, Body::Refund(lost), Refusal::PurchaseUnknown);
        let closed = city.books.wallets.iter().filter(|(_, wallet)| wallet.closed).map(|(key, _)| *key);
        let closed: Vec<(u32, Code)> = closed.collect();
        if let Some((resident, benefit)) = self.chance.pick(&closed).copied() {
            let again = basket(merchant, vec![item(good, 1, 10_000)], Refusal::WalletClosed);
            self.buy(at, Basket { resident, from: Funds::Wallet(benefit), ..again });
        }
    }

    fn say(&mut self, at: Timestamp, sender: Sender, body: Body, refusal: Refusal) {
        let act = Act::Say(sender, Box::new(body), Expect::Refused(refusal), Box::new(Next::Nothing));
        self.acts.push((at, act));
    }

    pub fn at_food_shops(&mut self) {
        let city = self.city;
        let at = self.some_time(9, 15);
        let Some((_, sale)) = city.shops.sales.first() else { return };
        let (Some(merchant), Some(good)) = (sale.merchants.first().copied(), sale.goods.first().copied())
        else {
            return;
        };
        let basket = |resident, merchant, items, refusal| Basket {
            resident,
            medium: None,
            merchant,
            from: Funds::Purse,
            items,
            step: PurchaseStep::Capture,
            then: Vec::new(),
            expect: Expect::Refused(refusal),
        };
        let one = vec![item(good.good, 1, good.price.0)];
        if let Some(stranger) = self.bystander(|one| one.rights.is_empty()) {
            self.buy(at, basket(stranger, merchant, one, Refusal::BenefitMissing));
        }
        let noon = self.at(12, 0);
        // Somebody whose own day of the month for food has come already.
        let day = u32::try_from(self.date.to_jiff().day()).unwrap_or_default();
        let had = |one: &Resident| food_day(one) < day && city.shops.sale(one, noon).is_some();
        let Some(holder) = self.bystander(had) else { return };
        let dearer = vec![item(good.good, 1, good.price.0 + 500)];
        self.buy(at, basket(holder, merchant, dearer, Refusal::GoodPriceMismatch));
        let two = vec![item(good.good, 2, good.price.0 * 2)];
        self.buy(at, basket(holder, merchant, two, Refusal::GoodQuantityExceeded));
        let elsewhere = city.shops.merchants.iter().find(|(code, _)| !sale.merchants.contains(code));
        if let Some(((elsewhere, _), bundle)) = elsewhere.zip(sale.bundles.first()) {
            let parts =
                bundle.items.iter().filter_map(|good| sale.goods.iter().find(|one| one.good == *good));
            let whole = vec![item(bundle.good, 1, parts.map(|one| one.price.0).sum())];
            self.buy(at, basket(holder, *elsewhere, whole, Refusal::MerchantNotAllowed));
        }
        self.second_package(holder, sale, at);
    }

    /// Somebody comes twice in a month.
    fn second_package(&mut self, holder: u32, sale: &Sale, at: Timestamp) {
        let Some(first) = self.food_basket(holder, sale) else { return };
        self.acts.push((at.plus(-30 * Timestamp::MINUTE), Act::TopUp(holder, first.amount() * 2)));
        let mut second = first.clone();
        second.expect = Expect::Refused(Refusal::QuotaExhausted);
        self.buy(at.plus(Timestamp::MINUTE), Basket { expect: Expect::Either, ..first });
        self.buy(at.plus(2 * Timestamp::HOUR), second);
    }

    pub fn at_banks(&mut self) {
        let city = self.city;
        let at = self.some_time(9, 15);
        // A bar code scanned into the field for the amount.
        let Some(holder) = self.bystander(|_| true).and_then(|one| city.residents.get(one as usize)) else {
            return;
        };
        let top_up = |holder, amount| TopUp {
            medium: None,
            holder: Some(holder),
            bank: city.bank,
            amount: Amount(amount),
        };
        let body = Body::TopUp(top_up(holder.holder, 8_992_761_000_000));
        self.say(at, Sender::Bank, body, Refusal::AmountTooLarge);
        let unknown = (0..HolderNumber::COUNT).filter_map(|index| HolderNumber::new(index).ok());
        let unknown =
            unknown.into_iter().find(|number| city.residents.iter().all(|one| one.holder != *number));
        if let Some(unknown) = unknown {
            self.say(at, Sender::Bank, Body::TopUp(top_up(unknown, 50_000)), Refusal::HolderUnknown);
        }
        let limited: Vec<(u32, Code)> = city
            .books
            .wallets
            .iter()
            .filter(|((_, benefit), wallet)| {
                !wallet.closed && city.shops.wallet(*benefit).is_some_and(|rules| rules.cash == Cash::Quota)
            })
            .map(|(key, _)| *key)
            .collect();
        if let Some((resident, benefit)) = self.chance.pick(&limited).copied() {
            let expect = Expect::Refused(Refusal::CashLimitExceeded);
            self.acts.push((at, Act::CashOut(resident, benefit, 150_000, expect)));
        }
    }
}
