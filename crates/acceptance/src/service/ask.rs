//! A gate or an app asks: may this medium pass here, and for how much?

use base::{Code, CommandId, MediumSerial};
use engine::{Ask, Body, Channel};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, OutcomeWord, Passage, Service, busy};
use crate::store::rows::whole;

/// What is asked.
#[derive(Clone, Debug)]
pub struct AskInput {
    /// Id of the command.
    pub id: CommandId,
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// On which line or vehicle.
    pub line: Option<Code>,
    /// Which end of a journey, how far, with whom.
    pub passage: Passage,
}

impl Service {
    /// Answers an ask. Moves nothing.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn ask(&self, actor: &Actor, channel: Channel, input: AskInput) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Ask, &Resource::Place(input.place))?;
        let movement = input.passage.movement(input.place, input.line, self.clock.now());
        let ask = Ask { medium: input.medium, movement: Some(movement) };
        let body = Body::Ask(ask.clone());
        let envelope = self.envelope(actor, channel, input.id, body);
        let mut decision = self.submit_one(Class::Ask, envelope).await?;
        if decision.outcome == OutcomeWord::Refused && decision.code.as_deref() == Some("purse_insufficient")
        {
            decision.missing = self.missing(ask).await?;
        }
        Ok(decision)
    }

    /// What the purse lacks for an ask, as the engine sees it now.
    async fn missing(&self, ask: Ask) -> Result<Option<i64>, Problem> {
        let at = self.clock.now();
        let read =
            self.runtime.read(move |engine| engine::quote(&engine.state, at, &ask)).await.map_err(busy)?;
        Ok(read.value.ok().map(|(_, missing)| whole(missing.0)).filter(|missing| *missing > 0))
    }
}
