//! The data directory: what lies where, who may read it, and how the journal in it is opened.
//!
//! ```text
//! DIR/                    0700
//!   journal/              segment files, and nothing else
//!   keys/                 the journal's keys: one for blinds, one per day for movement
//!   snapshots/            the engine's state at two entries, so that a start need not begin with the first
//!   copy/                 segment files that follow a journal on NATS, so that a lost stream can be written back
//!   evidence/             tree over the journal's entries, the last checkpoint, what was counted before forgetting
//!   holds.json            documents that order movement to be kept
//!   office.sqlite         the office's rows; back these up
//!   projections.sqlite    rebuilt from the journal when missing
//!   clock.json            how far the city's clock is from the machine's
//!   restored              there from a restore to the end of the first start after it
//!   database              address of the PostgreSQL database that holds journal, office and projections instead of files
//!   journal.address       address of the NATS servers that hold the journal instead of either
//! ```
//!
//! Never reads what is in the journal or the databases.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::Context as _;
use base::{Clock, Code, CommandId, Micros, SystemClock};
use engine::{Genesis, Parameter};
use journal::{
    Embedded, EmbeddedOptions, Journal as _, KeyRing, OpenError, ReadError, Recovery, SharedJournal,
    Uncovered,
};
use platform::database::Place;
use runtime::{
    Check, Fault, Leadership, Limits, Objection, RealTime, ReplayError, Runtime, Snapshots, Standby,
    StartError, Terms, replay_from,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::addresses::{Addresses, Told};
use crate::lock_owner::lock_owner;
use crate::problem::Problem;
use crate::seen::{Look, Seen};
use crate::small_file::write_small;

/// Name of the list of what a backup holds: where it lies, nothing may be started.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Name of the mark of a restore that has not come to its end.
const RESTORING_FILE: &str = "restoring";

/// Name of the mark of a restore after which nothing was started yet.
const RESTORED_FILE: &str = "restored";

/// Code of the city in genesis.
const CITY: &str = "jakarta";

/// Room made in the engine's tables at a start, so that the first hundred thousand holders copy nothing.
const RESERVE: usize = 100_000;

/// How far the tables may be behind before bulk waits, when nobody says.
pub const LAG_MAX: Duration = Duration::from_secs(10);

/// A data directory.
#[derive(Debug, Clone)]
pub struct DataDirectory {
    root: PathBuf,
    addresses: Addresses,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct ClockFile {
    /// City clock minus the machine's clock, microseconds.
    offset_us: Micros,
}

/// How a runtime is started on a data directory.
pub struct Start {
    /// The city's clock.
    pub clock: Arc<dyn Clock>,
    /// What tables have seen: the journal must hold it. Asked right before anything is appended.
    pub seen: Look,
    /// Parameters of genesis beside [`Parameter::IdClockOffset`]; used only when the journal is empty.
    pub parameters: Vec<(Parameter, i64)>,
    /// How much may wait.
    pub limits: Limits,
    /// Room made for holders, media and accounts.
    pub reserve: usize,
    /// How the journal's files are kept. Hashes are checked by the replay, whatever is said here.
    pub journal: EmbeddedOptions,
    /// What to do when the journal can no longer be written.
    pub on_fault: fn(&Fault),
    /// Real-time priority of the journal's thread.
    pub writer_priority: Option<RealTime>,
    /// How far the tables may be behind the journal before bulk waits for them.
    pub lag_max: Duration,
}

impl Start {
    /// As a server starts: usual limits, and a fault ends the process.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            seen: Box::new(|| Ok(Seen::default())),
            parameters: Vec::new(),
            limits: Limits::default(),
            reserve: RESERVE,
            journal: EmbeddedOptions::default(),
            on_fault: end_process,
            writer_priority: None,
            lag_max: LAG_MAX,
        }
    }
}

/// Ends the process: what is on the disk is for the next start to tell, and nobody hears of what may be undone.
pub fn end_process(fault: &Fault) {
    eprintln!(
        "error[journal_failed]: {fault}. Look at the disk, then start again; what was answered is safe."
    );
    eprintln!(
        "  Jurnal tidak dapat ditulis. Periksa disk, lalu mulai lagi; yang sudah dijawab tersimpan aman."
    );
    std::process::exit(1);
}

