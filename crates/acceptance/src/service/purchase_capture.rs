//! Capturing what was authorised, wholly or without some lines.

use base::CommandId;
use engine::{Body, CapturePurchase, Channel};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, Service};

impl Service {
    /// Captures an authorised purchase: the lines named, counted from 0, or all of them.
    ///
    /// # Errors
    /// `purchase_unknown` where it is another merchant's; a problem when nothing was decided.
    pub async fn capture_purchase(
        &self,
        actor: &Actor,
        id: CommandId,
        purchase: u64,
        lines: Vec<u16>,
    ) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Purchase, &Resource::City)?;
        self.own_purchase(actor, purchase).await?;
        let body = Body::CapturePurchase(CapturePurchase { purchase, lines });
        self.submit_one(Class::Purchase, self.envelope(actor, Channel::Api, id, body)).await
    }
}
