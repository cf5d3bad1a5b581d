//! A journal on NATS whose stream has no room: the product decides nothing more, stays up, and goes on when there is room.

use std::time::Instant;

use fixtures::servers::NatsCluster;
use rustix::process::Signal;
use serde_json::{Value as Json, json};

use crate::city::request;
use crate::machines::{Desk, WAIT_MAX, accepted, bank, id, printed, top_up};
use crate::servers::Servers;

/// Asks the servers something about the stream; gives the answer.
fn ask(what: &str, stream: &str, body: &Json) -> Json {
    let subject = format!("$JS.API.STREAM.{what}.{stream}");
    let answer = NatsCluster::shared().request(&subject, body.to_string().as_bytes());
    let answer: Json = serde_json::from_str(&answer).unwrap();
    assert!(answer["error"].is_null(), "{what}: {answer}");
    answer
}

/// Limits the stream to so many bytes more than it has, or not at all, as somebody does with the nats tool.
fn limit(stream: &str, more: Option<i64>) {
    let mut there = ask("INFO", stream, &json!({}));
    let bytes = there["state"]["bytes"].as_i64().unwrap();
    there["config"]["max_bytes"] = json!(more.map_or(-1, |more| bytes + more));
    ask("UPDATE", stream, &there["config"]);
}

fn entries(stream: &str) -> u64 {
    ask("INFO", stream, &json!({}))["state"]["last_seq"].as_u64().unwrap()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < WAIT_MAX, "{what}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn on_nats_a_stream_without_room_is_answered_with_journal_full_and_the_city_goes_on_when_there_is_some() {
    let stream = "full";
    let desk = Desk::new(Servers::nats(stream));
    let mut city = desk.start("a");
    let address = city.ready();
    let token = bank(&desk.data("a"));
    let is_ready = || {
        let (status, said) = request(&address, "GET /healthz HTTP/1.1\r\n", "").expect("it stays up");
        let said: Json = serde_json::from_str(&said).unwrap();
        assert_eq!(said["ready"], json!(status == 200), "{said}");
        status == 200
    };
    accepted(top_up(&address, &token, id()));
    // Limited from one moment to the next: what was decided by then finds no room.
    limit(stream, Some(1));
    let last = entries(stream);
    until("a leader that cannot write leads no longer", || !is_ready());
    assert_eq!(entries(stream), last, "nothing was written");
    // Room for that, and not for two full entries.
    limit(stream, Some(1_000_000));
    until("what was decided is written", || entries(stream) > last);
    let refused = id();
    let (status, answer) = top_up(&address, &token, refused).unwrap();
    assert_eq!((status, &answer["code"]), (503, &json!("journal_full")), "{answer}");
    let last = entries(stream);
    let (status, answer) = top_up(&address, &token, id()).unwrap();
    assert_eq!((status, &answer["code"]), (503, &json!("journal_full")), "{answer}");
    assert_eq!(entries(stream), last, "nothing was decided");
    assert_eq!(request(&address, "GET /problems HTTP/1.1\r\n", "").unwrap().0, 200, "pages are there");
    limit(stream, None);
    until("room was made, and the same id is taken", || top_up(&address, &token, refused).unwrap().0 == 200);
    assert!(is_ready());
    accepted(top_up(&address, &token, id()));
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "{}", city.said());
    let data = desk.data("a");
    let listed = printed(&["journal", "show", "--json"], &data);
    assert_eq!(listed.matches(&refused.to_string()).count(), 1, "it stands once");
    assert!(printed(&["verify"], &data).contains("office agrees"));
}
