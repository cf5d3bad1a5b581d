//! A journal on NATS with an entry that is not what was written: nothing starts on it, and the first bad entry is named.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fixtures::servers::NatsCluster;
use rustix::process::Signal;

use crate::city::jakone;
use crate::machines::{Desk, Machine, accepted, bank, id, printed, top_up};
use crate::servers::Servers;
use crate::town::text;

/// Bytes before an entry's first leaf.
const HEADER: usize = 136;
/// Bytes before a leaf's blind, and before its value.
const BLIND: usize = 4;
const LEAF: usize = 20;
/// Bytes of CRC and mark at an entry's end.
const TRAILER: usize = 8;

/// All entries of a city's journal, in order.
fn entries(servers: &Servers) -> Vec<Arc<[u8]>> {
    let mut reader = servers.shared().unwrap().follow(1).unwrap();
    std::iter::from_fn(|| reader.next().unwrap()).collect()
}

/// A new stream, made as a journal's is, with these messages. Answers its address.
fn stream_of(name: &str, messages: &[Arc<[u8]>]) -> String {
    let servers = Servers::nats(name);
    drop(servers.shared().unwrap().open(None).unwrap());
    for (message, seq) in messages.iter().zip(1..) {
        let answer = NatsCluster::shared().request(&format!("{name}.entry"), message);
        assert!(answer.contains(&format!("\"seq\":{seq}")), "{answer}");
    }
    servers.journal.unwrap()
}

/// CRC-32 as an entry's trailer has it: of header and leaves without the header's own.
fn checksum(entry: &[u8]) -> u32 {
    let body = &entry[..entry.len() - TRAILER];
    let mut crc = u32::MAX;
    for byte in body[..HEADER - 4].iter().chain(&body[HEADER..]) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
    }
    !crc
}

/// What somebody does to the bytes of an entry, given the one after it.
type Alteration = fn(&mut Vec<u8>, &[u8]);

/// Makes the CRC fit, as somebody does who wants not to be found out.
fn fit(entry: &mut [u8]) {
    let (crc, at) = (checksum(entry), entry.len() - TRAILER);
    entry[at..at + 4].copy_from_slice(&crc.to_le_bytes());
}

const ALTERATIONS: [(&str, Alteration); 4] = [
    ("a byte of the first record", |entry, _| entry[HEADER + LEAF] ^= 1),
    ("a byte of the first record, and the CRC fits", |entry, _| {
        entry[HEADER + LEAF] ^= 1;
        fit(entry);
    }),
    ("a byte beside the first record, and the CRC fits", |entry, _| {
        entry[HEADER + BLIND] ^= 1;
        fit(entry);
    }),
    ("the next entry in its place", |entry, next| *entry = next.to_vec()),
];

/// An error that names the entry, or its first record.
fn names(said: &str, entry: usize) {
    let named = ["entry N in the stream", "entry N: ", "entry N is damaged: ", "record N.0 cannot be read"];
    let mut named = named.map(|words| words.replace('N', &entry.to_string())).into_iter();
    assert!(said.contains("error[") && named.any(|words| said.contains(&words)), "{said}");
}

/// Neither command goes on from a stream with a bad entry.
fn stopped_by(entry: usize, data: &Path) {
    let verified = jakone(&["verify"], data);
    assert_eq!(verified.status.code(), Some(1));
    names(&text(&verified.stderr), entry);
    let mut city = Machine::start(data, &Servers::default());
    assert_eq!(city.ended(), Some(1), "{}", city.said());
    names(&city.said(), entry);
}

#[test]
fn on_nats_an_altered_entry_stops_everything_is_named_and_the_copy_makes_it_good() {
    let desk = Desk::new(Servers::nats("unaltered"));
    let data = desk.data("a");
    let mut city = desk.start("a");
    let (address, token, known) = (city.ready(), bank(&data), id());
    let position = accepted(top_up(&address, &token, known));
    for _ in 0..3 {
        accepted(top_up(&address, &token, id()));
    }
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "{}", city.said());
    let whole = printed(&["verify"], &data);
    let good = entries(&desk.servers);
    let middle: usize = position.split('.').next().unwrap().parse().unwrap();
    assert!((2..good.len()).contains(&middle));
    let kept = |address: &str| fs::write(data.join("journal.address"), address).unwrap();
    // The check of the CRC above is right.
    let same = |entry: &Arc<[u8]>| entry[entry.len() - 8..entry.len() - 4] == checksum(entry).to_le_bytes();
    assert!(good.iter().all(same));
    for (number, (what, alter)) in ALTERATIONS.iter().enumerate() {
        println!("{what}");
        let mut bytes = good[middle - 1].to_vec();
        alter(&mut bytes, &good[middle]);
        let mut messages = good.clone();
        messages[middle - 1] = bytes.into();
        kept(&stream_of(&format!("altered_{number}"), &messages));
        stopped_by(middle, &data);
    }
    // The last one, which is looked at before any other.
    let (last, mut messages) = (good.len(), good);
    let mut bytes = messages[last - 1].to_vec();
    bytes[HEADER + LEAF] ^= 1;
    messages[last - 1] = bytes.into();
    kept(&stream_of("altered_last", &messages));
    stopped_by(last, &data);
    // As the runbook says: into an empty stream, from the copy.
    let fresh = Servers::nats("altered_no_more").journal.unwrap();
    let copy = data.join("copy").display().to_string();
    let said = printed(&["journal", "repair", "--from", &copy, "--journal", &fresh], &data);
    assert!(said.starts_with("repaired: "), "{said}");
    assert_eq!(printed(&["verify"], &data), whole);
    let mut city = Machine::start(&data, &Servers::default());
    assert_eq!(accepted(top_up(&city.ready(), &token, known)), position, "what was answered stands");
}
