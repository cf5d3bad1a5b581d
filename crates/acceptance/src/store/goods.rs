//! From records to rows: goods, cash and aid. Pure, like the rest of the rows.

use engine::{Body, Event, Purchase, Purchased, Record, signed};

use super::entities::{cash_out, disbursement, outcome, purchase, purchase_line, refund};
use super::rows::{Codes, Rows, place, whole};

/// What became of a purchase that has a row.
#[derive(Clone, Debug)]
pub enum PurchaseChange {
    /// Captured after it was authorised; without the lines named, where some were left out.
    Captured { purchase: i64, amount: i64, kept: Vec<i32> },
    /// Its hold was released.
    Voided { purchase: i64 },
    /// Some of it came back.
    Refunded { purchase: i64, amount: i64, lines: Vec<(i32, i64)>, voided: bool },
    /// Its hold lapsed.
    Lapsed { hold: i64 },
}

impl Rows {
    /// What an event says about goods, cash or aid.
    pub fn add_goods(&mut self, event: &Event, record: &Record, known: &Codes) {
        let (seq, idx) = place(record);
        match (event, &record.envelope.body) {
            (Event::PurchaseAuthorised(bought), Body::Purchase(asked)) => {
                self.bought(bought, asked, "authorised", record, known);
            }
            (Event::PurchaseCaptured(bought), Body::Purchase(asked)) => {
                self.bought(bought, asked, "captured", record, known);
            }
            (Event::PurchaseCaptured(bought), Body::CapturePurchase(capture)) => {
                self.purchase_changes.push(PurchaseChange::Captured {
                    purchase: whole(bought.purchase),
                    amount: signed(bought.amount),
                    kept: capture.lines.iter().copied().map(i32::from).collect(),
                });
            }
            (Event::PurchaseVoided { purchase, .. }, _) => {
                self.purchase_changes.push(PurchaseChange::Voided { purchase: whole(*purchase) });
            }
            (Event::PendingExpired(hold), _) => {
                self.purchase_changes.push(PurchaseChange::Lapsed { hold: whole(*hold) });
            }
            (Event::Refunded(refunded), _) => {
                let purchase = whole(refunded.purchase);
                self.refunds.push(refund::Model {
                    seq,
                    idx,
                    at: record.at.0,
                    purchase,
                    holder: i64::from(refunded.holder),
                    account: i64::from(refunded.to.0),
                    amount: signed(refunded.amount),
                    balance: refunded.balance,
                    voided: refunded.voided,
                });
                let line = |(line, amount): &(u16, engine::Amount)| (i32::from(*line), signed(*amount));
                self.purchase_changes.push(PurchaseChange::Refunded {
                    purchase,
                    amount: signed(refunded.amount),
                    lines: refunded.lines.iter().map(line).collect(),
                    voided: refunded.voided,
                });
            }
            _ => self.add_aid(event, record, known),
        }
    }

    /// What an event says about aid paid out, and cash taken of it.
    fn add_aid(&mut self, event: &Event, record: &Record, known: &Codes) {
        let (seq, idx) = place(record);
        match (event, &record.envelope.body) {
            (Event::CashedOut { holder, benefit, amount, balance }, Body::CashOut(asked)) => {
                self.cash_outs.push(cash_out::Model {
                    seq,
                    idx,
                    at: record.at.0,
                    holder: i64::from(*holder),
                    medium: i64::from(asked.medium.0),
                    wallet: known.benefit(*benefit).unwrap_or_default(),
                    bank: asked.bank.to_string(),
                    amount: signed(*amount),
                    balance: *balance,
                });
            }
            (Event::Disbursed { holder, benefit, amount, balance }, Body::Disburse(asked)) => {
                self.disbursements.push(disbursement::Model {
                    seq,
                    idx,
                    at: record.at.0,
                    holder: i64::from(*holder),
                    wallet: known.benefit(*benefit).unwrap_or_default(),
                    bank: asked.bank.to_string(),
                    amount: signed(*amount),
                    balance: *balance,
                });
            }
            _ => {}
        }
    }

    fn bought(&mut self, bought: &Purchased, asked: &Purchase, state: &str, record: &Record, known: &Codes) {
        let (seq, idx) = place(record);
        let number = whole(bought.purchase);
        self.purchases.push(purchase::Model {
            number,
            seq,
            idx,
            at: record.at.0,
            principal: i64::from(record.envelope.principal.0),
            holder: i64::from(bought.holder),
            medium: Some(i64::from(asked.medium.0)),
            merchant: asked.merchant.to_string(),
            account: i64::from(bought.from.0),
            wallet: known.wallet(bought.from),
            amount: signed(bought.amount),
            refunded: 0,
            state: state.into(),
            benefit: bought.benefit.and_then(|(index, _)| known.benefit(index)),
            hold: bought.holds.first().map(|hold| whole(*hold)),
        });
        let line = |(line, item): (i32, &engine::Item)| purchase_line::Model {
            purchase: number,
            line,
            good: item.good.to_string(),
            quantity: i64::from(item.quantity),
            amount: signed(item.amount),
            left_out: false,
            refunded: 0,
        };
        self.purchase_lines.extend((0..).zip(&asked.items).map(line));
    }
}

/// What an event about goods, cash, aid or a new price says in the outcome's own row.
pub fn fill(row: &mut outcome::Model, event: &Event, known: &Codes) {
    match event {
        Event::PurchaseQuoted(bought)
        | Event::PurchaseAuthorised(bought)
        | Event::PurchaseCaptured(bought) => {
            row.holder = Some(i64::from(bought.holder));
            row.full = signed(bought.amount);
            row.charged = row.full;
            row.balance = Some(bought.balance);
            row.purchase = Some(whole(bought.purchase));
            row.wallet = known.wallet(bought.from);
            if let Some((index, version)) = bought.benefit {
                row.benefit = known.benefit(index);
                row.benefit_version = i32::try_from(version).ok();
            }
        }
        Event::PurchaseVoided { holder, purchase } => {
            row.holder = Some(i64::from(*holder));
            row.purchase = Some(whole(*purchase));
        }
        Event::Refunded(refunded) => {
            row.holder = Some(i64::from(refunded.holder));
            row.purchase = Some(whole(refunded.purchase));
            row.full = -signed(refunded.amount);
            row.charged = row.full;
            row.balance = Some(refunded.balance);
            row.wallet = known.wallet(refunded.to);
        }
        Event::CashedOut { holder, benefit, amount, balance } => {
            row.holder = Some(i64::from(*holder));
            row.full = signed(*amount);
            row.charged = row.full;
            row.balance = Some(*balance);
            row.wallet = known.benefit(*benefit);
        }
        Event::Disbursed { holder, benefit, amount, balance } => {
            row.holder = Some(i64::from(*holder));
            row.full = signed(*amount);
            row.balance = Some(*balance);
            row.wallet = known.benefit(*benefit);
        }
        Event::WalletClosed { holder, benefit, returned } => {
            row.holder = Some(i64::from(*holder));
            row.full = signed(*returned);
            row.balance = Some(0);
            row.wallet = known.benefit(*benefit);
        }
        Event::Repriced { holder, adjusted, balance, .. } => {
            row.holder = Some(i64::from(*holder));
            row.adjusted = *adjusted;
            row.balance = Some(*balance);
        }
        _ => {}
    }
}
