//! Deciding: reads the state, answers with events or a refusal, changes nothing.

mod aid;
mod charge;
mod definitions;
mod money;
mod office;
mod purchase;
mod quota;
mod rate;
mod reprice;
mod sale;
mod setup;
mod tap;

use base::Timestamp;

use crate::{Body, Envelope, Event, Refusal, Refused, State};

pub use tap::{movement_date, quote};

/// Decides one command at the time of its entry. On acceptance `events` holds what happened, in order; on a refusal
/// nothing of it counts.
///
/// # Errors
/// The code of the first rule that the command breaks.
pub fn decide(
    state: &State,
    at: Timestamp,
    command: &Envelope,
    events: &mut Vec<Event>,
) -> Result<(), Refused> {
    let decided: Result<(), Refusal> = match &command.body {
        Body::Genesis(genesis) => setup::genesis(state, genesis, events),
        Body::Epoch(epoch) => setup::epoch(state, epoch, events),
        Body::Tick => money::tick(state, at, events),
        Body::SetParameter(parameter, value) => setup::parameter(state, *parameter, *value, events),
        Body::PublishOrganisation(definition) => setup::organisation(state, definition, events),
        Body::PublishPlace(definition) => setup::place(state, definition, events),
        Body::PublishTariff(definition) => setup::tariff(state, at, definition, events),
        Body::PublishBenefit(definition) => setup::benefit(state, at, definition, events),
        Body::OpenHolder(open) => office::open_holder(state, open, events),
        Body::IssueMedium(issue) => office::issue_medium(state, issue, events),
        Body::ActivateMedium(set) => office::activate(state, set, events),
        Body::BlockMedium(set) => office::block(state, set, events),
        Body::Grant(grant) => office::grant(state, at, grant, events),
        Body::Revoke(revoke) => office::revoke(state, revoke, events),
        Body::TopUp(top_up) => money::top_up(state, top_up, events),
        Body::OpenAccount(open) => money::open_account(state, open, events),
        Body::Transfer(legs) => money::transfer(state, legs, events),
        Body::Hold(holds) => money::hold(state, at, holds, events),
        Body::PostPending(resolve) => money::post_pending(state, at, resolve, events),
        Body::VoidPending(resolve) => money::void_pending(state, at, resolve, events),
        Body::Ask(ask) => tap::ask(state, at, ask, events),
        Body::Tap(tap) => tap::tap(state, at, tap, events),
        Body::PublishCalendar(definition) => setup::calendar(state, at, definition, events),
        Body::PublishIntegration(definition) => setup::integration(state, at, definition, events),
        Body::Disburse(disburse) => aid::disburse(state, at, disburse, events),
        // A refused basket names the good.
        Body::Purchase(purchase) => return purchase::purchase(state, at, purchase, events),
        Body::CapturePurchase(capture) => purchase::capture(state, at, capture, events),
        Body::VoidPurchase(void) => purchase::void(state, at, void, events),
        Body::Refund(refund) => purchase::refund(state, at, refund, events),
        Body::CashOut(cash) => aid::cash_out(state, at, cash, events),
        Body::Reprice(reprice) => reprice::reprice(state, at, command.principal, reprice, events),
        Body::CloseWallet(close) => aid::close_wallet(state, at, close, events),
        Body::Attest(attest) => office::attest(state, attest, events),
    };
    Ok(decided?)
}
