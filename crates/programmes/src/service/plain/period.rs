//! For how long a benefit holds and how much of it there is.

use base::CivilDate;
use engine::{BenefitDefinition, Period, Quota, Unit};

use super::teller::Teller;

/// The sentences: quota, length of a grant, dates of the version.
pub fn list(teller: &Teller<'_>, definition: &BenefitDefinition) -> Vec<String> {
    let rules = &definition.rules;
    let mut sentences = Vec::new();
    if let Some(quota) = &rules.quota {
        sentences.extend(self::quota(teller, quota));
    }
    if let Some(months) = rules.months_max {
        sentences.push(teller.counted("period-months", months.into()));
    }
    let from = teller.format().date(definition.effective_from.jakarta_date());
    sentences.push(match rules.effective_until {
        Some(until) => {
            let last = teller.format().date(until.jakarta_date().plus_days(-1));
            teller.with("period-dates", &[("from", from), ("to", last)])
        }
        None => teller.with("period-from", &[("from", from)]),
    });
    sentences
}

fn quota(teller: &Teller<'_>, quota: &Quota) -> Vec<String> {
    let amount = match quota.unit {
        Unit::Rupiah => teller.money(quota.limit),
        Unit::Ride => teller.counted("rides", quota.limit.0),
        Unit::Package => teller.counted("packages", quota.limit.0),
        Unit::Visit => teller.counted("visits", quota.limit.0),
    };
    let key = match (&quota.period, quota.unit) {
        (Period::Day, Unit::Rupiah) => "quota-cash-day",
        (Period::Month, Unit::Rupiah) => "quota-cash-month",
        (Period::Semester, Unit::Rupiah) => "quota-cash-semester",
        (Period::Cycle(_), Unit::Rupiah) => "quota-cash-cycle",
        (Period::Day, _) => "quota-day",
        (Period::Month, _) => "quota-month",
        (Period::Semester, _) => "quota-semester",
        (Period::Cycle(_), _) => "quota-cycle",
    };
    let mut sentences = vec![teller.with(key, &[("amount", amount)])];
    if let Period::Cycle(dates) = &quota.period {
        sentences.push(cycles(teller, dates));
    }
    if quota.pool.is_some() {
        sentences.push(teller.with("quota-shared", &[]));
    }
    sentences
}

fn cycles(teller: &Teller<'_>, dates: &[(CivilDate, CivilDate)]) -> String {
    let date = |date: CivilDate| teller.format().date(date);
    let period = |(from, to): &(CivilDate, CivilDate)| {
        teller.with("dates", &[("from", date(*from)), ("to", date(*to))])
    };
    let periods: Vec<String> = dates.iter().map(period).collect();
    teller.with("quota-cycles", &[("periods", teller.list(&periods))])
}