impl DataDirectory {
    /// The directory, made readable for its owner alone if it does not exist.
    ///
    /// # Errors
    /// A [`Problem`] where it is a backup, or a restore that did not come to its end; when it cannot be made.
    pub fn open_or_create(root: &Path) -> anyhow::Result<Self> {
        Self::at(root).may_change()?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(root)
            .with_context(|| format!("cannot make the data directory {}", root.display()))?;
        let directory = Self::at(root);
        if !directory.clock_file().exists() {
            directory.keep_clock_offset(0)?;
        }
        Ok(directory)
    }

    /// The directory of a city that was begun: for what has nothing to do in a new one.
    ///
    /// # Errors
    /// A [`Problem`] where nothing was begun, and as [`DataDirectory::open_or_create`].
    pub fn open(root: &Path) -> anyhow::Result<Self> {
        let directory = Self::at(root);
        directory.may_change()?;
        if directory.clock_file().exists() || directory.has_journal() {
            Ok(directory)
        } else {
            Err(missing(&directory).into())
        }
    }

    /// A directory that is only read; it need not exist.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf(), addresses: Addresses::of(root) }
    }

    /// The same directory, with journal and tables on servers from now on: every later command finds them there.
    ///
    /// # Errors
    /// A [`Problem`] when a journal was begun elsewhere or an address cannot be used; when it cannot be kept.
    pub fn on(mut self, told: Told<'_>) -> anyhow::Result<Self> {
        let begun = self.has_journal();
        self.addresses = self.addresses.keep(&self.root, told, begun)?;
        Ok(self)
    }

    /// Where office and projections are.
    pub fn place(&self) -> Place<'_> {
        self.addresses.database().map_or(Place::Files(&self.root), Place::Server)
    }

    /// Whether journal and tables are on servers, which several machines may share.
    pub fn is_shared(&self) -> bool {
        self.addresses.database().is_some()
    }

    /// The journal on servers; none where it is files here.
    ///
    /// # Errors
    /// A [`Problem`] when others can read an address, or it cannot be understood.
    pub fn shared_journal(&self) -> anyhow::Result<Option<Arc<dyn SharedJournal>>> {
        self.addresses.shared_journal()
    }

    /// Addresses of the servers.
    pub const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the journal's files lie.
    pub fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// Where the journal's keys lie.
    pub fn keys(&self) -> PathBuf {
        self.root.join("keys")
    }

    /// The engine's snapshots.
    pub fn snapshots(&self) -> Snapshots {
        Snapshots::at(&self.root.join("snapshots"))
    }

    /// The file with the clock's offset.
    pub fn clock_file(&self) -> PathBuf {
        self.root.join("clock.json")
    }

    /// Whether a journal was ever begun here.
    pub fn has_journal(&self) -> bool {
        self.is_shared() || fs::read_dir(self.journal()).is_ok_and(|mut files| files.next().is_some())
    }

    /// Whether there is what only a city with a journal has: where the journal is missing, it is lost.
    fn is_left(&self) -> bool {
        let tables = ["office.sqlite", "projections.sqlite"].map(|name| self.root.join(name));
        tables.iter().any(|file| file.exists())
            || self.snapshots().list().is_ok_and(|listed| !listed.is_empty())
    }

    /// Whether a restore was made here and the outbox has not been held against the journal yet.
    pub fn is_restored(&self) -> bool {
        self.root.join(RESTORED_FILE).exists()
    }

    /// Marks that a restore begins: nothing starts here until it has come to its end.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub fn restore_begins(&self) -> anyhow::Result<()> {
        Ok(write_small(&self.root.join(RESTORING_FILE), "")?)
    }

    /// Marks that a restore has come to its end.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub fn restore_ends(&self) -> anyhow::Result<()> {
        fs::rename(self.root.join(RESTORING_FILE), self.root.join(RESTORED_FILE))?;
        Ok(File::open(&self.root)?.sync_all()?)
    }

    /// Takes the mark of a restore away: what waited was held against the journal.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn restore_is_settled(&self) -> anyhow::Result<()> {
        Ok(fs::remove_file(self.root.join(RESTORED_FILE))?)
    }

    /// A backup stays as it is, and half of a restore is nothing to go on with.
    fn may_change(&self) -> Result<(), Problem> {
        let dir = self.root.display();
        if self.root.join(MANIFEST_FILE).exists() {
            return Err(Problem::new(
                "directory_is_backup",
                format!(
                    "{dir} is a backup and stays as it is. Run `jakone restore {dir} --data NEW` and start on that directory."
                ),
                format!(
                    "{dir} adalah cadangan dan tidak diubah. Jalankan `jakone restore {dir} --data BARU`, lalu mulai di direktori itu."
                ),
            ));
        }
        if self.root.join(RESTORING_FILE).exists() {
            return Err(Problem::new(
                "restore_unfinished",
                format!(
                    "The restore into {dir} did not come to its end. Remove that directory and restore again."
                ),
                format!("Pemulihan ke {dir} belum selesai. Hapus direktori itu, lalu pulihkan lagi."),
            ));
        }
        Ok(())
    }

    /// City clock minus the machine's clock; zero when nothing was kept.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn clock_offset(&self) -> anyhow::Result<Micros> {
        let path = self.clock_file();
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let kept: ClockFile = serde_json::from_str(&text).map_err(|error| {
            let path = path.display();
            Problem::new(
                "clock_file_damaged",
                format!("{path} is not a clock file ({error}). Put it back from a copy; without it the city's time is lost."),
                format!("{path} bukan berkas jam ({error}). Pulihkan dari salinan; tanpanya waktu kota hilang."),
            )
        })?;
        Ok(kept.offset_us)
    }

    /// Keeps how far the city's clock is from the machine's. To be settled before the journal begins: genesis says so.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_clock_offset(&self, offset_us: Micros) -> anyhow::Result<()> {
        let path = self.clock_file();
        let text = serde_json::to_string(&ClockFile { offset_us })?;
        write_small(&path, &text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The city's clock: the machine's, shifted by what is kept here.
    ///
    /// # Errors
    /// As [`DataDirectory::clock_offset`].
    pub fn clock(&self) -> anyhow::Result<SystemClock> {
        Ok(SystemClock::new(self.clock_offset()?))
    }

    /// The journal's keys.
    ///
    /// # Errors
    /// When they cannot be listed.
    pub fn key_ring(&self) -> anyhow::Result<KeyRing> {
        Ok(KeyRing::open(&self.keys())?)
    }
}

