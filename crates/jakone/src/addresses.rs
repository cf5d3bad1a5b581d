//! Where the city's servers are, where it keeps journal or tables on some: addresses kept in the data directory.
//!
//! ```text
//! DIR/database            0600  PostgreSQL: office and projections, and the journal where nothing else is said
//! DIR/journal.address     0600  NATS: the journal
//! ```
//!
//! Owns the files and the rule that nobody but their owner reads them: an address may hold a password. Never shows one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use journal::{JetstreamOptions, PostgresOptions, SharedJournal};

use crate::problem::Problem;
use crate::small_file::write_small;

/// Name of the file with the database's address.
pub const DATABASE_FILE: &str = "database";

/// Name of the file with the address of the NATS servers.
pub const JOURNAL_FILE: &str = "journal.address";

/// The addresses that a data directory keeps.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    database: Option<Kept>,
    journal: Option<Kept>,
}

/// What a person says about where the city's servers are; nothing means: as it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told<'a> {
    /// Address of the database.
    pub database: Option<&'a str>,
    /// Address of the NATS servers.
    pub journal: Option<&'a str>,
}

#[derive(Clone)]
struct Kept {
    file: PathBuf,
    address: Arc<str>,
}

/// Without the address.
impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.file.fmt(f)
    }
}

impl Addresses {
    /// What is kept in a directory; it need not exist.
    pub fn of(root: &Path) -> Self {
        let kept = |name| {
            let file = root.join(name);
            let address: Arc<str> = fs::read_to_string(&file).ok()?.trim().into();
            (!address.is_empty()).then_some(Kept { file, address })
        };
        Self { database: kept(DATABASE_FILE), journal: kept(JOURNAL_FILE) }
    }

    /// Keeps what was told, so that every later command finds it. `begun` says that there is a journal already.
    ///
    /// # Errors
    /// A [`Problem`] when the journal was begun elsewhere, or an address cannot be used; when it cannot be kept.
    pub fn keep(self, root: &Path, told: Told<'_>, begun: bool) -> anyhow::Result<Self> {
        let differs = |told: Option<&str>, known: Option<&str>| told.is_some_and(|told| known != Some(told));
        if begun && (differs(told.database, self.database()) || differs(told.journal, self.journal())) {
            return Err(elsewhere(root).into());
        }
        if told.journal.is_some() && told.database.or(self.database()).is_none() {
            return Err(needs_database().into());
        }
        if let Some(address) = told.journal {
            jetstream(address)?;
        }
        // The database last: with it the journal counts as begun.
        for (name, address) in [(JOURNAL_FILE, told.journal), (DATABASE_FILE, told.database)] {
            if let Some(address) = address {
                write_small(&root.join(name), address).with_context(|| format!("cannot write {name}"))?;
            }
        }
        Ok(Self::of(root))
    }

    /// Address of the database that holds office and projections, if they are not files.
    pub fn database(&self) -> Option<&str> {
        self.database.as_ref().map(|kept| &*kept.address)
    }

    /// Address of the NATS servers that hold the journal, if they do.
    pub fn journal(&self) -> Option<&str> {
        self.journal.as_ref().map(|kept| &*kept.address)
    }

    /// The journal on servers; none where it is files.
    ///
    /// # Errors
    /// A [`Problem`] when others can read an address, or it cannot be understood.
    pub fn shared_journal(&self) -> anyhow::Result<Option<Arc<dyn SharedJournal>>> {
        let Some(database) = &self.database else { return Ok(None) };
        for kept in [Some(database), self.journal.as_ref()].into_iter().flatten() {
            let mode = fs::metadata(&kept.file).map(|file| file.permissions().mode());
            if mode.is_ok_and(|mode| mode & 0o077 != 0) {
                return Err(readable(&kept.file).into());
            }
        }
        let shared: Arc<dyn SharedJournal> = match &self.journal {
            Some(kept) => Arc::new(jetstream(&kept.address)?),
            None => Arc::new(PostgresOptions::new(&*database.address)),
        };
        Ok(Some(shared))
    }
}

