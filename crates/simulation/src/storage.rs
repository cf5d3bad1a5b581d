//! Where the journal of a simulated city is kept: segment files on a disk that fails, or copies elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use journal::{
    Appended, Cover, Embedded, EmbeddedOptions, Head, Journal, OpenError, ReadError, Reader, Reserving,
    Sealed, WalkError,
};

use crate::copies::Copies;
use crate::disk::{Loss, SimulatedDisk, journal_dir};
use crate::failure::{Broken, Invariant};
use crate::ports::Ports;

/// The segments of a journal that are being made, by turns.
pub type Segments = Arc<Mutex<Reserving>>;

/// Takes a turn at making segments.
pub fn reserve(segments: &Segments) -> bool {
    segments.lock().unwrap_or_else(PoisonError::into_inner).turn()
}

/// Where the journal is kept.
pub enum Storage {
    /// Segment files.
    Disk {
        /// The disk.
        disk: SimulatedDisk,
        /// The last power failure wrote sectors out of order.
        scattered: bool,
    },
    /// Servers elsewhere.
    Copies(Copies),
}

/// A journal that was opened.
pub struct Opened {
    /// To be written.
    pub journal: Box<dyn Journal>,
    /// To be made in turns.
    pub segments: Segments,
}

/// What opening came to when no journal is there.
pub enum Refused {
    /// The power failed, or there is no room: try again later.
    Later,
    /// Sectors were written out of order, so the journal was called damaged; the copy has been put back.
    Restored,
}

impl Storage {
    /// Opens the journal on the disk, which must hold everything up to `seen`.
    pub fn open(&mut self, seen: Head, ports: &mut dyn Ports) -> Result<Result<Opened, Refused>, Broken> {
        let (disk, scattered) = match self {
            Self::Copies(_) => return Ok(Err(Refused::Later)),
            Self::Disk { disk, scattered } => (disk, scattered),
        };
        let options = EmbeddedOptions {
            disk: ports.disk(Arc::new(disk.clone())),
            retry_pause: Duration::ZERO,
            ..EmbeddedOptions::small()
        };
        let cover = (seen.seq > 0).then_some(Cover { seq: seen.seq, hash: seen.hash });
        match Embedded::open_stepped(&journal_dir(), options, cover) {
            Ok((journal, _, segments)) => {
                *scattered = false;
                let segments = Arc::new(Mutex::new(segments));
                let journal = OnDisk { journal, segments: Arc::clone(&segments) };
                Ok(Ok(Opened { journal: ports.journal(Box::new(journal)), segments }))
            }
            Err(_) if disk.is_off() => Ok(Err(Refused::Later)),
            Err(OpenError::Space { .. }) if disk.is_full() => Ok(Err(Refused::Later)),
            Err(OpenError::Space { .. } | OpenError::Journal(WalkError::Io { .. }))
                if disk.take_flush_failed() =>
            {
                Ok(Err(Refused::Later))
            }
            Err(OpenError::Journal(WalkError::Damaged(_))) if *scattered => {
                disk.restore_copy();
                *scattered = false;
                Ok(Err(Refused::Restored))
            }
            Err(error) => Err(Broken::new(Invariant::Recovery, error.to_string())),
        }
    }

    /// The process on the machine of this disk has ended; with it the machine, if the power failed.
    pub fn process_ended(&mut self, disk: &SimulatedDisk, loss: Loss) {
        if !disk.is_off() {
            return disk.process_ends();
        }
        let torn = disk.power_cycle(loss);
        if let Self::Disk { scattered, .. } = self {
            *scattered |= torn;
        }
    }

    /// Whether there is no room for more.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Disk { disk, .. } => disk.is_full(),
            Self::Copies(copies) => copies.is_full(),
        }
    }

    /// There is no more room, or again.
    pub fn set_full(&self, full: bool) {
        match self {
            Self::Disk { disk, .. } => disk.set_full(full),
            Self::Copies(copies) => copies.set_full(full),
        }
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        match self {
            Self::Disk { disk, .. } => disk.heal(),
            Self::Copies(copies) => copies.heal(),
        }
    }
}

/// Segment files whose next segment is made when somebody waits for it.
struct OnDisk {
    journal: Embedded,
    segments: Segments,
}

impl Journal for OnDisk {
    fn head(&self) -> Head {
        self.journal.head()
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        self.journal.append(sealed)
    }

    fn has_space(&mut self) -> bool {
        self.journal.has_space()
    }

    fn wait_for_space(&mut self, _: Duration) -> bool {
        self.journal.has_space() || (reserve(&self.segments) && self.journal.has_space())
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.journal.reader(from_seq)
    }
}
