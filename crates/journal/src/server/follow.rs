//! The check of entries that come from a server.
//!
//! Owns the rule that what a server gives back is believed only after structure, CRC, number and chain agree. Never
//! asks the server anything.

use base::Timestamp;

use crate::embedded::Finding;
use crate::entry::Entry;
use crate::hash::Hash;
use crate::log::Head;

/// A server gave back what was not written: where, and what is wrong. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "entry {seq} in {place}: {finding}. Nothing was changed. Keep the server's files as they are, and let a \
         replica take over that has this entry. Where there is none, a journal on NATS goes into an empty stream: `jakone journal \
         repair --from COPY --data DIR --journal STREAM`; one in a database comes back with its backup and dump"
)]
pub struct WrongEntry {
    /// The table or stream.
    pub place: String,
    /// The entry that stands there or should stand there.
    pub seq: u64,
    /// What is wrong.
    pub finding: Finding,
}

/// Follows a chain entry by entry.
#[derive(Debug)]
pub(crate) struct Follow {
    place: String,
    next_seq: u64,
    /// Hash and time of the entry before; unknown at the first one followed.
    before: Option<(Hash, Timestamp)>,
}

impl Follow {
    /// Follows from the first entry (`next_seq` 1) or from one whose predecessor is not known.
    pub(crate) fn from(place: String, next_seq: u64) -> Self {
        let before = (next_seq == 1).then_some((Hash::ZERO, Timestamp(i64::MIN)));
        Self { place, next_seq, before }
    }

    /// The number of the entry that must come next.
    pub(crate) const fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// What is wrong with the entry that must come next.
    pub(crate) fn wrong(&self, finding: Finding) -> WrongEntry {
        WrongEntry { place: self.place.clone(), seq: self.next_seq, finding }
    }

    /// Checks the next entry and goes on behind it.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<Head, WrongEntry> {
        let entry =
            Entry::parse_unchecked_hashes(bytes).map_err(|damage| self.wrong(Finding::Entry(damage)))?;
        let follows = self.before.is_none_or(|(hash, _)| hash == entry.previous_hash());
        if entry.seq() != self.next_seq || !follows {
            return Err(self.wrong(Finding::NotNext));
        }
        if self.before.is_some_and(|(_, at)| entry.at() < at) {
            return Err(self.wrong(Finding::Older));
        }
        let head = entry.head();
        (self.next_seq, self.before) = (head.seq.saturating_add(1), Some((head.hash, head.at)));
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Chain;
    use crate::entry::Damage;

    fn follow(next_seq: u64) -> Follow {
        Follow::from("a table".to_owned(), next_seq)
    }

    #[test]
    fn a_chain_is_followed_and_every_break_is_named() {
        let mut chain = Chain::new();
        let all: Vec<_> = (0..4).map(|_| chain.next(&[b"value"]).unwrap()).collect();
        let mut whole = follow(1);
        for sealed in &all {
            assert_eq!(whole.take(&sealed.bytes).unwrap(), sealed.head);
        }
        assert_eq!(follow(1).take(&all[1].bytes).unwrap_err().finding, Finding::NotNext, "a gap");
        let mut other = Chain::after(Head { seq: 1, hash: Hash([1; 32]), at: Timestamp(0) });
        let other = other.next(&[b"elsewhere"]).unwrap();
        let mut first = follow(1);
        first.take(&all[0].bytes).unwrap();
        assert_eq!(first.take(&other.bytes).unwrap_err().finding, Finding::NotNext, "another chain");
        assert!(follow(2).take(&other.bytes).is_ok(), "what comes before is not known");
        let earlier = Head { at: Timestamp(-9_000), ..all[0].head };
        let older = Chain::after(earlier).next(&[b"older"]).unwrap();
        assert_eq!(first.take(&older.bytes).unwrap_err().finding, Finding::Older);
        let mut cut = all[1].bytes.clone();
        cut.truncate(cut.len() - 8);
        let wrong = first.take(&cut).unwrap_err();
        assert_eq!(wrong.finding, Finding::Entry(Damage::Length));
        assert!(wrong.to_string().starts_with("entry 2 in a table: "), "{wrong}");
    }
}
