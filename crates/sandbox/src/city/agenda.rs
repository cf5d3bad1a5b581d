//! What is going to happen, in order of time; what is equal in time happens as it was planned.

use std::collections::BTreeMap;

use base::{CivilDate, Code, Timestamp};
use engine::{Body, Refusal};

use super::basket::Basket;
use super::events::{Expect, Next, Sender};
use super::trips::Trip;

/// Something somebody is going to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    /// The next step of a trip.
    Go(Box<Trip>),
    /// A terminal that asked reports what it did: under which number, and why it stayed shut, if it did.
    Report(Box<Trip>, u64, Option<Refusal>),
    /// A purse is filled.
    TopUp(u32, u64),
    /// A till sends a basket.
    Buy(Box<Basket>),
    /// Cash out of a wallet.
    CashOut(u32, Code, u64, Expect),
    /// Something else is said.
    Say(Sender, Box<Body>, Expect, Box<Next>),
    /// A card changes hands or state.
    Card(u32, CardChange),
    /// A right is entered again, or taken away.
    Right(u32, Code, RightChange),
    /// A terminal has its network again and sends a part of what it kept: one of so many that are left.
    Deliver(usize, usize),
    /// The service day before this date is over: journeys without a tap-out are priced.
    DayEnds(CivilDate),
}

/// What becomes of a chip card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CardChange {
    /// It is lost.
    Lost,
    /// The loss is reported.
    Blocked,
    /// Another one takes its place.
    Replaced(base::MediumSerial),
    /// That one is activated.
    Activated,
}

/// What becomes of a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RightChange {
    /// Granted again from the day after its last.
    Renewed,
    /// Taken away; its wallet is closed.
    Revoked,
}

/// Acts in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    acts: BTreeMap<(Timestamp, u64), Act>,
    count: u64,
    /// Nothing can be planned before.
    now: Timestamp,
}

impl Agenda {
    /// Plans an act; what should have happened before now happens now.
    pub fn plan(&mut self, at: Timestamp, act: Act) {
        self.count += 1;
        self.acts.insert((at.max(self.now), self.count), act);
    }

    /// Trips that have begun and are not over.
    pub fn under_way(&self) -> impl Iterator<Item = &Trip> {
        self.acts.values().filter_map(|act| match act {
            Act::Go(trip) if trip.steps.front().is_some_and(|next| trip.begins < next.at) => Some(&**trip),
            _ => None,
        })
    }

    /// The next act before an instant, with its time.
    pub fn due(&mut self, end: Timestamp) -> Option<(Timestamp, Act)> {
        self.now = self.now.max(end);
        let entry = self.acts.first_entry().filter(|entry| entry.key().0 < end)?;
        let at = entry.key().0;
        Some((at, entry.remove()))
    }
}
