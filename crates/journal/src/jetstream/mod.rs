//! The journal on JetStream: one stream, one message per entry, the entry's number is the message's.
//!
//! Owns appending: each entry is published as the message after its predecessor and is acknowledged when most of the
//! servers have flushed it. Never retries by itself, never publishes two entries at once, never reads from a node that
//! does not lead.
//!
//! Two writers: the servers take one message as the next and refuse the other; who is refused looks at what stands
//! there. A late answer leaves the fate of an entry unknown; the same bytes again are either taken, recognised by
//! their id, or refused, and then what stands there says which.

mod address;
mod link;
mod open;
mod options;
mod read;
mod servers;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use options::{Copies, JetstreamError, JetstreamOptions, SyncAlways};

use crate::bytes::distance;
use crate::embedded::Cover;
use crate::log::{AppendError, Appended, Head, Journal, ReadError, Reader};
use crate::offer::{Offered, offered};
use crate::seal::Sealed;
use link::{Link, Trouble};
use read::JetstreamReader;
use servers::Servers;
use stream::MESSAGE_BYTES_MAX;

/// Bytes that a server keeps beside an entry's own, at most: headers, subject, and its own of each message.
const OVERHEAD: u64 = 512;

/// How often the servers are asked while there is no room: what somebody makes is used soon.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long to wait before an entry that no room was found for may be sent again.
const FULL_PAUSE: Duration = Duration::from_millis(100);

impl Trouble {
    /// In words.
    fn reason(self) -> String {
        match self {
            Self::Unsure(reason) | Self::Refused(reason) => reason,
            Self::Full => "the servers have no room; make some".to_owned(),
            Self::NotLast => "the stream does not end where it should".to_owned(),
        }
    }
}

/// The journal in a stream of JetStream.
pub struct Jetstream {
    options: JetstreamOptions,
    link: Arc<Link>,
    servers: Option<Servers>,
    head: Head,
    published: Arc<AtomicU64>,
    /// Bytes that were free when the servers were last asked, less those of the entries since.
    room: u64,
    asked: Option<Instant>,
    trouble: Option<String>,
    failed: bool,
}

impl std::fmt::Debug for Jetstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Jetstream");
        shown.field("stream", &self.options.stream).field("head", &self.head).finish_non_exhaustive()
    }
}

impl Jetstream {
    /// Opens the journal: checks what the servers promise, makes the stream if there is none, checks its configuration
    /// and last entry, and compares with `cover`. To be called, like everything here, from a plain thread.
    ///
    /// A leader before this one is fenced by the first entry that is appended here.
    ///
    /// # Errors
    /// [`JetstreamError`] says what is wrong and what to do.
    pub fn open(options: JetstreamOptions, cover: Option<Cover>) -> Result<Self, JetstreamError> {
        let opened = open::open(&options, cover)?;
        Ok(Self {
            options,
            link: Arc::new(opened.link),
            servers: opened.servers,
            head: opened.head,
            published: Arc::new(AtomicU64::new(opened.head.seq)),
            room: 0,
            asked: None,
            trouble: None,
            failed: false,
        })
    }

    /// Reads from `from_seq` on what is there and what comes, without fencing anybody. Makes the stream where there is none.
    ///
    /// # Errors
    /// [`JetstreamError`] says what is wrong and what to do.
    pub fn follow(options: &JetstreamOptions, from_seq: u64) -> Result<Box<dyn Reader>, JetstreamError> {
        let opened = open::open(options, None)?;
        let (link, published) = (Arc::new(opened.link), Arc::new(AtomicU64::new(opened.head.seq)));
        Ok(Box::new(JetstreamReader::new(link, &options.stream, published, from_seq)?.asking()))
    }

