//! Several machines on one journal: who may answer, and when another takes over.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use base::{Clock, ManualClock, Micros};
use engine::{Body, state_digest};
use fixtures::moment;
use journal::{Journal, KeyRing, Memory, SharedJournal};
use runtime::{
    Busy, Check, Class, Heard, Lead, Leadership, Objection, Options, Runtime, Snapshots, Standby, StartError,
    Stepped, Terms, Turn,
};

use crate::city::{Clerk, any_fault, bounded, is_silent, keys, no_fault, options, records, replayed_digest};

const MILLISECOND: Micros = 1_000;

fn shared(on_fault: fn(&runtime::Fault)) -> Options {
    Options { leadership: Leadership::Shared(Terms::default()), ..options(on_fault) }
}

/// Two machines' common journal, and a clock for both.
struct Desk {
    journal: Memory,
    keys: Arc<KeyRing>,
    clock: Arc<ManualClock>,
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        Self { journal: Memory::new(), keys: keys(), clock, dir: tempfile::tempdir().unwrap() }
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    fn snapshots(&self) -> Snapshots {
        Snapshots::at(self.dir.path())
    }

    fn standby(&self) -> Standby {
        let journal = Arc::new(self.journal.clone()) as Arc<dyn SharedJournal>;
        Standby::start(journal, Arc::clone(&self.keys), self.clock(), self.snapshots(), shared(no_fault))
            .unwrap()
    }

    /// A leader whose turns the test says.
    fn leader(&self, on_fault: fn(&runtime::Fault)) -> Stepped {
        let journal = Box::new(self.journal.clone());
        let mut leader =
            Stepped::start(journal, Arc::clone(&self.keys), self.clock(), shared(on_fault)).unwrap();
        run(&mut leader);
        assert!(leader.has_started());
        leader
    }

    fn wait(&self, milliseconds: i64) {
        self.clock.advance(milliseconds * MILLISECOND);
    }
}

/// Turns until nothing is left to do.
fn run(leader: &mut Stepped) {
    while leader.decide() != Turn::Idle || leader.write() != Turn::Idle {}
}

/// A read that was asked for, looked at without waiting: whether it was let out is then no matter of scheduling.
struct Asked(Pin<Box<dyn Future<Output = Result<u64, Busy>>>>);

impl Asked {
    /// What was answered so far.
    fn answer(&mut self) -> Option<Result<u64, Busy>> {
        match self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }
}

/// Asks for the position of the state.
fn read(leader: &Stepped) -> Asked {
    let handle = leader.handle();
    let read = async move { Ok(handle.read(|engine| engine.state.position.seq).await?.value) };
    let mut asked = Asked(Box::pin(read));
    assert_eq!(asked.answer(), None, "it is queued");
    asked
}

#[test]
fn a_leader_without_work_appends_a_tick_and_one_that_is_alone_does_not() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(no_fault);
        for _ in 0..5 {
            let before = desk.journal.head().seq;
            desk.wait(699);
            run(&mut leader);
            assert_eq!(desk.journal.head().seq, before, "not yet");
            desk.wait(1);
            run(&mut leader);
            assert_eq!(desk.journal.head().seq, before + 1);
            let last = records(&desk.journal, &desk.keys).pop().unwrap();
            assert!(matches!(last.envelope.body, Body::Tick));
        }
        assert_eq!(replayed_digest(&desk.journal, &desk.keys), state_digest(&leader.engine().state));
        let alone = Desk::new();
        let journal = Box::new(alone.journal.clone());
        let mut one = Stepped::start(journal, keys(), alone.clock(), options(no_fault)).unwrap();
        run(&mut one);
        let before = alone.journal.head();
        alone.wait(3_600_000);
        run(&mut one);
        assert_eq!(alone.journal.head(), before, "nobody has to see that it lives");
    });
}