/// Opens the journal of a data directory and starts the engine on it, its journal's thread with the priority asked for.
///
/// # Errors
/// As [`open_and_start`]; when the system does not give the priority.
pub fn start_runtime(directory: &DataDirectory, start: Start) -> anyhow::Result<(Runtime, Option<Recovery>)> {
    let priority = start.writer_priority;
    let (runtime, recovery) = open_and_start(directory, start)?;
    if let Some(priority) = priority {
        runtime.raise_writer(priority).context("cannot give the journal's thread its priority")?;
    }
    Ok((runtime, recovery))
}

/// Opens the journal of a data directory and starts the engine on it: what `serve`, `demo`, `publish` and benches run. Where
/// machines share the journal it waits until no other leads, so not to be called where waiting keeps others from work.
///
/// # Errors
/// A [`Problem`] when the journal is in use, damaged or ahead of the clock; otherwise what the system said.
fn open_and_start(
    directory: &DataDirectory,
    mut start: Start,
) -> anyhow::Result<(Runtime, Option<Recovery>)> {
    let shared = directory.shared_journal()?;
    let options = runtime::Options {
        genesis: genesis(directory, &start)?,
        node: node(),
        epoch_id: CommandId::generate(start.clock.now())?,
        build: code_of(env!("CARGO_PKG_VERSION")),
        config: digest_of(&start),
        limits: start.limits,
        leadership: match &shared {
            Some(_) => Leadership::Shared(Terms::default()),
            None => Leadership::Alone,
        },
        reserve: start.reserve,
        on_fault: start.on_fault,
    };
    let keys = Arc::new(directory.key_ring()?);
    if let Some(shared) = shared {
        let check = check(directory.clone(), start.seen);
        let runtime = lead(directory, shared, keys, (start.clock, check), options)?;
        return Ok((runtime, None));
    }
    let files = EmbeddedOptions { check_hashes: false, ..start.journal };
    let snapshots = directory.snapshots();
    let seen = (start.seen)()?.and_kept_in(directory)?;
    let (journal, recovery) = Embedded::open(&directory.journal(), files, seen.newest())
        .map_err(|error| opening(directory, error))?;
    seen.check(directory, &journal)?;
    let (reader, genesis) = (|from| journal.reader(from), &options.genesis);
    let replayed = replay_from(&snapshots, reader, &keys, genesis.hash_key, options.reserve)
        .map_err(|error| starting(directory, error.into()))?;
    if let Some(seq) = replayed.snapshot {
        tracing::info!(
            snapshot.seq = seq,
            tail.records = replayed.records,
            "the state begins with a snapshot"
        );
    }
    let runtime = Runtime::go_on(replayed, Box::new(journal), keys, start.clock, options)
        .map_err(|error| starting(directory, error))?;
    Ok((runtime, Some(recovery)))
}

