//! The books: three sums computed apart must agree at one position — accounts, transfers, and the engine's own totals.

use std::sync::{Arc, Mutex, PoisonError};

use engine::{Position, Unit};
use journal::Head;
use platform::database::DatabaseError;
use platform::problems::Problem;
use serde::Serialize;

use super::{Service, failed};
use crate::store::projection::cursor_within;
use crate::store::queries::{self, AccountSums, TransferSums};
use crate::store::rows::{unit_name, whole};

/// The three sums of one unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Book {
    /// Which unit.
    pub unit: Unit,
    /// Sum of credits over all accounts.
    pub accounts: i64,
    /// Sum of all transfers.
    pub transfers: i64,
    /// The engine's own total; none when the position is too long ago to be known.
    pub engine: Option<i64>,
    /// Sum of all balances; zero in balanced books.
    pub balance: i64,
    /// Accounts whose balance is not credits minus debits.
    pub contradictory: i64,
}

impl Book {
    /// The largest difference between any two of the three sums, or of debits and credits.
    #[must_use]
    pub fn difference(&self) -> i64 {
        let engine = self.engine.unwrap_or(self.transfers);
        let apart =
            [self.accounts - self.transfers, self.transfers - engine, self.accounts - engine, self.balance];
        apart.into_iter().map(i64::abs).max().unwrap_or_default()
    }

    /// Whether all agree.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.difference() == 0 && self.contradictory == 0 && self.engine.is_some()
    }
}

/// The books at one position.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Books {
    /// The entry all sums are of.
    pub head: Head,
    /// One per unit in use.
    pub units: Vec<Book>,
}

impl Books {
    /// Whether every unit is in balance.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.units.iter().all(Book::is_balanced)
    }

    /// The position as text.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { seq: self.head.seq, index: 0 }
    }
}

/// The books last added up, so that many viewers cost one sum.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Option<Books>>>);

impl Service {
    /// Adds up the books at the tables' cursor.
    ///
    /// # Errors
    /// When the tables cannot be read.
    pub async fn books(&self) -> Result<Books, Problem> {
        let head = self.cursor();
        {
            let kept = self.books.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(books) = kept.as_ref().filter(|books| books.head.seq == head.seq) {
                return Ok(books.clone());
            }
        }
        let (head, sums) = self.sums().await.map_err(failed)?;
        let totals = self.runtime.totals_at(head.seq);
        let book = |(unit, accounts, transfers): (Unit, AccountSums, TransferSums)| Book {
            unit,
            accounts: accounts.credits,
            transfers: transfers.amount,
            engine: totals.and_then(|totals| totals.get(unit.index()).map(|totals| whole(totals.credits))),
            balance: accounts.balance,
            contradictory: accounts.contradictory,
        };
        let in_use = |book: &Book| book.unit == Unit::Rupiah || book.accounts != 0 || book.transfers != 0;
        let books = Books { head, units: sums.into_iter().map(book).filter(in_use).collect() };
        *self.books.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(books.clone());
        Ok(books)
    }

    /// The sums of every unit and the cursor they are of, from one view of the tables.
    async fn sums(&self) -> Result<(Head, Vec<(Unit, AccountSums, TransferSums)>), DatabaseError> {
        self.projections
            .snapshot(|txn, _| {
                Box::pin(async move {
                    let head = cursor_within(txn).await?;
                    let mut sums = Vec::with_capacity(Unit::ALL.len());
                    for unit in Unit::ALL {
                        let accounts = queries::account_sums(txn, unit_name(unit)).await?;
                        let transfers = queries::transfer_sums(txn, unit_name(unit)).await?;
                        sums.push((unit, accounts, transfers));
                    }
                    Ok((head, sums))
                })
            })
            .await
    }
}
