//! Figures that nobody sets as things happen: they are looked up when somebody asks for them.

use std::num::TryFromIntError;
use std::time::Duration;

use journal::Head;
use platform::audit::Audit;
use platform::outbox::Outbox;
use runtime::{Class, Handle, Snapshots};
use tokio::sync::watch;

/// What is looked at.
#[derive(Clone)]
pub struct Figures {
    engine: Handle,
    /// The projections' cursors, by name.
    cursors: Vec<(&'static str, watch::Receiver<Head>)>,
    snapshots: Snapshots,
    outbox: Outbox,
    audit: Audit,
}

impl Figures {
    /// Looks at an engine, the cursors of its projections by name and its snapshots, and at an office.
    pub fn new(
        engine: Handle,
        (cursors, snapshots): (Vec<(&'static str, watch::Receiver<Head>)>, Snapshots),
        outbox: Outbox,
        audit: Audit,
    ) -> Self {
        Self { engine, cursors, snapshots, outbox, audit }
    }

    /// Sets all of them. What cannot be read is left as it was, and said in the log: the others are told all the same.
    pub async fn look(self) {
        let head = self.engine.durable();
        for (class, waiting) in Class::ALL.into_iter().zip(self.engine.waiting()) {
            metrics::gauge!("engine_queue_commands", "class" => class.name()).set(figure(waiting));
        }
        metrics::gauge!("journal_position_entries").set(figure(head.seq));
        metrics::gauge!("journal_full").set(if self.engine.has_space() { 0.0 } else { 1.0 });
        for (name, cursor) in &self.cursors {
            let (entries, seconds) = lag(&head, &cursor.borrow());
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

/// How far a cursor is behind: entries, and seconds between the two last entries. Nothing where it has come to the end.
fn lag(head: &Head, cursor: &Head) -> (u64, f64) {
    let entries = head.seq.saturating_sub(cursor.seq);
    if entries == 0 || cursor.seq == 0 {
        return (entries, 0.0);
    }
    let behind = Duration::from_micros(head.at.since(cursor.at).max(0).unsigned_abs());
    (entries, behind.as_secs_f64())
}

/// A number as metrics take it; past four thousand million it stays there.
fn figure<N: TryInto<u32, Error = TryFromIntError>>(number: N) -> f64 {
    number.try_into().map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    #[test]
    fn the_lag_is_counted_in_entries_and_in_seconds_of_the_journal() {
        let at =
            |seq: u64, seconds: i64| Head { seq, at: Timestamp(seconds * Timestamp::SECOND), ..Head::EMPTY };
        assert_eq!(lag(&at(9, 100), &at(9, 100)), (0, 0.0));
        assert_eq!(lag(&at(9, 100), &at(7, 98)), (2, 2.0));
        assert_eq!(lag(&at(9, 100), &Head::EMPTY), (9, 0.0), "what has seen nothing is behind by no time");
    }
}
