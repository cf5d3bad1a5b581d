//! Chance from a seed: the only source of it in a simulated city. Integers only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// A stream of chance. Streams of one seed are independent of each other, so that a change in one part of a city moves
/// nothing in another.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

/// What a stream is for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// Whose turn it is, and which faults happen.
    Schedule = 1,
    /// What people do.
    Clients = 2,
    /// What the disk loses.
    Disk = 3,
    /// What becomes of an append to the copies.
    Copies = 4,
    /// The service day whose taps come in any order.
    Fares = 5,
    /// What the disk of the second machine loses.
    OtherDisk = 6,
}

impl Dice {
    /// The stream of a purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(purpose as u64);
        Self(random)
    }

    /// A number below `bound`; 0 when there is none.
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// A number from `least` to `greatest`, both included.
    pub fn between(&mut self, least: i64, greatest: i64) -> i64 {
        let span = greatest.saturating_sub(least).saturating_add(1).max(1).unsigned_abs();
        least.saturating_add(i64::try_from(self.below(span)).unwrap_or_default())
    }

    /// True so many times in a thousand.
    pub fn permille(&mut self, share: u64) -> bool {
        self.below(1_000) < share
    }

    /// An index below `length`.
    pub fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or_default()
    }

    /// One of what is named here.
    pub fn one_of<T: Copy, const N: usize>(&mut self, list: [T; N]) -> T {
        const { assert!(N > 0, "there is one to choose") };
        let [first, ..] = list.as_slice() else { unreachable!("checked when it was built") };
        *list.get(self.index(N)).unwrap_or(first)
    }

    /// Puts a list in chance order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for length in (2..=list.len()).rev() {
            let other = self.index(length);
            list.swap(length - 1, other);
        }
    }

    /// 128 bits.
    pub fn bits(&mut self) -> u128 {
        u128::from(self.0.next_u64()) << 64 | u128::from(self.0.next_u64())
    }
}
