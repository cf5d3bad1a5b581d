//! Keys as lines of text (C2SP signed-note): `name+id+key` for those who check, `PRIVATE+KEY+name+id+key` for the one who
//! signs. Owns the two forms. Never makes a key; 32 random bytes are the caller's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::note::{KeyKind, NoteError, NoteKey, NoteSigner};

const SECRET: &str = "PRIVATE+KEY+";

impl NoteKey {
    /// The key as a line that others check with.
    #[must_use]
    pub fn to_line(&self) -> String {
        line(self, self.public())
    }

    /// Reads such a line.
    ///
    /// # Errors
    /// [`NoteError::Key`] when it is none, or its id is not that of name and key.
    pub fn from_line(line: &str) -> Result<Self, NoteError> {
        let (name, kind, public, id) = parts(line).ok_or(NoteError::Key)?;
        let key = Self::new(name, kind, public)?;
        if hex::encode(key.id()) == id { Ok(key) } else { Err(NoteError::Key) }
    }
}

/// The line of whoever signs with these 32 secret bytes; for a file that nobody else reads.
///
/// # Errors
/// [`NoteError`] when name or bytes cannot be a key.
pub fn secret_line(name: &str, kind: KeyKind, secret: &[u8; 32]) -> Result<String, NoteError> {
    let signer = NoteSigner::new(name, kind, secret)?;
    Ok(format!("{SECRET}{}", line(signer.key(), secret)))
}

/// Reads the line of whoever signs.
///
/// # Errors
/// [`NoteError::Key`] when it is none, or its id is not that of name and key.
pub fn read_signer(line: &str) -> Result<NoteSigner, NoteError> {
    let (name, kind, secret, id) = line.strip_prefix(SECRET).and_then(parts).ok_or(NoteError::Key)?;
    let signer = NoteSigner::new(name, kind, &secret)?;
    if hex::encode(signer.key().id()) == id { Ok(signer) } else { Err(NoteError::Key) }
}

fn line(key: &NoteKey, bytes: &[u8; 32]) -> String {
    let coded = STANDARD.encode([&[key.kind().byte()], bytes.as_slice()].concat());
    format!("{}+{}+{coded}", key.name(), hex::encode(key.id()))
}

/// Name, kind, bytes and id of a line. The key is base64, which has a plus sign too; a name has none.
fn parts(line: &str) -> Option<(&str, KeyKind, [u8; 32], &str)> {
    let (name, rest) = line.trim_end_matches('\n').split_once('+')?;
    let (id, coded) = rest.split_once('+')?;
    let bytes = STANDARD.decode(coded).ok()?;
    let (kind, key) = bytes.split_first()?;
    Some((name, KeyKind::of_byte(*kind)?, key.try_into().ok()?, id))
}