/// The journal at an address of NATS servers.
///
/// # Errors
/// A [`Problem`] when it cannot be understood.
pub fn jetstream(address: &str) -> Result<JetstreamOptions, Problem> {
    JetstreamOptions::parse(address).map_err(|error| {
        Problem::new(
            "journal_address_invalid",
            format!("{error}. A user of the system account (system=…) lets the servers be asked how they flush; without one say sync=vouched."),
            "Alamat jurnal tidak dapat dibaca. Tulis nats://PENGGUNA:SANDI@HOST:4222,HOST:4222,HOST:4222?system=PENGGUNA:SANDI, atau sync=vouched sebagai ganti system.",
        )
    })
}

fn elsewhere(root: &Path) -> Problem {
    let dir = root.display();
    Problem::new(
        "journal_elsewhere",
        format!(
            "The city in {dir} has its journal elsewhere, and a journal is not moved by starting. Leave --database and --journal out, or take another directory. (After a move of the servers edit {dir}/{DATABASE_FILE} or {dir}/{JOURNAL_FILE}.)"
        ),
        format!(
            "Kota di {dir} punya jurnal di tempat lain. Hilangkan --database dan --journal, atau pakai direktori lain. (Bila servernya pindah, ubah {dir}/{DATABASE_FILE} atau {dir}/{JOURNAL_FILE}.)"
        ),
    )
}

fn needs_database() -> Problem {
    Problem::new(
        "journal_needs_database",
        "A journal on NATS is shared by machines, so office and projections must be where all of them reach it. Name a PostgreSQL database with --database too.",
        "Jurnal di NATS dipakai bersama beberapa mesin, jadi kantor dan proyeksi harus terjangkau oleh semuanya. Sebutkan juga basis data PostgreSQL dengan --database.",
    )
}

fn readable(file: &Path) -> Problem {
    let file = file.display();
    Problem::new(
        "address_readable",
        format!(
            "Others on this machine can read {file}, which may hold a password. Run `chmod 600 {file}`; if it holds one, change it."
        ),
        format!(
            "Orang lain di mesin ini dapat membaca {file}, yang mungkin memuat sandi. Jalankan `chmod 600 {file}`; bila ada sandinya, gantilah."
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    const DATABASE: &str = "postgres://city:geheim@db/city";
    const JOURNAL: &str = "nats://u:geheim@one,two,three?sync=vouched";

    fn code<T: std::fmt::Debug>(refused: anyhow::Result<T>) -> &'static str {
        refused.unwrap_err().downcast_ref::<Problem>().unwrap().code
    }

    fn told(database: Option<&'static str>, journal: Option<&'static str>) -> Told<'static> {
        Told { database, journal }
    }

    #[test]
    fn what_was_told_once_is_found_by_every_later_command_and_is_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let kept = |told| Addresses::of(dir.path()).keep(dir.path(), told, false);
        assert_eq!(code(kept(told(None, Some(JOURNAL)))), "journal_needs_database");
        assert_eq!(code(kept(told(Some(DATABASE), Some("nats://one")))), "journal_address_invalid");
        assert!(Addresses::of(dir.path()).database().is_none(), "nothing is kept of what is refused");
        kept(told(Some(DATABASE), Some(JOURNAL))).unwrap();
        let found = Addresses::of(dir.path());
        assert_eq!((found.database(), found.journal()), (Some(DATABASE), Some(JOURNAL)));
        assert!(!format!("{found:?}").contains("geheim"));
        assert!(found.shared_journal().unwrap().is_some());
        for name in [DATABASE_FILE, JOURNAL_FILE] {
            let file = dir.path().join(name);
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
            assert_eq!(
                found.shared_journal().err().unwrap().downcast_ref::<Problem>().unwrap().code,
                "address_readable"
            );
            fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        }
    }

    #[test]
    fn a_journal_that_was_begun_stays_where_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let begun = |told| Addresses::of(dir.path()).keep(dir.path(), told, true);
        assert_eq!(code(begun(told(Some(DATABASE), None))), "journal_elsewhere", "from files to a database");
        Addresses::default().keep(dir.path(), told(Some(DATABASE), None), false).unwrap();
        assert_eq!(code(begun(told(None, Some(JOURNAL)))), "journal_elsewhere", "from a database to NATS");
        assert_eq!(code(begun(told(Some("postgres://other/city"), None))), "journal_elsewhere");
        assert_eq!(begun(told(Some(DATABASE), None)).unwrap().database(), Some(DATABASE));
        assert_eq!(begun(Told::default()).unwrap().database(), Some(DATABASE));
    }
}
