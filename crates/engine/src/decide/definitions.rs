//! Whether a definition makes sense by itself and beside what is published. What a policy person is told about a file is
//! the content language's business; here the engine keeps what it decides by sound, whoever publishes.

use base::Code;

use crate::places::NESTED_MAX;
use crate::{
    Amount, BenefitDefinition, CalendarDefinition, Cash, IntegrationDefinition, Period, PlaceDefinition,
    PriceRule, Refusal, State, TariffDefinition, Unit,
};

fn sound(holds: bool) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(Refusal::DefinitionInvalid) }
}

fn distinct<T: Ord + Copy>(all: impl Iterator<Item = T>) -> bool {
    let mut all: Vec<T> = all.collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    all.len() == count
}

/// Prices that one leg can move: a gate that opened is always charged.
fn within(state: &State, mut prices: impl Iterator<Item = Amount>) -> Result<(), Refusal> {
    let most = state.parameters.amount_max.unsigned_abs();
    if prices.any(|price| price.0 > most) { Err(Refusal::AmountTooLarge) } else { Ok(()) }
}

pub fn place(state: &State, definition: &PlaceDefinition) -> Result<(), Refusal> {
    let rules = &definition.rules;
    if let Some(parent) = rules.within {
        let parent = state.places.find(parent).ok_or(Refusal::PlaceUnknown)?;
        sound(state.places.around(parent).count() < NESTED_MAX)?;
    }
    if let Some(opening) = &rules.opening {
        sound(opening.opens < opening.closes && opening.closed_on.is_none_or(|day| (1..=7).contains(&day)))?;
    }
    sound(rules.capacity.is_none_or(|capacity| capacity.soft <= capacity.hard))
}

pub fn tariff(state: &State, definition: &TariffDefinition) -> Result<(), Refusal> {
    let rules = &definition.rules;
    within(state, definition.prices())?;
    sound(rules.bands.iter().all(|band| band.from < band.until))?;
    sound(distinct(rules.categories.iter().map(|one| one.category)))?;
    sound(rules.overrides.iter().all(|one| one.from <= one.to))?;
    sound(
        rules
            .matrix
            .as_ref()
            .is_none_or(|matrix| matrix.is_whole() && distinct(matrix.stops.iter().copied())),
    )?;
    sound(rules.distance.is_none_or(|by| by.step_metres > 0))?;
    sound(rules.same_stop.is_none_or(|same| same.stay_max >= 0))?;
    sound(rules.overstay.is_none_or(|overstay| overstay.stay_max >= 0))?;
    sound(rules.transfers.iter().all(|one| one.within >= 0 && one.service != definition.service))
}

pub fn integration(state: &State, definition: &IntegrationDefinition) -> Result<(), Refusal> {
    let services = || definition.modes.iter().flat_map(|mode| mode.services.iter().copied());
    within(state, [definition.boarding, definition.per_kilometre, definition.cap].into_iter())?;
    sound(definition.modes_min >= 2 && usize::from(definition.modes_min) <= definition.modes.len())?;
    sound(definition.window >= 0 && distinct(services()))?;
    sound(definition.distances.iter().all(|one| one.from != one.to))?;
    // A ride belongs to one package at most.
    let others = state.tariffs.integrations().iter().filter(|one| one.definition.code != definition.code);
    let taken = |service: Code| others.clone().any(|one| one.mode(&service).is_some());
    sound(!services().any(taken))?;
    let known = definition.distances.iter().flat_map(|one| [one.from, one.to]);
    if known.into_iter().all(|stop| state.places.find(stop).is_some()) {
        Ok(())
    } else {
        Err(Refusal::PlaceUnknown)
    }
}

pub fn calendar(definition: &CalendarDefinition) -> Result<(), Refusal> {
    /// Days one calendar covers at most: a hundred years.
    const DAYS_MAX: i32 = 36_525;
    let span = definition.last.0.checked_sub(definition.first.0);
    sound(span.is_some_and(|span| (0..DAYS_MAX).contains(&span)))?;
    let covered = |date| (definition.first..=definition.last).contains(&date);
    sound(definition.days.iter().all(|day| covered(day.date)))?;
    sound(distinct(definition.days.iter().map(|day| day.date)))
}

pub fn benefit(definition: &BenefitDefinition) -> Result<(), Refusal> {
    let rules = &definition.rules;
    if let PriceRule::Percent(part) = definition.price {
        sound(part <= 100)?;
    }
    sound(rules.hours.iter().all(|(from, until)| from < until))?;
    sound(rules.turns.iter().all(|turn| (1..=5).contains(&turn.week)))?;
    sound(rules.months_max != Some(0))?;
    let quota = rules.quota.as_ref();
    if let Some(quota) = quota {
        sound(!quota.limit.is_zero())?;
        if let Period::Cycle(spans) = &quota.period {
            sound(spans.iter().all(|(first, last)| first <= last))?;
            sound(spans.iter().zip(spans.iter().skip(1)).all(|((_, last), (next, _))| last < next))?;
        }
    }
    if let Some(wallet) = &rules.wallet {
        let money = quota.is_some_and(|quota| quota.unit == Unit::Rupiah);
        sound((wallet.cash == Cash::Quota) == money && definition.price == PriceRule::Unchanged)?;
    }
    // A use takes one of a quota; money is taken out of a wallet only.
    sound(rules.wallet.is_some() || quota.is_none_or(|quota| quota.unit != Unit::Rupiah))?;
    if let Some(sale) = &rules.sale {
        let sold = |good: &Code| sale.goods.iter().any(|known| known.good == *good);
        let whole = |bundle: &crate::Bundle| {
            !bundle.items.is_empty()
                && bundle.items.iter().all(sold)
                && distinct(bundle.items.iter().copied())
        };
        sound(!sale.merchants.is_empty() && distinct(sale.goods.iter().map(|known| known.good)))?;
        sound(sale.bundles.iter().all(|bundle| whole(bundle) && !sold(&bundle.good)))?;
    }
    Ok(())
}
