//! Wallets and purchases of a holder in plain words: what money buys, what was bought with it, what came back.

use engine::{Cash, Period, signed};

use super::words::Words;
use crate::service::{PurchaseLine, WalletLine};

/// Goods and merchant types named at most; the rest is counted.
const NAMED_MAX: usize = 6;

/// A wallet as a row of the purse's table.
pub struct Wallet {
    /// Its programme.
    pub name: String,
    /// What is in it.
    pub balance: String,
    /// What it buys, and what can be taken out in cash.
    pub purpose: String,
}

/// A wallet in words.
pub fn wallet(words: &Words<'_>, line: &WalletLine) -> Wallet {
    let figures = &line.figures;
    let purpose = if figures.closed { words.t("acceptance-wallet-closed") } else { purpose(words, line) };
    Wallet { name: words.benefit(&figures.wallet), balance: words.money(figures.balance), purpose }
}

fn purpose(words: &Words<'_>, line: &WalletLine) -> String {
    let Some(rules) = &line.rules else { return words.t("acceptance-wallet-no-rules") };
    let goods: Vec<String> = rules.goods.iter().map(|good| words.good(good.as_str())).collect();
    let types: Vec<String> =
        rules.merchant_types.iter().map(|kind| words.merchant_type(kind.as_str())).collect();
    let buys = match (goods.is_empty(), types.is_empty()) {
        (true, true) => words.t("acceptance-wallet-buys-all"),
        (true, false) => words.with("acceptance-wallet-buys-at", &[("types", list(words, &types))]),
        (false, true) => words.with("acceptance-wallet-buys-goods", &[("goods", list(words, &goods))]),
        (false, false) => words.with(
            "acceptance-wallet-buys-goods-at",
            &[("goods", list(words, &goods)), ("types", list(words, &types))],
        ),
    };
    format!("{buys} {}", cash(words, line, rules.cash))
}

fn cash(words: &Words<'_>, line: &WalletLine, cash: Cash) -> String {
    let (Cash::Quota, Some(quota)) = (cash, &line.quota) else {
        return words.t(match cash {
            Cash::Full => "acceptance-wallet-cash-full",
            Cash::None | Cash::Quota => "acceptance-wallet-cash-none",
        });
    };
    let period = match quota.period {
        Period::Day => "day",
        Period::Month => "month",
        Period::Semester => "semester",
        Period::Cycle(_) => "cycle",
    };
    let values = [
        ("left", words.money(line.figures.cash_left.unwrap_or_default())),
        ("limit", words.money(signed(quota.limit))),
    ];
    words.with(&format!("acceptance-wallet-cash-{period}"), &values)
}

/// Some names, and how many more there are.
fn list(words: &Words<'_>, names: &[String]) -> String {
    let named: Vec<&str> = names.iter().take(NAMED_MAX).map(String::as_str).collect();
    let more = names.len().saturating_sub(named.len());
    let named = named.join(", ");
    if more == 0 {
        named
    } else {
        words.with("acceptance-wallet-more", &[("names", named), ("count", more.to_string())])
    }
}

/// A basket in words: each good with its amount and what came back of it.
pub fn basket(words: &Words<'_>, purchase: &PurchaseLine) -> String {
    let line = |line: &crate::store::entities::purchase_line::Model| {
        let values = [
            ("good", words.good(&line.good)),
            ("quantity", line.quantity.to_string()),
            ("amount", words.money(line.amount)),
            ("refunded", words.money(line.refunded)),
        ];
        let key = match (line.left_out, line.refunded) {
            (true, _) => "acceptance-basket-left-out",
            (false, 0) => "acceptance-basket-line",
            (false, _) => "acceptance-basket-refunded",
        };
        words.with(key, &values)
    };
    let lines: Vec<String> = purchase.lines.iter().map(line).collect();
    format!("{}.", lines.join(", "))
}

/// What became of a purchase, as a word.
pub fn state(words: &Words<'_>, purchase: &PurchaseLine) -> String {
    let row = &purchase.row;
    let key = match row.state.as_str() {
        "captured" if row.refunded > 0 && row.refunded >= row.amount => "refunded",
        "captured" if row.refunded > 0 => "partly",
        other => other,
    };
    let values = [("refunded", words.money(row.refunded)), ("number", row.number.to_string())];
    words.with(&format!("acceptance-purchase-{key}"), &values)
}
