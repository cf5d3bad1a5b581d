//! Checkpoints, witnesses, receipts and forgetting, as people run them.

use std::fs;
use std::os::unix::fs::{FileExt as _, PermissionsExt};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use base::{Clock, ManualClock, SystemClock};
use fixtures::moment;
use platform::database::Databases;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value as Json;

use crate::damage::{entries, segment};
use crate::seen::said_by_serve;
use crate::town::{Town, jakone, start, text};

/// A town, and keys of its operator and of a witness.
struct Bench {
    town: Town,
    keys: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { town: Town::new(), keys: tempfile::tempdir().unwrap() };
        bench.make_key("operator", &["--name", "small.example/journal"]);
        bench.make_key("witness", &["--name", "witness.example", "--witness"]);
        bench
    }

    /// Makes a key pair: `NAME` signs, `NAME.pub` checks.
    fn make_key(&self, name: &str, arguments: &[&str]) {
        let file = self.file(name);
        let made = jakone(&[&["checkpoint-key", &file][..], arguments].concat(), None);
        assert!(made.status.success(), "{}", text(&made.stderr));
        fs::write(self.file(&format!("{name}.pub")), made.stdout).unwrap();
    }

    fn file(&self, name: &str) -> String {
        self.keys.path().join(name).to_str().unwrap().to_owned()
    }

    fn evidence(&self, name: &str) -> PathBuf {
        self.town.dir.path().join("evidence").join(name)
    }

    fn checkpoint(&self) -> Output {
        self.town.jakone(&["checkpoint", "--key", &self.file("operator")])
    }

    /// Signs as the witness what lies in the evidence directory now.
    fn witness(&self) -> Output {
        let (checkpoint, proof) = (self.evidence("checkpoint"), self.evidence("proof"));
        let (checkpoint, proof) = (checkpoint.to_str().unwrap(), proof.to_str().unwrap());
        let (key, operator, state) = (self.file("witness"), self.file("operator.pub"), self.file("seen"));
        let keys = ["--key", &key, "--operator-key", &operator, "--state", &state];
        jakone(&[&["witness", checkpoint, proof][..], &keys].concat(), None)
    }

    /// Writes a receipt and answers the file.
    fn receipt(&self, id: &str) -> String {
        let file = self.file("receipt.json");
        self.town.printed(&["receipt", id, "--out", &file]);
        file
    }

    fn verify(&self, receipt: &str, operator: &str, more: &[&str]) -> Output {
        let key = self.file(operator);
        jakone(&[&["verify-receipt", receipt, "--operator-key", &key][..], more].concat(), None)
    }

    /// Starts the engine once, so that the journal grows.
    fn grow(&self, at: &str) {
        let (runtime, _) = start(self.town.dir.path(), Arc::new(ManualClock::new(moment(at))));
        drop(runtime.shutdown());
    }
}

