//! Who is inside a place: from the tap-in to the tap-out, the next tap elsewhere, or the end of the service day.
//!
//! Pure and in memory: it is built again from the open day's sights. A tap-out that arrives before its tap-in waits for it.

use std::collections::HashMap;

use base::{Code, Timestamp};

/// A visit that has not ended.
#[derive(Clone, Copy, Debug)]
struct Visit {
    place: Code,
    /// The place it is a part of, or itself.
    root: Code,
    at: i64,
    people: i64,
}

/// A tap-out without its tap-in so far.
#[derive(Clone, Copy, Debug)]
struct Exit {
    place: Code,
    at: i64,
}

/// What became of visits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// People came in.
    Entered { place: Code, at: i64, people: i64 },
    /// People tapped out, after so long.
    Left { place: Code, at: i64, people: i64, stayed: i64 },
    /// The medium was seen elsewhere: when they left is not known.
    Moved { place: Code, at: i64, people: i64 },
}

/// A place with the place it is a part of.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    /// Its code.
    pub place: Code,
    /// The outermost place around it, or itself.
    pub root: Code,
}

/// The visits of one service day.
#[derive(Debug, Default)]
pub struct Stays {
    open: HashMap<u32, Vec<Visit>>,
    exits: HashMap<u32, Vec<Exit>>,
}

impl Stays {
    /// Somebody came in. Another place's visit is over; that of the place around this one goes on.
    pub fn enter(&mut self, holder: u32, site: Site, at: i64, people: i64, told: &mut impl FnMut(Change)) {
        self.seen(holder, Some(site), at, told);
        told(Change::Entered { place: site.place, at, people });
        let waiting = self.exits.entry(holder).or_default();
        let early = waiting.iter().enumerate().filter(|(_, exit)| exit.place == site.place && exit.at >= at);
        if let Some((index, exit)) = early.min_by_key(|(_, exit)| exit.at).map(|(index, exit)| (index, *exit))
        {
            waiting.swap_remove(index);
            told(Change::Left { place: site.place, at, people, stayed: exit.at - at });
            return;
        }
        let visit = Visit { place: site.place, root: site.root, at, people };
        self.open.entry(holder).or_default().push(visit);
    }

    /// Somebody tapped out. Whoever leaves a place leaves its parts too.
    pub fn leave(&mut self, holder: u32, site: Site, at: i64, told: &mut impl FnMut(Change)) {
        let open = self.open.entry(holder).or_default();
        let begun = |visit: &Visit| visit.place == site.place && visit.at <= at;
        let Some(index) = open.iter().rposition(begun) else {
            self.exits.entry(holder).or_default().push(Exit { place: site.place, at });
            return;
        };
        let visit = open.remove(index);
        let Visit { place, people, .. } = visit;
        told(Change::Left { place, at: visit.at, people, stayed: at - visit.at });
        if site.place == site.root {
            let parts = |visit: &Visit| visit.root == site.root && visit.at <= at;
            end(open, parts, told);
        }
    }

    /// Somebody was seen: visits elsewhere that had begun are over.
    pub fn seen(&mut self, holder: u32, site: Option<Site>, at: i64, told: &mut impl FnMut(Change)) {
        let Some(open) = self.open.get_mut(&holder) else { return };
        let elsewhere = |visit: &Visit| {
            let within = site.is_some_and(|site| site.root == visit.root && site.place != visit.place);
            visit.at < at && !within
        };
        end(open, elsewhere, told);
    }

    /// People inside by place; what is left at the end of the day never tapped out.
    pub fn inside(&self) -> HashMap<Code, i64> {
        let mut inside = HashMap::new();
        for visit in self.open.values().flatten() {
            *inside.entry(visit.place).or_insert(0) += visit.people;
        }
        inside
    }
}

