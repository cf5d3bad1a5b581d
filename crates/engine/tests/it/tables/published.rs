//! Definitions that no sentence spells out: calendars and integrations in short, and definitions that are broken.

use engine::{
    Amount, BenefitDefinition, BenefitRules, Body, CalendarDay, CalendarDefinition, Capacity, DayKind,
    IntegratedMode, IntegrationDefinition, Matrix, Opening, Period, PlaceDefinition, PlaceRules, PriceRule,
    Quota, StopDistance, TariffDefinition, TariffRules, TimeBand, TransferFrom, Turn, Unit,
};
use fixtures::content::{benefit, place, source, tariff};
use fixtures::{code, date, moment};

use super::words::{Words, number};

/// `calendar office version 2 off 2026-12-07,2026-12-08`.
pub fn calendar(words: &mut Words<'_>) -> Result<CalendarDefinition, String> {
    let version = number(words.must("version")?)?;
    let off = words.must("off")?.split(',');
    let days = off.map(|day| CalendarDay { date: date(day), kind: DayKind::NationalHoliday }).collect();
    let (first, last) = (date("2026-01-01"), date("2027-06-30"));
    Ok(CalendarDefinition { code: code(words.next()?), version, first, last, days, source: source() })
}

/// `integration together version 2 modes metro,tram from 2026-12-01T00:00`.
pub fn integration(words: &mut Words<'_>) -> Result<IntegrationDefinition, String> {
    let version = number(words.must("version")?)?;
    let mode = |name: &str| IntegratedMode { mode: code(name), services: vec![code(name)] };
    let modes = words.must("modes")?.split(',').map(mode).collect();
    let effective_from = moment(words.must("from")?);
    let metres = |stop: &str| StopDistance { from: code("m_1"), to: code(stop), metres: 9 };
    let distances = words.value("distance-to").map(metres).into_iter().collect();
    Ok(IntegrationDefinition {
        code: code(words.next()?),
        version,
        effective_from,
        modes,
        modes_min: 2,
        boarding: Amount(2_500),
        per_kilometre: Amount(250),
        cap: Amount(10_000),
        window: 1,
        distances,
        source: source(),
        apportionment: engine::Apportionment::ByOwnFare,
        effective_until: None,
    })
}

/// `broken matrix`: one definition per mistake.
pub fn broken(what: &str) -> Result<Body, String> {
    let since = moment("2027-01-01T00:00");
    let fare =
        |rules: TariffRules| Body::from(TariffDefinition { rules, ..tariff("broken", 1, 1_000, since) });
    let given = |price: PriceRule, rules: BenefitRules| {
        Body::from(BenefitDefinition { rules, ..benefit("broken", 1, "bus", price, since) })
    };
    let site = |rules: PlaceRules| Body::from(PlaceDefinition { rules, ..place("broken", "bus_a", "bus") });
    let noon = base::CivilTime(12 * base::Timestamp::HOUR);
    let quota = |unit, period| Quota { limit: Amount(1), unit, period, pool: None };
    let (day, next) = (date("2027-01-01"), date("2027-01-02"));
    Ok(match what {
        "matrix" => fare(TariffRules {
            matrix: Some(Matrix { stops: vec![code("m_1"), code("m_2")], fares: vec![Amount(1); 2] }),
            ..TariffRules::default()
        }),
        "band" => fare(TariffRules {
            bands: vec![TimeBand { from: noon, until: noon, price: Amount(1) }],
            ..TariffRules::default()
        }),
        "transfer" => fare(TariffRules {
            transfers: vec![TransferFrom { service: code("broken"), within: 1 }],
            ..TariffRules::default()
        }),
        "dear" => fare(TariffRules { cap_day: Some(Amount(u64::MAX)), ..TariffRules::default() }),
        "percent" => given(PriceRule::Percent(101), BenefitRules::default()),
        "week" => given(
            PriceRule::Free,
            BenefitRules { turns: vec![Turn { week: 6, homes: Vec::new() }], ..BenefitRules::default() },
        ),
        "money" => given(
            PriceRule::Free,
            BenefitRules { quota: Some(quota(Unit::Rupiah, Period::Day)), ..BenefitRules::default() },
        ),
        "cycle" => {
            let spans = vec![(day, next), (next, next)];
            let rules = BenefitRules {
                quota: Some(quota(Unit::Ride, Period::Cycle(spans))),
                ..BenefitRules::default()
            };
            given(PriceRule::Free, rules)
        }
        "opening" => site(PlaceRules {
            opening: Some(Opening { opens: noon, closes: noon, closed_on: None }),
            ..PlaceRules::default()
        }),
        "capacity" => {
            site(PlaceRules { capacity: Some(Capacity { soft: 2, hard: 1 }), ..PlaceRules::default() })
        }
        "parent" => site(PlaceRules { within: Some(code("nowhere")), ..PlaceRules::default() }),
        "calendar" => Body::from(CalendarDefinition {
            code: code("broken"),
            version: 1,
            first: next,
            last: day,
            days: Vec::new(),
            source: source(),
        }),
        other => return Err(format!("nobody can break {other:?}")),
    })
}