fn code(output: &Output) -> String {
    let said = text(&output.stderr);
    let code = said.strip_prefix("error[").and_then(|rest| rest.split(']').next());
    code.unwrap_or_else(|| panic!("no code in {said:?}")).to_owned()
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_key_is_its_owners_alone_and_never_replaced() {
    let bench = Bench::new();
    let mode = fs::metadata(bench.file("operator")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let line = fs::read_to_string(bench.file("operator.pub")).unwrap();
    assert!(line.starts_with("small.example/journal+") && !line.contains("PRIVATE"), "{line}");
    let again = jakone(&["checkpoint-key", &bench.file("operator"), "--name", "x"], None);
    assert_eq!(code(&again), "evidence_key_exists");
    let named = jakone(&["checkpoint-key", &bench.file("other"), "--name", "two words"], None);
    assert_eq!(code(&named), "evidence_key_name_invalid");
    let wrong = bench.town.jakone(&["checkpoint", "--key", &bench.file("witness")]);
    assert_eq!(code(&wrong), "evidence_key_invalid", "a witness's key signs no checkpoint");
}

#[test]
fn a_receipt_is_checked_with_public_keys_alone_and_shows_no_other_record() {
    let bench = Bench::new();
    let id = bench.town.paid.to_string();
    assert_eq!(code(&bench.town.jakone(&["receipt", &id])), "checkpoint_missing");
    let made = succeeded(&bench.checkpoint());
    assert!(made.starts_with("checkpoint of ") && made.contains("continues the one of 0"), "{made}");
    let receipt = bench.receipt(&id);
    let file = fs::read_to_string(&receipt).unwrap();
    for beside in [&bench.town.free, &bench.town.owed, &bench.town.refused] {
        let bytes = hex::encode(beside.as_u128().to_be_bytes());
        assert!(!file.contains(&bytes) && !file.contains(&beside.to_string()), "{beside}");
    }
    let said = succeeded(&bench.verify(&receipt, "operator.pub", &[]));
    assert!(said.starts_with("ok: a record of entry ") && said.contains(&id), "{said}");
    assert!(said.contains("The journal small.example/journal holds this record"), "{said}");
    assert!(said.contains("Jurnal small.example/journal memuat catatan ini"), "{said}");
    assert!(said.contains("moved 5000 from account"), "{said}");
    assert!(!said.contains("museum_1"), "where it was is not told: {said}");
    let told = succeeded(&bench.verify(&receipt, "operator.pub", &["--json"]));
    let told: Json = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["ok"], &told["witnessed_at"]), (&Json::Bool(true), &Json::Null));
    assert_eq!(code(&bench.town.jakone(&["receipt", "9999.0"])), "record_not_found");
    let last = bench.town.refused.to_string();
    assert_eq!(code(&bench.town.jakone(&["receipt", &last])), "receipt_not_covered", "nor is the last entry");
}

#[test]
fn a_receipt_and_what_a_witness_saw_are_written_where_one_stands() {
    let bench = Bench::new();
    succeeded(&bench.checkpoint());
    let here = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jakone"));
        succeeded(&command.args(arguments).current_dir(here.path()).output().unwrap())
    };
    let data = bench.town.dir.path().to_str().unwrap();
    run(&["receipt", &bench.town.free.to_string(), "--out", "r.json", "--data", data]);
    for name in ["checkpoint", "proof"] {
        fs::copy(bench.evidence(name), here.path().join(name)).unwrap();
    }
    let (key, operator) = (bench.file("witness"), bench.file("operator.pub"));
    let keys = ["--key", &key, "--operator-key", &operator, "--state", "seen"];
    run(&[&["witness", "checkpoint", "proof"][..], &keys].concat());
    for name in ["r.json", "seen"] {
        assert!(here.path().join(name).exists(), "{name}");
    }
}

#[test]
fn a_receipt_that_was_altered_or_signed_by_others_proves_nothing() {
    let bench = Bench::new();
    succeeded(&bench.checkpoint());
    let receipt = bench.receipt(&bench.town.paid.to_string());
    let sound: Json = serde_json::from_str(&fs::read_to_string(&receipt).unwrap()).unwrap();
    let flip = |text: &str| {
        let last = if text.ends_with('0') { '1' } else { '0' };
        format!("{}{last}", &text[..text.len() - 1])
    };
    let changes: [&dyn Fn(&mut Json); 6] = [
        &|file| file["value"]["leaf"] = flip(file["value"]["leaf"].as_str().unwrap()).into(),
        &|file| file["value"]["index"] = (file["value"]["index"].as_u64().unwrap() + 1).into(),
        &|file| file["entry"]["at_us"] = (file["entry"]["at_us"].as_i64().unwrap() + 1).into(),
        &|file| file["entry"]["root"] = flip(file["entry"]["root"].as_str().unwrap()).into(),
        &|file| file["inclusion"][0] = flip(file["inclusion"][0].as_str().unwrap()).into(),
        &|file| {
            file["checkpoint"] = file["checkpoint"].as_str().unwrap().replace("epoch 1", "epoch 2").into()
        },
    ];
    for (number, change) in changes.iter().enumerate() {
        let mut file = sound.clone();
        change(&mut file);
        assert_ne!(file, sound, "change {number}");
        fs::write(&receipt, file.to_string()).unwrap();
        assert_eq!(code(&bench.verify(&receipt, "operator.pub", &[])), "receipt_invalid", "change {number}");
    }
    fs::write(&receipt, "{}").unwrap();
    assert_eq!(code(&bench.verify(&receipt, "operator.pub", &[])), "receipt_invalid");
    // What stands in the file for people is not believed.
    let mut file = sound;
    file["says"]["en"] = serde_json::json!(["The journal holds a million rupiah."]);
    fs::write(&receipt, file.to_string()).unwrap();
    assert!(!succeeded(&bench.verify(&receipt, "operator.pub", &[])).contains("million"));
    bench.make_key("stranger", &["--name", "small.example/journal"]);
    assert_eq!(code(&bench.verify(&receipt, "stranger.pub", &[])), "receipt_invalid");
    let unwitnessed = bench.verify(&receipt, "operator.pub", &["--witness-key", &bench.file("witness.pub")]);
    assert_eq!(code(&unwitnessed), "receipt_invalid");
    assert!(text(&unwitnessed.stderr).contains("not signed by witness.example"));
}

