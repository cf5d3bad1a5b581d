//! What stands where the next entry would stand.
//!
//! Owns the difference between a write that was cut off and damage. A cut-off write is a beginning of the next
//! entry, as a write from front to back leaves it, and zero from there to the entry's announced end and on to the end
//! of the journal. Never changes anything.
//!
//! What cannot be told apart: a flipped bit inside the very leaf in which the cut fell. That leaf was never
//! acknowledged, and a copy of it is kept.

use super::finding::{WalkError, walking};
use super::segment::SEGMENT_HEADER_BYTES;
use super::walk::{ENTRY_BYTES_MIN, is_next};
use super::window::Window;
use crate::bytes::{Fields, distance, length};
use crate::entry::{Entry, Leaf};
use crate::layout;
use crate::layout::{
    END, HEADER_BYTES, Header, KIND_MOVEMENT, KIND_VALUE, LEAF_HEAD_BYTES, MAGIC, TRAILER_BYTES,
};
use crate::log::Head;

/// The bytes of the entry that announces itself at `at`; without a header, as many as a header has.
pub(crate) fn announced(window: &mut Window, at: u64) -> Result<&[u8], WalkError> {
    let path = window.path.clone();
    let found = window.slice(at, HEADER_BYTES).map_err(walking("read", &path))?;
    let wanted = Header::decode(found).map_or(HEADER_BYTES, |header| header.total_bytes());
    window.slice(at, wanted).map_err(walking("read", &path))
}

/// Whether what stands at `at` is a torn entry, given where the segment's last non-zero byte is. Returns its length
/// to the announced end, or of its header.
pub(crate) fn torn_entry(
    window: &mut Window,
    at: u64,
    last: u64,
    head: &Head,
) -> Result<Option<u64>, WalkError> {
    let written = length(last - at).saturating_add(1);
    let bytes = announced(window, at)?;
    if let Ok(header) = Header::decode(bytes) {
        let whole = bytes.len() == header.total_bytes();
        let torn = whole && is_next(&header, head) && is_beginning(bytes, &header, written);
        return Ok(torn.then(|| distance(bytes.len())));
    }
    let torn = bytes.get(..written).is_some_and(|found| Header::is_beginning(found, head));
    Ok(torn.then(|| distance(HEADER_BYTES)))
}

/// Whether the first `written` bytes can be all that was written of an entry with this header, the last of them not
/// zero.
fn is_beginning(bytes: &[u8], header: &Header, written: usize) -> bool {
    // The mark at the end is not zero, so an entry that has all its bytes is never torn; it is whole or damaged.
    if written >= bytes.len() {
        return false;
    }
    let body = bytes.len() - TRAILER_BYTES;
    let leaves_end = HEADER_BYTES.saturating_add(length(u64::from(header.leaves_bytes)));
    let mut rest = Fields(bytes.get(HEADER_BYTES..leaves_end).unwrap_or_default());
    while leaves_end - rest.0.len() < written && !rest.0.is_empty() {
        // A leaf's head stands here or the cut fell into it; zeros here with something behind them are no cut.
        let start = leaves_end - rest.0.len();
        if start + LEAF_HEAD_BYTES >= written {
            return rest.0.first().is_some_and(|kind| matches!(*kind, KIND_VALUE | KIND_MOVEMENT));
        }
        if Leaf::take(&mut rest).is_none() {
            return false;
        }
    }
    if written <= leaves_end {
        return true;
    }
    let (checked, trailer) = bytes.split_at_checked(body).unwrap_or_default();
    let expected = [layout::checksum(checked).to_le_bytes(), END].concat();
    written > body && trailer.get(..written - body).is_some_and(|found| expected.starts_with(found))
}

/// Whether the first `last + 1` bytes are a beginning of the expected header and all there is in the segment.
pub(crate) fn torn_segment_header(
    window: &mut Window,
    last: u64,
    expected: &[u8; SEGMENT_HEADER_BYTES],
) -> Result<bool, WalkError> {
    let written = length(last).saturating_add(1);
    let path = window.path.clone();
    let found = window.slice(0, SEGMENT_HEADER_BYTES).map_err(walking("read", &path))?;
    let beginning = found.get(..written).is_some_and(|found| expected.starts_with(found));
    Ok(beginning && written < SEGMENT_HEADER_BYTES)
}

/// The seq of a whole entry from `seq` on that stands somewhere after `at`.
pub(crate) fn whole_entry_after(window: &mut Window, at: u64, seq: u64) -> Result<Option<u64>, WalkError> {
    let path = window.path.clone();
    let last = window.last_non_zero(at).map_err(walking("read", &path))?.unwrap_or(at);
    let mut place = at + 8;
    while place + distance(ENTRY_BYTES_MIN) <= last + 1 {
        let bytes = window.slice(place, HEADER_BYTES).map_err(walking("read", &path))?;
        if bytes.starts_with(&MAGIC) {
            let found = Entry::parse(announced(window, place)?).ok().map(|entry| entry.seq());
            if let Some(found) = found.filter(|found| *found >= seq) {
                return Ok(Some(found));
            }
        }
        place += 8;
    }
    Ok(None)
}
