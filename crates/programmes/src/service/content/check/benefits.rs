//! Checks benefits: whom and what they cover, how much there is, what a wallet buys and what is sold.

use base::{CivilTime, Code};
use engine::{
    Amount, BenefitRules, Bundle, Cash, Companions, Funding, GoodPrice, Period, PriceRule, Quota, Sale, Turn,
    Unit, WalletRules,
};
use serde_saphyr::Spanned;

use super::super::error::Problem;
use super::super::rows::{
    BenefitRow, BundleRow, CompanionsRow, FundingRow, NamedCodeRow, PeriodRow, PriceRow, QuotaRow, SaleRow,
    WalletRow,
};
use super::super::{Benefit, TermKind};
use super::Checker;

/// Highest assurance a medium can have (engine: asymmetric proof).
const ASSURANCE_MAX: u8 = 3;

/// Longest grant in months.
const MONTHS_MAX: u64 = 120;

/// Most people a benefit covers besides the holder.
const COMPANIONS_MAX: u64 = 100;

/// Weeks of a month: the fifth has the days after the 28th.
const WEEKS: u64 = 5;

impl Checker<'_> {
    pub(super) fn benefit(&mut self, row: &BenefitRow) {
        let basis = self.basis(&row.basis());
        if let Some(least) = &row.assurance_min {
            self.range(least, "assurance_min", least.value.into(), (0, ASSURANCE_MAX.into()));
        }
        let (services, places) =
            (self.services(&row.services, "services"), self.places_of(&row.places, "places"));
        let price = self.price(&row.price);
        let rules = self.benefit_rules(row);
        for named in self.codes(row) {
            let (code, version) = (named.code.value, row.version.value);
            self.benefit_version(row, &named);
            let names = self.names(&named.name_id, &named.name_en);
            self.content.benefits.push(Benefit {
                code,
                version,
                names,
                services: services.clone(),
                places: places.clone(),
                price,
                priority: row.priority,
                assurance_min: row.assurance_min.as_ref().map_or(0, |least| least.value),
                age_min: row.age_min,
                validity_months_max: rules.months_max,
                rules: rules.clone(),
                aid_month: named.aid_month.or(row.aid_month),
                basis: basis.clone(),
            });
        }
    }

    /// The codes of a row: its own, or several that share all else.
    fn codes(&mut self, row: &BenefitRow) -> Vec<NamedCodeRow> {
        let own = (&row.code, &row.name_id, &row.name_en);
        match own {
            (None, None, None) if !row.codes.is_empty() => row.codes.clone(),
            (Some(code), Some(name_id), Some(name_en)) if row.codes.is_empty() => {
                let (code, name_id, name_en) = (code.clone(), name_id.clone(), name_en.clone());
                vec![NamedCodeRow { code, name_id, name_en, aid_month: row.aid_month }]
            }
            _ => {
                let said = "a benefit has code, name_id and name_en, or a list of them under codes; write one of the two";
                self.form(&row.version, "code", said);
                Vec::new()
            }
        }
    }

    fn benefit_version(&mut self, row: &BenefitRow, named: &NamedCodeRow) {
        let (code, version) = (named.code.value, row.version.value);
        let at = if row.codes.is_empty() { row.version.referenced } else { named.code.referenced };
        let at = Spanned::new(version, at, at);
        self.once("benefit", &at, "version", format!("{code} version {version}"));
        let since = self.content.benefits.iter().filter(|known| known.code == code);
        let since = since.map(|known| known.basis.valid_from).max();
        let newest = self.known.benefits.get(&code).copied().unwrap_or(0);
        if self.version(&at, code, newest, &row.valid_from, since) {
            self.known.benefits.insert(code, version);
        }
    }

    fn price(&mut self, row: &PriceRow) -> PriceRule {
        match row {
            PriceRow::Free => PriceRule::Free,
            PriceRow::Unchanged => PriceRule::Unchanged,
            PriceRow::Fixed(price) => PriceRule::Fixed(*price),
            PriceRow::Less(less) => PriceRule::Less(*less),
            PriceRow::Percent(percent) => {
                self.range(percent, "price.percent", percent.value.into(), (1, 100));
                PriceRule::Percent(percent.value)
            }
        }
    }

    fn benefit_rules(&mut self, row: &BenefitRow) -> BenefitRules {
        if let Some(months) = &row.validity_months_max {
            self.range(months, "validity_months_max", months.value.into(), (1, MONTHS_MAX));
        }
        let quota = row.quota.as_ref().map(|quota| self.quota(quota));
        let wallet = row.wallet.as_ref().map(|wallet| self.wallet(wallet, &row.price));
        self.cash_and_quota(row);
        BenefitRules {
            excluded_places: self.places_of(&row.excluded_places, "excluded_places"),
            days: row.days.iter().map(|day| day.value).collect(),
            hours: self.benefit_hours(row),
            homes: self.homes(&row.homes, "homes"),
            categories: self.terms(TermKind::RiderCategory, &row.categories, "categories"),
            turns: self.turns(row),
            companions: row.companions.as_ref().map(|companions| self.companions(companions)),
            quota,
            funding: match row.funding {
                FundingRow::Forgone => Funding::Forgone,
                FundingRow::Budget(on_exhausted) => Funding::Budget(on_exhausted),
            },
            wallet,
            sale: row.sale.as_ref().map(|sale| self.sale(sale)),
            months_max: row.validity_months_max.as_ref().map(|months| months.value),
            exclusive: row.exclusive,
            effective_until: None,
        }
    }

    /// Cash up to the quota needs a quota in rupiah, and a quota in rupiah counts nothing but cash.
    fn cash_and_quota(&mut self, row: &BenefitRow) {
        let cash = row.wallet.as_ref().filter(|wallet| wallet.cash.value == Cash::Quota);
        let money = row.quota.as_ref().filter(|quota| quota.unit.value == Unit::Rupiah);
        match (cash, money) {
            (Some(wallet), None) => {
                let said =
                    "cash up to the quota needs a quota in rupiah; add quota, or write cash: none or full";
                self.form(&wallet.cash, "wallet.cash", said);
            }
            (None, Some(quota)) => {
                let said = "a quota in rupiah limits the cash of a wallet; write wallet with cash: quota, or another unit";
                self.form(&quota.unit, "quota.unit", said);
            }
            _ => {}
        }
    }

    fn benefit_hours(&mut self, row: &BenefitRow) -> Vec<(CivilTime, CivilTime)> {
        let spans = row.hours.iter().map(|hours| self.hours(hours, "hours")).collect();
        self.apart(spans, "hours.from");
        row.hours.iter().map(|hours| (hours.from.value.0, hours.until.value.0)).collect()
    }

    fn turns(&mut self, row: &BenefitRow) -> Vec<Turn> {
        let mut turns: Vec<Turn> = Vec::new();
        for one in &row.turns {
            let week = one.week.value;
            self.range(&one.week, "turns.week", week.into(), (1, WEEKS));
            if turns.iter().any(|known| known.week == week) {
                self.form(
                    &one.week,
                    "turns.week",
                    "the week has a turn already; put its homes into one list",
                );
            }
            if one.homes.is_empty() {
                self.form(
                    &one.week,
                    "turns.homes",
                    "a turn is somebody's; write a region, or leave the week out",
                );
            }
            turns.push(Turn { week, homes: self.homes(&one.homes, "turns.homes") });
        }
        turns
    }

    fn companions(&mut self, row: &CompanionsRow) -> Companions {
        self.range(&row.count_max, "companions.count_max", row.count_max.value.into(), (1, COMPANIONS_MAX));
        let with_any = row.with_any.iter().map(|code| self.benefit_of(code, "companions.with_any")).collect();
        Companions { count_max: row.count_max.value, with_any }
    }

    fn quota(&mut self, row: &QuotaRow) -> Quota {
        if row.limit.value.is_zero() {
            self.form(&row.limit, "quota.limit", "a quota is at least 1; leave it out for no limit");
        }
        let period = match &row.period {
            PeriodRow::Day => Period::Day,
            PeriodRow::Month => Period::Month,
            PeriodRow::Semester => Period::Semester,
            PeriodRow::Cycle(dates) => {
                if dates.is_empty() {
                    self.form(&row.limit, "quota.period", "a cycle has dates; write at least one period");
                }
                let spans = dates.iter().map(|row| self.dates(row, "quota.period.cycle")).collect();
                self.apart(spans, "quota.period.cycle.from");
                let mut periods: Vec<_> = dates.iter().map(|row| (row.from.value, row.to.value)).collect();
                periods.sort_unstable();
                Period::Cycle(periods)
            }
        };
        Quota { limit: row.limit.value, unit: row.unit.value, period, pool: row.pool }
    }

    fn wallet(&mut self, row: &WalletRow, price: &PriceRow) -> WalletRules {
        if !matches!(price, PriceRow::Unchanged) {
            let said =
                "a wallet gives money and lowers no price; write price: unchanged, or a benefit for each";
            self.form(&row.cash, "price", said);
        }
        WalletRules {
            merchant_types: self.terms(TermKind::MerchantType, &row.merchant_types, "wallet.merchant_types"),
            goods: self.terms(TermKind::Good, &row.goods, "wallet.goods"),
            cash: row.cash.value,
        }
    }

    fn sale(&mut self, row: &SaleRow) -> Sale {
        let merchants: Vec<Code> =
            row.merchants.value.iter().map(|code| self.merchant(code, "sale.merchants")).collect();
        if merchants.is_empty() {
            self.form(
                &row.merchants,
                "sale.merchants",
                "somebody sells the goods; write at least one merchant",
            );
        }
        let mut goods: Vec<GoodPrice> = Vec::new();
        for one in &row.goods {
            let good = self.term(TermKind::Good, &one.good, "sale.goods.good");
            if goods.iter().any(|known| known.good == good) {
                self.form(&one.good, "sale.goods.good", "the good has a price already; keep one");
            }
            goods.push(GoodPrice { good, price: one.price });
        }
        let mut bundles: Vec<Bundle> = Vec::new();
        for one in &row.bundles {
            let good = self.term(TermKind::Good, &one.good, "sale.bundles.good");
            let sold = |known: &GoodPrice| known.good == good;
            if goods.iter().any(sold) || bundles.iter().any(|known| known.good == good) {
                self.form(
                    &one.good,
                    "sale.bundles.good",
                    "a bundle has a code of its own; write another one",
                );
            }
            let items = self.bundle_items(one, &goods);
            bundles.push(Bundle { good, items });
        }
        Sale { merchants, goods, bundles }
    }

    /// One each of some goods with a price.
    fn bundle_items(&mut self, row: &BundleRow, goods: &[GoodPrice]) -> Vec<Code> {
        let mut items: Vec<Code> = Vec::new();
        for item in &row.items {
            let code = item.value;
            if !goods.iter().any(|known| known.good == code) {
                let problem =
                    Problem::Unknown { what: "good with a price in this sale:", code: code.to_string() };
                self.wrong(item, "sale.bundles.items", problem);
            }
            if items.contains(&code) {
                self.form(item, "sale.bundles.items", "the good is in the bundle already; keep one");
            }
            items.push(code);
        }
        if items.is_empty() {
            self.form(&row.good, "sale.bundles.items", "a bundle is several goods; write them");
        }
        items
    }
}

impl Benefit {
    /// What a bundle of its sale costs: the sum of its goods; nothing where it has no such bundle.
    #[must_use]
    pub fn bundle_price(&self, good: Code) -> Option<Amount> {
        let sale = self.rules.sale.as_ref()?;
        let bundle = sale.bundles.iter().find(|bundle| bundle.good == good)?;
        let price =
            |item: &Code| sale.goods.iter().find(|known| known.good == *item).map(|known| known.price.0);
        bundle.items.iter().map(price).sum::<Option<u64>>().map(Amount)
    }
}
