//! Goods: asked for, authorised, captured, undone, taken back. A basket is taken or refused as a whole, and the refusal
//! names the good.

use base::Timestamp;

use super::quota;
use super::sale::sold_under;
use crate::benefits::{Benefit, fiscal_year};
use crate::holders::Holder;
use crate::ledger::{AccountId, Kind, Posting};
use crate::purchases::{Kept, PurchaseState};
use crate::{
    AccountKey, Amount, CapturePurchase, Event, Funds, Item, Leg, Purchase, PurchaseStep, Purchased, Refund,
    RefundLine, Refunded, Refusal, Refused, Role, State, Unit, VoidPurchase, WalletRules,
};

/// Who buys, with what, from whom.
struct Buyer<'s> {
    index: u32,
    holder: &'s Holder,
    assurance: u8,
    merchant: u32,
    from: AccountId,
}

/// Asks for goods, authorises them or captures them at once.
pub fn purchase(
    state: &State,
    at: Timestamp,
    purchase: &Purchase,
    events: &mut Vec<Event>,
) -> Result<(), Refused> {
    let amount = basket(state, &purchase.items)?;
    let buyer = buyer(state, at, purchase)?;
    let sold = sold_under(state, at, purchase, (buyer.index, buyer.holder, buyer.assurance))?;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let account = posting.account(buyer.from).ok_or(Refusal::AccountUnknown)?;
    if amount > account.available() {
        let short = if purchase.from == Funds::Purse {
            Refusal::PurseInsufficient
        } else {
            Refusal::WalletInsufficient
        };
        return Err(short.into());
    }
    let mut told = Purchased {
        purchase: state.purchases.next(),
        holder: buyer.index,
        merchant: buyer.merchant,
        from: buyer.from,
        amount,
        balance: account.balance(),
        benefit: sold,
        quota: None,
        holds: Vec::new(),
    };
    if purchase.step == PurchaseStep::Ask {
        events.push(Event::PurchaseQuoted(told));
        return Ok(());
    }
    if let Some((benefit, _)) = sold {
        told.quota = quota::open(state, &mut posting, benefit, buyer.index, at, events)?;
    }
    let receivable = posting.open(receivable(buyer.merchant), events)?;
    let leg = Leg { debit: buyer.from, credit: receivable, amount };
    if purchase.step == PurchaseStep::Authorise {
        let deadline = Some(at.plus(state.parameters.authorisation_age));
        told.holds.push(posting.hold(leg, deadline, at, events)?);
        if let Some(account) = told.quota {
            let (debit, credit) = quota::sides(&mut posting, account, Amount(1), events)?;
            let leg = Leg { debit, credit, amount: Amount(1) };
            told.holds.push(posting.hold(leg, deadline, at, events)?);
        }
        events.push(Event::PurchaseAuthorised(told));
    } else {
        told.balance = posting.post(leg, events)?.debit_balance;
        if let Some(account) = told.quota {
            quota::take(&mut posting, account, Amount(1), events)?;
        }
        events.push(Event::PurchaseCaptured(told));
    }
    Ok(())
}

/// What a basket costs together.
fn basket(state: &State, items: &[Item]) -> Result<Amount, Refused> {
    let most = usize::try_from(state.parameters.basket_max).unwrap_or(usize::MAX);
    if items.is_empty() {
        return Err(Refusal::AmountInvalid.into());
    }
    if items.len() > most {
        return Err(Refusal::LimitReached.into());
    }
    let mut sum = 0u64;
    for item in items {
        if item.amount.is_zero() || item.quantity == 0 {
            return Err(Refusal::AmountInvalid.about(item.good));
        }
        sum = sum.checked_add(item.amount.0).ok_or(Refusal::AmountTooLarge)?;
    }
    Ok(Amount(sum))
}

