//! Evidence that the journal was only ever added to, for somebody who does not trust the operator.
//!
//! Owns the Merkle tree over entry hashes (RFC 6962), its proofs, checkpoints signed with Ed25519 in the text form of
//! C2SP's signed notes, the rule by which a witness signs beside the operator, and receipts, which tie one record to a
//! checkpoint. Never reads the journal by itself,
//! never keeps a key of the leader's: checkpoints are signed on another machine.
//!
//! The leaf of an entry is its hash, so a tree of size `n` covers the entries 1 to `n`, and leaf `i` is entry `i + 1`.

mod checkpoint;
mod consistency;
mod key_line;
mod leaf;
mod note;
mod proof;
mod receipt;
mod store;
mod tree;
#[cfg(test)]
mod vectors;
mod witness;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use consistency::ConsistencyProof;
pub use key_line::{read_signer, secret_line};
pub use leaf::{HashedHeader, LeafProof, RecordProof, RecordProofError};
pub use note::{KeyKind, NoteError, NoteKey, NoteSigner};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use receipt::{Proven, Receipt, ReceiptError};
pub use store::FileNodes;
pub use tree::{EntryTree, MemoryNodes, Nodes, TreeError};
pub use witness::{Seen, Witness, WitnessError};
