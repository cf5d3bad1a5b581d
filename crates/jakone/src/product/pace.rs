//! Bulk waits for the tables: where they are too far behind the journal, runs over many recipients stop first, and nothing else does.

use std::collections::VecDeque;
use std::time::Duration;

use journal::Head;
use platform::shutdown::Shutdown;
use runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How often the cursors are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How long the oldest durable entry that each projection lacks has waited for it; in the order of the cursors.
pub type Lags = [Duration; 2];

/// When the journal was seen to reach an entry. The times in the entries would not do: after a quiet night the first entry is
/// hours younger than the one before it.
#[derive(Default)]
struct Reached(VecDeque<(Instant, u64)>);

impl Reached {
    /// The journal has come so far; what all projections hold is forgotten.
    fn note(&mut self, now: Instant, head: u64, least: u64) {
        while self.0.front().is_some_and(|(_, seq)| *seq <= least) {
            self.0.pop_front();
        }
        if head > self.0.back().map_or(least, |(_, seq)| *seq) {
            self.0.push_back((now, head));
        }
    }

    /// Since when an entry after a cursor has been there.
    fn lag(&self, now: Instant, cursor: u64) -> Duration {
        let waits = self.0.iter().find(|(_, seq)| *seq > cursor);
        waits.map_or(Duration::ZERO, |(since, _)| now.duration_since(*since))
    }
}

/// Tells how far the projections are behind, and holds bulk back while any is further than `most`, until a stop is asked for.
pub fn keep(
    engine: Handle,
    cursors: [watch::Receiver<Head>; 2],
    most: Duration,
    shutdown: Shutdown,
) -> (JoinHandle<()>, watch::Receiver<Lags>) {
    let (tell, lags) = watch::channel(Lags::default());
    (tokio::spawn(look(engine, cursors, most, tell, shutdown)), lags)
}

async fn look(
    engine: Handle,
    cursors: [watch::Receiver<Head>; 2],
    most: Duration,
    lags: watch::Sender<Lags>,
    mut shutdown: Shutdown,
) {
    let mut reached = Reached::default();
    loop {
        let (now, head) = (Instant::now(), engine.durable().seq);
        let places = cursors.each_ref().map(|cursor| cursor.borrow().seq);
        reached.note(now, head, places.into_iter().min().unwrap_or(head));
        let behind = places.map(|place| reached.lag(now, place));
        let held = behind.iter().any(|lag| *lag > most);
        lags.send_replace(behind);
        if held != engine.is_bulk_held() {
            tracing::warn!(engine.bulk_held = held, "tables behind the journal decide whether bulk waits");
            engine.hold_bulk(held);
        }
        tokio::select! {
            () = shutdown.requested() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::{Clock as _, CommandId, SystemClock};
    use engine::{Attest, Body, Channel, Envelope};
    use platform::access::OFFICE_PRINCIPAL;
    use platform::database::DatabaseError;
    use runtime::Class;
    use tokio::sync::oneshot::error::TryRecvError;

    use super::super::Product;
    use super::*;
    use crate::data_directory::{DataDirectory, Start};

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn the_lag_is_how_long_the_oldest_entry_that_is_lacking_has_been_there() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut reached = Reached::default();
        reached.note(at(0), 5, 3);
        reached.note(at(10), 5, 3);
        reached.note(at(20), 9, 3);
        assert_eq!(reached.lag(at(21), 3), Duration::from_secs(21), "as long as it is known to be there");
        assert_eq!(reached.lag(at(21), 5), Duration::from_secs(1));
        assert_eq!(reached.lag(at(21), 9), Duration::ZERO);
        reached.note(at(3_600), 10, 9);
        assert_eq!(reached.lag(at(3_601), 9), Duration::from_secs(1), "a quiet hour is no lag");
        assert_eq!(reached.0.len(), 1);
    }

    fn command() -> Envelope {
        let now = SystemClock::new(0).now();
        Envelope {
            schema: 1,
            id: CommandId::generate(now).unwrap(),
            principal: OFFICE_PRINCIPAL,
            channel: Channel::Office,
            on_behalf_of: None,
            received_at: now,
            body: Body::Attest(Attest { first: 1, digests: vec![[7; 32].into()] }),
        }
    }

    /// Keeps the tables where they are until told otherwise.
    async fn stand_still(product: &Product, told: watch::Receiver<bool>) {
        let held = product.projections().transact(|_, _| {
            let mut told = told.clone();
            Box::pin(async move {
                let _gone = told.wait_for(|go| *go).await;
                Ok::<(), DatabaseError>(())
            })
        });
        held.await.unwrap();
    }

    async fn bulk_waits(product: &Product, go_on: watch::Sender<bool>) {
        let engine = product.engine();
        let held = async {
            while !engine.is_bulk_held() {
                engine.submit(Class::Office, vec![command()]).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, held).await.expect("tables that stand still hold bulk");
        let mut bulk = engine.enqueue(Class::Bulk, vec![command()]).unwrap();
        engine.submit(Class::Office, vec![command()]).await.expect("everything else goes on");
        assert!(matches!(bulk.try_recv(), Err(TryRecvError::Empty)), "what waits is kept and not decided");
        go_on.send(true).unwrap();
        let answered =
            tokio::time::timeout(PATIENCE, bulk).await.expect("tables that caught up let bulk go on");
        answered.unwrap().unwrap();
    }

    #[test]
    fn bulk_waits_while_the_tables_are_too_far_behind() {
        let dir = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open_or_create(dir.path()).unwrap();
        let clock = Arc::new(directory.clock().unwrap());
        let start = Start { lag_max: Duration::ZERO, reserve: 16, ..Start::with_clock(clock) };
        let tasks = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        tasks.block_on(async {
            let product = Product::open(&directory, start).await.unwrap();
            let (go_on, told) = watch::channel(false);
            tokio::join!(stand_still(&product, told), bulk_waits(&product, go_on));
            product.close().await.unwrap();
        });
    }
}
