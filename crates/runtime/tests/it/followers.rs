//! Followers: every record once, in order, behind a cursor that must be on this journal.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use base::Clock as _;
use engine::Record;
use journal::{Head, Journal};
use runtime::{Class, Followed, Projection, ProjectionError, Runtime};

use crate::city::{City, accepted, bounded, no_fault, options, records};

/// What a projection keeps, over restarts of the process.
#[derive(Default)]
struct Kept {
    cursor: Option<Head>,
    records: Vec<Record>,
    /// How many more calls of `apply` are refused.
    refusals: usize,
    calls: Vec<u64>,
}

#[derive(Clone, Default)]
struct Store(Arc<Mutex<Kept>>);

/// A projection in memory that says how far it is.
struct Memory {
    store: Store,
    moved: Sender<Head>,
}

impl Store {
    fn projection(&self) -> (Box<dyn Projection>, Receiver<Head>) {
        let (moved, heads) = channel();
        (Box::new(Memory { store: self.clone(), moved }), heads)
    }

    fn at(cursor: Head) -> Self {
        let store = Self::default();
        store.0.lock().unwrap().cursor = Some(cursor);
        store
    }

    fn cursor(&self) -> Head {
        self.0.lock().unwrap().cursor.unwrap_or(Head::EMPTY)
    }
}

impl Projection for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn cursor(&mut self) -> Result<Head, ProjectionError> {
        Ok(self.store.cursor())
    }

    fn apply(&mut self, entries: &[Followed]) -> Result<(), ProjectionError> {
        let mut kept = self.store.0.lock().unwrap();
        kept.calls.push(entries[0].head.seq);
        if kept.refusals > 0 {
            kept.refusals -= 1;
            return Err(ProjectionError::Store("the disk is full".into()));
        }
        for entry in entries {
            kept.records.extend(entry.records.iter().cloned());
        }
        kept.cursor = entries.last().map(|entry| entry.head);
        let _ = self.moved.send(entries[entries.len() - 1].head);
        Ok(())
    }
}

fn wait_for(heads: &Receiver<Head>, seq: u64) {
    while heads.recv().unwrap().seq < seq {}
}

fn tap(city: &mut City, seq: u64) -> u64 {
    let tap = city.clerk.tap((1, seq), city.siti.medium, city.clock.now());
    let answer = city.send(Class::Upload, tap);
    accepted(&answer);
    answer.position.seq
}

#[test]
fn a_projection_sees_every_record_once_and_in_order_across_restarts() {
    bounded(|| {
        let mut city = City::new();
        let store = Store::default();
        for round in 0..3 {
            let (projection, heads) = store.projection();
            let follower = city.handle.follow(projection).unwrap();
            for seq in 1..=20 {
                tap(&mut city, round * 100 + seq);
            }
            // The first time it is stopped wherever it is, then when it has caught up.
            if round > 0 {
                wait_for(&heads, city.handle.durable().seq);
            }
            let cursor = follower.cursor();
            follower.stop().unwrap();
            assert_eq!(*cursor.borrow(), store.cursor());
            assert!(round == 0 || store.cursor() == city.handle.durable());
            let missed = tap(&mut city, round * 100 + 21);
            assert!(store.cursor().seq < missed);
            city.runtime.shutdown().unwrap();
            let (journal, keys) = (Box::new(city.journal.clone()), Arc::clone(&city.keys));
            let clock = city.clock.clone();
            city.runtime = Runtime::start(journal, keys, clock, options(no_fault)).unwrap();
            city.handle = city.runtime.handle();
        }
        let (projection, heads) = store.projection();
        let follower = city.handle.follow(projection).unwrap();
        wait_for(&heads, city.handle.durable().seq);
        follower.stop().unwrap();
        let kept = store.0.lock().unwrap();
        assert!(kept.records == records(&city.journal, &city.keys));
        assert_eq!(kept.cursor, Some(city.journal.head()));
    });
}