/// Follows a journal that machines share until this one leads.
fn lead(
    directory: &DataDirectory,
    shared: Arc<dyn SharedJournal>,
    keys: Arc<KeyRing>,
    (clock, check): (Arc<dyn Clock>, Check),
    options: runtime::Options,
) -> anyhow::Result<Runtime> {
    // The first to come makes the journal's place; to lead takes silence all the same.
    let standby = Standby::start(shared, keys, clock, directory.snapshots(), options)
        .map_err(|error| starting(directory, error))?;
    let standby = standby.checked_by(check);
    eprintln!("waiting to lead: entry {} is the last", standby.head().seq);
    let led = standby.lead(&AtomicBool::new(false)).map_err(|error| starting(directory, error))?;
    led.context("the wait to lead was ended")
}

/// Holds a shared journal against what was seen of it, when this machine is about to lead. What cannot be read at the moment is
/// asked again after the next silence.
fn check(directory: DataDirectory, mut look: Look) -> Check {
    Box::new(move |journal| {
        let seen = look().and_then(|seen| seen.and_kept_in(&directory));
        let checked = seen.and_then(|seen| seen.check(&directory, journal));
        checked.map_err(|error| match error.downcast::<Problem>() {
            Ok(problem) => Objection::Refused(Box::new(problem)),
            Err(other) => Objection::Unsure(other.into()),
        })
    })
}

fn genesis(directory: &DataDirectory, start: &Start) -> anyhow::Result<Genesis> {
    let mut key = [0u8; 8];
    getrandom::fill(&mut key).context("the operating system has no randomness to give")?;
    let mut parameters = start.parameters.clone();
    // Callers make their ids by the machine's clock, whatever week the city lives in.
    let offset = directory.clock_offset()?;
    if offset != 0 && !parameters.iter().any(|(parameter, _)| *parameter == Parameter::IdClockOffset) {
        parameters.push((Parameter::IdClockOffset, offset));
    }
    let hash_key = u64::from_le_bytes(key);
    Ok(Genesis { city: code_of(CITY), format: 1, hash_key, keys: Vec::new(), parameters })
}

/// This machine's name, as far as it is a code.
fn node() -> Code {
    code_of(rustix::system::uname().nodename().to_str().unwrap_or_default())
}

fn code_of(text: &str) -> Code {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' };
    let text: String = text.chars().take(Code::LENGTH_MAX).map(|c| allowed(c.to_ascii_lowercase())).collect();
    Code::parse(&text).or_else(|_| Code::parse("unnamed")).unwrap_or_else(|_| unreachable!("a code"))
}

