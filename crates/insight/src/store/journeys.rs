//! From the taps of a holder's day to journeys: which rides belong together, and where each ended.
//!
//! Where a ride is tapped at both ends, both are known. Where only the way in is tapped, the ride is taken to end where the
//! holder is seen next that day, and the last one where the day began: trip chaining (Barry et al. 2002, Trépanier et al.
//! 2007). Pure. What cannot be chained is counted, never guessed.

use crate::settings::Pauses;

use super::sights::{Kind, Sight};

/// How the end of a ride is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// Tapped.
    Known {
        place: u32,
        at: i64,
    },
    /// Where the holder was seen next.
    Inferred {
        place: u32,
    },
    Unknown,
}

/// One ride.
#[derive(Clone, Copy, Debug)]
struct Ride {
    from: Option<u32>,
    service: u32,
    at: i64,
    end: End,
    /// Whether something other than rides lies before it: a visit ends a journey.
    after_stay: bool,
}

impl Ride {
    const fn destination(&self) -> Option<u32> {
        match self.end {
            End::Known { place, .. } | End::Inferred { place } => Some(place),
            End::Unknown => None,
        }
    }
}

/// One journey: rides with short pauses between them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Journey {
    /// When it began.
    pub at: i64,
    /// Where it began, if the terminal stood somewhere.
    pub from: Option<u32>,
    /// Where it ended, if that is known or could be inferred.
    pub to: Option<u32>,
    /// Different services.
    pub services: u8,
}

/// The journeys of a holder's day, and how the ends of the rides were known.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chained {
    /// In order of time.
    pub journeys: Vec<Journey>,
    /// Rides whose end was tapped.
    pub known: i64,
    /// Rides whose end was inferred.
    pub inferred: i64,
    /// Rides whose end stays unknown.
    pub unknown: i64,
}

/// Chains a holder's taps of one service day; any order.
pub fn chain(sights: &[Sight], pauses: Pauses) -> Chained {
    let mut sights: Vec<&Sight> = sights.iter().filter(|sight| sight.kind != Kind::Use).collect();
    sights.sort_by_key(|sight| (sight.at, sight.kind != Kind::Alight));
    let rides = rides(&sights);
    let count = |which: fn(&End) -> bool| {
        i64::try_from(rides.iter().filter(|ride| which(&ride.end)).count()).unwrap_or(i64::MAX)
    };
    Chained {
        known: count(|end| matches!(end, End::Known { .. })),
        inferred: count(|end| matches!(end, End::Inferred { .. })),
        unknown: count(|end| *end == End::Unknown),
        journeys: join(&rides, pauses),
    }
}

fn rides(sights: &[&Sight]) -> Vec<Ride> {
    let first = sights.iter().find(|sight| sight.kind == Kind::Board).and_then(|sight| sight.place);
    let mut rides = Vec::new();
    let mut after_stay = false;
    for (index, sight) in sights.iter().enumerate() {
        if sight.kind != Kind::Board {
            after_stay |= sight.kind != Kind::Alight;
            continue;
        }
        let next = sights.get(index + 1);
        let end = match next {
            Some(next) if next.kind == Kind::Alight => match next.place {
                Some(place) => End::Known { place, at: next.at },
                None => End::Unknown,
            },
            Some(next) => inferred(sight.place, next.place),
            None => inferred(sight.place, first),
        };
        rides.push(Ride { from: sight.place, service: sight.service, at: sight.at, end, after_stay });
        after_stay = false;
    }
    rides
}

/// A ride does not end where it began.
fn inferred(from: Option<u32>, to: Option<u32>) -> End {
    match to {
        Some(place) if from != Some(place) => End::Inferred { place },
        _ => End::Unknown,
    }
}

fn join(rides: &[Ride], pauses: Pauses) -> Vec<Journey> {
    let mut journeys = Vec::new();
    let mut legs: Vec<&Ride> = Vec::new();
    for ride in rides {
        if !goes_on(&legs, ride, pauses) {
            journeys.extend(journey(&legs));
            legs.clear();
        }
        legs.push(ride);
    }
    journeys.extend(journey(&legs));
    journeys
}

/// Whether a ride belongs to the journey before it: after a short pause, without a stay between, and not straight back to
/// where the journey began.
fn goes_on(legs: &[&Ride], ride: &Ride, pauses: Pauses) -> bool {
    let (Some(first), Some(last)) = (legs.first(), legs.last()) else { return false };
    let (since, most) = match last.end {
        End::Known { at, .. } => (at, pauses.after_exit),
        End::Inferred { .. } | End::Unknown => (last.at, pauses.after_entry),
    };
    let back = first.from.is_some() && ride.destination() == first.from;
    ride.at - since <= most && !ride.after_stay && !back
}

