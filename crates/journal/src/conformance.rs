//! What every journal backend must do, as functions any backend's tests can run.
//!
//! Owns the meaning of the [`Journal`] port. Never knows a backend: a [`Factory`] makes journals and reopens them.

use std::sync::Arc;
use std::time::Duration;

use base::{CivilDate, Timestamp};

use crate::draft::{Draft, Movement};
use crate::entry::Entry;
use crate::keys::{KeyError, KeyRing};
use crate::layout::ENTRY_BYTES_MAX;
use crate::log::{AppendError, Appended, Head, Journal, ReadError};
use crate::seal::{Sealed, Sealer};

/// Makes journals of one backend.
pub trait Factory {
    /// A journal without entries, apart from all made before.
    ///
    /// # Errors
    /// When it cannot be made.
    fn fresh(&mut self) -> Result<Box<dyn Journal>, Violation>;

    /// Closes a journal and opens it again, as after a restart of the process.
    ///
    /// # Errors
    /// When it cannot be opened again.
    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, Violation>;
}

/// A rule a backend broke.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(pub String);

impl From<KeyError> for Violation {
    fn from(error: KeyError) -> Self {
        Self(format!("sealing failed: {error}"))
    }
}

impl From<ReadError> for Violation {
    fn from(error: ReadError) -> Self {
        Self(format!("reading failed: {error}"))
    }
}

/// A rule: takes a factory, says whether its journals keep it.
pub type Rule = fn(&mut dyn Factory) -> Result<(), Violation>;

/// All rules with their names.
pub const RULES: &[(&str, Rule)] = &[
    ("an empty journal has an empty head and nothing to read", empty),
    ("entries come back byte for byte, in order, from any seq", comes_back),
    ("the same entry offered again is durable and stands there once", offered_again),
    ("another entry at a taken seq is fenced and changes nothing", fenced),
    ("an entry chained to another predecessor is fenced and changes nothing", foreign),
    ("an entry that leaves a gap, goes back in time or is cut is refused and changes nothing", refused),
    ("a reader past the head waits for what comes and one further is refused", past_the_head),
    ("a reader beside the writer sees each entry once it is durable", beside_the_writer),
    ("a journal opened again has the same head and the same bytes", opened_again),
    ("an entry of the largest size is taken, and many after it", largest),
];

/// Runs every rule.
///
/// # Errors
/// The first rule broken, by name.
pub fn run(factory: &mut dyn Factory) -> Result<(), Violation> {
    for (name, rule) in RULES {
        rule(factory).map_err(|Violation(found)| Violation(format!("{name}: {found}")))?;
    }
    Ok(())
}

fn hold(what: &str, holds: bool) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation(what.to_owned())) }
}

/// Makes a chain of sealed entries, all from one seed.
pub struct Chain {
    sealer: Sealer,
    draft: Draft,
    head: Head,
    begun: bool,
}

impl std::fmt::Debug for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chain").field("head", &self.head).finish_non_exhaustive()
    }
}

impl Chain {
    /// A chain that begins at the first entry.
    #[must_use]
    pub fn new() -> Self {
        Self::after(Head::EMPTY)
    }

    /// A chain that goes on after `head`.
    #[must_use]
    pub fn after(head: Head) -> Self {
        let sealer = Sealer::new(Arc::new(KeyRing::in_memory([7; 32])));
        Self { sealer, draft: Draft::new(), head, begun: false }
    }

