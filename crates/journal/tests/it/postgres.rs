//! The journal on PostgreSQL, against a server of the tests' own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fixtures::servers::PostgresServer;
use journal::conformance::Chain;
use journal::{
    AppendError, Appended, Cover, Entry, Finding, Hash, Head, Journal, Postgres, PostgresError,
    PostgresOptions, ReadError, Sealed, Uncovered, Unfit,
};

fn open(url: &str) -> Postgres {
    Postgres::open(PostgresOptions::new(url), None).unwrap()
}

fn durable(journal: &mut dyn Journal, sealed: &Sealed) {
    let appended = journal.append(sealed);
    assert!(matches!(appended, Appended::Durable), "{appended:?}");
}

/// A journal with so many entries, closed.
fn filled(url: &str, count: usize) -> Vec<Sealed> {
    let mut journal = open(url);
    let mut chain = Chain::new();
    let sealed = (0..count).map(|_| chain.next(&[b"one", b"two", b"three"]).unwrap());
    sealed.inspect(|sealed| durable(&mut journal, sealed)).collect()
}

fn all(journal: &dyn Journal) -> Result<Vec<u64>, ReadError> {
    let mut reader = journal.reader(1)?;
    std::iter::from_fn(|| reader.next().transpose())
        .map(|bytes| bytes.map(|bytes| Entry::parse(&bytes).unwrap().seq()))
        .collect()
}

fn refused(url: &str, cover: Option<Cover>) -> PostgresError {
    Postgres::open(PostgresOptions::new(url), cover).unwrap_err()
}

#[test]
fn whoever_opens_later_leads_and_the_one_before_is_fenced() {
    let url = PostgresServer::shared().database();
    let (mut chain, mut first) = (Chain::new(), open(&url));
    durable(&mut first, &chain.next(&[b"of the first"]).unwrap());
    let mut second = open(&url);
    let mut other = Chain::after(second.head());
    assert!(matches!(first.append(&chain.next(&[b"too late"]).unwrap()), Appended::Fenced));
    durable(&mut second, &other.next(&[b"of the second"]).unwrap());
    assert_eq!(all(&second).unwrap(), [1, 2]);
    assert_eq!(first.head().seq, 1, "the fenced one has moved nothing");
}

/// Takes the lead again and again and writes until it is lost; what was acknowledged.
fn lead(url: &str, name: &[u8], turns: usize) -> Vec<Head> {
    let mut acknowledged = Vec::new();
    let mut journals = std::iter::repeat_with(|| Postgres::open(PostgresOptions::new(url), None));
    for _ in 0..turns {
        // The other may take the lead in the same moment; then this one is refused and comes again.
        let mut journal = journals.by_ref().take(1_000).find_map(Result::ok).unwrap();
        let mut chain = Chain::after(journal.head());
        for _ in 0..25 {
            let sealed = chain.next(&[name]).unwrap();
            match journal.append(&sealed) {
                Appended::Durable => acknowledged.push(sealed.head),
                Appended::Fenced => break,
                other => panic!("{other:?}"),
            }
        }
    }
    acknowledged
}

