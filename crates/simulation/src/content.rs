//! What a simulated city publishes: banks, shops, a metro with a matrix, trams, buses and shuttles, fares for several
//! of them together, benefits of every kind. Every name and figure is invented.

use base::{CivilTime, Code, Timestamp};
use engine::{
    Amount, Apportionment, BenefitDefinition, BenefitRules, Body, Cash, Evidence, IntegratedMode,
    IntegrationDefinition, Matrix, OrganisationDefinition, Period, PlaceDefinition, PlaceRules, PriceRule,
    Quota, Role, SameStop, Source, StopDistance, TariffDefinition, TariffRules, TransferFrom, Unit,
    WalletRules,
};

use crate::time::BEGIN;

/// Banks.
pub const BANKS: [&str; 2] = ["bank_a", "bank_b"];
/// Shops.
pub const SHOPS: [&str; 2] = ["shop_a", "grocer_a"];
/// Places with one tap.
pub const STOPS: [&str; 3] = ["busway", "feeder", "shuttle"];
/// Places with a tap in and a tap out.
pub const GATES: [&str; 4] = ["m_1", "m_2", "m_3", "tram"];
/// Benefits that are granted.
pub const GRANTED: [&str; 5] = ["travel_free", "midday", "two_shuttles", "cheap_tram", "aid"];
/// The benefit with a wallet.
pub const AID: &str = "aid";

/// A code that is one.
pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap_or_else(|error| unreachable!("the city's codes are codes: {error}"))
}

fn source() -> Source {
    Source { legal_basis: code("invented"), evidence: Evidence::Assumed }
}

/// When everything published came into force.
fn since() -> Timestamp {
    BEGIN.plus(-30 * Timestamp::DAY)
}

/// Everything, in an order the engine takes.
pub fn all() -> Vec<Body> {
    let mut all: Vec<Body> = organisations().into_iter().map(Body::from).collect();
    all.extend(places().into_iter().map(Body::from));
    all.extend(tariffs().into_iter().map(Body::from));
    all.push(Body::from(together()));
    all.extend(benefits().into_iter().map(Body::from));
    all
}

fn organisations() -> Vec<OrganisationDefinition> {
    let one = |name: &str, role, sells: Option<&str>| OrganisationDefinition {
        code: code(name),
        role,
        source: source(),
        merchant_type: sells.map(code),
    };
    let mut all: Vec<_> = BANKS.iter().map(|name| one(name, Role::Bank, None)).collect();
    all.extend(["bus_a", "metro_a", "tram_a"].map(|name| one(name, Role::Merchant, None)));
    all.extend(SHOPS.map(|name| one(name, Role::Merchant, Some("food"))));
    all.push(one("operator_a", Role::Operator, None));
    all
}

fn places() -> Vec<PlaceDefinition> {
    let one = |name: &str, operator: &str, service: &str| PlaceDefinition {
        code: code(name),
        operator: code(operator),
        service: code(service),
        region: None,
        source: source(),
        rules: PlaceRules::default(),
    };
    let mut all: Vec<_> = ["m_1", "m_2", "m_3"].iter().map(|name| one(name, "metro_a", "metro")).collect();
    all.push(one("tram", "tram_a", "tram"));
    all.extend(STOPS.map(|name| one(name, "bus_a", name)));
    all
}

fn tariffs() -> Vec<TariffDefinition> {
    let one = |service: &str, price: u64, rules: TariffRules| TariffDefinition {
        service: code(service),
        version: 1,
        price: Amount(price),
        effective_from: since(),
        source: source(),
        rules,
    };
    let gated = |price: u64| TariffRules { missing_exit: Some(Amount(price)), ..TariffRules::default() };
    let stay_max = 60 * Timestamp::MINUTE;
    let metro = TariffRules {
        matrix: Some(Matrix {
            stops: ["m_1", "m_2", "m_3"].map(code).to_vec(),
            fares: [4_000, 9_000, 6_000].map(Amount).to_vec(),
        }),
        same_stop: Some(SameStop { price: Amount(3_000), stay_max, after: Amount(6_000) }),
        ..gated(9_000)
    };
    let transfers = vec![TransferFrom { service: code("feeder"), within: stay_max }];
    vec![
        one("metro", 4_000, metro),
        one("tram", 5_000, gated(5_000)),
        one("busway", 3_500, TariffRules { transfers, ..TariffRules::default() }),
        one("feeder", 3_500, TariffRules::default()),
        one("shuttle", 2_000, TariffRules { cap_day: Some(Amount(5_000)), ..TariffRules::default() }),
    ]
}

fn together() -> IntegrationDefinition {
    let mode = |name: &str| IntegratedMode { mode: code(name), services: vec![code(name)] };
    let apart = |from: &str, to: &str, metres| StopDistance { from: code(from), to: code(to), metres };
    IntegrationDefinition {
        code: code("together"),
        version: 1,
        effective_from: since(),
        modes: ["metro", "tram", "busway"].map(mode).to_vec(),
        modes_min: 2,
        boarding: Amount(2_500),
        per_kilometre: Amount(250),
        cap: Amount(10_000),
        window: 180 * Timestamp::MINUTE,
        distances: vec![apart("m_1", "m_2", 2_700), apart("m_2", "m_3", 5_000), apart("m_1", "m_3", 7_700)],
        source: source(),
        apportionment: Apportionment::ByLeg,
        effective_until: None,
    }
}

fn benefits() -> Vec<BenefitDefinition> {
    let one = |name: &str, services: &[&str], price: PriceRule, rules: BenefitRules| BenefitDefinition {
        code: code(name),
        version: 1,
        effective_from: since(),
        services: services.iter().map(|service| code(service)).collect(),
        places: Vec::new(),
        assurance_min: 0,
        price,
        priority: 0,
        source: source(),
        rules,
    };
    let hour = |hours: i64| CivilTime(hours * Timestamp::HOUR);
    let midday = BenefitRules { hours: vec![(hour(9), hour(15))], ..BenefitRules::default() };
    let trips = Quota { limit: Amount(2), unit: Unit::Ride, period: Period::Day, pool: None };
    let aid = WalletRules { merchant_types: vec![code("food")], goods: Vec::new(), cash: Cash::Full };
    vec![
        one("travel_free", &["metro", "busway"], PriceRule::Free, BenefitRules::default()),
        one("midday", &["busway"], PriceRule::Fixed(Amount(1_000)), midday),
        one(
            "two_shuttles",
            &["shuttle"],
            PriceRule::Free,
            BenefitRules { quota: Some(trips), ..BenefitRules::default() },
        ),
        one("cheap_tram", &["tram"], PriceRule::Percent(50), BenefitRules::default()),
        one(AID, &[], PriceRule::Unchanged, BenefitRules { wallet: Some(aid), ..BenefitRules::default() }),
    ]
}
