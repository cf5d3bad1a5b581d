//! The journal on JetStream, against nodes of the tests' own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use fixtures::servers::{NatsCluster, NatsSettings};
use journal::conformance::Chain;
use journal::{
    Appended, Copies, Cover, Entry, Hash, Head, Jetstream, JetstreamError, JetstreamOptions, Journal, Sealed,
    SyncAlways, Uncovered,
};

/// Options for a stream on these nodes.
pub fn options(nodes: &NatsCluster, stream: &str) -> JetstreamOptions {
    let [user, system] = [NatsCluster::USER, NatsCluster::SYSTEM].map(|(u, p)| (u.to_owned(), p.to_owned()));
    let sync = SyncAlways::Asked { user: system.0, password: system.1 };
    let mut options = JetstreamOptions::new(nodes.urls(), sync);
    (options.user, options.stream) = (Some(user), stream.to_owned());
    if nodes.size() == 1 {
        options.copies = Copies::OneMachine;
    }
    options
}

/// Opens it; nodes that were just started choose a leader first.
pub fn open(options: &JetstreamOptions) -> Jetstream {
    let start = Instant::now();
    loop {
        match Jetstream::open(options.clone(), None) {
            Ok(journal) => return journal,
            Err(JetstreamError::Reach { .. } | JetstreamError::Silent { .. })
                if start.elapsed().as_secs() < 60 => {}
            Err(other) => panic!("{other}"),
        }
    }
}

pub fn durable(journal: &mut dyn Journal, sealed: &Sealed) {
    let appended = until_known(journal, sealed).0;
    assert!(matches!(appended, Appended::Durable), "{appended:?}");
}

/// Sends the same bytes until their fate is known, at most for a minute; with how often it was not.
fn until_known(journal: &mut dyn Journal, sealed: &Sealed) -> (Appended, u32) {
    let start = Instant::now();
    let mut unknown = 0;
    loop {
        match journal.append(sealed) {
            Appended::Unknown if start.elapsed().as_secs() < 60 => unknown += 1,
            known => return (known, unknown),
        }
    }
}

pub fn all(journal: &dyn Journal) -> Vec<Head> {
    let mut reader = journal.reader(1).unwrap();
    std::iter::from_fn(|| reader.next().unwrap()).map(|bytes| Entry::parse(&bytes).unwrap().head()).collect()
}

pub fn heads(sealed: &[Sealed]) -> Vec<Head> {
    sealed.iter().map(|sealed| sealed.head).collect()
}

#[test]
fn of_two_writers_one_is_taken_and_the_other_is_fenced() {
    let options = options(NatsCluster::shared(), "TWO");
    let (mut first, mut chain) = (open(&options), Chain::new());
    durable(&mut first, &chain.next(&[b"of the first"]).unwrap());
    let mut second = open(&options);
    assert_eq!(second.head(), first.head());
    let theirs = Chain::after(second.head()).next(&[b"of the second"]).unwrap();
    durable(&mut second, &theirs);
    let ours = chain.next(&[b"too late"]).unwrap();
    assert!(matches!(until_known(&mut first, &ours).0, Appended::Fenced));
    // Whoever sends what is there already hears that it is there.
    durable(&mut first, &theirs);
    assert_eq!(all(&second), all(&open(&options)));
}

#[test]
fn two_writers_at_once_never_share_a_number() {
    let options = options(NatsCluster::shared(), "RACE");
    drop(open(&options));
    let write = |name: &'static [u8]| {
        let mut acknowledged = Vec::new();
        for _ in 0..6 {
            let mut journal = open(&options);
            let mut chain = Chain::after(journal.head());
            for _ in 0..10 {
                let sealed = chain.next(&[name]).unwrap();
                match until_known(&mut journal, &sealed).0 {
                    Appended::Durable => acknowledged.push(sealed.head),
                    Appended::Fenced => break,
                    other => panic!("{other:?}"),
                }
            }
        }
        acknowledged
    };
    let mut acknowledged = std::thread::scope(|scope| {
        let (left, right) = (scope.spawn(|| write(b"left")), scope.spawn(|| write(b"right")));
        [left.join().unwrap(), right.join().unwrap()].concat()
    });
    acknowledged.sort_by_key(|head| head.seq);
    assert_eq!(acknowledged, all(&open(&options)), "each number once, each acknowledged entry there");
}