fn end(open: &mut Vec<Visit>, which: impl Fn(&Visit) -> bool, told: &mut impl FnMut(Change)) {
    open.retain(|visit| {
        let over = which(visit);
        if over {
            told(Change::Moved { place: visit.place, at: visit.at, people: visit.people });
        }
        !over
    });
}

/// Steps of the histogram of stays, in minutes: fine enough for a median in minutes.
pub const STEP_MINUTES: i64 = 5;

/// The step of a stay: its first minute. A stay of more than a day is counted as one.
pub fn step(stayed: i64) -> i64 {
    let minutes = (stayed / Timestamp::MINUTE).clamp(0, 24 * 60 - 1);
    minutes / STEP_MINUTES * STEP_MINUTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(text: &str) -> Site {
        let root = text.split('.').next().unwrap();
        Site { place: Code::parse(text).unwrap(), root: Code::parse(root).unwrap() }
    }

    /// `10 in zoo 3`, `12 out zoo`, `13 seen bus`: what is told, then who is inside.
    fn told(text: &str) -> String {
        let (mut stays, mut said) = (Stays::default(), Vec::new());
        for line in text.split(',') {
            let words: Vec<&str> = line.split_whitespace().collect();
            let at = words[0].parse::<i64>().unwrap() * Timestamp::HOUR;
            let mut tell = |change: Change| {
                said.push(match change {
                    Change::Entered { place, people, .. } => format!("+{people} {place}"),
                    Change::Left { place, people, stayed, .. } => {
                        format!("-{people} {place} {}h", stayed / Timestamp::HOUR)
                    }
                    Change::Moved { place, people, .. } => format!("~{people} {place}"),
                });
            };
            let people = words.get(3).map_or(1, |people| people.parse().unwrap());
            match words[1] {
                "in" => stays.enter(1, site(words[2]), at, people, &mut tell),
                "out" => stays.leave(1, site(words[2]), at, &mut tell),
                _ => stays.seen(1, Some(site(words[2])), at, &mut tell),
            }
        }
        let mut inside: Vec<String> =
            stays.inside().iter().map(|(place, people)| format!("{people} in {place}")).collect();
        inside.sort();
        said.extend(inside);
        said.join(", ")
    }

    #[test]
    fn visits_end_as_the_table_says() {
        let table = [
            ("a family in and out", "9 in zoo 3, 12 out zoo", "+3 zoo, -3 zoo 3h"),
            ("no tap-out", "9 in zoo", "+1 zoo, 1 in zoo"),
            ("seen elsewhere", "9 in zoo, 15 seen bus", "+1 zoo, ~1 zoo"),
            ("into another place", "9 in zoo, 15 in fort", "+1 zoo, ~1 zoo, +1 fort, 1 in fort"),
            (
                "a part of the place",
                "9 in zoo, 10 in zoo.apes",
                "+1 zoo, +1 zoo.apes, 1 in zoo, 1 in zoo.apes",
            ),
            (
                "out of the whole place",
                "9 in zoo, 10 in zoo.apes, 12 out zoo",
                "+1 zoo, +1 zoo.apes, -1 zoo 3h, ~1 zoo.apes",
            ),
            ("out before in", "12 out zoo, 9 in zoo 2", "+2 zoo, -2 zoo 3h"),
            ("out without in", "12 out zoo", ""),
            ("in again without out", "9 in zoo, 11 in zoo, 12 out zoo", "+1 zoo, ~1 zoo, +1 zoo, -1 zoo 1h"),
            ("an older tap ends nothing", "9 in zoo, 8 seen bus", "+1 zoo, 1 in zoo"),
        ];
        for (what, taps, expected) in table {
            assert_eq!(told(taps), expected, "{what}");
        }
    }

    #[test]
    fn stays_are_counted_by_steps_of_minutes() {
        assert_eq!([0, 4, 5, 61].map(|minutes| step(minutes * Timestamp::MINUTE)), [0, 0, 5, 60]);
        assert_eq!(step(30 * Timestamp::HOUR), 24 * 60 - STEP_MINUTES);
    }
}
