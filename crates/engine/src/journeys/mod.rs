//! Taps within the re-rate horizon, by the service day (04:00 to 04:00 in Jakarta) of the terminal's clock, and what a day
//! of them costs.
//!
//! They are the only part of the state that knows where somebody was. A day leaves the state when the horizon has passed
//! its date; from then on its key may be destroyed, and a replay without the key gives the same state.

mod legs;
mod rating;
mod traces;

use std::collections::{BTreeMap, BTreeSet};

use base::{CivilDate, MediumSerial, Timestamp};
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::snapshot::{Rows, Table, misplaced};
use crate::{Amount, FareRule, Member, Part, Position, Rerated};

pub use legs::{Leg, Point, legs};
pub(crate) use traces::Traces;

pub use rating::{Rate, Rated, Terms, order, rate_day, rate_visit};

/// What one tap costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct Figures {
    /// What the tariff asks.
    #[n(0)]
    pub full: Amount,
    /// What the holder is asked.
    #[n(1)]
    pub charged: Amount,
    /// Of the rest, what the benefit's budget pays.
    #[n(2)]
    pub funded: Amount,
    /// Which rule of the tariff set the full price.
    #[n(3)]
    pub fare: FareRule,
    /// Index of the benefit that set the price.
    #[n(4)]
    pub benefit: Option<u32>,
}

impl Figures {
    /// What the tariff asks and nobody pays.
    #[must_use]
    pub const fn forgone(&self) -> Amount {
        self.full.less(self.charged).less(self.funded)
    }
}

/// One tap.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Trace {
    /// Where it is recorded.
    #[n(0)]
    pub position: Position,
    /// Index of the holder.
    #[n(1)]
    pub holder: u32,
    /// The medium.
    #[n(2)]
    pub medium: MediumSerial,
    /// Index of the place.
    #[n(3)]
    pub place: u32,
    /// By the terminal's clock.
    #[n(4)]
    pub device_at: Timestamp,
    /// What it costs now.
    #[n(5)]
    pub figures: Figures,
    /// Which end of a journey or visit.
    #[n(6)]
    pub part: Part,
    /// Metres travelled.
    #[n(7)]
    pub metres: Option<u32>,
    /// Benefit whose quota it took one of.
    #[n(8)]
    pub quota: Option<u32>,
    /// Everybody on the medium; none for the holder alone.
    #[n(9)]
    pub party: Option<Box<Vec<Member>>>,
}

impl Trace {
    /// People on the medium.
    #[must_use]
    pub fn people(&self) -> u32 {
        self.party.as_ref().map_or(1, |party| people(party))
    }
}

/// People of a party; one where nobody is named.
#[must_use]
pub fn people(party: &[Member]) -> u32 {
    if party.is_empty() { 1 } else { party.iter().map(|member| u32::from(member.count)).sum() }
}

/// One service day.
#[derive(Clone, Debug, Default)]
pub struct Day {
    taps: Traces,
    /// For each holder, one more than the index of the newest tap; 0 where there is none.
    newest: Vec<u32>,
    /// People inside, by index of the place.
    inside: BTreeMap<u32, u32>,
    /// Holders below this index have been looked at after the end of the day.
    closed_below: u32,
    /// Holders whose day is rated with grants from their first day.
    repriced: BTreeSet<u32>,
    /// Whether a journey began that may lack its tap-out.
    begun: bool,
}

impl Day {
    /// A holder's taps, the one that arrived last first.
    pub fn of(&self, holder: u32) -> impl Iterator<Item = &Trace> {
        self.taps.chain(self.newest(holder))
    }

    /// One more than the index of a holder's newest tap; 0 where there is none.
    fn newest(&self, holder: u32) -> u32 {
        self.newest.get(holder as usize).copied().unwrap_or(0)
    }

    /// Reads ahead the taps of some holders, side by side, a few of each. Decides nothing; answers a figure that depends
    /// on what was read, so that the reads are made.
    #[must_use]
    pub fn glance(&self, holders: impl Iterator<Item = u32>) -> u64 {
        let mut heads: Vec<u32> = holders.map(|holder| self.newest(holder)).collect();
        let mut seen = 0;
        for _ in 0..GLANCED_AT {
            for head in &mut heads {
                let (previous, tap) = self.taps.step(*head);
                seen ^= tap;
                *head = previous;
            }
        }
        seen
    }

    /// People inside a place.
    #[must_use]
    pub fn inside(&self, place: u32) -> u32 {
        self.inside.get(&place).copied().unwrap_or(0)
    }

    /// Whether a holder's day is rated with grants from their first day.
    #[must_use]
    pub fn is_repriced(&self, holder: u32) -> bool {
        self.repriced.contains(&holder)
    }

    /// Holders with taps from the first not yet looked at on, at most so many, and where to go on; none when the day is
    /// through.
    #[must_use]
    pub fn to_close(&self, most: usize) -> Option<(Vec<u32>, u32)> {
        let first = self.closed_below as usize;
        if first >= self.newest.len() {
            return None;
        }
        let (mut found, mut next) = (Vec::new(), first);
        for newest in self.newest.iter().skip(first).take(SCANNED_MAX) {
            if found.len() >= most {
                break;
            }
            if *newest != 0 {
                found.push(u32::try_from(next).unwrap_or(u32::MAX));
            }
            next += 1;
        }
        Some((found, u32::try_from(next).unwrap_or(u32::MAX)))
    }

