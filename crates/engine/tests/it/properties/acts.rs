//! What random people do: commands valid and not, retries, altered retries, passing time.

use base::{CivilDate, CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{
    AccountKey, Amount, Ask, BlockReason, Body, CapturePurchase, CashOut, CloseWallet, Disburse, Envelope,
    Funds, Grant, Hold, IssueMedium, Item, Leg, Member, Movement, OpenAccount, OpenHolder, Parameter, Part,
    PriceRule, Purchase, PurchaseStep, Refund, RefundLine, Reprice, Resolve, Revoke, SetMedium, Tap, TopUp,
    Unit, VoidPurchase,
};
use fixtures::{City, code, content};
use proptest::prelude::*;

const PLACES: [&str; 6] = ["stop_1", "stop_2", "station_1", "museum_1", "pier_1", "nowhere_1"];
const BENEFITS: [&str; 4] = ["free_bus", "cheap_bus", "cheap_rail", "no_such"];
const SITES: [&str; 12] = [
    "m_1",
    "m_2",
    "m_3",
    "metro",
    "tram",
    "busway",
    "feeder",
    "shuttle",
    "taxi",
    "park",
    "park.aviary",
    "park.lot",
];
const RULED: [&str; 8] = [
    "travel_free",
    "travel_other",
    "midday",
    "tram_paid",
    "metro_paid",
    "two_shuttles",
    "park_monthly",
    "park_resting",
];
const AID: [&str; 4] = ["books", "cash_aid", "goods_aid", "food_poor"];
const MERCHANTS: [&str; 4] = ["shop_a", "grocer_a", "kiosk_a", "bus_a"];
const GOODS: [(&str, u64); 5] =
    [("book", 4_000), ("pen", 500), ("pack", 40_000), ("rice", 30_000), ("cigarettes", 3_000)];
const BANKS: [&str; 3] = ["bank_a", "bank_b", "bus_a"];

/// One thing somebody does, as small numbers that shrink well.
#[derive(Clone, Debug)]
pub enum Act {
    Send(Deed),
    /// The same command again.
    Retry(prop::sample::Index),
    /// The same id with another command.
    Reuse(prop::sample::Index, Deed),
    /// A command whose id was made so many minutes from now.
    Odd(i64, Deed),
    /// Time passes, seconds.
    Wait(i64),
}

/// A command to be.
#[derive(Clone, Debug)]
pub enum Deed {
    TopUp { who: u8, bank: u8, amount: u64, by_medium: bool },
    Transfer(Vec<(u32, u32, u64)>),
    Hold(Vec<(u32, u32, u64)>, Option<i64>),
    Post(u64, Option<u64>),
    Void(u64),
    Ask { medium: u32, place: u8 },
    Tap { device: u8, epoch: u8, seq: u64, medium: u32, place: u8, minutes: i64, opened: bool },
    Grant { who: u8, benefit: u8, from: i32, days: i32, version: u64 },
    Revoke { who: u8, benefit: u8, version: u64 },
    SetMedium { medium: u32, version: u64, block: bool },
    Holder { number: u8, bank: u8 },
    Medium { serial: u32, who: u8 },
    Open { kind: u8, owner: u32, sub: u32, unit: u8 },
    Parameter { which: u8, value: i64 },
    Tariff { service: u8, version: u32, price: u64, minutes: i64 },
    Benefit { version: u32, price: u64, minutes: i64 },
    Place { operator: u8 },
    Pass { seq: u64, medium: u32, site: u8, part: Part, metres: Option<u32>, children: u16, minutes: i64 },
    Rule { who: u8, benefit: u8, from: i32, days: i32, version: u64 },
    Replace { who: u8, old: u32 },
    Buy { medium: u32, merchant: u8, from: u8, goods: Vec<(u8, u32)>, step: PurchaseStep },
    Capture(u64, Vec<u16>),
    Undo(u64),
    Refund(u64, Vec<(u16, Option<u64>)>),
    Cash { medium: u32, benefit: u8, amount: u64 },
    Disburse { who: u8, benefit: u8, amount: u64 },
    CloseWallet { who: u8, benefit: u8 },
    Reprice { who: u8, from: i32, days: i32, by: (u32, u32) },
}

fn amount() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..12_000u64, 1 => Just(0), 1 => Just(u64::MAX), 1 => Just(1_000_000_000_000)]
}

