//! What every backend looks at before it appends: is the entry whole, is it the next one, is it there already?
//!
//! Owns the order of these questions. Never writes.

use crate::entry::Damage;
use crate::layout::Header;
use crate::log::{AppendError, Appended, Head};
use crate::seal::Sealed;

/// Where an entry that is offered stands to the last one.
pub(crate) enum Offered {
    /// It is the one after it.
    Next,
    /// Its number is taken: by itself or by another.
    Taken,
}

/// Looks at an entry that is offered, or answers at once. `failed` says that an append failed before.
pub(crate) fn offered(sealed: &Sealed, head: &Head, failed: bool) -> Result<Offered, Appended> {
    if failed {
        return Err(Appended::Failed(AppendError::FailedBefore));
    }
    let header = look(sealed, head).map_err(Appended::Failed)?;
    if sealed.head.seq <= head.seq {
        return Ok(Offered::Taken);
    }
    // Chained to another entry than the last one.
    if header.previous == head.hash { Ok(Offered::Next) } else { Err(Appended::Fenced) }
}

fn look(sealed: &Sealed, head: &Head) -> Result<Header, AppendError> {
    let (seq, malformed) = (sealed.head.seq, AppendError::Malformed);
    let header = Header::decode(&sealed.bytes).map_err(|fault| malformed(fault.into()))?;
    if header.total_bytes() != sealed.bytes.len() || header.head() != sealed.head {
        return Err(malformed(Damage::Length));
    }
    if seq > head.seq.saturating_add(1) {
        return Err(AppendError::Gap { seq, head: head.seq });
    }
    if head.seq > 0 && seq > head.seq && sealed.head.at < head.at {
        return Err(AppendError::TimeWentBack { seq });
    }
    Ok(header)
}
