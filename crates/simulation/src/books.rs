//! The engine's own ledger in itself: sums, totals, limits, holds. Reckoned here, apart from the engine's totals.

use engine::ledger::Limit;
use engine::{Leg, State, Unit};

use crate::failure::{Broken, Invariant, hold};

fn agree<T: PartialEq + std::fmt::Debug>(what: &str, one: T, other: T) -> Result<(), Broken> {
    let same = one == other;
    hold(Invariant::Conservation, same, || format!("{what}: {one:?} is not {other:?}"))
}

/// Adds up all accounts and compares them with each other, with the totals and with the open holds.
pub fn balance(state: &State) -> Result<(), Broken> {
    for unit in Unit::ALL {
        let (mut debits, mut credits) = (0u128, 0u128);
        for account in state.ledger.accounts().iter().filter(|account| account.key.unit == unit) {
            debits += u128::from(account.debits);
            credits += u128::from(account.credits);
        }
        let totals = state.ledger.totals(unit);
        agree("debits and credits", debits, credits)?;
        agree("the total of debits", debits, u128::from(totals.debits))?;
        agree("the total of credits", credits, u128::from(totals.credits))?;
    }
    let mut held = vec![(0u64, 0u64); state.ledger.accounts().len()];
    for (_, pending) in state.ledger.pendings.iter() {
        let Leg { debit, credit, amount } = pending.leg;
        for (id, side) in [(debit, true), (credit, false)] {
            let Some((debits, credits)) = held.get_mut(id.0 as usize) else { continue };
            if side { *debits += amount.0 } else { *credits += amount.0 }
        }
    }
    for (account, (debits, credits)) in state.ledger.accounts().iter().zip(held) {
        agree("what is on hold", (account.debits_pending, account.credits_pending), (debits, credits))?;
        let debits = u128::from(account.debits) + u128::from(account.debits_pending);
        let credits = u128::from(account.credits) + u128::from(account.credits_pending);
        let kept = match account.key.kind.limit() {
            Limit::None => true,
            Limit::DebitsWithinCredits => debits <= u128::from(account.credits),
            Limit::CreditsWithinDebits => credits <= u128::from(account.debits),
        };
        hold(Invariant::Conservation, kept, || {
            format!("{} of owner {} is past its limit", account.key.kind.code(), account.key.owner)
        })?;
    }
    Ok(())
}
