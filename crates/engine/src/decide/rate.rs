//! From one tap to what its holder's service day costs now: which taps are rated together, what each comes to, and what
//! that changes. Reads the state; moves nothing.

use base::{CivilDate, Timestamp};

use super::charge::Change;
use super::tap::Visit;
use crate::benefits::{Settled, Use, choose};
use crate::holders::Holder;
use crate::journeys::{Day, Figures, Rate, Rated, Terms, Trace, order, people, rate_day, rate_visit};
use crate::{
    Amount, Considered, FareRule, Incident, Movement, Part, Priced, Refusal, Rerated, State,
    TariffDefinition, signed,
};

/// When a tap is rated, and for what.
#[derive(Clone, Copy, Debug)]
pub struct RateAt {
    /// Time of the entry.
    pub at: Timestamp,
    /// Whether the least a beginning journey can cost is wanted too.
    pub least: bool,
}

/// A tap's price, and what it changes.
#[derive(Debug)]
pub struct Outcome {
    /// The price with its reasons; the money is not yet looked for.
    pub priced: Priced,
    /// This tap, and the others of the day that come to cost something else.
    pub changes: Vec<Change>,
    /// What the purse must hold.
    pub needed: i64,
    /// When its benefits counted.
    pub used_at: Timestamp,
}

/// Rates a tap with its service day.
///
/// # Errors
/// The refusals of a tap that has no price.
pub fn rate(state: &State, visit: &Visit<'_>, when: &RateAt) -> Result<Outcome, Refusal> {
    let holder = state.holders.get(visit.medium.holder).ok_or(Refusal::HolderUnknown)?;
    let tariff = state.tariffs.in_force(visit.place.service, visit.at).ok_or(Refusal::TariffMissing)?;
    let date = visit.at.service_day();
    let day = state.journeys.day(date);
    let terms = terms(visit.medium.holder, holder, day, date, when.at);
    let own = Rate {
        at: visit.at,
        medium: visit.serial,
        place: visit.index,
        part: visit.movement.part,
        metres: visit.movement.metres,
        party: visit.party,
        settled: None,
    };
    let ride = is_ride(state, visit.place.service, tariff, own.part);
    // A ride is one person's: whoever comes along has a medium of their own.
    if ride && people(visit.party) > 1 {
        return Err(Refusal::PartyTooLarge);
    }
    let mut considered = Vec::with_capacity(holder.entitlements.len());
    let mut changes = Vec::new();
    let rated = if ride {
        let taps: Vec<&Trace> = day.map_or_else(Vec::new, |day| rides(state, day, terms.index));
        with_day(state, &terms, own, &taps, &mut considered, &mut changes)?
    } else if own.part == Part::Out {
        Rated { fare: FareRule::Left, tariff: tariff.version, ..Rated::default() }
    } else {
        rate_visit(state, &terms, &own, &mut considered)?
    };
    let own = Change {
        tap: None,
        operator: visit.place.operator,
        at: visit.at,
        old: Figures::default(),
        new: figures(&rated),
    };
    let priced = priced(state, visit, &rated, considered, &changes);
    changes.push(own);
    let needed = if rated.fare == FareRule::Begun && when.least {
        needed_to_begin(state, visit, &terms, tariff)
    } else {
        priced.charged_now()
    };
    Ok(Outcome { priced, changes, needed, used_at: rated.used_at })
}

fn terms<'s>(index: u32, holder: &'s Holder, day: Option<&Day>, date: CivilDate, at: Timestamp) -> Terms<'s> {
    Terms {
        index,
        holder,
        over: date < at.service_day(),
        from_first_day: day.is_some_and(|day| day.is_repriced(index)),
    }
}

/// Whether a tap is rated with the other rides of its day: a tap-in or tap-out of a gated service, or a single tap whose
/// price depends on others. All else stands for itself.
fn is_ride(state: &State, service: u32, tariff: &TariffDefinition, part: Part) -> bool {
    if part == Part::Single { state.tariffs.is_coupled(service) } else { tariff.is_gated() }
}

/// Taps of a holder's day that are looked at, for each one that is rated.
const LOOKED_AT: usize = 4;