#[test]
fn two_writers_that_take_the_lead_from_each_other_never_share_a_number() {
    let url = PostgresServer::shared().database();
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| lead(&url, b"left", 12));
        let right = scope.spawn(|| lead(&url, b"right", 12));
        (left.join().unwrap(), right.join().unwrap())
    });
    assert!(!left.is_empty() && !right.is_empty(), "both had the lead: {} and {}", left.len(), right.len());
    let mut heads = [left, right].concat();
    heads.sort_by_key(|head| head.seq);
    let numbers: Vec<u64> = heads.iter().map(|head| head.seq).collect();
    assert_eq!(numbers, all(&open(&url)).unwrap(), "each number once, each acknowledged entry there");
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed_under_load() {
    let server = PostgresServer::start(&[]);
    let url = server.database();
    let mut options = PostgresOptions::new(&url);
    options.wait_max = Duration::from_secs(2);
    let mut journal = Postgres::open(options, None).unwrap();
    let (mut chain, mut unknown, over) = (Chain::new(), 0, AtomicBool::new(false));
    let mut acknowledged = Vec::new();
    let other = std::thread::scope(|scope| {
        scope.spawn(|| {
            let entries = || server.sql(&url, "select seq from journal.head").parse::<u64>().unwrap();
            for round in 0..4 {
                let wanted = entries() + 50;
                while !over.load(Ordering::Relaxed) && entries() < wanted {
                    std::thread::yield_now();
                }
                if round % 2 == 0 {
                    server.kill()
                } else {
                    server.stop_at_once()
                }
                server.run();
            }
            over.store(true, Ordering::Relaxed);
        });
        while !over.load(Ordering::Relaxed) {
            let sealed = chain.next(&[&[7; 2_000], b"two", b"three"]).unwrap();
            let known = std::iter::repeat_with(|| journal.append(&sealed)).find(|appended| {
                unknown += u32::from(matches!(appended, Appended::Unknown));
                !matches!(appended, Appended::Unknown)
            });
            if !matches!(known, Some(Appended::Durable)) {
                over.store(true, Ordering::Relaxed);
                return known;
            }
            acknowledged.push(sealed);
        }
        None
    });
    assert!(other.is_none(), "{other:?}");
    assert!(unknown >= 4, "each kill leaves an append in doubt: {unknown}");
    drop(journal);
    let journal = open(&url);
    let mut reader = journal.reader(1).unwrap();
    for sealed in &acknowledged {
        assert_eq!(reader.next().unwrap().as_deref(), Some(&sealed.bytes[..]), "entry {}", sealed.head.seq);
    }
    assert!(reader.next().unwrap().is_none());
}

#[test]
fn an_entry_that_only_the_primary_has_is_not_acknowledged() {
    let (primary, mut chain) = (PostgresServer::start(&[]), Chain::new());
    let url = primary.database();
    let standby = primary.standby("b");
    primary.wait_for("b");
    let mut options = PostgresOptions::new(&url);
    options.wait_max = Duration::from_secs(1);
    let mut journal = Postgres::open(options, None).unwrap();
    durable(&mut journal, &chain.next(&[b"first"]).unwrap());
    standby.kill();
    let second = chain.next(&[b"second"]).unwrap();
    assert!(matches!(journal.append(&second), Appended::Unknown));
    // A start shows what was written and never reached the standby.
    primary.stop_at_once();
    primary.run();
    assert_eq!(primary.sql(&url, "select seq from journal.head"), "2");
    for _ in 0..3 {
        let appended = journal.append(&second);
        assert!(matches!(appended, Appended::Unknown), "the standby does not have it: {appended:?}");
    }
    assert_eq!(journal.head().seq, 1);
    standby.run();
    let known = std::iter::repeat_with(|| journal.append(&second)).take(60);
    let known = known.into_iter().find(|appended| !matches!(appended, Appended::Unknown));
    assert!(matches!(known, Some(Appended::Durable)), "{known:?}");
    primary.kill();
    standby.promote();
    assert_eq!(standby.sql(&url, "select seq from journal.head"), "2");
}

