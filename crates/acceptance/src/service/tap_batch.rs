//! A batch of taps, signed by its terminal: each is one command, each is answered.

use engine::{Channel, Envelope, Step};
use platform::access::{Action, Resource};
use platform::devices::KnownDevice;
use platform::problems::{self, Problem};
use runtime::Class;
use serde::Serialize;
use utoipa::ToSchema;

use super::chain::{ChainLink, chain_hash};
use super::{Decision, OutcomeWord, Service, TapInput, busy};

/// Taps one batch holds at most.
pub const TAPS_MAX: usize = 1_000;

/// A batch as delivered.
#[derive(Clone, Debug)]
pub struct TapBatchInput {
    /// Epoch of the terminal.
    pub epoch: u32,
    /// The chain before the first tap.
    pub previous: [u8; 32],
    /// The chain after the last tap.
    pub head: [u8; 32],
    /// Taps of the terminal in that epoch, with consecutive numbers.
    pub taps: Vec<TapInput>,
}

/// What came of one tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BatchItem {
    /// Number of the tap.
    pub seq: u64,
    /// What was decided, now or the first time.
    #[serde(flatten)]
    pub decision: Decision,
}

impl Service {
    /// Records a batch whose signature has been checked.
    ///
    /// # Errors
    /// A problem when nothing was decided: the batch is empty, too long, has gaps, or contradicts an earlier one.
    pub async fn tap_batch(
        &self,
        known: &KnownDevice,
        input: TapBatchInput,
    ) -> Result<Vec<BatchItem>, Problem> {
        let device = known.device.number;
        self.authorize(&known.actor, Action::Tap, &Resource::Device(device))?;
        if input.taps.is_empty() || input.taps.len() > TAPS_MAX {
            let cause = format!("a batch has 1 to {TAPS_MAX} taps, this one has {}", input.taps.len());
            return Err(Problem::new(problems::BATCH_TOO_LARGE).cause(cause));
        }
        let TapBatchInput { epoch, previous, head, taps } = input;
        let links = links(&previous, &taps)?;
        let Some(last) = links.last().copied() else { return Err(Problem::new(problems::INTERNAL)) };
        if last.hash != head {
            let cause = "the chain over these taps does not end in head_hash";
            return Err(Problem::new(problems::BATCH_ALTERED).cause(cause));
        }
        self.check_chain(device.0, epoch, &links).await?;
        let commands: Vec<Envelope> =
            taps.iter().map(|tap| self.envelope(&known.actor, Channel::Device, tap.id, tap.body())).collect();
        let answers = self.runtime.submit(Class::Upload, commands).await.map_err(busy)?;
        let mut items = Vec::with_capacity(taps.len());
        for (tap, answer) in taps.iter().zip(answers) {
            let decision = match &answer.step {
                Step::Decided(_) | Step::Gap => Decision::of_answer(tap.id, &answer),
                _ => self.repeated(known, tap, answer).await?,
            };
            items.push(BatchItem { seq: tap.seq, decision });
        }
        self.keep_chain(device.0, epoch, last).await?;
        Ok(items)
    }

    /// What a tap heard the first time. An id used otherwise is told for this tap alone; the others stand.
    async fn repeated(
        &self,
        known: &KnownDevice,
        tap: &TapInput,
        answer: engine::Answer,
    ) -> Result<Decision, Problem> {
        let fact = Some((tap.device.0, tap.epoch, tap.seq));
        let mut told = Decision::of_answer(tap.id, &answer);
        match self.resolve(known.actor.principal(), tap.id, fact, answer).await {
            Ok(decision) => Ok(decision),
            Err(problem) if problem.kind() == problems::ID_CONFLICT => {
                told.outcome = OutcomeWord::Refused;
                told.code = Some(problems::ID_CONFLICT.code.into());
                Ok(told)
            }
            Err(problem) => Err(problem),
        }
    }
}

fn links(previous: &[u8; 32], taps: &[TapInput]) -> Result<Vec<ChainLink>, Problem> {
    let mut links: Vec<ChainLink> = Vec::with_capacity(taps.len());
    let mut hash = *previous;
    for tap in taps {
        if tap.seq == 0 || links.last().is_some_and(|before| before.seq + 1 != tap.seq) {
            let cause = "the numbers of a batch count up by one, from 1 in each epoch";
            return Err(Problem::new(problems::REQUEST_MALFORMED).cause(cause));
        }
        hash = chain_hash(&hash, tap);
        links.push(ChainLink { seq: tap.seq, hash });
    }
    Ok(links)
}