fn legs() -> impl Strategy<Value = Vec<(u32, u32, u64)>> {
    // Mostly from one of the three purses, small enough to reach.
    let side = || prop_oneof![5 => prop_oneof![Just(0u32), Just(2), Just(3)], 3 => 0..24u32];
    let amount = prop_oneof![6 => 1..2_500u64, 1 => amount()];
    prop::collection::vec((side(), side(), amount), 1..4)
}

fn deed() -> impl Strategy<Value = Deed> {
    let money = prop_oneof![
        4 => (0..5u8, 0..3u8, amount(), any::<bool>())
            .prop_map(|(who, bank, amount, by_medium)| Deed::TopUp { who, bank, amount, by_medium }),
        3 => legs().prop_map(Deed::Transfer),
        3 => (legs(), prop::option::of(-60..7_200i64)).prop_map(|(legs, deadline)| Deed::Hold(legs, deadline)),
        2 => (0..12u64, prop::option::of(amount())).prop_map(|(number, amount)| Deed::Post(number, amount)),
        1 => (0..12u64).prop_map(Deed::Void),
        1 => (0..10u8, 0..9u32, 0..3u32, 0..4u8)
            .prop_map(|(kind, owner, sub, unit)| Deed::Open { kind, owner, sub, unit }),
    ];
    let use_ = prop_oneof![
        3 => (0..5u32, 0..6u8).prop_map(|(medium, place)| Deed::Ask { medium, place }),
        8 => (0..3u8, 1..3u8, 1..20u64, 0..5u32, 0..6u8, -15_000..30i64, prop::bool::weighted(0.9)).prop_map(
            |(device, epoch, seq, medium, place, minutes, opened)| Deed::Tap {
                device, epoch, seq, medium, place, minutes, opened
            }
        ),
    ];
    let office = prop_oneof![
        3 => (0..5u8, 0..4u8, -10..3i32, -1..20i32, 0..6u64)
            .prop_map(|(who, benefit, from, days, version)| Deed::Grant { who, benefit, from, days, version }),
        1 => (0..5u8, 0..4u8, 0..6u64)
            .prop_map(|(who, benefit, version)| Deed::Revoke { who, benefit, version }),
        2 => (0..5u32, 0..9u64, any::<bool>())
            .prop_map(|(medium, version, block)| Deed::SetMedium { medium, version, block }),
        1 => (0..6u8, 0..3u8).prop_map(|(number, bank)| Deed::Holder { number, bank }),
        1 => (2..7u32, 0..6u8).prop_map(|(serial, who)| Deed::Medium { serial, who }),
    ];
    let setup = prop_oneof![
        2 => (0..8u8, -1..3i64).prop_map(|(which, value)| Deed::Parameter { which, value }),
        1 => (0..4u8, 0..4u32, 0..9_000u64, -60..60i64)
            .prop_map(|(service, version, price, minutes)| Deed::Tariff { service, version, price, minutes }),
        1 => (0..4u32, 0..9_000u64, -60..60i64)
            .prop_map(|(version, price, minutes)| Deed::Benefit { version, price, minutes }),
        1 => (0..3u8).prop_map(|operator| Deed::Place { operator }),
    ];
    prop_oneof![6 => money, 6 => use_, 3 => office, 1 => setup, 6 => rich()]
}

/// What only the rich city has.
fn rich() -> impl Strategy<Value = Deed> {
    let part = prop_oneof![Just(Part::Single), Just(Part::In), Just(Part::Out)];
    let pass = (1..40u64, 0..5u32, 0..12u8, part, prop::option::of(0..30_000u32), 0..4u16, -3_000..10i64);
    let step =
        prop_oneof![Just(PurchaseStep::Ask), Just(PurchaseStep::Authorise), Just(PurchaseStep::Capture)];
    let goods = prop::collection::vec((0..5u8, 0..3u32), 0..4);
    let purchase = || 0..8u64;
    prop_oneof![
        8 => pass.prop_map(|(seq, medium, site, part, metres, children, minutes)| Deed::Pass {
            seq, medium, site, part, metres, children, minutes
        }),
        3 => (0..5u8, 0..8u8, -10..3i32, -1..150i32, 0..6u64)
            .prop_map(|(who, benefit, from, days, version)| Deed::Rule { who, benefit, from, days, version }),
        1 => (0..4u8, 0..5u32).prop_map(|(who, old)| Deed::Replace { who, old }),
        4 => (0..5u32, 0..4u8, 0..5u8, goods, step)
            .prop_map(|(medium, merchant, from, goods, step)| Deed::Buy { medium, merchant, from, goods, step }),
        2 => (purchase(), prop::collection::vec(0..3u16, 0..3)).prop_map(|(number, lines)| Deed::Capture(number, lines)),
        1 => purchase().prop_map(Deed::Undo),
        2 => (purchase(), prop::collection::vec((0..3u16, prop::option::of(amount())), 0..3))
            .prop_map(|(number, lines)| Deed::Refund(number, lines)),
        2 => (0..5u32, 0..4u8, amount()).prop_map(|(medium, benefit, amount)| Deed::Cash { medium, benefit, amount }),
        2 => (0..5u8, 0..4u8, amount()).prop_map(|(who, benefit, amount)| Deed::Disburse { who, benefit, amount }),
        1 => (0..5u8, 0..4u8).prop_map(|(who, benefit)| Deed::CloseWallet { who, benefit }),
        2 => (0..5u8, -9..1i32, 0..9i32, (6..9u32, 6..9u32))
            .prop_map(|(who, from, days, by)| Deed::Reprice { who, from, days, by }),
    ]
}

