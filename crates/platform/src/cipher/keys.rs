//! The office's keys: one for field encryption, one for blind indexes, in a file beside the databases.
//!
//! Owns creating, reading and recognising them. Never prints them; the file is readable by its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use ring::hmac;

/// First line of the file: what it is, and the version of its form.
const HEADER: &str = "jakarta-one office keys 1";

/// What is signed to recognise a key without keeping it.
const CHECK_TEXT: &[u8] = b"jakarta-one residents key check 1";

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Sealed fields exist, but the key file does not.
    #[error("fields are sealed, but their keys are missing at {path}: restore that file from its backup")]
    Missing {
        /// Where the file should be.
        path: PathBuf,
    },
    /// The file is there, but its keys are not the ones the records were written with.
    #[error("the keys at {path} are not the ones fields were sealed with: restore the file from its backup")]
    Wrong {
        /// The file.
        path: PathBuf,
    },
    /// The file is not one of keys.
    #[error("the file {path} does not hold office keys")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("the keys at {path} cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The operating system has no randomness to give.
    #[error("no randomness for new keys")]
    Randomness(#[source] getrandom::Error),
}

/// Both keys in memory.
pub(super) struct OfficeKeys {
    pub(super) encryption: [u8; 32],
    pub(super) index: hmac::Key,
}

impl OfficeKeys {
    /// Where the file stands in a data directory.
    pub(super) fn path(directory: &Path) -> PathBuf {
        directory.join("keys").join("office.key")
    }

    /// Reads the keys of a data directory; makes them when there are none and `may_create`.
    pub(super) fn open(directory: &Path, may_create: bool) -> Result<Self, KeyError> {
        let path = Self::path(directory);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).ok_or(KeyError::Malformed { path }),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(KeyError::File { path, source: error })
            }
            Err(_) if !may_create => Err(KeyError::Missing { path }),
            Err(_) => Self::create(&path),
        }
    }

    fn create(path: &Path) -> Result<Self, KeyError> {
        let mut keys = [[0u8; 32]; 2];
        for key in &mut keys {
            getrandom::fill(key).map_err(KeyError::Randomness)?;
        }
        let [encryption, index] = keys;
        let text = format!("{HEADER}\n{}\n{}\n", hex::encode(encryption), hex::encode(index));
        write(path, &text).map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        Ok(Self::of(encryption, index))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return None;
        }
        let mut key = || {
            let mut key = [0u8; 32];
            hex::decode_to_slice(lines.next()?, &mut key).ok().map(|()| key)
        };
        Some(Self::of(key()?, key()?))
    }

    fn of(encryption: [u8; 32], index: [u8; 32]) -> Self {
        Self { encryption, index: hmac::Key::new(hmac::HMAC_SHA256, &index) }
    }

    /// A value that only these two keys give: kept with the records, it tells whether the keys fit them.
    pub(super) fn check(&self) -> Vec<u8> {
        let encryption = hmac::Key::new(hmac::HMAC_SHA256, &self.encryption);
        let inner = hmac::sign(&encryption, CHECK_TEXT);
        let mut both = CHECK_TEXT.to_vec();
        both.extend_from_slice(inner.as_ref());
        hmac::sign(&self.index, &both).as_ref().iter().take(16).copied().collect()
    }
}

/// Writes a new file, readable by its owner only, and makes its name durable too: losing it would lose every name.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    File::open(parent)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_made_once_and_read_back_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let first = OfficeKeys::open(directory.path(), true).unwrap();
        let again = OfficeKeys::open(directory.path(), false).unwrap();
        assert_eq!((first.encryption, first.check()), (again.encryption, again.check()));
        let mode = fs::metadata(OfficeKeys::path(directory.path())).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn missing_and_broken_files_are_told_apart() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(OfficeKeys::open(directory.path(), false), Err(KeyError::Missing { .. })));
        OfficeKeys::open(directory.path(), true).unwrap();
        fs::write(OfficeKeys::path(directory.path()), "something else").unwrap();
        assert!(matches!(OfficeKeys::open(directory.path(), true), Err(KeyError::Malformed { .. })));
    }
}