#[test]
fn a_follower_never_sees_an_entry_that_is_not_durable() {
    bounded(|| {
        let mut city = City::new();
        let store = Store::default();
        let (projection, heads) = store.projection();
        let follower = city.handle.follow(projection).unwrap();
        wait_for(&heads, city.handle.durable().seq);
        city.control.close();
        let tried = city.control.tried();
        let top_up = city.clerk.top_up(city.siti, 1);
        let waiting = city.enqueue(Class::Purchase, &top_up);
        city.control.wait_tried(tried + 1);
        assert!(crate::city::stays_silent(&heads));
        city.control.open();
        let seq = crate::city::one(crate::city::answers(waiting)).position.seq;
        wait_for(&heads, seq);
        follower.stop().unwrap();
    });
}

#[test]
fn projections_wait_while_bulk_is_decided_and_go_on_when_it_is_over_or_held() {
    bounded(|| {
        let mut city = City::new();
        let store = Store::default();
        let (projection, heads) = store.projection();
        let follower = city.handle.follow(projection).unwrap();
        let level = city.handle.durable().seq;
        wait_for(&heads, level);
        let mut number = 0;
        let mut job = || -> Vec<_> {
            number += 1;
            (0..1_000).map(|_| city.clerk.top_up(city.siti, number)).collect()
        };
        let sent: Vec<_> = (0..40).map(|_| city.handle.enqueue(Class::Bulk, job()).unwrap()).collect();
        for (place, waiting) in sent.into_iter().enumerate() {
            crate::city::answers(waiting).unwrap();
            if place == 10 {
                assert!(city.handle.durable().seq > level);
                assert_eq!(store.cursor().seq, level, "thirty jobs still wait");
            }
        }
        let last = city.handle.durable().seq;
        wait_for(&heads, last);
        city.handle.hold_bulk(true);
        let held = city.handle.enqueue(Class::Bulk, job()).unwrap();
        let seq = tap(&mut city, 1);
        wait_for(&heads, seq);
        city.handle.hold_bulk(false);
        crate::city::answers(held).unwrap();
        follower.stop().unwrap();
    });
}

#[test]
fn a_cursor_that_is_not_on_this_journal_is_refused() {
    bounded(|| {
        let mut city = City::new();
        tap(&mut city, 1);
        let head = city.handle.durable();
        let other = City::new().handle.durable();
        let cursors = [
            Head { hash: other.hash, ..head },
            Head { seq: head.seq - 1, ..head },
            Head { seq: head.seq + 1, ..head },
            Head { seq: head.seq + 2, ..head },
            Head { seq: head.seq + 1_000, ..head },
        ];
        for cursor in cursors {
            let refused = city.handle.follow(Store::at(cursor).projection().0).err().unwrap();
            let ProjectionError::NotOnJournal { name, seq } = refused else { panic!("{refused}") };
            assert_eq!((name, seq), ("memory", cursor.seq));
        }
        let follower = city.handle.follow(Store::at(head).projection().0).unwrap();
        follower.stop().unwrap();
    });
}

#[test]
fn a_store_that_refuses_is_offered_the_same_entries_until_it_takes_them() {
    bounded(|| {
        let mut city = City::new();
        let store = Store::default();
        let (projection, heads) = store.projection();
        let follower = city.handle.follow(projection).unwrap();
        wait_for(&heads, city.handle.durable().seq);
        store.0.lock().unwrap().refusals = 3;
        let refused = tap(&mut city, 1);
        wait_for(&heads, refused);
        let last = tap(&mut city, 2);
        wait_for(&heads, last);
        follower.stop().unwrap();
        let kept = store.0.lock().unwrap();
        assert_eq!(
            kept.calls.iter().filter(|first| **first == refused).count(),
            4,
            "the same entry came again"
        );
        assert!(kept.records == records(&city.journal, &city.keys), "and everything is there once");
    });
}

#[test]
fn a_follower_goes_on_although_nobody_holds_it() {
    bounded(|| {
        let mut city = City::new();
        let store = Store::default();
        let (projection, heads) = store.projection();
        drop(city.handle.follow(projection).unwrap());
        for seq in 1..=3 {
            let durable = tap(&mut city, seq);
            wait_for(&heads, durable);
        }
        assert_eq!(store.cursor(), city.handle.durable());
    });
}
