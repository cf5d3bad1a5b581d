//! `jakone verify`: is the journal what was written, does it replay, are the books in balance, does it continue the last
//! checkpoint, do projections, snapshots and the office agree?
//!
//! Needs no lock, no running system and no repair. Changes nothing.

use std::io::Write as _;
use std::ops::ControlFlow;

use engine::{Event, Record, State, Unit, state_digest};
use journal::{Cover, Hash, Head};
use serde_json::json;

use crate::cli::VerifyArguments;
use crate::data_directory::{DataDirectory, journal_behind};
use crate::problem::Problem;
use crate::reading::{Passed, Walked, walk};
use crate::seen::{Lacking, Seen};
use crate::words::quantity;

use super::audited;
use super::counts::Counts;
use super::kept_snapshots::KeptSnapshots;
use super::office_books::{Agreed, OfficeBooks};
use super::tables::Tables;

/// Compares one projection with the state at its own cursor. A projection that lags behind is no error.
pub trait ProjectionCheck {
    /// Its name in messages.
    fn name(&self) -> &'static str;

    /// The last entry it holds; [`Head::EMPTY`] when it holds none. Asked once, before the walk. Beside a running system
    /// the projection moves on meanwhile, so an implementation begins its read transaction here and compares in it.
    ///
    /// # Errors
    /// When it cannot be read.
    fn cursor(&mut self) -> anyhow::Result<Head>;

    /// Sees a record up to the cursor, in order; for what no state keeps.
    fn see(&mut self, _: &Record) {}

    /// Compares with the state right after the entry at the cursor. Answers each difference in a sentence.
    ///
    /// # Errors
    /// When it cannot be read.
    fn compare(&mut self, state: &State) -> anyhow::Result<Vec<String>>;
}

/// Verifies a data directory and prints one line.
///
/// # Errors
/// The first thing that is wrong.
pub fn run(arguments: &VerifyArguments) -> anyhow::Result<()> {
    let verified = directory(&DataDirectory::at(&arguments.read.data))?;
    let mut out = std::io::stdout().lock();
    if arguments.read.json {
        writeln!(out, "{}", verified.json())?
    } else {
        writeln!(out, "{}", verified.line())?
    }
    Ok(())
}

/// Verifies a whole data directory.
///
/// # Errors
/// The first thing that is wrong.
pub fn directory(directory: &DataDirectory) -> anyhow::Result<Verified> {
    let mut checks: Vec<Box<dyn ProjectionCheck>> = Vec::new();
    checks.extend(Tables::open(directory)?.map(|tables| Box::new(tables) as Box<dyn ProjectionCheck>));
    checks.extend(Counts::open(directory)?.map(|counts| Box::new(counts) as Box<dyn ProjectionCheck>));
    let mut verified = verify(directory, &mut checks)?;
    verified.audited = audited::check(directory, verified.walked.head.seq, &verified.walked.state.attested)?;
    Ok(verified)
}

/// Verifies the journal of a directory that holds no tables: chain, leaves, replay, balance, snapshots, last checkpoint.
///
/// # Errors
/// The first thing that is wrong.
pub fn journal(directory: &DataDirectory) -> anyhow::Result<Verified> {
    verify(directory, &mut [])
}

