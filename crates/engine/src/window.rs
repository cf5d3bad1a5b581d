//! Ids already decided, so that a retry hears the same answer and nothing is done twice.
//!
//! Bounded by age and by count: ids are kept in buckets of one second of their own time, and the oldest buckets fall
//! out first. Below the floor an id is refused, because nobody could tell whether it was decided.

use std::collections::BTreeMap;

use base::{CommandId, PrincipalId, Timestamp};
use hashbrown::HashMap;
use minicbor::{Decode, Encode};

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
#[derive(Clone, Debug)]
pub struct Window {
    ids: HashMap<(PrincipalId, CommandId), Decided, KeyedState>,
    seconds: BTreeMap<i64, Vec<(PrincipalId, CommandId)>>,
    /// Ids of this second of their own time and later are remembered.
    floor: i64,
}

impl Window {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { ids: HashMap::with_hasher(keyed), seconds: BTreeMap::new(), floor: i64::MIN }
    }

    /// Makes room for so many ids.
    pub fn reserve(&mut self, ids: usize) {
        self.ids.reserve(ids);
    }

    /// How many ids are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
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
        if let Some(decided) = self.ids.get(&(principal, id)) {
            return Known::Decided(*decided);
        }
        if second(id.time()) < self.floor || is_ahead(id, at, parameters) {
            Known::Expired
        } else {
            Known::New
        }
    }

    /// Remembers an id. One below the floor (only a terminal's fact can be) is not kept: its number is.
    pub(crate) fn insert(&mut self, principal: PrincipalId, id: CommandId, decided: Decided) {
        let second = second(id.time());
        if second < self.floor {
            return;
        }
        self.ids.insert((principal, id), decided);
        self.seconds.entry(second).or_default().push((principal, id));
    }

    /// Lets ids fall out by age and by count.
    pub(crate) fn trim(&mut self, at: Timestamp, parameters: &Parameters) {
        let callers_now = at.plus(-parameters.id_clock_offset);
        self.floor = self.floor.max(second(callers_now.plus(-parameters.id_window_age)));
        let count_max = usize::try_from(parameters.id_window_count).unwrap_or(usize::MAX);
        while let Some(oldest) = self.seconds.first_entry() {
            let old = *oldest.key();
            if old >= self.floor && self.ids.len() <= count_max {
                break;
            }
            for key in oldest.remove() {
                self.ids.remove(&key);
            }
            self.floor = self.floor.max(old + 1);
        }
    }

    /// All ids in order, for the digest.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&(PrincipalId, CommandId), &Decided)> {
        let mut all: Vec<_> = self.ids.iter().collect();
        all.sort_unstable_by_key(|(key, _)| **key);
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