#[test]
fn an_append_whose_connection_is_lost_is_unknown_and_resolved_by_the_same_bytes() {
    let server = PostgresServer::shared();
    let url = server.database();
    let mut options = PostgresOptions::new(&url);
    options.wait_max = Duration::from_secs(1);
    let mut journal = Postgres::open(options, None).unwrap();
    let mut chain = Chain::new();
    durable(&mut journal, &chain.next(&[b"first"]).unwrap());
    // The commit happens, but the answer comes after the time is over.
    let slow = "create function journal.slow() returns trigger language plpgsql as \
                $$ begin perform pg_sleep(1.5); return new; end $$; \
                create trigger slow before insert on journal.entry for each row execute function journal.slow()";
    server.sql(&url, slow);
    let second = chain.next(&[b"second"]).unwrap();
    assert!(matches!(journal.append(&second), Appended::Unknown));
    assert!(journal.trouble().unwrap().contains("no answer"), "{:?}", journal.trouble());
    assert_eq!(journal.head().seq, 1);
    server.sql(&url, "select pg_sleep(2)");
    assert_eq!(server.sql(&url, "select seq from journal.head"), "2", "the lost answer was yes");
    durable(&mut journal, &second);
    // The connection is cut before anything arrives.
    server.sql(&url, "drop trigger slow on journal.entry");
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity \
               where application_name = 'jakone-journal' and datname = current_database()";
    assert!(server.sql(&url, cut).contains('t'));
    let third = chain.next(&[b"third"]).unwrap();
    assert!(matches!(journal.append(&third), Appended::Unknown));
    assert_eq!(server.sql(&url, "select seq from journal.head"), "2", "nothing arrived");
    durable(&mut journal, &third);
    // In doubt, and another leader takes the number meanwhile.
    assert!(server.sql(&url, cut).contains('t'));
    let fourth = chain.next(&[b"fourth"]).unwrap();
    assert!(matches!(journal.append(&fourth), Appended::Unknown));
    let mut other = open(&url);
    let theirs = Chain::after(other.head()).next(&[b"of another"]).unwrap();
    durable(&mut other, &theirs);
    assert!(matches!(journal.append(&fourth), Appended::Fenced));
    assert_eq!(all(&other).unwrap(), [1, 2, 3, 4]);
}

#[test]
fn a_resend_waits_for_the_transaction_that_may_still_be_running() {
    let server = PostgresServer::shared();
    let url = server.database();
    let mut options = PostgresOptions::new(&url);
    options.wait_max = Duration::from_secs(1);
    let mut journal = Postgres::open(options, None).unwrap();
    let mut chain = Chain::new();
    durable(&mut journal, &chain.next(&[b"first"]).unwrap());
    let slow = "create function journal.slow() returns trigger language plpgsql as \
                $$ begin perform pg_sleep(1.5); return new; end $$; \
                create trigger slow before insert on journal.entry for each row execute function journal.slow()";
    server.sql(&url, slow);
    let second = chain.next(&[b"second"]).unwrap();
    assert!(matches!(journal.append(&second), Appended::Unknown));
    // At once, while the first transaction holds the head.
    let appends = std::iter::repeat_with(|| journal.append(&second)).take(20);
    let known = appends.into_iter().find(|appended| !matches!(appended, Appended::Unknown));
    assert!(matches!(known, Some(Appended::Durable)), "{known:?}");
    assert_eq!(all(&journal).unwrap(), [1, 2]);
}

#[test]
fn a_server_that_may_lose_what_it_acknowledges_is_refused() {
    let server = PostgresServer::start(&["fsync = off"]);
    let url = server.database();
    let unfit = |expected: Unfit| {
        let error = refused(&url, None);
        assert!(matches!(&error, PostgresError::Unfit { unfit, .. } if *unfit == expected), "{error}");
    };
    unfit(Unfit::FsyncOff);
    server.sql("postgres", "alter system set fsync = on");
    server.sql("postgres", "alter system set full_page_writes = off");
    server.sql("postgres", "select pg_reload_conf()");
    until("the server has read its settings", || {
        matches!(refused(&url, None), PostgresError::Unfit { unfit: Unfit::TornPages, .. })
    });
    server.sql("postgres", "alter system set full_page_writes = on");
    server.sql("postgres", "select pg_reload_conf()");
    let mut opened = None;
    until("the server is fit", || {
        opened = Postgres::open(PostgresOptions::new(&url), None).ok();
        opened.is_some()
    });
    let mut journal = opened.unwrap();
    let mut chain = Chain::new();
    durable(&mut journal, &chain.next(&[b"first"]).unwrap());
    // Weak promises after a restart are noticed too, before anything is acknowledged.
    server.sql("postgres", "alter system set fsync = off");
    server.stop_at_once();
    server.run();
    let second = chain.next(&[b"second"]).unwrap();
    let answers = [journal.append(&second), journal.append(&second)];
    assert!(
        matches!(&answers, [Appended::Unknown, Appended::Failed(AppendError::Refused { reason, .. })]
            if reason.contains("fsync")),
        "{answers:?}"
    );
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    assert!((0..2_000).any(|_| holds()), "{what}");
}