/// Appends until told to stop; what was acknowledged and how often nothing was known.
fn load(
    journal: &mut Jetstream,
    chain: &mut Chain,
    over: &AtomicBool,
    grown: mpsc::Sender<u64>,
) -> (Vec<Sealed>, u32) {
    let (mut acknowledged, mut unknown) = (Vec::new(), 0);
    while !over.load(Ordering::Relaxed) {
        let sealed = chain.next(&[&[7; 2_000], b"two", b"three"]).unwrap();
        let (known, doubts) = until_known(journal, &sealed);
        assert!(matches!(known, Appended::Durable), "{known:?}");
        unknown += doubts;
        acknowledged.push(sealed);
        grown.send(acknowledged.len() as u64).unwrap();
    }
    (acknowledged, unknown)
}

#[test]
fn with_one_node_of_three_stopped_it_goes_on_and_loses_nothing() {
    let nodes = NatsCluster::start(NatsSettings::default());
    let mut options = options(&nodes, "ONE_AWAY");
    options.wait_max = Duration::from_secs(2);
    let (mut journal, mut chain) = (open(&options), Chain::new());
    let over = AtomicBool::new(false);
    let (sender, grown) = mpsc::channel();
    let grows = |by: usize| (0..by).all(|_| grown.recv_timeout(Duration::from_secs(60)).is_ok());
    let (acknowledged, _) = std::thread::scope(|scope| {
        // The sender ends with the writer, so that nobody waits for entries that will not come.
        let (journal, chain, over_too) = (&mut journal, &mut chain, &over);
        let writer = scope.spawn(move || load(journal, chain, over_too, sender));
        // Each node once, so that the leader and the one we are connected to are among them.
        let went_on: Vec<bool> = (0..3)
            .map(|node| {
                let before = grows(30);
                nodes.kill(node);
                while grown.try_recv().is_ok() {}
                let without = grows(30);
                nodes.run(node);
                before && without
            })
            .collect();
        over.store(true, Ordering::Relaxed);
        assert_eq!(went_on, [true; 3], "before and after each kill");
        writer.join().unwrap()
    });
    assert!(acknowledged.len() >= 180, "{}", acknowledged.len());
    assert_eq!(all(&open(&options)), heads(&acknowledged));
    (0..3).for_each(|node| nodes.kill(node));
    (0..3).for_each(|node| nodes.run(node));
    assert_eq!(all(&open(&options)), heads(&acknowledged), "after all were killed at once");
}

#[test]
fn with_two_nodes_of_three_stopped_nothing_is_acknowledged_until_one_returns() {
    let nodes = NatsCluster::start(NatsSettings::default());
    let mut options = options(&nodes, "TWO_AWAY");
    options.wait_max = Duration::from_millis(500);
    let mut chain = Chain::new();
    let mut journal = open(&options);
    let mut sealed: Vec<Sealed> = (0..20).map(|_| chain.next(&[b"before"]).unwrap()).collect();
    sealed.iter().for_each(|sealed| durable(&mut journal, sealed));
    nodes.kill(1);
    nodes.kill(2);
    let next = chain.next(&[b"in doubt"]).unwrap();
    for _ in 0..6 {
        let appended = journal.append(&next);
        assert!(matches!(appended, Appended::Unknown), "{appended:?}");
    }
    assert_eq!(journal.head(), sealed[19].head);
    assert!(journal.trouble().is_some());
    nodes.run(2);
    durable(&mut journal, &next);
    sealed.push(next);
    let after = chain.next(&[b"after"]).unwrap();
    durable(&mut journal, &after);
    sealed.push(after);
    nodes.run(1);
    assert_eq!(all(&open(&options)), heads(&sealed), "everything is there once");
}

