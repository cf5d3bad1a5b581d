//! One terminal: a queue of visits, one request at a time, a counter without gaps, a backlog while the network is away.

use std::sync::Arc;
use std::time::Duration;

use base::{Code, CommandId, MediumSerial};
use engine::{Amount, Refusal};
use platform::shutdown::Shutdown;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::post::{Answered, Post};
use super::wire::{self, BATCH_TAPS_MAX, BatchAnswer, Decision, Outcome, TapRecord};
use super::{Clocks, Figures};
use crate::city::Device;

/// Most taps kept while the network is away; then the outage ends early, so that nothing is lost.
const BACKLOG_MAX: usize = BATCH_TAPS_MAX;

/// What comes to a terminal.
#[derive(Debug)]
pub enum Errand {
    /// Somebody holds a medium to it.
    Visit {
        /// Which medium.
        medium: MediumSerial,
        /// What is paid in at the counter beside the gate when the purse does not reach.
        top_up: Option<Amount>,
    },
    /// Its network goes away for so long.
    Outage(Duration),
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
                Errand::Visit { medium, top_up } => self.visit(&mut memory, medium, top_up).await,
                Errand::Outage(length) => self.outage(&mut memory, &mut errands, length).await,
            }
        }
    }

    /// Asks, opens or not, reports.
    async fn visit(&mut self, memory: &mut Memory, medium: MediumSerial, top_up: Option<Amount>) {
        let Some(mut answer) = self.ask(medium).await else { return };
        if answer.refusal() == Some(Refusal::PurseInsufficient)
            && let Some(amount) = top_up
            && self.top_up(medium, amount).await
        {
            let Some(again) = self.ask(medium).await else { return };
            answer = again;
        }
        let opened = answer.outcome == Outcome::Accepted;
        let refused = if opened { None } else { answer.refusal() };
        let Some(tap) = self.record(memory, medium, opened, refused) else { return };
        let message = wire::tap(&self.terminals_token, self.device.number, self.epoch, &tap);
        if self.send(&message).await.is_some() {
            Figures::count(&self.figures.taps, 1);
        }
    }

    /// Without network the gate cannot ask; it opens, and keeps what happened.
    async fn outage(&mut self, memory: &mut Memory, errands: &mut mpsc::Receiver<Errand>, length: Duration) {
        Figures::count(&self.figures.outages, 1);
        let ends = Instant::now() + length;
        memory.before_backlog = memory.chain;
        while memory.backlog.len() < BACKLOG_MAX {
            let Ok(Some(errand)) = tokio::time::timeout_at(ends, errands.recv()).await else { break };
            if let Errand::Visit { medium, .. } = errand
                && let Some(tap) = self.record(memory, medium, true, None)
            {
                memory.backlog.push(tap);
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
        opened: bool,
        refused: Option<Refusal>,
    ) -> Option<TapRecord> {
        let tap = TapRecord {
            id: self.id()?,
            seq: memory.seq + 1,
            medium,
            place: self.device.place,
            device_at: self.clocks.city.now(),
            opened,
            refused,
        };
        memory.seq = tap.seq;
        memory.chain = wire::chain_hash(&memory.chain, self.device.number, self.epoch, &tap);
        Some(tap)
    }

    async fn ask(&mut self, medium: MediumSerial) -> Option<Decision> {
        let message = wire::ask(&self.terminals_token, self.id()?, medium, self.device.place);
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
        let status = match self.post.send(message).await {
            Answered::Well(body) => match serde_json::from_slice(&body) {
                Ok(decision) => return Some(decision),
                Err(_) => 200,
            },
            Answered::Wrong(status) => status.as_u16(),
            Answered::Stopped => return None,
        };
        Figures::count(&self.figures.rejected, 1);
        tracing::warn!(device.number = self.device.number.0, path = message.path, status, "message refused");
        None
    }

    /// A fresh id; without randomness the terminal does nothing.
    fn id(&self) -> Option<CommandId> {
        CommandId::generate(self.clocks.wall.now()).ok()
    }
}
