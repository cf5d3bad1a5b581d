//! Chance from a seed. Owns a stream per purpose, so that a change in one part of the city moves nothing in another.
//! Integers only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// A stream of chance.
#[derive(Debug, Clone)]
pub struct Chance(ChaCha8Rng);

/// 32 bytes that depend on the seed, a purpose and two numbers.
pub fn bytes(seed: u64, purpose: &str, one: u64, two: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"jakarta-one sandbox 1\0");
    hash.update(seed.to_be_bytes());
    hash.update(purpose.as_bytes());
    hash.update([0]);
    hash.update(one.to_be_bytes());
    hash.update(two.to_be_bytes());
    hash.finalize().into()
}

impl Chance {
    /// The stream of a purpose.
    pub fn new(seed: u64, purpose: &str, number: u64) -> Self {
        Self(ChaCha8Rng::from_seed(bytes(seed, purpose, number, 0)))
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

    /// One of a list; none when it is empty.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.index(list.len()))
    }

    /// An index below `length`.
    pub fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or_default()
    }

    /// The place of a weight hit in proportion; 0 when all are 0.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Puts a list in chance order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for length in (2..=list.len()).rev() {
            let other = self.index(length);
            list.swap(length - 1, other);
        }
    }
}