#[test]
fn reads_are_answered_within_the_lease_and_no_longer() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(no_fault);
        desk.wait(600);
        let mut asked = read(&leader);
        run(&mut leader);
        assert_eq!(asked.answer(), Some(Ok(2)));
        // From here on it can append nothing, as with a server that is gone.
        desk.wait(1_399);
        assert!(leader.handle().is_leading());
        desk.wait(1);
        assert!(!leader.handle().is_leading());
        assert_eq!(leader.handle().read_blocking(|_| ()).err(), Some(Busy::NotLeading));
        // The next tick brings the lease back.
        run(&mut leader);
        assert!(leader.handle().is_leading());
    });
}

#[test]
fn what_was_looked_up_before_a_pause_is_not_let_out_after_it() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(no_fault);
        // Stopped after the look, before it is handed over; after that; and right before it is let out.
        for turns_before_the_pause in 0..3 {
            desk.wait(100);
            let mut asked = read(&leader);
            assert_eq!(leader.decide(), Turn::Decided);
            if turns_before_the_pause > 0 {
                assert_eq!(leader.decide(), Turn::HandedOver);
            }
            if turns_before_the_pause > 1 {
                assert_eq!(leader.write(), Turn::Sealed);
            }
            desk.wait(2_000);
            // What the writer has goes first: awake again, no append comes between.
            while leader.write() != Turn::Idle {}
            if turns_before_the_pause == 0 {
                assert_eq!(asked.answer(), None);
                run(&mut leader);
                let answer = asked.answer();
                assert!(
                    matches!(answer, Some(Ok(_))),
                    "a new append of its own proves that it leads: {answer:?}"
                );
            } else {
                assert_eq!(asked.answer(), Some(Err(Busy::NotLeading)));
                run(&mut leader);
            }
        }
    });
}

#[test]
fn an_outcome_in_the_journal_may_be_told_at_any_time_but_a_repetition_is_a_view() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(no_fault);
        let mut clerk = Clerk::new(desk.clock(), 1);
        let setup: Vec<_> = clerk.content().into_iter().chain(clerk.person(0, 5_000).1).collect();
        let last = setup.last().unwrap().clone();
        let mut decided = leader.handle().enqueue(Class::Office, setup).unwrap();
        while leader.write() != Turn::Appended {
            leader.decide();
        }
        desk.wait(10_000);
        assert!(is_silent(&mut decided));
        assert_eq!(leader.write(), Turn::Released);
        assert!(decided.blocking_recv().unwrap().is_ok(), "it stands in the journal for ever");
        run(&mut leader);
        let repeated = leader.handle().enqueue(Class::Office, vec![last]).unwrap();
        assert_eq!((leader.decide(), leader.decide()), (Turn::Decided, Turn::HandedOver));
        desk.wait(10_000);
        while leader.write() != Turn::Idle {}
        assert_eq!(repeated.blocking_recv().unwrap().err(), Some(Busy::NotLeading));
    });
}

#[test]
fn a_standby_follows_and_leads_after_four_seconds_of_silence() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(any_fault);
        let mut standby = desk.standby();
        assert_eq!(standby.head(), desk.journal.head());
        for _ in 0..20 {
            desk.wait(700);
            run(&mut leader);
            assert_eq!(standby.turn().unwrap(), Heard::Entries(1));
            assert_eq!(standby.turn().unwrap(), Heard::Nothing);
        }
        assert_eq!(state_digest(&standby.engine().state), state_digest(&leader.engine().state));
        let manifest = standby.write_snapshot().unwrap();
        assert_eq!(
            manifest.digest(),
            state_digest(&leader.engine().state),
            "the standby takes snapshots too"
        );
        assert_eq!(manifest.digest(), replayed_digest(&desk.journal, &desk.keys));
        desk.wait(3_999);
        assert_eq!(standby.turn().unwrap(), Heard::Nothing);
        desk.wait(1);
        assert_eq!(standby.turn().unwrap(), Heard::Silence);
        let epoch = leader.engine().state.epoch;
        let Lead::Leading(runtime) = standby.try_lead().unwrap() else { panic!() };
        let read = runtime.handle().read_blocking(|engine| engine.state.epoch).unwrap();
        assert_eq!(read.value, epoch + 1);
        // The one before wakes up: it neither reads nor appends.
        assert_eq!(leader.handle().read_blocking(|_| ()).err(), Some(Busy::NotLeading));
        let top_up = Clerk::new(desk.clock(), 9).command(Body::SetParameter(engine::Parameter::TickMax, 512));
        let refused = leader.handle().enqueue(Class::Office, vec![top_up]).unwrap();
        while leader.write() != Turn::Ended {
            leader.decide();
        }
        drop(leader);
        assert!(refused.blocking_recv().is_err(), "nobody hears of what is not in the journal");
        let engine = runtime.shutdown().unwrap();
        assert_eq!(replayed_digest(&desk.journal, &desk.keys), state_digest(&engine.state));
    });
}