    /// Why the last append is unknown or there is no space, if that is so.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// What stands at a seq that is taken, or that the servers would not give. Nothing there means that another entry
    /// is on its way, ours or another leader's, and may or may not come to stand.
    fn settle(&mut self, sealed: &Sealed) -> Appended {
        match self.link.message(sealed.head.seq) {
            Ok(Some(found)) if open::is_same(&found, sealed.head.hash) => self.durable(sealed),
            Ok(Some(_)) => Appended::Fenced,
            Ok(None) => self.troubled(Trouble::NotLast),
            Err(trouble) => self.troubled(trouble),
        }
    }

    fn durable(&mut self, sealed: &Sealed) -> Appended {
        self.trouble = None;
        if sealed.head.seq > self.head.seq {
            self.head = sealed.head;
            self.published.store(sealed.head.seq, Ordering::Release);
            self.room = self.room.saturating_sub(distance(sealed.bytes.len()).saturating_add(OVERHEAD));
            if !self.is_roomy() {
                self.asked = None;
            }
        }
        Appended::Durable
    }

    /// An entry without room was not taken, and stands nowhere. It is decided all the same, so nothing else may follow
    /// before it does: like one whose fate is unknown it is sent again until there is room, or until another leads.
    fn troubled(&mut self, trouble: Trouble) -> Appended {
        match trouble {
            Trouble::Full => {
                self.trouble = Some(trouble.reason());
                (self.room, self.asked) = (0, None);
                std::thread::sleep(FULL_PAUSE);
                Appended::Unknown
            }
            Trouble::Refused(reason) => {
                self.failed = true;
                let server = self.link.servers.clone();
                Appended::Failed(AppendError::Refused { action: "take an entry", server, reason })
            }
            other => {
                self.trouble = Some(other.reason());
                Appended::Unknown
            }
        }
    }

    /// Whether there is room for the entry that is being written and the one that is being decided.
    fn is_roomy(&self) -> bool {
        self.room >= distance(2 * MESSAGE_BYTES_MAX)
    }

    /// Asks for room: the account's, the stream's, and each server's where they may be asked. What cannot be asked at the
    /// moment is as it was.
    fn ask_for_room(&mut self) {
        if !self.link.is_connected() {
            return;
        }
        let copies = self.options.copies.count();
        self.asked = Some(Instant::now());
        let Ok(mut room) = self.link.room(distance(copies)) else { return };
        if let Some(Ok(said)) = self.servers.as_ref().map(|servers| servers.ask(&self.link, copies)) {
            // Two of three would do, but then the third falls behind for good.
            room = said.iter().filter_map(|server| server.room).fold(room, u64::min);
        }
        self.room = room;
        self.trouble = (!self.is_roomy()).then(|| Trouble::Full.reason());
    }
}

impl Journal for Jetstream {
    fn head(&self) -> Head {
        self.head
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        match offered(sealed, &self.head, self.failed) {
            Err(answer) => return answer,
            Ok(Offered::Taken) => return self.settle(sealed),
            Ok(Offered::Next) => {}
        }
        match self.link.publish(sealed) {
            Ok(ack) if ack.sequence == sealed.head.seq && !ack.duplicate => self.durable(sealed),
            Ok(_) | Err(Trouble::NotLast) => self.settle(sealed),
            Err(trouble) => self.troubled(trouble),
        }
    }

    /// What the servers said when they were last asked, which is some seconds ago at most, and what was appended since.
    fn has_space(&mut self) -> bool {
        let every = self.options.room_every;
        let every = if self.is_roomy() { every } else { every.min(LOOK_AGAIN) };
        if self.asked.is_none_or(|asked| asked.elapsed() >= every) {
            self.ask_for_room();
        }
        self.is_roomy()
    }

    fn wait_for_space(&mut self, limit: Duration) -> bool {
        let start = Instant::now();
        while !self.has_space() {
            let left = limit.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
        true
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        let (link, published) = (Arc::clone(&self.link), Arc::clone(&self.published));
        Ok(Box::new(JetstreamReader::new(link, &self.options.stream, published, from_seq)?))
    }
}
