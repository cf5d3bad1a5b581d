//! What goes wrong on any day, some times each: cards nobody issued, terminals set up wrongly, gates opened by hand, baskets
//! that may not be bought. So that whoever looks finds every refusal that people, terminals and shops can cause.

use base::{Code, MediumSerial, Timestamp};
use engine::{Member, Part, Refusal};
use programmes::service::content::Mode;

use super::agenda::Act;
use super::people::{Resident, Standing};
use super::planner::Planner;
use super::stops::Stop;
use super::trips::{Asks, Step, Trip};

/// Each mishap happens so often a day, of a hundred thousand residents; at least once.
const MISHAPS: usize = 8;

/// A serial that is never given out.
pub(super) const NEVER_ISSUED: u32 = 33_000_000;

/// A terminal without network, from and until when, and how much later it sends what it kept.
const OUTAGES: [(i64, i64); 2] = [(7, 9), (16, 19)];
const BACKLOG_AFTER: i64 = 5 * Timestamp::MINUTE;

/// It sends in so many parts, one a minute, beside what happens now: all at once would look like a rush.
const BACKLOG_PARTS: usize = 20;

/// A terminal that was forgotten in a depot sends after so many days.
const FORGOTTEN_DAYS: i64 = 9;

impl Planner<'_> {
    /// Terminals without network, one whose clock is wrong, one that is forgotten.
    pub fn outage(&mut self) {
        let late = self.chance.index(OUTAGES.len());
        let (from, until) = OUTAGES.get(late).copied().unwrap_or((7, 9));
        let lasts = self.at(from, 0)..self.at(until, 0);
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(step) = self.step(self.at(from, 40), stop, Part::In, Asks::AsNeeded)
        {
            self.network.outage(step.device, lasts.clone());
            self.delivers(step.device, lasts.end.plus(BACKLOG_AFTER));
            self.blocked_card(step);
        }
        let van = |stop: &Stop| stop.mode == Mode::Feeder && stop.place != stop.service;
        let hours = [(6, Some(2 * Timestamp::HOUR)), (15, None)];
        for (hour, ahead) in hours {
            let Some(stop) = self.any_stop(van) else { return };
            let Some(step) = self.step(self.at(hour, 20), stop, Part::Single, Asks::Never) else { return };
            let lasts = self.at(hour, 0)..self.at(hour, 45);
            match ahead {
                Some(ahead) => self.network.wrong_clock(step.device, lasts, ahead),
                None => {
                    self.network.outage(step.device, lasts.clone());
                    let sends = lasts.end.plus(FORGOTTEN_DAYS * Timestamp::DAY);
                    self.delivers(step.device, sends);
                }
            }
            self.somebody(vec![step]);
        }
    }

    fn delivers(&mut self, device: usize, from: Timestamp) {
        let minutes = (0..).map(|minute| from.plus(minute * Timestamp::MINUTE));
        let parts = (1..=BACKLOG_PARTS).rev();
        self.acts.extend(minutes.zip(parts).map(|(at, parts)| (at, Act::Deliver(device, parts))));
    }

    /// A blocked card passes a gate that cannot know.
    fn blocked_card(&mut self, step: Step) {
        let blocked = |one: &&Resident| {
            one.media.first().is_some_and(|chip| chip.blocked.is_some() && chip.standing == Standing::Blocked)
        };
        let all: Vec<(u32, MediumSerial)> = self
            .city
            .residents
            .iter()
            .filter(blocked)
            .filter_map(|one| Some((one.index, one.media.first()?.serial)))
            .collect();
        if let Some((resident, serial)) = self.chance.pick(&all).copied() {
            let out = self.step(step.at.plus(20 * Timestamp::MINUTE), step.stop, Part::Out, Asks::Never);
            let steps = [Some(step), out].into_iter().flatten().collect();
            self.go(Trip::new(resident, 0, steps).with(serial));
        }
    }

    /// Everything else.
    pub fn mishaps(&mut self) {
        for _ in 0..self.some(MISHAPS) {
            self.at_gates();
            self.at_sights();
            self.at_tills();
            self.at_food_shops();
            self.at_banks();
        }
        self.groups();
        if !self.working {
            self.twice();
        }
    }

    /// Somebody who does not travel today, with a card that works.
    pub fn bystander(&mut self, wanted: impl Fn(&Resident) -> bool) -> Option<u32> {
        let fits = |one: &&Resident| {
            one.habits.commute_permille == 0
                && wanted(one)
                && one.media.first().is_some_and(|chip| chip.standing == Standing::Usable)
        };
        let all: Vec<u32> = self.city.residents.iter().filter(fits).map(|one| one.index).collect();
        self.chance.pick(&all).copied()
    }

    fn somebody(&mut self, steps: Vec<Step>) {
        if let Some(resident) = self.bystander(|_| true) {
            self.go(Trip::new(resident, 0, steps));
        }
    }

    pub fn some_time(&mut self, from: i64, to: i64) -> Timestamp {
        self.date.midnight().plus(self.chance.between(from * 3_600, to * 3_600) * Timestamp::SECOND)
    }

    fn at_gates(&mut self) {
        let at = self.some_time(10, 15);
        let later = at.plus(20 * Timestamp::MINUTE);
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(step) = self.step(at, stop, Part::In, Asks::Always(None))
            && let Some(resident) = self.bystander(|_| true)
        {
            let serial =
                MediumSerial(NEVER_ISSUED + u32::try_from(self.chance.below(100_000)).unwrap_or_default());
            self.go(Trip::new(resident, 0, vec![step]).with(serial));
        }
        // A terminal that was set up for a stop the city has not published.
        let new_stop = Code::parse("tj.uji_coba").ok();
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Brt)
            && let Some(place) = new_stop
        {
            for (at, asks) in [(at, Asks::Always(Some(Refusal::PlaceUnknown))), (later, Asks::Never)] {
                let step = self.step(at, stop, Part::Single, asks);
                self.somebody(step.map(|step| Step { place, ..step }).into_iter().collect());
            }
        }
        // Somebody climbs over on the way in, somebody turns round.
        if let Some(stop) = self.any_stop(|stop| stop.mode == Mode::Rail && stop.place != stop.service) {
            let out = self.step(at, stop, Part::Out, Asks::Never);
            self.somebody(out.into_iter().collect());
            let both = [
                self.step(at, stop, Part::In, Asks::AsNeeded),
                self.step(later, stop, Part::Out, Asks::Never),
            ];
            self.somebody(both.into_iter().flatten().collect());
        }
    }

    fn at_sights(&mut self) {
        let with_hours = |stop: &Stop| {
            stop.mode == Mode::Attraction && stop.capacity.is_none() && stop.opening.opens.hour() >= 6
        };
        let date = self.date;
        let stops = self.city.stops.clone();
        if let Some(sight) = self.any_stop(|stop| with_hours(stop) && stops.is_priced(stop.service, date))
            && let Some(stop) = self.city.stops.get(sight).cloned()
        {
            let before = stop.hours(date).0.plus(-Timestamp::HOUR);
            for (at, asks) in [
                (before, Asks::Always(Some(Refusal::PlaceClosed))),
                (before.plus(10 * Timestamp::MINUTE), Asks::Never),
            ] {
                let step = self.step(at, sight, Part::In, asks);
                self.somebody(step.into_iter().collect());
            }
            let noon = self.at(11, 0);
            self.odd_parties(sight, &stop, noon);
        }
        // A sight without a price.
        if let Some(sight) = self.any_stop(|stop| with_hours(stop) && !stops.is_priced(stop.service, date)) {
            let noon = self.at(12, 0);
            for asks in [Asks::Always(None), Asks::Never] {
                let step = self.step(noon, sight, Part::In, asks);
                self.somebody(step.into_iter().collect());
            }
        }
    }

    /// Parties that cannot be: without the holder, and too many.
    fn odd_parties(&mut self, sight: usize, stop: &Stop, at: Timestamp) {
        let Some(resident) = self.bystander(|_| true) else { return };
        let Some(own) = self.city.residents.get(resident as usize).map(|one| one.category) else { return };
        let others = self.city.residents.iter().map(|one| one.category).find(|category| *category != own);
        let Some(other) = others else { return };
        let many = stop.party_max + 5;
        for (party, asks) in [
            (Member { category: other, count: 2 }, Asks::Always(Some(Refusal::PartyInvalid))),
            (Member { category: other, count: 2 }, Asks::Never),
            (Member { category: own, count: many }, Asks::Always(Some(Refusal::PartyTooLarge))),
        ] {
            let step = self.step(at, sight, Part::In, asks).map(|step| Step { party: vec![party], ..step });
            self.go(Trip::new(resident, 0, step.into_iter().collect()));
        }
    }

    /// Groups at a small place: the first makes it crowded, the second finds it full, the third is let in by hand.
    fn groups(&mut self) {
        let Some(sight) = self.any_stop(|stop| stop.capacity.is_some_and(|(soft, _)| soft < 1_000)) else {
            return;
        };
        let Some(stop) = self.city.stops.get(sight).cloned() else { return };
        let Some((soft, hard)) = stop.capacity else { return };
        let first = self.at(10, 0);
        let groups = [(soft + 2, Asks::Always(None)), (hard - soft, Asks::Busy), (hard - soft, Asks::Never)];
        for (turn, (people, asks)) in (0..).zip(groups) {
            let at = first.plus(turn * 15 * Timestamp::MINUTE);
            let Some(leader) = self.bystander(|one| one.habits.errand_permille < 100) else { return };
            let Some(category) = self.city.residents.get(leader as usize).map(|one| one.category) else {
                return;
            };
            let count = u16::try_from(people).unwrap_or(1).min(stop.party_max);
            let one = self.city.stops.price(stop.service, category, at).unwrap_or_default();
            let money = one.0 * u64::from(count);
            self.acts.push((at.plus(-Timestamp::HOUR), Act::TopUp(leader, money)));
            let party = vec![Member { category, count }];
            let enters = self.step(at, sight, Part::In, asks).map(|step| Step { party, ..step });
            let leaves = self.step(at.plus(Timestamp::HOUR), sight, Part::Out, Asks::Never);
            self.go(Trip::new(leader, 0, [enters, leaves].into_iter().flatten().collect()));
        }
    }

    /// Some go twice where once a month is free, and find the gate open.
    fn twice(&mut self) {
        for _ in 0..10 {
            let counted = self.city.counted_visits.clone();
            let holds = |one: &Resident| {
                one.rights.iter().any(|right| counted.iter().any(|(code, _)| *code == right.benefit))
            };
            let Some(resident) = self.bystander(holds) else { return };
            let Some(person) = self.city.residents.get(resident as usize) else { return };
            let service = counted
                .iter()
                .find(|(code, _)| person.rights.iter().any(|right| right.benefit == *code))
                .map(|(_, service)| *service);
            let Some(sight) = self.any_stop(|stop| Some(stop.service) == service) else { return };
            let visits = [(9, Asks::Always(None)), (15, Asks::Never)];
            for (hour, asks) in visits {
                let at = self.at(hour, 10);
                let enters = self.step(at, sight, Part::In, asks);
                let leaves = self.step(at.plus(2 * Timestamp::HOUR), sight, Part::Out, Asks::Never);
                self.go(Trip::new(resident, 0, [enters, leaves].into_iter().flatten().collect()));
            }
        }
    }
}
