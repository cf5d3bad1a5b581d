//! Money of a wallet, paid out in cash by a bank.

use base::{Code, CommandId, MediumSerial};
use engine::{Amount, Body, CashOut, Channel};
use platform::access::{Action, Actor, Resource};
use platform::problems::Problem;
use runtime::Class;

use super::{Decision, Service};

/// What is paid out.
#[derive(Clone, Debug)]
pub struct CashOutInput {
    /// Id of the command.
    pub id: CommandId,
    /// Which medium.
    pub medium: MediumSerial,
    /// The wallet's benefit.
    pub wallet: Code,
    /// The bank that pays.
    pub bank: Code,
    /// Whole rupiah, above zero.
    pub amount: Amount,
}

impl Service {
    /// Takes money out of a wallet in cash.
    ///
    /// # Errors
    /// A problem when nothing was decided.
    pub async fn cash_out(&self, actor: &Actor, input: CashOutInput) -> Result<Decision, Problem> {
        self.authorize(actor, Action::CashOut, &Resource::Organisation(input.bank))?;
        let CashOutInput { id, medium, wallet, bank, amount } = input;
        let body = Body::CashOut(CashOut { medium, benefit: wallet, bank, amount });
        self.submit_one(Class::Purchase, self.envelope(actor, Channel::Api, id, body)).await
    }
}
