//! Keeps batches on their way to an engine and takes their times. Knows nothing of what the commands mean; requires that each is
//! accepted.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base::{Clock as _, CommandId, PrincipalId, SystemClock, Timestamp};
use engine::{Answer, Body, Channel, Envelope, Step};
use runtime::{Busy, Class, Handle};
use tokio::sync::oneshot;

use super::clocks::{processor_time, thread_time};
use super::socket::Connection;
use crate::flush_probe::percentile;

/// Commands per batch of the set-up.
const SETUP_BATCH: usize = 4_096;
/// Batches of the set-up on their way at a time.
const SETUP_IN_FLIGHT: usize = 4;
/// How long to wait when nothing is admitted.
const PAUSE: Duration = Duration::from_micros(500);

/// How often answers are looked for while the next batch is not due yet: the error of a time taken at a pace.
const LOOK: Duration = Duration::from_micros(100);

type Reply = oneshot::Receiver<Result<Vec<Answer>, Busy>>;

/// How batches get there.
pub enum Road {
    /// Handed over in this process, in a class of work.
    Handed(Handle, Class),
    /// Over a socket.
    Socket(Connection),
}

/// A batch that is on its way.
enum Sent {
    Handed(Reply),
    Socket,
}

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Ran {
    /// From the first batch to the last answer.
    pub taken: Duration,
    /// Processor time of all threads.
    pub processor: Duration,
    /// Of that, the thread that decides.
    pub engine: Duration,
    /// Of that, the thread that seals and writes.
    pub journal: Duration,
    /// Half of the batches were answered within this.
    pub p50: Duration,
    /// 99 of 100 batches were.
    pub p99: Duration,
}

/// How fast batches are sent.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// As fast as they are answered, so many on their way at a time.
    Full(usize),
    /// So long from one to the next, however many are on their way; their times begin when they were due.
    Every(Duration),
}

/// Keeps batches on their way.
pub struct Pump {
    road: Road,
    on_the_way: VecDeque<(Instant, Sent)>,
    taken: Vec<Duration>,
    /// How often a batch was not admitted at once.
    pub waits: u64,
}

impl Pump {
    /// A pump with nothing on its way.
    pub const fn new(road: Road) -> Self {
        Self { road, on_the_way: VecDeque::new(), taken: Vec::new(), waits: 0 }
    }

    /// Sends a batch, again and again until it is admitted; `again` makes it anew.
    fn send(
        &mut self,
        since: Instant,
        batch: Vec<Envelope>,
        again: impl Fn() -> Vec<Envelope>,
    ) -> anyhow::Result<()> {
        let (handle, class) = match &mut self.road {
            Road::Handed(handle, class) => (handle, *class),
            Road::Socket(connection) => {
                connection.send(&batch)?;
                self.on_the_way.push_back((since, Sent::Socket));
                return Ok(());
            }
        };
        let mut next = Some(batch);
        loop {
            match handle.enqueue(class, next.take().unwrap_or_else(&again)) {
                Ok(reply) => {
                    self.on_the_way.push_back((since, Sent::Handed(reply)));
                    return Ok(());
                }
                Err(Busy::Stopped) => bail!("the engine stopped"),
                Err(_) => {
                    self.waits += 1;
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Waits for the oldest batch; false when none is on its way.
    fn collect(&mut self) -> anyhow::Result<bool> {
        let Some((since, sent)) = self.on_the_way.pop_front() else { return Ok(false) };
        match (sent, &mut self.road) {
            (Sent::Handed(reply), _) => {
                let answers = reply.blocking_recv().context("the engine stopped")??;
                self.taken.push(since.elapsed());
                answers.iter().try_for_each(|answer| accepted(&answer.step))?;
            }
            (Sent::Socket, Road::Socket(connection)) => {
                let all = connection.receive()?;
                self.taken.push(since.elapsed());
                anyhow::ensure!(all, "a command was not accepted");
            }
            (Sent::Socket, Road::Handed(..)) => bail!("a batch was lost"),
        }
        Ok(true)
    }

    /// Waits until a batch is due, and for batches whose answers come meanwhile.
    fn collect_until(&mut self, due: Instant) -> anyhow::Result<()> {
        loop {
            while self.on_the_way.front().is_some_and(|(_, sent)| sent.is_answered()) {
                self.collect()?;
            }
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(LOOK));
        }
    }

    /// Sends batches at a pace and waits for all of them; `again` makes one anew from its number and size.
    ///
    /// # Errors
    /// When a command was not accepted, or the engine stopped.
    pub fn run(
        &mut self,
        pace: Pace,
        from: u64,
        batches: Vec<Vec<Envelope>>,
        again: impl Fn(u64, u32) -> Vec<Envelope>,
    ) -> anyhow::Result<Ran> {
        self.taken.clear();
        let (processor, engine, journal) = (processor_time(), thread_time("engine"), thread_time("journal"));
        let begun = Instant::now();
        let (mut next, mut due) = (from, begun);
        for batch in batches {
            let size = u32::try_from(batch.len())?;
            let since = match pace {
                Pace::Full(in_flight) => {
                    while self.on_the_way.len() >= in_flight {
                        self.collect()?;
                    }
                    Instant::now()
                }
                Pace::Every(time) => {
                    self.collect_until(due)?;
                    let since = due;
                    due += time;
                    since
                }
            };
            let first = next;
            self.send(since, batch, || again(first, size))?;
            next += u64::from(size);
        }
        while self.collect()? {}
        let taken = begun.elapsed();
        let processor = processor_time().saturating_sub(processor);
        let (p50, p99) = (percentile(&mut self.taken, 50), percentile(&mut self.taken, 99));
        Ok(Ran {
            taken,
            processor,
            engine: thread_time("engine").saturating_sub(engine),
            journal: thread_time("journal").saturating_sub(journal),
            p50,
            p99,
        })
    }

    /// Sends a set-up and requires every command to be accepted; answers how many there were.
    ///
    /// # Errors
    /// As [`Pump::run`].
    pub fn set_up(
        &mut self,
        clock: &SystemClock,
        bodies: impl Iterator<Item = Body>,
        first: u64,
    ) -> anyhow::Result<u64> {
        let mut bodies = bodies.zip(first..).peekable();
        let mut count = 0u64;
        while bodies.peek().is_some() {
            let now = clock.now();
            let batch: Vec<Envelope> = bodies
                .by_ref()
                .take(SETUP_BATCH)
                .map(|(body, number)| office_command(now, number, body))
                .collect();
            count += u64::try_from(batch.len())?;
            if self.on_the_way.len() >= SETUP_IN_FLIGHT {
                self.collect()?;
            }
            self.send(Instant::now(), batch.clone(), || batch.clone())?;
        }
        while self.collect()? {}
        Ok(count)
    }
}

impl Sent {
    /// Whether its answer is there, as far as that can be seen without waiting.
    fn is_answered(&self) -> bool {
        matches!(self, Self::Handed(reply) if !reply.is_empty())
    }
}

/// A command of the office, its id made at a time.
pub fn office_command(made: Timestamp, number: u64, body: Body) -> Envelope {
    Envelope {
        schema: 1,
        id: CommandId::new(made, u128::from(number)),
        principal: PrincipalId(2),
        channel: Channel::Office,
        on_behalf_of: None,
        received_at: made,
        body,
    }
}

/// Stops the bench when a command was not accepted: its figures would mean nothing.
///
/// # Errors
/// When it was not.
pub fn accepted(step: &Step) -> anyhow::Result<()> {
    if matches!(step, Step::Decided(Ok(_))) { Ok(()) } else { bail!("a command was not accepted: {step:?}") }
}
