//! What became of the office's commands, asked of the tables by the command's id: also where the engine has forgotten it.

use acceptance::store::entities::outcome;
use acceptance::store::queries::of_command;
use anyhow::Context as _;
use base::Clock;
use journal::Head;
use platform::access::OFFICE_PRINCIPAL;
use platform::database::{Database, DatabaseError};
use platform::outbox::{Delivery, Message, Outbox, Outcomes};
use tokio::sync::watch;

use crate::data_directory::DataDirectory;

/// The tables that hold every outcome, and how far they are.
#[derive(Clone)]
pub struct Decided {
    tables: Database,
    cursor: watch::Receiver<Head>,
}

impl Decided {
    /// Asks these tables.
    pub const fn new(tables: Database, cursor: watch::Receiver<Head>) -> Self {
        Self { tables, cursor }
    }

    /// Whether the tables hold everything up to an entry.
    pub fn has_seen(&self, seq: u64) -> bool {
        self.cursor.borrow().seq >= seq
    }
}

impl Outcomes for Decided {
    async fn decided(&self, message: &Message) -> Result<Option<Delivery>, DatabaseError> {
        let row = of_command(&self.tables, OFFICE_PRINCIPAL.0, message.command_id).await?;
        Ok(row.map(delivery_of))
    }
}

fn delivery_of(row: outcome::Model) -> Delivery {
    match (row.accepted, row.code) {
        (true, _) => Delivery::Accepted { position: row.seq.unsigned_abs() },
        (false, code) => Delivery::Refused { code: code.unwrap_or_else(|| "internal".to_owned()) },
    }
}

/// After a restore: settles what the journal decided before anything waiting is sent again. Nothing to do otherwise.
///
/// # Errors
/// When a projection stopped, or a table cannot be read or written: the next start asks again.
pub async fn settle_restored(
    directory: &DataDirectory,
    outbox: &Outbox,
    decided: &Decided,
    durable: u64,
    clock: &dyn Clock,
) -> anyhow::Result<()> {
    if !directory.is_restored() {
        return Ok(());
    }
    let mut cursor = decided.cursor.clone();
    let seen = cursor.wait_for(|head| head.seq >= durable).await;
    drop(seen.context("a projection stopped; see the messages above")?);
    let settled = outbox.settle_decided(decided, clock.now()).await?;
    tracing::info!(outbox.settled = settled, "after the restore: what was decided already is not sent again");
    directory.restore_is_settled()
}
