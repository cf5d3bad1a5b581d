//! The books: three sums at one position, and the tables against a replayed state.

use acceptance::service::Comparison;
use fixtures::City;
use platform::database::Transaction;
use sea_orm::ConnectionTrait;

use crate::house::{House, Wire, place};

async fn lived() -> House {
    let house = House::over(City::new().resident("siti").card().purse(100_000).entitled("free_bus")).await;
    let wire = Wire::of(&house, 20, "siti", "stop_1");
    house.deliver(&wire.batch(0..20)).await;
    house.caught_up().await;
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_transfers_and_engine_agree_at_the_cursor() {
    let house = lived().await;
    let books = house.service.books().await.unwrap();
    assert!(books.is_balanced(), "{books:?}");
    assert_eq!(books.head.seq, house.service.cursor().seq);
    let book = books.units[0];
    assert_eq!(book.accounts, 100_000 + 20 * 3_500, "the opening top-up and twenty forgone fares");
    assert_eq!((book.transfers, book.engine), (book.accounts, Some(book.accounts)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_rupiah_too_many_in_any_table_is_noticed() {
    let breaks = [
        "update acceptance_account set balance = balance + 1 where id = 0",
        "update acceptance_account set credits = credits + 1 where id = 0",
        "update acceptance_transfer set amount = amount + 1 where leg = 0 and seq = (select max(seq) from acceptance_transfer)",
        "delete from acceptance_transfer where seq = (select max(seq) from acceptance_transfer)",
    ];
    for broken in breaks {
        let house = lived().await;
        let run = house.databases.projections.transact(|txn: &Transaction, _| {
            Box::pin(async move {
                txn.execute_unprepared(broken).await?;
                Ok::<_, platform::database::DatabaseError>(())
            })
        });
        run.await.unwrap();
        let books = house.service.books().await.unwrap();
        assert!(!books.is_balanced(), "{broken}: {books:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_held_against_the_state_row_by_row() {
    let house = lived().await;
    let root = house.directory().to_owned();
    let state = house.service.runtime().read(|engine| engine.state.clone()).await.unwrap().value;
    let same = Comparison::open(place(&root)).await.unwrap().unwrap();
    assert_eq!(same.cursor().await.unwrap().seq, house.service.cursor().seq);
    assert_eq!(same.compare(&state).await.unwrap(), Vec::<String>::new());
    drop(same);
    let breaks = [
        "update acceptance_account set balance = balance + 1, credits = credits + 1 where id = 0",
        "update acceptance_medium set state = 'blocked' where serial = 0",
        "delete from acceptance_entitlement",
        "delete from acceptance_holder",
    ];
    for broken in breaks {
        let run = house.databases.projections.transact(|txn: &Transaction, _| {
            Box::pin(async move {
                txn.execute_unprepared(broken).await?;
                Ok::<_, platform::database::DatabaseError>(())
            })
        });
        run.await.unwrap();
        let found = Comparison::open(place(&root)).await.unwrap().unwrap().compare(&state).await.unwrap();
        assert!(!found.is_empty(), "{broken}");
    }
    assert!(Comparison::open(root.join("elsewhere").as_path()).await.unwrap().is_none());
}
