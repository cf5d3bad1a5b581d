//! What commands and events about goods, aid, cash and new prices say.

use engine::{
    Body, CapturePurchase, CashOut, CloseWallet, Disburse, Event, Funds, Item, Purchase, PurchaseStep,
    Purchased, Refund, RefundLine, Refunded, Reprice, Rerated, State, Unit,
};

use super::events::fare;
use super::names::{account, benefit, holder, organisation};
use super::{Described, Fields, Value, number, push, rupiah};

/// A command about goods, aid, cash or new prices in words; none for the others.
pub fn command(body: &Body) -> Option<Described> {
    let (kind, fields) = match body {
        Body::Disburse(Disburse { holder, benefit, bank, amount }) => (
            "disburse",
            vec![
                ("holder", Value::Holder(*holder)),
                ("benefit", Value::Code(*benefit)),
                ("bank", Value::Code(*bank)),
                ("amount", rupiah(*amount)),
            ],
        ),
        Body::Purchase(purchase) => (step(purchase.step), self::purchase(purchase)),
        Body::CapturePurchase(CapturePurchase { purchase, lines }) => {
            let mut fields = vec![("purchase", number(*purchase))];
            fields.extend(lines.iter().map(|line| ("line", number(*line))));
            ("capture purchase", fields)
        }
        Body::VoidPurchase(void) => ("void purchase", vec![("purchase", number(void.purchase))]),
        Body::Refund(refund) => ("refund", self::refund(refund)),
        Body::CashOut(CashOut { medium, benefit, bank, amount }) => (
            "cash out",
            vec![
                ("medium", Value::Medium(*medium)),
                ("wallet", Value::Code(*benefit)),
                ("bank", Value::Code(*bank)),
                ("amount", rupiah(*amount)),
            ],
        ),
        Body::Reprice(reprice) => ("reprice", self::reprice(reprice)),
        Body::CloseWallet(CloseWallet { holder, benefit }) => {
            ("close wallet", vec![("holder", Value::Holder(*holder)), ("wallet", Value::Code(*benefit))])
        }
        _ => return None,
    };
    Some(Described::new(kind, fields))
}

const fn step(step: PurchaseStep) -> &'static str {
    match step {
        PurchaseStep::Ask => "ask for goods",
        PurchaseStep::Authorise => "authorise goods",
        PurchaseStep::Capture => "buy goods",
    }
}

fn purchase(purchase: &Purchase) -> Fields {
    let item = |item: &Item| {
        vec![
            ("good", Value::Code(item.good)),
            ("quantity", number(item.quantity)),
            ("amount", rupiah(item.amount)),
        ]
    };
    vec![
        ("medium", Value::Medium(purchase.medium)),
        ("merchant", Value::Code(purchase.merchant)),
        match purchase.from {
            Funds::Purse => ("from", Value::Word("purse")),
            Funds::Wallet(benefit) => ("from wallet", Value::Code(benefit)),
        },
        ("items", Value::List(purchase.items.iter().map(item).collect())),
    ]
}

fn refund(refund: &Refund) -> Fields {
    let line = |line: &RefundLine| {
        let mut fields = vec![("line", number(line.line))];
        push(&mut fields, "amount", line.amount.map(rupiah));
        fields
    };
    let lines = refund.lines.iter().map(line).collect();
    vec![("purchase", number(refund.purchase)), ("lines", Value::List(lines))]
}

fn reprice(reprice: &Reprice) -> Fields {
    let (first, second) = reprice.approvals;
    vec![
        ("holder", Value::Holder(reprice.holder)),
        ("from", Value::Date(reprice.from)),
        ("to", Value::Date(reprice.to)),
        ("basis", Value::Code(reprice.basis)),
        ("approved by principal", number(first.0)),
        ("and by principal", number(second.0)),
    ]
}