#[test]
fn what_is_found_after_the_silence_breaks_it() {
    bounded(|| {
        let desk = Desk::new();
        let mut leader = desk.leader(no_fault);
        let mut standby = desk.standby();
        desk.wait(4_000);
        assert_eq!(standby.turn().unwrap(), Heard::Silence);
        // The leader was only slow: its tick arrives before the standby opens the journal.
        run(&mut leader);
        let Lead::Waiting(mut standby) = standby.try_lead().unwrap() else { panic!("two would lead") };
        assert_eq!(standby.head(), desk.journal.head());
        desk.wait(3_999);
        assert_eq!(standby.turn().unwrap(), Heard::Nothing);
        assert!(!leader.handle().is_leading(), "by then its lease has run out");
    });
}

#[test]
fn of_two_standbys_one_leads_and_the_other_waits_on() {
    bounded(|| {
        let desk = Desk::new();
        drop(desk.leader(no_fault));
        let (mut one, mut other) = (desk.standby(), desk.standby());
        desk.wait(4_000);
        assert_eq!((one.turn().unwrap(), other.turn().unwrap()), (Heard::Silence, Heard::Silence));
        let Lead::Leading(runtime) = one.try_lead().unwrap() else { panic!() };
        let Lead::Waiting(mut other) = other.try_lead().unwrap() else { panic!("two would lead") };
        assert_ne!(other.turn().unwrap(), Heard::Silence);
        runtime.shutdown().unwrap();
    });
}

/// A check that answers what it is told to, and what it was asked about.
fn objecting(objection: impl Fn() -> Option<Objection> + Send + 'static) -> Check {
    Box::new(move |journal: &dyn Journal| {
        assert_eq!(journal.head().seq, 2, "nothing is appended before it is asked");
        objection().map_or(Ok(()), Err)
    })
}

#[test]
fn a_machine_that_is_refused_appends_nothing_and_one_that_cannot_tell_waits() {
    bounded(|| {
        let desk = Desk::new();
        drop(desk.leader(no_fault));
        let before = desk.journal.head();
        let mut standby =
            desk.standby().checked_by(objecting(|| Some(Objection::Refused("something is missing".into()))));
        desk.wait(4_000);
        assert_eq!(standby.turn().unwrap(), Heard::Silence);
        let refused = standby.try_lead().err().unwrap();
        assert!(
            matches!(&refused, StartError::Refused(reason) if reason.to_string() == "something is missing")
        );
        assert_eq!(desk.journal.head(), before);
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let unsure = move || {
            (count.fetch_add(1, Ordering::SeqCst) == 0).then(|| Objection::Unsure("nobody answers".into()))
        };
        let mut standby = desk.standby().checked_by(objecting(unsure));
        desk.wait(4_000);
        assert_eq!(standby.turn().unwrap(), Heard::Silence);
        let Lead::Waiting(mut standby) = standby.try_lead().unwrap() else { panic!("it cannot tell") };
        assert_eq!(desk.journal.head(), before);
        assert_eq!(standby.turn().unwrap(), Heard::Nothing, "it does not try again at once");
        desk.wait(4_000);
        assert_eq!(standby.turn().unwrap(), Heard::Silence);
        let Lead::Leading(runtime) = standby.try_lead().unwrap() else { panic!() };
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        runtime.shutdown().unwrap();
    });
}

