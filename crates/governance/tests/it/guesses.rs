//! Whoever guesses codes, sends them to others, or steals the table.

use axum::http::StatusCode;
use base::Timestamp;
use governance::Settings;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::desk::settings;
use crate::phones::{Street, budi, siti, until};

/// A code that is not this one.
fn wrong(code: &str, by: u32) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + by) % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn brute_force_five_wrong_codes_end_the_right_one_too() {
    let street = Street::open().await;
    let (code, kept) = street.code(siti()).await;
    for by in 1..=4 {
        assert_eq!(street.enter(&kept, &wrong(&code, by)).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER, "the fifth try may be right");
    let (code, kept) = street.code(siti()).await;
    for by in 1..=5 {
        assert_eq!(street.enter(&kept, &wrong(&code, by)).await.status, StatusCode::FORBIDDEN);
    }
    let late = street.enter(&kept, &code).await;
    assert_eq!((late.status, late.cookie()), (StatusCode::FORBIDDEN, None), "the sixth is none");
}

#[tokio::test(flavor = "multi_thread")]
async fn brute_force_all_guesses_of_an_hour_on_one_holder_are_fifteen() {
    let street = Street::open().await;
    let mut counted = 0;
    for round in 0..40 {
        let before = street.gateway.messages().len();
        let (answer, kept) = street.ask(&siti().to_string()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "the answer does not change");
        if round < 3 {
            until(|| street.gateway.messages().len() > before).await;
        }
        // Each guess that could have been right is one that the row still counts as live.
        for guess in 0..6 {
            assert_eq!(street.enter(&kept, &format!("{guess:06}x")).await.status, StatusCode::FORBIDDEN);
        }
        counted += live_tries(&street).await;
    }
    assert_eq!(street.gateway.messages().len(), 3, "three codes within an hour");
    assert_eq!(counted, 15, "five tries of each");
    let (_, _) = street.code(budi()).await;
    street.desk.clock.advance(Timestamp::HOUR + Timestamp::SECOND);
    let (code, kept) = street.code(siti()).await;
    assert_eq!(street.enter(&kept, &code).await.status, StatusCode::SEE_OTHER, "an hour later it goes on");
}

/// Tries that the newest code of the table allowed.
async fn live_tries(street: &Street) -> i64 {
    let sql = "select case when ended_at is null then min(tries, 5) else 0 end as tries
               from governance_code order by rowid desc limit 1";
    let query = Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let row = street.desk.databases.office.read().query_one_raw(query).await.unwrap().unwrap();
    row.try_get("", "tries").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_never_sent_lets_nobody_in() {
    let street = Street::with(Settings { codes_max: 0, ..settings() }).await;
    let (_, kept) = street.ask(&siti().to_string()).await;
    let sql = "select count(*) as live from governance_code where ended_at is null";
    let query = Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let row = street.desk.databases.office.read().query_one_raw(query).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "live").unwrap(), 0);
    assert_eq!(street.enter(&kept, "000000").await.status, StatusCode::FORBIDDEN);
    assert_eq!(street.gateway.asked(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_is_bounded_and_whoever_comes_then_is_told_to_wait() {
    let street = Street::with(Settings { asks_max: 4, ..settings() }).await;
    for _ in 0..4 {
        assert_eq!(street.ask(&budi().to_string()).await.0.status, StatusCode::SEE_OTHER);
    }
    let (full, _) = street.ask(&siti().to_string()).await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(full.html.contains("Terlalu banyak yang meminta kode"), "{}", full.html);
    street.desk.clock.advance(Timestamp::HOUR + Timestamp::SECOND);
    assert_eq!(street.ask(&siti().to_string()).await.0.status, StatusCode::SEE_OTHER, "old rows are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn stolen_tables_hold_no_code_and_nothing_a_browser_keeps() {
    let street = Street::open().await;
    let (code, kept) = street.code(siti()).await;
    let query = |sql: &str| Statement::from_string(DbBackend::Sqlite, sql.to_owned());
    let read = street.desk.databases.office.read();
    let sql = "select hex(asker) as asker, hex(code_mac) as mac from governance_code";
    let row = read.query_one_raw(query(sql)).await.unwrap().unwrap();
    let (asker, mac): (String, String) = (row.try_get("", "asker").unwrap(), row.try_get("", "mac").unwrap());
    assert!(!kept.to_uppercase().contains(&asker), "the hash opens nothing");
    assert_eq!((mac.len(), mac.contains(&hex(&code))), (64, false));
    // A hash without the key is tried out in a second; none of the million gives what is kept.
    assert!(!mac.eq_ignore_ascii_case(&sha256(code.as_bytes())));
    let stolen = format!("__Host-jakone-code=jakone_{}", asker.to_lowercase());
    assert_eq!(street.enter(&stolen, &code).await.status, StatusCode::FORBIDDEN);
    street.enter(&kept, &code).await;
    let sql = "select count(*) as n from governance_session where user_id is null and holder = 7";
    let row = read.query_one_raw(query(sql)).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1);
    let neither = "insert into governance_session values (x'00', null, null, 0, 0, null)";
    assert!(read.execute_raw(query(neither)).await.is_err(), "a session is somebody's");
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
