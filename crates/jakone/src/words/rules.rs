//! What the rules of published definitions say.

use base::{CivilTime, Code, Micros, Timestamp};
use engine::{
    BenefitRules, CalendarDay, CalendarDefinition, Cash, DayKind, Funding, IntegratedMode,
    IntegrationDefinition, OnExhausted, Period, PlaceRules, Quota, TariffRules, Turn, Unit,
};

use super::commands::sourced;
use super::{Fields, Value, number, push, rupiah};

fn codes(fields: &mut Fields, name: &'static str, codes: &[Code]) {
    fields.extend(codes.iter().map(|code| (name, Value::Code(*code))));
}

fn minutes(span: Micros) -> Value {
    Value::Number(span / Timestamp::MINUTE)
}

const fn day_kind(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Weekday => "weekday",
        DayKind::Saturday => "saturday",
        DayKind::Sunday => "sunday",
        DayKind::NationalHoliday => "national holiday",
        DayKind::JointLeave => "joint leave",
        DayKind::SchoolBreak => "school break",
    }
}

/// What a visit must keep to.
pub fn place(fields: &mut Fields, rules: &PlaceRules) {
    push(fields, "within", rules.within.map(Value::Code));
    if let Some(opening) = &rules.opening {
        fields.push(("opens", Value::Clock(opening.opens)));
        fields.push(("closes", Value::Clock(opening.closes)));
        push(fields, "closed on day of the week", opening.closed_on.map(number));
    }
    if let Some(capacity) = &rules.capacity {
        fields.push(("crowded above", number(capacity.soft)));
        fields.push(("full at", number(capacity.hard)));
    }
    if rules.party_max > 1 {
        fields.push(("party at most", number(rules.party_max)));
    }
}

/// What changes a price.
pub fn tariff(fields: &mut Fields, rules: &TariffRules) {
    for band in &rules.bands {
        let band = vec![
            ("from", Value::Clock(band.from)),
            ("until", Value::Clock(band.until)),
            ("price", rupiah(band.price)),
        ];
        fields.push(("band", Value::List(vec![band])));
    }
    for one in &rules.categories {
        let price = vec![("category", Value::Code(one.category)), ("price", rupiah(one.price))];
        fields.push(("for", Value::List(vec![price])));
    }
    for one in &rules.overrides {
        let price =
            vec![("from", Value::Date(one.from)), ("to", Value::Date(one.to)), ("price", rupiah(one.price))];
        fields.push(("override", Value::List(vec![price])));
    }
    push(fields, "stops in the matrix", rules.matrix.as_ref().map(|matrix| number(matrix.stops.len())));
    if let Some(distance) = &rules.distance {
        fields.push(("base metres", number(distance.base_metres)));
        fields.push(("step metres", number(distance.step_metres)));
        fields.push(("step price", rupiah(distance.step_price)));
    }
    if let Some(same) = &rules.same_stop {
        fields.push(("same stop", rupiah(same.price)));
        fields.push(("same stop minutes at most", minutes(same.stay_max)));
        fields.push(("same stop after that", rupiah(same.after)));
    }
    if let Some(overstay) = &rules.overstay {
        fields.push(("minutes inside at most", minutes(overstay.stay_max)));
        fields.push(("overstay price", rupiah(overstay.price)));
    }
    push(fields, "missing tap", rules.missing_exit.map(rupiah));
    for transfer in &rules.transfers {
        let transfer =
            vec![("service", Value::Code(transfer.service)), ("minutes", minutes(transfer.within))];
        fields.push(("free after", Value::List(vec![transfer])));
    }
    push(fields, "cap of a day", rules.cap_day.map(rupiah));
    if rules.per_entry {
        fields.push(("per entry", Value::Flag(true)));
    }
}

