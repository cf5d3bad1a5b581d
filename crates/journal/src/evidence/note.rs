//! Signed notes (C2SP signed-note, tlog-cosignature): a text, an empty line, and a line per signature.
//!
//! Owns key ids, what is signed, and the signature lines. Never knows what a text says.

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::bytes::Fields;
use crate::hash;

/// What a key signs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The text itself, as whoever keeps the journal does.
    Log,
    /// That the text is consistent with what was seen before, at a time.
    Witness,
}

/// Why a note or key is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// A key's name would break the line it stands in.
    #[error("{0:?} cannot be the name of a key: a name is not empty and has no space and no plus sign")]
    Name(String),
    /// Not a key of this form.
    #[error("this is not an Ed25519 key of 32 bytes")]
    Key,
    /// A line or part has another form than it must have.
    #[error("this is not a signed note: {0}")]
    Form(&'static str),
    /// There is no line of that key.
    #[error("the note is not signed by {0}; ask for one that is")]
    Unsigned(String),
    /// The signature is wrong.
    #[error("the signature of {0} does not fit the note: it was changed, or signed by another key")]
    Signature(String),
}

impl KeyKind {
    /// The byte that says it in a key (C2SP signed-note).
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Log => 1,
            Self::Witness => 4,
        }
    }

    /// The kind that a byte says.
    pub(crate) const fn of_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Log),
            4 => Some(Self::Witness),
            _ => None,
        }
    }
}

/// A public key with the name it signs under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteKey {
    name: String,
    kind: KeyKind,
    public: [u8; 32],
}

/// The first four bytes of a signature: which key made it.
pub(crate) type KeyId = [u8; 4];

impl NoteKey {
    /// A key by its name and its 32 bytes.
    ///
    /// # Errors
    /// [`NoteError::Name`] when the name cannot stand in a line.
    pub fn new(name: &str, kind: KeyKind, public: [u8; 32]) -> Result<Self, NoteError> {
        let fits = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        let name = name.to_owned();
        if fits { Ok(Self { name, kind, public }) } else { Err(NoteError::Name(name)) }
    }

    /// The name it signs under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs as.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its 32 bytes.
    pub(crate) const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    /// What stands for it in signatures and key lines.
    pub(crate) fn id(&self) -> KeyId {
        let named = [self.name.as_bytes(), b"\n", &[self.kind.byte()], &self.public].concat();
        hash::digest(&named).0.first_chunk::<4>().copied().unwrap_or_default()
    }

    /// Checks this key's line under a text; a witness's line also says when it signed.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`] without such a line, [`NoteError::Signature`] when it does not fit.
    pub fn verify(&self, text: &str, lines: &[String]) -> Result<Option<Timestamp>, NoteError> {
        let mut own = lines.iter().filter_map(|line| read_line(line)).filter(|(name, _)| *name == self.name);
        let signature = own.find_map(|(_, bytes)| bytes.strip_prefix(&self.id()).map(<[u8]>::to_vec));
        let signature = signature.ok_or_else(|| NoteError::Unsigned(self.name.clone()))?;
        let wrong = || NoteError::Signature(self.name.clone());
        let mut rest = Fields(&signature);
        let seconds = match self.kind {
            KeyKind::Log => None,
            KeyKind::Witness => Some(u64::from_be_bytes(rest.array().ok_or_else(wrong)?)),
        };
        let signed = signed_text(text, seconds);
        let key = UnparsedPublicKey::new(&ED25519, self.public);
        key.verify(signed.as_bytes(), rest.0).map_err(|_| wrong())?;
        let micros = |seconds| i64::try_from(seconds).ok().and_then(|s: i64| s.checked_mul(1_000_000));
        seconds.map(|seconds| micros(seconds).map(Timestamp).ok_or_else(wrong)).transpose()
    }
}

/// A key that signs.
pub struct NoteSigner {
    pair: Ed25519KeyPair,
    key: NoteKey,
}

impl std::fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NoteSigner").field("key", &self.key).finish_non_exhaustive()
    }
}

impl NoteSigner {
    /// A signer from its 32 secret bytes.
    ///
    /// # Errors
    /// [`NoteError`] when name or bytes cannot be a key.
    pub fn new(name: &str, kind: KeyKind, secret: &[u8; 32]) -> Result<Self, NoteError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret).map_err(|_| NoteError::Key)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| NoteError::Key)?;
        Ok(Self { key: NoteKey::new(name, kind, public)?, pair })
    }

    /// The key that others check with.
    #[must_use]
    pub const fn key(&self) -> &NoteKey {
        &self.key
    }

    /// The line under a text; the time counts for a witness only, in whole seconds.
    #[must_use]
    pub fn sign(&self, text: &str, at: Timestamp) -> String {
        let seconds = u64::try_from(at.0 / 1_000_000).unwrap_or_default();
        let seconds = (self.key.kind == KeyKind::Witness).then_some(seconds);
        let signature = self.pair.sign(signed_text(text, seconds).as_bytes());
        let mut bytes = self.key.id().to_vec();
        bytes.extend(seconds.into_iter().flat_map(u64::to_be_bytes));
        bytes.extend_from_slice(signature.as_ref());
        format!("— {} {}", self.key.name, STANDARD.encode(bytes))
    }
}

fn signed_text(text: &str, seconds: Option<u64>) -> String {
    match seconds {
        None => text.to_owned(),
        Some(seconds) => format!("cosignature/v1\ntime {seconds}\n{text}"),
    }
}

/// Name and bytes of a signature line.
fn read_line(line: &str) -> Option<(&str, Vec<u8>)> {
    let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
    Some((name, STANDARD.decode(encoded).ok()?))
}

/// Splits a note into its text, which ends with a line break, and its signature lines.
pub(crate) fn split(note: &str) -> Result<(&str, Vec<String>), NoteError> {
    let (text, lines) =
        note.rsplit_once("\n\n").ok_or(NoteError::Form("no empty line before the signatures"))?;
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Form("it does not end with a line break"))?;
    let lines: Vec<String> = lines.split('\n').map(str::to_owned).collect();
    if lines.iter().any(|line| read_line(line).is_none()) {
        return Err(NoteError::Form("a line under the text is no signature"));
    }
    let text = note.get(..=text.len()).ok_or(NoteError::Form("no text"))?;
    Ok((text, lines))
}
