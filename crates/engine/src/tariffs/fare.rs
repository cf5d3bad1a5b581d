//! What one ride costs by its own tariff, before transfers, caps and packages. Pure.

use base::{Code, Timestamp};

use crate::{Amount, FareRule, TariffDefinition};

/// How a ride came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// One tap is all there is.
    Single,
    /// Tap-in and tap-out.
    Whole,
    /// No tap-out came.
    ExitMissing,
    /// No tap-in came.
    EntryMissing,
    /// It goes on.
    Open,
}

/// The facts of one ride, as far as its tariff asks for them.
#[derive(Clone, Copy, Debug)]
pub struct Ride<'a> {
    /// Its tap-in; where that is missing, its tap-out.
    pub begun: Timestamp,
    /// Its tap-out.
    pub ended: Option<Timestamp>,
    /// The stop where it began, where it is known.
    pub from: Option<&'a Code>,
    /// The stop where it ended, where it is known.
    pub to: Option<&'a Code>,
    /// Metres travelled, where they are known.
    pub metres: Option<u32>,
    /// How it ended.
    pub ending: Ending,
    /// Rider category.
    pub category: &'a Code,
}

impl TariffDefinition {
    /// The price of a ride with the rule that set it: the first that applies, in the order of
    /// [`crate::TariffRules`].
    #[must_use]
    pub fn fare(&self, ride: &Ride<'_>) -> (Amount, FareRule) {
        let rules = &self.rules;
        if ride.ending == Ending::Open {
            return (Amount::ZERO, FareRule::Begun);
        }
        if let Some(price) = self.overridden(ride.begun) {
            return (price, FareRule::Override);
        }
        match ride.ending {
            Ending::ExitMissing => return (self.missing(ride), FareRule::ExitMissing),
            Ending::EntryMissing => return (self.missing(ride), FareRule::EntryMissing),
            Ending::Single | Ending::Whole | Ending::Open => {}
        }
        let stay = ride.ended.map_or(0, |ended| ended.since(ride.begun));
        if let Some(overstay) = &rules.overstay
            && stay > overstay.stay_max
        {
            return (overstay.price, FareRule::Overstay);
        }
        if let Some(same) = &rules.same_stop
            && ride.from.is_some()
            && ride.from == ride.to
        {
            let price = if stay > same.stay_max { same.after } else { same.price };
            return (price, FareRule::SameStop);
        }
        if let Some(matrix) = &rules.matrix {
            let fare = ride.from.zip(ride.to).and_then(|(from, to)| matrix.fare(from, to));
            return (fare.unwrap_or_else(|| self.highest()), FareRule::Matrix);
        }
        if let Some(by) = &rules.distance {
            let steps = ride
                .metres
                .map(|metres| metres.saturating_sub(by.base_metres).div_ceil(by.step_metres.max(1)));
            let price =
                steps.map(|steps| Amount(self.price.0 + by.step_price.0.saturating_mul(u64::from(steps))));
            return (price.unwrap_or_else(|| self.highest()), FareRule::Distance);
        }
        self.at(ride.begun, ride.category)
    }

    /// The price by time of day and rider category, for rides and visits that have no other rule.
    #[must_use]
    pub fn at(&self, at: Timestamp, category: &Code) -> (Amount, FareRule) {
        if let Some(price) = self.overridden(at) {
            return (price, FareRule::Override);
        }
        let time = at.jakarta_time();
        if let Some(band) = self.rules.bands.iter().find(|band| band.from <= time && time < band.until) {
            return (band.price, FareRule::Band);
        }
        match self.rules.categories.iter().find(|one| one.category == *category) {
            Some(one) => (one.price, FareRule::Category),
            None => (self.price, FareRule::Flat),
        }
    }

    /// The least a ride that begins now can cost: what the purse must hold at a tap-in.
    #[must_use]
    pub fn least(&self, at: Timestamp, category: &Code) -> Amount {
        match (&self.rules.matrix, self.overridden(at)) {
            (Some(matrix), None) => matrix.least(),
            _ => self.at(at, category).0,
        }
    }

    /// Whether people tap in and out, so that a ride is priced at its end.
    #[must_use]
    pub const fn is_gated(&self) -> bool {
        self.rules.missing_exit.is_some()
    }

    /// What is charged where an end is missing: where the price depends on neither end, no more than that price.
    fn missing(&self, ride: &Ride<'_>) -> Amount {
        let by_ends = self.rules.matrix.is_some() || self.rules.distance.is_some();
        if by_ends { self.highest() } else { self.highest().min(self.at(ride.begun, ride.category).0) }
    }

    /// What is charged where the stops or the kilometres cannot be told.
    fn highest(&self) -> Amount {
        let matrix = self.rules.matrix.as_ref().and_then(|matrix| matrix.fares.iter().copied().max());
        self.rules.missing_exit.or(matrix).unwrap_or(self.price)
    }

    fn overridden(&self, at: Timestamp) -> Option<Amount> {
        if self.rules.overrides.is_empty() {
            return None;
        }
        let date = at.jakarta_date();
        let found = self.rules.overrides.iter().find(|one| (one.from..=one.to).contains(&date));
        found.map(|one| one.price)
    }

    /// Every price the definition names.
    pub fn prices(&self) -> impl Iterator<Item = Amount> {
        let rules = &self.rules;
        let single = [
            Some(self.price),
            rules.missing_exit,
            rules.cap_day,
            rules.overstay.map(|one| one.price),
            rules.same_stop.map(|one| one.price.max(one.after)),
            rules.distance.map(|one| one.step_price),
        ];
        let bands = rules.bands.iter().map(|one| one.price);
        let categories = rules.categories.iter().map(|one| one.price);
        let overrides = rules.overrides.iter().map(|one| one.price);
        let fares = rules.matrix.iter().flat_map(|matrix| matrix.fares.iter().copied());
        single.into_iter().flatten().chain(bands).chain(categories).chain(overrides).chain(fares)
    }
}
