//! Clocks that step, stop and break when told.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use base::{Clock, ManualClock, Micros, Timestamp};

/// A wall clock that can step away from steady progress.
pub struct Hands {
    shown: Arc<ManualClock>,
    steady: AtomicI64,
}

impl Hands {
    /// Hands that show what `shown` shows; steady progress starts at 0.
    pub fn new(shown: Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self { shown, steady: AtomicI64::new(0) })
    }

    /// Time passes for both.
    pub fn pass(&self, span: Micros) {
        self.shown.advance(span);
        self.steady.fetch_add(span, Ordering::SeqCst);
    }

    /// The wall clock steps.
    pub fn step(&self, span: Micros) {
        self.shown.advance(span);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.shown.now()
    }
    fn monotonic(&self) -> Micros {
        self.steady.load(Ordering::SeqCst)
    }
}

/// A clock at which the engine's thread can be held or made to panic, at the moment it begins an entry.
pub struct Stoppable {
    shown: Arc<ManualClock>,
    broken: AtomicBool,
    hold: Mutex<Option<(Sender<()>, Receiver<()>)>>,
}

impl Stoppable {
    pub fn new(shown: Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self { shown, broken: AtomicBool::new(false), hold: Mutex::new(None) })
    }

    /// Holds whoever asks next. Answers with where the asking is heard and how it is let go.
    pub fn hold_next(&self) -> (Receiver<()>, Sender<()>) {
        let (asked, asking) = channel();
        let (release, held) = channel();
        *self.hold.lock().unwrap() = Some((asked, held));
        (asking, release)
    }

    /// Whoever asks from now on panics.
    pub fn break_now(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }
}

impl Clock for Stoppable {
    fn now(&self) -> Timestamp {
        let hold = self.hold.lock().unwrap().take();
        if let Some((asked, held)) = hold {
            let _ = asked.send(());
            let _ = held.recv();
        }
        assert!(!self.broken.load(Ordering::SeqCst), "the clock was told to break");
        self.shown.now()
    }
    fn monotonic(&self) -> Micros {
        self.shown.monotonic()
    }
}