/// Conditions, quota, funding, goods.
pub fn benefit(fields: &mut Fields, rules: &BenefitRules) {
    codes(fields, "not at", &rules.excluded_places);
    fields.extend(rules.days.iter().map(|day| ("day", Value::Word(day_kind(*day)))));
    for (from, until) in &rules.hours {
        let hours: [(&'static str, CivilTime); 2] = [("from", *from), ("until", *until)];
        let hours = hours.map(|(name, time)| (name, Value::Clock(time))).to_vec();
        fields.push(("hours", Value::List(vec![hours])));
    }
    codes(fields, "home", &rules.homes);
    codes(fields, "category", &rules.categories);
    fields.extend(rules.turns.iter().map(|one| ("turn", Value::List(vec![turn(one)]))));
    if let Some(companions) = &rules.companions {
        fields.push(("companions at most", number(companions.count_max)));
        codes(fields, "companions only with", &companions.with_any);
    }
    if let Some(quota) = &rules.quota {
        self::quota(fields, quota);
    }
    if let Funding::Budget(on_exhausted) = rules.funding {
        let word = match on_exhausted {
            OnExhausted::Refuse => "budget, refused when used up",
            OnExhausted::RecordAndAlert => "budget, recorded when used up",
        };
        fields.push(("funding", Value::Word(word)));
    }
    goods(fields, rules);
    push(fields, "months at most", rules.months_max.map(number));
    push(fields, "one of", rules.exclusive.map(Value::Code));
}

fn goods(fields: &mut Fields, rules: &BenefitRules) {
    if let Some(wallet) = &rules.wallet {
        codes(fields, "wallet at", &wallet.merchant_types);
        codes(fields, "wallet buys", &wallet.goods);
        let cash = match wallet.cash {
            Cash::None => "none",
            Cash::Quota => "as the quota says",
            Cash::Full => "all",
        };
        fields.push(("cash", Value::Word(cash)));
    }
    if let Some(sale) = &rules.sale {
        codes(fields, "sold by", &sale.merchants);
        for good in &sale.goods {
            let good = vec![("good", Value::Code(good.good)), ("price", rupiah(good.price))];
            fields.push(("sold", Value::List(vec![good])));
        }
        for bundle in &sale.bundles {
            let mut items = vec![("good", Value::Code(bundle.good))];
            codes(&mut items, "holds", &bundle.items);
            fields.push(("bundle", Value::List(vec![items])));
        }
    }
}

fn turn(turn: &Turn) -> Fields {
    let mut fields = vec![("week", number(turn.week))];
    codes(&mut fields, "home", &turn.homes);
    fields
}

fn quota(fields: &mut Fields, quota: &Quota) {
    let limit = i64::try_from(quota.limit.0).unwrap_or(i64::MAX);
    let unit: Unit = quota.unit;
    fields.push(("quota", Value::Quantity(limit, unit)));
    let period = match quota.period {
        Period::Day => "a day",
        Period::Month => "a month",
        Period::Semester => "a half-year",
        Period::Cycle(_) => "a dated cycle",
    };
    fields.push(("per", Value::Word(period)));
    push(fields, "pool", quota.pool.map(Value::Code));
}

/// A version of a calendar.
pub fn calendar(definition: &CalendarDefinition) -> Fields {
    let day =
        |day: &CalendarDay| vec![("date", Value::Date(day.date)), ("is", Value::Word(day_kind(day.kind)))];
    let mut fields = vec![
        ("calendar", Value::Code(definition.code)),
        ("version", number(definition.version)),
        ("first", Value::Date(definition.first)),
        ("last", Value::Date(definition.last)),
        ("days", Value::List(definition.days.iter().map(day).collect())),
    ];
    sourced(&mut fields, &definition.source);
    fields
}

/// A version of a fare for several modes together.
pub fn integration(definition: &IntegrationDefinition) -> Fields {
    let mode = |mode: &IntegratedMode| {
        let mut fields = vec![("mode", Value::Code(mode.mode))];
        codes(&mut fields, "service", &mode.services);
        fields
    };
    let mut fields = vec![
        ("integration", Value::Code(definition.code)),
        ("version", number(definition.version)),
        ("from", Value::Time(definition.effective_from)),
        ("modes", Value::List(definition.modes.iter().map(mode).collect())),
        ("modes at least", number(definition.modes_min)),
        ("boarding", rupiah(definition.boarding)),
        ("per kilometre", rupiah(definition.per_kilometre)),
        ("at most", rupiah(definition.cap)),
        ("window minutes", minutes(definition.window)),
        ("known distances", number(definition.distances.len())),
    ];
    sourced(&mut fields, &definition.source);
    fields
}