#[test]
fn a_witness_signs_what_continues_the_last_checkpoint_and_nothing_else() {
    let bench = Bench::new();
    succeeded(&bench.checkpoint());
    let first = fs::read(bench.evidence("checkpoint")).unwrap();
    assert!(succeeded(&bench.witness()).contains("the first one seen"));
    let receipt = bench.receipt(&bench.town.free.to_string());
    let key = bench.file("witness.pub");
    let said = succeeded(&bench.verify(&receipt, "operator.pub", &["--witness-key", &key]));
    assert!(said.contains("witness.example signed the same checkpoint at "), "{said}");
    assert!(succeeded(&bench.checkpoint()).starts_with("nothing to do"), "and the signatures stay");
    bench.grow("2026-11-23T09:00");
    let second = succeeded(&bench.checkpoint());
    assert!(!second.contains("continues the one of 0"), "{second}");
    let proof = fs::read(bench.evidence("proof")).unwrap();
    fs::write(bench.evidence("proof"), "old 3\n").unwrap();
    assert_eq!(code(&bench.witness()), "checkpoint_not_continued", "without the proof");
    fs::write(bench.evidence("proof"), proof).unwrap();
    assert!(succeeded(&bench.witness()).contains("continues the one of "));
    fs::write(bench.evidence("checkpoint"), first).unwrap();
    assert_eq!(code(&bench.witness()), "checkpoint_not_continued", "not back to the past");
    fs::write(bench.file("seen"), "{}").unwrap();
    assert_eq!(code(&bench.witness()), "witness_state_invalid");
}

#[test]
fn a_journal_that_does_not_continue_the_last_checkpoint_is_never_signed() {
    let (bench, other) = (Bench::new(), Town::new());
    succeeded(&bench.checkpoint());
    let signed = fs::read(bench.evidence("checkpoint")).unwrap();
    bench.make_key("stranger", &["--name", "small.example/journal"]);
    let stranger = bench.town.jakone(&["checkpoint", "--key", &bench.file("stranger")]);
    assert_eq!(code(&stranger), "checkpoint_of_another_key");
    for part in ["journal", "keys"] {
        let (from, to) = (other.dir.path().join(part), bench.town.dir.path().join(part));
        fs::remove_dir_all(&to).unwrap();
        fs::rename(from, to).unwrap();
    }
    bench.grow("2026-11-23T10:00");
    assert_eq!(code(&bench.checkpoint()), "history_changed");
    let verified = bench.town.jakone(&["verify"]);
    assert_eq!((code(&verified), verified.status.code()), ("journal_behind".to_owned(), Some(1)));
    let said = text(&verified.stderr);
    assert!(said.contains(" has the hash ") && said.contains("this is another journal"), "{said}");
    assert!(said.contains("It was the last checkpoint that has seen it"), "{said}");
    assert_eq!(fs::read(bench.evidence("checkpoint")).unwrap(), signed);
}

