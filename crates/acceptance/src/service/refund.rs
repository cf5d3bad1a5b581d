//! Goods taken back, line by line: the money goes where it came from, never to cash.

use base::CommandId;
use engine::{Body, Channel, Refund, RefundLine};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, Service};

impl Service {
    /// Takes lines of a purchase back.
    ///
    /// # Errors
    /// `purchase_unknown` where it is another merchant's; a problem when nothing was decided.
    pub async fn refund(
        &self,
        actor: &Actor,
        id: CommandId,
        purchase: u64,
        lines: Vec<RefundLine>,
    ) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Refund, &Resource::City)?;
        self.own_purchase(actor, purchase).await?;
        let body = Body::Refund(Refund { purchase, lines });
        self.submit_one(Class::Purchase, self.envelope(actor, Channel::Api, id, body)).await
    }
}
