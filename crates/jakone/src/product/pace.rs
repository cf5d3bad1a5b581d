//! Bulk waits for the tables: where they are too far behind the journal, runs over many recipients stop first, and nothing else does.

use std::time::Duration;

use journal::Head;
use platform::shutdown::Shutdown;
use runtime::Handle;
use tokio::sync::watch;

/// How often the cursors are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How much older the last entry that a cursor has seen is than the journal's. Nothing where it has seen none or all.
pub fn lag(head: &Head, cursor: &Head) -> Duration {
    if cursor.seq == 0 || cursor.seq >= head.seq {
        return Duration::ZERO;
    }
    Duration::from_micros(head.at.since(cursor.at).max(0).unsigned_abs())
}

/// Holds bulk back while any of the cursors is further behind than `most`, until a stop is asked for.
pub async fn keep(
    engine: Handle,
    cursors: [watch::Receiver<Head>; 2],
    most: Duration,
    mut shutdown: Shutdown,
) {
    loop {
        let head = engine.durable();
        let held = cursors.iter().any(|cursor| lag(&head, &cursor.borrow()) > most);
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

    use base::{Clock as _, CommandId, SystemClock, Timestamp};
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
    fn the_lag_is_counted_in_the_time_of_the_journal() {
        let at =
            |seq: u64, seconds: i64| Head { seq, at: Timestamp(seconds * Timestamp::SECOND), ..Head::EMPTY };
        assert_eq!(lag(&at(9, 100), &at(9, 100)), Duration::ZERO);
        assert_eq!(lag(&at(9, 100), &at(7, 98)), Duration::from_secs(2));
        assert_eq!(
            lag(&at(9, 100), &Head::EMPTY),
            Duration::ZERO,
            "what has seen nothing is behind by no time"
        );
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
