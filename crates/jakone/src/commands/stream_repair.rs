//! A journal on NATS is written back from a copy: the same bytes under the same numbers, after what the stream holds already.
//!
//! Owns the comparison of stream and copy, and the appending. Writes nothing before the whole stream was read and is a beginning
//! of the copy. An entry that stands in a stream cannot be replaced: where one is damaged, the journal goes into an empty stream.

use std::sync::Arc;

use journal::{
    Appended, Entry, Head, Journal, ReadError, Reader, RepairError, Repaired, Sealed, SharedJournal,
};

use crate::addresses::{self, Told};
use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// How often an entry is offered whose fate is not known; each time the servers have five seconds.
const TRIES_MAX: u32 = 12;

/// A copy of a journal.
pub struct Copy {
    /// From its first entry on.
    pub reader: Box<dyn Reader>,
    /// Its last entry, where that is known before reading.
    pub head: Option<Head>,
}

/// Repairs the stream of a directory, or writes the journal into the stream at `address` and keeps that one from then on.
///
/// # Errors
/// Why the copy cannot be used, as [`RepairError`], or a [`Problem`] of the stream; then nothing was appended.
pub fn repair(directory: &DataDirectory, address: Option<&str>, copy: Copy) -> anyhow::Result<Repaired> {
    let kept = directory.addresses();
    let Some(address) = address.filter(|address| kept.journal() != Some(address)) else {
        let Some(shared) = directory.shared_journal()? else { anyhow::bail!("the journal is in files") };
        return complete(&*shared, copy);
    };
    let shared: Arc<dyn SharedJournal> = Arc::new(addresses::jetstream(address)?);
    if let (Some(old), Some(head)) = (directory.shared_journal()?, copy.head) {
        nothing_is_left_behind(&*old, head)?;
    }
    let repaired = complete(&*shared, copy)?;
    // Last, so that the directory never names a stream in which entries are missing.
    kept.clone().keep(directory.root(), Told { database: None, journal: Some(address) }, false)?;
    Ok(repaired)
}

/// A stream that is left holds nothing after the copy. One that cannot be opened says nothing.
fn nothing_is_left_behind(old: &dyn SharedJournal, copy: Head) -> Result<(), RepairError> {
    let needed = old.open(None).map_or(0, |journal| journal.head().seq);
    if needed > copy.seq { Err(RepairError::Short { ends: copy.seq, needed }) } else { Ok(()) }
}

/// Appends to a stream that is a beginning of the copy what the copy has after it.
fn complete(shared: &dyn SharedJournal, mut copy: Copy) -> anyhow::Result<Repaired> {
    let mut stream = shared.follow(1).map_err(unreadable)?;
    let sound = compare(&mut *stream, &mut *copy.reader)?;
    drop(stream);
    let mut journal = shared.open(None)?;
    if journal.head() != sound {
        return Err(is_written().into());
    }
    append_all(&mut *journal, &mut *copy.reader, u64::MAX)?;
    let head = journal.head();
    let from_copy = head.seq.saturating_sub(sound.seq);
    Ok(Repaired { sound, damage: None, head, from_copy, from_after: 0, set_aside: None })
}

/// Reads a whole stream beside the copy. Answers its last entry, after which the copy is read on.
fn compare(stream: &mut dyn Reader, copy: &mut dyn Reader) -> anyhow::Result<Head> {
    let (mut last, mut ends) = (Head::EMPTY, None);
    while let Some(bytes) = stream.next().map_err(unreadable)? {
        let own = Entry::parse(&bytes).map_err(|damage| damaged(last.seq + 1, &damage))?.head();
        match copy.next().map_err(RepairError::Copy)? {
            Some(other) => {
                let other = Entry::parse_unchecked_hashes(&other)?.head().hash;
                if own.hash != other {
                    return Err(RepairError::Differs { seq: own.seq, own: own.hash, other }.into());
                }
            }
            None => ends = ends.or(Some(last.seq)),
        }
        last = own;
    }
    match ends {
        Some(ends) => Err(RepairError::Short { ends, needed: last.seq }.into()),
        None => Ok(last),
    }
}

