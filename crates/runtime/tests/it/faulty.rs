//! A journal in memory that waits at a gate and fails when told.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use journal::{AppendError, Appended, Head, Journal, Memory, ReadError, Reader, Sealed};

/// The longest to wait for an append that has to come.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// What an append comes to instead of `Durable`.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// All is well.
    Durable,
    /// Nobody knows; nothing was written.
    UnknownLost,
    /// Nobody knows; it was written.
    UnknownWritten,
    Fenced,
    Failed,
    Panic,
}

/// The journal; see [`Control`].
pub struct Faulty {
    inner: Memory,
    control: Control,
}

/// The test's hand on the journal.
#[derive(Clone)]
pub struct Control {
    shared: Arc<(Mutex<Gate>, Condvar)>,
}

struct Gate {
    open: bool,
    passes: usize,
    fates: VecDeque<Fate>,
    attempts: Vec<Sealed>,
    durable: u64,
}

impl Faulty {
    /// A journal whose gate is open.
    pub fn new(inner: Memory) -> (Self, Control) {
        let durable = inner.head().seq;
        let gate = Gate { open: true, passes: 0, fates: VecDeque::new(), attempts: Vec::new(), durable };
        let control = Control { shared: Arc::new((Mutex::new(gate), Condvar::new())) };
        (Self { inner, control: control.clone() }, control)
    }
}

impl Control {
    fn lock(&self) -> MutexGuard<'_, Gate> {
        self.shared.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Gate)) {
        change(&mut self.lock());
        self.shared.1.notify_all();
    }

    /// Holds appends from now on.
    pub fn close(&self) {
        self.change(|gate| gate.open = false);
    }

    /// Lets every append through from now on.
    pub fn open(&self) {
        self.change(|gate| gate.open = true);
    }

    /// Lets one append through a closed gate.
    pub fn pass(&self) {
        self.change(|gate| gate.passes += 1);
    }

    /// What comes of the next appends that pass the gate, in order; after these, all is well.
    pub fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.change(|gate| gate.fates.extend(fates));
    }

    /// How many appends were tried so far, those at the gate included.
    pub fn tried(&self) -> usize {
        self.lock().attempts.len()
    }

    /// Waits until so many appends were tried.
    pub fn wait_tried(&self, count: usize) {
        let start = Instant::now();
        let mut gate = self.lock();
        while gate.attempts.len() < count {
            let left = WAIT_MAX.checked_sub(start.elapsed()).expect("an append was to be tried");
            gate = self.shared.1.wait_timeout(gate, left).unwrap().0;
        }
    }

    /// Everything that was tried, in order.
    pub fn attempts(&self) -> Vec<Sealed> {
        self.lock().attempts.clone()
    }

    /// The last entry of which the runtime may know that it is durable.
    pub fn durable(&self) -> u64 {
        self.lock().durable
    }
}

impl Journal for Faulty {
    fn head(&self) -> Head {
        self.inner.head()
    }

    fn append(&mut self, sealed: &Sealed) -> Appended {
        self.control.change(|gate| gate.attempts.push(sealed.clone()));
        let mut gate = self.control.lock();
        while !gate.open && gate.passes == 0 {
            gate = self.control.shared.1.wait(gate).unwrap();
        }
        gate.passes = gate.passes.saturating_sub(1);
        let fate = gate.fates.pop_front();
        drop(gate);
        match fate {
            Some(Fate::UnknownLost) => return Appended::Unknown,
            Some(Fate::UnknownWritten) => {
                let _ = self.inner.append(sealed);
                return Appended::Unknown;
            }
            Some(Fate::Fenced) => return Appended::Fenced,
            Some(Fate::Failed) => return Appended::Failed(AppendError::NoSpace),
            Some(Fate::Panic) => panic!("the journal was told to panic"),
            Some(Fate::Durable) | None => {}
        }
        let appended = self.inner.append(sealed);
        if matches!(appended, Appended::Durable) {
            self.control.change(|gate| gate.durable = sealed.head.seq);
        }
        appended
    }

    fn has_space(&mut self) -> bool {
        self.inner.has_space()
    }

    fn reader(&self, from_seq: u64) -> Result<Box<dyn Reader>, ReadError> {
        self.inner.reader(from_seq)
    }
}