fn journey(legs: &[&Ride]) -> Option<Journey> {
    let (first, last) = (legs.first()?, legs.last()?);
    let mut services: Vec<u32> = legs.iter().map(|ride| ride.service).collect();
    services.sort_unstable();
    services.dedup();
    Some(Journey {
        at: first.at,
        from: first.from,
        to: last.destination(),
        services: u8::try_from(services.len()).unwrap_or(u8::MAX),
    })
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    const PAUSES: Pauses = Pauses { after_exit: 45 * Timestamp::MINUTE, after_entry: 90 * Timestamp::MINUTE };

    /// A day in words: `07.10 in a`, `07.30 out b`, `08.00 enter z`; places are letters, `?` is a vehicle; the service is
    /// the place's own unless one follows after `/`.
    fn day(text: &str) -> Vec<Sight> {
        let number = |place: &str| place.bytes().next().filter(|byte| *byte != b'?').map(u32::from);
        let sight = |line: &str| {
            let mut words = line.split_whitespace();
            let (time, kind, place) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
            let (hour, minute) = time.split_once('.').unwrap();
            let (place, service) = place.split_once('/').unwrap_or((place, place));
            let minutes = hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap();
            Sight {
                holder: 1,
                kind: match kind {
                    "in" => Kind::Board,
                    "out" => Kind::Alight,
                    "enter" => Kind::Enter,
                    "leave" => Kind::Leave,
                    _ => Kind::Other,
                },
                place: number(place),
                service: u32::from(service.as_bytes()[0]),
                at: minutes * Timestamp::MINUTE,
                people: 1,
                benefit: None,
            }
        };
        text.split(',').map(sight).collect()
    }

    /// `a>b` per journey, `*` after one of several services, then known/inferred/unknown rides.
    fn told(text: &str) -> String {
        let chained = chain(&day(text), PAUSES);
        let letter = |place: Option<u32>| place.map_or('?', |place| char::from_u32(place).unwrap());
        let journey = |one: &Journey| {
            let several = if one.services > 1 { "*" } else { "" };
            format!("{}>{}{several}", letter(one.from), letter(one.to))
        };
        let journeys: Vec<String> = chained.journeys.iter().map(journey).collect();
        format!("{} {}/{}/{}", journeys.join(" "), chained.known, chained.inferred, chained.unknown)
    }

    #[test]
    fn days_are_chained_as_the_table_says() {
        let table = [
            ("there and back, single taps", "07.00 in a, 17.00 in b", "a>b b>a 0/2/0"),
            ("both ends tapped", "07.00 in a, 07.40 out b, 17.00 in b, 17.40 out a", "a>b b>a 2/0/0"),
            ("a single tap alone says nothing", "07.00 in a", "a>? 0/0/1"),
            ("two taps at one place say nothing", "07.00 in a, 17.00 in a", "a>? a>? 0/0/2"),
            (
                "a change within the pause is one journey",
                "07.00 in a, 07.40 out b, 08.20 in c, 08.50 out d",
                "a>d* 2/0/0",
            ),
            (
                "a change after the pause is two",
                "07.00 in a, 07.40 out b, 08.26 in c, 08.50 out d",
                "a>b c>d 2/0/0",
            ),
            ("a single tap waits longer", "07.00 in a, 08.30 in b, 17.00 in c", "a>c* c>a 0/3/0"),
            ("and not for ever", "07.00 in a, 08.31 in b, 17.00 in c", "a>b b>c c>a 0/3/0"),
            ("the same service is one service", "07.00 in a/s, 07.30 in b/s, 17.00 in c/s", "a>c c>a 0/3/0"),
            (
                "a visit ends a journey",
                "07.00 in a, 07.50 enter z, 08.00 leave z, 08.10 in b",
                "a>z b>a 0/2/0",
            ),
            (
                "straight back is a journey of its own",
                "07.00 in a, 07.20 out b, 07.40 in b, 08.00 out a",
                "a>b b>a 2/0/0",
            ),
            ("a vehicle is nowhere", "07.00 in ?, 07.30 in b, 17.00 in c", "?>c* c>? 0/2/1"),
            ("what comes late is put in order", "17.00 in b, 07.00 in a", "a>b b>a 0/2/0"),
            ("out before in at one moment", "07.00 in a, 07.30 in b, 07.30 out b", "a>b b>a 1/1/0"),
            ("a tap-out alone is no ride", "07.30 out b, 17.00 in b, 17.30 out a", "b>a 1/0/0"),
            ("a counter is a place to have gone to", "07.00 in a, 08.00 at c, 09.00 in c", "a>c c>a 0/2/0"),
        ];
        for (what, taps, expected) in table {
            assert_eq!(told(taps), expected, "{what}: {taps}");
        }
    }
}
