//! What kind of run a seed is: where its journal is kept, which faults it has and how often.
//!
//! Each seed has some faults and not others, so that they do not hide each other: where everything fails all the time,
//! nothing gets far enough to break.

use base::{Micros, Timestamp};

use crate::dice::Dice;

/// One thing that can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// Somebody sends something new.
    Send,
    /// Somebody sends something again.
    Retry,
    /// Somebody reads the state.
    Read,
    /// The engine takes a turn, or the standby.
    Decide,
    /// The journal's side takes a turn.
    Write,
    /// The making of segments takes a turn.
    Reserve,
    /// A machine that has no process starts one.
    Start,
    /// Time passes.
    Pass,
    /// A wall clock jumps.
    Jump,
    /// An operator looks at a clock.
    Accept,
    /// A process is killed.
    Kill,
    /// The power is about to fail.
    Power,
    /// A flush is about to fail.
    FailFlush,
    /// Room runs out, or comes back.
    Room,
    /// The disk becomes slow, or fast again.
    Slow,
    /// An append that was on its way arrives.
    Arrive,
    /// A process is stopped between two steps, or goes on; its clock goes on in any case.
    Pause,
    /// A machine's link to the copies breaks, lags or is whole again.
    Link,
    /// A machine writes a snapshot.
    Snapshot,
    /// A snapshot is no longer what was written.
    Rot,
}

/// The weather of a seed.
#[derive(Debug)]
pub struct Weather {
    /// The journal is kept elsewhere, in copies, and not in segment files: who writes it has waited as a standby.
    pub copies: bool,
    /// How many machines share the copies.
    pub machines: usize,
    /// Of a thousand appends to the copies, so many whose fate is unknown.
    pub unknown: u64,
    /// Runs over many recipients fill segments.
    pub heavy: bool,
    /// The longest pause.
    pub pause: Micros,
    /// How many steps it lasts.
    pub steps: u64,
    weights: Vec<(Act, u64)>,
}

impl Weather {
    /// Chosen by chance.
    pub fn new(dice: &mut Dice) -> Self {
        let copies = dice.permille(500);
        let machines = if copies && dice.permille(850) { 2 } else { 1 };
        let mut weights = vec![
            (Act::Send, 120),
            (Act::Retry, 40),
            (Act::Read, if copies { 40 } else { 15 }),
            (Act::Decide, 250),
            (Act::Write, 400),
            (Act::Reserve, 20),
            (Act::Start, 30),
            (Act::Pass, 90),
            (Act::Accept, 10),
            (Act::Snapshot, 8),
        ];
        let mut sometimes = |act: Act, applies: bool, weight: u64| {
            if dice.permille(500) && applies {
                weights.push((act, weight));
            }
        };
        sometimes(Act::Jump, true, 4);
        sometimes(Act::Kill, true, 8);
        sometimes(Act::Power, true, 8);
        sometimes(Act::FailFlush, !copies, 5);
        sometimes(Act::Room, true, 8);
        sometimes(Act::Slow, !copies, 8);
        sometimes(Act::Pause, copies, 14);
        sometimes(Act::Link, copies, 10);
        sometimes(Act::Rot, true, 4);
        if copies {
            weights.push((Act::Arrive, 15));
        }
        Self {
            copies,
            machines,
            unknown: if dice.permille(700) { dice.below(400) } else { 0 },
            heavy: dice.permille(80),
            pause: dice.one_of([Timestamp::MINUTE, Timestamp::HOUR, 8 * Timestamp::HOUR]),
            // Silence takes its time.
            steps: 300 + dice.below(500) + if copies { 300 } else { 0 },
            weights,
        }
    }

    /// What happens next.
    pub fn choose(&self, dice: &mut Dice) -> Act {
        let mut left = dice.below(self.weights.iter().map(|(_, weight)| weight).sum());
        for (act, weight) in &self.weights {
            if left < *weight {
                return *act;
            }
            left -= weight;
        }
        Act::Pass
    }
}