fn buyer<'s>(state: &'s State, at: Timestamp, purchase: &Purchase) -> Result<Buyer<'s>, Refused> {
    let medium = state.media.get(purchase.medium).ok_or(Refusal::MediumUnknown)?;
    medium.usable()?;
    let holder = state.holders.get(medium.holder).ok_or(Refusal::HolderUnknown)?;
    let merchant = state.places.organisation(purchase.merchant, Role::Merchant);
    let merchant = merchant.ok_or(Refusal::OrganisationUnknown)?;
    let from = match purchase.from {
        Funds::Purse => holder.purse.ok_or(Refusal::AccountUnknown)?,
        Funds::Wallet(benefit) => {
            let (index, benefit) = wallet_benefit(state, benefit)?;
            let wallet = wallet(state, medium.holder, index)?;
            let rules = wallet_rules(benefit, at).ok_or(Refusal::WalletUnknown)?;
            allowed(state, rules, merchant, &purchase.items)?;
            wallet
        }
    };
    Ok(Buyer { index: medium.holder, holder, assurance: medium.assurance, merchant, from })
}

/// The index of a benefit, and the benefit.
pub fn wallet_benefit(state: &State, code: base::Code) -> Result<(u32, &Benefit), Refusal> {
    let index = state.benefits.find(code).ok_or(Refusal::BenefitUnknown)?;
    Ok((index, state.benefits.get(index).ok_or(Refusal::BenefitUnknown)?))
}

/// What a wallet's money buys at an instant.
pub fn wallet_rules(benefit: &Benefit, at: Timestamp) -> Option<&WalletRules> {
    benefit.in_force(at)?.rules.wallet.as_ref()
}

/// The key of a holder's wallet of a benefit.
pub const fn wallet_key(holder: u32, benefit: u32) -> AccountKey {
    AccountKey { kind: Kind::Wallet, owner: holder, sub: benefit, unit: Unit::Rupiah }
}

/// A holder's open wallet of a benefit.
pub fn wallet(state: &State, holder: u32, benefit: u32) -> Result<AccountId, Refusal> {
    let wallet = state.ledger.find(&wallet_key(holder, benefit)).ok_or(Refusal::WalletUnknown)?;
    if state.purchases.is_closed(wallet) { Err(Refusal::WalletClosed) } else { Ok(wallet) }
}

const fn receivable(merchant: u32) -> AccountKey {
    AccountKey { kind: Kind::Receivable, owner: merchant, sub: 0, unit: Unit::Rupiah }
}

/// Whether a wallet buys all of a basket at a merchant.
fn allowed(state: &State, rules: &WalletRules, merchant: u32, items: &[Item]) -> Result<(), Refused> {
    if !rules.merchant_types.is_empty() {
        let kind = state.places.merchant_type(merchant);
        match kind {
            Some(kind) if rules.merchant_types.contains(&kind) => {}
            Some(kind) => return Err(Refusal::MerchantTypeNotAllowed.about(kind)),
            None => return Err(Refusal::MerchantTypeNotAllowed.into()),
        }
    }
    let forbidden = items.iter().find(|item| !rules.goods.is_empty() && !rules.goods.contains(&item.good));
    forbidden.map_or(Ok(()), |item| Err(Refusal::GoodNotAllowed.about(item.good)))
}

/// Captures what was authorised.
pub fn capture(
    state: &State,
    at: Timestamp,
    capture: &CapturePurchase,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let kept = kept(state, capture.purchase)?;
    if !kept.is_held(&state.ledger) {
        return Err(Refusal::PurchaseResolved);
    }
    let mut amount = kept.told.amount;
    if !capture.lines.is_empty() {
        let mut sum = 0u64;
        for (index, line) in capture.lines.iter().enumerate() {
            if capture.lines.iter().take(index).any(|other| other == line) {
                return Err(Refusal::LineUnknown);
            }
            sum += kept.lines.get(usize::from(*line)).ok_or(Refusal::LineUnknown)?.item.amount.0;
        }
        amount = Amount(sum);
    }
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    for (place, hold) in kept.told.holds.iter().enumerate() {
        let amount = (place == 0).then_some(amount);
        posting.settle(*hold, amount, at, events).map_err(resolved)?;
    }
    let balance = posting.account(kept.told.from).map_or(0, |account| account.balance());
    events.push(Event::PurchaseCaptured(Purchased {
        amount,
        balance,
        holds: Vec::new(),
        ..kept.told.clone()
    }));
    Ok(())
}

