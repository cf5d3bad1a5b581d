//! Ways through the city: the rides that lead from home to work or school, each with where it begins and ends.

use base::{RegionCode, RegionLevel};
use programmes::service::content::Mode;

use super::chance::Chance;
use super::stops::{Stop, Stops};

/// One ride.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leg {
    /// Index of the stop or line where it begins.
    pub from: usize,
    /// Index of the one where it ends.
    pub to: usize,
    /// How long it takes, minutes.
    pub minutes: i64,
    /// Metres, where the terminal knows them: of services whose stops are not told apart.
    pub metres: Option<u32>,
}

impl Leg {
    const fn back(&self) -> Self {
        Self { from: self.to, to: self.from, minutes: self.minutes, metres: self.metres }
    }
}

/// The way home: the rides backwards.
pub(super) fn back(way: &[Leg]) -> Vec<Leg> {
    way.iter().rev().map(Leg::back).collect()
}

/// How people travel, with how many of a hundred do. Assumed.
const KINDS: [(Kind, u64); 8] = [
    (Kind::Busway, 34),
    (Kind::Train, 22),
    (Kind::VanAndBusway, 19),
    (Kind::VanOnly, 6),
    (Kind::BusAndBusway, 6),
    (Kind::TrainAndBusway, 9),
    (Kind::Distance, 3),
    (Kind::Premium, 1),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One ride from stop to stop of the busway.
    Busway,
    /// One ride from station to station.
    Train,
    /// A van, then the busway.
    VanAndBusway,
    /// A van and nothing else.
    VanOnly,
    /// A bus that has gates of its own, then the busway.
    BusAndBusway,
    /// A train, then the busway, or the other way round.
    TrainAndBusway,
    /// A train whose fare is by distance.
    Distance,
    /// A bus with one price that no benefit covers.
    Premium,
}

/// A way from home, to a school if it is said where.
pub(super) fn way(
    stops: &Stops,
    chance: &mut Chance,
    home: RegionCode,
    school: Option<RegionCode>,
) -> Vec<Leg> {
    let weights = KINDS.map(|(_, weight)| weight);
    let kind = KINDS.get(chance.weighted(&weights)).map_or(Kind::Busway, |(kind, _)| *kind);
    // Children go by busway and van.
    let kind = match kind {
        Kind::Train | Kind::Busway | Kind::VanAndBusway | Kind::VanOnly => kind,
        _ if school.is_some() => Kind::VanAndBusway,
        other => other,
    };
    let draw = Draw { stops, home, goal: school };
    draw.legs(chance, kind).unwrap_or_default()
}

struct Draw<'s> {
    stops: &'s Stops,
    home: RegionCode,
    goal: Option<RegionCode>,
}

/// How much likelier a stop of the same district, and of the same city, is as the one to begin or end at.
const DISTRICT_WEIGHT: u64 = 30;
const CITY_WEIGHT: u64 = 6;

