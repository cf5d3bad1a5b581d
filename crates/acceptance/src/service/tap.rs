//! One tap, delivered by itself.

use base::{Code, CommandId, DeviceNumber, MediumSerial, Timestamp};
use engine::{Body, Channel, Refusal, Tap};
use platform::access::{Action, Actor, Resource};
use platform::problems::{self, Problem};
use runtime::Class;

use super::{Decision, Passage, Service};

/// A fact from a terminal.
#[derive(Clone, Debug)]
pub struct TapInput {
    /// Id of the command.
    pub id: CommandId,
    /// The terminal.
    pub device: DeviceNumber,
    /// Raised whenever the terminal lost its storage.
    pub epoch: u32,
    /// 1, 2, 3 … without gaps.
    pub seq: u64,
    /// Which medium.
    pub medium: MediumSerial,
    /// The medium's own counter.
    pub counter: Option<u32>,
    /// Where.
    pub place: Code,
    /// On which line or vehicle.
    pub line: Option<Code>,
    /// What the terminal's clock showed.
    pub device_at: Timestamp,
    /// Whether the gate opened.
    pub opened: bool,
    /// Why it did not.
    pub refused: Option<Refusal>,
    /// Which end of a journey, how far, with whom.
    pub passage: Passage,
}

impl TapInput {
    /// The tap as the engine knows it.
    #[must_use]
    pub fn body(&self) -> Body {
        Body::Tap(Tap {
            device: self.device,
            epoch: self.epoch,
            seq: self.seq,
            medium: self.medium,
            counter: self.counter,
            opened: self.opened,
            refused: self.refused,
            movement: Some(self.passage.movement(self.place, self.line, self.device_at)),
        })
    }
}

impl Service {
    /// Records a tap. The terminal must be one that the actor runs. Whoever brings it, a tap comes from its terminal:
    /// the same fact delivered in a batch later is the same command.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn tap(&self, actor: &Actor, input: &TapInput) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Tap, &Resource::Device(input.device))?;
        let known = self.devices.find(input.device).await.map_err(|error| Problem::internal(&error))?;
        if known.is_none_or(|known| known.actor.principal() != actor.principal()) {
            return Err(Problem::new(problems::DEVICE_UNKNOWN));
        }
        let envelope = self.envelope(actor, Channel::Device, input.id, input.body());
        self.submit_one(Class::Upload, envelope).await
    }
}