    /// The next entry with these values; from the second a chain seals, every other record has a movement.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn next(&mut self, values: &[&[u8]]) -> Result<Sealed, Violation> {
        self.next_at(self.head.at.plus(1_000), values)
    }

    fn next_at(&mut self, at: Timestamp, values: &[&[u8]]) -> Result<Sealed, Violation> {
        self.draft.clear(at);
        for (index, value) in values.iter().enumerate() {
            let movement = Movement { date: CivilDate(20_000), plain: b"a place and a time" };
            self.draft.push(value, (self.begun && index % 2 == 1).then_some(movement));
        }
        let sealed = self.sealer.seal(&self.draft, &self.head)?;
        (self.head, self.begun) = (sealed.head, true);
        Ok(sealed)
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

/// Appends and requires durability, waiting for space as a bulk writer would.
fn durable(journal: &mut dyn Journal, sealed: &Sealed) -> Result<(), Violation> {
    hold("there is no space for an entry", journal.wait_for_space(Duration::from_secs(60)))?;
    match journal.append(sealed) {
        Appended::Durable => hold("the head is not the entry just appended", journal.head() == sealed.head),
        other => Err(Violation(format!("entry {} should be durable, but is {other:?}", sealed.head.seq))),
    }
}

fn filled(journal: &mut dyn Journal, chain: &mut Chain, count: usize) -> Result<Vec<Sealed>, Violation> {
    let mut all = Vec::with_capacity(count);
    for number in 0..count {
        let value = vec![0xA5; number % 300];
        let sealed = chain.next(&[value.as_slice(), b"second", b""])?;
        durable(journal, &sealed)?;
        all.push(sealed);
    }
    Ok(all)
}

fn reads(journal: &dyn Journal, from_seq: u64, expected: &[Sealed]) -> Result<(), Violation> {
    let mut reader = journal.reader(from_seq)?;
    for sealed in expected {
        let bytes =
            reader.next()?.ok_or_else(|| Violation(format!("entry {} is missing", sealed.head.seq)))?;
        hold("an entry came back altered", *bytes == *sealed.bytes)?;
        hold("an entry's hashes do not hold", Entry::parse(&bytes).is_ok())?;
    }
    hold("there is more to read than was written", reader.next()?.is_none())
}

fn empty(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    hold("the head is not empty", journal.head() == Head::EMPTY)?;
    hold("there is no space", journal.wait_for_space(Duration::from_secs(60)))?;
    reads(journal.as_ref(), 0, &[])?;
    reads(journal.as_ref(), 1, &[])
}

fn comes_back(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let all = filled(journal.as_mut(), &mut Chain::new(), 40)?;
    reads(journal.as_ref(), 0, &all)?;
    for (from_seq, skipped) in (1..=41).zip(0..) {
        reads(journal.as_ref(), from_seq, all.get(skipped..).unwrap_or_default())?;
    }
    Ok(())
}

fn offered_again(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let all = filled(journal.as_mut(), &mut Chain::new(), 3)?;
    for sealed in &all {
        hold("it is not durable", matches!(journal.append(sealed), Appended::Durable))?;
    }
    hold("the head moved", all.last().is_some_and(|last| journal.head() == last.head))?;
    reads(journal.as_ref(), 1, &all)
}

fn fenced(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    let mut all = filled(journal.as_mut(), &mut chain, 3)?;
    for seq in [1, 3] {
        let before = seq - 2_i64;
        let head =
            usize::try_from(before).ok().and_then(|place| all.get(place)).map_or(Head::EMPTY, |s| s.head);
        let other = Chain::after(head).next(&[b"of another leader"])?;
        hold("it is not fenced", matches!(journal.append(&other), Appended::Fenced))?;
    }
    reads(journal.as_ref(), 1, &all)?;
    all.extend(filled(journal.as_mut(), &mut chain, 1)?);
    reads(journal.as_ref(), 1, &all)
}

fn foreign(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let all = filled(journal.as_mut(), &mut Chain::new(), 2)?;
    let mut elsewhere = Chain::new();
    for _ in 0..2 {
        elsewhere.next(&[b"elsewhere"])?;
    }
    let third = elsewhere.next(&[b"third of another chain"])?;
    hold("it is not fenced", matches!(journal.append(&third), Appended::Fenced))?;
    reads(journal.as_ref(), 1, &all)
}

fn refused(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    let mut all = filled(journal.as_mut(), &mut chain, 2)?;
    let head = journal.head();
    let next = chain.next(&[b"third"])?;
    let after_next = chain.next(&[b"fourth"])?;
    let gap = journal.append(&after_next);
    hold("a gap was taken", matches!(gap, Appended::Failed(AppendError::Gap { .. })))?;
    let earlier = Head { at: Timestamp(-5), ..head };
    let old = Chain::after(earlier).next(&[b"from the past"])?;
    let older = journal.append(&old);
    hold("an older entry was taken", matches!(older, Appended::Failed(AppendError::TimeWentBack { .. })))?;
    let cut = next.bytes.get(..next.bytes.len() - 8).unwrap_or_default().to_vec();
    let cut = journal.append(&Sealed { head: next.head, bytes: cut, records: next.records });
    hold("a cut entry was taken", matches!(cut, Appended::Failed(AppendError::Malformed(_))))?;
    hold("the head moved", journal.head() == head)?;
    durable(journal.as_mut(), &next)?;
    durable(journal.as_mut(), &after_next)?;
    all.extend([next, after_next]);
    reads(journal.as_ref(), 1, &all)
}

fn past_the_head(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    filled(journal.as_mut(), &mut chain, 5)?;
    let mut waiting = journal.reader(6)?;
    hold("there is something past the head", waiting.next()?.is_none())?;
    let beyond = journal.reader(7);
    let refused = matches!(beyond, Err(ReadError::Beyond { from_seq: 7, head: 5 }));
    hold("a reader two past the head was given", refused)?;
    let sixth = filled(journal.as_mut(), &mut chain, 1)?;
    let seen = waiting.next()?;
    hold(
        "the waiting reader missed it",
        seen.as_deref() == sixth.first().map(|sealed| sealed.bytes.as_slice()),
    )
}

fn beside_the_writer(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    let mut early = journal.reader(1)?;
    for number in 0..60u32 {
        let value = vec![1; usize::try_from(number * 700).unwrap_or_default()];
        let sealed = chain.next(&[&value, &value])?;
        hold("an entry is read before it was appended", early.next()?.is_none())?;
        durable(journal.as_mut(), &sealed)?;
        hold("an appended entry is not read", early.next()?.as_deref() == Some(sealed.bytes.as_slice()))?;
    }
    Ok(())
}

fn opened_again(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    let mut all = Vec::new();
    for _ in 0..3 {
        all.extend(filled(journal.as_mut(), &mut chain, 5)?);
        let head = journal.head();
        journal = factory.reopen(journal)?;
        hold("the head is another one", journal.head() == head)?;
        reads(journal.as_ref(), 1, &all)?;
    }
    Ok(())
}

fn largest(factory: &mut dyn Factory) -> Result<(), Violation> {
    let mut journal = factory.fresh()?;
    let mut chain = Chain::new();
    let mut all = filled(journal.as_mut(), &mut chain, 2)?;
    let overhead = chain.next(&[b""]).map(|sealed| sealed.bytes.len())?;
    chain.head = journal.head();
    let mut chain = Chain::after(journal.head());
    let value = vec![0x5A; ENTRY_BYTES_MAX - overhead];
    for _ in 0..7 {
        let sealed = chain.next(&[&value])?;
        hold("the entry is not of the largest size", sealed.bytes.len() == ENTRY_BYTES_MAX)?;
        durable(journal.as_mut(), &sealed)?;
        all.push(sealed);
    }
    all.extend(filled(journal.as_mut(), &mut chain, 3)?);
    reads(journal.as_ref(), 1, &all)
}