fn digest_of(start: &Start) -> u64 {
    let said = format!("{:?} {} {:?}", start.limits, start.reserve, start.journal);
    let digest: [u8; 32] = Sha256::digest(said.as_bytes()).into();
    digest.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

/// There is nothing to read.
pub fn missing(directory: &DataDirectory) -> Problem {
    let dir = directory.root().display();
    if directory.is_left() {
        return Problem::new(
            "journal_missing",
            format!(
                "There is no journal in {dir}, but there are tables or snapshots of one. Bring it back from a backup: `jakone journal repair --from COPY --data {dir}`."
            ),
            format!(
                "Tidak ada jurnal di {dir}, padahal ada tabel atau snapshot-nya. Kembalikan dari cadangan: `jakone journal repair --from SALINAN --data {dir}`."
            ),
        );
    }
    Problem::new(
        "journal_missing",
        format!(
            "There is no journal in {dir}. Name the city's directory with --data, or start one with `jakone demo --data {dir}`."
        ),
        format!(
            "Tidak ada jurnal di {dir}. Sebutkan direktori kota dengan --data, atau mulai dengan `jakone demo --data {dir}`."
        ),
    )
}

/// What stands in the way of opening the journal.
fn opening(directory: &DataDirectory, error: OpenError) -> anyhow::Error {
    let dir = directory.root().display();
    let problem = match &error {
        OpenError::Locked { .. } => locked(directory),
        OpenError::Journal(_) => Problem::new(
            "journal_damaged",
            format!("{error}."),
            format!(
                "Jurnal di {dir} rusak. Tidak ada yang diubah. Perbaiki: `jakone journal repair --from SALINAN --data {dir}`."
            ),
        ),
        OpenError::Behind { .. } | OpenError::Differs { .. } | OpenError::TornButSeen { .. } => {
            journal_behind(uncovered_files(directory, &error))
        }
        OpenError::Space { .. } => Problem::new(
            "journal_full",
            format!("{error}. Make room on the disk and start again."),
            "Tidak ada ruang untuk jurnal. Kosongkan sebagian disk, lalu mulai lagi.",
        ),
        _ => return error.into(),
    };
    problem.into()
}

/// A journal does not hold what others have seen of it.
pub fn journal_behind((english, indonesian): (String, String)) -> Problem {
    let (english, indonesian) =
        (format!("{english}. Nothing was written."), format!("{indonesian}. Tidak ada yang ditulis."));
    Problem::new("journal_behind", english, indonesian)
}

/// What is said of a journal that does not hold what others have seen of it, and of how it comes right where it lies, in English
/// and Indonesian: the words for files, and those for servers.
pub fn uncovered(directory: &DataDirectory, files: &OpenError, servers: Uncovered) -> (String, String) {
    if !directory.is_shared() {
        return uncovered_files(directory, files);
    }
    let (repair, perbaikan) = repair_of(directory);
    (
        format!("{servers}. {repair}"),
        format!(
            "Jurnal di server tidak memuat yang sudah dilihat bagian lain. Sambungkan ke server yang benar. {perbaikan}"
        ),
    )
}

fn uncovered_files(directory: &DataDirectory, error: &OpenError) -> (String, String) {
    let dir = directory.root().display();
    let indonesian = match error {
        OpenError::Differs { cover, .. } => format!(
            "Entri {} di jurnal {dir} lain dari yang sudah dilihat: ini jurnal lain, atau dikembalikan dari salinan lama lalu dilanjutkan. Simpan jurnal itu: pindahkan direktori `journal`, lalu ambil yang benar dari salinan yang memuat entri itu: `jakone journal repair --from SALINAN --data {dir}`",
            cover.seq
        ),
        _ => {
            format!("Jurnal di {dir} tidak memuat yang sudah dilihat bagian lain. {}", repair_of(directory).1)
        }
    };
    (error.to_string(), indonesian)
}

/// How entries that are missing come back, in English and Indonesian. A database holds the office too, so both come from its dump.
pub fn repair_of(directory: &DataDirectory) -> (String, String) {
    let dir = directory.root().display();
    if directory.is_shared() && directory.addresses().journal().is_none() {
        return (
            "Where no replica of the database has them, restore backup and dump into an empty place: `jakone restore BACKUP --data NEW --database EMPTY`".to_owned(),
            "Bila tidak ada replika yang memuatnya, pulihkan cadangan dan dump ke tempat kosong: `jakone restore CADANGAN --data BARU --database KOSONG`".to_owned(),
        );
    }
    (
        format!(
            "Repair the journal: `jakone journal repair --from COPY --data {dir}`. Where no copy has them, restore a backup"
        ),
        format!(
            "Perbaiki jurnal: `jakone journal repair --from SALINAN --data {dir}`. Bila tidak ada salinan yang memuatnya, pulihkan cadangan"
        ),
    )
}

/// The office knows of entries that the journal does not have.
pub fn office_ahead(directory: &DataDirectory, furthest: u64, last: u64) -> Problem {
    let (english, indonesian) = office_ahead_words(directory, furthest, last);
    Problem::new("office_ahead", format!("{english}."), format!("{indonesian}."))
}

/// What is said of a journal that ends before an entry that the office knows, in English and Indonesian.
pub fn office_ahead_words(directory: &DataDirectory, furthest: u64, last: u64) -> (String, String) {
    let (repair, perbaikan) = repair_of(directory);
    (
        format!(
            "The office knows of entry {furthest}, but the journal ends at {last}: entries are missing. {repair}"
        ),
        format!("Kantor mengetahui entri {furthest}, tetapi jurnal berakhir di {last}. {perbaikan}"),
    )
}

/// Somebody else has the journal.
pub fn locked(directory: &DataDirectory) -> Problem {
    let dir = directory.root().display();
    let owner = lock_owner(&directory.journal());
    let by = owner.map_or_else(|| "another process".to_owned(), |owner| owner.to_string());
    Problem::new(
        "journal_locked",
        format!("The journal in {dir} is in use by {by}. Stop it first, or work through its pages and API."),
        format!("Jurnal di {dir} sedang dipakai oleh {by}. Hentikan dahulu, atau gunakan laman dan API-nya."),
    )
}

fn starting(directory: &DataDirectory, error: StartError) -> anyhow::Error {
    let error = match error {
        StartError::Refused(reason) => {
            return reason
                .downcast::<Problem>()
                .map_or_else(anyhow::Error::from_boxed, |problem| (*problem).into());
        }
        other => other,
    };
    match &error {
        StartError::ClockBehind { now, last } => Problem::new(
            "clock_behind",
            format!(
                "The clock shows {now}, the last entry is of {last}. Set the machine's clock and start again."
            ),
            format!("Jam menunjukkan {now}, entri terakhir {last}. Setel jam mesin, lalu mulai lagi."),
        )
        .into(),
        StartError::Replay(ReplayError::SnapshotNotOnJournal { path, seq, .. }) => {
            snapshot_not_on_journal(directory, path, *seq).into()
        }
        StartError::Replay(ReplayError::Read(read @ ReadError::Server { .. })) => {
            unreachable_server(read).into()
        }
        StartError::Replay(cause) => Problem::new(
            "journal_not_replayable",
            format!("The journal cannot be replayed: {cause}. Run `jakone verify` for the exact place."),
            "Jurnal tidak dapat diputar ulang. Jalankan `jakone verify` untuk letak tepatnya.",
        )
        .into(),
        _ => error.into(),
    }
}

/// The journal's servers do not answer.
fn unreachable_server(read: &ReadError) -> Problem {
    Problem::new(
        "journal_unreachable",
        format!("{read}."),
        "Server jurnal tidak dapat dihubungi. Pastikan server menyala dan alamat serta sandinya benar, lalu mulai lagi.",
    )
}

/// A snapshot has seen what the journal does not have.
pub fn snapshot_not_on_journal(directory: &DataDirectory, path: &Path, seq: u64) -> Problem {
    let path = path.display();
    let (repair, perbaikan) = repair_of(directory);
    Problem::new(
        "snapshot_not_on_journal",
        format!(
            "The snapshot {path} has seen entry {seq}, which this journal does not have or has otherwise: entries are missing, or it is another journal. {repair}. Only if this journal is known to be the right one, move the snapshot away."
        ),
        format!(
            "Snapshot {path} sudah melihat entri {seq} yang tidak ada di jurnal ini. {perbaikan}. Hanya bila jurnal ini memang yang benar, pindahkan snapshot itu."
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_new_directory_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDirectory::open_or_create(&dir.path().join("city")).unwrap();
        let mode = fs::metadata(data.root()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(!data.has_journal());
        data.keep_clock_offset(7).unwrap();
        let again = DataDirectory::open_or_create(data.root()).unwrap();
        assert_eq!(again.clock_offset().unwrap(), 7, "a second start keeps the clock");
    }

    #[test]
    fn the_clock_offset_is_kept_and_a_damaged_one_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDirectory::at(dir.path());
        assert_eq!(data.clock_offset().unwrap(), 0);
        data.keep_clock_offset(-5).unwrap();
        assert_eq!(data.clock_offset().unwrap(), -5);
        write_small(&data.clock_file(), "tomorrow").unwrap();
        let error = data.clock_offset().unwrap_err();
        assert_eq!(error.downcast_ref::<Problem>().unwrap().code, "clock_file_damaged");
    }

    #[test]
    fn a_journal_is_begun_once_and_not_shared() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDirectory::open_or_create(dir.path()).unwrap();
        let start = || {
            let clock = Arc::new(data.clock().unwrap());
            Start { journal: EmbeddedOptions::small(), reserve: 16, ..Start::with_clock(clock) }
        };
        let (runtime, recovery) = start_runtime(&data, start()).unwrap();
        assert_eq!(recovery.unwrap().entries, 0);
        let refused = start_runtime(&data, start()).err().unwrap();
        assert_eq!(refused.downcast_ref::<Problem>().unwrap().code, "journal_locked");
        let engine = runtime.shutdown().unwrap();
        assert_eq!(engine.state.epoch, 1);
        let (runtime, recovery) = start_runtime(&data, start()).unwrap();
        assert_eq!(recovery.unwrap().entries, 2);
        assert_eq!(runtime.shutdown().unwrap().state.epoch, 2);
    }

    #[test]
    fn any_machine_name_gives_a_code() {
        assert_eq!(code_of("Mesin A.local").as_str(), "mesin_a.local");
        assert_eq!(code_of("").as_str(), "unnamed");
        assert_eq!(code_of(&"x".repeat(99)).as_str().len(), Code::LENGTH_MAX);
    }
}
