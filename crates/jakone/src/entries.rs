//! The entries of a journal in order, checked byte by byte and link by link, without applying them.
//!
//! For what needs hashes and not the state: evidence. No lock, no keys, beside a running system. Never writes.

use std::ops::ControlFlow;

use journal::{Entry, Head, ReadError, SharedJournal, VerifyError};

use crate::data_directory::{DataDirectory, missing};
use crate::problem::Problem;
use crate::reading::damaged;

/// What is done with an entry, and whether there is more to see.
pub type Pass<'p> = dyn FnMut(&Entry<'_>) -> anyhow::Result<ControlFlow<()>> + 'p;

/// Why a walk ended before its end.
enum Ended {
    Enough,
    Wrong(anyhow::Error),
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Enough => f.write_str("the reader had enough"),
            Self::Wrong(error) => error.fmt(f),
        }
    }
}

/// Passes every entry but the last: beside a running system that one may not be durable yet, while the one before it always
/// is.
///
/// # Errors
/// As [`all`].
pub fn settled(directory: &DataDirectory, pass: &mut Pass<'_>) -> anyhow::Result<()> {
    let mut held: Vec<u8> = Vec::new();
    all(directory, &mut |entry| {
        let before = std::mem::replace(&mut held, entry.bytes().to_vec());
        if before.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        pass(&Entry::parse_unchecked_hashes(&before)?)
    })
}

/// Passes every entry.
///
/// # Errors
/// A [`Problem`] when there is no journal or it is damaged; otherwise what `pass` answered.
pub fn all(directory: &DataDirectory, pass: &mut Pass<'_>) -> anyhow::Result<()> {
    if !directory.has_journal() {
        return Err(missing(directory).into());
    }
    if let Some(shared) = directory.shared_journal()? {
        return follow(&*shared, pass);
    }
    let verified = journal::verify(&directory.journal(), |entry| match pass(entry) {
        Ok(ControlFlow::Continue(())) => Ok(()),
        Ok(ControlFlow::Break(())) => Err(Ended::Enough),
        Err(error) => Err(Ended::Wrong(error)),
    });
    match verified {
        Ok(_) | Err(VerifyError::Visitor(Ended::Enough)) => Ok(()),
        Err(VerifyError::Visitor(Ended::Wrong(error))) => Err(error),
        Err(VerifyError::Journal(error)) => Err(damaged(&error.to_string()).into()),
        Err(error) => Err(damaged(&error.to_string()).into()),
    }
}

/// Every entry of a journal on a server: chain and hashes are checked as of files.
///
/// # Errors
/// A [`Problem`] at the first entry that is damaged; otherwise what `pass` answered.
pub fn follow(shared: &dyn SharedJournal, pass: &mut Pass<'_>) -> anyhow::Result<()> {
    let mut reader = shared.follow(1).map_err(unread)?;
    let mut last = Head::EMPTY;
    while let Some(bytes) = reader.next().map_err(unread)? {
        let entry = Entry::parse(&bytes).map_err(|damage| unsound(last.seq, &damage.to_string()))?;
        if !entry.follows(&last) {
            return Err(unsound(last.seq, "it does not follow the one before it").into());
        }
        last = entry.head();
        if pass(&entry)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// What keeps an entry from being read: its own damage, or the way to it.
fn unread(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Wrong(wrong) => damaged(&wrong.to_string()).into(),
        other => other.into(),
    }
}

fn unsound(after: u64, found: &str) -> Problem {
    damaged(&format!("entry {}: {found}", after + 1))
}