#[test]
fn an_entry_that_is_sent_again_after_its_answer_was_lost_stands_once() {
    let options = options(NatsCluster::shared(), "AGAIN");
    let (mut journal, mut chain) = (open(&options), Chain::new());
    let first = chain.next(&[b"first"]).unwrap();
    durable(&mut journal, &first);
    // A second handle at the old place sends the same bytes, as a process does that did not hear the answer.
    let mut late = open(&options);
    let second = chain.next(&[b"second"]).unwrap();
    durable(&mut journal, &second);
    durable(&mut late, &second);
    assert_eq!(late.head(), second.head);
    assert_eq!(all(&late), heads(&[first, second]));
}

#[test]
fn a_stream_that_is_not_a_journals_is_refused_by_the_name_of_the_field() {
    let nodes = NatsCluster::start(NatsSettings { nodes: 1, ..NatsSettings::default() });
    let alone = |stream: &str| options(&nodes, stream);
    drop(open(&alone("GOOD")));
    let wrong: &[(&'static str, &str)] = &[
        ("deny_delete", r#""deny_delete":false"#),
        ("deny_purge", r#""deny_purge":false"#),
        ("allow_direct", r#""allow_direct":true"#),
        ("discard", r#""discard":"old""#),
        ("storage", r#""storage":"memory""#),
        ("max_age", r#""max_age":200000000,"duplicate_window":200000000"#),
        ("max_bytes", r#""max_bytes":1000000"#),
        ("max_msgs", r#""max_msgs":1000"#),
        ("max_msg_size", r#""max_msg_size":1000"#),
        ("retention", r#""retention":"workqueue""#),
        ("subjects", r#""subjects":["other.>"]"#),
        ("persist_mode async", r#""persist_mode":"async""#),
        ("allow_msg_ttl", r#""allow_msg_ttl":true"#),
    ];
    for (place, (field, given)) in wrong.iter().enumerate() {
        let stream = format!("WRONG{place}");
        make_stream(&nodes, &stream, given);
        let error = Jetstream::open(alone(&stream), None).unwrap_err();
        assert!(
            matches!(&error, JetstreamError::Stream { field: found, .. } if found == field),
            "{given}: {error}"
        );
        assert!(error.to_string().contains(field) && error.to_string().contains(&stream), "{error}");
    }
    let mut three = alone("GOOD");
    three.copies = Copies::Three;
    let error = Jetstream::open(three.clone(), None).unwrap_err();
    assert!(matches!(error, JetstreamError::Silent { answered: 1, needed: 2 }), "{error}");
    three.sync = SyncAlways::Vouched;
    let error = Jetstream::open(three, None).unwrap_err();
    assert!(matches!(error, JetstreamError::Stream { field: "num_replicas", .. }), "{error}");
}

/// Makes a stream with a journal's configuration but for one field.
fn make_stream(nodes: &NatsCluster, stream: &str, given: &str) {
    let name = given.split(':').next().unwrap();
    let subjects = format!(r#""subjects":["{stream}.entry"]"#);
    let fields = [
        subjects.as_str(),
        r#""storage":"file""#,
        r#""retention":"limits""#,
        r#""discard":"new""#,
        r#""deny_delete":true"#,
        r#""deny_purge":true"#,
    ];
    let kept: Vec<&str> =
        fields.into_iter().filter(|field| !field.starts_with(name)).chain([given]).collect();
    let config = format!(r#"{{"name":"{stream}","num_replicas":1,{}}}"#, kept.join(","));
    let answer = nodes.request(&format!("$JS.API.STREAM.CREATE.{stream}"), config.as_bytes());
    assert!(!answer.contains("\"error\""), "{config}: {answer}");
}

#[test]
fn a_server_that_flushes_later_or_takes_too_little_is_refused() {
    let lazy = NatsCluster::start(NatsSettings { nodes: 1, sync_interval: "2m", ..NatsSettings::default() });
    let error = Jetstream::open(options(&lazy, "LAZY"), None).unwrap_err();
    assert!(matches!(&error, JetstreamError::SyncLater { server } if server == "node-0"), "{error}");
    assert!(error.to_string().contains("sync_interval: always"), "{error}");
    let vouched = JetstreamOptions { sync: SyncAlways::Vouched, ..options(&lazy, "LAZY") };
    assert!(Jetstream::open(vouched, None).is_ok(), "nobody looks when the operator vouches");
    let small =
        NatsCluster::start(NatsSettings { nodes: 1, max_payload: 700_000, ..NatsSettings::default() });
    let error = Jetstream::open(options(&small, "SMALL"), None).unwrap_err();
    assert!(matches!(error, JetstreamError::Payload { found: 700_000, .. }), "{error}");
}

#[test]
fn an_old_server_is_refused_by_its_version() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("nats://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let info = r#"{"server_id":"OLD","server_name":"debian","version":"2.9.10","proto":1,"go":"go1.19","host":"127.0.0.1","port":1,"headers":true,"max_payload":1048576,"jetstream":true}"#;
        write!(socket, "INFO {info}\r\n").unwrap();
        let lines = BufReader::new(socket.try_clone().unwrap()).lines().map_while(Result::ok);
        lines.filter(|line| line == "PING").for_each(|_| drop(socket.write_all(b"PONG\r\n")));
    });
    let error = Jetstream::open(JetstreamOptions::new(vec![address], SyncAlways::Vouched), None).unwrap_err();
    assert!(matches!(&error, JetstreamError::Version { found, .. } if found == "2.9.10"), "{error}");
    assert!(error.to_string().contains("2.14.4 or later"), "{error}");
    server.join().unwrap();
}

#[test]
fn a_stream_that_is_behind_or_another_is_refused_and_so_is_a_foreign_message() {
    let nodes = NatsCluster::shared();
    let options = options(nodes, "COVER");
    let (mut journal, mut chain) = (open(&options), Chain::new());
    let sealed: Vec<Sealed> = (0..3).map(|_| chain.next(&[b"one"]).unwrap()).collect();
    sealed.iter().for_each(|sealed| durable(&mut journal, sealed));
    let with = |seq, hash| Jetstream::open(options.clone(), Some(Cover { seq, hash }));
    with(2, sealed[1].head.hash).unwrap();
    let behind = with(9, Hash::ZERO).unwrap_err();
    assert!(matches!(behind, JetstreamError::Uncovered(Uncovered::Behind { .. })), "{behind}");
    let differs = with(2, Hash::ZERO).unwrap_err();
    assert!(matches!(differs, JetstreamError::Uncovered(Uncovered::Differs { .. })), "{differs}");
    // Somebody with rights on the subject writes something else there.
    assert!(nodes.request("COVER.entry", b"not an entry").contains("\"seq\":4"));
    let fourth = chain.next(&[b"four"]).unwrap();
    assert!(matches!(until_known(&mut journal, &fourth).0, Appended::Fenced));
    let error = Jetstream::open(options, None).unwrap_err();
    assert!(matches!(error, JetstreamError::Read(_)) && error.to_string().contains("entry 4"), "{error}");
}

#[test]
fn where_tls_is_asked_for_nothing_is_said_without_it() {
    let nodes = NatsCluster::start(NatsSettings { nodes: 1, ..NatsSettings::default() });
    let mut options = options(&nodes, "TLS");
    options.tls_roots = Some("/etc/ssl/certs/ca-certificates.crt".into());
    let error = Jetstream::open(options, None).unwrap_err();
    assert!(matches!(&error, JetstreamError::Reach { action: "connect", .. }), "{error}");
    assert!(error.to_string().contains("InvalidContentType"), "the answer to a greeting of TLS: {error}");
}
