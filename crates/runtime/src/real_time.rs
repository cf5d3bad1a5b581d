//! Real-time priority of the journal's thread: it runs before everything that has none as soon as its flush is over.
//!
//! Owns the asking of the system. Never changes another thread: the engine's computes, and would keep others from a core.

use std::io;
use std::os::unix::thread::JoinHandleExt as _;
use std::thread::JoinHandle;

use thread_priority::{
    Error, RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
    set_thread_priority_and_policy,
};

/// A real-time priority (`SCHED_FIFO`) that the system permits this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RealTime(u8);

/// The system does not permit it.
#[derive(Debug, thiserror::Error)]
#[error("the system does not give a thread the real-time priority {level}")]
pub struct NotPermitted {
    /// What was asked for, 1 to 99.
    pub level: u8,
    /// What it said.
    #[source]
    pub source: io::Error,
}

impl RealTime {
    /// The priority, after it was tried on a thread that does nothing else.
    ///
    /// # Errors
    /// [`NotPermitted`] without the right to it (`CAP_SYS_NICE`, or a limit `rtprio` as high), or outside 1 to 99.
    pub fn permitted(level: u8) -> Result<Self, NotPermitted> {
        let priority = Self(level);
        let (trial, ended) =
            (std::thread::Builder::new().name("trial".into()), |source| NotPermitted { level, source });
        let (keep, kept) = std::sync::mpsc::channel::<()>();
        let thread = trial.spawn(move || kept.recv().is_ok()).map_err(ended)?;
        let given = priority.give(&thread);
        drop(keep);
        let _ = thread.join();
        given.map(|()| priority).map_err(ended)
    }

    /// Gives it to a thread.
    pub(crate) fn give<T>(self, thread: &JoinHandle<T>) -> io::Result<()> {
        let level = ThreadPriorityValue::try_from(self.0).map_err(|_| io::ErrorKind::InvalidInput)?;
        let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
        let given = set_thread_priority_and_policy(
            thread.as_pthread_t(),
            ThreadPriority::Crossplatform(level),
            policy,
        );
        given.map_err(|error| match error {
            Error::OS(code) => io::Error::from_raw_os_error(code),
            other => io::Error::new(io::ErrorKind::InvalidInput, other.to_string()),
        })
    }
}