/// Appends entries of a copy, the same bytes under the same numbers, through an entry or the copy's end.
///
/// # Errors
/// When an entry is not taken; what was appended before it stands.
pub fn append_all(journal: &mut dyn Journal, copy: &mut dyn Reader, through: u64) -> anyhow::Result<()> {
    while journal.head().seq < through
        && let Some(bytes) = copy.next()?
    {
        let entry = Entry::parse(&bytes)?;
        let sealed = Sealed { head: entry.head(), records: entry.record_count(), bytes: bytes.to_vec() };
        let seq = sealed.head.seq;
        match (0..TRIES_MAX).map(|_| journal.append(&sealed)).find(|done| !matches!(done, Appended::Unknown))
        {
            Some(Appended::Durable) => {}
            Some(Appended::Failed(error)) => return Err(error.into()),
            _ => anyhow::bail!(
                "entry {seq} was not taken: another process writes there, or the servers do not answer"
            ),
        }
    }
    Ok(())
}

/// What is wrong when a stream cannot be read: an entry of it, or the way to it.
fn unreadable(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Wrong(wrong) => damaged(wrong.seq, &wrong.finding).into(),
        other => other.into(),
    }
}

fn damaged(seq: u64, found: &dyn std::fmt::Display) -> Problem {
    Problem::new(
        "journal_damaged",
        format!(
            "Entry {seq} of the stream: {found}. An entry of a stream cannot be replaced. Nothing was changed; name a new, empty stream with --journal, and the whole journal is written there from the copy."
        ),
        format!(
            "Entri {seq} di aliran itu rusak dan tidak dapat diganti. Tidak ada yang diubah; sebutkan aliran baru yang kosong dengan --journal, lalu seluruh jurnal ditulis ke sana dari salinan."
        ),
    )
}

fn is_written() -> Problem {
    Problem::new(
        "city_is_running",
        "A machine is writing this journal. Nothing was changed; stop `jakone serve` on all machines, then repair again.",
        "Ada mesin yang sedang menulis jurnal ini. Tidak ada yang diubah; hentikan `jakone serve` di semua mesin, lalu perbaiki lagi.",
    )
}

#[cfg(test)]
mod tests {
    use journal::Memory;
    use journal::conformance::Chain;

    use super::*;

    fn journal(chain: &mut Chain, entries: u64) -> Memory {
        let mut memory = Memory::new();
        for _ in 0..entries {
            assert!(matches!(memory.append(&chain.next(&[b"value"]).unwrap()), Appended::Durable));
        }
        memory
    }

    fn repaired(stream: &Memory, copy: &Memory) -> anyhow::Result<Repaired> {
        complete(stream, Copy { reader: copy.reader(1).unwrap(), head: Some(copy.head()) })
    }

    #[test]
    fn a_stream_that_is_a_beginning_of_the_copy_gets_what_is_missing() {
        let copy = journal(&mut Chain::new(), 7);
        for before in [0, 1, 6, 7] {
            let stream = journal(&mut Chain::new(), before);
            let done = repaired(&stream, &copy).unwrap();
            assert_eq!((done.sound.seq, done.from_copy, done.head), (before, 7 - before, copy.head()));
            let bytes = |memory: &Memory| {
                let mut reader = memory.reader(1).unwrap();
                std::iter::from_fn(|| reader.next().unwrap()).collect::<Vec<_>>()
            };
            assert_eq!(bytes(&stream), bytes(&copy));
        }
    }

    #[test]
    fn a_copy_that_is_short_or_of_another_journal_changes_nothing() {
        let copy = journal(&mut Chain::new(), 3);
        let refused = |stream: &Memory| {
            let before = stream.head();
            let error = repaired(stream, &copy).unwrap_err();
            assert_eq!(stream.head(), before);
            error.downcast::<RepairError>().unwrap()
        };
        let longer = journal(&mut Chain::new(), 5);
        assert!(matches!(refused(&longer), RepairError::Short { ends: 3, needed: 5 }));
        let head = Head { at: base::Timestamp(77), ..Head::EMPTY };
        let other = journal(&mut Chain::after(head), 2);
        assert!(matches!(refused(&other), RepairError::Differs { seq: 1, .. }));
        let mut parted = journal(&mut Chain::new(), 1);
        let next = Chain::after(parted.head()).next(&[b"elsewhere"]).unwrap();
        assert!(matches!(parted.append(&next), Appended::Durable));
        assert!(matches!(refused(&parted), RepairError::Differs { seq: 2, .. }));
        assert!(
            nothing_is_left_behind(&longer, copy.head()).is_err(),
            "entries would be left in the old stream"
        );
        assert!(nothing_is_left_behind(&copy, longer.head()).is_ok());
    }
}
