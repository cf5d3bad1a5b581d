//! `verify` on a good journal, a torn one and a damaged one.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use crate::town::{Town, text};

pub fn segment(town: &Town) -> PathBuf {
    town.dir.path().join("journal/segment-000000000001.journal")
}

/// Where each entry begins and how long it is, read from the files as they are.
pub fn entries(town: &Town) -> Vec<(u64, u64)> {
    let mut places = Vec::new();
    let mut at = 128;
    journal::verify(&town.dir.path().join("journal"), |entry| {
        let length = entry.bytes().len() as u64;
        places.push((at, length));
        at += length;
        Ok::<(), std::convert::Infallible>(())
    })
    .unwrap();
    places
}

fn flip(town: &Town, at: u64) {
    let file = OpenOptions::new().read(true).write(true).open(segment(town)).unwrap();
    let mut byte = [0u8];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 0x10], at).unwrap();
}

#[test]
fn a_good_journal_is_summed_up_in_one_line() {
    let town = Town::new();
    let line = town.printed(&["verify"]);
    assert_eq!(line.lines().count(), 1);
    let count = entries(&town).len();
    assert!(line.starts_with(&format!("ok: {count} entries, ")), "{line}");
    assert!(line.contains(" in balance; state "), "{line}");
    let json: serde_json::Value = serde_json::from_str(&town.printed(&["verify", "--json"])).unwrap();
    assert_eq!(json["ok"], true);
    assert_eq!(json["entries"], count);
}

#[test]
fn a_torn_tail_is_named_and_passes() {
    let town = Town::new();
    let (at, length) = *entries(&town).last().unwrap();
    // As a kill leaves it: the beginning is there, the rest of the entry is zero.
    let file = OpenOptions::new().write(true).open(segment(&town)).unwrap();
    let kept = 200;
    file.write_all_at(&vec![0u8; usize::try_from(length - kept).unwrap()], at + kept).unwrap();
    let output = town.jakone(&["verify"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let line = text(&output.stdout);
    assert!(line.contains(&format!("was cut off at byte {at}")), "{line}");
    // The town lives in another week than this machine, which doctor finds too; the tear it only names.
    assert!(text(&town.jakone(&["doctor"]).stdout).contains("the next start sets it aside"));
}

#[test]
fn a_flipped_bit_is_found_wherever_it_is_and_the_first_bad_entry_is_named() {
    let town = Town::new();
    let places = entries(&town);
    let middle = places.len() / 2;
    let (at, length) = places[middle];
    // Magic, number, time, hash of the entry before, Merkle root, hash, header CRC, leaf, trailer.
    for offset in [0, 8, 16, 40, 70, 110, 133, 150, length - 8, length - 1] {
        flip(&town, at + offset);
        let output = town.jakone(&["verify"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "offset {offset}");
        assert!(said.starts_with("error[journal_damaged]: "), "{said}");
        assert!(said.contains(&format!("at byte {at}, entry {}:", middle + 1)), "offset {offset}: {said}");
        flip(&town, at + offset);
    }
    let free = std::fs::metadata(segment(&town)).unwrap().len() - 10;
    flip(&town, free);
    assert_eq!(town.jakone(&["verify"]).status.code(), Some(1), "after the last entry");
    flip(&town, free);
    assert!(town.printed(&["verify"]).starts_with("ok: "));
}

#[test]
fn the_date_of_a_missing_key_is_said_by_verify_doctor_and_serve() {
    let town = Town::new();
    let keys = town.dir.path().join("keys");
    let day = keys.join("day-2026-11-23.key");
    std::fs::rename(&day, keys.join("elsewhere")).unwrap();
    let missing = "the movement key of 2026-11-23 is missing: put keys/day-2026-11-23.key back from a backup";
    let verified = text(&town.jakone(&["verify"]).stderr);
    assert!(verified.contains(missing), "{verified}");
    let looked = text(&town.jakone(&["doctor"]).stdout);
    assert!(looked.contains(missing) && !looked.contains("journal repair"), "{looked}");
    let served = town.jakone(&["serve", "--port", "0"]);
    assert_eq!(served.status.code(), Some(1));
    assert!(text(&served.stderr).contains(missing), "{}", text(&served.stderr));
    std::fs::rename(keys.join("elsewhere"), &day).unwrap();
    assert!(town.printed(&["verify"]).starts_with("ok: "));
}
