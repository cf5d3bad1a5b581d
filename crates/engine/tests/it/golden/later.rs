//! What the later golden journals tell: a day of fares, goods, aid and its end in the rich city.

use base::{DeviceNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::Kind;
use engine::{
    AccountKey, Amount, Ask, Attest, Body, CapturePurchase, CashOut, CloseWallet, Disburse, Funds, Grant,
    IssueMedium, Item, Leg, Member, Movement, OpenAccount, Part, Purchase, PurchaseStep, Refund, RefundLine,
    Reprice, SetMedium, Tap, Unit, VoidPurchase,
};
use fixtures::{City, code, date};

/// Lines of the office's audit, laid down in two goes, and two attempts that do not fit.
pub fn attested() -> City {
    let mut city = City::new().resident("siti").card();
    let lines = |first, digests: &[u8]| {
        Body::Attest(Attest { first, digests: digests.iter().map(|byte| [*byte; 32].into()).collect() })
    };
    city.must(lines(1, &[1, 2, 3]));
    for (first, digests) in [(3, &[9u8][..]), (5, &[9]), (4, &[])] {
        assert_eq!(city.send(lines(first, digests)), Err(engine::Refusal::AttestationInvalid.into()));
    }
    city.must(lines(4, &[4]));
    city
}

/// Every command and event that came between the first golden journal and the second.
pub fn city() -> City {
    let mut city =
        City::rich().resident("siti").card().purse(200_000).entitled("park_monthly").entitled("food_poor");
    city.wait(Timestamp::DAY + Timestamp::HOUR);
    journeys(&mut city);
    visits(&mut city);
    aid(&mut city);
    goods(&mut city);
    let holder = city.holder("siti");
    let (from, to) = (date("2026-11-24"), date("2027-05-23"));
    city.must(Body::Grant(Grant { holder, benefit: code("travel_free"), from, to, version: 1 }));
    let approvals = (PrincipalId(7), PrincipalId(8));
    city.must(Body::Reprice(Reprice { holder, from, to: from, basis: code("letter-1"), approvals }));
    city.wait(Timestamp::DAY);
    city.tick();
    city.wait(14 * Timestamp::DAY);
    city.tick();
    city
}

fn pass(city: &mut City, place: &str, part: Part, metres: Option<u32>, party: Vec<Member>) {
    city.wait(Timestamp::MINUTE);
    let at = city.now();
    let movement = Movement { part, metres, party, ..Movement::new(code(place), at) };
    let body = city.tap_body(DeviceNumber(5), "siti", place, at);
    let Body::Tap(tap) = body else { unreachable!("a tap is a tap") };
    city.must(Body::Tap(Tap { movement: Some(movement), ..tap }));
}

fn journeys(city: &mut City) {
    pass(city, "tram", Part::In, None, Vec::new());
    pass(city, "tram", Part::Out, Some(6_000), Vec::new());
    pass(city, "m_1", Part::In, None, Vec::new());
    let medium = city.state().media.next();
    let (holder, kind, replaces) = (city.holder("siti"), code("card"), Some(city.medium("siti")));
    city.must(Body::IssueMedium(IssueMedium { medium, holder, kind, assurance: 3, replaces }));
    city.must(Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }));
    city.renew("siti", medium);
    pass(city, "m_3", Part::Out, None, Vec::new());
    pass(city, "feeder", Part::Single, None, Vec::new());
    pass(city, "busway", Part::Single, None, Vec::new());
    pass(city, "m_2", Part::In, None, Vec::new());
}

fn visits(city: &mut City) {
    let member = |category: &str, count| Member { category: code(category), count };
    pass(city, "park", Part::In, None, vec![member("adult", 1), member("child", 2)]);
    pass(city, "park", Part::Out, None, Vec::new());
    let movement = Some(Movement { part: Part::In, ..Movement::new(code("park"), city.now()) });
    let _ = city.send(Body::Ask(Ask { medium: MediumSerial(1), movement }));
}

fn aid(city: &mut City) {
    let owner = city.state().benefits.find(code("books")).unwrap();
    let [from, to] = [Kind::Appropriation, Kind::Budget].map(|kind| {
        let key = AccountKey { kind, owner, sub: 2026, unit: Unit::Rupiah };
        city.must(Body::OpenAccount(OpenAccount { key }));
        city.state().ledger.find(&key).unwrap()
    });
    city.must(Body::Transfer(vec![Leg { debit: from, credit: to, amount: Amount(1_000_000) }]));
    let (holder, benefit, bank) = (city.holder("siti"), code("books"), code("bank_a"));
    city.must(Body::Disburse(Disburse { holder, benefit, bank, amount: Amount(300_000) }));
    let medium = city.medium("siti");
    city.must(Body::CashOut(CashOut { medium, benefit, bank, amount: Amount(60_000) }));
    let _ = city.send(Body::CashOut(CashOut { medium, benefit, bank, amount: Amount(60_000) }));
}

fn goods(city: &mut City) {
    let medium = city.medium("siti");
    let buy = |merchant: &str, from: Funds, goods: &[(&str, u64)], step: PurchaseStep| {
        let item =
            |(good, amount): &(&str, u64)| Item { good: code(good), quantity: 1, amount: Amount(*amount) };
        let items = goods.iter().map(item).collect();
        Body::Purchase(Purchase { medium, merchant: code(merchant), from, items, step })
    };
    let wallet = Funds::Wallet(code("books"));
    city.must(buy("shop_a", wallet, &[("book", 45_000), ("pen", 5_000)], PurchaseStep::Capture));
    let _ = city.send(buy("shop_a", wallet, &[("book", 45_000), ("cigarettes", 1)], PurchaseStep::Capture));
    city.must(buy("shop_a", Funds::Purse, &[("book", 45_000)], PurchaseStep::Ask));
    city.must(buy("shop_a", Funds::Purse, &[("book", 45_000), ("pen", 5_000)], PurchaseStep::Authorise));
    city.must(Body::CapturePurchase(CapturePurchase { purchase: 1, lines: vec![1] }));
    city.must(buy("grocer_a", Funds::Purse, &[("pack", 40_000)], PurchaseStep::Authorise));
    city.must(Body::VoidPurchase(VoidPurchase { purchase: 2 }));
    city.must(buy("grocer_a", Funds::Purse, &[("pack", 40_000)], PurchaseStep::Capture));
    city.must(Body::VoidPurchase(VoidPurchase { purchase: 3 }));
    let lines =
        vec![RefundLine { line: 0, amount: Some(Amount(5_000)) }, RefundLine { line: 1, amount: None }];
    city.must(Body::Refund(Refund { purchase: 0, lines }));
    let holder = city.holder("siti");
    city.must(Body::CloseWallet(CloseWallet { holder, benefit: code("books") }));
}
