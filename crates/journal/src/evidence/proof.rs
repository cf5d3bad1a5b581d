//! Checking proofs, with nothing but the proof and the roots (RFC 9162 §2.1.3.2 and §2.1.4.2; the tree is RFC 6962's).
//!
//! Owns the two checks. Never needs the tree, so that whoever holds a receipt can make them.

use crate::hash::{self, Hash};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf or the older tree would lie outside the tree.
    #[error(
        "the proof is about leaf or size {asked} of a tree of {size}; ask for one about a later checkpoint"
    )]
    Beyond {
        /// What it is about.
        asked: u64,
        /// The tree's size.
        size: u64,
    },
    /// It has too few or too many hashes.
    #[error("the proof has another length than such a proof has; ask for it again")]
    Length,
    /// It leads to another root.
    #[error(
        "the proof does not lead to the root of the checkpoint: the entry is not in it, or history was changed"
    )]
    Root,
    /// It does not begin at the older root.
    #[error("the proof does not begin at the older root: history was changed between the two checkpoints")]
    OldRoot,
}

/// Checks that an entry is leaf `index` of the tree with this size and root.
///
/// # Errors
/// [`ProofError`] says why it is not shown to be.
pub fn verify_inclusion(
    entry: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    leads_to(hash::leaf(&entry.0), index, size, proof, root)
}

/// The same for the hash of any leaf.
pub(crate) fn leads_to(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Beyond { asked: index, size });
    }
    let (mut place, mut last) = (index, size - 1);
    let mut node = leaf;
    for beside in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place % 2 == 1 || place == last {
            node = hash::inner(beside, &node);
            // On the right edge a node without a sibling stands for its parent.
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            node = hash::inner(&node, beside);
        }
        (place, last) = (place / 2, last / 2);
    }
    match (last, node == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// Checks that the tree of `old_size` leaves is the beginning of the one of `size` leaves.
///
/// # Errors
/// [`ProofError`] says why it is not shown to be.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > size {
        return Err(ProofError::Beyond { asked: old_size, size });
    }
    if old_size == 0 || old_size == size {
        let expected = if old_size == 0 { hash::digest(&[]) } else { *root };
        return match (proof.is_empty(), *old_root == expected) {
            (true, true) => Ok(()),
            (true, false) => Err(ProofError::OldRoot),
            (false, _) => Err(ProofError::Length),
        };
    }
    let (mut place, mut last) = (old_size - 1, size - 1);
    while place % 2 == 1 {
        (place, last) = (place / 2, last / 2);
    }
    // An old tree that is complete is a node of the new one: its root is where the proof begins.
    let mut rest = proof.iter();
    let first =
        if old_size.is_power_of_two() { *old_root } else { *rest.next().ok_or(ProofError::Length)? };
    let (mut old_node, mut node) = (first, first);
    for beside in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if place % 2 == 1 || place == last {
            old_node = hash::inner(beside, &old_node);
            node = hash::inner(beside, &node);
            while place.is_multiple_of(2) && place != 0 {
                (place, last) = (place / 2, last / 2);
            }
        } else {
            node = hash::inner(&node, beside);
        }
        (place, last) = (place / 2, last / 2);
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    match (old_node == *old_root, node == *root) {
        (true, true) => Ok(()),
        (false, _) => Err(ProofError::OldRoot),
        (true, false) => Err(ProofError::Root),
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors;
    use super::*;

    /// Every proof but the right one: a hash altered, left out or put in anywhere.
    fn altered(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let other = Hash([7; 32]);
        let mut all = vec![[proof, &[other]].concat()];
        for place in 0..proof.len() {
            let (before, after) = (&proof[..place], &proof[place + 1..]);
            all.extend([[before, after].concat(), [before, &[other], after].concat()]);
            all.push([before, &[other], &proof[place..]].concat());
        }
        all
    }

    #[test]
    fn the_published_inclusion_proofs_hold_and_no_altered_one_does() {
        let (leaves, roots) = (vectors::leaves(), vectors::roots());
        for (index, size, proof) in vectors::INCLUSION {
            let leaf = hash::leaf(&leaves[usize::try_from(*index).unwrap()]);
            let (root, proof) = (roots[usize::try_from(*size).unwrap() - 1], vectors::hashes(proof));
            let check = |proof: &[Hash], root| leads_to(leaf, *index, *size, proof, root);
            assert_eq!(check(&proof, &root), Ok(()), "{index} in {size}");
            assert_eq!(check(&proof, &Hash([7; 32])), Err(ProofError::Root));
            assert!(altered(&proof).iter().all(|proof| check(proof, &root).is_err()), "{index} in {size}");
        }
        assert_eq!(leads_to(Hash::ZERO, 8, 8, &[], &roots[7]), Err(ProofError::Beyond { asked: 8, size: 8 }));
    }

    #[test]
    fn the_published_consistency_proofs_hold_and_no_altered_one_does() {
        let (roots, other) = (vectors::roots(), Hash([7; 32]));
        for (old, new, proof) in vectors::CONSISTENCY {
            let root = |size: u64| roots[usize::try_from(size).unwrap() - 1];
            let (old_root, root, proof) = (root(*old), root(*new), vectors::hashes(proof));
            let check =
                |old_root, root, proof: &[Hash]| verify_consistency(*old, old_root, *new, root, proof);
            assert_eq!(check(&old_root, &root, &proof), Ok(()), "{old} to {new}");
            assert!(check(&other, &root, &proof).is_err() && check(&old_root, &other, &proof).is_err());
            assert!(
                altered(&proof).iter().all(|proof| check(&old_root, &root, proof).is_err()),
                "{old} to {new}"
            );
        }
        let empty = hash::digest(&[]);
        assert_eq!(verify_consistency(0, &empty, 8, &roots[7], &[]), Ok(()), "everything continues nothing");
        assert_eq!(verify_consistency(0, &other, 8, &roots[7], &[]), Err(ProofError::OldRoot));
        assert!(verify_consistency(8, &roots[7], 7, &roots[6], &[]).is_err(), "nothing goes back");
    }
}