/// What a verification found to be in order.
pub struct Verified {
    /// What the walk over the journal came to.
    pub walked: Walked,
    /// Digest of the state at its end.
    pub digest: String,
    transfers: u64,
    /// Names and cursors of the projections that agree.
    pub projections: Vec<(&'static str, u64)>,
    /// How the office's word agrees with the journal's; none where there is no office.
    office: Option<Agreed>,
    /// The last entries of the snapshots that agree, newest first.
    snapshots: Vec<u64>,
    /// The last entry of the last checkpoint; none where none was signed.
    checkpoint: Option<u64>,
    /// Lines of the audit that are as they were laid down.
    audited: u64,
}

fn verify(directory: &DataDirectory, checks: &mut [Box<dyn ProjectionCheck>]) -> anyhow::Result<Verified> {
    let mut snapshots = KeptSnapshots::open(directory)?;
    let mut office = OfficeBooks::open(directory)?;
    // Before the walk: a checkpoint that is signed beside it may go further.
    let mut signed = Seen::default().and_signed_in(directory)?.held();
    let mut waiting = Vec::new();
    for check in checks {
        let cursor = check.cursor()?;
        waiting.push(Waiting { directory, check, cursor, met: cursor.seq == 0 });
    }
    let mut sums = Sums::default();
    let walked = walk(directory, &mut |passed| {
        match passed {
            Passed::Record { seen, state } => {
                waiting.iter_mut().filter(|one| !one.met).for_each(|one| one.check.see(&seen.record));
                sums.add(&seen.record, state);
                office.iter_mut().for_each(|office| office.see(&seen.record));
            }
            Passed::EndOfEntry { head, state } => {
                waiting
                    .iter_mut()
                    .filter(|one| one.cursor.seq == head.seq)
                    .try_for_each(|one| one.meet(head.hash, state))?;
                snapshots.meet(&head, state)?;
            }
            Passed::Entry { head, .. } => signed.pass(head),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(beyond) = waiting.iter().find(|one| !one.met) {
        return Err(beyond.unmet(&walked).into());
    }
    let snapshots = snapshots.met(&walked)?;
    if let Some(lacking) = signed.lacking() {
        let words = lacking.words(directory, walked.head, walked.tear.as_ref());
        return Err(seen_by("the last checkpoint", "titik periksa terakhir", words).into());
    }
    let checkpoint = Some(signed.furthest()).filter(|seq| *seq > 0);
    sums.balance(&walked.state)?;
    let office = office.map(|office| office.agree(walked.head.seq)).transpose()?;
    let projections = waiting.iter().map(|one| (one.check.name(), one.cursor.seq)).collect();
    let digest = hex::encode(state_digest(&walked.state));
    let transfers = sums.of.iter().map(|sum| sum.transfers).sum();
    Ok(Verified { walked, digest, transfers, projections, office, snapshots, checkpoint, audited: 0 })
}

/// A projection that waits for the walk to come to its cursor.
struct Waiting<'c> {
    directory: &'c DataDirectory,
    check: &'c mut Box<dyn ProjectionCheck>,
    cursor: Head,
    met: bool,
}

impl Waiting<'_> {
    fn meet(&mut self, hash: Hash, state: &State) -> anyhow::Result<()> {
        self.met = true;
        let (name, seq) = (self.check.name(), self.cursor.seq);
        if hash != self.cursor.hash {
            let (english, indonesian) = self.lacking(Some(hash)).words(self.directory, self.cursor, None);
            return Err(Problem::new(
                "projection_of_another_journal",
                format!("{english}. The projection {name} has seen it; only if this journal is known to be the right one, move that away, and it is built again."),
                format!("{indonesian}. Proyeksi {name} yang melihatnya; hanya bila jurnal ini memang yang benar, pindahkan proyeksi itu agar dibangun ulang."),
            )
            .into());
        }
        let differences = self.check.compare(state)?;
        if differences.is_empty() {
            return Ok(());
        }
        let (count, shown) =
            (differences.len(), differences.iter().take(5).cloned().collect::<Vec<_>>().join("; "));
        Err(Problem::new(
            "projection_differs",
            format!("The projection {name} differs from the journal at its cursor, entry {seq}, in {count} places: {shown}. Delete the projection so that it is built again, and report this."),
            format!("Proyeksi {name} berbeda dari jurnal pada entri {seq}. Hapus proyeksi agar dibangun ulang, lalu laporkan."),
        )
        .into())
    }

    fn unmet(&self, walked: &Walked) -> Problem {
        let name = self.check.name();
        let words = self.lacking(None).words(self.directory, walked.head, walked.tear.as_ref());
        seen_by(&format!("the projection {name}"), &format!("proyeksi {name}"), words)
    }

    /// The entry at the cursor, where the journal does not have it.
    const fn lacking(&self, found: Option<Hash>) -> Lacking {
        let Head { seq, hash, at: _ } = self.cursor;
        Lacking::Entry { cover: Cover { seq, hash }, found }
    }
}

/// What a start says of a journal that lacks what was seen, with who has seen it.
fn seen_by(who: &str, siapa: &str, (english, indonesian): (String, String)) -> Problem {
    journal_behind((
        format!("{english}. It was {who} that has seen it"),
        format!("{indonesian}. Yang melihatnya: {siapa}"),
    ))
}

/// What the events moved, summed here and not by the engine.
#[derive(Default)]
struct Sums {
    of: [Sum; Unit::ALL.len()],
}

#[derive(Default, Clone, Copy)]
struct Sum {
    amount: u128,
    transfers: u64,
}

impl Sums {
    fn add(&mut self, record: &Record, state: &State) {
        let Ok(events) = &record.outcome else { return };
        for event in events {
            let (Event::Moved(moved) | Event::PendingPosted(_, moved)) = event else { continue };
            let unit = state.ledger.account(moved.debit).map_or(0, |account| account.key.unit.index());
            if let Some(sum) = self.of.get_mut(unit) {
                sum.amount += u128::from(moved.amount.0);
                sum.transfers += 1;
            }
        }
    }

    /// The accounts, the transfers and the engine's totals, each computed apart, say the same.
    fn balance(&self, state: &State) -> anyhow::Result<()> {
        for (unit, sum) in Unit::ALL.into_iter().zip(self.of) {
            let accounts = state.ledger.accounts().iter().filter(|account| account.key.unit == unit);
            let (debits, credits) = accounts.fold((0u128, 0u128), |(debits, credits), account| {
                (debits + u128::from(account.debits), credits + u128::from(account.credits))
            });
            let totals = state.ledger.totals(unit);
            let engine = (u128::from(totals.debits), u128::from(totals.credits), totals.transfers);
            if (debits, credits, sum.transfers) != engine || debits != credits || debits != sum.amount {
                let moved = sum.amount;
                return Err(Problem::new(
                    "books_unbalanced",
                    format!("The books do not balance in {unit:?}: accounts hold {debits} debits and {credits} credits, transfers moved {moved}, the engine counts {engine:?}. Keep the journal and report it."),
                    format!("Pembukuan tidak seimbang ({unit:?}). Simpan jurnal ini dan laporkan."),
                )
                .into());
            }
        }
        Ok(())
    }
}

impl Verified {
    /// All of it in one line.
    pub fn line(&self) -> String {
        let Walked { head, entries, records, tear, state, genesis: _, snapshot: _ } = &self.walked;
        let (hash, digest) = (short(&head.hash.to_string()), short(&self.digest));
        let rupiah = i64::try_from(state.ledger.totals(Unit::Rupiah).debits).unwrap_or(i64::MAX);
        let tear = tear
            .as_ref()
            .map(|tear| format!("; {tear}: nobody was told of it, the next start sets it aside"));
        let projections: Vec<String> = self
            .projections
            .iter()
            .map(|(name, seq)| format!("; projection {name} agrees at entry {seq}"))
            .chain(self.snapshots.iter().map(|seq| format!("; snapshot agrees at entry {seq}")))
            .chain(self.checkpoint.iter().map(|seq| format!("; checkpoint agrees at entry {seq}")))
            .collect();
        let office = self.office.as_ref().map(|agreed| {
            let Agreed { holders, commands, digest } = agreed;
            format!("; office agrees: {holders} holders, {commands} commands, {}", short(digest))
        });
        format!(
            "ok: {entries} entries, {records} records, head {} {hash} of {}; {} transfers of {} in balance; state {digest}{}{}; {} lines of the audit agree{}",
            head.seq,
            head.at,
            self.transfers,
            quantity(rupiah, Unit::Rupiah),
            projections.concat(),
            office.unwrap_or_default(),
            self.audited,
            tear.unwrap_or_default(),
        )
    }

    fn json(&self) -> serde_json::Value {
        let Walked { head, entries, records, tear, .. } = &self.walked;
        let projections: Vec<_> =
            self.projections.iter().map(|(name, seq)| json!({ "name": name, "cursor": seq })).collect();
        json!({
            "ok": true, "entries": entries, "records": records, "seq": head.seq, "hash": head.hash.to_string(),
            "at": head.at.to_string(), "transfers": self.transfers, "state": self.digest,
            "tear": tear.as_ref().map(ToString::to_string), "projections": projections,
            "audit": self.audited, "snapshots": self.snapshots, "checkpoint": self.checkpoint,
            "office": self.office.as_ref().map(|agreed| json!({
                "holders": agreed.holders, "commands": agreed.commands, "digest": agreed.digest,
            })),
        })
    }
}

fn short(hash: &str) -> String {
    hash.chars().take(16).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use journal::EmbeddedOptions;

    use super::*;
    use crate::data_directory::{Start, start_runtime};

    /// A projection that claims what it is told to claim.
    struct Claims {
        cursor: Head,
        epoch: u64,
    }

    impl ProjectionCheck for Claims {
        fn name(&self) -> &'static str {
            "claims"
        }
        fn cursor(&mut self) -> anyhow::Result<Head> {
            Ok(self.cursor)
        }
        fn compare(&mut self, state: &State) -> anyhow::Result<Vec<String>> {
            let same = state.epoch == self.epoch;
            Ok(if same { Vec::new() } else { vec![format!("epoch {} is not {}", self.epoch, state.epoch)] })
        }
    }

    fn started_twice(dir: &std::path::Path) -> (DataDirectory, Vec<Head>) {
        let data = DataDirectory::open_or_create(dir).unwrap();
        let heads = (0..2).map(|_| {
            let clock = Arc::new(data.clock().unwrap());
            let start = Start { journal: EmbeddedOptions::small(), reserve: 16, ..Start::with_clock(clock) };
            let (runtime, _) = start_runtime(&data, start).unwrap();
            let head = runtime.handle().durable();
            drop(runtime.shutdown());
            head
        });
        let heads = heads.collect();
        (data, heads)
    }

    fn code(data: &DataDirectory, claims: Claims) -> &'static str {
        let error = verify(data, &mut [Box::new(claims)]).err().unwrap();
        error.downcast_ref::<Problem>().unwrap().code
    }

    #[test]
    fn a_projection_is_compared_at_its_own_cursor() {
        let dir = tempfile::tempdir().unwrap();
        let (data, heads) = started_twice(dir.path());
        for (cursor, epoch) in [(Head::EMPTY, 9), (heads[0], 1), (heads[1], 2)] {
            let verified = verify(&data, &mut [Box::new(Claims { cursor, epoch })]).unwrap();
            assert_eq!(verified.projections, [("claims", cursor.seq)]);
            assert!(verified.line().contains("projection claims agrees"));
        }
        assert_eq!(code(&data, Claims { cursor: heads[0], epoch: 2 }), "projection_differs");
        let other = Head { hash: Hash([7; 32]), ..heads[0] };
        assert_eq!(code(&data, Claims { cursor: other, epoch: 1 }), "projection_of_another_journal");
        let ahead = Head { seq: heads[1].seq + 1, ..heads[1] };
        assert_eq!(code(&data, Claims { cursor: ahead, epoch: 2 }), "journal_behind");
    }
}