/// An event about goods, aid, cash or new prices in words; none for the others.
pub fn event(state: &State, event: &Event) -> Option<(&'static str, Fields)> {
    Some(match event {
        Event::PurchaseQuoted(told) => ("purchase quoted", purchased(state, told)),
        Event::PurchaseAuthorised(told) => ("purchase authorised", purchased(state, told)),
        Event::PurchaseCaptured(told) => ("purchase captured", purchased(state, told)),
        Event::PurchaseVoided { purchase, holder: index } => {
            ("purchase voided", vec![("purchase", number(*purchase)), ("holder", holder(state, *index))])
        }
        Event::Refunded(told) => ("refunded", refunded(state, told)),
        Event::CashedOut { holder: index, benefit: which, amount, balance } => {
            ("cashed out", moved(state, *index, *which, *amount, *balance))
        }
        Event::Disbursed { holder: index, benefit: which, amount, balance } => {
            ("disbursed", moved(state, *index, *which, *amount, *balance))
        }
        Event::WalletClosed { holder: index, benefit: which, returned } => (
            "wallet closed",
            vec![
                ("holder", holder(state, *index)),
                ("wallet", benefit(state, *which)),
                ("returned", rupiah(*returned)),
            ],
        ),
        Event::QuotaOpened { account: id, ends } => {
            ("quota opened", vec![("account", account(state, *id)), ("ends", Value::Time(*ends))])
        }
        Event::QuotaEnded { account: id, ends } => {
            ("quota ended", vec![("account", account(state, *id)), ("ended", Value::Time(*ends))])
        }
        Event::Attested(attested) => ("attested", vec![("lines", number(attested.lines))]),
        _ => return prices(state, event),
    })
}

fn prices(state: &State, event: &Event) -> Option<(&'static str, Fields)> {
    Some(match event {
        Event::Rerated(told) => ("rerated", rerated(state, told)),
        Event::DayClosed { day, below } => {
            ("day closed", vec![("day", Value::Date(*day)), ("holders below", number(*below))])
        }
        Event::Repriced { holder: index, from, to, adjusted, balance } => (
            "repriced",
            vec![
                ("holder", holder(state, *index)),
                ("from", Value::Date(*from)),
                ("to", Value::Date(*to)),
                ("adjusted", Value::Quantity(*adjusted, Unit::Rupiah)),
                ("purse", Value::Quantity(*balance, Unit::Rupiah)),
            ],
        ),
        _ => return None,
    })
}

fn moved(state: &State, index: u32, which: u32, amount: engine::Amount, balance: i64) -> Fields {
    vec![
        ("holder", holder(state, index)),
        ("wallet", benefit(state, which)),
        ("amount", rupiah(amount)),
        ("balance", Value::Quantity(balance, Unit::Rupiah)),
    ]
}

fn purchased(state: &State, told: &Purchased) -> Fields {
    let mut fields = vec![
        ("purchase", number(told.purchase)),
        ("holder", holder(state, told.holder)),
        ("merchant", organisation(state, told.merchant)),
        ("from", account(state, told.from)),
        ("amount", rupiah(told.amount)),
        ("balance", Value::Quantity(told.balance, Unit::Rupiah)),
    ];
    if let Some((index, version)) = told.benefit {
        fields.push(("sold under", benefit(state, index)));
        fields.push(("version", number(version)));
    }
    push(&mut fields, "quota", told.quota.map(|quota| account(state, quota)));
    fields.extend(told.holds.iter().map(|hold| ("pending", number(*hold))));
    fields
}

fn refunded(state: &State, told: &Refunded) -> Fields {
    let line =
        |(line, amount): &(u16, engine::Amount)| vec![("line", number(*line)), ("amount", rupiah(*amount))];
    vec![
        ("purchase", number(told.purchase)),
        ("holder", holder(state, told.holder)),
        ("lines", Value::List(told.lines.iter().map(line).collect())),
        ("to", account(state, told.to)),
        ("amount", rupiah(told.amount)),
        ("balance", Value::Quantity(told.balance, Unit::Rupiah)),
        ("as a whole", Value::Flag(told.voided)),
    ]
}

fn rerated(state: &State, told: &Rerated) -> Fields {
    let mut fields = vec![
        ("tap at entry", number(told.tap.seq)),
        ("record", number(told.tap.index)),
        ("holder", holder(state, told.holder)),
        ("full", rupiah(told.full)),
        ("charged", rupiah(told.charged)),
    ];
    if !told.funded.is_zero() {
        fields.push(("paid by the budget", rupiah(told.funded)));
    }
    push(&mut fields, "benefit", told.benefit.map(|index| benefit(state, index)));
    fields.push(("fare", Value::Word(fare(told.fare))));
    fields
}
