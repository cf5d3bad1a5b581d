//! The Merkle tree over entry hashes, and the proofs it gives (RFC 6962 §2.1).
//!
//! Owns the shape. Keeps every complete subtree's hash in a store of the caller's, so that a proof about any earlier
//! size costs a few dozen look-ups; never recomputes what is complete.

use std::ops::Range;

use crate::hash::{self, Hash};

/// Where hashes of complete subtrees are kept: `index` counts subtrees of 2^`level` leaves from the left.
pub trait Nodes {
    /// The hash that was kept there.
    fn node(&self, level: u32, index: u64) -> Option<Hash>;

    /// Keeps a hash; each place is written once.
    fn keep(&mut self, level: u32, index: u64, hash: Hash);
}

/// Hashes in memory: 64 bytes per leaf.
#[derive(Debug, Clone, Default)]
pub struct MemoryNodes(Vec<Vec<Hash>>);

impl Nodes for MemoryNodes {
    fn node(&self, level: u32, index: u64) -> Option<Hash> {
        let row = self.0.get(usize::try_from(level).ok()?)?;
        row.get(usize::try_from(index).ok()?).copied()
    }

    fn keep(&mut self, level: u32, index: u64, hash: Hash) {
        let level = usize::try_from(level).unwrap_or(usize::MAX);
        while self.0.len() <= level {
            self.0.push(Vec::new());
        }
        if let Some(row) = self.0.get_mut(level) {
            debug_assert_eq!(u64::try_from(row.len()).ok(), Some(index), "nodes come from the left");
            row.push(hash);
        }
    }
}

/// Why a tree gives no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// It was asked about leaves it does not have.
    #[error("the tree has {size} leaves, {asked} were asked for; wait until it has grown so far")]
    Beyond {
        /// What was asked for.
        asked: u64,
        /// What there is.
        size: u64,
    },
    /// The store does not give back what was kept.
    #[error(
        "the tree's node {index} of level {level} is not in its store; build the tree again from the journal"
    )]
    Missing {
        /// Its level; leaves are 0.
        level: u32,
        /// Its place.
        index: u64,
    },
}

/// A tree that grows by one entry at a time.
#[derive(Debug, Clone, Default)]
pub struct EntryTree<N> {
    nodes: N,
    size: u64,
}

impl<N: Nodes> EntryTree<N> {
    /// The tree of the first `size` entries, whose nodes are in this store.
    pub const fn new(nodes: N, size: u64) -> Self {
        Self { nodes, size }
    }

    /// How many entries it covers.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next entry.
    ///
    /// # Errors
    /// [`TreeError::Missing`] when a node on its way up is not in the store.
    pub fn append(&mut self, entry: &Hash) -> Result<(), TreeError> {
        self.push(hash::leaf(&entry.0))
    }

    /// Whether the leaf `index` is this entry's hash.
    ///
    /// # Errors
    /// [`TreeError::Missing`] when the leaf is not in the store.
    pub fn holds(&self, index: u64, entry: &Hash) -> Result<bool, TreeError> {
        Ok(self.node(0, index)? == hash::leaf(&entry.0))
    }

    /// The store.
    pub const fn nodes_mut(&mut self) -> &mut N {
        &mut self.nodes
    }

    pub(crate) fn push(&mut self, leaf: Hash) -> Result<(), TreeError> {
        let (mut index, mut node) = (self.size, leaf);
        self.nodes.keep(0, index, node);
        for level in 0..self.size.trailing_ones() {
            node = hash::inner(&self.node(level, index - 1)?, &node);
            index /= 2;
            self.nodes.keep(level + 1, index, node);
        }
        self.size += 1;
        Ok(())
    }

    /// The root of the first `size` entries.
    ///
    /// # Errors
    /// [`TreeError`] when there are not so many, or a node is missing.
    pub fn root(&self, size: u64) -> Result<Hash, TreeError> {
        self.reaches(size)?;
        if size == 0 { Ok(hash::digest(&[])) } else { self.hash_of(0..size) }
    }