    /// What decides from here on, in a fixed order: for the digest.
    pub(crate) fn parts(&self) -> (&Traces, &BTreeMap<u32, u32>, u32, &BTreeSet<u32>) {
        (&self.taps, &self.inside, self.closed_below, &self.repriced)
    }

    fn keep<E>(&self, table: Table, date: CivilDate, out: &mut Rows<'_, E>) -> Result<(), E> {
        // Where each holder's newest tap stands comes with the taps.
        let Self { taps, newest: _, inside, closed_below, repriced, begun } = self;
        match table {
            Table::Days => out.row(table, (date, closed_below, begun)),
            Table::Taps => out.all(table, taps.iter().map(|tap| (date, tap))),
            Table::Inside => out.all(table, inside.iter().map(|(place, people)| (date, place, people))),
            _ => out.all(table, repriced.iter().map(|holder| (date, holder))),
        }
    }

    fn record(&mut self, tap: Trace) {
        self.begun |= tap.figures.fare == FareRule::Begun;
        let holder = tap.holder as usize;
        if self.newest.len() <= holder {
            self.newest.resize(holder + 1, 0);
        }
        if let Some(newest) = self.newest.get_mut(holder) {
            *newest = self.taps.push(tap, *newest);
        }
    }

    fn rerate(&mut self, rerated: &Rerated) -> bool {
        let figures = Figures {
            full: rerated.full,
            charged: rerated.charged,
            funded: rerated.funded,
            fare: rerated.fare,
            benefit: rerated.benefit,
        };
        self.taps.set(self.newest(rerated.holder), rerated.tap, figures)
    }
}

/// Taps of a holder that are read ahead.
const GLANCED_AT: usize = 6;

/// The most holders one tick looks at, with taps or without.
const SCANNED_MAX: usize = 1 << 16;

/// Taps by service day.
#[derive(Clone, Debug, Default)]
pub struct Journeys {
    days: BTreeMap<CivilDate, Day>,
}

impl Journeys {
    /// All days, oldest first.
    pub fn days(&self) -> impl Iterator<Item = (&CivilDate, &Day)> {
        self.days.iter()
    }

    /// One day.
    #[must_use]
    pub fn day(&self, day: CivilDate) -> Option<&Day> {
        self.days.get(&day)
    }

    /// A holder's taps within the horizon, oldest first.
    #[must_use]
    pub fn of(&self, holder: u32) -> Vec<Trace> {
        let mut taps: Vec<Trace> = self.days.values().flat_map(|day| day.of(holder)).cloned().collect();
        taps.sort_by_key(|tap| (tap.device_at, tap.position));
        taps
    }

    /// The first day that has ended at an instant, had journeys begin, and still has holders to look at.
    #[must_use]
    pub fn ended(&self, at: Timestamp) -> Option<(CivilDate, &Day)> {
        let today = at.service_day();
        let mut ended = self.days.range(..today);
        ended
            .find(|(_, day)| day.begun && (day.closed_below as usize) < day.newest.len())
            .map(|(date, day)| (*date, day))
    }

    pub(crate) fn record(&mut self, tap: Trace) {
        self.days.entry(tap.device_at.service_day()).or_default().record(tap);
    }

    /// Counts people into a place, or out of it.
    pub(crate) fn count(&mut self, at: Timestamp, place: u32, people: u32, in_or_out: Part) {
        let inside = self.days.entry(at.service_day()).or_default().inside.entry(place).or_insert(0);
        *inside = match in_or_out {
            Part::Out => inside.saturating_sub(people),
            Part::In | Part::Single => inside.saturating_add(people),
        };
    }

    /// Sets what a tap came to cost. A tap whose movement can no longer be read is not here, and nothing depends on it.
    pub(crate) fn rerate(&mut self, rerated: &Rerated) {
        let _ = self.days.values_mut().rev().any(|day| day.rerate(rerated));
    }

    pub(crate) fn close(&mut self, day: CivilDate, below: u32) {
        if let Some(day) = self.days.get_mut(&day) {
            day.closed_below = below;
        }
    }

    pub(crate) fn reprice(&mut self, holder: u32, from: CivilDate, to: CivilDate) {
        for date in from.0..=to.0 {
            self.days.entry(CivilDate(date)).or_default().repriced.insert(holder);
        }
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { days } = self;
        let tables = [Table::Days, Table::Taps, Table::Inside, Table::Repriced];
        let mut each = |table| days.iter().try_for_each(|(date, day)| day.keep(table, *date, out));
        tables.into_iter().try_for_each(&mut each)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        if table == Table::Days {
            let (date, closed_below, begun) = d.decode()?;
            self.days.insert(date, Day { closed_below, begun, ..Day::default() });
            return Ok(());
        }
        d.array()?;
        let day = self.days.get_mut(&d.decode()?).ok_or_else(misplaced)?;
        match table {
            Table::Taps => day.record(d.decode()?),
            Table::Inside => {
                day.inside.insert(d.decode()?, d.decode()?);
            }
            _ => {
                day.repriced.insert(d.decode()?);
            }
        }
        Ok(())
    }

    /// Forgets the days that the horizon has passed.
    pub(crate) fn forget_before(&mut self, date: CivilDate) {
        if self.days.first_key_value().is_some_and(|(oldest, _)| *oldest < date) {
            self.days = self.days.split_off(&date);
        }
    }
}

/// The first service day still within the horizon at an instant. Its taps are of that date and the morning after, so keys
/// of earlier dates are no longer needed.
#[must_use]
pub fn first_kept_date(at: Timestamp, horizon: base::Micros) -> CivilDate {
    at.plus(-horizon).service_day()
}
