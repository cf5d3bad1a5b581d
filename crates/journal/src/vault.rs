//! Where keys lie: one small file per key, or derived from a seed.
//!
//! Owns the key files (`blind.key`, `day-2026-11-22.key`) and the marks of destroyed days
//! (`day-2026-11-22.destroyed`). A key is on disk, flushed with its directory, before anyone gets it. Never encrypts.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use base::CivilDate;

use crate::bytes::Fields;
use crate::hash;
use crate::keys::KeyError;

/// 32 bytes of key.
pub(crate) type Secret = [u8; 32];

const MAGIC: [u8; 8] = *b"JK1KEY\0\0";
const FILE_BYTES: usize = 44;
const KEY: &str = "key";
const DESTROYED: &str = "destroyed";

/// What is known of a day's key.
pub(crate) enum Lookup {
    Present(Secret),
    Absent,
    Destroyed,
}

/// Where keys lie.
pub(crate) enum Vault {
    Files(PathBuf),
    Derived { seed: Secret, created: BTreeSet<CivilDate>, destroyed: BTreeSet<CivilDate> },
}

impl Vault {
    /// The blind key, created when there is none yet.
    pub(crate) fn blind_or_create(&self) -> Result<Secret, KeyError> {
        match self {
            Self::Derived { seed, .. } => Ok(derive(seed, b"blind", CivilDate(0))),
            Self::Files(dir) => {
                let file = dir.join("blind.key");
                match read_key(&file)? {
                    Some(key) => Ok(key),
                    None => create_key(dir, &file),
                }
            }
        }
    }

    /// Looks for a day's key.
    pub(crate) fn day(&self, date: CivilDate) -> Result<Lookup, KeyError> {
        match self {
            Self::Derived { destroyed, .. } if destroyed.contains(&date) => Ok(Lookup::Destroyed),
            Self::Derived { seed, created, .. } if created.contains(&date) => {
                Ok(Lookup::Present(derive(seed, b"day", date)))
            }
            Self::Derived { .. } => Ok(Lookup::Absent),
            // The mark counts even while the key file is still there: a kill may fall between the two.
            Self::Files(dir) if exists(&day_file(dir, date, DESTROYED))? => Ok(Lookup::Destroyed),
            Self::Files(dir) => {
                Ok(read_key(&day_file(dir, date, KEY))?.map_or(Lookup::Absent, Lookup::Present))
            }
        }
    }

    /// Makes the key of a day that has none.
    pub(crate) fn create_day(&mut self, date: CivilDate) -> Result<Secret, KeyError> {
        match self {
            Self::Derived { seed, created, .. } => {
                created.insert(date);
                Ok(derive(seed, b"day", date))
            }
            Self::Files(dir) => create_key(dir, &day_file(dir, date, KEY)),
        }
    }

    /// Destroys a day's key for good, whether or not it exists. The mark comes first, so that no kill can leave a
    /// day that looks unused.
    pub(crate) fn destroy_day(&mut self, date: CivilDate) -> Result<(), KeyError> {
        match self {
            Self::Derived { destroyed, .. } => {
                destroyed.insert(date);
                Ok(())
            }
            Self::Files(dir) => {
                let (mark, key) = (day_file(dir, date, DESTROYED), day_file(dir, date, KEY));
                write_new(dir, &mark, &[]).map_err(failed("write", &mark))?;
                if exists(&key)? {
                    overwrite(&key).map_err(failed("overwrite", &key))?;
                    fs::remove_file(&key).map_err(failed("remove", &key))?;
                    sync_dir(dir).map_err(failed("flush", dir))?;
                }
                Ok(())
            }
        }
    }

    /// The days that have a key.
    pub(crate) fn days(&self) -> Result<BTreeSet<CivilDate>, KeyError> {
        match self {
            Self::Derived { created, destroyed, .. } => Ok(created.difference(destroyed).copied().collect()),
            Self::Files(dir) => {
                let (mut keys, marks) = list(dir).map_err(failed("list", dir))?;
                keys.retain(|date| !marks.contains(date));
                Ok(keys)
            }
        }
    }

    /// The days of which anything of a key is left: those of [`Vault::days`], and those whose key file a kill kept from being
    /// removed after its mark was made.
    pub(crate) fn left(&self) -> Result<BTreeSet<CivilDate>, KeyError> {
        match self {
            Self::Derived { .. } => self.days(),
            Self::Files(dir) => Ok(list(dir).map_err(failed("list", dir))?.0),
        }
    }
}

fn derive(seed: &Secret, purpose: &[u8], date: CivilDate) -> Secret {
    hash::digest(&[seed.as_slice(), purpose, date.0.to_le_bytes().as_slice()].concat()).0
}

fn day_file(dir: &Path, date: CivilDate, extension: &str) -> PathBuf {
    dir.join(format!("day-{date}.{extension}"))
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeyError {
    let path = path.to_path_buf();
    move |source| KeyError::Io { action, path, source }
}

fn exists(path: &Path) -> Result<bool, KeyError> {
    path.try_exists().map_err(failed("look for", path))
}

/// The days with a key file, and those with a mark.
fn list(dir: &Path) -> io::Result<(BTreeSet<CivilDate>, BTreeSet<CivilDate>)> {
    let (mut present, mut destroyed) = (BTreeSet::new(), BTreeSet::new());
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((present, destroyed)),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        let parts = name.to_str().and_then(|name| name.strip_prefix("day-")?.split_once('.'));
        let Some((Some(date), extension)) = parts.map(|(date, ext)| (CivilDate::parse(date), ext)) else {
            continue;
        };
        match extension {
            KEY => present.insert(date),
            DESTROYED => destroyed.insert(date),
            _ => false,
        };
    }
    Ok((present, destroyed))
}

fn read_key(path: &Path) -> Result<Option<Secret>, KeyError> {
    let mut bytes = Vec::with_capacity(FILE_BYTES);
    match File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(failed("read", path))?,
    };
    decode_key(&bytes).map(Some).ok_or_else(|| KeyError::Damaged { path: path.to_path_buf() })
}

fn decode_key(bytes: &[u8]) -> Option<Secret> {
    let mut fields = Fields(bytes);
    let (magic, secret): ([u8; 8], Secret) = (fields.array()?, fields.array()?);
    let checksum = crc32fast::hash(bytes.get(..FILE_BYTES - 4)?);
    (bytes.len() == FILE_BYTES && magic == MAGIC && fields.u32() == Some(checksum)).then_some(secret)
}

fn create_key(dir: &Path, path: &Path) -> Result<Secret, KeyError> {
    let mut secret: Secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|source| KeyError::Random { source })?;
    let mut bytes = [MAGIC.as_slice(), secret.as_slice()].concat();
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    write_new(dir, path, &bytes).map_err(failed("write", path))?;
    Ok(secret)
}

/// Writes a file so that it is either absent or whole and flushed, also after a kill.
fn write_new(dir: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let unfinished = path.with_extension("unfinished");
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_dir(dir)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[0; FILE_BYTES])?;
    file.sync_all()
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
