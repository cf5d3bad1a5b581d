//! What goes wrong on any day, some times each: cards nobody issued, terminals set up wrongly, gates opened by hand, baskets
//! that may not be bought. So that whoever looks finds every refusal that people, terminals and shops can cause.

use base::{Code, HolderNumber, MediumSerial, Timestamp};
use engine::{
    Amount, Body, Cash, Funds, Member, Part, PurchaseStep, Refund, RefundLine, Refusal, Sale, TopUp,
};
use programmes::service::content::Mode;

use super::agenda::Act;
use super::basket::{Basket, Then, item};
use super::events::{Expect, Next, Sender};
use super::people::{Resident, Standing};
use super::planner::Planner;
use super::shopping::food_day;
use super::stops::Stop;
use super::trips::{Asks, Step, Trip};

/// Each mishap happens so often a day, of a hundred thousand residents; at least once.
const MISHAPS: usize = 8;

/// A serial that is never given out.
pub(super) const NEVER_ISSUED: u32 = 33_000_000;

/// A terminal without network, from and until when, and how much later it sends what it kept.
const OUTAGES: [(i64, i64); 2] = [(7, 9), (16, 19)];
const BACKLOG_AFTER: i64 = 30 * Timestamp::MINUTE;

/// A terminal that was forgotten in a depot sends after so many days.
const FORGOTTEN_DAYS: i64 = 9;

