//! Sentences and outcomes of goods, aid and reprices.

use base::{MediumSerial, PrincipalId};
use engine::benefits::quota_key;
use engine::ledger::Kind;
use engine::{
    AccountKey, Amount, Body, CapturePurchase, CashOut, CloseWallet, Disburse, Event, Funds, Item, Leg,
    OpenAccount, Purchase, PurchaseStep, Refund, RefundLine, Reprice, Step, VoidPurchase,
};
use fixtures::{code, date};

use super::words::{Words, number};
use super::world::World;

fn same<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("it is {found:?}, not {wanted:?}")) }
}

impl World {
    pub fn goods(&mut self, verb: &str, words: &mut Words<'_>) -> Result<Body, String> {
        match verb {
            "buy" => buy(words),
            "capture" => {
                let lines = words
                    .value("lines")
                    .map_or(Ok(Vec::new()), |text| text.split(',').map(number).collect())?;
                Ok(Body::CapturePurchase(CapturePurchase { purchase: number(words.next()?)?, lines }))
            }
            "undo" => Ok(Body::VoidPurchase(VoidPurchase { purchase: number(words.next()?)? })),
            "refund" => refund(words),
            "cash" => {
                let (benefit, bank) = (code(words.must("from")?), code(words.must("via")?));
                let medium = MediumSerial(number(words.next()?)?);
                Ok(Body::CashOut(CashOut { medium, benefit, bank, amount: Amount(number(words.next()?)?) }))
            }
            "disburse" => {
                let bank = code(words.must("via")?);
                let (holder, benefit) = (self.holder(words.next()?), code(words.next()?));
                Ok(Body::Disburse(Disburse { holder, benefit, bank, amount: Amount(number(words.next()?)?) }))
            }
            "close-wallet" => {
                let (holder, benefit) = (self.holder(words.next()?), code(words.next()?));
                Ok(Body::CloseWallet(CloseWallet { holder, benefit }))
            }
            "reprice" => {
                let (from, to) = (date(words.must("from")?), date(words.must("to")?));
                let by = words.must("approved-by")?.split_once(',').ok_or("two people approve")?;
                let approvals = (PrincipalId(number(by.0)?), PrincipalId(number(by.1)?));
                let holder = self.holder(words.next()?);
                Ok(Body::Reprice(Reprice { holder, from, to, basis: code("letter-1"), approvals }))
            }
            _ => self.fund(words),
        }
    }

    /// `fund books/2026 1000000`: the city votes a budget. Opens the accounts, and sends the transfer.
    fn fund(&mut self, words: &mut Words<'_>) -> Result<Body, String> {
        let text = words.next()?;
        let [from, to] = ["appropriation", "budget"].map(|kind| self.key(&format!("{kind}:{text}")));
        let (from, to) = (from?, to?);
        for key in [from, to] {
            if self.city().state().ledger.find(&key).is_none() {
                self.city_mut().must(Body::OpenAccount(OpenAccount { key }));
            }
        }
        let find = |key: &AccountKey| self.city().state().ledger.find(key).ok_or("just opened");
        let amount = Amount(number(words.next()?)?);
        Ok(Body::Transfer(vec![Leg { debit: find(&from)?, credit: find(&to)?, amount }]))
    }

