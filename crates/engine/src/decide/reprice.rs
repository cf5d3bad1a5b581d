//! What a service day's end and a reprice change: days rated as a whole, and only the differences posted.

use base::{CivilDate, PrincipalId, Timestamp};

use super::charge::settle;
use super::rate::{rate_again, rerated};
use super::tap::balance;
use crate::journeys::first_kept_date;
use crate::ledger::Posting;
use crate::{Event, Refusal, Reprice, State, signed};

/// The most holders one tick looks at.
const HOLDERS_MAX: usize = 1_024;
/// After so many events a tick looks at no more holders.
const EVENTS_MAX: usize = 512;

/// Prices the journeys without a tap-out of the oldest service day that has ended, for some of its holders. A holder whose
/// day cannot be rated is passed over: nothing that ends by the clock may stop the clock.
pub fn close_day(state: &State, at: Timestamp, posting: &mut Posting<'_>, events: &mut Vec<Event>) {
    let Some((date, day)) = state.journeys.ended(at) else { return };
    let Some((holders, mut below)) = day.to_close(HOLDERS_MAX) else { return };
    let most = events.len() + EVENTS_MAX;
    for holder in holders {
        if events.len() >= most {
            below = holder;
            break;
        }
        let Ok(mut changes) = rate_again(state, holder, (date, day), at, false) else { continue };
        if changes.is_empty() {
            continue;
        }
        let (kept, told) = (posting.clone(), events.len());
        if settle(state, posting, holder, &mut changes, events).is_ok() {
            events.extend(rerated(&changes, holder).map(Event::Rerated));
        } else {
            *posting = kept;
            events.truncate(told);
        }
    }
    events.push(Event::DayClosed { day: date, below });
}

/// Rates a holder's days anew with what should have applied.
pub fn reprice(
    state: &State,
    at: Timestamp,
    sender: PrincipalId,
    reprice: &Reprice,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let holder = state.holders.find(reprice.holder).ok_or(Refusal::HolderUnknown)?;
    let (one, other) = reprice.approvals;
    if one == other || one == sender || other == sender {
        return Err(Refusal::ApprovalMissing);
    }
    if reprice.from > reprice.to || reprice.to > at.service_day() {
        return Err(Refusal::PeriodInvalid);
    }
    if reprice.from < first_kept_date(at, state.parameters.rerate_horizon) {
        return Err(Refusal::DaysForgotten);
    }
    let mut changes = Vec::new();
    let within = |date: CivilDate| (reprice.from..=reprice.to).contains(&date);
    for (date, day) in state.journeys.days().filter(|(date, _)| within(**date)) {
        changes.extend(rate_again(state, holder, (*date, day), at, true)?);
    }
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    settle(state, &mut posting, holder, &mut changes, events)?;
    let adjusted =
        changes.iter().fold(0i64, |sum, one| sum + signed(one.new.charged) - signed(one.old.charged));
    let balance = balance(state, &posting, holder);
    events.extend(rerated(&changes, holder).map(Event::Rerated));
    events.push(Event::Repriced { holder, from: reprice.from, to: reprice.to, adjusted, balance });
    Ok(())
}
