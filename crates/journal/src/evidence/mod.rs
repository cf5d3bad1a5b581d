//! Evidence that the journal was only ever added to, for somebody who does not trust the operator.
//!
//! Owns the Merkle tree over entry hashes (RFC 6962), its proofs, checkpoints signed with Ed25519 in the text form of
//! C2SP's signed notes, and the rule by which a witness signs beside the operator. Never reads the journal by itself,
//! never keeps a key of the leader's: checkpoints are signed on another machine.
//!
//! The leaf of an entry is its hash, so a tree of size `n` covers the entries 1 to `n`, and leaf `i` is entry `i + 1`.

mod checkpoint;
mod note;
mod proof;
mod tree;
#[cfg(test)]
mod vectors;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use note::{KeyKind, NoteError, NoteKey, NoteSigner};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use tree::{EntryTree, MemoryNodes, Nodes, TreeError};
pub use witness::{Seen, Witness, WitnessError};
