//! Money for a purse, received by a bank.

use base::{Code, CommandId, HolderNumber, MediumSerial};
use engine::{Amount, Body, Channel, TopUp};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, Service};

/// What came in.
#[derive(Clone, Debug)]
pub struct TopUpInput {
    /// Id of the command.
    pub id: CommandId,
    /// Through this medium ...
    pub medium: Option<MediumSerial>,
    /// ... or for this holder.
    pub holder: Option<HolderNumber>,
    /// The bank.
    pub bank: Code,
    /// Whole rupiah, above zero.
    pub amount: Amount,
}

impl Service {
    /// Records a top-up.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn top_up(&self, actor: &Actor, input: TopUpInput) -> Result<Decision, Problem> {
        self.authorize(actor, Action::TopUp, &Resource::Organisation(input.bank))?;
        let TopUpInput { id, medium, holder, bank, amount } = input;
        let body = Body::TopUp(TopUp { medium, holder, bank, amount });
        let envelope = self.envelope(actor, Channel::Api, id, body);
        self.submit_one(Class::Purchase, envelope).await
    }
}
