//! Backup beside a running city, restore elsewhere, repair from a copy; and what the office says against the journal.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base::{Clock as _, CommandId, SystemClock, Timestamp};
use engine::{Attest, Body};
use sea_orm::{ConnectionTrait as _, Statement, TryGetable};
use serde_json::Value as Json;

use crate::city::{Running, jakone, request, token};
use crate::town::{Town, text};

/// A small city that was lived in for two days, and is asleep.
fn city() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    Running::start(&["demo", "--residents", "60", "--days", "2", "--rate", "0"], data.path()).stop();
    data
}

fn backup(data: &Path, out: &Path) -> Json {
    let output = jakone(&["backup", "--json", out.to_str().unwrap()], data);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

fn verified(data: &Path) -> Json {
    let output = jakone(&["verify", "--json"], data);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

fn refused(arguments: &[&str], data: &Path, code: &str) {
    let output = jakone(arguments, data);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    assert!(said.starts_with(&format!("error[{code}]: ")), "{arguments:?}: {said}");
}

/// Runs a statement on a database file that nobody has open; answers how many rows it changed.
fn execute(file: &Path, sql: &str) -> u64 {
    let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tasks.block_on(async {
        let database = sea_orm::Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
        let done = database.execute_unprepared(sql).await.unwrap().rows_affected();
        database.close().await.unwrap();
        done
    })
}

/// The numbers of one statement's first column.
pub fn numbers(file: &Path, sql: &str) -> Vec<i64> {
    column(file, sql)
}

/// One statement's first column.
fn column<T: TryGetable>(file: &Path, sql: &str) -> Vec<T> {
    let tasks = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tasks.block_on(async {
        let database = sea_orm::Database::connect(format!("sqlite:{}", file.display())).await.unwrap();
        let statement = Statement::from_string(sea_orm::DbBackend::Sqlite, sql.to_owned());
        let rows = database.query_all_raw(statement).await.unwrap();
        let values = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        database.close().await.unwrap();
        values
    })
}

#[test]
fn a_backup_beside_a_running_city_is_restored_elsewhere_and_goes_on() {
    let (data, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let city = Running::start(&["demo", "--residents", "60", "--days", "1", "--rate", "20"], data.path());
    let out = place.path().join("backup");
    let made = backup(data.path(), &out);
    let seq = made["seq"].as_u64().unwrap();
    for (name, seen) in made["seen"].as_object().unwrap() {
        assert!(seen.as_u64().unwrap() <= seq, "{name} names no entry after the backup's last: {made}");
    }
    assert_eq!(made["seen"].as_object().unwrap().len(), 3, "office and both projections: {made}");
    city.stop();
    refused(&["serve", "--port", "0"], &out, "directory_is_backup");
    let restored = place.path().join("restored");
    let output = jakone(&["restore", out.to_str().unwrap()], &restored);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let found = verified(&restored);
    assert_eq!((found["seq"].as_u64(), &found["hash"]), (Some(seq), &made["hash"]));
    assert!(found["office"]["holders"].as_u64() >= Some(60), "{found}");
    assert!(restored.join("restored").exists(), "the first start has something to hold against the journal");
    let again = Running::start(&["demo", "--rate", "0"], &restored);
    let health: Json =
        serde_json::from_str(&request(&again.address, "GET /healthz HTTP/1.1\r\n", "").unwrap().1).unwrap();
    assert!(health["position"].as_u64() > Some(seq), "{health}");
    again.stop();
    assert!(!restored.join("restored").exists());
    assert!(verified(&restored)["seq"].as_u64() > Some(seq));
    refused(&["restore", out.to_str().unwrap()], &restored, "directory_not_empty");
}

#[test]
fn a_backup_of_which_a_byte_changed_is_refused_and_so_is_half_of_one() {
    let (data, place) = (city(), tempfile::tempdir().unwrap());
    let out = place.path().join("backup");
    backup(data.path(), &out);
    refused(&["backup", out.to_str().unwrap()], data.path(), "directory_not_empty");
    let inside = data.path().join("mine");
    refused(&["backup", inside.to_str().unwrap()], data.path(), "backup_inside");
    let segment = out.join("journal/segment-000000000001.journal");
    for file in [&segment, &out.join("office.sqlite"), &out.join("keys/office.key")] {
        let opened = fs::OpenOptions::new().read(true).write(true).open(file).unwrap();
        let mut byte = [0u8];
        opened.read_exact_at(&mut byte, 200.min(opened.metadata().unwrap().len() - 1)).unwrap();
        opened.write_all_at(&[byte[0] ^ 1], 200.min(opened.metadata().unwrap().len() - 1)).unwrap();
        let to = place.path().join("no");
        refused(&["restore", out.to_str().unwrap()], &to, "backup_damaged");
        assert!(!to.exists(), "nothing was restored");
        opened.write_all_at(&byte, 200.min(opened.metadata().unwrap().len() - 1)).unwrap();
    }
    fs::remove_file(out.join("manifest.json")).unwrap();
    refused(&["restore", out.to_str().unwrap()], &place.path().join("no"), "backup_missing");
}

#[test]
fn after_a_restore_what_the_journal_decided_is_settled_and_not_sent_again_however_old() {
    let (data, place) = (city(), tempfile::tempdir().unwrap());
    let out = place.path().join("backup");
    backup(data.path(), &out);
    let restored = place.path().join("restored");
    assert!(jakone(&["restore", out.to_str().unwrap()], &restored).status.success());
    // As an office that was copied before its messages were settled: the ids of the first day are below the window's floor.
    let office = restored.join("office.sqlite");
    execute(
        &office,
        "create table settled as select sequence, position from platform_outbox where state = 1",
    );
    let count = numbers(&office, "select count(*) from settled")[0];
    assert!(count >= 60, "{count}");
    execute(
        &office,
        "update platform_outbox set state = 0, position = null, settled_at = null where state = 1",
    );
    let seq = verified(&restored)["seq"].as_u64().unwrap();
    Running::start(&["serve"], &restored).stop();
    let again = "select count(*) from settled join platform_outbox as now on now.sequence = settled.sequence
        where now.state = 1 and now.position = settled.position";
    assert_eq!(numbers(&office, again), [count], "each is accepted at the entry that decided it");
    let after = verified(&restored);
    assert!(after["seq"].as_u64().unwrap() <= seq + 4, "nothing was decided a second time: {after}");
}

/// Hands the audit's last lines over as if that had been done two days ago and the message had waited since. Answers its id.
fn waits_for_two_days(data: &Path) -> CommandId {
    let office = data.join("office.sqlite");
    let added = jakone(&["client", "add", "Bank A", "--role", "bank"], data);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let lines = "from platform_audit where number is null order by sequence";
    let digests: Vec<Vec<u8>> = column(&office, &format!("select digest {lines}"));
    let sequences = numbers(&office, &format!("select sequence {lines}"));
    let first = numbers(&office, "select coalesce(max(number), 0) + 1 from platform_audit")[0];
    for (sequence, number) in sequences.iter().zip(first..) {
        execute(&office, &format!("update platform_audit set number = {number} where sequence = {sequence}"));
    }
    let digests = digests.into_iter().map(|digest| <[u8; 32]>::try_from(digest).unwrap().into()).collect();
    let attest = Attest { first: first.unsigned_abs(), digests };
    let body = hex::encode(minicbor::to_vec(Body::Attest(attest)).unwrap());
    let at = SystemClock::new(0).now().plus(-2 * Timestamp::DAY);
    let id = CommandId::generate(at).unwrap();
    let row = format!("'audit', x'{:032x}', x'{body}', 0, {}", id.as_u128(), at.0);
    let columns = "subject, command_id, body, state, created_at";
    execute(&office, &format!("insert into platform_outbox ({columns}) values ({row})"));
    id
}

/// Starts the city and stops it when nothing waits in its outbox.
fn deliver(data: &Path) {
    let running = Running::start(&["serve"], data);
    let waiting = "select count(*) from platform_outbox where state = 0";
    let end = Instant::now() + Duration::from_secs(60);
    while numbers(&data.join("office.sqlite"), waiting) != [0] {
        assert!(Instant::now() < end, "something still waits");
        std::thread::sleep(Duration::from_millis(50));
    }
    running.stop();
}

#[test]
fn after_a_restore_a_message_older_than_the_engine_remembers_ids_is_decided_once() {
    let (data, place) = (city(), tempfile::tempdir().unwrap());
    let old = waits_for_two_days(data.path());
    let out = place.path().join("backup");
    backup(data.path(), &out);
    let restored = place.path().join("restored");
    assert!(jakone(&["restore", out.to_str().unwrap()], &restored).status.success());
    let lines = verified(&restored)["audit"].as_u64().unwrap();
    deliver(&restored);
    let office = restored.join("office.sqlite");
    // Whatever its id's time is, its randomness is the message's own.
    let randomness = format!("{:020X}", old.as_u128() & (u128::MAX >> 48));
    let of_message = |what: &str| {
        let place = format!("where hex(command_id) like '%{randomness}'");
        numbers(&office, &format!("select {what} from platform_outbox {place}"))
    };
    assert_eq!(of_message("state"), [1], "it is accepted");
    let position = of_message("position");
    assert!(verified(&restored)["audit"].as_u64() > Some(lines));
    backup(&restored, &place.path().join("next"));
    // As an office that was copied before the message got its later id: it finds what was decided, after a restore and without.
    for mark in [true, false] {
        let before = "state = 0, position = null, settled_at = null";
        let id = old.as_u128();
        let at = position[0];
        let back = format!(
            "update platform_outbox set {before}, command_id = x'{id:032x}' where position = {at} and subject = 'audit'"
        );
        assert_eq!(execute(&office, &back), 1);
        if mark {
            fs::write(restored.join("restored"), "").unwrap();
        }
        deliver(&restored);
        assert_eq!((of_message("state"), of_message("position")), (vec![1], position.clone()), "{mark}");
        verified(&restored);
    }
}

#[test]
fn verify_names_the_first_command_and_holder_in_which_office_and_journal_differ() {
    let data = city();
    let office = data.path().join("office.sqlite");
    let agreed = verified(data.path());
    assert!(agreed["office"]["holders"].as_u64() >= Some(60), "{agreed}");
    assert!(agreed["office"]["commands"].as_u64().unwrap() >= 60);
    // The audit's own messages are among them, at any place.
    let of_holders = "select min(sequence) from platform_outbox where state = 1 and subject like 'holder/%'";
    let first = numbers(&office, of_holders)[0];
    let change =
        |what: &str| execute(&office, &format!("update platform_outbox set {what} where sequence = {first}"));
    let position =
        numbers(&office, &format!("select position from platform_outbox where sequence = {first}"))[0];
    assert_eq!(change("state = 2, code = 'holder_exists'"), 1);
    refused(&["verify"], data.path(), "office_differs");
    change("state = 1, code = null, position = 99999999");
    refused(&["verify"], data.path(), "office_ahead");
    change(&format!("position = {position}"));
    verified(data.path());
    execute(&office, &format!("delete from platform_outbox where sequence = {first}"));
    refused(&["verify"], data.path(), "holder_unregistered");
}

/// A copy of the town's journal.
fn copied(town: &Town) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    fs::create_dir(to.path().join("journal")).unwrap();
    for file in fs::read_dir(town.dir.path().join("journal")).unwrap() {
        let from = file.unwrap().path();
        fs::copy(&from, to.path().join("journal").join(from.file_name().unwrap())).unwrap();
    }
    to
}

#[test]
fn a_damaged_journal_is_repaired_from_a_copy_and_the_damaged_files_stay() {
    let town = Town::new();
    let copy = copied(&town);
    let from = copy.path().to_str().unwrap();
    let whole = town.printed(&["verify", "--json"]);
    let nothing = town.printed(&["journal", "repair", "--from", from]);
    assert!(nothing.starts_with("nothing to repair: "), "{nothing}");
    let segment = town.dir.path().join("journal/segment-000000000001.journal");
    let file = fs::OpenOptions::new().read(true).write(true).open(&segment).unwrap();
    let mut byte = [0u8];
    file.read_exact_at(&mut byte, 128 + 140).unwrap();
    file.write_all_at(&[byte[0] ^ 1], 128 + 140).unwrap();
    refused(&["verify"], town.dir.path(), "journal_damaged");
    let other = Town::new();
    let foreign = other.dir.path().to_str().unwrap();
    refused(&["journal", "repair", "--from", &format!("{from}/nowhere")], town.dir.path(), "copy_unusable");
    let repaired = town.printed(&["journal", "repair", "--from", from]);
    assert!(repaired.starts_with("repaired: "), "{repaired}");
    assert_eq!(town.printed(&["verify", "--json"]), whole);
    let aside: Vec<_> = fs::read_dir(town.dir.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("journal-set-aside-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    // The towns are alike to the byte but for their keys' blinds, so their chains part at the first entry.
    refused(&["journal", "repair", "--from", foreign], town.dir.path(), "copy_of_another_journal");
}

#[test]
fn figures_are_told_to_programs_of_the_operator_and_to_nobody_else() {
    let data = city();
    let running = Running::start(&["demo", "--rate", "0"], data.path());
    let ask = |token: Option<&str>| {
        let line = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
        request(&running.address, &format!("GET /metrics HTTP/1.1\r\n{line}"), "").unwrap()
    };
    assert_eq!(ask(None).0, 401);
    assert_eq!(ask(Some(&token(data.path(), "bank"))).0, 403);
    let (status, figures) = ask(Some(&token(data.path(), "operator")));
    assert_eq!(status, 200, "{figures}");
    for name in [
        "engine_queue_commands{class=\"block\"} 0",
        "journal_full 0",
        "projection_lag_entries{projection=\"acceptance\"}",
        "projection_lag_seconds{projection=\"insight\"}",
        "outbox_waiting_messages 0",
        "audit_waiting_lines",
        "snapshot_behind_entries",
        "journal_batch_records_bucket{le=\"1\"}",
        "journal_flush_seconds_bucket",
        "# HELP journal_flush_seconds ",
    ] {
        assert!(figures.contains(name), "{name} is missing in\n{figures}");
    }
    running.stop();
}

#[test]
fn a_backup_needs_a_city() {
    let place = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_jakone"))
        .args(["backup", place.path().join("out").to_str().unwrap(), "--data"])
        .arg(place.path().join("nothing"))
        .output()
        .unwrap();
    assert!(text(&output.stderr).starts_with("error[journal_missing]: "), "{}", text(&output.stderr));
}
