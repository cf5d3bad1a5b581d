//! Ids already decided, so that a retry hears the same answer and nothing is done twice.
//!
//! Bounded by age and by count: each second of the ids' own time has a table of its own, and the oldest fall out first,
//! whole. Below the floor an id is refused, because nobody could tell whether it was decided.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;

use base::{CommandId, PrincipalId, Timestamp};
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::places_of_ids::PlacesOfIds;
use crate::snapshot::{Rows, Table};
use crate::state::KeyedState;
use crate::{Parameters, Position};

/// What is remembered of an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Decided {
    /// Where the outcome stands.
    #[n(0)]
    pub position: Position,
    /// Digest of the command's content.
    #[n(1)]
    pub digest: u64,
}

/// How an id relates to the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Not decided, and within the window.
    New,
    /// Decided before.
    Decided(Decided),
    /// Below the floor or too far ahead.
    Expired,
}

/// The ids within the window.
///
/// An id says when it was made, so it is looked for among the ids of its second only. Those of the second at hand are near
/// the processor, however many are remembered in all; and a second falls out without any of its ids being touched.
#[derive(Clone, Debug)]
pub struct Window {
    keyed: KeyedState,
    seconds: BTreeMap<i64, Second>,
    remembered: usize,
    /// Ids of this second of their own time and later are remembered.
    floor: i64,
}

/// The ids made in one second: in one part, or where they are many in [`PARTS`], by their hash. A table that grows is laid out
/// anew, and gates wait for that: of a run whose million ids were all made in one second it would be a million at once.
#[derive(Clone, Debug)]
struct Second {
    parts: Vec<Part>,
    len: usize,
    /// Ids that each part is likely to get.
    room: usize,
}

/// A part of a second's ids in order of arrival, with a table of their places. A lookup of a new id touches the table and
/// nothing else; an id takes 40 bytes, and 16 to 32 in the table.
#[derive(Clone, Debug, Default)]
struct Part {
    places: PlacesOfIds,
    ids: Vec<Remembered>,
}

/// Parts of a second with many ids; a power of two.
const PARTS: usize = 64;
/// The most ids of a second in one part.
const UNDIVIDED_MAX: usize = 4_096;

/// One id with its outcome.
#[derive(Clone, Copy, Debug)]
struct Remembered {
    /// High and low half: an id as one number would align the whole to 48 bytes.
    id: [u64; 2],
    seq: u64,
    digest: u64,
    principal: PrincipalId,
    index: u32,
}

impl Remembered {
    fn new(principal: PrincipalId, id: CommandId, decided: Decided) -> Self {
        let Decided { position: Position { seq, index }, digest } = decided;
        Self { id: halves(id), seq, digest, principal, index }
    }

    fn key(&self) -> (PrincipalId, CommandId) {
        let [high, low] = self.id;
        (self.principal, CommandId::from_u128(u128::from(high) << 64 | u128::from(low)))
    }

    const fn decided(&self) -> Decided {
        Decided { position: Position { seq: self.seq, index: self.index }, digest: self.digest }
    }
}

/// The two halves of an id's bits.
fn halves(id: CommandId) -> [u64; 2] {
    let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
    [half(id.as_u128() >> 64), half(id.as_u128())]
}

impl Part {
    /// Where an id stands, if it does.
    fn place(&self, hash: u32, principal: PrincipalId, id: [u64; 2]) -> Option<usize> {
        let same = |one: &Remembered| one.id == id && one.principal == principal;
        let place = self.places.find(hash, |place| self.ids.get(place as usize).is_some_and(same))?;
        Some(place as usize)
    }

    /// Remembers an id; false when it was there and is only decided anew.
    fn insert(&mut self, hash: u32, new: Remembered, room: usize) -> bool {
        let known = self.place(hash, new.principal, new.id);
        if let Some(known) = known.and_then(|place| self.ids.get_mut(place)) {
            *known = new;
            return false;
        }
        if self.ids.is_empty() {
            self.places.reserve(room);
            self.ids.reserve(room);
        }
        self.places.insert(hash, u32::try_from(self.ids.len()).unwrap_or(u32::MAX));
        self.ids.push(new);
        true
    }
}

impl Second {
    /// Makes room for so many ids, each part when it gets its first.
    fn with_room(ids: usize) -> Self {
        let parts = if ids > UNDIVIDED_MAX { PARTS } else { 1 };
        Self { parts: vec![Part::default(); parts], len: 0, room: ids.div_ceil(parts) }
    }

    /// The part of a hash, by bits that the places in it do not go by.
    const fn part(&self, hash: u32) -> usize {
        (hash >> 26) as usize & (self.parts.len() - 1)
    }

