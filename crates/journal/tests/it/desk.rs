//! A journal on disk that tests fill, hurt and look at.

use std::convert::Infallible;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use journal::conformance::Chain;
use journal::{
    Appended, Cover, Embedded, EmbeddedOptions, Entry, Journal, OpenError, Recovery, Sealed, Verification,
    VerifyError,
};

/// Bytes of a segment's header: the first entry stands behind it.
pub const FIRST_ENTRY: u64 = 128;

/// A journal's directory with what was appended to it.
pub struct Desk {
    pub root: tempfile::TempDir,
    pub options: EmbeddedOptions,
    pub sealed: Vec<Sealed>,
    chain: Chain,
}

impl Desk {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { root, options: EmbeddedOptions::small(), sealed: Vec::new(), chain: Chain::new() }
    }

    /// A closed journal with so many small entries of three records.
    pub fn with_entries(count: usize) -> Self {
        let mut desk = Self::new();
        let mut journal = desk.open(None).unwrap().0;
        for number in 0..count {
            desk.append(&mut journal, &[&[number as u8; 50], b"a value with movement", &[0xC3; 33]]);
        }
        drop(journal);
        desk
    }

    /// One segment, full but for 64 bytes, with five entries.
    pub fn with_a_full_segment() -> Self {
        let mut desk = Self::with_entries(2);
        let mut journal = desk.open(None).unwrap().0;
        desk.append(&mut journal, &[&[0xB1; 700_000]]);
        desk.append(&mut journal, &[&[0xB2; 700_000]]);
        let left = desk.options.segment_bytes - desk.offset(5);
        // Header, leaf head, blind and trailer take 164 bytes.
        desk.append(&mut journal, &[&vec![0xB3; left as usize - 64 - 164]]);
        drop(journal);
        desk
    }

    /// Two segments in use, the first full, the second with three small entries, and one reserved.
    pub fn with_two_segments() -> Self {
        let mut desk = Self::with_a_full_segment();
        let mut journal = desk.open(None).unwrap().0;
        for _ in 0..3 {
            desk.append(&mut journal, &[b"in the second segment", b"with movement", b"third"]);
        }
        while !desk.segment(3).exists() {
            assert!(journal.has_space());
            std::thread::yield_now();
        }
        drop(journal);
        desk
    }

    pub fn dir(&self) -> &Path {
        self.root.path()
    }

    pub fn open(&self, cover: Option<Cover>) -> Result<(Embedded, Recovery), OpenError> {
        Embedded::open(self.dir(), self.options.clone(), cover)
    }

    pub fn verify(&self) -> Result<Verification, VerifyError<Infallible>> {
        journal::verify(self.dir(), |_: &Entry<'_>| Ok(()))
    }

    pub fn append(&mut self, journal: &mut Embedded, values: &[&[u8]]) {
        let sealed = self.chain.next(values).unwrap();
        assert!(journal.wait_for_space(Duration::from_secs(60)), "{:?}", journal.space_failure());
        let appended = journal.append(&sealed);
        assert!(matches!(appended, Appended::Durable), "{appended:?}");
        self.sealed.push(sealed);
    }

    /// The position after an entry, as a consumer that has seen it keeps it.
    pub fn cover(&self, seq: usize) -> Cover {
        let head = self.sealed[seq - 1].head;
        Cover { seq: head.seq, hash: head.hash }
    }

    pub fn segment(&self, ordinal: u64) -> PathBuf {
        self.dir().join(format!("segment-{ordinal:012}.journal"))
    }

    pub fn segments(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.dir()).unwrap().map(|file| file.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "journal"));
        files.sort();
        files
    }

    /// Copies of cut-off entries.
    pub fn torn_files(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.dir()).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "bin")).collect()
    }

    /// Where an entry of the first segment begins.
    pub fn offset(&self, seq: usize) -> u64 {
        FIRST_ENTRY + self.sealed[..seq - 1].iter().map(|sealed| sealed.bytes.len() as u64).sum::<u64>()
    }

    pub fn write(&self, ordinal: u64, at: u64, bytes: &[u8]) {
        let file = OpenOptions::new().write(true).open(self.segment(ordinal)).unwrap();
        file.write_all_at(bytes, at).unwrap();
    }

    pub fn read(&self, ordinal: u64, at: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let file = fs::File::open(self.segment(ordinal)).unwrap();
        file.read_exact_at(&mut bytes, at).unwrap();
        bytes
    }

    /// Flips bits of one byte; the same call again puts them back.
    pub fn flip(&self, ordinal: u64, at: u64, bits: u8) {
        let byte = self.read(ordinal, at, 1)[0];
        self.write(ordinal, at, &[byte ^ bits]);
    }
}