#[test]
fn wrong_rows_are_found_by_the_reader() {
    let server = PostgresServer::shared();
    let damage: &[(&str, &str, u64)] = &[
        (
            "a byte",
            "update journal.entry set bytes = set_byte(bytes, 150, get_byte(bytes, 150) # 1) where seq = 3",
            3,
        ),
        ("a hash", "update journal.entry set hash = decode(repeat('0a', 32), 'hex') where seq = 4", 4),
        ("a missing row", "delete from journal.entry where seq = 2", 2),
        (
            "a row of another number",
            "update journal.entry a set bytes = b.bytes, hash = b.hash from journal.entry b where a.seq = 2 and b.seq = 3",
            2,
        ),
    ];
    for (what, statement, place) in damage {
        let url = server.database();
        filled(&url, 6);
        let journal = open(&url);
        server.sql(&url, statement);
        let mut reader = journal.reader(1).unwrap();
        let found = std::iter::from_fn(|| reader.next().transpose()).find_map(Result::err).unwrap();
        assert!(matches!(&found, ReadError::Wrong(wrong) if wrong.seq == *place), "{what}: {found}");
        assert!(found.to_string().contains("replica take over"), "{found}");
        // From the entry after the damage on, the chain to the one before is checked too.
        let mut later = journal.reader(place + 1).unwrap();
        assert!(later.next().is_err(), "{what}");
        assert!(
            journal.reader(6).unwrap().next().unwrap().is_some(),
            "{what}: what is far from it can be read"
        );
    }
}

#[test]
fn a_database_whose_head_is_not_its_last_entry_is_refused() {
    let server = PostgresServer::shared();
    let url = server.database();
    let sealed = filled(&url, 3);
    server.sql(
        &url,
        "create table kept as select * from journal.entry; delete from journal.entry where seq = 3",
    );
    let error = refused(&url, None);
    assert!(matches!(error, PostgresError::Torn { head: 3, last: 2, .. }), "{error}");
    server.sql(&url, "insert into journal.entry select * from kept where seq = 3");
    let cover = |seq, hash| Some(Cover { seq, hash });
    let error = refused(&url, cover(9, Hash::ZERO));
    assert!(matches!(error, PostgresError::Uncovered(Uncovered::Behind { .. })), "{error}");
    let error = refused(&url, cover(2, Hash::ZERO));
    assert!(matches!(error, PostgresError::Uncovered(Uncovered::Differs { .. })), "{error}");
    let epoch = server.sql(&url, "select epoch from journal.head");
    assert_eq!(epoch, "1", "a refused opening takes no lead");
    Postgres::open(PostgresOptions::new(&url), cover(2, sealed[1].head.hash)).unwrap();
    server.sql(&url, "update journal.entry set bytes = substr(bytes, 9) where seq = 3");
    let error = refused(&url, None);
    let damaged = |found: Finding| matches!(found, Finding::Entry(_));
    assert!(
        matches!(&error, PostgresError::Read(ReadError::Wrong(wrong)) if wrong.seq == 3 && damaged(wrong.finding)),
        "{error}"
    );
    server.sql(&url, "update journal.head set version = 2");
    assert!(matches!(refused(&url, None), PostgresError::Version { found: 2, known: 1, .. }));
}

