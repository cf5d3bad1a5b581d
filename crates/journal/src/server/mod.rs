//! What the backends that keep entries on a server have in common.
//!
//! Owns the bridge from the blocking port to an asynchronous client, the check of what a server gives back, and the
//! comparison with what consumers have seen. Never knows a particular server.

mod blocking;
mod follow;

pub(crate) use blocking::{Blocking, TimeOver};
pub(crate) use follow::Follow;
pub use follow::WrongEntry;

use crate::embedded::Cover;
use crate::hash::Hash;
use crate::log::Head;

/// What keeps a journal on a server from being used although every byte of it may be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncovered {
    /// It ends before an entry that was seen.
    #[error("the journal ends at entry {}, but entry {} was seen by a projection, snapshot or checkpoint: entries \
             are missing. Connect to the right server, or let a replica take over that has them; an older copy would make two \
             journals of one", .head.seq, .cover.seq)]
    Behind {
        /// Where it ends.
        head: Head,
        /// What was seen.
        cover: Cover,
    },
    /// It holds another entry than the one that was seen.
    #[error("entry {} has the hash {found}, but a projection, snapshot or checkpoint has seen {}: this is another \
             journal, or it was put back from an older copy and went on. Connect to the right server, or let a replica take \
             over that has this entry", .cover.seq, .cover.hash)]
    Differs {
        /// What was seen.
        cover: Cover,
        /// The hash that is there.
        found: Hash,
    },
}

/// Compares what was seen with what stands at its number.
pub(crate) fn check_cover(head: Head, cover: Cover, found: Option<Hash>) -> Result<(), Uncovered> {
    match found {
        Some(found) if found == cover.hash => Ok(()),
        Some(found) => Err(Uncovered::Differs { cover, found }),
        None => Err(Uncovered::Behind { head, cover }),
    }
}
