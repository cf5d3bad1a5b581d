//! Where each id of a second stands: a hash table of places, laid out so that looking an id up and entering it touch one
//! and the same line of memory.
//!
//! Owns the cells and nothing else: ids live beside it. A cell holds 32 bits of the hash and a place; cells are probed one
//! after the other, and at most half of them are filled. Nothing is ever removed.

/// The table.
#[derive(Clone, Debug, Default)]
pub struct PlacesOfIds {
    /// Hash in the upper half, place + 1 in the lower; 0 is empty. As many as a power of two, or none.
    cells: Vec<u64>,
}

/// Fewest cells.
const CELLS_MIN: usize = 8;

const fn cell_of(hash: u32, place: u32) -> u64 {
    (hash as u64) << 32 | (place as u64 + 1)
}

/// The hash in a cell.
fn hash_in(cell: u64) -> u32 {
    u32::try_from(cell >> 32).unwrap_or_default()
}

/// The place in a cell that is not empty.
fn place_in(cell: u64) -> u32 {
    u32::try_from((cell & u64::from(u32::MAX)).saturating_sub(1)).unwrap_or_default()
}

impl PlacesOfIds {
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

    const fn next(&self, cell: usize) -> usize {
        (cell + 1) & (self.cells.len() - 1)
    }

    /// The cell that a hash would like to have.
    const fn home(&self, hash: u32) -> usize {
        hash as usize & (self.cells.len() - 1)
    }

    fn at(&self, cell: usize) -> u64 {
        self.cells.get(cell).copied().unwrap_or_default()
    }

    /// Reads ahead what looking a hash up reads first. Tells nothing.
    pub fn glance(&self, hash: u32) -> u64 {
        if self.cells.is_empty() { 0 } else { self.at(self.home(hash)) }
    }

    /// The place under a hash that satisfies `same`.
    pub fn find(&self, hash: u32, same: impl Fn(u32) -> bool) -> Option<u32> {
        if self.cells.is_empty() {
            return None;
        }
        let mut cell = self.home(hash);
        loop {
            let held = self.at(cell);
            if held == 0 {
                return None;
            }
            if hash_in(held) == hash && same(place_in(held)) {
                return Some(place_in(held));
            }
            cell = self.next(cell);
        }
    }

    /// Enters a place that is not there. Places are given out in a row, so a place says how many there are before it.
    pub fn insert(&mut self, hash: u32, place: u32) {
        self.reserve(place as usize + 1);
        self.put(cell_of(hash, place));
    }

    fn put(&mut self, held: u64) {
        let mut cell = self.home(hash_in(held));
        while self.at(cell) != 0 {
            cell = self.next(cell);
        }
        if let Some(empty) = self.cells.get_mut(cell) {
            *empty = held;
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
        fn it_holds_what_was_put_in_and_nothing_else(
            steps in prop::collection::vec(0u32..200, 1..100),
            room in 0usize..100,
        ) {
            let hash = |place: u32| [0, 1, 62, 63, 64, u32::MAX][place as usize % 6];
            let mut places = PlacesOfIds::default();
            places.reserve(room);
            let mut plain = BTreeMap::new();
            for place in steps {
                if plain.insert(place, ()).is_none() {
                    places.insert(hash(place), place);
                }
                for place in 0..200 {
                    let found = places.find(hash(place), |other| other == place);
                    prop_assert_eq!(found.is_some(), plain.contains_key(&place));
                }
            }
        }
    }

    #[test]
    fn an_empty_table_finds_nothing() {
        let places = PlacesOfIds::default();
        assert_eq!((places.find(7, |_| true), places.glance(7)), (None, 0));
    }
}