    /// Proof that the leaf `index` is in the tree of `size` leaves: the hashes beside its way to the root, from below.
    ///
    /// # Errors
    /// [`TreeError`] when there is no such leaf, or a node is missing.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.reaches(size)?;
        if index >= size {
            return Err(TreeError::Beyond { asked: index.saturating_add(1), size });
        }
        let mut proof = Vec::new();
        let mut within = 0..size;
        while within.end - within.start > 1 {
            let (left, right) = split(&within);
            let (next, beside) = if index < left.end { (left, right) } else { (right, left) };
            proof.push(self.hash_of(beside)?);
            within = next;
        }
        proof.reverse();
        Ok(proof)
    }

    /// Proof that the tree of `old` leaves is the beginning of the one of `new` leaves.
    ///
    /// # Errors
    /// [`TreeError`] when there are not so many leaves, or a node is missing.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.reaches(new)?;
        if old > new {
            return Err(TreeError::Beyond { asked: old, size: new });
        }
        let mut proof = Vec::new();
        let mut within = 0..new;
        if old == 0 {
            return Ok(proof);
        }
        while within.end != old {
            let (left, right) = split(&within);
            let (next, beside) = if old <= left.end { (left, right) } else { (right, left) };
            proof.push(self.hash_of(beside)?);
            within = next;
        }
        // The old tree's own root is known to whoever asks, unless it is a part of it.
        if within.start > 0 {
            proof.push(self.hash_of(within)?);
        }
        proof.reverse();
        Ok(proof)
    }

    fn reaches(&self, asked: u64) -> Result<(), TreeError> {
        if asked <= self.size { Ok(()) } else { Err(TreeError::Beyond { asked, size: self.size }) }
    }

    fn node(&self, level: u32, index: u64) -> Result<Hash, TreeError> {
        self.nodes.node(level, index).ok_or(TreeError::Missing { level, index })
    }

    /// The hash over some leaves that hang together in the tree: complete subtrees, the largest first.
    fn hash_of(&self, leaves: Range<u64>) -> Result<Hash, TreeError> {
        let (mut start, mut complete) = (leaves.start, Vec::new());
        while start < leaves.end {
            let level = (leaves.end - start).ilog2();
            complete.push(self.node(level, start >> level)?);
            start += 1 << level;
        }
        let last = complete.pop().unwrap_or_default();
        Ok(complete.iter().rev().fold(last, |right, left| hash::inner(left, &right)))
    }
}

/// The two parts of more than one leaf: the left one is the largest power of two that leaves something over.
fn split(leaves: &Range<u64>) -> (Range<u64>, Range<u64>) {
    let middle = leaves.start + (1 << (leaves.end - leaves.start - 1).ilog2());
    (leaves.start..middle, middle..leaves.end)
}

#[cfg(test)]
mod tests {
    use super::super::vectors;
    use super::*;

    #[test]
    fn roots_and_proofs_of_the_published_leaves_are_the_published_ones() {
        let mut tree = EntryTree::new(MemoryNodes::default(), 0);
        for (leaf, root) in vectors::leaves().iter().zip(vectors::roots()) {
            tree.push(hash::leaf(leaf)).unwrap();
            assert_eq!(tree.root(tree.size()).unwrap(), root);
        }
        for (index, size, proof) in vectors::INCLUSION {
            assert_eq!(tree.inclusion(*index, *size).unwrap(), vectors::hashes(proof), "{index} in {size}");
        }
        for (old, new, proof) in vectors::CONSISTENCY {
            assert_eq!(tree.consistency(*old, *new).unwrap(), vectors::hashes(proof), "{old} to {new}");
        }
    }

    #[test]
    fn a_node_that_was_lost_is_named() {
        let mut tree = EntryTree::new(MemoryNodes(vec![Vec::new()]), 3);
        assert_eq!(tree.root(3), Err(TreeError::Missing { level: 1, index: 0 }));
        assert_eq!(tree.inclusion(2, 3), Err(TreeError::Missing { level: 1, index: 0 }));
        tree = EntryTree::new(MemoryNodes(vec![vec![Hash::ZERO]]), 1);
        assert_eq!(tree.append(&Hash::ZERO), Ok(()));
    }
}