/// Anything at all.
pub fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        20 => deed().prop_map(Act::Send),
        3 => any::<prop::sample::Index>().prop_map(Act::Retry),
        1 => (any::<prop::sample::Index>(), deed()).prop_map(|(before, deed)| Act::Reuse(before, deed)),
        1 => (-3_000..20i64, deed()).prop_map(|(minutes, deed)| Act::Odd(minutes, deed)),
        3 => prop_oneof![0..5i64, 0..7_200i64, 0..200_000i64].prop_map(Act::Wait),
    ]
}

/// Where every random city begins.
pub fn city() -> City {
    let mut city = City::rich()
        .resident("siti")
        .card()
        .purse(20_000)
        .entitled("free_bus")
        .resident("budi")
        .card()
        .resident("tono")
        .issued(1)
        .purse(3_000);
    for name in ["books", "cash_aid", "goods_aid", "tram_paid", "metro_paid"] {
        fund(&mut city, name);
    }
    city
}

/// The city votes a small budget.
fn fund(city: &mut City, benefit: &str) {
    let owner = city.state().benefits.find(code(benefit)).unwrap();
    let [from, to] = [Kind::Appropriation, Kind::Budget].map(|kind| {
        let key = AccountKey { kind, owner, sub: 2026, unit: Unit::Rupiah };
        city.must(Body::OpenAccount(OpenAccount { key }));
        city.state().ledger.find(&key).unwrap()
    });
    city.must(Body::Transfer(vec![Leg { debit: from, credit: to, amount: Amount(30_000) }]));
}

/// Turns acts into envelopes; remembers what was sent.
pub struct Script {
    sent: Vec<Envelope>,
}

impl Script {
    pub fn new() -> Self {
        Self { sent: Vec::new() }
    }

    /// The command of an act; none if it is only that time passes, or nothing was sent yet to repeat.
    pub fn envelope(&mut self, city: &mut City, act: &Act) -> Option<Envelope> {
        let before = |index: &prop::sample::Index| {
            (!self.sent.is_empty()).then(|| self.sent[index.index(self.sent.len())].clone())
        };
        let envelope = match act {
            Act::Wait(seconds) => {
                city.wait(seconds * Timestamp::SECOND);
                return None;
            }
            Act::Send(deed) => fresh(city, deed),
            Act::Retry(index) => before(index)?,
            Act::Reuse(index, deed) => {
                let (id, principal) = before(index).map(|known| (known.id, known.principal))?;
                Envelope { id, principal, ..fresh(city, deed) }
            }
            Act::Odd(minutes, deed) => {
                let made = city.now().plus(minutes * Timestamp::MINUTE);
                let envelope = fresh(city, deed);
                Envelope { id: CommandId::new(made, envelope.id.as_u128()), ..envelope }
            }
        };
        self.sent.push(envelope.clone());
        Some(envelope)
    }
}

fn fresh(city: &mut City, deed: &Deed) -> Envelope {
    let body = body(city, deed);
    let mut envelope = city.envelope(body);
    // Ids are unique per principal: a second one keeps the two apart.
    if envelope.id.as_u128().is_multiple_of(3) {
        envelope.principal = PrincipalId(2);
    }
    envelope
}

fn holder(index: u8) -> HolderNumber {
    HolderNumber::new(u64::from(index)).unwrap()
}

fn leg(&(debit, credit, amount): &(u32, u32, u64)) -> Leg {
    Leg { debit: AccountId(debit), credit: AccountId(credit), amount: Amount(amount) }
}

