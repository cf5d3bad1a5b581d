//! The choice among a holder's benefits: which apply to a use, and which makes the lowest price.

use base::{Code, Timestamp};

use super::quota_left;
use crate::holders::{Entitlement, Holder};
use crate::ledger::Kind;
use crate::{
    AccountKey, Amount, BenefitDefinition, Considered, Funding, OnExhausted, PriceRule, State, Unit, Verdict,
};

/// What a use was given when it was first rated. Quotas and budgets are used in the order of the journal and never
/// shared out anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Benefit whose quota it took one of.
    pub quota: Option<u32>,
    /// Benefit that set its price.
    pub benefit: Option<u32>,
}

/// The place of a use that is at none: goods.
pub const NOWHERE: u32 = u32::MAX;

/// The facts of one use, as far as benefits ask for them.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// When, by the terminal's clock.
    pub at: Timestamp,
    /// The service.
    pub service: &'a Code,
    /// Index of the place.
    pub place: u32,
    /// What the tariff asks of the holder.
    pub full: Amount,
    /// Assurance of the medium.
    pub assurance: u8,
    /// Index of the holder.
    pub index: u32,
    /// Home, rider category and entitlements.
    pub holder: &'a Holder,
    /// What it was given before, if it was rated before.
    pub settled: Option<Settled>,
    /// Whether grants count from their first day, even where they were journaled later.
    pub from_first_day: bool,
}

/// A price with the entitlement that set it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// What the holder is asked.
    pub price: Amount,
    /// Index of the benefit that set it.
    pub benefit: Option<u32>,
}

/// Looks at every entitlement and answers the price; the reasons go to `heard`, the winner marked, where they are wanted.
#[must_use]
pub fn choose(state: &State, facts: &Use<'_>, mut heard: Option<&mut Vec<Considered>>) -> Choice {
    let mut best: Option<(Amount, i32, &Code, usize, u32)> = None;
    for (place, entitlement) in facts.holder.entitlements.iter().filter(|one| !one.is_empty()).enumerate() {
        let Some(benefit) = state.benefits.get(entitlement.benefit) else { continue };
        let version = benefit.in_force(facts.at);
        let verdict =
            version.map_or(Verdict::NoVersion, |definition| applies(state, definition, entitlement, facts));
        let mut price = None;
        if let (Some(definition), Verdict::NotLowest) = (version, verdict) {
            let own = price_of(definition.price, facts.full);
            price = Some(own);
            let rank = (own, std::cmp::Reverse(definition.priority), &benefit.code);
            let first = best.is_none_or(|(lowest, priority, code, ..)| {
                rank < (lowest, std::cmp::Reverse(priority), code)
            });
            if first && own < facts.full {
                best = Some((own, definition.priority, &benefit.code, place, entitlement.benefit));
            }
        }
        if let Some(heard) = &mut heard {
            let version = version.map_or(0, |definition| definition.version);
            heard.push(Considered { benefit: entitlement.benefit, version, verdict, price });
        }
    }
    let Some((price, .., winner, benefit)) = best else { return Choice { price: facts.full, benefit: None } };
    if let Some(one) = heard.and_then(|heard| heard.get_mut(winner)) {
        one.verdict = Verdict::Won;
    }
    Choice { price, benefit: Some(benefit) }
}

/// What a rule makes of a price.
fn price_of(rule: PriceRule, full: Amount) -> Amount {
    match rule {
        PriceRule::Free => Amount::ZERO,
        PriceRule::Fixed(price) => price.min(full),
        PriceRule::Percent(part) => Amount(full.0.saturating_mul(u64::from(part)) / 100).min(full),
        PriceRule::Less(amount) => full.less(amount),
        PriceRule::Unchanged => full,
    }
}

/// The first condition that fails, or [`Verdict::NotLowest`] when all hold.
fn applies(
    state: &State,
    definition: &BenefitDefinition,
    entitlement: &Entitlement,
    facts: &Use<'_>,
) -> Verdict {
    if let Some(verdict) = not_in_period(entitlement, facts) {
        return verdict;
    }
    if !definition.services.is_empty() && !definition.services.contains(facts.service) {
        return Verdict::ServiceNotCovered;
    }
    if !definition.places.is_empty() && !state.places.is_among(facts.place, &definition.places)
        || state.places.is_among(facts.place, &definition.rules.excluded_places)
    {
        return Verdict::PlaceNotCovered;
    }
    entitles(state, definition, entitlement, facts)
}

/// Whether an entitlement gives its holder the benefit at that time, wherever it is: the first condition that fails,
/// [`Verdict::PriceUnchanged`] or [`Verdict::NotLowest`] when all hold.
#[must_use]
pub fn entitles(
    state: &State,
    definition: &BenefitDefinition,
    entitlement: &Entitlement,
    facts: &Use<'_>,
) -> Verdict {
    if let Some(verdict) = not_in_period(entitlement, facts) {
        verdict
    } else if facts.assurance < definition.assurance_min {
        Verdict::AssuranceTooLow
    } else if definition.rules.is_empty() {
        unless_unchanged(definition)
    } else {
        conditions(state, definition, entitlement, facts)
    }
}