/// The taps of a holder's day that are rated together: of those that came last, at most as many as a day is rated with,
/// the latest ones.
fn rides<'d>(state: &State, day: &'d Day, holder: u32) -> Vec<&'d Trace> {
    let ride = |tap: &&Trace| {
        let Some(place) = state.places.get(tap.place) else { return false };
        let tariff = state.tariffs.in_force(place.service, tap.device_at);
        tariff.is_some_and(|tariff| is_ride(state, place.service, tariff, tap.part))
    };
    let most = usize::try_from(state.parameters.day_taps_max).unwrap_or(usize::MAX);
    let mut taps: Vec<&Trace> = day.of(holder).take(most.saturating_mul(LOOKED_AT)).filter(ride).collect();
    if taps.len() > most {
        taps.sort_by_key(|tap| order(&rate_of(tap)));
        taps.drain(..taps.len() - most);
    }
    taps
}

fn rate_of<'t>(trace: &'t Trace) -> Rate<'t> {
    Rate {
        at: trace.device_at,
        medium: trace.medium,
        place: trace.place,
        part: trace.part,
        metres: trace.metres,
        party: trace.party.as_ref().map_or(&[], |party| party.as_slice()),
        settled: Some(Settled { quota: trace.quota, benefit: trace.figures.benefit }),
    }
}

