//! Ids already decided, so that a retry hears the same answer and nothing is done twice.
//!
//! Bounded by age and by count: ids are kept in buckets of one second of their own time, and the oldest buckets fall
//! out first. Below the floor an id is refused, because nobody could tell whether it was decided.

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

/// Ids removed from the tables per tick at most. Above what one entry can add, so that they never pile up, and small
/// enough that nobody waits for a busy second to fall out.
const REMOVED_MAX: usize = 32_768;

/// The ids within the window.
///
/// A table of slots into a dense array: a lookup of a new id touches the table and nothing else, and an id takes 40 bytes
/// in the array, 4 in its second and 16 to 32 in the table.
#[derive(Clone, Debug)]
pub struct Window {
    keyed: KeyedState,
    table: PlacesOfIds,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Slots by second of their ids' own time; the remembered ones.
    seconds: BTreeMap<i64, Vec<u32>>,
    /// Slots of seconds that fell out and are still to be removed. Nobody sees them: they lie below the floor.
    fallen: Vec<u32>,
    remembered: usize,
    /// Ids of this second of their own time and later are remembered.
    floor: i64,
}

/// One id with its outcome.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// High and low half: an id as one number would align the slot to 48 bytes.
    id: [u64; 2],
    seq: u64,
    digest: u64,
    principal: PrincipalId,
    index: u32,
}

impl Slot {
    fn new(principal: PrincipalId, id: CommandId, decided: Decided) -> Self {
        let Decided { position: Position { seq, index }, digest } = decided;
        Self { id: halves(id), seq, digest, principal, index }
    }

    fn parts(&self) -> (PrincipalId, CommandId, Decided) {
        let Self { id: [high, low], seq, digest, principal, index } = *self;
        let id = CommandId::from_u128(u128::from(high) << 64 | u128::from(low));
        (principal, id, Decided { position: Position { seq, index }, digest })
    }

    fn key(&self) -> (PrincipalId, CommandId) {
        let (principal, id, _) = self.parts();
        (principal, id)
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

impl Window {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self {
            keyed,
            table: PlacesOfIds::default(),
            slots: Vec::new(),
            free: Vec::new(),
            seconds: BTreeMap::new(),
            fallen: Vec::new(),
            remembered: 0,
            floor: i64::MIN,
        }
    }

    /// Makes room for so many ids.
    pub fn reserve(&mut self, ids: usize) {
        self.table.reserve(ids);
        self.slots.reserve(ids);
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
        if second(id.time()) < self.floor {
            return Known::Expired;
        }
        match self.find(principal, id).and_then(|slot| self.slot(slot)) {
            Some(slot) => Known::Decided(slot.decided()),
            None if is_ahead(id, at, parameters) => Known::Expired,
            None => Known::New,
        }
    }

    /// Where an id stands, if it does.
    pub(crate) fn find(&self, principal: PrincipalId, id: CommandId) -> Option<u32> {
        let wanted = halves(id);
        let same = |slot: &Slot| slot.id == wanted && slot.principal == principal;
        self.table.find(self.hash(principal, id), |slot| self.slot(slot).is_some_and(same))
    }

    fn hash(&self, principal: PrincipalId, id: CommandId) -> u32 {
        u32::try_from(self.keyed.hash_one((principal, id)) >> 32).unwrap_or_default()
    }

    fn slot(&self, slot: u32) -> Option<&Slot> {
        self.slots.get(slot as usize)
    }

    /// Remembers an id. One below the floor (only a terminal's fact can be) is not kept: its number is.
    pub(crate) fn insert(&mut self, principal: PrincipalId, id: CommandId, decided: Decided) {
        let second = second(id.time());
        if second < self.floor {
            return;
        }
        let new = Slot::new(principal, id, decided);
        let known = self.find(principal, id);
        if let Some(known) = known.and_then(|known| self.slots.get_mut(known as usize)) {
            *known = new;
            return;
        }
        let slot = self.take_slot(new);
        self.table.insert(self.hash(principal, id), slot);
        self.seconds.entry(second).or_default().push(slot);
        self.remembered += 1;
    }

    fn take_slot(&mut self, new: Slot) -> u32 {
        let next = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        match self.free.pop() {
            Some(free) => {
                if let Some(slot) = self.slots.get_mut(free as usize) {
                    *slot = new;
                }
                free
            }
            None => {
                self.slots.push(new);
                next
            }
        }
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
            let slots = oldest.remove();
            self.remembered -= slots.len();
            self.fallen.extend(slots);
            self.floor = self.floor.max(old + 1);
        }
        self.remove_fallen();
    }

    /// Removes some of what fell out; the rest follows with the next ticks.
    fn remove_fallen(&mut self) {
        let kept = self.fallen.len().saturating_sub(REMOVED_MAX);
        for slot in self.fallen.split_off(kept) {
            let hash = self.slot(slot).map(Slot::key).map_or(0, |(principal, id)| self.hash(principal, id));
            if self.table.remove(hash, slot) {
                self.free.push(slot);
            }
        }
    }

    /// What its hashes are keyed with.
    pub(crate) const fn keyed(&self) -> KeyedState {
        self.keyed
    }

    /// Writes the tables of a snapshot. What fell out is not kept, wherever its slots are: nobody sees it any more.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { keyed: _, table: _, slots: _, free: _, seconds, fallen: _, remembered: _, floor } = self;
        out.row(Table::Floor, floor)?;
        let slots = seconds.values().flatten().filter_map(|slot| self.slot(*slot));
        out.all(Table::Ids, slots.map(Slot::parts))
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
        let remembered = self.seconds.values().flatten().filter_map(|slot| self.slot(*slot));
        let mut all: Vec<_> = remembered.map(|slot| (slot.key(), slot.decided())).collect();
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
    fn what_fell_out_is_gone_at_once_and_its_room_is_used_again() {
        let mut window = Window::new(crate::State::new(7).window.keyed);
        let parameters = Parameters { id_window_count: 1_024, ..Parameters::default() };
        let busy = 3 * REMOVED_MAX;
        for number in 0..busy {
            window.insert(PrincipalId(1), id(10, number as u128), decided(number as u64));
        }
        let at = Timestamp(11 * Timestamp::SECOND);
        window.insert(PrincipalId(1), id(11, 0), decided(9));
        window.trim(at, &parameters);
        assert_eq!((window.len(), window.sorted().len()), (1, 1));
        assert_eq!(window.look(PrincipalId(1), id(10, 5), at, &parameters), Known::Expired);
        assert_eq!(window.look(PrincipalId(1), id(11, 0), at, &parameters), Known::Decided(decided(9)));
        assert_eq!(window.table.len(), 1 + 2 * REMOVED_MAX, "a tick removes so many and no more");
        window.trim(at, &parameters);
        window.trim(at, &parameters);
        assert_eq!((window.table.len(), window.free.len()), (1, busy));
        window.insert(PrincipalId(2), id(11, 0), decided(10));
        assert_eq!(window.slots.len(), busy + 1, "a freed slot is taken first");
        assert_eq!(window.look(PrincipalId(2), id(11, 0), at, &parameters), Known::Decided(decided(10)));
        assert_eq!(window.look(PrincipalId(3), id(11, 0), at, &parameters), Known::New);
    }
}