    pub fn traded(&self, word: &str, words: &mut Words<'_>) -> Result<(), String> {
        let sent = self.sent.as_ref().ok_or("nothing was sent")?;
        let Step::Decided(Ok(accepted)) = &sent.step else { return Err("it was not accepted".to_owned()) };
        let (amount, balance) = match (word, sent.events.last()) {
            ("asked", Some(Event::PurchaseQuoted(told)))
            | ("authorised", Some(Event::PurchaseAuthorised(told)))
            | ("bought", Some(Event::PurchaseCaptured(told))) => {
                same(accepted.purchase, Some(told.purchase))?;
                words.value("number").map_or(Ok(()), |number_| same(told.purchase, number(number_)?))?;
                (told.amount, Some(told.balance))
            }
            ("returned", Some(Event::Refunded(back))) => (back.amount, Some(back.balance)),
            ("released", Some(Event::PurchaseVoided { .. })) => return Ok(()),
            ("paid-out", Some(Event::CashedOut { amount, balance, .. }))
            | ("disbursed", Some(Event::Disbursed { amount, balance, .. })) => (*amount, Some(*balance)),
            ("ended", Some(Event::WalletClosed { returned, .. })) => (*returned, None),
            ("repriced", Some(Event::Repriced { adjusted, balance, .. })) => {
                same(*adjusted, number(words.next()?)?)?;
                return same(*balance, number(words.must("purse")?)?);
            }
            (_, other) => return Err(format!("it was {other:?}")),
        };
        same(amount, Amount(number(words.next()?)?))?;
        match (words.value("leaves"), balance) {
            (Some(wanted), Some(balance)) => same(balance, number(wanted)?),
            (None, _) => Ok(()),
            (Some(_), None) => Err("it leaves nothing anywhere".to_owned()),
        }
    }
}

/// `buy 0 at shop_a from wallet:books goods book*1=45000,pen*2=10000`, with `step ask` or `step authorise`.
fn buy(words: &mut Words<'_>) -> Result<Body, String> {
    let from = match words.must("from")?.split_once(':') {
        Some(("wallet", benefit)) => Funds::Wallet(code(benefit)),
        _ => Funds::Purse,
    };
    let step = match words.value("step") {
        Some("ask") => PurchaseStep::Ask,
        Some("authorise") => PurchaseStep::Authorise,
        _ => PurchaseStep::Capture,
    };
    let item = |text: &str| {
        let (good, rest) = text.split_once('*').ok_or("goods are `book*1=45000`")?;
        let (quantity, amount) = rest.split_once('=').ok_or("goods are `book*1=45000`")?;
        Ok(Item { good: code(good), quantity: number(quantity)?, amount: Amount(number(amount)?) })
    };
    let items = match words.must("goods")? {
        "nothing" => Vec::new(),
        list => list.split(',').map(item).collect::<Result<_, String>>()?,
    };
    let merchant = code(words.must("at")?);
    Ok(Body::Purchase(Purchase { medium: MediumSerial(number(words.next()?)?), merchant, from, items, step }))
}

/// `refund 0 lines 0=5000,1`: part of line 0, all that is left of line 1.
fn refund(words: &mut Words<'_>) -> Result<Body, String> {
    let line = |text: &str| {
        let (line, amount) = text.split_once('=').map_or((text, None), |(line, amount)| (line, Some(amount)));
        Ok(RefundLine { line: number(line)?, amount: amount.map(number).transpose()?.map(Amount) })
    };
    let lines = match words.must("lines")? {
        "none" => Vec::new(),
        list => list.split(',').map(line).collect::<Result<_, String>>()?,
    };
    Ok(Body::Refund(Refund { purchase: number(words.next()?)?, lines }))
}

/// `granted|used|expired|holder books siti`: an account of a quota in the period of the city's clock.
pub fn memo(world: &World, words: &mut Words<'_>) -> Result<AccountKey, String> {
    let (kind, benefit, name) = (words.next()?, words.next()?, words.next()?);
    let state = world.city().state();
    let at = words.value("of").map_or(world.city().now(), |day| date(day).midnight());
    let known = state.benefits.find(code(benefit)).and_then(|index| state.benefits.get(index));
    let known = known.ok_or("there is no such benefit")?;
    let quota =
        known.in_force(at).and_then(|definition| definition.rules.quota.as_ref()).ok_or("it has no quota")?;
    let holder = state.holders.find(world.holder(name)).ok_or("nobody is called that")?;
    let (key, _) = quota_key(&state.benefits, (known.code, quota), holder, at).ok_or("there is no period")?;
    let kind = match kind {
        "granted" => Kind::QuotaGranted,
        "used" => Kind::QuotaUsed,
        "expired" => Kind::QuotaExpired,
        _ => return Ok(key),
    };
    Ok(AccountKey { kind, owner: engine::benefits::pool_of(key.sub), ..key })
}
