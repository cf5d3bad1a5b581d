//! What others have seen of a journal: whoever is about to write it holds all of that against it first.
//!
//! Owns the list of those who remember (tables, office, snapshots, the last checkpoint) and the comparison. A journal that was
//! put back to an earlier copy is whole by itself; appending to it would give other entries the numbers that were seen. Never
//! changes anything.

use journal::{Cover, Entry, Hash, Head, Journal, OpenError, ReadError, Uncovered};
use platform::database::{Place, View};

use crate::data_directory::{self, DataDirectory};
use crate::evidence::{EvidenceDirectory, read_checkpoint};

/// The furthest entries that others remember.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Entries with their hashes.
    covers: Vec<Cover>,
    /// The last entry that the office names; it keeps no hash.
    office: u64,
}

/// What a journal lacks of what was seen.
#[derive(Debug, Clone, Copy)]
pub enum Lacking {
    /// An entry; with the hash that stands there, where the journal does not end before it.
    Entry { cover: Cover, found: Option<Hash> },
    /// An entry that the office names.
    OfOffice(u64),
}

impl Lacking {
    /// The entry's number.
    pub const fn seq(self) -> u64 {
        match self {
            Self::Entry { cover, .. } => cover.seq,
            Self::OfOffice(seq) => seq,
        }
    }
}

/// Asks for what was seen, when the answer is needed: where machines share a journal it moves until this one leads.
pub type Look = Box<dyn FnMut() -> anyhow::Result<Seen> + Send>;

impl Seen {
    /// What projections and office remember; nothing where there are none yet.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub async fn by_tables(place: Place<'_>) -> anyhow::Result<Self> {
        let mut seen = Self::default();
        if let Some(view) = View::of_projections(place, "acceptance_cursor").await? {
            seen.add(cover_of(acceptance::store::projection::cursor_within(view.connection()).await?));
        }
        if let Some(view) = View::of_projections(place, "insight_cursor").await? {
            seen.add(cover_of(insight::store::projection::cursor_within(view.connection()).await?));
        }
        if let Some(view) = View::of_office(place).await? {
            seen.office = platform::outbox::furthest_within(view.connection()).await?;
        }
        Ok(seen)
    }

    /// The same with what lies in the data directory: snapshots and the last checkpoint. Its signature is not looked at: whoever
    /// could forge it could take it away, and a start needs no key.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub fn and_kept_in(mut self, directory: &DataDirectory) -> anyhow::Result<Self> {
        self.covers.extend(directory.snapshots().cover()?);
        let signed = read_checkpoint(&EvidenceDirectory::of(directory).checkpoint())?;
        if let Some(checkpoint) = signed.as_ref().map(|signed| signed.checkpoint()) {
            self.add(Cover { seq: checkpoint.size, hash: checkpoint.head });
        }
        Ok(self)
    }

    fn add(&mut self, cover: Cover) {
        if cover.seq > 0 && !self.covers.contains(&cover) {
            self.covers.push(cover);
        }
    }

    /// The newest entry of which somebody has the hash.
    pub fn newest(&self) -> Option<Cover> {
        self.covers.iter().copied().max_by_key(|cover| cover.seq)
    }

    /// The furthest entry that anybody names; 0 where nobody has seen any.
    pub fn furthest(&self) -> u64 {
        self.newest().map_or(self.office, |cover| cover.seq.max(self.office))
    }

    /// What a journal that ends at `last` lacks first of what was seen; `hash_at` answers the hash of an entry that it has.
    ///
    /// # Errors
    /// What `hash_at` answers.
    pub fn lacking<E>(
        &self,
        last: u64,
        mut hash_at: impl FnMut(u64) -> Result<Option<Hash>, E>,
    ) -> Result<Option<Lacking>, E> {
        for cover in &self.covers {
            let found = if cover.seq > last { None } else { Some(hash_at(cover.seq)?) };
            if found != Some(Some(cover.hash)) {
                return Ok(Some(Lacking::Entry {
                    cover: *cover,
                    found: found.map(Option::unwrap_or_default),
                }));
            }
        }
        Ok((self.office > last).then_some(Lacking::OfOffice(self.office)))
    }

    /// The numbers of the entries of which somebody has the hash.
    pub fn covered(&self) -> impl Iterator<Item = u64> {
        self.covers.iter().map(|cover| cover.seq)
    }

    /// Requires of an open journal all that was seen. Nothing may have been appended to it yet.
    ///
    /// # Errors
    /// A [`crate::problem::Problem`] that says what it lacks and how to repair it; otherwise when it cannot be read.
    pub fn check(&self, directory: &DataDirectory, journal: &dyn Journal) -> anyhow::Result<()> {
        let head = journal.head();
        let (files, server) = match self.lacking(head.seq, |seq| hash_at(journal, seq))? {
            None => return Ok(()),
            Some(Lacking::OfOffice(seq)) => {
                return Err(data_directory::office_ahead(directory, seq, head.seq).into());
            }
            Some(Lacking::Entry { cover, found: None }) => {
                (OpenError::Behind { head, cover }, Uncovered::Behind { head, cover })
            }
            Some(Lacking::Entry { cover, found: Some(found) }) => {
                (OpenError::Differs { cover, found }, Uncovered::Differs { cover, found })
            }
        };
        Err(data_directory::uncovered(directory, files, server))
    }
}

const fn cover_of(cursor: Head) -> Cover {
    Cover { seq: cursor.seq, hash: cursor.hash }
}

/// The hash of an entry at or before the head.
fn hash_at(journal: &dyn Journal, seq: u64) -> Result<Option<Hash>, ReadError> {
    let head = journal.head();
    if seq == head.seq {
        return Ok(Some(head.hash));
    }
    let bytes = journal.reader(seq)?.next()?;
    Ok(bytes.and_then(|bytes| Some(Entry::parse(&bytes).ok()?.head().hash)))
}

#[cfg(test)]
mod tests {
    use journal::conformance::Chain;
    use journal::{Appended, Memory};

    use super::*;
    use crate::problem::Problem;

    /// A journal of three entries.
    fn journal() -> (Memory, Vec<Cover>) {
        let (mut memory, mut chain, mut covers) = (Memory::new(), Chain::new(), Vec::new());
        for value in [b"one", b"two", b"six"] {
            assert!(matches!(memory.append(&chain.next(&[value]).unwrap()), Appended::Durable));
            covers.push(cover_of(memory.head()));
        }
        (memory, covers)
    }

    #[test]
    fn each_that_remembers_is_asked_not_only_the_newest() {
        let (memory, covers) = journal();
        let directory = DataDirectory::at(std::path::Path::new("/nowhere"));
        let code = |covers: Vec<Cover>, office| {
            let checked = Seen { covers, office }.check(&directory, &memory);
            checked.err().map(|error| error.downcast::<Problem>().unwrap().code)
        };
        let other = |at: usize| Cover { hash: Hash([7; 32]), ..covers[at] };
        let beyond = Cover { seq: 4, ..covers[2] };
        for (covers, office, expected) in [
            (vec![], 0, None),
            (covers.clone(), 3, None),
            (vec![covers[2], other(0)], 0, Some("journal_behind")),
            (vec![other(2)], 0, Some("journal_behind")),
            (vec![covers[0], beyond], 0, Some("journal_behind")),
            (covers.clone(), 4, Some("office_ahead")),
        ] {
            assert_eq!(code(covers.clone(), office), expected, "{covers:?}, {office}");
        }
    }
}
