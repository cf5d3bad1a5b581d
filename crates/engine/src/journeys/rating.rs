//! What a holder's service day costs: a pure function of the taps in order of time, the content and what the holder is
//! entitled to. The order in which taps arrived does not count.
//!
//! Each ride costs what its tariff says; then rides that are free after another one, the day's cap, packages of several
//! modes, and last the holder's benefits.

use base::{Code, MediumSerial, Timestamp};

use super::{Leg, Point, legs};
use crate::benefits::{Choice, Settled, Use, choose, companions};
use crate::holders::Holder;
use crate::tariffs::{Ending, Integration, Ride};
use crate::{Amount, Considered, FareRule, Member, Package, Part, Refusal, State};

/// One tap to be rated.
#[derive(Clone, Copy, Debug)]
pub struct Rate<'t> {
    /// By the terminal's clock.
    pub at: Timestamp,
    /// The medium.
    pub medium: MediumSerial,
    /// Index of the place.
    pub place: u32,
    /// Which end.
    pub part: Part,
    /// Metres travelled.
    pub metres: Option<u32>,
    /// Everybody on the medium; empty for the holder alone.
    pub party: &'t [Member],
    /// What it was given before; none for a tap that has just come.
    pub settled: Option<Settled>,
}

/// What a tap costs, before its money is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rated {
    /// What the tariff asks.
    pub full: Amount,
    /// What the holder is asked.
    pub charged: Amount,
    /// Which rule of the tariff set the full price.
    pub fare: FareRule,
    /// Version of the tariff.
    pub tariff: u32,
    /// Index of the benefit that set the price.
    pub benefit: Option<u32>,
    /// The package it belongs to.
    pub package: Option<Package>,
    /// When its benefits counted: the tap-in.
    pub used_at: Timestamp,
}

/// Whose day, and how it is rated.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'s> {
    /// Index of the holder.
    pub index: u32,
    /// The holder.
    pub holder: &'s Holder,
    /// Whether the day has ended.
    pub over: bool,
    /// Whether grants count from their first day.
    pub from_first_day: bool,
}

/// A ride with what is known of it so far.
struct Priced<'s> {
    leg: Leg,
    begun: Timestamp,
    ended: Option<Timestamp>,
    service: u32,
    code: &'s Code,
    /// Where it began; where it ended, if the tap-in is missing.
    place: u32,
    tariff: u32,
    full: Amount,
    fare: FareRule,
    transfers: &'s [crate::TransferFrom],
    cap_day: Option<Amount>,
    metres: Option<u32>,
    package: Option<Package>,
}

/// Rates the rides of a service day. `taps` stand in order of time; the answer has one figure for each, zero for those
/// that bear no price. What is said of benefits at tap `wanted` goes to `heard`.
///
/// # Errors
/// [`Refusal::TariffMissing`] when a ride began before its service had a tariff.
pub fn rate_day(
    state: &State,
    terms: &Terms<'_>,
    taps: &[Rate<'_>],
    wanted: Option<usize>,
    heard: &mut Vec<Considered>,
) -> Result<Vec<Rated>, Refusal> {
    let points: Vec<Point> =
        taps.iter().map(|tap| point(state, tap)).collect::<Option<_>>().ok_or(Refusal::PlaceUnknown)?;
    let mut rides = Vec::with_capacity(points.len());
    for leg in legs(&points, terms.over) {
        rides.push(own_fare(state, terms, &points, leg)?);
    }
    transfers(&mut rides);
    caps(&mut rides);
    let price = |ride: &Priced<'_>, full: Amount, heard: Option<&mut Vec<Considered>>| {
        let (Some(tap), Some(first)) = (taps.get(ride.leg.last), taps.get(ride.leg.first)) else {
            return Choice { price: full, benefit: None };
        };
        let used = Use {
            at: ride.begun,
            service: ride.code,
            place: ride.place,
            full,
            assurance: state.media.get(first.medium).map_or(0, |medium| medium.assurance),
            index: terms.index,
            holder: terms.holder,
            settled: tap.settled,
            from_first_day: terms.from_first_day,
        };
        choose(state, &used, heard)
    };
    packages(state, &mut rides, &price);
    let begun = Rated { fare: FareRule::Begun, ..Rated::default() };
    let mut rated = vec![begun; taps.len()];
    for ride in &rides {
        let choice = price(ride, ride.full, (wanted == Some(ride.leg.last)).then_some(&mut *heard));
        if let Some(rated) = rated.get_mut(ride.leg.last) {
            *rated = Rated {
                full: ride.full,
                charged: choice.price,
                fare: ride.fare,
                tariff: ride.tariff,
                benefit: choice.benefit,
                package: ride.package,
                used_at: ride.begun,
            };
        }
    }
    Ok(rated)
}

/// What a holder is asked for a ride at a full price.
type Price<'p> = dyn Fn(&Priced<'_>, Amount, Option<&mut Vec<Considered>>) -> Choice + 'p;

