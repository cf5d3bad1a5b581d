//! When the servers of a journal on JetStream have no room: by a limit of the stream, of the account, of a node.

use std::time::Duration;

use fixtures::servers::{NatsCluster, NatsSettings};
use journal::conformance::Chain;
use journal::{Appended, JetstreamOptions, Journal, Sealed};
use serde_json::{Value, json};

use crate::jetstream::{all, durable, heads, open, options};

/// The servers are asked once only, unless they refuse or are believed to be full.
const NEVER: Duration = Duration::from_secs(3_600);
/// Longer than the servers are left alone while they are full.
const SOON: Duration = Duration::from_secs(30);

/// Limits the stream to so many bytes more than it has, or not at all.
fn limit(nodes: &NatsCluster, stream: &str, more: Option<i64>) {
    let ask = |what: &str, body: &Value| -> Value {
        let answer = nodes.request(&format!("$JS.API.STREAM.{what}.{stream}"), body.to_string().as_bytes());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["error"].is_null(), "{what}: {answer}");
        answer
    };
    let mut there = ask("INFO", &json!({}));
    let bytes = there["state"]["bytes"].as_i64().unwrap();
    there["config"]["max_bytes"] = json!(more.map_or(-1, |more| bytes + more));
    ask("UPDATE", &there["config"]);
}

fn refused(journal: &mut dyn Journal, sealed: &Sealed) {
    let before = journal.head();
    for _ in 0..3 {
        let appended = journal.append(sealed);
        assert!(matches!(appended, Appended::Unknown), "{appended:?}");
        assert_eq!(journal.head(), before);
    }
}

/// Appends large entries while there is room; each of them is taken.
fn fill(journal: &mut dyn Journal, chain: &mut Chain) -> Vec<Sealed> {
    let mut sealed = Vec::new();
    while journal.has_space() {
        let next = chain.next(&[&[7; 300_000]]).unwrap();
        let appended = journal.append(&next);
        assert!(matches!(appended, Appended::Durable), "entry {}: {appended:?}", next.head.seq);
        sealed.push(next);
    }
    sealed
}

#[test]
fn a_stream_that_is_limited_is_full_before_anything_is_decided_and_room_helps() {
    let nodes = NatsCluster::shared();
    let options = JetstreamOptions { room_every: Duration::ZERO, ..options(nodes, "LIMITED") };
    let (mut journal, mut chain) = (open(&options), Chain::new());
    let mut sealed = vec![chain.next(&[b"first"]).unwrap()];
    assert!(journal.has_space());
    durable(&mut journal, &sealed[0]);
    // Room for one full entry, and not for the one that is decided meanwhile.
    limit(nodes, "LIMITED", Some(1_000_000));
    assert!(!journal.has_space() && !journal.wait_for_space(Duration::from_millis(5)));
    assert!(journal.trouble().unwrap().contains("no room"), "{:?}", journal.trouble());
    sealed.push(chain.next(&[b"decided before"]).unwrap());
    durable(&mut journal, &sealed[1]);
    assert!(!journal.has_space());
    limit(nodes, "LIMITED", Some(2_700_000));
    assert!(journal.wait_for_space(SOON));
    assert_eq!(journal.trouble(), None);
    sealed.extend(fill(&mut journal, &mut chain));
    assert!((5..=6).contains(&sealed.len()), "two full entries short of the limit: {}", sealed.len());
    limit(nodes, "LIMITED", None);
    assert!(journal.wait_for_space(SOON));
    assert_eq!(all(&open(&options)), heads(&sealed));
}

#[test]
fn an_entry_that_finds_no_room_is_taken_when_there_is_some_and_stands_once() {
    let nodes = NatsCluster::shared();
    let options = JetstreamOptions { room_every: NEVER, ..options(nodes, "NO_ROOM") };
    let (mut journal, mut chain) = (open(&options), Chain::new());
    assert!(journal.has_space());
    let mut sealed = vec![chain.next(&[b"first"]).unwrap()];
    durable(&mut journal, &sealed[0]);
    // Nobody has asked since, so this one is decided.
    limit(nodes, "NO_ROOM", Some(1));
    assert!(journal.has_space());
    let decided = chain.next(&[b"decided"]).unwrap();
    refused(&mut journal, &decided);
    assert!(journal.trouble().unwrap().contains("no room"), "{:?}", journal.trouble());
    assert!(!journal.has_space(), "now it is known");
    assert_eq!(all(&journal), heads(&sealed), "nothing was written");
    limit(nodes, "NO_ROOM", None);
    durable(&mut journal, &decided);
    assert!(journal.wait_for_space(SOON));
    sealed.extend([decided, chain.next(&[b"after"]).unwrap()]);
    durable(&mut journal, &sealed[2]);
    assert_eq!(all(&open(&options)), heads(&sealed));
}

#[test]
fn an_account_or_a_node_without_room_is_full_and_room_helps() {
    let one = NatsSettings { nodes: 1, ..NatsSettings::default() };
    for settings in
        [NatsSettings { account_max_file: Some("6M"), ..one }, NatsSettings { max_file: "6M", ..one }]
    {
        let nodes = NatsCluster::start(settings);
        let options = |stream| JetstreamOptions { room_every: NEVER, ..options(&nodes, stream) };
        let (mut journal, mut chain) = (open(&options("CITY")), Chain::new());
        let mut sealed = fill(&mut journal, &mut chain);
        assert!(sealed.len() >= 13, "its own entries are counted: {}", sealed.len());
        // Another stream takes what is left.
        let (mut other, mut theirs) = (open(&options("OTHER")), Chain::new());
        let large = std::iter::from_fn(|| {
            let next = theirs.next(&[&[8; 300_000]]).unwrap();
            matches!(other.append(&next), Appended::Durable).then_some(())
        });
        assert!(large.take(20).count() < 20);
        let decided = chain.next(&[&[7; 300_000]]).unwrap();
        refused(&mut journal, &decided);
        assert!(!journal.has_space());
        let gone = nodes.request("$JS.API.STREAM.DELETE.OTHER", b"");
        assert!(gone.contains("\"success\":true"), "{gone}");
        durable(&mut journal, &decided);
        sealed.push(decided);
        assert_eq!(all(&open(&options("CITY"))), heads(&sealed));
    }
}
