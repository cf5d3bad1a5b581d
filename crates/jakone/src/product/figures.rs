//! Figures that nobody sets as things happen: they are looked up when somebody asks for them.

use std::num::TryFromIntError;

use journal::Head;
use platform::audit::Audit;
use platform::outbox::Outbox;
use runtime::{Class, Handle, Snapshots};
use tokio::sync::watch;

use super::pace::Lags;

/// What is looked at.
#[derive(Clone)]
pub struct Figures {
    /// The engine and its journal.
    pub engine: Handle,
    /// The projections' cursors, by name.
    pub cursors: Vec<(&'static str, watch::Receiver<Head>)>,
    /// How far each is behind.
    pub lags: watch::Receiver<Lags>,
    /// The snapshots kept.
    pub snapshots: Snapshots,
    /// What the office sends.
    pub outbox: Outbox,
    /// Who looked at whom.
    pub audit: Audit,
}

impl Figures {
    /// Sets all of them. What cannot be read is left as it was, and said in the log: the others are told all the same.
    pub async fn look(self) {
        let head = self.engine.durable();
        for (class, waiting) in Class::ALL.into_iter().zip(self.engine.waiting()) {
            metrics::gauge!("engine_queue_commands", "class" => class.name()).set(figure(waiting));
        }
        metrics::gauge!("engine_bulk_held").set(if self.engine.is_bulk_held() { 1.0 } else { 0.0 });
        metrics::gauge!("journal_position_entries").set(figure(head.seq));
        metrics::gauge!("journal_full").set(if self.engine.has_space() { 0.0 } else { 1.0 });
        let lags = *self.lags.borrow();
        for ((name, cursor), lag) in self.cursors.iter().zip(lags) {
            let (entries, seconds) = (head.seq.saturating_sub(cursor.borrow().seq), lag.as_secs_f64());
            metrics::gauge!("projection_lag_entries", "projection" => *name).set(figure(entries));
            metrics::gauge!("projection_lag_seconds", "projection" => *name).set(seconds);
        }
        match self.outbox.waiting().await {
            Ok(waiting) => metrics::gauge!("outbox_waiting_messages").set(figure(waiting)),
            Err(error) => tracing::warn!(%error, "the outbox cannot be counted"),
        }
        match self.audit.waiting().await {
            Ok(waiting) => metrics::gauge!("audit_waiting_lines").set(figure(waiting)),
            Err(error) => tracing::warn!(%error, "the audit's lines cannot be counted"),
        }
        let newest = self.snapshots.list().map(|listed| listed.first().map_or(0, |found| found.seq));
        match newest {
            Ok(newest) => {
                metrics::gauge!("snapshot_behind_entries").set(figure(head.seq.saturating_sub(newest)));
            }
            Err(error) => tracing::warn!(%error, "the snapshots cannot be listed"),
        }
    }
}

/// A number as metrics take it; past four thousand million it stays there.
fn figure<N: TryInto<u32, Error = TryFromIntError>>(number: N) -> f64 {
    number.try_into().map_or(f64::from(u32::MAX), f64::from)
}