fn not_in_period(entitlement: &Entitlement, facts: &Use<'_>) -> Option<Verdict> {
    let day = facts.at.jakarta_date();
    if day < entitlement.from || facts.at < entitlement.granted_at && !facts.from_first_day {
        Some(Verdict::NotYet)
    } else if day > entitlement.to {
        Some(Verdict::Ended)
    } else if entitlement.revoked_at.is_some_and(|revoked| revoked <= facts.at) {
        Some(Verdict::Revoked)
    } else {
        None
    }
}

fn unless_unchanged(definition: &BenefitDefinition) -> Verdict {
    if definition.price == PriceRule::Unchanged { Verdict::PriceUnchanged } else { Verdict::NotLowest }
}

fn conditions(
    state: &State,
    definition: &BenefitDefinition,
    entitlement: &Entitlement,
    facts: &Use<'_>,
) -> Verdict {
    let (rules, holder) = (&definition.rules, facts.holder);
    let (date, time) = (facts.at.jakarta_date(), facts.at.jakarta_time());
    if !rules.days.is_empty() {
        match state.calendars.is_any(date, &rules.days) {
            Some(true) => {}
            Some(false) => return Verdict::DayNotCovered,
            None => return Verdict::CalendarMissing,
        }
    }
    if !rules.hours.is_empty() && !rules.hours.iter().any(|(from, until)| *from <= time && time < *until) {
        return Verdict::TimeNotCovered;
    }
    if !rules.homes.is_empty() && !home_is_among(holder.home.as_deref().copied(), &rules.homes) {
        return Verdict::HomeNotCovered;
    }
    if !rules.categories.is_empty() && !rules.categories.contains(&holder.category) {
        return Verdict::CategoryNotCovered;
    }
    if !rules.turns.is_empty() {
        let week = date.week_of_month();
        let mut turns = rules.turns.iter().filter(|turn| turn.week == week);
        if !turns.any(|turn| home_is_among(holder.home.as_deref().copied(), &turn.homes)) {
            return Verdict::HomeNotCovered;
        }
    }
    if definition.price == PriceRule::Unchanged {
        return Verdict::PriceUnchanged;
    }
    used_up(state, definition, entitlement.benefit, facts).unwrap_or(Verdict::NotLowest)
}

/// Whether quota or budget are used up. A use that was rated before keeps what it was given then.
fn used_up(state: &State, definition: &BenefitDefinition, benefit: u32, facts: &Use<'_>) -> Option<Verdict> {
    if definition.rules.quota.is_some() {
        let left = match facts.settled {
            Some(settled) => u64::from(settled.quota == Some(benefit)),
            None => quota_left(state, benefit, facts.index, facts.at).unwrap_or_default(),
        };
        if left == 0 {
            return Some(Verdict::QuotaExhausted);
        }
    }
    let settled = facts.settled.is_some_and(|settled| settled.benefit == Some(benefit));
    if definition.rules.funding == Funding::Budget(OnExhausted::Refuse) && !settled {
        let needed = facts.full.less(price_of(definition.price, facts.full));
        if needed.0 > budget_left(state, benefit, facts.at) {
            return Some(Verdict::BudgetExhausted);
        }
    }
    None
}

/// The account of a benefit's budget of the fiscal year of an instant.
#[must_use]
pub fn budget_key(benefit: u32, at: Timestamp) -> AccountKey {
    AccountKey { kind: Kind::Budget, owner: benefit, sub: fiscal_year(at), unit: Unit::Rupiah }
}

/// The fiscal year of an instant, as the part of an account.
#[must_use]
pub fn fiscal_year(at: Timestamp) -> u32 {
    u32::try_from(at.jakarta_date().year()).unwrap_or_default()
}

fn budget_left(state: &State, benefit: u32, at: Timestamp) -> u64 {
    let budget =
        state.ledger.find(&budget_key(benefit, at)).and_then(|account| state.ledger.account(account));
    budget.map_or(0, |budget| budget.available().0)
}

/// Whether a home region is one of these or a part of one.
#[must_use]
pub fn home_is_among(home: Option<Code>, regions: &[Code]) -> bool {
    let Some(home) = home else { return false };
    regions.iter().any(|region| {
        let rest = home.as_str().strip_prefix(region.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// How many companions of a party the winning benefit covers too.
#[must_use]
pub fn companions(state: &State, benefit: u32, holder: &Holder, at: Timestamp) -> u16 {
    let Some(definition) = state.benefits.in_force(benefit, at) else { return 0 };
    let Some(companions) = &definition.rules.companions else { return 0 };
    let day = at.jakarta_date();
    let has = |code: &Code| {
        state.benefits.find(*code).is_some_and(|wanted| {
            holder.entitlements.iter().any(|one| {
                one.benefit == wanted
                    && (one.from..=one.to).contains(&day)
                    && one.granted_at <= at
                    && one.revoked_at.is_none_or(|revoked| revoked > at)
            })
        })
    };
    let covered = companions.with_any.is_empty() || companions.with_any.iter().any(has);
    if covered { companions.count_max } else { 0 }
}
