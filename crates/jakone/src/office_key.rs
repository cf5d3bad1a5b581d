//! The key of the office's sealed fields: whether it is there and the right one. Asked before anything is written, and of every
//! backup: a city goes on without it until somebody needs a name.

use platform::cipher::{Cipher, CipherOpenError};
use platform::database::View;

use crate::data_directory::DataDirectory;
use crate::problem::Problem;

/// Requires the key where the office has sealed something.
///
/// # Errors
/// A [`Problem`] `office_key_lost`; otherwise when the office cannot be read.
pub async fn require(directory: &DataDirectory) -> anyhow::Result<()> {
    match View::of_office(directory.place()).await? {
        Some(office) => require_of(directory, &office).await,
        None => Ok(()),
    }
}

/// As [`require`], of an office that is open.
///
/// # Errors
/// As [`require`].
pub async fn require_of(directory: &DataDirectory, office: &View) -> anyhow::Result<()> {
    let error = match Cipher::check(directory.root(), office).await {
        Err(CipherOpenError::Keys(error)) => error,
        other => return Ok(other?),
    };
    Err(Problem::new(
        "office_key_lost",
        format!(
            "{error}. Without it no name can be read. Copy `keys/office.key` from a backup (`cp BACKUP/keys/office.key {dir}/keys/`), and keep one of it in a safe of its own.",
            dir = directory.root().display()
        ),
        "Kunci kantor hilang atau bukan yang benar; tanpa kunci itu tidak ada nama yang dapat dibaca. Salin `keys/office.key` dari cadangan.",
    )
    .into())
}
