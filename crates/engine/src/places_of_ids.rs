//! Where each id of a second stands: a hash table of places, laid out so that looking an id up and entering it touch one
//! and the same line of memory.
//!
//! Owns the cells and nothing else: ids live beside it. A cell holds 32 bits of the hash and a place; cells are probed one
//! after the other, and at most half of them are filled. Nothing is ever removed.

/// The table.
#[derive(Clone, Debug, Default)]
pub struct PlacesOfIds {
    /// Hash in the upper half, slot + 1 in the lower; 0 is empty. As many as a power of two, or none.
    cells: Vec<u64>,
    filled: usize,
}

/// Fewest cells.
const CELLS_MIN: usize = 64;

const fn cell_of(hash: u32, slot: u32) -> u64 {
    (hash as u64) << 32 | (slot as u64 + 1)
}

/// The hash in a cell.
fn hash_in(cell: u64) -> u32 {
    u32::try_from(cell >> 32).unwrap_or_default()
}

/// The slot in a cell that is not empty.
fn slot_in(cell: u64) -> u32 {
    u32::try_from((cell & u64::from(u32::MAX)).saturating_sub(1)).unwrap_or_default()
}

impl PlacesOfIds {
    /// How many ids it holds.
    #[cfg(test)]
    pub const fn len(&self) -> usize {
        self.filled
    }

    /// Makes room for so many ids in all.
    pub fn reserve(&mut self, ids: usize) {
        let wanted = ids.saturating_mul(2).next_power_of_two().max(CELLS_MIN);
        if wanted > self.cells.len() {
            self.grow(wanted);
        }
    }

    fn grow(&mut self, cells: usize) {
        let before = std::mem::replace(&mut self.cells, vec![0; cells]);
        for cell in before.into_iter().filter(|cell| *cell != 0) {
            self.put(cell);
        }
    }

    const fn next(&self, place: usize) -> usize {
        (place + 1) & (self.cells.len() - 1)
    }

    /// Where a hash would like to stand.
    const fn home(&self, hash: u32) -> usize {
        hash as usize & (self.cells.len() - 1)
    }

    fn at(&self, place: usize) -> u64 {
        self.cells.get(place).copied().unwrap_or_default()
    }

    /// Reads ahead where a hash would like to stand. Tells nothing.
    pub fn glance(&self, hash: u32) -> u64 {
        if self.cells.is_empty() { 0 } else { self.at(self.home(hash)) }
    }

    /// The slot under a hash that satisfies `same`.
    pub fn find(&self, hash: u32, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.place(hash, same).map(|place| slot_in(self.at(place)))
    }

    fn place(&self, hash: u32, same: impl Fn(u32) -> bool) -> Option<usize> {
        if self.cells.is_empty() {
            return None;
        }
        let mut place = self.home(hash);
        loop {
            let cell = self.at(place);
            if cell == 0 {
                return None;
            }
            if hash_in(cell) == hash && same(slot_in(cell)) {
                return Some(place);
            }
            place = self.next(place);
        }
    }

    /// Enters a slot that is not there.
    pub fn insert(&mut self, hash: u32, slot: u32) {
        self.reserve(self.filled + 1);
        self.put(cell_of(hash, slot));
        self.filled += 1;
    }

    fn put(&mut self, cell: u64) {
        let mut place = self.home(hash_in(cell));
        while self.at(place) != 0 {
            place = self.next(place);
        }
        if let Some(empty) = self.cells.get_mut(place) {
            *empty = cell;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few hashes, so that they collide and wrap around the end; compared with a plain map.
        #[test]
        fn it_holds_what_was_put_in_and_not_taken_out(
            steps in prop::collection::vec((any::<bool>(), 0u32..40), 1..400),
        ) {
            let hash = |slot: u32| [0, 1, 62, 63, 64, u32::MAX][slot as usize % 6];
            let mut places = PlacesOfIds::default();
            let mut plain = BTreeMap::new();
            for (put, slot) in steps {
                match (put, plain.contains_key(&slot)) {
                    (true, false) => {
                        places.insert(hash(slot), slot);
                        plain.insert(slot, ());
                    }
                    (false, known) => {
                        prop_assert_eq!(places.remove(hash(slot), slot), known);
                        plain.remove(&slot);
                    }
                    (true, true) => {}
                }
                prop_assert_eq!(places.len(), plain.len());
                for slot in 0..40 {
                    let found = places.find(hash(slot), |other| other == slot);
                    prop_assert_eq!(found.is_some(), plain.contains_key(&slot));
                }
            }
        }
    }

    #[test]
    fn an_empty_table_finds_nothing() {
        let mut places = PlacesOfIds::default();
        assert_eq!(places.find(7, |_| true), None);
        assert!(!places.remove(7, 0));
    }
}