#[test]
fn what_another_leader_has_shown_meanwhile_is_nothing_that_is_missing() {
    bounded(|| {
        let desk = Desk::new();
        drop(desk.leader(no_fault));
        let (mut one, mut other) = (desk.standby(), Some(desk.standby()));
        desk.wait(4_000);
        assert_eq!(one.turn().unwrap(), Heard::Silence);
        let led = Arc::new(std::sync::Mutex::new(None));
        let kept = Arc::clone(&led);
        // Between the opening and the question another leads, and its tables are further than the journal was.
        let one = one.checked_by(Box::new(move |_: &dyn Journal| {
            let mut other = other.take().unwrap();
            assert_eq!(other.turn().unwrap(), Heard::Silence);
            let Lead::Leading(runtime) = other.try_lead().unwrap() else { panic!() };
            *kept.lock().unwrap() = Some(runtime);
            Err(Objection::Refused("the tables are further".into()))
        }));
        let Lead::Waiting(mut one) = one.try_lead().unwrap() else { panic!("two would lead") };
        assert_ne!(one.turn().unwrap(), Heard::Silence);
        assert_eq!(one.head(), desk.journal.head());
        led.lock().unwrap().take().unwrap().shutdown().unwrap();
    });
}

#[test]
fn a_shared_journal_is_never_led_without_having_waited() {
    bounded(|| {
        let desk = Desk::new();
        let started = Runtime::start(Box::new(desk.journal.clone()), keys(), desk.clock(), shared(no_fault));
        assert!(matches!(started.err(), Some(StartError::Shared)));
        assert_eq!(desk.journal.head().seq, 0);
        let journal = Arc::new(desk.journal.clone()) as Arc<dyn SharedJournal>;
        let alone = Standby::start(journal, keys(), desk.clock(), desk.snapshots(), options(no_fault));
        assert!(matches!(alone.err(), Some(StartError::Alone)));
    });
}

/// Random pauses of two machines: never do both answer for the same moment, never is a read out of date.
#[test]
fn whoever_answers_knows_everything_that_was_acknowledged() {
    static FAULTS: AtomicUsize = AtomicUsize::new(0);
    fn count(_: &runtime::Fault) {
        FAULTS.fetch_add(1, Ordering::SeqCst);
    }
    bounded(|| {
        for seed in 0..24u64 {
            let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
            let mut below = move |most: u64| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random % most
            };
            let desk = Desk::new();
            let mut old = desk.leader(count);
            let mut standby = desk.standby();
            let mut asked = Vec::new();
            for _ in 0..60 {
                desk.wait(i64::try_from(below(900)).unwrap());
                match below(5) {
                    0 => drop(old.decide()),
                    1 => drop(old.write()),
                    2 if old.handle().is_leading() => asked.push(read(&old)),
                    2 => {}
                    _ => {
                        if standby.turn().unwrap() != Heard::Silence {
                            continue;
                        }
                        match standby.try_lead().unwrap() {
                            Lead::Waiting(again) => standby = *again,
                            Lead::Leading(runtime) => {
                                let taken = desk.journal.head().seq;
                                assert!(!old.handle().is_leading(), "seed {seed}: two answer");
                                // Whatever the old one still has to say about its state, nobody hears.
                                asked.retain_mut(|one| one.answer().is_none());
                                while old.write() != Turn::Ended {
                                    old.decide();
                                    desk.wait(100);
                                }
                                drop(old);
                                for mut one in asked.drain(..) {
                                    let answer = one.answer().unwrap();
                                    assert!(answer.is_err(), "seed {seed}: out of date, {answer:?}");
                                }
                                assert!(desk.journal.head().seq >= taken);
                                runtime.shutdown().unwrap();
                                standby = desk.standby();
                                old = desk.leader(count);
                            }
                        }
                    }
                }
            }
            drop(old);
        }
        let fenced = FAULTS.load(Ordering::SeqCst);
        assert!(fenced > 10, "the old one was fenced often enough to mean something: {fenced}");
    });
}