impl Planner<'_> {
    /// Terminals without network, one whose clock is wrong, one that is forgotten.
    pub fn outage(&mut self) {
        let late = self.chance.index(OUTAGES.len());
        let (from, until) = OUTAGES.get(late).copied().unwrap_or((7, 9));
        let lasts = self.at(from, 0)..self.at(until, 0);
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(step) = self.step(self.at(from, 40), stop, Part::In, Asks::AsNeeded)
        {
            self.network.outage(step.device, lasts.clone());
            self.acts.push((lasts.end.plus(BACKLOG_AFTER), Act::Deliver(step.device)));
            self.blocked_card(step);
        }
        let van = |stop: &Stop| stop.mode == Mode::Feeder && stop.place != stop.service;
        let hours = [(6, Some(2 * Timestamp::HOUR)), (15, None)];
        for (hour, ahead) in hours {
            let Some(stop) = self.any_stop(van) else { return };
            let Some(step) = self.step(self.at(hour, 20), stop, Part::Single, Asks::Never) else { return };
            let lasts = self.at(hour, 0)..self.at(hour, 45);
            match ahead {
                Some(ahead) => self.network.wrong_clock(step.device, lasts, ahead),
                None => {
                    self.network.outage(step.device, lasts.clone());
                    let sends = lasts.end.plus(FORGOTTEN_DAYS * Timestamp::DAY);
                    self.acts.push((sends, Act::Deliver(step.device)));
                }
            }
            self.somebody(vec![step]);
        }
    }

    /// A blocked card passes a gate that cannot know.
    fn blocked_card(&mut self, step: Step) {
        let blocked = |one: &&Resident| {
            one.media.first().is_some_and(|chip| chip.blocked.is_some() && chip.standing == Standing::Blocked)
        };
        let all: Vec<(u32, MediumSerial)> = self
            .city
            .residents
            .iter()
            .filter(blocked)
            .filter_map(|one| Some((one.index, one.media.first()?.serial)))
            .collect();
        if let Some((resident, serial)) = self.chance.pick(&all).copied() {
            let out = self.step(step.at.plus(20 * Timestamp::MINUTE), step.stop, Part::Out, Asks::Never);
            let steps = [Some(step), out].into_iter().flatten().collect();
            self.go(Trip::new(resident, 0, steps).with(serial));
        }
    }

    /// Everything else.
    pub fn mishaps(&mut self) {
        for _ in 0..self.some(MISHAPS) {
            self.at_gates();
            self.at_sights();
            self.at_tills();
            self.at_food_shops();
            self.at_banks();
        }
        self.groups();
        if !self.working {
            self.twice();
        }
    }

    /// Somebody who does not travel today, with a card that works.
    fn bystander(&mut self, wanted: impl Fn(&Resident) -> bool) -> Option<u32> {
        let fits = |one: &&Resident| {
            one.habits.commute_permille == 0
                && wanted(one)
                && one.media.first().is_some_and(|chip| chip.standing == Standing::Usable)
        };
        let all: Vec<u32> = self.city.residents.iter().filter(fits).map(|one| one.index).collect();
        self.chance.pick(&all).copied()
    }

    fn somebody(&mut self, steps: Vec<Step>) {
        if let Some(resident) = self.bystander(|_| true) {
            self.go(Trip::new(resident, 0, steps));
        }
    }

    fn some_time(&mut self, from: i64, to: i64) -> Timestamp {
        self.date.midnight().plus(self.chance.between(from * 3_600, to * 3_600) * Timestamp::SECOND)
    }

    fn at_gates(&mut self) {
        let at = self.some_time(10, 15);
        let later = at.plus(20 * Timestamp::MINUTE);
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(step) = self.step(at, stop, Part::In, Asks::Always(None))
            && let Some(resident) = self.bystander(|_| true)
        {
            let serial =
                MediumSerial(NEVER_ISSUED + u32::try_from(self.chance.below(100_000)).unwrap_or_default());
            self.go(Trip::new(resident, 0, vec![step]).with(serial));
        }
        // A terminal that was set up for a stop the city has not published.
        let new_stop = Code::parse("tj.uji_coba").ok();
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(place) = new_stop
        {
            for (at, asks) in [(at, Asks::Always(Some(Refusal::PlaceUnknown))), (later, Asks::Never)] {
                let step = self.step(at, stop, Part::Single, asks);
                self.somebody(step.map(|step| Step { place, ..step }).into_iter().collect());
            }
        }
        // Somebody climbs over on the way in, somebody turns round.
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Rail && stop.place != stop.service) {
            let out = self.step(at, stop, Part::Out, Asks::Never);
            self.somebody(out.into_iter().collect());
            let both = [
                self.step(at, stop, Part::In, Asks::AsNeeded),
                self.step(later, stop, Part::Out, Asks::Never),
            ];
            self.somebody(both.into_iter().flatten().collect());
        }
    }

    fn at_sights(&mut self) {
        let with_hours = |stop: &Stop| {
            stop.mode == Mode::Attraction && stop.capacity.is_none() && stop.opening.opens.hour() >= 6
        };
        let date = self.date;
        let stops = self.city.stops.clone();
        if let Some(sight) = self.any_stop(|stop| with_hours(stop) && stops.is_priced(stop.service, date))
            && let Some(stop) = self.city.stops.get(sight).cloned()
        {
            let before = stop.hours(date).0.plus(-Timestamp::HOUR);
            for (at, asks) in [
                (before, Asks::Always(Some(Refusal::PlaceClosed))),
                (before.plus(10 * Timestamp::MINUTE), Asks::Never),
            ] {
                let step = self.step(at, sight, Part::In, asks);
                self.somebody(step.into_iter().collect());
            }
            let noon = self.at(11, 0);
            self.odd_parties(sight, &stop, noon);
        }
        // A sight without a price.
        if let Some(sight) = self.any_stop(|stop| with_hours(stop) && !stops.is_priced(stop.service, date)) {
            let noon = self.at(12, 0);
            for asks in [Asks::Always(None), Asks::Never] {
                let step = self.step(noon, sight, Part::In, asks);
                self.somebody(step.into_iter().collect());
            }
        }
    }

    /// Parties that cannot be: without the holder, and too many.
    fn odd_parties(&mut self, sight: usize, stop: &Stop, at: Timestamp) {
        let Some(resident) = self.bystander(|_| true) else { return };
        let Some(own) = self.city.residents.get(resident as usize).map(|one| one.category) else { return };
        let others = self.city.residents.iter().map(|one| one.category).find(|category| *category != own);
        let Some(other) = others else { return };
        let many = stop.party_max + 5;
        for (party, asks) in [
            (Member { category: other, count: 2 }, Asks::Always(Some(Refusal::PartyInvalid))),
            (Member { category: other, count: 2 }, Asks::Never),
            (Member { category: own, count: many }, Asks::Always(Some(Refusal::PartyTooLarge))),
        ] {
            let step = self.step(at, sight, Part::In, asks).map(|step| Step { party: vec![party], ..step });
            self.go(Trip::new(resident, 0, step.into_iter().collect()));
        }
    }

    /// Groups at a small place: the first makes it crowded, the second finds it full, the third is let in by hand.
    fn groups(&mut self) {
        let Some(sight) = self.any_stop(|stop| stop.capacity.is_some_and(|(soft, _)| soft < 1_000)) else {
            return;
        };
        let Some(stop) = self.city.stops.get(sight).cloned() else { return };
        let Some((soft, hard)) = stop.capacity else { return };
        let first = self.at(10, 0);
        let groups = [(soft + 2, Asks::Always(None)), (hard - soft, Asks::Busy), (hard - soft, Asks::Never)];
        for (turn, (people, asks)) in (0..).zip(groups) {
            let at = first.plus(turn * 15 * Timestamp::MINUTE);
            let Some(leader) = self.bystander(|one| one.habits.errand_permille < 100) else { return };
            let Some(category) = self.city.residents.get(leader as usize).map(|one| one.category) else {
                return;
            };
            let count = u16::try_from(people).unwrap_or(1).min(stop.party_max);
            let one = self.city.stops.price(stop.service, category, at).unwrap_or_default();
            let money = one.0 * u64::from(count);
            self.acts.push((at.plus(-Timestamp::HOUR), Act::TopUp(leader, money)));
            let party = vec![Member { category, count }];
            let enters = self.step(at, sight, Part::In, asks).map(|step| Step { party, ..step });
            let leaves = self.step(at.plus(Timestamp::HOUR), sight, Part::Out, Asks::Never);
            self.go(Trip::new(leader, 0, [enters, leaves].into_iter().flatten().collect()));
        }
    }

    /// Some go twice where once a month is free, and find the gate open.
    fn twice(&mut self) {
        for _ in 0..10 {
            let counted = self.city.counted_visits.clone();
            let holds = |one: &Resident| {
                one.rights.iter().any(|right| counted.iter().any(|(code, _)| *code == right.benefit))
            };
            let Some(resident) = self.bystander(holds) else { return };
            let Some(person) = self.city.residents.get(resident as usize) else { return };
            let service = counted
                .iter()
                .find(|(code, _)| person.rights.iter().any(|right| right.benefit == *code))
                .map(|(_, service)| *service);
            let Some(sight) = self.any_stop(|stop| Some(stop.service) == service) else { return };
            let visits = [(9, Asks::Always(None)), (15, Asks::Never)];
            for (hour, asks) in visits {
                let at = self.at(hour, 10);
                let enters = self.step(at, sight, Part::In, asks);
                let leaves = self.step(at.plus(2 * Timestamp::HOUR), sight, Part::Out, Asks::Never);
                self.go(Trip::new(resident, 0, [enters, leaves].into_iter().flatten().collect()));
            }
        }
    }

    fn buy(&mut self, at: Timestamp, basket: Basket) {
        self.acts.push((at, Act::Buy(Box::new(basket))));
    }

    fn at_tills(&mut self) {
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

    fn at_food_shops(&mut self) {
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
            self.buy(at, basket(stranger, merchant, one.clone(), Refusal::BenefitMissing));
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
            let whole = vec![item(bundle.good, 1, 126_000)];
            self.buy(at, basket(holder, *elsewhere, whole, Refusal::MerchantNotAllowed));
        }
        self.second_package(holder, sale, at);
    }

    /// Somebody comes twice in a month.
    fn second_package(&mut self, holder: u32, sale: &Sale, at: Timestamp) {
        let Some(first) = self.food_basket(holder, sale) else { return };
        self.acts.push((at.plus(-30 * Timestamp::MINUTE), Act::TopUp(holder, first.amount() * 2)));
        let second = Basket { expect: Expect::Refused(Refusal::QuotaExhausted), ..first.clone() };
        self.buy(at.plus(Timestamp::MINUTE), Basket { expect: Expect::Either, ..first });
        self.buy(at.plus(2 * Timestamp::HOUR), second);
    }

    fn at_banks(&mut self) {
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
