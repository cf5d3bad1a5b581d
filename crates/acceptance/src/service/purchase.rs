//! Goods at a merchant: asked for, authorised or captured at once. A basket is taken or refused as a whole.

use base::{Code, CommandId, MediumSerial};
use engine::{Body, Channel, Funds, Item, Purchase, PurchaseStep};
use platform::access::{Action, Actor, Resource, Role};
use platform::problems::{self, Problem};
use runtime::Class;

use super::{Decision, Service, failed};
use crate::store::queries;

/// A basket at a till.
#[derive(Clone, Debug)]
pub struct PurchaseInput {
    /// Id of the command.
    pub id: CommandId,
    /// Which medium.
    pub medium: MediumSerial,
    /// The merchant.
    pub merchant: Code,
    /// Where the money comes from.
    pub from: Funds,
    /// The basket.
    pub items: Vec<Item>,
    /// How far it goes.
    pub step: PurchaseStep,
}

impl Service {
    /// Asks for, authorises or captures a basket.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn purchase(&self, actor: &Actor, input: PurchaseInput) -> Result<Decision, Problem> {
        self.authorize(actor, Action::Purchase, &Resource::Organisation(input.merchant))?;
        let PurchaseInput { id, medium, merchant, from, items, step } = input;
        let body = Body::Purchase(Purchase { medium, merchant, from, items, step });
        let class = if step == PurchaseStep::Ask { Class::Ask } else { Class::Purchase };
        self.submit_one(class, self.envelope(actor, Channel::Api, id, body)).await
    }

    /// A merchant's client may touch the purchases it made itself. To it, another's purchase does not exist. A number
    /// that the tables do not know is left to the engine to refuse.
    pub(super) async fn own_purchase(&self, actor: &Actor, purchase: u64) -> Result<(), Problem> {
        if actor.role() != Role::Merchant {
            return Ok(());
        }
        self.caught_up(self.durable().seq).await?;
        let known = queries::purchase(&self.projections, purchase).await.map_err(failed)?;
        match known {
            Some(row) if row.principal != i64::from(actor.principal().0) => {
                Err(Problem::new(problems::PURCHASE_UNKNOWN))
            }
            _ => Ok(()),
        }
    }
}