const fn resolved(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::PendingExpired | Refusal::PendingResolved | Refusal::PendingUnknown => {
            Refusal::PurchaseResolved
        }
        other => other,
    }
}

fn kept(state: &State, number: u64) -> Result<&Kept, Refusal> {
    state.purchases.get(number).ok_or(Refusal::PurchaseUnknown)
}

/// Releases what is held, or returns all that was captured.
pub fn void(
    state: &State,
    at: Timestamp,
    void: &VoidPurchase,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let kept = kept(state, void.purchase)?;
    match kept.state {
        PurchaseState::Authorised => {
            if !kept.is_held(&state.ledger) {
                return Err(Refusal::PurchaseResolved);
            }
            let posting = Posting::new(&state.ledger, &state.parameters);
            for hold in &kept.told.holds {
                posting.unexpired(*hold, at).map_err(resolved)?;
                events.push(Event::PendingVoided(*hold));
            }
            events.push(Event::PurchaseVoided { purchase: void.purchase, holder: kept.told.holder });
            Ok(())
        }
        PurchaseState::Captured if !kept.left().is_zero() => {
            let left = kept.lines.iter().zip(0u16..).filter(|(line, _)| !line.left().is_zero());
            let lines = left.map(|(line, index)| (index, line.left())).collect();
            give_back(state, at, kept, lines, true, events)
        }
        PurchaseState::Captured | PurchaseState::Voided => Err(Refusal::PurchaseResolved),
    }
}

/// Takes goods back: each line to the account that paid for it.
pub fn refund(state: &State, at: Timestamp, refund: &Refund, events: &mut Vec<Event>) -> Result<(), Refusal> {
    let kept = kept(state, refund.purchase)?;
    if kept.state != PurchaseState::Captured {
        return Err(Refusal::PurchaseResolved);
    }
    if refund.lines.is_empty() {
        return Err(Refusal::LineUnknown);
    }
    let mut lines: Vec<(u16, Amount)> = Vec::with_capacity(refund.lines.len());
    for RefundLine { line, amount } in &refund.lines {
        let known = kept.lines.get(usize::from(*line)).ok_or(Refusal::LineUnknown)?;
        if lines.iter().any(|(other, _)| other == line) {
            return Err(Refusal::LineUnknown);
        }
        let amount = amount.unwrap_or_else(|| known.left());
        if amount > known.left() || known.left().is_zero() {
            return Err(Refusal::RefundExceeded);
        }
        if amount.is_zero() {
            return Err(Refusal::AmountInvalid);
        }
        lines.push((*line, amount));
    }
    give_back(state, at, kept, lines, false, events)
}

/// To the account that paid; aid of a closed wallet or fiscal year to the programme's returned funds. Never to cash.
fn give_back(
    state: &State,
    at: Timestamp,
    kept: &Kept,
    lines: Vec<(u16, Amount)>,
    voided: bool,
    events: &mut Vec<Event>,
) -> Result<(), Refusal> {
    let amount = Amount(lines.iter().map(|(_, amount)| amount.0).sum());
    let told = &kept.told;
    let mut posting = Posting::new(&state.ledger, &state.parameters);
    let paid_by = posting.account(told.from).ok_or(Refusal::AccountUnknown)?.key;
    let year_closed = i64::from(kept.at.jakarta_date().year()) <= state.parameters.fiscal_year_closed;
    let ended = paid_by.kind == Kind::Wallet && (year_closed || state.purchases.is_closed(told.from));
    let to = if ended {
        let key = AccountKey {
            kind: Kind::ReturnedFunds,
            owner: paid_by.sub,
            sub: fiscal_year(at),
            unit: Unit::Rupiah,
        };
        posting.open(key, events)?
    } else {
        told.from
    };
    let receivable = posting.open(receivable(told.merchant), events)?;
    let balance = posting.post(Leg { debit: receivable, credit: to, amount }, events)?.credit_balance;
    if let Some(account) = told.quota
        && amount == kept.left()
    {
        quota::give_back(&mut posting, account, Amount(1), events)?;
    }
    let (purchase, holder) = (told.purchase, told.holder);
    events.push(Event::Refunded(Refunded { purchase, holder, lines, to, amount, balance, voided }));
    Ok(())
}
