//! The books: three sums, counted apart.

use engine::Unit;

use crate::pages::words::Words;
use crate::service::{Book, Books, unit_name};

/// The sums of one unit.
pub struct BookRow {
    /// Name of the unit.
    pub unit: String,
    /// By accounts, by transfers, by the engine.
    pub sums: [String; 3],
    /// The largest difference between two of them.
    pub difference: String,
    /// In words.
    pub verdict: String,
}

/// The heading.
pub fn title(words: &Words<'_>, books: &Books) -> String {
    let key =
        if books.is_balanced() { "acceptance-live-books-title" } else { "acceptance-live-books-title-not" };
    words.with(key, &[("position", words.entry(books.head.seq))])
}

/// A row per unit.
pub fn rows(words: &Words<'_>, books: &Books) -> Vec<BookRow> {
    books.units.iter().map(|book| row(words, book)).collect()
}

fn row(words: &Words<'_>, book: &Book) -> BookRow {
    let code = unit_name(book.unit);
    let amount = |amount: i64| match book.unit {
        Unit::Rupiah => words.money(amount),
        _ => words.format().number(amount),
    };
    let engine = book.engine.map_or_else(|| words.t("acceptance-live-books-unknown"), amount);
    let verdict = match (book.is_balanced(), book.engine) {
        (true, _) => "balanced",
        (false, None) if book.difference() == 0 && book.contradictory == 0 => "wait",
        (false, _) => "apart",
    };
    BookRow {
        unit: words.t(&format!("acceptance-live-books-{code}")),
        sums: [amount(book.accounts), amount(book.transfers), engine],
        difference: amount(book.difference()),
        verdict: words.t(&format!("acceptance-live-books-{verdict}")),
    }
}