    fn get(&self, hash: u32, principal: PrincipalId, id: CommandId) -> Option<&Remembered> {
        let part = self.parts.get(self.part(hash))?;
        part.ids.get(part.place(hash, principal, halves(id))?)
    }

    fn glance(&self, hash: u32) -> u64 {
        self.parts.get(self.part(hash)).map_or(0, |part| part.places.glance(hash))
    }

    /// Remembers an id; false when it was there and is only decided anew.
    fn insert(&mut self, hash: impl Fn(&Remembered) -> u32, new: Remembered) -> bool {
        if self.parts.len() == 1 && self.len >= UNDIVIDED_MAX {
            let undivided = std::mem::replace(self, Self::with_room(2 * UNDIVIDED_MAX));
            for one in undivided.parts.into_iter().flat_map(|part| part.ids) {
                self.enter(hash(&one), one);
            }
        }
        self.enter(hash(&new), new)
    }

    fn enter(&mut self, hash: u32, new: Remembered) -> bool {
        let (place, room) = (self.part(hash), self.room);
        let entered = self.parts.get_mut(place).is_some_and(|part| part.insert(hash, new, room));
        self.len += usize::from(entered);
        entered
    }

    /// Part by part, in order of arrival.
    fn ids(&self) -> impl Iterator<Item = &Remembered> {
        self.parts.iter().flat_map(|part| &part.ids)
    }
}

impl Window {
    pub(crate) const fn new(keyed: KeyedState) -> Self {
        Self { keyed, seconds: BTreeMap::new(), remembered: 0, floor: i64::MIN }
    }

    /// How many ids are remembered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.remembered
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.remembered == 0
    }

    /// Ids made before this instant of their callers' clock are refused.
    #[must_use]
    pub const fn floor(&self) -> Timestamp {
        Timestamp(self.floor.saturating_mul(Timestamp::SECOND))
    }

    /// How an id relates to the window at a city time.
    #[must_use]
    pub fn look(
        &self,
        principal: PrincipalId,
        id: CommandId,
        at: Timestamp,
        parameters: &Parameters,
    ) -> Known {
        let second = second(id.time());
        if second < self.floor {
            return Known::Expired;
        }
        let hash = self.hash(principal, id);
        match self.seconds.get(&second).and_then(|ids| ids.get(hash, principal, id)) {
            Some(known) => Known::Decided(known.decided()),
            None if is_ahead(id, at, parameters) => Known::Expired,
            None => Known::New,
        }
    }

    /// Reads ahead what looking an id up will read. Tells nothing.
    pub(crate) fn glance(&self, principal: PrincipalId, id: CommandId) -> u64 {
        let ids = self.seconds.get(&second(id.time()));
        ids.map_or(0, |ids| ids.glance(self.hash(principal, id)))
    }

    fn hash(&self, principal: PrincipalId, id: CommandId) -> u32 {
        hash_of(self.keyed, (principal, id))
    }

    /// Remembers an id. One below the floor (only a terminal's fact can be) is not kept: its number is.
    pub(crate) fn insert(&mut self, principal: PrincipalId, id: CommandId, decided: Decided) {
        let second = second(id.time());
        if second < self.floor {
            return;
        }
        let keyed = self.keyed;
        let hash = |one: &Remembered| hash_of(keyed, one.key());
        let ids = match self.seconds.get_mut(&second) {
            Some(ids) => ids,
            None => self.begin(second),
        };
        self.remembered += usize::from(ids.insert(hash, Remembered::new(principal, id, decided)));
    }

    /// Makes room for as many ids as the second before had, so that a busy one does not grow step by step.
    fn begin(&mut self, second: i64) -> &mut Second {
        let before = self.seconds.get(&(second - 1)).map_or(0, |before| before.len);
        self.seconds.entry(second).or_insert_with(|| Second::with_room(before))
    }

    /// Lets ids fall out by age and by count.
    pub(crate) fn trim(&mut self, at: Timestamp, parameters: &Parameters) {
        let callers_now = at.plus(-parameters.id_clock_offset);
        self.floor = self.floor.max(second(callers_now.plus(-parameters.id_window_age)));
        let count_max = usize::try_from(parameters.id_window_count).unwrap_or(usize::MAX);
        while let Some(oldest) = self.seconds.first_entry() {
            let old = *oldest.key();
            if old >= self.floor && self.remembered <= count_max {
                break;
            }
            self.remembered -= oldest.remove().len;
            self.floor = self.floor.max(old + 1);
        }
    }

    /// What its hashes are keyed with.
    pub(crate) const fn keyed(&self) -> KeyedState {
        self.keyed
    }

    /// Every id that is remembered, by second.
    fn all(&self) -> impl Iterator<Item = &Remembered> {
        self.seconds.values().flat_map(Second::ids)
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { keyed: _, seconds: _, remembered: _, floor } = self;
        out.row(Table::Floor, floor)?;
        let parts = |one: &Remembered| {
            let (principal, id) = one.key();
            (principal, id, one.decided())
        };
        out.all(Table::Ids, self.all().map(parts))
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        if table == Table::Floor {
            self.floor = d.decode()?;
            return Ok(());
        }
        let (principal, id, decided) = d.decode()?;
        self.insert(principal, id, decided);
        Ok(())
    }

    /// All ids in order, for the digest.
    #[must_use]
    pub fn sorted(&self) -> Vec<((PrincipalId, CommandId), Decided)> {
        let mut all: Vec<_> = self.all().map(|one| (one.key(), one.decided())).collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }
}

