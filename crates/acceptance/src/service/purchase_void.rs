//! Undoing a purchase as a whole.

use base::CommandId;
use engine::{Body, Channel, VoidPurchase};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, Service};

impl Service {
    /// Releases what is held, or returns all that was captured and not yet refunded.
    ///
    /// # Errors
    /// `purchase_unknown` where it is another merchant's; a problem when nothing was decided.
    pub async fn void_purchase(
        &self,
        actor: &Actor,
        id: CommandId,
        purchase: u64,
    ) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Refund, &Resource::City)?;
        self.own_purchase(actor, purchase).await?;
        let body = Body::VoidPurchase(VoidPurchase { purchase });
        self.submit_one(Class::Purchase, self.envelope(actor, Channel::Api, id, body)).await
    }
}
