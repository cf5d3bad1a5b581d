//! One terminal: a queue of people, one request at a time, a counter without gaps, a backlog while the network is away.

use std::sync::Arc;
use std::time::Duration;

use base::{Code, CommandId, MediumSerial};
use engine::{Amount, Refusal};
use platform::shutdown::Shutdown;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::post::{Answered, Post};
use super::wire::{self, BATCH_TAPS_MAX, BatchAnswer, Decision, Outcome, Passage, TapRecord};
use super::{Clocks, Figures};
use crate::city::{Device, Step, Trip};

/// Most taps kept while the network is away; then the outage ends early, so that nothing is lost.
const BACKLOG_MAX: usize = BATCH_TAPS_MAX;

/// What comes to a terminal.
#[derive(Debug)]
pub enum Errand {
    /// Somebody on the way holds a medium to it.
    Visit(Visitor),
    /// Its network goes away for so long.
    Outage(Duration),
}

/// Somebody at a terminal.
#[derive(Debug)]
pub struct Visitor {
    /// Which medium.
    pub medium: MediumSerial,
    /// This step, and what is still to come.
    pub trip: Trip,
    /// Whether this terminal asks before it opens.
    pub asks: bool,
    /// What is paid in at the counter beside the gate when the purse does not reach.
    pub top_up: Option<Amount>,
    /// When the trip began, for what comes next.
    pub since: Instant,
}

/// A terminal at work.
pub struct Terminal {
    pub device: Device,
    pub epoch: u32,
    pub terminals_token: Arc<str>,
    pub bank_token: Arc<str>,
    pub bank: Code,
    pub clocks: Clocks,
    pub figures: Arc<Figures>,
    pub post: Post,
    /// Those whom the gate let through go on.
    pub onward: mpsc::UnboundedSender<Visitor>,
    pub stop: Shutdown,
}

/// What a terminal remembers.
struct Memory {
    seq: u64,
    /// Chain hash after the last tap made.
    chain: [u8; 32],
    /// Chain hash before the first tap of the backlog.
    before_backlog: [u8; 32],
    backlog: Vec<TapRecord>,
}

impl Terminal {
    /// Works until the queue is closed; then delivers what is left.
    pub async fn run(mut self, mut errands: mpsc::Receiver<Errand>) {
        let mut memory = Memory { seq: 0, chain: [0; 32], before_backlog: [0; 32], backlog: Vec::new() };
        while let Some(errand) = errands.recv().await {
            match errand {
                // Those still waiting when the city stops go home.
                _ if self.stop.is_requested() => {}
                Errand::Visit(visitor) => self.visit(&mut memory, visitor).await,
                Errand::Outage(length) => self.outage(&mut memory, &mut errands, length).await,
            }
        }
    }

    /// Asks where a terminal asks, opens or not, reports.
    async fn visit(&mut self, memory: &mut Memory, visitor: Visitor) {
        let Some(step) = visitor.trip.steps.front().cloned() else { return };
        let mut refused = None;
        if visitor.asks {
            let Some(mut answer) = self.ask(visitor.medium, &step).await else { return };
            if answer.refusal() == Some(Refusal::PurseInsufficient)
                && let Some(amount) = visitor.top_up
                && self.top_up(visitor.medium, amount).await
            {
                let Some(again) = self.ask(visitor.medium, &step).await else { return };
                answer = again;
            }
            refused = if answer.outcome == Outcome::Accepted { None } else { answer.refusal() };
        }
        let Some(tap) = self.record(memory, visitor.medium, &step, refused) else { return };
        let message = wire::tap(&self.terminals_token, self.device.number, self.epoch, &tap);
        if self.send(&message).await.is_some() {
            Figures::count(&self.figures.taps, 1);
        }
        if refused.is_none() {
            self.go_on(visitor);
        }
    }

    /// The way goes on; nobody hears of it where the city has stopped meanwhile.
    fn go_on(&self, mut visitor: Visitor) {
        visitor.trip.steps.pop_front();
        let _ = self.onward.send(visitor);
    }

    /// Without network the gate cannot ask; it opens, and keeps what happened.
    async fn outage(&mut self, memory: &mut Memory, errands: &mut mpsc::Receiver<Errand>, length: Duration) {
        Figures::count(&self.figures.outages, 1);
        let ends = Instant::now() + length;
        memory.before_backlog = memory.chain;
        while memory.backlog.len() < BACKLOG_MAX {
            let Ok(Some(errand)) = tokio::time::timeout_at(ends, errands.recv()).await else { break };
            if let Errand::Visit(visitor) = errand
                && let Some(step) = visitor.trip.steps.front().cloned()
                && let Some(tap) = self.record(memory, visitor.medium, &step, None)
            {
                memory.backlog.push(tap);
                self.go_on(visitor);
            }
        }
        self.deliver(memory).await;
    }

    async fn deliver(&mut self, memory: &mut Memory) {
        if memory.backlog.is_empty() {
            return;
        }
        let ends = (memory.before_backlog, memory.chain);
        let (number, epoch) = (self.device.number, self.epoch);
        let message = wire::batch(&self.device.key, number, epoch, ends, &memory.backlog);
        let read = |body: &[u8]| serde_json::from_slice::<BatchAnswer>(body).ok();
        if let Answered::Well(body) = self.post.send(&message).await
            && let Some(answer) = read(&body)
        {
            let delivered = answer.items.iter().filter(|item| item.outcome == Outcome::Accepted).count();
            Figures::count(&self.figures.taps_late, u64::try_from(delivered).unwrap_or_default());
        } else {
            Figures::count(&self.figures.rejected, 1);
        }
        memory.backlog.clear();
    }

    /// The next tap, chained to the ones before.
    fn record(
        &self,
        memory: &mut Memory,
        medium: MediumSerial,
        step: &Step,
        refused: Option<Refusal>,
    ) -> Option<TapRecord> {
        let tap = TapRecord {
            id: self.id()?,
            seq: memory.seq + 1,
            medium,
            place: self.device.place,
            device_at: self.clocks.city.now(),
            opened: refused.is_none(),
            refused,
            passage: passage(step),
        };
        memory.seq = tap.seq;
        memory.chain = wire::chain_hash(&memory.chain, self.device.number, self.epoch, &tap);
        Some(tap)
    }

    async fn ask(&mut self, medium: MediumSerial, step: &Step) -> Option<Decision> {
        let message = wire::ask(&self.terminals_token, self.id()?, medium, self.device.place, &passage(step));
        let decision = self.send(&message).await?;
        let figure = match decision.outcome {
            Outcome::Accepted => &self.figures.asks_accepted,
            Outcome::Refused | Outcome::Retry => &self.figures.asks_refused,
        };
        Figures::count(figure, 1);
        Some(decision)
    }

    async fn top_up(&mut self, medium: MediumSerial, amount: Amount) -> bool {
        let Some(id) = self.id() else { return false };
        let message = wire::top_up(&self.bank_token, id, medium, self.bank, amount);
        let decision = self.send(&message).await;
        let accepted = decision.is_some_and(|decision| decision.outcome == Outcome::Accepted);
        Figures::count(&self.figures.top_ups, u64::from(accepted));
        accepted
    }

    async fn send(&mut self, message: &wire::Message) -> Option<Decision> {
        let number = self.device.number.0;
        self.post.decide(message, number).await
    }

    /// A fresh id; without randomness the terminal does nothing.
    fn id(&self) -> Option<CommandId> {
        CommandId::generate(self.clocks.wall.now()).ok()
    }
}

fn passage(step: &Step) -> Passage {
    Passage { part: step.part, metres: step.metres, party: step.party.clone() }
}
