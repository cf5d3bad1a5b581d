//! What others have seen of a journal: whoever is about to write it holds all of that against it first.
//!
//! Owns the list of those who remember (tables, office, snapshots, the last checkpoint), the comparison, and what is said of a
//! journal that lacks something: the same at a start, by `verify` and by `doctor`. A journal that was put back to an earlier copy
//! is whole by itself; appending to it would give other entries the numbers that were seen. Never changes anything.

use std::collections::BTreeMap;
use std::convert::Infallible;

use journal::{Cover, Entry, Hash, Head, Journal, OpenError, ReadError, Tear, Uncovered};
use platform::database::{Place, View};

use crate::data_directory::{self, DataDirectory};
use crate::evidence::{EvidenceDirectory, read_checkpoint};
use crate::problem::Problem;

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

    /// What is said of a journal that lacks it and ends at `head`, maybe before an entry that was cut off: what is found, and how
    /// it comes right where this journal lies. In English and Indonesian, without the last full stop.
    pub fn words(self, directory: &DataDirectory, head: Head, tear: Option<&Tear>) -> (String, String) {
        let (files, servers) = match self {
            Self::OfOffice(seq) => return data_directory::office_ahead_words(directory, seq, head.seq),
            Self::Entry { cover, found: Some(found) } => {
                (OpenError::Differs { cover, found }, Uncovered::Differs { cover, found })
            }
            Self::Entry { cover, found: None } => {
                let torn = tear.cloned().map(|tear| OpenError::TornButSeen { tear, cover });
                let behind = OpenError::Behind { head, cover };
                (torn.unwrap_or(behind), Uncovered::Behind { head, cover })
            }
        };
        data_directory::uncovered(directory, &files, servers)
    }

    fn problem(self, directory: &DataDirectory, head: Head) -> Problem {
        match self {
            Self::OfOffice(seq) => data_directory::office_ahead(directory, seq, head.seq),
            Self::Entry { .. } => data_directory::journal_behind(self.words(directory, head, None)),
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

    /// The same with what lies in the data directory: snapshots and the last checkpoint.
    ///
    /// # Errors
    /// When they are there and cannot be read.
    pub fn and_kept_in(mut self, directory: &DataDirectory) -> anyhow::Result<Self> {
        self.covers.extend(directory.snapshots().cover()?);
        self.and_signed_in(directory)
    }

    /// The same with the last checkpoint. Its signature is not looked at: whoever could forge it could take it away, and a start
    /// needs no key.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn and_signed_in(mut self, directory: &DataDirectory) -> anyhow::Result<Self> {
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

    /// Ready to be held against a journal that is walked over from its first entry.
    pub fn held(self) -> Held {
        let found = self.covers.iter().map(|cover| (cover.seq, None)).collect();
        Held { seen: self, found, head: Head::EMPTY }
    }

    /// Requires of an open journal all that was seen. Nothing may have been appended to it yet.
    ///
    /// # Errors
    /// A [`crate::problem::Problem`] that says what it lacks and how to repair it; otherwise when it cannot be read.
    pub fn check(&self, directory: &DataDirectory, journal: &dyn Journal) -> anyhow::Result<()> {
        let head = journal.head();
        let lacking = self.lacking(head.seq, |seq| hash_at(journal, seq))?;
        lacking.map_or(Ok(()), |lacking| Err(lacking.problem(directory, head).into()))
    }
}

/// What was seen, beside a journal that is walked over.
#[derive(Debug)]
pub struct Held {
    seen: Seen,
    /// The hashes that stand at the numbers that were seen.
    found: BTreeMap<u64, Option<Hash>>,
    /// The last entry that was passed.
    head: Head,
}

impl Held {
    /// An entry is passed.
    pub fn pass(&mut self, head: Head) {
        self.head = head;
        if let Some(found) = self.found.get_mut(&head.seq) {
            *found = Some(head.hash);
        }
    }

    /// The last entry that was passed.
    pub const fn head(&self) -> Head {
        self.head
    }

    /// The furthest entry that anybody names; 0 where nobody has seen any.
    pub fn furthest(&self) -> u64 {
        self.seen.furthest()
    }

    /// What the journal lacks first, if it ends with the last entry that was passed.
    pub fn lacking(&self) -> Option<Lacking> {
        let hash_at = |seq| Ok::<_, Infallible>(self.found.get(&seq).copied().flatten());
        let Ok(lacking) = self.seen.lacking(self.head.seq, hash_at);
        lacking
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

    #[test]
    fn what_is_said_fits_where_the_journal_lies() {
        let (memory, covers) = journal();
        let (head, other) = (memory.head(), Some(Hash([7; 32])));
        let lacking = [
            Lacking::Entry { cover: Cover { seq: 4, ..covers[2] }, found: None },
            Lacking::Entry { cover: covers[0], found: other },
            Lacking::OfOffice(4),
        ];
        let repair = "`jakone journal repair --from COPY --data ";
        let restore = "`jakone restore BACKUP --data NEW --database EMPTY`";
        for (addresses, named, unnamed) in [
            (&[][..], repair, restore),
            (&["database"], restore, "journal repair"),
            (&["database", "journal.address"], repair, restore),
        ] {
            let dir = tempfile::tempdir().unwrap();
            addresses.iter().for_each(|name| std::fs::write(dir.path().join(name), "somewhere").unwrap());
            let directory = DataDirectory::at(dir.path());
            for lacking in lacking {
                let (english, indonesian) = lacking.words(&directory, head, None);
                assert!(english.contains(named) && !english.contains(unnamed), "{addresses:?}: {english}");
                let tells = named.split([' ', '`']).nth(2).unwrap();
                assert!(indonesian.contains(tells) && !indonesian.contains(unnamed), "{indonesian}");
                assert!(
                    lacking.problem(&directory, head).to_string().starts_with(&english),
                    "as a start says"
                );
            }
        }
    }
}