fn point(state: &State, tap: &Rate<'_>) -> Option<Point> {
    let medium = state.media.get(tap.medium)?;
    let place = state.places.get(tap.place)?;
    Some(Point {
        at: tap.at,
        root: medium.root,
        service: place.service,
        place: tap.place,
        part: tap.part,
        metres: tap.metres,
    })
}

/// A ride by its own tariff.
fn own_fare<'s>(
    state: &'s State,
    terms: &Terms<'_>,
    points: &[Point],
    leg: Leg,
) -> Result<Priced<'s>, Refusal> {
    let missing = Refusal::PlaceUnknown;
    let (first, last) = (points.get(leg.first).ok_or(missing)?, points.get(leg.last).ok_or(missing)?);
    let (begun, service) = (first.at, first.service);
    let ended = matches!(leg.ending, Ending::Whole | Ending::EntryMissing).then_some(last.at);
    let tariff = state.tariffs.in_force(service, begun).ok_or(Refusal::TariffMissing)?;
    let stop = |point: &Point| {
        let code = &state.places.get(point.place)?.definition.code;
        // A place with the service's own code is "somewhere on the service".
        (*code != tariff.service).then_some(code)
    };
    let metres = last.metres.or_else(|| {
        let integration = state.tariffs.integration(&tariff.service, begun)?;
        if leg.ending == Ending::Whole { integration.metres(first.place, last.place) } else { None }
    });
    let ride = Ride {
        begun,
        ended,
        from: stop(first).filter(|_| leg.ending != Ending::EntryMissing),
        to: stop(last).filter(|_| ended.is_some()),
        metres,
        ending: leg.ending,
        category: &terms.holder.category,
    };
    let (full, fare) = tariff.fare(&ride);
    Ok(Priced {
        leg,
        begun,
        ended,
        service,
        code: &tariff.service,
        place: first.place,
        tariff: tariff.version,
        full,
        fare,
        transfers: &tariff.rules.transfers,
        cap_day: tariff.rules.cap_day,
        metres,
        package: None,
    })
}

/// Rides that are free after another one; each ride makes one other free.
fn transfers<'s>(rides: &mut [Priced<'s>]) {
    if rides.iter().all(|ride| ride.transfers.is_empty()) {
        return;
    }
    let mut before: Vec<(&'s Code, Timestamp)> = Vec::new();
    for ride in rides {
        let free = |(service, last): &(&Code, Timestamp)| {
            let begun = ride.begun;
            ride.transfers.iter().any(|one| one.service == **service && begun.since(*last) <= one.within)
        };
        if ride.leg.ending != Ending::Open
            && !ride.full.is_zero()
            && let Some(source) = before.iter().rposition(free)
        {
            before.remove(source);
            ride.full = Amount::ZERO;
            ride.fare = FareRule::Transfer;
        }
        before.push((ride.code, ride.ended.unwrap_or(ride.begun)));
    }
}

/// The most a service costs in a day.
fn caps(rides: &mut [Priced<'_>]) {
    if rides.iter().all(|ride| ride.cap_day.is_none()) {
        return;
    }
    let mut spent: Vec<(u32, Amount)> = Vec::new();
    for ride in rides {
        let Some(cap) = ride.cap_day else { continue };
        let place = spent.iter().position(|(service, _)| *service == ride.service);
        let before = place.and_then(|place| spent.get(place)).map_or(Amount::ZERO, |(_, amount)| *amount);
        let left = cap.less(before);
        if ride.full > left {
            ride.full = left;
            ride.fare = FareRule::Capped;
        }
        let sum = Amount(before.0.saturating_add(ride.full.0));
        match place.and_then(|place| spent.get_mut(place)) {
            Some((_, amount)) => *amount = sum,
            None => spent.push((ride.service, sum)),
        }
    }
}

/// A package while its rides are gathered: the integration, its first tap-in, and its rides with their modes.
struct Open<'s> {
    integration: &'s Integration,
    begun: Timestamp,
    members: Vec<(usize, usize)>,
}

/// Several modes together: each package costs the lower of the integrated fare and the separate ones, as the holder pays
/// them.
fn packages(state: &State, rides: &mut [Priced<'_>], price: &Price<'_>) {
    let mut open: Option<Open<'_>> = None;
    for place in 0..rides.len() {
        let Some(ride) = rides.get(place) else { continue };
        // Without kilometres there is no integrated fare.
        if ride.leg.ending != Ending::Whole || ride.metres.is_none() {
            continue;
        }
        let (begun, code) = (ride.begun, ride.code);
        let Some(integration) = state.tariffs.integration(code, begun) else { continue };
        let Some(mode) = integration.mode(code) else { continue };
        let same = |known: &Open<'_>| {
            let (one, other) = (&known.integration.definition, &integration.definition);
            (one.code, one.version) == (other.code, other.version) && begun.since(known.begun) <= one.window
        };
        match &mut open {
            Some(known) if same(known) => known.members.push((place, mode)),
            other => {
                if let Some(known) = other.take() {
                    share(&known, rides, price);
                }
                *other = Some(Open { integration, begun, members: vec![(place, mode)] });
            }
        }
    }
    if let Some(known) = open {
        share(&known, rides, price);
    }
}

fn kilometres(ride: &Priced<'_>) -> u32 {
    ride.metres.unwrap_or_default().div_ceil(1_000)
}

/// Shares one package out among its rides, if it is the lower price for the holder.
fn share(package: &Open<'_>, rides: &mut [Priced<'_>], price: &Price<'_>) {
    let definition = &package.integration.definition;
    let mut modes: Vec<usize> = package.members.iter().map(|(_, mode)| *mode).collect();
    modes.sort_unstable();
    modes.dedup();
    if modes.len() < usize::from(definition.modes_min.max(2)) {
        return;
    }
    let members = || package.members.iter().map(|(place, _)| *place);
    let legs: Vec<(u32, Amount)> =
        members().filter_map(|place| rides.get(place)).map(|ride| (kilometres(ride), ride.full)).collect();
    let facts = Package {
        version: definition.version,
        legs: u16::try_from(legs.len()).unwrap_or(u16::MAX),
        modes: u8::try_from(modes.len()).unwrap_or(u8::MAX),
        kilometres: legs.iter().map(|(kilometres, _)| kilometres).sum(),
        integrated: definition.fare(legs.iter().map(|(kilometres, _)| kilometres).sum()),
        separate: Amount(legs.iter().map(|(_, own)| own.0).sum()),
    };
    let shares = definition.shares(&legs);
    let asked = |full: &[Amount]| -> u64 {
        let rides = members().filter_map(|place| rides.get(place));
        rides.zip(full).map(|(ride, full)| price(ride, *full, None).price.0).sum()
    };
    let own: Vec<Amount> = legs.iter().map(|(_, own)| *own).collect();
    let together = facts.integrated < facts.separate && asked(&shares) <= asked(&own);
    for (place, share) in members().zip(shares) {
        let Some(ride) = rides.get_mut(place) else { continue };
        ride.package = Some(facts);
        if together {
            ride.full = share;
            ride.fare = FareRule::Integrated;
        }
    }
}