#[test]
fn verify_says_through_which_entry_the_last_checkpoint_agrees() {
    let bench = Bench::new();
    let told = |verified: &str| serde_json::from_str::<Json>(verified).unwrap()["checkpoint"].clone();
    assert_eq!(told(&bench.town.printed(&["verify", "--json"])), Json::Null);
    succeeded(&bench.checkpoint());
    let signed = entries(&bench.town).len() - 1;
    assert_eq!(told(&bench.town.printed(&["verify", "--json"])), signed);
    bench.grow("2026-11-23T09:00");
    let said = bench.town.printed(&["verify"]);
    assert!(said.contains(&format!("; checkpoint agrees at entry {signed}; ")), "{said}");
}

#[test]
fn a_tree_that_was_damaged_or_lost_is_built_again() {
    let bench = Bench::new();
    succeeded(&bench.checkpoint());
    let tree = bench.evidence("tree");
    let whole = fs::read(&tree).unwrap();
    let id = bench.town.paid.to_string();
    for (hour, length) in [(9, whole.len()), (10, 40), (11, 0)] {
        let mut damaged = whole.clone();
        damaged.iter_mut().take(64).for_each(|byte| *byte ^= 1);
        damaged.truncate(length);
        fs::write(&tree, damaged).unwrap();
        bench.grow(&format!("2026-11-23T{hour:02}:00"));
        succeeded(&bench.checkpoint());
        assert!(fs::read(&tree).unwrap().starts_with(&whole), "{length} bytes");
        let receipt = bench.receipt(&id);
        succeeded(&bench.verify(&receipt, "operator.pub", &[]));
    }
}

#[test]
fn a_torn_entry_that_a_checkpoint_covers_is_damage_and_stays_as_it_is() {
    let bench = Bench::new();
    succeeded(&bench.checkpoint());
    let segment = segment(&bench.town);
    let places = entries(&bench.town);
    // The checkpoint ends one entry before the last, which goes altogether.
    let [.., (at, _), (last, length)] = places[..] else { panic!() };
    let file = fs::OpenOptions::new().write(true).open(&segment).unwrap();
    let kept = at + 200;
    file.write_all_at(&vec![0u8; usize::try_from(last + length - kept).unwrap()], kept).unwrap();
    let torn = fs::read(&segment).unwrap();
    let said = said_by_serve(bench.town.dir.path());
    assert!(
        said.contains("error[journal_behind]: ") && said.contains(&format!("was cut off at byte {at}")),
        "{said}"
    );
    assert!(said.contains("`jakone journal repair --from COPY --data "), "{said}");
    let verified = bench.town.jakone(&["verify"]);
    let said = text(&verified.stderr);
    assert_eq!(code(&verified), "journal_behind");
    assert!(said.contains(&format!("was cut off at byte {at}")) && said.contains("this is damage"), "{said}");
    assert_eq!(fs::read(&segment).unwrap(), torn, "nothing was set aside or appended");
}

/// A bench whose city lives two years after its taps.
fn two_years_on() -> Bench {
    let bench = Bench::new();
    let offset = moment("2028-11-23T12:00").0 - SystemClock::new(0).now().0;
    fs::write(bench.town.dir.path().join("clock.json"), format!("{{\"offset_us\":{offset}}}")).unwrap();
    bench
}

impl Bench {
    fn forget(&self, before: &str) -> Output {
        self.town.jakone(&["forget", "--movement-before", before, "--key", &self.file("operator")])
    }

    /// The state's digest by a replay of the whole journal.
    fn digest(&self) -> String {
        let told: Json = serde_json::from_str(&self.town.printed(&["verify", "--json"])).unwrap();
        assert_eq!(told["projections"].as_array().unwrap().len(), 2);
        told["state"].as_str().unwrap().to_owned()
    }

