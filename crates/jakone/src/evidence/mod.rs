//! The evidence of a data directory: what lies in `DIR/evidence`, and the keys that sign and check it.
//!
//! ```text
//! DIR/evidence/
//!   tree                     nodes of the tree over entry hashes, sound up to the checkpoint; built again when they are not
//!   checkpoint               what the journal was, signed; goes to everybody
//!   proof                    that it continues the one before; goes to the witness beside it
//!   forgotten-DATE.json      what was counted before the movement of earlier days was destroyed, signed
//! ```
//!
//! The signing key lies elsewhere, best on a machine that the journal's leader cannot reach. Never decides what is signed.

pub mod receipt_file;

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use journal::evidence::{KeyKind, NoteKey, NoteSigner, SignedCheckpoint, read_signer};

use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// Where the evidence of a city lies.
#[derive(Debug, Clone)]
pub struct EvidenceDirectory {
    root: PathBuf,
}

impl EvidenceDirectory {
    /// That of a data directory; it need not exist.
    pub fn of(directory: &DataDirectory) -> Self {
        Self { root: directory.root().join("evidence") }
    }

    /// Makes it, readable for its owner alone, where it does not exist.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(&self) -> anyhow::Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.root);
        made.with_context(|| format!("cannot make {}", self.root.display()))
    }

    /// Keeps other jobs from writing to it while this is held.
    ///
    /// # Errors
    /// A [`Problem`] when another one writes.
    pub fn lock(&self) -> anyhow::Result<File> {
        let shown = self.root.display();
        let file = File::open(&self.root).with_context(|| format!("cannot open {shown}"))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Problem::new(
                "evidence_locked",
                format!("Another job writes to {shown}. Wait until it has ended and try again."),
                format!("Pekerjaan lain sedang menulis ke {shown}. Tunggu sampai selesai, lalu ulangi."),
            )
            .into()),
            Err(TryLockError::Error(error)) => {
                Err(anyhow::Error::new(error).context(format!("cannot lock {shown}")))
            }
        }
    }

    /// Nodes of the tree.
    pub fn tree(&self) -> PathBuf {
        self.root.join("tree")
    }

    /// The last checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.root.join("checkpoint")
    }

    /// The proof that it continues the one before.
    pub fn proof(&self) -> PathBuf {
        self.root.join("proof")
    }

    /// What was counted before the movement of the days before a date was destroyed.
    pub fn forgotten(&self, before: base::CivilDate) -> PathBuf {
        self.root.join(format!("forgotten-{before}.json"))
    }
}

/// Reads a checkpoint with its signatures, which are not checked here; none when there is no such file.
///
/// # Errors
/// A [`Problem`] when the file holds something else.
pub fn read_checkpoint(path: &Path) -> anyhow::Result<Option<SignedCheckpoint>> {
    let Some(note) = read_if_there(path)? else { return Ok(None) };
    let read = SignedCheckpoint::from_note(&note).map_err(|error| {
        let path = path.display();
        Problem::new(
            "checkpoint_invalid",
            format!(
                "{path} is no checkpoint: {error}. Put it back from a copy; whoever was given it has one."
            ),
            format!("{path} bukan titik periksa. Pulihkan dari salinan; yang pernah menerimanya punya satu."),
        )
    })?;
    Ok(Some(read))
}

/// The text of a file; none when there is no such file.
///
/// # Errors
/// When it is there and cannot be read.
pub fn read_if_there(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Reads the key of whoever signs as this kind.
///
/// # Errors
/// A [`Problem`] when the file holds no such key.
pub fn signer(path: &Path, kind: KeyKind) -> anyhow::Result<NoteSigner> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let signer = read_signer(text.trim_end()).ok().filter(|signer| signer.key().kind() == kind);
    signer.ok_or_else(|| no_key(path, kind, "signs with").into())
}

/// Reads the key with which this kind is checked.
///
/// # Errors
/// A [`Problem`] when the file holds no such key.
pub fn public_key(path: &Path, kind: KeyKind) -> anyhow::Result<NoteKey> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let key = NoteKey::from_line(text.trim_end()).ok().filter(|key| key.kind() == kind);
    key.ok_or_else(|| no_key(path, kind, "is checked with").into())
}

fn no_key(path: &Path, kind: KeyKind, used: &str) -> Problem {
    let path = path.display();
    let (whose, siapa, option) = match kind {
        KeyKind::Log => ("the operator", "pengelola", ""),
        KeyKind::Witness => ("a witness", "saksi", " --witness"),
    };
    Problem::new(
        "evidence_key_invalid",
        format!(
            "{path} holds no key that {whose} {used}. `jakone checkpoint-key FILE --name NAME{option}` makes one: FILE signs, the line it prints checks."
        ),
        format!(
            "{path} tidak memuat kunci {siapa} yang sesuai. `jakone checkpoint-key BERKAS --name NAMA{option}` membuatnya: berkasnya menandatangani, baris yang dicetak memeriksa."
        ),
    )
}