impl Draw<'_> {
    fn legs(&self, chance: &mut Chance, kind: Kind) -> Option<Vec<Leg>> {
        let busway = |stop: &Stop| stop.mode == Mode::Brt;
        Some(match kind {
            Kind::Busway => vec![self.ride(chance, busway)?],
            Kind::Train => {
                let own = self.near(chance, Some(self.home), |stop| self.is_train(stop), None)?;
                vec![self.ride_from(chance, own)?]
            }
            Kind::VanOnly => vec![self.van(chance)?],
            Kind::VanAndBusway => vec![self.van(chance)?, self.ride(chance, busway)?],
            Kind::BusAndBusway => {
                let bus = |stop: &Stop| stop.mode == Mode::Feeder && self.stops.is_gated(stop.service);
                vec![self.on_line(chance, bus, (10, 25))?, self.ride(chance, busway)?]
            }
            Kind::TrainAndBusway => self.two_modes(chance)?,
            Kind::Distance => {
                let line = self.find(chance, |stop| self.stops.by_distance(stop.service))?;
                let metres = u32::try_from(chance.between(8, 48)).unwrap_or(20) * 1_000;
                vec![Leg { from: line, to: line, minutes: i64::from(metres / 700), metres: Some(metres) }]
            }
            Kind::Premium => {
                let premium = |stop: &Stop| {
                    stop.mode == Mode::Feeder
                        && !self.stops.is_gated(stop.service)
                        && stop.place == stop.service
                };
                vec![self.on_line(chance, premium, (40, 70))?]
            }
        })
    }

    /// A station that is told apart from the others of its service.
    fn is_train(&self, stop: &Stop) -> bool {
        stop.mode == Mode::Rail && stop.place != stop.service
    }

    fn ride(&self, chance: &mut Chance, wanted: impl Fn(&Stop) -> bool) -> Option<Leg> {
        let from = self.near(chance, Some(self.home), wanted, None)?;
        self.ride_from(chance, from)
    }

    /// From a stop to another one of its service.
    fn ride_from(&self, chance: &mut Chance, from: usize) -> Option<Leg> {
        let service = self.stops.get(from)?.service;
        let to = self.near(chance, self.goal, |stop| stop.service == service, Some(from))?;
        Some(Leg { from, to, minutes: chance.between(12, 45), metres: None })
    }

    fn van(&self, chance: &mut Chance) -> Option<Leg> {
        let van = |stop: &Stop| stop.mode == Mode::Feeder && stop.place != stop.service;
        let line = self.near(chance, Some(self.home), van, None)?;
        Some(Leg { from: line, to: line, minutes: chance.between(8, 20), metres: None })
    }

    fn on_line(
        &self,
        chance: &mut Chance,
        wanted: impl Fn(&Stop) -> bool,
        (least, greatest): (i64, i64),
    ) -> Option<Leg> {
        let line = self.find(chance, wanted)?;
        Some(Leg { from: line, to: line, minutes: chance.between(least, greatest), metres: None })
    }

    /// A ride to where another service can be reached on foot, and one with that. In the same district means on foot.
    fn two_modes(&self, chance: &mut Chance) -> Option<Vec<Leg>> {
        let (all, district) = (self.stops.all(), |stop: &Stop| stop.region.at(RegionLevel::District));
        let mut changes = Vec::new();
        for (one, train) in all.iter().enumerate().filter(|(_, stop)| self.is_train(stop)) {
            for (other, busway) in all.iter().enumerate().filter(|(_, stop)| stop.mode == Mode::Brt) {
                if district(train).is_some() && district(train) == district(busway) {
                    changes.push((one, other));
                }
            }
        }
        let (train, busway) = chance.pick(&changes).copied()?;
        let (arrive, leave) = if chance.permille(500) { (train, busway) } else { (busway, train) };
        let service = self.stops.get(arrive)?.service;
        let from = self.near(chance, Some(self.home), |stop| stop.service == service, Some(arrive))?;
        let first = Leg { from, to: arrive, minutes: chance.between(10, 30), metres: None };
        Some(vec![first, self.ride_from(chance, leave)?])
    }

    fn find(&self, chance: &mut Chance, wanted: impl Fn(&Stop) -> bool) -> Option<usize> {
        self.near(chance, None, wanted, None)
    }

    /// A stop, likelier one near a region.
    fn near(
        &self,
        chance: &mut Chance,
        region: Option<RegionCode>,
        wanted: impl Fn(&Stop) -> bool,
        except: Option<usize>,
    ) -> Option<usize> {
        let weight = |(index, stop): (usize, &Stop)| {
            if !wanted(stop) || except == Some(index) {
                return 0;
            }
            let same = |level| region.is_some_and(|region| region.at(level) == stop.region.at(level));
            match (same(RegionLevel::District), same(RegionLevel::City)) {
                (true, _) => DISTRICT_WEIGHT,
                (false, true) => CITY_WEIGHT,
                (false, false) => 1,
            }
        };
        let weights: Vec<u64> = self.stops.all().iter().enumerate().map(weight).collect();
        (weights.iter().sum::<u64>() > 0).then(|| chance.weighted(&weights))
    }
}