/// Rates one tap by itself: a visit with its party, or a ride that no other one touches.
///
/// # Errors
/// [`Refusal::TariffMissing`]; [`Refusal::PartyInvalid`] for a party without the holder.
pub fn rate_visit(
    state: &State,
    terms: &Terms<'_>,
    tap: &Rate<'_>,
    heard: &mut Vec<Considered>,
) -> Result<Rated, Refusal> {
    let place = state.places.get(tap.place).ok_or(Refusal::PlaceUnknown)?;
    let tariff = state.tariffs.in_force(place.service, tap.at).ok_or(Refusal::TariffMissing)?;
    let (own, fare) = tariff.at(tap.at, &terms.holder.category);
    let used = Use {
        at: tap.at,
        service: &tariff.service,
        place: tap.place,
        full: own,
        assurance: state.media.get(tap.medium).map_or(0, |medium| medium.assurance),
        index: terms.index,
        holder: terms.holder,
        settled: tap.settled,
        from_first_day: terms.from_first_day,
    };
    let choice = choose(state, &used, Some(heard));
    let mut rated = Rated {
        full: own,
        charged: choice.price,
        fare,
        tariff: tariff.version,
        benefit: choice.benefit,
        package: None,
        used_at: tap.at,
    };
    if tap.party.is_empty() || tariff.rules.per_entry {
        return Ok(rated);
    }
    let mut others = others(tap.party, *terms.holder.category)?;
    let mut covered = choice.benefit.map_or(0, |benefit| companions(state, benefit, terms.holder, tap.at));
    // The dearest first: the benefit is the holder's to the full.
    others.sort_by_key(|member| std::cmp::Reverse((tariff.at(tap.at, &member.category).0, member.category)));
    for member in others {
        let price = tariff.at(tap.at, &member.category).0;
        let free = covered.min(member.count);
        covered -= free;
        let sum = |count: u16| price.0.saturating_mul(u64::from(count));
        rated.full = Amount(rated.full.0.saturating_add(sum(member.count)));
        rated.charged = Amount(rated.charged.0.saturating_add(sum(member.count - free)));
    }
    Ok(rated)
}

/// A party without the holder.
fn others(party: &[Member], holder: Code) -> Result<Vec<Member>, Refusal> {
    let mut others = party.to_vec();
    let own = others.iter_mut().find(|member| member.category == holder && member.count > 0);
    own.ok_or(Refusal::PartyInvalid)?.count -= 1;
    Ok(others)
}

/// The order of a day's taps: earlier first, and what is alike by what it says, never by when it arrived.
#[must_use]
pub fn order(tap: &Rate<'_>) -> (Timestamp, MediumSerial, Part, u32, Option<u32>) {
    (tap.at, tap.medium, tap.part, tap.place, tap.metres)
}
