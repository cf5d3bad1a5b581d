//! What indexes stand for. Reads the state; an index it does not know keeps its number.

use base::HolderNumber;
use engine::State;
use engine::ledger::{AccountId, Kind, Owner};

use super::Value;

/// The public number of a holder's index.
pub fn holder_number(state: &State, index: u32) -> Option<HolderNumber> {
    state.holders.get(index).map(|holder| holder.number)
}

/// What an account is for: `holder.purse P-7F3K-2209 at bank_a`.
pub fn account_name(state: &State, id: AccountId) -> String {
    let Some(account) = state.ledger.account(id) else { return "unknown".to_owned() };
    let key = account.key;
    let owner = match key.kind.owner() {
        Owner::Holder => holder_number(state, key.owner).map(|number| number.to_string()),
        Owner::Organisation => state.places.organisations.get(key.owner).map(|code| code.to_string()),
        Owner::Pool => state.benefits.pools.get(key.owner).map(|pool| pool.to_string()),
        Owner::Benefit => state.benefits.get(key.owner).map(|benefit| benefit.code.to_string()),
    };
    let owner = owner.unwrap_or_else(|| format!("#{}", key.owner));
    let part = match key.kind {
        Kind::Purse => state.places.organisations.get(key.sub).map(|bank| format!(" at {bank}")),
        Kind::Wallet => state.benefits.get(key.sub).map(|benefit| format!(" of {}", benefit.code)),
        // A quota's part is its pool and period, numbered.
        Kind::Quota => {
            let pool = state.benefits.pools.get(engine::benefits::pool_of(key.sub));
            pool.map(|pool| format!(" of {pool}, period {}", key.sub))
        }
        _ if key.sub > 0 => Some(format!(" {}", key.sub)),
        _ => None,
    };
    format!("{} {owner}{}", key.kind.code(), part.unwrap_or_default())
}

pub(super) fn account(state: &State, id: AccountId) -> Value {
    Value::Account(id, account_name(state, id))
}

pub(super) fn holder(state: &State, index: u32) -> Value {
    let unknown = Value::Number(i64::from(index));
    holder_number(state, index).map_or(unknown, Value::Holder)
}

pub(super) fn benefit(state: &State, index: u32) -> Value {
    let unknown = Value::Number(i64::from(index));
    state.benefits.get(index).map_or(unknown, |benefit| Value::Code(benefit.code))
}

pub(super) fn organisation(state: &State, index: u32) -> Value {
    let unknown = Value::Number(i64::from(index));
    state.places.organisations.get(index).map_or(unknown, Value::Code)
}

pub(super) fn service(state: &State, index: u32) -> Value {
    let unknown = Value::Number(i64::from(index));
    state.places.services.get(index).map_or(unknown, Value::Code)
}
