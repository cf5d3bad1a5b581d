//! A state that was written down and read back is the same state: same digest, same decisions, same bytes.

use std::collections::BTreeSet;

use engine::{
    Engine, Position, ReadSnapshot, SNAPSHOT_SCHEMA, SnapshotError, State, Step, apply, state_digest,
    write_snapshot,
};
use fixtures::{City, replay};

use crate::golden;
use crate::properties::{acts, for_random_cities, play, same};

fn pieces(state: &State) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let written: Result<(), std::convert::Infallible> = write_snapshot(state, |piece| {
        pieces.push(piece.to_vec());
        Ok(())
    });
    let Ok(()) = written;
    pieces
}

fn read(pieces: &[Vec<u8>], reserve: usize) -> Result<State, SnapshotError> {
    let mut reading = ReadSnapshot::new(reserve);
    pieces.iter().try_for_each(|piece| reading.piece(piece))?;
    reading.end()
}

/// The tables that have rows.
fn tables(pieces: &[Vec<u8>]) -> BTreeSet<u32> {
    pieces.iter().map(|piece| minicbor::Decoder::new(piece).u32().unwrap()).collect()
}

fn again(state: &State, reserve: usize) -> Result<State, String> {
    let pieces = pieces(state);
    let restored = read(&pieces, reserve).map_err(|error| error.to_string())?;
    same("the digest", &state_digest(&restored), &state_digest(state))?;
    same("the bytes", &self::pieces(&restored), &pieces)?;
    Ok(restored)
}

#[test]
fn a_state_read_back_goes_on_as_if_it_had_never_been_written() {
    for_random_cities("a_state_read_back", |entries| {
        let whole = play(entries);
        let cut = entries.len() / 2;
        let begun = acts::city().state().position.seq;
        let last = begun + cut as u64;
        let before = whole.city.records().partition_point(|kept| kept.position.seq <= last);
        let (records, later) = whole.city.records().split_at(before);
        let state = replay(records, |_| true).map_err(|error| error.to_string())?;
        let mut engines = [Engine::new(again(&state, 5_000)?), Engine::new(state)];
        for (at, envelopes) in whole.sent.get(cut..).unwrap_or_default() {
            let seq = engines[0].state.position.seq + 1;
            let tick = later.iter().find(|kept| kept.position == Position { seq, index: 0 });
            let tick = &tick.ok_or("a tick is missing")?.envelope;
            let mut index = 0;
            for envelope in std::iter::once(tick).chain(envelopes) {
                let position = Position { seq, index };
                let [restored, never] =
                    engines.each_mut().map(|engine| format!("{:?}", engine.step(position, *at, envelope)));
                same("what was answered", &restored, &never)?;
                let [restored, never] = &engines;
                same("the value part", &restored.value(), &never.value())?;
                same("the movement part", &restored.movement(), &never.movement())?;
                same("the events", &restored.events(), &never.events())?;
                index += u32::from(restored.state.position == position);
            }
        }
        let [restored, never] = &engines;
        same("the digest", &state_digest(&restored.state), &state_digest(&never.state))?;
        same("the bytes", &pieces(&restored.state), &pieces(&never.state))
    });
}

/// A process that starts makes room first, and one that has run for long has removed and added in between.
#[test]
fn the_bytes_do_not_depend_on_how_tables_lie_in_memory() {
    for_random_cities("the_bytes_do_not_depend", |entries| {
        let played = play(entries);
        let mut roomy = State::new(played.city.state().genesis.as_ref().ok_or("founded")?.hash_key);
        roomy.reserve(10_000);
        for kept in played.city.records() {
            apply(&mut roomy, &kept.decode().map_err(|error| error.to_string())?.as_ref());
        }
        same("the bytes", &pieces(&roomy), &pieces(played.city.state()))
    });
}

#[test]
fn the_golden_journals_states_are_read_back_after_every_entry() {
    let mut seen = BTreeSet::new();
    for file in golden::ALL {
        let golden = golden::read(file);
        let mut engine = Engine::new(State::new(golden.hash_key));
        for (_, _, record) in &golden.records {
            let Step::Decided(_) = engine.step(record.position, record.at, &record.envelope) else {
                panic!()
            };
            if record.position.index == 0 {
                again(&engine.state, 0).unwrap();
                seen.extend(tables(&pieces(&engine.state)));
            }
        }
        again(&engine.state, 0).unwrap();
    }
    assert_eq!(seen, (0..=32).collect(), "a table without rows is not tested");
}

#[test]
fn a_large_state_comes_in_pieces_of_bounded_size() {
    let mut city = City::new();
    for n in 0..4_000 {
        city = city.resident(&format!("resident {n}")).card();
    }
    let pieces = pieces(city.state());
    assert!(pieces.len() > 10);
    assert!(pieces.iter().all(|piece| piece.len() < 66 * 1_024));
    again(city.state(), 0).unwrap();
}

#[test]
fn what_no_release_wrote_is_refused() {
    let whole = pieces(City::rich().resident("siti").card().purse(5_000).state());
    let refused = |pieces: &[Vec<u8>]| read(pieces, 0).err().map(|error| error.to_string());
    assert!(refused(&whole).is_none());
    assert!(matches!(read(&[], 0), Err(SnapshotError::Empty)));
    assert!(refused(&whole[1..]).unwrap().contains("first table"));
    let swapped: Vec<_> = whole.iter().rev().cloned().collect();
    assert!(refused(&swapped).is_some());
    let twice: Vec<_> = whole.iter().flat_map(|piece| [piece.clone(), piece.clone()]).collect();
    assert!(refused(&twice).is_some());
    let mut cut = whole.clone();
    cut.last_mut().unwrap().pop();
    assert!(refused(&cut).is_some());
    let mut longer = whole.clone();
    longer[3].push(0);
    assert!(refused(&longer).unwrap().contains("after the rows"));
    let unknown = [whole, vec![vec![0x18, 33, 0]]].concat();
    assert!(refused(&unknown).unwrap().contains("unknown table"));
    let head = minicbor::to_vec((SNAPSHOT_SCHEMA + 1, 7u64)).unwrap();
    let newer = [vec![0, 1], head].concat();
    assert!(
        matches!(read(&[newer], 0), Err(SnapshotError::Newer { schema }) if schema == SNAPSHOT_SCHEMA + 1)
    );
}
