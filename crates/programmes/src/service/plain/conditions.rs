//! What must hold for a benefit to apply.

use engine::{BenefitDefinition, BenefitRules, Cash, DayKind, Sale, WalletRules};

use super::teller::Teller;
use super::{Condition, Topic};
use crate::service::content::LabelKind;

/// Days of the longest month. A week of a month is (day − 1) / 7 + 1.
const MONTH_DAYS_MAX: u32 = 31;

/// The conditions in the order of their topics.
pub fn list(teller: &Teller<'_>, definition: &BenefitDefinition, age_min: Option<u8>) -> Vec<Condition> {
    let mut conditions = Conditions { teller, found: Vec::new() };
    conditions.who(definition, age_min);
    conditions.places(definition);
    conditions.when(&definition.rules);
    conditions.goods(&definition.rules);
    conditions.medium(definition.assurance_min);
    conditions.found
}

struct Conditions<'a> {
    teller: &'a Teller<'a>,
    found: Vec<Condition>,
}

impl Conditions<'_> {
    fn add(&mut self, topic: Topic, key: &str, values: &[(&str, String)]) {
        self.found.push(Condition { topic, text: self.teller.with(key, values) });
    }

    fn who(&mut self, definition: &BenefitDefinition, age_min: Option<u8>) {
        let (teller, rules) = (self.teller, &definition.rules);
        self.add(Topic::Who, "who-granted", &[]);
        if let Some(age) = age_min {
            self.add(Topic::Who, "who-age", &[("age", age.to_string())]);
        }
        if !rules.homes.is_empty() {
            self.add(Topic::Who, "who-homes", &[("regions", teller.regions(&rules.homes))]);
        }
        if !rules.categories.is_empty() {
            let categories = teller.names(LabelKind::RiderCategory, &rules.categories);
            self.add(Topic::Who, "who-categories", &[("categories", categories)]);
        }
        if rules.exclusive.is_some() {
            self.add(Topic::Who, "who-exclusive", &[]);
        }
        if let Some(companions) = &rules.companions {
            let count = teller.counted("companions", companions.count_max.into());
            let names: Vec<String> =
                companions.with_any.iter().map(|code| teller.name(LabelKind::Benefit, *code)).collect();
            let key = if names.is_empty() { "who-companions" } else { "who-companions-with" };
            self.add(Topic::Who, key, &[("companions", count), ("benefits", teller.choice(&names))]);
        }
    }

    /// Places that the sentence of what it gives names already are not named again.
    fn places(&mut self, definition: &BenefitDefinition) {
        let (teller, rules) = (self.teller, &definition.rules);
        if !definition.places.is_empty() && !definition.services.is_empty() {
            let services = teller.names(LabelKind::Service, &definition.services);
            self.add(Topic::Where, "where-services", &[("services", services)]);
        }
        if !rules.excluded_places.is_empty() {
            let places = teller.names(LabelKind::Place, &rules.excluded_places);
            self.add(Topic::Where, "where-excluded", &[("places", places)]);
        }
        if let Some(wallet) = &rules.wallet {
            self.shops(wallet);
        }
        if let Some(sale) = &rules.sale {
            let merchants = teller.names(LabelKind::Organisation, &sale.merchants);
            self.add(Topic::Where, "where-merchants", &[("merchants", merchants)]);
        }
    }

    fn shops(&mut self, wallet: &WalletRules) {
        if wallet.merchant_types.is_empty() {
            self.add(Topic::Where, "where-any-shop", &[]);
        } else {
            let shops = self.teller.names(LabelKind::MerchantType, &wallet.merchant_types);
            self.add(Topic::Where, "where-shops", &[("shops", shops)]);
        }
    }

    fn when(&mut self, rules: &BenefitRules) {
        let teller = self.teller;
        if !rules.days.is_empty() {
            let day = |kind: &DayKind| teller.with(day_key(*kind), &[]);
            let days: Vec<String> = rules.days.iter().map(day).collect();
            self.add(Topic::When, "when-days", &[("days", teller.list(&days))]);
        }
        if !rules.hours.is_empty() {
            let hours: Vec<String> =
                rules.hours.iter().map(|(from, until)| teller.hours(*from, *until)).collect();
            self.add(Topic::When, "when-hours", &[("hours", teller.list(&hours))]);
        }
        for turn in &rules.turns {
            let week = u32::from(turn.week);
            let values = [
                ("first", (week * 7).saturating_sub(6).to_string()),
                ("last", (week * 7).min(MONTH_DAYS_MAX).to_string()),
                ("regions", teller.regions(&turn.homes)),
            ];
            self.add(Topic::When, "when-turn", &values);
        }
        let last = rules.turns.iter().map(|turn| u32::from(turn.week) * 7).max();
        if let Some(last) = last.filter(|last| *last < MONTH_DAYS_MAX) {
            self.add(Topic::When, "when-turn-none", &[("last", last.to_string())]);
        }
        if rules.days.is_empty() && rules.hours.is_empty() && rules.turns.is_empty() {
            self.add(Topic::When, "when-always", &[]);
        }
    }

    fn goods(&mut self, rules: &BenefitRules) {
        if let Some(sale) = &rules.sale {
            self.prices(sale);
        }
        let Some(wallet) = &rules.wallet else { return };
        if wallet.goods.is_empty() {
            self.add(Topic::Goods, "goods-any", &[]);
        } else {
            let goods = self.teller.names(LabelKind::Good, &wallet.goods);
            self.add(Topic::Goods, "goods-some", &[("goods", goods)]);
        }
        let key = match wallet.cash {
            Cash::None => "cash-none",
            Cash::Quota => "cash-quota",
            Cash::Full => "cash-full",
        };
        self.add(Topic::Goods, key, &[]);
    }

    fn prices(&mut self, sale: &Sale) {
        let teller = self.teller;
        let price = |good: &engine::GoodPrice| {
            format!("{} ({})", teller.word(LabelKind::Good, good.good), teller.money(good.price))
        };
        let goods: Vec<String> = sale.goods.iter().map(price).collect();
        self.add(Topic::Goods, "goods-prices", &[("goods", teller.list(&goods))]);
    }

    fn medium(&mut self, assurance_min: u8) {
        let key = match assurance_min {
            0 => return,
            1 => "medium-issued",
            2 => "medium-keyed",
            _ => "medium-signed",
        };
        self.add(Topic::Medium, key, &[]);
    }
}

const fn day_key(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Weekday => "day-weekday",
        DayKind::Saturday => "day-saturday",
        DayKind::Sunday => "day-sunday",
        DayKind::NationalHoliday => "day-holiday",
        DayKind::JointLeave => "day-leave",
        DayKind::SchoolBreak => "day-break",
    }
}