    /// Rows of taps that tell a place, and minutes that do.
    fn placed(&self) -> [i64; 2] {
        let tasks = tokio::runtime::Runtime::new().unwrap();
        tasks.block_on(async {
            let databases = Databases::open(self.town.dir.path()).await.unwrap();
            let mut counts = [0; 2];
            let questions = [
                "select count(*) from acceptance_outcome where place is not null or device_at is not null \
                 or line is not null or part is not null or metres is not null or party is not null",
                "select count(*) from acceptance_minute where place <> ''",
            ];
            for (count, question) in counts.iter_mut().zip(questions) {
                let statement = Statement::from_string(DbBackend::Sqlite, question);
                let row = databases.projections.read().query_one_raw(statement).await.unwrap().unwrap();
                *count = row.try_get_by_index(0).unwrap();
            }
            databases.close().await.unwrap();
            counts
        })
    }

    fn key_files(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.town.dir.path().join("keys")).unwrap().map(|file| file.unwrap().path());
        let mut days: Vec<PathBuf> =
            files.filter(|path| path.to_str().is_some_and(|path| path.contains("/day-"))).collect();
        days.sort();
        days
    }
}

#[test]
fn what_must_be_kept_is_not_forgotten() {
    let bench = two_years_on();
    for (before, expected) in [
        ("2028-11-23", "forget_within_horizon"),
        ("2028-08-01", "forget_within_claims"),
        ("2028-02-01", "forget_within_audit"),
    ] {
        assert_eq!(code(&bench.forget(before)), expected, "{before}");
    }
    let hold = ["--from", "2026-11-01", "--to", "2026-11-30", "--by", "Inspektorat"];
    bench.town.printed(&[&["hold", "add", "ST-1/2027"][..], &hold].concat());
    let twice = bench.town.jakone(&[&["hold", "add", "ST-1/2027"][..], &hold].concat());
    assert_eq!(code(&twice), "hold_exists");
    let held = bench.forget("2027-01-01");
    assert_eq!(code(&held), "forget_within_hold");
    assert!(text(&held.stderr).contains("ST-1/2027"));
    assert_eq!(bench.key_files().len(), 1, "no key was destroyed");
    assert!(!bench.evidence("forgotten-2027-01-01.json").exists());
    succeeded(&bench.forget("2026-11-01"));
    bench.town.printed(&["hold", "lift", "ST-1/2027", "--by", "Inspektorat"]);
    assert_eq!(code(&bench.town.jakone(&["hold", "lift", "ST-1/2027", "--by", "x"])), "hold_unknown");
    assert!(bench.town.printed(&["hold", "list"]).contains("lifted "));
    let dry = bench.town.printed(&["forget", "--movement-before", "2027-01-01", "--dry-run"]);
    assert!(dry.starts_with("would forget: 3 taps of 1 days, 1 keys"), "{dry}");
    assert_eq!(bench.key_files().len(), 1);
    succeeded(&bench.forget("2027-01-01"));
    let (runtime, _) = start(bench.town.dir.path(), Arc::new(ManualClock::new(moment("2028-12-01T09:00"))));
    assert_eq!(code(&bench.forget("2027-02-01")), "journal_locked", "not beside a running server");
    drop(runtime.shutdown());
}

