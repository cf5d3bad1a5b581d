//! Measurements, run by hand: `cargo test --profile release -p journal -- --ignored --nocapture speed`.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::{CivilDate, Timestamp};
use fixtures::servers::{NatsCluster, NatsSettings, PostgresServer};
use journal::conformance::Chain;
use journal::{
    Appended, Draft, Embedded, EmbeddedOptions, Entry, Head, Journal, KeyRing, Movement, Postgres,
    PostgresOptions, Sealed, Sealer,
};

use crate::jetstream;

const ENTRIES: u32 = 200;

fn batch(value: usize, movement: usize, at: i64) -> Draft {
    let mut draft = Draft::new();
    draft.clear(Timestamp(at));
    let bytes = [0x5Au8; 256];
    while draft.fits(value, movement) && draft.len() < 4_000 {
        let movement = Movement { date: CivilDate(20_000), plain: &bytes[..movement] };
        draft.push(&bytes[..value], (!movement.plain.is_empty()).then_some(movement));
    }
    draft
}

fn per_record(what: &str, records: u64, took: Duration) {
    println!("{what}: {} ns per record", took.as_nanos() / u128::from(records));
}

fn seal(what: &str, draft: &Draft) -> Vec<Sealed> {
    let mut sealer = Sealer::new(Arc::new(KeyRing::in_memory([1; 32])));
    let epoch = sealer.seal(&Draft::new(), &Head::EMPTY).unwrap();
    let mut head = epoch.head;
    let mut all = vec![epoch];
    let start = Instant::now();
    for _ in 0..ENTRIES {
        all.push(sealer.seal(draft, &head).unwrap());
        head = all.last().unwrap().head;
    }
    per_record(what, u64::from(ENTRIES) * draft.len() as u64, start.elapsed());
    all
}

#[test]
#[ignore = "a measurement: its numbers are read by people"]
fn speed_of_sealing_and_reading() {
    let taps = batch(120, 60, 5);
    seal("sealing taps of 120 + 60 bytes", &taps);
    let small = batch(90, 0, 5);
    let all = seal("sealing values of 90 bytes", &small);
    let records = u64::from(ENTRIES) * small.len() as u64;
    let start = Instant::now();
    for sealed in &all {
        let entry = Entry::parse_unchecked_hashes(&sealed.bytes).unwrap();
        black_box(entry.records().map(|record| record.value.len()).sum::<usize>());
    }
    per_record("reading without hashes", records, start.elapsed());
    let start = Instant::now();
    for sealed in &all {
        Entry::parse_unchecked_hashes(&sealed.bytes).unwrap().check_hashes().unwrap();
    }
    per_record("checking hashes", records, start.elapsed());

    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (mut journal, _) = Embedded::open(dir.path(), EmbeddedOptions::default(), None).unwrap();
    let start = Instant::now();
    for sealed in &all {
        assert!(journal.wait_for_space(Duration::from_secs(60)));
        assert!(matches!(journal.append(sealed), Appended::Durable));
    }
    per_record("appending full batches", records, start.elapsed());
    drop(journal);
    let start = Instant::now();
    let (journal, _) =
        Embedded::open(dir.path(), EmbeddedOptions { check_hashes: false, ..Default::default() }, None)
            .unwrap();
    per_record("opening without hashes", records, start.elapsed());
    let start = Instant::now();
    let mut reader = journal.reader(1).unwrap();
    while let Some(bytes) = reader.next().unwrap() {
        black_box(Entry::parse_unchecked_hashes(&bytes).unwrap().records().count());
    }
    per_record("replaying from disk without hashes", records, start.elapsed());
}

/// Appends entries with one value of so many bytes, one after the other; when half and 99 of 100 were durable.
fn appends(journal: &mut dyn Journal, count: usize, bytes: usize) -> (Duration, Duration) {
    let mut chain = Chain::after(journal.head());
    let value = vec![1; bytes];
    let mut took: Vec<Duration> = (0..count)
        .map(|_| {
            let sealed = chain.next(&[&value]).unwrap();
            assert!(journal.wait_for_space(Duration::from_secs(60)));
            let start = Instant::now();
            assert!(matches!(journal.append(&sealed), Appended::Durable));
            start.elapsed()
        })
        .collect();
    took.sort();
    (took[count / 2], took[count * 99 / 100])
}

fn measure(what: &str, journal: &mut dyn Journal) {
    for (count, bytes) in [(1_000, 3_600), (200, 786_000)] {
        let (half, most) = appends(journal, count, bytes);
        println!("{what}, an entry of {bytes} bytes: p50 {half:?}, p99 {most:?}");
    }
    let mut reader = journal.reader(1).unwrap();
    let (start, mut read) = (Instant::now(), 0);
    while let Some(bytes) = reader.next().unwrap() {
        read += bytes.len();
    }
    println!("{what}, read again: {} MB/s", read as u128 / start.elapsed().as_micros());
}

#[test]
#[ignore = "a measurement: its numbers are read by people"]
fn speed_of_one_append_on_every_backend() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    measure("embedded", &mut Embedded::open(dir.path(), EmbeddedOptions::default(), None).unwrap().0);
    let server = PostgresServer::start(&["shared_buffers = 256MB", "max_wal_size = 2GB"]);
    measure("PostgreSQL", &mut Postgres::open(PostgresOptions::new(server.database()), None).unwrap());
    drop(server);
    for nodes in [1, 3] {
        let cluster = NatsCluster::start(NatsSettings { nodes, ..NatsSettings::default() });
        measure(
            &format!("JetStream, {nodes} nodes"),
            &mut jetstream::open(&jetstream::options(&cluster, "SPEED")),
        );
    }
}