fn body(city: &City, deed: &Deed) -> Body {
    let now = city.now();
    match deed {
        Deed::TopUp { who, bank, amount, by_medium } => Body::TopUp(TopUp {
            medium: by_medium.then_some(MediumSerial(u32::from(*who))),
            holder: Some(holder(*who)),
            bank: code(BANKS[usize::from(*bank)]),
            amount: Amount(*amount),
        }),
        Deed::Transfer(legs) => Body::Transfer(legs.iter().map(leg).collect()),
        Deed::Hold(legs, seconds) => {
            let deadline = seconds.map(|seconds| now.plus(seconds * Timestamp::SECOND));
            Body::Hold(legs.iter().map(|one| Hold { leg: leg(one), deadline }).collect())
        }
        Deed::Post(pending, amount) => {
            Body::PostPending(Resolve { pending: *pending, amount: amount.map(Amount) })
        }
        Deed::Void(pending) => Body::VoidPending(Resolve { pending: *pending, amount: None }),
        Deed::Ask { medium, place } => {
            let movement = Some(Movement::new(place_of(*place), now));
            Body::Ask(Ask { medium: MediumSerial(*medium), movement })
        }
        Deed::Tap { device, epoch, seq, medium, place, minutes, opened } => Body::Tap(Tap {
            device: DeviceNumber(u32::from(*device)),
            epoch: u32::from(*epoch),
            seq: *seq,
            medium: MediumSerial(*medium),
            counter: None,
            opened: *opened,
            refused: None,
            movement: Some(Movement {
                line: Some(code("line_1")),
                ..Movement::new(place_of(*place), now.plus(minutes * Timestamp::MINUTE))
            }),
        }),
        Deed::Open { kind, owner, sub, unit } => {
            let kind = Kind::ALL[usize::from(*kind) % Kind::ALL.len()];
            let unit = Unit::ALL[usize::from(*unit)];
            Body::OpenAccount(OpenAccount { key: AccountKey { kind, owner: *owner, sub: *sub, unit } })
        }
        other => office(city, other),
    }
}

fn place_of(index: u8) -> base::Code {
    code(PLACES[usize::from(index)])
}

fn office(city: &City, deed: &Deed) -> Body {
    let now = city.now();
    match deed {
        Deed::Grant { who, benefit, from, days, version } => {
            let first = CivilDate(now.jakarta_date().0 + from);
            Body::Grant(Grant {
                holder: holder(*who),
                benefit: code(BENEFITS[usize::from(*benefit)]),
                from: first,
                to: first.plus_days(*days),
                version: *version,
            })
        }
        Deed::Revoke { who, benefit, version } => Body::Revoke(Revoke {
            holder: holder(*who),
            benefit: code(BENEFITS[usize::from(*benefit)]),
            version: *version,
        }),
        Deed::SetMedium { medium, version, block } => {
            let reason = block.then_some(BlockReason::Office);
            let set = SetMedium { medium: MediumSerial(*medium), version: *version, reason };
            if *block { Body::BlockMedium(set) } else { Body::ActivateMedium(set) }
        }
        Deed::Holder { number, bank } => Body::OpenHolder(OpenHolder {
            holder: holder(*number),
            category: code("adult"),
            home: None,
            bank: code(BANKS[usize::from(*bank)]),
        }),
        Deed::Medium { serial, who } => Body::IssueMedium(IssueMedium {
            medium: MediumSerial(*serial),
            holder: holder(*who),
            kind: code("card"),
            assurance: 2,
            replaces: None,
        }),
        other => trade(city, now, other),
    }
}