#[test]
fn everything_that_keeps_movement_is_said_at_once_and_before_anything_is_written() {
    let bench = two_years_on();
    for (document, from) in [("ST-2/2027", "2026-11-20"), ("ST-1/2027", "2026-11-10")] {
        let hold = ["--from", from, "--to", "2026-11-30", "--by", "Inspektorat"];
        bench.town.printed(&[&["hold", "add", document][..], &hold].concat());
    }
    let names = || {
        let listed = fs::read_dir(bench.town.dir.path()).unwrap();
        let mut names: Vec<_> = listed.map(|file| file.unwrap().file_name()).collect();
        names.sort();
        (names, entries(&bench.town))
    };
    let before = names();
    let dry = bench.town.jakone(&["forget", "--movement-before", "2028-11-23", "--dry-run"]);
    for refused in [bench.forget("2028-11-23"), dry] {
        let said = text(&refused.stderr);
        assert_eq!(code(&refused), "forget_within_horizon");
        for kept in ["horizon]", "claims]", "audit]", "hold]; ST-1/2027 orders", "ST-2/2027 orders to keep"] {
            assert!(said.contains(kept), "{kept}: {said}");
        }
        assert!(said.contains("Name 2026-11-10 or an earlier day"), "{said}");
    }
    let manifest = bench.town.dir.path().join("manifest.json");
    fs::write(&manifest, "{}").unwrap();
    assert_eq!(code(&bench.forget("2026-11-10")), "directory_is_backup");
    fs::remove_file(manifest).unwrap();
    assert_eq!(names(), before, "nothing was written, and no epoch was begun");
    succeeded(&bench.forget("2026-11-10"));
    assert_eq!(bench.key_files().len(), 1);
}

#[test]
fn forgetting_leaves_counts_and_books_and_no_place() {
    let bench = two_years_on();
    // Nothing is old enough, but the tables are built.
    succeeded(&bench.forget("2026-01-01"));
    succeeded(&bench.checkpoint());
    let receipt = bench.receipt(&bench.town.paid.to_string());
    let remembered = bench.digest();
    assert!(bench.placed().iter().all(|count| *count > 0));
    let key = bench.key_files().remove(0);
    let secret = fs::read(&key).unwrap();
    let said = succeeded(&bench.forget("2027-01-01"));
    assert!(
        said.starts_with("forgotten: movement of 1 days before 2027-01-01, 3 taps counted in "),
        "{said}"
    );
    assert_eq!(bench.placed(), [0, 0]);
    assert!(!key.exists() && key.with_extension("destroyed").exists());
    assert!(
        bench.town.printed(&["explain", &bench.town.paid.to_string()]).contains("the day's key is destroyed")
    );
    succeeded(&bench.verify(&receipt, "operator.pub", &[]));
    // The same journal with its key gives the same state.
    let forgotten = bench.digest();
    assert_ne!(forgotten, remembered, "the start in between is in the journal");
    fs::remove_file(key.with_extension("destroyed")).unwrap();
    fs::write(&key, secret).unwrap();
    assert_eq!(bench.digest(), forgotten);
}

#[test]
fn what_was_counted_is_signed_names_nobody_and_is_never_counted_again() {
    let bench = two_years_on();
    succeeded(&bench.forget("2027-01-01"));
    let path = bench.evidence("forgotten-2027-01-01.json");
    let kept = fs::read_to_string(&path).unwrap();
    let file: Json = serde_json::from_str(&kept).unwrap();
    let rows = file["aggregate"]["rows"].as_array().unwrap();
    let sum = |name: &str| rows.iter().map(|row| row[name].as_i64().unwrap()).sum::<i64>();
    assert_eq!((sum("taps"), sum("full"), sum("charged")), (3, 3_500 + 2 * 5_000, 2 * 5_000));
    let free = rows.iter().find(|row| row["benefit"] == "free_bus").unwrap();
    assert_eq!((&free["day"], &free["charged"]), (&"2026-11-23".into(), &0.into()));
    assert!(rows.iter().any(|row| row["operator"] == "museum_a" && row["taps"] == 2));
    for name in [bench.town.siti.to_string(), "stop_1".to_owned(), "museum_1".to_owned()] {
        assert!(!kept.contains(&name), "{name}");
    }
    // A run that ended before the keys were gone is taken up where it was.
    succeeded(&bench.forget("2027-01-01"));
    assert_eq!(fs::read_to_string(&path).unwrap(), kept);
    fs::write(&path, kept.replace("\"taps\": 2", "\"taps\": 9")).unwrap();
    let before = entries(&bench.town);
    assert_eq!(code(&bench.forget("2027-01-01")), "forgotten_file_invalid");
    assert_eq!(entries(&bench.town), before, "nothing was written");
}
