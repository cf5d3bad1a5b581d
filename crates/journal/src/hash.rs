//! SHA-256 as the journal uses it: leaves, inner nodes and the Merkle tree in the shape of RFC 6962.
//!
//! Owns the domain separation (0x00 for a leaf, 0x01 for an inner node) and the shape of the tree. Never knows what a
//! leaf means.

use std::fmt;

use sha2::block_api::compress256;

/// A SHA-256 digest. Prints as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash before the first entry: all zero, no digest of anything known.
    pub const ZERO: Self = Self([0; 32]);

    /// Reads 64 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        hex::decode_to_slice(text, &mut bytes).ok().map(|()| Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const LEAF: u8 = 0x00;
const INNER: u8 = 0x01;

/// FIPS 180-4 §5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of one byte and a message. A record is two or three blocks long, so the buffering of a streaming hasher
/// would cost about as much as the hash; whole blocks are compressed where they lie.
fn prefixed(prefix: u8, message: &[u8]) -> Hash {
    let mut state = INITIAL;
    let bits = (crate::bytes::distance(message.len()) + 1).wrapping_mul(8);
    let mut block = [0u8; 64];
    let mut filled = 1;
    if let Some(first) = block.first_mut() {
        *first = prefix;
    }
    let mut rest = message;
    if let Some((head, after)) = message.split_at_checked(63) {
        if let Some(target) = block.get_mut(1..) {
            target.copy_from_slice(head);
        }
        compress256(&mut state, &[block]);
        let (whole, tail) = after.as_chunks::<64>();
        if !whole.is_empty() {
            compress256(&mut state, whole);
        }
        (rest, block, filled) = (tail, [0u8; 64], 0);
    }
    finish(&mut state, block, filled, rest, bits);
    let mut digest = [0u8; 32];
    for (target, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *target = word.to_be_bytes();
    }
    Hash(digest)
}

/// The padding of FIPS 180-4 §5.1.1: a one bit, zeros, the length in bits.
fn finish(state: &mut [u32; 8], mut block: [u8; 64], filled: usize, rest: &[u8], bits: u64) {
    let end = filled + rest.len();
    if let Some(target) = block.get_mut(filled..end) {
        target.copy_from_slice(rest);
    }
    if let Some(mark) = block.get_mut(end) {
        *mark = 0x80;
    }
    if end >= 56 {
        compress256(state, &[block]);
        block = [0u8; 64];
    }
    if let Some(target) = block.last_chunk_mut::<8>() {
        *target = bits.to_be_bytes();
    }
    compress256(state, &[block]);
}

/// SHA-256 of a message as it is.
pub(crate) fn digest(message: &[u8]) -> Hash {
    use sha2::Digest as _;
    Hash(sha2::Sha256::digest(message).into())
}

/// Hash of a leaf as stored.
pub(crate) fn leaf(stored: &[u8]) -> Hash {
    prefixed(LEAF, stored)
}

/// Hash of an inner node.
pub(crate) fn inner(left: &Hash, right: &Hash) -> Hash {
    let mut children = [0u8; 64];
    if let Some((first, second)) = children.split_first_chunk_mut::<32>() {
        *first = left.0;
        second.copy_from_slice(&right.0);
    }
    prefixed(INNER, &children)
}

/// A Merkle tree that takes leaves in order and keeps one hash per level: no allocation, whatever the size.
pub(crate) struct Tree {
    /// Complete subtrees, the largest first; their sizes are the set bits of `leaves`.
    subtrees: [Hash; 32],
    height: usize,
    leaves: u32,
}

impl Tree {
    /// The tree without leaves.
    pub(crate) const fn new() -> Self {
        Self { subtrees: [Hash::ZERO; 32], height: 0, leaves: 0 }
    }

    /// How many leaves were pushed.
    pub(crate) const fn leaves(&self) -> u32 {
        self.leaves
    }

    /// Adds the hash of the next leaf.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Two complete subtrees of one size make the next size, as a carry does in addition.
        for _ in 0..self.leaves.trailing_ones() {
            node = inner(&self.pop(), &node);
        }
        if let Some(place) = self.subtrees.get_mut(self.height) {
            *place = node;
            self.height += 1;
        }
        self.leaves += 1;
    }

    fn pop(&mut self) -> Hash {
        self.height = self.height.saturating_sub(1);
        self.subtrees.get(self.height).copied().unwrap_or_default()
    }

    /// The root (RFC 6962 §2.1); of no leaves, the hash of nothing.
    pub(crate) fn root(mut self) -> Hash {
        if self.leaves == 0 {
            return digest(&[]);
        }
        let mut node = self.pop();
        while self.height > 0 {
            node = inner(&self.pop(), &node);
        }
        node
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 §2.1, word for word.
    fn defined(leaves: &[Vec<u8>]) -> Hash {
        match leaves {
            [] => digest(&[]),
            [one] => digest(&[&[0u8], one.as_slice()].concat()),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                let (left, right) = (defined(&leaves[..split]), defined(&leaves[split..]));
                digest(&[&[1u8], left.0.as_slice(), right.0.as_slice()].concat())
            }
        }
    }

    #[test]
    fn a_leaf_of_every_length_hashes_as_the_reference_does() {
        for length in 0..400u32 {
            let message: Vec<u8> = (0..length).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
            assert_eq!(leaf(&message), digest(&[&[0u8], message.as_slice()].concat()), "{length} bytes");
        }
    }

    #[test]
    fn the_tree_has_the_shape_of_rfc_6962_for_every_small_size() {
        for count in 0..70u8 {
            let leaves: Vec<Vec<u8>> = (0..count).map(|i| vec![i; usize::from(i)]).collect();
            let mut tree = Tree::new();
            leaves.iter().for_each(|stored| tree.push(leaf(stored)));
            assert_eq!(tree.root(), defined(&leaves), "{count} leaves");
        }
    }

    #[test]
    fn a_hash_survives_print_and_parse() {
        let hash = digest(b"jakarta");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        assert_eq!(Hash::parse("00"), None);
    }
}