fn trade(city: &City, now: Timestamp, deed: &Deed) -> Body {
    let day = now.jakarta_date();
    let aid = |benefit: &u8| code(AID[usize::from(*benefit)]);
    match deed {
        Deed::Pass { seq, medium, site, part, metres, children, minutes } => {
            let party = [("adult", 1), ("child", *children)];
            let party = party.map(|(category, count)| Member { category: code(category), count }).to_vec();
            let place = code(SITES[usize::from(*site)]);
            let movement = Movement {
                part: *part,
                metres: *metres,
                party: if *children > 0 { party } else { Vec::new() },
                ..Movement::new(place, now.plus(minutes * Timestamp::MINUTE))
            };
            let (device, medium) = (DeviceNumber(9), MediumSerial(*medium));
            let movement = Some(movement);
            Body::Tap(Tap {
                device,
                epoch: 1,
                seq: *seq,
                medium,
                counter: None,
                opened: true,
                refused: None,
                movement,
            })
        }
        Deed::Rule { who, benefit, from, days, version } => {
            let from = day.plus_days(*from);
            let (holder, benefit) = (holder(*who), code(RULED[usize::from(*benefit)]));
            Body::Grant(Grant { holder, benefit, from, to: from.plus_days(*days), version: *version })
        }
        Deed::Replace { who, old } => Body::IssueMedium(IssueMedium {
            medium: city.state().media.next(),
            holder: holder(*who),
            kind: code("card"),
            assurance: 2,
            replaces: Some(MediumSerial(*old)),
        }),
        Deed::Buy { medium, merchant, from, goods, step } => {
            let item = |(good, quantity): &(u8, u32)| {
                let (name, price) = GOODS[usize::from(*good)];
                Item { good: code(name), quantity: *quantity, amount: Amount(price * u64::from(*quantity)) }
            };
            let from = AID.get(usize::from(*from)).map_or(Funds::Purse, |name| Funds::Wallet(code(name)));
            Body::Purchase(Purchase {
                medium: MediumSerial(*medium),
                merchant: code(MERCHANTS[usize::from(*merchant)]),
                from,
                items: goods.iter().map(item).collect(),
                step: *step,
            })
        }
        Deed::Capture(purchase, lines) => {
            Body::CapturePurchase(CapturePurchase { purchase: *purchase, lines: lines.clone() })
        }
        Deed::Undo(purchase) => Body::VoidPurchase(VoidPurchase { purchase: *purchase }),
        Deed::Refund(purchase, lines) => {
            let line =
                |(line, amount): &(u16, Option<u64>)| RefundLine { line: *line, amount: amount.map(Amount) };
            Body::Refund(Refund { purchase: *purchase, lines: lines.iter().map(line).collect() })
        }
        Deed::Cash { medium, benefit, amount } => {
            let (medium, benefit, bank) = (MediumSerial(*medium), aid(benefit), code("bank_a"));
            Body::CashOut(CashOut { medium, benefit, bank, amount: Amount(*amount) })
        }
        Deed::Disburse { who, benefit, amount } => {
            let (holder, benefit, bank) = (holder(*who), aid(benefit), code("bank_a"));
            Body::Disburse(Disburse { holder, benefit, bank, amount: Amount(*amount) })
        }
        Deed::CloseWallet { who, benefit } => {
            Body::CloseWallet(CloseWallet { holder: holder(*who), benefit: aid(benefit) })
        }
        Deed::Reprice { who, from, days, by } => {
            let from = day.plus_days(*from);
            let approvals = (PrincipalId(by.0), PrincipalId(by.1));
            Body::Reprice(Reprice {
                holder: holder(*who),
                from,
                to: from.plus_days(*days),
                basis: code("letter-1"),
                approvals,
            })
        }
        other => setup(now, other),
    }
}

fn setup(now: Timestamp, deed: &Deed) -> Body {
    match deed {
        Deed::Parameter { which, value } => {
            let (parameter, scale) = [
                (Parameter::TickMax, 1),
                (Parameter::RerateHorizon, 3 * Timestamp::DAY),
                (Parameter::IdWindowAge, 12 * Timestamp::HOUR),
                (Parameter::IdWindowCount, 1_024),
                (Parameter::FutureTolerance, 10 * Timestamp::MINUTE),
                (Parameter::LegsMax, 2),
                (Parameter::IdClockOffset, 2 * Timestamp::DAY),
                (Parameter::EntitlementsMax, 3),
            ][usize::from(*which)];
            Body::SetParameter(parameter, value * scale)
        }
        Deed::Tariff { service, version, price, minutes } => Body::from(content::tariff(
            ["bus", "rail", "museum", "ferry"][usize::from(*service)],
            *version,
            *price,
            now.plus(minutes * Timestamp::MINUTE),
        )),
        Deed::Benefit { version, price, minutes } => {
            let from = now.plus(minutes * Timestamp::MINUTE);
            Body::from(content::benefit("cheap_bus", *version, "bus", PriceRule::Fixed(Amount(*price)), from))
        }
        Deed::Place { operator } => {
            let operator = ["bus_a", "bank_a", "rail_a"][usize::from(*operator)];
            Body::from(content::place("stop_9", operator, "bus"))
        }
        other => unreachable!("{other:?} is decided above"),
    }
}
