//! One snapshot as a file.
//!
//! Owns the frame around the engine's pieces. Little-endian, front to back:
//!
//! ```text
//! magic                8 bytes
//! length of manifest   u32
//! manifest             CBOR map with integer keys
//! SHA-256              over everything before: the manifest can be trusted without the rest
//! length, piece        u32 and the engine's bytes, again and again
//! 0                    u32: no further piece
//! SHA-256              over everything before
//! ```
//!
//! Never knows which snapshots there are, and never holds more than one piece beside the state.

use std::io::{Read, Write};

use base::{CivilDate, Timestamp};
use engine::{ReadSnapshot, State, state_digest};
use journal::{Cover, Hash, Head};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};

const MAGIC: [u8; 8] = *b"JK1SNAP\0";

/// Version of the frame.
const FORMAT: u32 = 1;

/// A manifest is far smaller.
const MANIFEST_BYTES_MAX: u32 = 4 * 1024;

/// A piece is some 64 KiB; a single row, such as all versions of one tariff, may be larger.
const PIECE_BYTES_MAX: u32 = 256 * 1024 * 1024;

/// What a snapshot says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    #[n(0)]
    format: u32,
    #[n(1)]
    schema: u32,
    #[n(2)]
    genesis: ByteArray<32>,
    #[n(3)]
    seq: u64,
    #[n(4)]
    hash: ByteArray<32>,
    #[n(5)]
    at: Timestamp,
    #[n(6)]
    digest: ByteArray<32>,
    #[n(7)]
    movement_from: CivilDate,
}

impl Manifest {
    pub(super) fn new(genesis: Hash, head: Head, state: &State) -> Self {
        let horizon = state.parameters.rerate_horizon;
        Self {
            format: FORMAT,
            schema: engine::SNAPSHOT_SCHEMA,
            genesis: genesis.0.into(),
            seq: head.seq,
            hash: head.hash.0.into(),
            at: head.at,
            digest: state_digest(state).into(),
            movement_from: engine::journeys::first_kept_date(head.at, horizon),
        }
    }

    /// Version of the tables inside.
    #[must_use]
    pub const fn schema(&self) -> u32 {
        self.schema
    }

    /// Hash of the journal's first entry: which journal it is of.
    #[must_use]
    pub fn genesis(&self) -> Hash {
        Hash(*self.genesis)
    }

    /// The last entry it has seen.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: Hash(*self.hash), at: self.at }
    }

    /// The same, as the journal has to hold it.
    #[must_use]
    pub fn cover(&self) -> Cover {
        Cover { seq: self.seq, hash: Hash(*self.hash) }
    }

    /// Digest of its state.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *self.digest
    }

    /// It may tell of movement from this date on, and of none before.
    #[must_use]
    pub const fn movement_from(&self) -> CivilDate {
        self.movement_from
    }
}

/// Why the bytes are no snapshot that this release can use.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// The system refused, or the file ends too early.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A byte is not what was written.
    #[error("{0}")]
    Damaged(&'static str),
    /// A row cannot be read.
    #[error(transparent)]
    State(#[from] engine::SnapshotError),
}

/// Bytes on their way, hashed as they pass.
struct Hashed<S> {
    stream: S,
    hash: Sha256,
}

impl<S> Hashed<S> {
    fn new(stream: S) -> Self {
        Self { stream, hash: Sha256::new() }
    }

    fn sum(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }
}

impl<W: Write> Hashed<W> {
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hash.update(bytes);
        self.stream.write_all(bytes)
    }

    fn put_sized(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
        self.put(&length.to_le_bytes())?;
        self.put(bytes)
    }

    fn put_sum(&mut self) -> std::io::Result<()> {
        let sum = self.sum();
        self.put(&sum)
    }
}

impl<R: Read> Hashed<R> {
    fn take<const N: usize>(&mut self) -> std::io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes)?;
        self.hash.update(bytes);
        Ok(bytes)
    }

    /// Fills `bytes` with what is announced; false where nothing is.
    fn take_sized(&mut self, bytes: &mut Vec<u8>, most: u32) -> Result<bool, Unsound> {
        let length = u32::from_le_bytes(self.take()?);
        if length > most {
            return Err(Unsound::Damaged("it announces more than a snapshot holds"));
        }
        // Grows with what is really there: a damaged length must not take all memory.
        bytes.clear();
        self.stream.by_ref().take(u64::from(length)).read_to_end(bytes)?;
        if bytes.len() != length as usize {
            return Err(Unsound::Damaged("it ends too early"));
        }
        self.hash.update(&bytes);
        Ok(length > 0)
    }

    fn check_sum(&mut self, damaged: &'static str) -> Result<(), Unsound> {
        let wanted = self.sum();
        if self.take()? == wanted { Ok(()) } else { Err(Unsound::Damaged(damaged)) }
    }
}

/// Writes a snapshot.
pub fn write(out: impl Write, manifest: &Manifest, state: &State) -> std::io::Result<()> {
    let mut out = Hashed::new(out);
    out.put(&MAGIC)?;
    let Ok(bytes) = minicbor::to_vec(manifest) else { unreachable!("memory takes every byte") };
    out.put_sized(&bytes)?;
    out.put_sum()?;
    engine::write_snapshot(state, |piece| out.put_sized(piece))?;
    out.put(&0u32.to_le_bytes())?;
    out.put_sum()?;
    out.stream.flush()
}

/// A snapshot whose manifest has been read.
pub struct Opened<R> {
    input: Hashed<R>,
    bytes: Vec<u8>,
    pub manifest: Manifest,
}

/// Reads the manifest; it is as it was written whatever became of the rest.
pub fn open<R: Read>(input: R) -> Result<Opened<R>, Unsound> {
    let mut input = Hashed::new(input);
    if input.take()? != MAGIC {
        return Err(Unsound::Damaged("it is not a snapshot"));
    }
    let mut bytes = Vec::new();
    input.take_sized(&mut bytes, MANIFEST_BYTES_MAX)?;
    input.check_sum("its manifest is damaged")?;
    let manifest: Manifest = minicbor::decode(&bytes).map_err(engine::SnapshotError::from)?;
    if manifest.format != FORMAT {
        return Err(Unsound::Damaged("its frame is of a newer release"));
    }
    Ok(Opened { input, bytes, manifest })
}

impl<R: Read> Opened<R> {
    /// Reads the state and checks every byte and its digest.
    pub fn state(mut self, reserve: usize) -> Result<(Manifest, State), Unsound> {
        let mut reading = ReadSnapshot::new(reserve);
        while self.input.take_sized(&mut self.bytes, PIECE_BYTES_MAX)? {
            reading.piece(&self.bytes)?;
        }
        self.input.check_sum("a byte of it is damaged")?;
        if self.input.stream.read(&mut [0])? != 0 {
            return Err(Unsound::Damaged("something stands behind its end"));
        }
        let state = reading.end()?;
        if state_digest(&state) == self.manifest.digest() {
            Ok((self.manifest, state))
        } else {
            Err(Unsound::Damaged("its state has another digest than its manifest says"))
        }
    }
}
