//! The durable, ordered, hash-chained log of the city: entries of records, their seals, and where they are kept.
//!
//! Owns the byte format of an entry (value leaves, movement leaves, Merkle root, chain), the keys under which
//! movement is encrypted, the [`Journal`] port with its backends ([`Embedded`] segment files, [`Postgres`],
//! [`Jetstream`] and [`Memory`]), recovery after a kill, [`verify`], and the [`evidence`] for outsiders. Never
//! knows what a command is, never decides, never reads a clock to order anything, never rewrites a byte that was
//! acknowledged.
//!
//! # Invariants
//!
//! - Numbers run 1, 2, 3 … without a gap; an entry names the hash of the one before it; `at` never decreases.
//! - Sealing is a pure function: the same draft, keys and predecessor give the same bytes on every machine.
//! - **A nonce never repeats.** The nonce of a movement leaf is (seq, index) under the key of its date. A torn entry
//!   was encrypted under nonces that carry its seq, and after recovery that seq is written again. So every process
//!   first appends an entry without movement (the epoch entry), which takes the seq that may have been torn, and no
//!   process seals a seq twice. [`Sealer`] enforces both: its first entry must hold no movement, and each further
//!   one must have a higher seq. One process uses one sealer.
//! - Forgetting movement means destroying the key of its date ([`KeyRing::destroy_day`]); no byte of the journal
//!   changes, and the hashes stay checkable without any key.
//!
//! Deliberately absent: rewriting, compaction, and any entry point that removes an entry.

mod bytes;
pub mod conformance;
mod draft;
mod embedded;
mod entry;
pub mod evidence;
mod hash;
mod jetstream;
mod keys;
mod layout;
mod log;
mod memory;
mod offer;
mod postgres;
mod seal;
mod server;
mod standby;
mod vault;

pub use draft::{Draft, Movement};
pub use embedded::{
    Access, Copied, CopyError, Cover, Damaged, Disk, DiskFile, DiskLock, DiskSpace, Embedded,
    EmbeddedOptions, Finding, OpenError, Recovery, RepairError, Repaired, Reserving, SegmentCopy,
    SpaceSource, SystemDisk, Tear, TornTail, Verification, VerifyError, WalkError, Wanted, read_files,
    repair, verify, verify_on,
};
pub use entry::{Damage, Entry, Record, Records, SealedMovement};
pub use hash::Hash;
pub use jetstream::{Copies, Jetstream, JetstreamError, JetstreamOptions, SyncAlways};
pub use keys::{KeyError, KeyRing};
pub use layout::{ENTRY_BYTES_MAX, HEADER_BYTES};
pub use log::{AppendError, Appended, Head, Journal, ReadError, Reader};
pub use memory::Memory;
pub use postgres::{Postgres, PostgresError, PostgresOptions, Unfit};
pub use seal::{Sealed, Sealer};
pub use server::{Uncovered, WrongEntry};
pub use standby::{SharedError, SharedJournal};