/// Rates a tap together with the taps of its day; what those come to cost anew goes to `changes`.
fn with_day(
    state: &State,
    terms: &Terms<'_>,
    own: Rate<'_>,
    taps: &[&Trace],
    considered: &mut Vec<Considered>,
    changes: &mut Vec<Change>,
) -> Result<Rated, Refusal> {
    let mut all: Vec<(Rate<'_>, Option<&Trace>)> = Vec::with_capacity(taps.len() + 1);
    all.push((own, None));
    all.extend(taps.iter().map(|tap| (rate_of(tap), Some(*tap))));
    all.sort_by_key(|(rate, _)| order(rate));
    let rates: Vec<Rate<'_>> = all.iter().map(|(rate, _)| *rate).collect();
    let wanted = all.iter().position(|(_, trace)| trace.is_none());
    let rated = rate_day(state, terms, &rates, wanted, considered)?;
    for ((_, trace), rated) in all.iter().zip(&rated) {
        changes.extend(trace.and_then(|trace| change(state, trace, rated)));
    }
    wanted.and_then(|wanted| rated.get(wanted)).copied().ok_or(Refusal::Internal)
}

/// What a tap that was rated before comes to cost, if that is something else.
fn change(state: &State, trace: &Trace, rated: &Rated) -> Option<Change> {
    let new = Figures { funded: trace.figures.funded, ..figures(rated) };
    if new == trace.figures {
        return None;
    }
    let operator = state.places.get(trace.place)?.operator;
    let new = figures(rated);
    Some(Change { tap: Some(trace.position), operator, at: trace.device_at, old: trace.figures, new })
}

fn figures(rated: &Rated) -> Figures {
    Figures {
        full: rated.full,
        charged: rated.charged,
        funded: Amount::ZERO,
        fare: rated.fare,
        benefit: rated.benefit,
    }
}

fn priced(
    state: &State,
    visit: &Visit<'_>,
    rated: &Rated,
    considered: Vec<Considered>,
    changes: &[Change],
) -> Priced {
    let sum = |of: fn(&Figures) -> Amount| {
        changes.iter().fold(0i64, |sum, one| sum + signed(of(&one.new)) - signed(of(&one.old)))
    };
    let holder = visit.medium.holder;
    let purse = state.holders.get(holder).and_then(|holder| holder.purse);
    let purse = purse.and_then(|purse| state.ledger.account(purse));
    let with_quota = |benefit: &u32| {
        let definition = state.benefits.in_force(*benefit, rated.used_at);
        definition.is_some_and(|definition| definition.rules.quota.is_some())
    };
    Priced {
        holder,
        service: visit.place.service,
        tariff: rated.tariff,
        full: rated.full,
        charged: rated.charged,
        debt: Amount::ZERO,
        considered,
        incident: None::<Incident>,
        balance: purse.map_or(0, |purse| purse.balance()),
        adjusted: sum(|figures| figures.charged),
        adjusted_full: sum(|figures| figures.full),
        fare: rated.fare,
        package: rated.package,
        funded: Amount::ZERO,
        people: group(state, visit, rated.fare),
        quota: rated.benefit.filter(with_quota),
    }
}

/// People on the medium; for somebody who leaves without a word, as many as came in on it last. 0 for one person.
fn group(state: &State, visit: &Visit<'_>, fare: FareRule) -> u16 {
    let counted = if fare == FareRule::Left && visit.party.is_empty() {
        let day = state.journeys.day(visit.at.service_day());
        let came = |tap: &&Trace| {
            let same = state.media.get(tap.medium).is_some_and(|medium| medium.root == visit.medium.root);
            same && tap.part == Part::In && tap.place == visit.index
        };
        day.and_then(|day| day.of(visit.medium.holder).find(came)).map_or(1, Trace::people)
    } else {
        people(visit.party)
    };
    if counted == 1 { 0 } else { u16::try_from(counted).unwrap_or(u16::MAX) }
}

/// What the purse must hold for a journey that begins here: the least it can cost, or less where another ride of the day
/// makes it free.
fn needed_to_begin(state: &State, visit: &Visit<'_>, terms: &Terms<'_>, tariff: &TariffDefinition) -> i64 {
    let least = signed(least(state, visit, terms, tariff));
    if least == 0 || !state.tariffs.is_coupled(visit.place.service) {
        return least;
    }
    let movement = Movement { part: Part::Single, ..visit.movement.clone() };
    let single = Visit { movement: &movement, ..*visit };
    let priced = rate(state, &single, &RateAt { at: visit.at, least: false });
    priced.map_or(least, |outcome| least.min(outcome.priced.charged_now()))
}

/// The least a journey that begins here can cost the holder.
fn least(state: &State, visit: &Visit<'_>, terms: &Terms<'_>, tariff: &TariffDefinition) -> Amount {
    let full = tariff.least(visit.at, &terms.holder.category);
    let used = Use {
        at: visit.at,
        service: &tariff.service,
        place: visit.index,
        full,
        assurance: visit.medium.assurance,
        index: terms.index,
        holder: terms.holder,
        settled: None,
        from_first_day: terms.from_first_day,
    };
    choose(state, &used, None).price
}

/// The taps among some changes that were rated before.
pub fn rerated(changes: &[Change], holder: u32) -> impl Iterator<Item = Rerated> {
    changes.iter().filter_map(move |change| {
        let new = change.new;
        Some(Rerated {
            tap: change.tap?,
            holder,
            full: new.full,
            charged: new.charged,
            funded: new.funded,
            benefit: new.benefit,
            fare: new.fare,
        })
    })
}

/// Rates a holder's whole day as it stands: what its end, or another way of counting grants, changes.
///
/// # Errors
/// The refusals of a day that has no price.
pub fn rate_again(
    state: &State,
    holder: u32,
    (date, day): (CivilDate, &Day),
    at: Timestamp,
    from_first_day: bool,
) -> Result<Vec<Change>, Refusal> {
    let known = state.holders.get(holder).ok_or(Refusal::HolderUnknown)?;
    let mut terms = terms(holder, known, Some(day), date, at);
    terms.from_first_day |= from_first_day;
    let mut taps = rides(state, day, holder);
    taps.sort_by_key(|tap| order(&rate_of(tap)));
    let rates: Vec<Rate<'_>> = taps.iter().map(|tap| rate_of(tap)).collect();
    let rated = rate_day(state, &terms, &rates, None, &mut Vec::new())?;
    let mut changes: Vec<Change> =
        taps.iter().zip(&rated).filter_map(|(trace, rated)| change(state, trace, rated)).collect();
    if from_first_day {
        for trace in day.of(holder) {
            if taps.iter().any(|ride| ride.position == trace.position) || trace.figures.fare == FareRule::Left
            {
                continue;
            }
            let rated = rate_visit(state, &terms, &rate_of(trace), &mut Vec::new())?;
            changes.extend(change(state, trace, &rated));
        }
    }
    Ok(changes)
}