/// Whether an id was made later than any caller can have made it by now. Only a terminal's fact is decided with one,
/// and is then not remembered by it: enough of them would drive the floor past what honest callers send.
pub fn is_ahead(id: CommandId, at: Timestamp, parameters: &Parameters) -> bool {
    let callers_now = at.plus(-parameters.id_clock_offset);
    id.time() > callers_now.plus(parameters.future_tolerance)
}

fn hash_of(keyed: KeyedState, key: (PrincipalId, CommandId)) -> u32 {
    u32::try_from(keyed.hash_one(key) >> 32).unwrap_or_default()
}

const fn second(at: Timestamp) -> i64 {
    at.0.div_euclid(Timestamp::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(second: i64, number: u128) -> CommandId {
        CommandId::new(Timestamp(second * Timestamp::SECOND), number)
    }

    fn decided(seq: u64) -> Decided {
        Decided { position: Position { seq, index: 0 }, digest: seq }
    }

    #[test]
    fn a_second_falls_out_whole_and_the_next_begins_without_it() {
        let mut window = Window::new(KeyedState(7));
        let parameters = Parameters { id_window_count: 1_024, ..Parameters::default() };
        for number in 0..1_025 {
            window.insert(PrincipalId(1), id(10, u128::from(number)), decided(number));
        }
        let at = Timestamp(11 * Timestamp::SECOND);
        window.insert(PrincipalId(1), id(11, 0), decided(9));
        window.trim(at, &parameters);
        assert_eq!((window.len(), window.sorted().len()), (1, 1));
        assert_eq!(window.look(PrincipalId(1), id(10, 5), at, &parameters), Known::Expired);
        assert_eq!(window.look(PrincipalId(1), id(11, 0), at, &parameters), Known::Decided(decided(9)));
        window.insert(PrincipalId(1), id(10, 5), decided(10));
        assert_eq!(window.len(), 1, "what fell out is not remembered again");
    }

    #[test]
    fn a_second_with_many_ids_knows_them_all_and_each_once() {
        let (at, parameters) = (Timestamp(12 * Timestamp::SECOND), Parameters::default());
        let count = 3 * UNDIVIDED_MAX as u64;
        let mut window = Window::new(KeyedState(7));
        // The second one begins with room for as many as the first had.
        for second in [10, 11] {
            for number in (0..count).chain(0..10) {
                window.insert(PrincipalId(1), id(second, u128::from(number)), decided(number));
            }
            for number in 0..count {
                let known = window.look(PrincipalId(1), id(second, u128::from(number)), at, &parameters);
                assert_eq!(known, Known::Decided(decided(number)));
            }
            let unknown = window.look(PrincipalId(1), id(second, u128::from(count)), at, &parameters);
            assert_eq!(unknown, Known::New);
        }
        assert_eq!((window.len() as u64, window.sorted().len() as u64), (2 * count, 2 * count));
    }

    #[test]
    fn an_id_is_each_principals_own_and_is_kept_once() {
        let mut window = Window::new(KeyedState(7));
        let (at, parameters) = (Timestamp(11 * Timestamp::SECOND), Parameters::default());
        window.insert(PrincipalId(1), id(11, 0), decided(1));
        window.insert(PrincipalId(2), id(11, 0), decided(2));
        window.insert(PrincipalId(2), id(11, 0), decided(3));
        assert_eq!(window.len(), 2);
        assert_eq!(window.look(PrincipalId(1), id(11, 0), at, &parameters), Known::Decided(decided(1)));
        assert_eq!(window.look(PrincipalId(2), id(11, 0), at, &parameters), Known::Decided(decided(3)));
        assert_eq!(window.look(PrincipalId(3), id(11, 0), at, &parameters), Known::New);
        assert_eq!(window.look(PrincipalId(1), id(11, 1), at, &parameters), Known::New);
    }
}