#[test]
fn a_full_disk_is_said_before_anything_is_decided_and_room_helps() {
    let server = PostgresServer::shared();
    let url = server.database();
    let mut options = PostgresOptions::new(&url);
    options.retry_pause = Duration::ZERO;
    let mut journal = Postgres::open(options, None).unwrap();
    let mut chain = Chain::new();
    assert!(journal.has_space());
    durable(&mut journal, &chain.next(&[b"first"]).unwrap());
    let full = "create function full_disk() returns trigger language plpgsql as \
                $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$; \
                create function full_ddl() returns event_trigger language plpgsql as \
                $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$; \
                create trigger full_disk before insert on journal.entry for each row execute function full_disk(); \
                create event trigger full_ddl on ddl_command_start when tag in ('CREATE TABLE') \
                execute function full_ddl()";
    let room = "drop event trigger full_ddl; drop trigger full_disk on journal.entry; \
                drop function full_ddl; drop function full_disk";
    server.sql(&url, full);
    let second = chain.next(&[b"second"]).unwrap();
    for _ in 0..2 {
        assert!(matches!(journal.append(&second), Appended::Unknown), "it stays up and sends it again");
    }
    assert!(!journal.has_space() && !journal.wait_for_space(Duration::from_millis(5)));
    assert!(journal.trouble().unwrap().contains("is full"), "{:?}", journal.trouble());
    server.sql(&url, room);
    durable(&mut journal, &second);
    assert!(journal.has_space());
    server.sql(&url, full);
    drop(journal);
    let mut journal = open(&url);
    assert!(!journal.has_space(), "a new process asks before it decides");
    server.sql(&url, room);
    assert!(journal.wait_for_space(Duration::from_secs(30)));
    durable(&mut journal, &chain.next(&[b"third"]).unwrap());
    assert_eq!(server.sql(&url, "select to_regclass('journal.room') is null"), "t", "asking leaves nothing");
}

#[test]
fn entries_are_stored_as_they_are_beside_the_row() {
    let server = PostgresServer::shared();
    let url = server.database();
    let mut journal = open(&url);
    durable(&mut journal, &Chain::new().next(&[&[0; 100_000]]).unwrap());
    let sizes = server.sql(&url, "select octet_length(bytes) - pg_column_size(bytes) from journal.entry");
    assert_eq!(sizes, "0", "not compressed");
    assert_eq!(server.sql(&url, "select pg_relation_size('journal.entry')"), "8192", "out of line");
}

#[test]
fn a_reader_beside_the_leader_takes_nothing_from_it() {
    let url = PostgresServer::shared().database();
    let (mut journal, mut chain) = (open(&url), Chain::new());
    let sealed: Vec<Sealed> = (0..3).map(|_| chain.next(&[b"one"]).unwrap()).collect();
    sealed.iter().for_each(|sealed| durable(&mut journal, sealed));
    let (head, mut reader) = Postgres::beside(&PostgresOptions::new(&url), 2).unwrap();
    durable(&mut journal, &chain.next(&[b"later"]).unwrap());
    assert_eq!(head, sealed[2].head);
    for sealed in &sealed[1..] {
        assert_eq!(reader.next().unwrap().as_deref(), Some(&sealed.bytes[..]));
    }
    assert!(reader.next().unwrap().is_none(), "it ends where the journal ended when it was opened");
    let beyond = Postgres::beside(&PostgresOptions::new(&url), 6).map(|(head, _)| head);
    assert!(
        matches!(beyond, Err(PostgresError::Read(ReadError::Beyond { from_seq: 6, head: 4 }))),
        "{beyond:?}"
    );
}

#[test]
fn an_address_that_leads_nowhere_is_said_without_its_password() {
    let error = refused("postgres://journal:geheim@127.0.0.1:1/journal", None);
    let said = error.to_string();
    assert!(matches!(error, PostgresError::Reach { .. }) && said.contains("127.0.0.1:1/journal"), "{said}");
    assert!(!said.contains("geheim"), "{said}");
    assert!(matches!(refused("not an address", None), PostgresError::Url(_)));
}

#[test]
fn where_tls_is_asked_for_nothing_is_said_without_it() {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        // Says that it speaks TLS, and then does not; what it hears must be a TLS greeting.
        let (mut socket, _) = listener.accept().unwrap();
        socket.read_exact(&mut [0; 8]).unwrap();
        socket.write_all(b"S").unwrap();
        let mut heard = [0; 2];
        socket.read_exact(&mut heard).unwrap();
        socket.write_all(b"not TLS at all").unwrap();
        heard
    });
    let error = refused(&format!("postgres://journal:geheim@{address}/journal?sslmode=require"), None);
    assert!(matches!(error, PostgresError::Reach { .. }), "{error}");
    assert_eq!(server.join().unwrap(), [0x16, 0x03], "a handshake of TLS");
}
