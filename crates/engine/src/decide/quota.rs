//! Using a quota: an account that comes to exist at its first use in a period, filled once and emptied by each use.

use base::Timestamp;

use crate::benefits::quota_key;
use crate::ledger::{AccountId, Kind, Posting};
use crate::{AccountKey, Amount, Event, Leg, Refusal, State};

/// What the holder may still use of a benefit's quota in the period of an instant, opened and filled if this is the first
/// use. None where the benefit has no quota.
///
/// # Errors
/// [`Refusal::QuotaExhausted`] between the periods of a dated cycle.
pub fn open(
    state: &State,
    posting: &mut Posting<'_>,
    benefit: u32,
    holder: u32,
    at: Timestamp,
    events: &mut Vec<Event>,
) -> Result<Option<AccountId>, Refusal> {
    let known = state.benefits.get(benefit).ok_or(Refusal::BenefitUnknown)?;
    let Some(quota) = known.in_force(at).and_then(|definition| definition.rules.quota.as_ref()) else {
        return Ok(None);
    };
    let (key, span) =
        quota_key(&state.benefits, (known.code, quota), holder, at).ok_or(Refusal::QuotaExhausted)?;
    if let Some(account) = state.ledger.find(&key) {
        return Ok(Some(account));
    }
    let account = posting.open(key, events)?;
    let ends = span.last.plus_days(1).midnight().plus(state.parameters.rerate_horizon);
    events.push(Event::QuotaOpened { account, ends });
    let granted = posting.open(counter(Kind::QuotaGranted, &key), events)?;
    posting.post(Leg { debit: granted, credit: account, amount: quota.limit }, events)?;
    Ok(Some(account))
}

/// The account on the other side of a quota: granted, used or expired, for the same pool and period.
pub const fn counter(kind: Kind, quota: &AccountKey) -> AccountKey {
    AccountKey { kind, owner: crate::benefits::pool_of(quota.sub), sub: quota.sub, unit: quota.unit }
}

/// Takes so much of an opened quota.
///
/// # Errors
/// [`Refusal::QuotaExhausted`] when less is left.
pub fn take(
    posting: &mut Posting<'_>,
    account: AccountId,
    amount: Amount,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let (debit, credit) = sides(posting, account, amount, events)?;
    posting.post(Leg { debit, credit, amount }, events)?;
    Ok(())
}

/// Quota and the account of what is used, if so much is left.
pub fn sides(
    posting: &mut Posting<'_>,
    account: AccountId,
    amount: Amount,
    events: &mut Vec<Event>,
) -> Result<(AccountId, AccountId), Refusal> {
    let known = posting.account(account).ok_or(Refusal::AccountUnknown)?;
    if amount > known.available() {
        return Err(Refusal::QuotaExhausted);
    }
    Ok((account, posting.open(counter(Kind::QuotaUsed, &known.key), events)?))
}

/// Gives so much back to the period it was taken in, which may be over: it makes no right in a later one.
pub fn give_back(
    posting: &mut Posting<'_>,
    account: AccountId,
    amount: Amount,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let known = posting.account(account).ok_or(Refusal::AccountUnknown)?;
    let used = posting.open(counter(Kind::QuotaUsed, &known.key), events)?;
    posting.post(Leg { debit: used, credit: account, amount }, events)?;
    Ok(())
}
