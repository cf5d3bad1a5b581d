//! What became of the office's commands, asked of the tables by the command's id: also where the engine has forgotten it.

use acceptance::store::entities::outcome;
use acceptance::store::queries::of_command_under;
use anyhow::Context as _;
use base::{Clock, CommandId, Timestamp};
use journal::Head;
use platform::access::OFFICE_PRINCIPAL;
use platform::database::{Database, DatabaseError};
use platform::outbox::{Delivery, Message, Outbox, Outcomes};
use tokio::sync::watch;

use crate::data_directory::DataDirectory;

/// Ids asked about at a time: a week has as many.
const IDS_AT_ONCE: usize = 1_008;

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
    async fn decided(
        &self,
        message: &Message,
        callers_now: Timestamp,
    ) -> Result<Option<(CommandId, Delivery)>, DatabaseError> {
        let mut ids = message.ids_until(callers_now);
        loop {
            let some: Vec<CommandId> = ids.by_ref().take(IDS_AT_ONCE).collect();
            if some.is_empty() {
                return Ok(None);
            }
            let row = of_command_under(&self.tables, OFFICE_PRINCIPAL.0, &some).await?;
            let decided =
                row.and_then(|row| Some((some.into_iter().find(|id| is_of(&row, *id))?, delivery_of(row))));
            if decided.is_some() {
                return Ok(decided);
            }
        }
    }
}

fn is_of(row: &outcome::Model, id: CommandId) -> bool {
    row.command == id.as_u128().to_be_bytes()
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
    let settled = outbox.settle_decided(decided, clock).await?;
    tracing::info!(outbox.settled = settled, "after the restore: what was decided already is not sent again");
    directory.restore_is_settled()
}
