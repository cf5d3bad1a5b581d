//! Aid: paid into wallets, taken out in cash, and given back when a wallet ends.

use base::Timestamp;

use super::purchase::{wallet, wallet_benefit, wallet_key, wallet_rules};
use super::quota;
use crate::benefits::{budget_key, fiscal_year};
use crate::ledger::{Kind, Posting};
use crate::{AccountKey, Cash, CashOut, CloseWallet, Disburse, Event, Leg, Refusal, Role, State, Unit};

/// From the benefit's budget of this fiscal year into the holder's wallet, through a bank.
pub fn disburse(
    state: &State,
    at: Timestamp,
    disburse: &Disburse,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let holder = state.holders.find(disburse.holder).ok_or(Refusal::HolderUnknown)?;
    let (benefit, known) = wallet_benefit(state, disburse.benefit)?;
    wallet_rules(known, at).ok_or(Refusal::WalletUnknown)?;
    let bank = state.places.organisation(disburse.bank, Role::Bank).ok_or(Refusal::OrganisationUnknown)?;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let key = budget_key(benefit, at);
    let budget = state.ledger.find(&key).ok_or(Refusal::BudgetExhausted)?;
    if posting.account(budget).is_none_or(|budget| disburse.amount > budget.available()) {
        return Err(Refusal::BudgetExhausted);
    }
    let wallet = posting.open(wallet_key(holder, benefit), events)?;
    if state.purchases.is_closed(wallet) {
        return Err(Refusal::WalletClosed);
    }
    let disbursed = posting.open(AccountKey { kind: Kind::Disbursed, ..key }, events)?;
    posting.post(Leg { debit: budget, credit: disbursed, amount: disburse.amount }, events)?;
    let float = posting.open(float(bank), events)?;
    let leg = Leg { debit: float, credit: wallet, amount: disburse.amount };
    let balance = posting.post(leg, events)?.credit_balance;
    events.push(Event::Disbursed { holder, benefit, amount: disburse.amount, balance });
    Ok(())
}

const fn float(bank: u32) -> AccountKey {
    AccountKey { kind: Kind::FloatExpected, owner: bank, sub: 0, unit: Unit::Rupiah }
}

/// Out of a wallet in cash, as far as its rules let.
pub fn cash_out(
    state: &State,
    at: Timestamp,
    cash: &CashOut,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let medium = state.media.get(cash.medium).ok_or(Refusal::MediumUnknown)?;
    medium.usable()?;
    let holder = medium.holder;
    let (benefit, known) = wallet_benefit(state, cash.benefit)?;
    let rules = wallet_rules(known, at).ok_or(Refusal::WalletUnknown)?;
    let wallet = wallet(state, holder, benefit)?;
    let bank = state.places.organisation(cash.bank, Role::Bank).ok_or(Refusal::OrganisationUnknown)?;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    match rules.cash {
        Cash::None => return Err(Refusal::CashNotAllowed),
        Cash::Full => {}
        Cash::Quota => {
            let account = quota::open(state, &mut posting, benefit, holder, at, events)?;
            let account = account.ok_or(Refusal::CashNotAllowed)?;
            if cash.amount.is_zero() {
                return Err(Refusal::AmountInvalid);
            }
            quota::take(&mut posting, account, cash.amount, events).map_err(|refusal| match refusal {
                Refusal::QuotaExhausted => Refusal::CashLimitExceeded,
                other => other,
            })?;
        }
    }
    if posting.account(wallet).is_none_or(|wallet| cash.amount > wallet.available()) {
        return Err(Refusal::WalletInsufficient);
    }
    let float = posting.open(float(bank), events)?;
    let leg = Leg { debit: wallet, credit: float, amount: cash.amount };
    let balance = posting.post(leg, events)?.debit_balance;
    events.push(Event::CashedOut { holder, benefit, amount: cash.amount, balance });
    Ok(())
}

/// Ends a wallet. What is free in it goes back to the programme; what is held goes when the wallet is closed once more.
pub fn close_wallet(
    state: &State,
    at: Timestamp,
    close: &CloseWallet,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let holder = state.holders.find(close.holder).ok_or(Refusal::HolderUnknown)?;
    let (benefit, _) = wallet_benefit(state, close.benefit)?;
    let wallet = state.ledger.find(&wallet_key(holder, benefit)).ok_or(Refusal::WalletUnknown)?;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let returned = posting.account(wallet).ok_or(Refusal::AccountUnknown)?.available();
    if !returned.is_zero() {
        let key = AccountKey {
            kind: Kind::ReturnedFunds,
            owner: benefit,
            sub: fiscal_year(at),
            unit: Unit::Rupiah,
        };
        let to = posting.open(key, events)?;
        posting.post(Leg { debit: wallet, credit: to, amount: returned }, events)?;
    }
    events.push(Event::WalletClosed { holder, benefit, returned });
    Ok(())
}
