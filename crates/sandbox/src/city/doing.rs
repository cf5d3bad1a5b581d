//! Acts become events: what a gate does, what an outage changes, what is said to the system. Owns the moment; what is planned
//! and what is made of answers stand elsewhere.

use base::{CivilDate, MediumSerial, Timestamp};
use engine::{
    Ask, BlockReason, Body, CashOut, Channel, CloseWallet, Funds, Grant, IssueMedium, Part, Refusal, Revoke,
    SetMedium, Tap, TopUp,
};

use super::City;
use super::agenda::{Act, CardChange, RightChange};
use super::basket::Basket;
use super::events::{Event, Expect, Next, Sender, Tapped};
use super::people::{Medium, Standing};
use super::trips::{Asks, Trip};

/// From the question of a gate to its report: the gate opens in between.
const GATE_TIME: i64 = 350 * Timestamp::MILLISECOND;

/// A gate asks where the purse holds less than this, and so often in a thousand anyway.
const LOW_PURSE: i64 = 15_000;
pub(super) const ASKS_PERMILLE: u64 = 40;

impl City {
    /// Everything that reaches the system before an instant and was not said yet, in order. What the answers are has to be
    /// told with [`City::hear`] before the next call.
    pub fn until(&mut self, end: Timestamp) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some((at, act)) = self.agenda.due(end) {
            self.perform(at, act, &mut events);
        }
        events
    }

    fn perform(&mut self, at: Timestamp, act: Act, events: &mut Vec<Event>) {
        match act {
            Act::Go(trip) => self.go(at, *trip, events),
            Act::Report(trip, seq, refused) => self.report(at, *trip, seq, refused, events),
            Act::TopUp(resident, amount) => self.top_up(at, resident, amount, events),
            Act::Buy(basket) => self.buy(at, basket, events),
            Act::CashOut(resident, benefit, amount, expect) => {
                let Some(medium) = self.in_hand(resident, 0).map(|medium| medium.serial) else { return };
                let body = Body::CashOut(CashOut {
                    medium,
                    benefit,
                    bank: self.bank,
                    amount: engine::Amount(amount),
                });
                let next = Next::CashedOut(resident, benefit, amount);
                let Some(expect) = self.unless_closed(resident, benefit, expect) else { return };
                events.push(self.event(at, Sender::Bank, body, expect, next));
            }
            Act::Say(sender, body, expect, next) => {
                events.push(self.event(at, sender, *body, expect, *next));
            }
            Act::Card(resident, change) => self.card(at, resident, change, events),
            Act::Right(resident, benefit, change) => self.right(at, resident, benefit, change, events),
            Act::Deliver(device, parts) => self.deliver(at, device, parts, events),
            Act::DayEnds(date) => self.day_ends(date),
        }
    }

    fn event(&mut self, at: Timestamp, sender: Sender, body: Body, expect: Expect, next: Next) -> Event {
        self.number += 1;
        Event { at, number: self.number, made_at: at, sender, body, expect, next }
    }

    /// A medium of a resident that is in hand and works; another one where that one does not.
    pub(super) fn in_hand(&self, resident: u32, slot: usize) -> Option<&Medium> {
        let media = &self.residents.get(resident as usize)?.media;
        let usable = |medium: &&Medium| medium.standing == Standing::Usable;
        let blocked = |medium: &&Medium| medium.blocked.is_some();
        let wished = media.get(slot).filter(|medium| usable(medium) || blocked(medium));
        wished.or_else(|| media.iter().find(usable))
    }

    /// Which medium a trip uses, and what is known of it.
    fn medium_of(&self, trip: &Trip) -> Option<(MediumSerial, Option<Medium>)> {
        match trip.medium {
            Some(serial) => {
                let own = self.residents.get(trip.resident as usize)?.media.iter();
                Some((serial, own.into_iter().copied().find(|medium| medium.serial == serial)))
            }
            None => self.in_hand(trip.resident, trip.slot).map(|medium| (medium.serial, Some(*medium))),
        }
    }

    fn go(&mut self, at: Timestamp, mut trip: Trip, events: &mut Vec<Event>) {
        let Some(step) = trip.steps.front().cloned() else { return };
        let Some((serial, known)) = self.medium_of(&trip) else { return };
        let (refused, expect) = self.expected(&trip, known, at);
        let stopped = known.is_none_or(|medium| medium.standing != Standing::Usable);
        let seq = self.books.next_sequence(step.device);
        if let Some(since) = self.network.away(step.device, at) {
            // The list of stopped media is as old as the outage; what was on it then is still on it.
            let listed = known.is_some_and(|medium| medium.blocked.is_some()) && since > self.begins_at();
            let listed = listed && step.part != Part::Out && trip.medium.is_none();
            let refused = listed.then_some(Refusal::MediumBlocked);
            let event = self.tap(at, &trip, (serial, seq), at, refused);
            self.network.keep(step.device, event);
            if refused.is_none() {
                self.go_on(trip);
            }
            return;
        }
        let asks = match step.asks {
            Asks::Never => false,
            Asks::Always(_) | Asks::Busy => true,
            Asks::AsNeeded => {
                step.part != Part::Out
                    && (stopped || self.has_little(trip.resident) || self.chance.permille(ASKS_PERMILLE))
            }
        };
        if asks {
            let body = Body::Ask(Ask { medium: serial, movement: Some(step.movement(at)) });
            let next = Next::Gate(Box::new(trip), seq);
            let expect = refused.map_or(expect, Expect::Refused);
            events.push(self.event(at, Sender::Terminals, body, expect, next));
        } else {
            let device_at = at.plus(self.network.ahead(step.device, at));
            let tap = self.tap(at, &trip, (serial, seq), device_at, None);
            events.push(tap);
            trip.filled = false;
            self.go_on(trip);
        }
    }

    /// Whether a purse holds so little that a gate asks.
    pub(super) fn has_little(&self, resident: u32) -> bool {
        self.books.purse(resident) < LOW_PURSE
    }

    /// What the sandbox expects of an ask: a refusal it is sure of, or else.
    fn expected(&self, trip: &Trip, known: Option<Medium>, at: Timestamp) -> (Option<Refusal>, Expect) {
        let Some(step) = trip.steps.front() else { return (None, Expect::Either) };
        if let Asks::Always(Some(refusal)) = step.asks {
            return (Some(refusal), Expect::Funds);
        }
        if step.asks == Asks::Busy {
            return (None, Expect::Either);
        }
        let refused = match known.map(|medium| medium.standing) {
            // A card that was replaced, or one that was never issued.
            None if trip.medium.is_some_and(|serial| self.is_issued(serial)) => Some(Refusal::MediumBlocked),
            None => Some(Refusal::MediumUnknown),
            Some(Standing::Blocked) => Some(Refusal::MediumBlocked),
            Some(Standing::Inactive) => Some(Refusal::MediumInactive),
            Some(Standing::Usable | Standing::Lost) => {
                let stop = self.stops.get(step.stop);
                let priced = stop.is_none_or(|stop| self.stops.is_priced(stop.service, at.jakarta_date()));
                (!priced).then_some(Refusal::TariffMissing)
            }
        };
        (refused, Expect::Funds)
    }

    fn report(
        &mut self,
        at: Timestamp,
        mut trip: Trip,
        seq: u64,
        refused: Option<Refusal>,
        events: &mut Vec<Event>,
    ) {
        let Some(step) = trip.steps.front() else { return };
        let device_at = step.at.plus(GATE_TIME);
        let asked = match trip.medium {
            Some(serial) => Some(serial),
            None => self.in_hand(trip.resident, trip.slot).map(|medium| medium.serial),
        };
        let Some(serial) = asked else { return };
        let tap = self.tap(at, &trip, (serial, seq), device_at, refused);
        events.push(tap);
        if refused.is_none() {
            trip.filled = false;
            self.go_on(trip);
        }
    }

    /// The way goes on from the next step.
    fn go_on(&mut self, mut trip: Trip) {
        trip.steps.pop_front();
        if let Some(next) = trip.steps.front() {
            self.agenda.plan(next.at, Act::Go(Box::new(trip)));
        }
    }

    /// A terminal's report that reaches the system at `at`.
    fn tap(
        &mut self,
        at: Timestamp,
        trip: &Trip,
        (serial, seq): (MediumSerial, u64),
        device_at: Timestamp,
        refused: Option<Refusal>,
    ) -> Event {
        let own = self.residents.get(trip.resident as usize);
        let known = own.and_then(|own| own.media.iter().find(|medium| medium.serial == serial));
        let (root, is_chip) = known.map_or((serial, false), |medium| (medium.root, medium.assurance >= 2));
        let unknown = known.is_none() && !self.is_issued(serial);
        let Some(step) = trip.steps.front() else {
            return self.event(at, Sender::Terminals, Body::Tick, Expect::Either, Next::Nothing);
        };
        let device =
            self.devices.get(step.device).map_or((base::DeviceNumber(0), 1), |one| (one.number, one.epoch));
        // A code on a screen has no counter; every chip counts its own uses.
        let counter = is_chip.then(|| self.books.next_counter(serial));
        let tap = Tap {
            device: device.0,
            epoch: device.1,
            seq,
            medium: serial,
            counter,
            opened: refused.is_none(),
            refused,
            movement: Some(step.movement(device_at)),
        };
        let (resident, stop, part) = (trip.resident, step.stop, step.part);
        let tapped = Tapped { resident, root, stop, part, at: device_at, opened: refused.is_none() };
        let (expect, next) = if unknown {
            (Expect::Refused(Refusal::MediumUnknown), Next::Nothing)
        } else {
            (Expect::Accepted, Next::Tapped(tapped))
        };
        let event = self.event(at, Sender::Terminals, Body::Tap(tap), expect, next);
        Event { made_at: device_at, ..event }
    }

    fn top_up(&mut self, at: Timestamp, resident: u32, amount: u64, events: &mut Vec<Event>) {
        let Some(holder) = self.residents.get(resident as usize).map(|one| one.holder) else { return };
        let medium = self.in_hand(resident, 0).map(|medium| medium.serial);
        let holder = medium.is_none().then_some(holder);
        let body = Body::TopUp(TopUp { medium, holder, bank: self.bank, amount: engine::Amount(amount) });
        events.push(self.event(at, Sender::Bank, body, Expect::Accepted, Next::ToppedUp(resident, amount)));
    }

    fn buy(&mut self, at: Timestamp, basket: Box<Basket>, events: &mut Vec<Event>) {
        let own = self.in_hand(basket.resident, 0).map(|medium| medium.serial);
        let Some(medium) = basket.medium.or(own) else { return };
        let body = basket.purchase(medium);
        let expect = match basket.from {
            Funds::Purse => Some(basket.expect),
            Funds::Wallet(benefit) => self.unless_closed(basket.resident, benefit, basket.expect),
        };
        let Some(expect) = expect else { return };
        events.push(self.event(at, Sender::Merchant, body, expect, Next::Bought(basket)));
    }

    /// What is expected of money out of a wallet: one that was closed gives nothing. Whoever wants to be refused for something
    /// else does not come with a closed one.
    fn unless_closed(&self, resident: u32, benefit: base::Code, expect: Expect) -> Option<Expect> {
        let closed = self.books.wallets.get(&(resident, benefit)).is_some_and(|wallet| wallet.closed);
        match expect {
            _ if !closed => Some(expect),
            Expect::Refused(refusal) if refusal != Refusal::WalletClosed => None,
            _ => Some(Expect::Refused(Refusal::WalletClosed)),
        }
    }

    fn card(&mut self, at: Timestamp, resident: u32, change: CardChange, events: &mut Vec<Event>) {
        let Some(person) = self.residents.get_mut(resident as usize) else { return };
        let holder = person.holder;
        let Some(chip) = person.media.first_mut() else { return };
        let (body, sender) = match change {
            CardChange::Lost => {
                chip.standing = Standing::Lost;
                return;
            }
            CardChange::Blocked => {
                chip.standing = Standing::Blocked;
                chip.version += 1;
                let set =
                    SetMedium { medium: chip.serial, version: chip.version, reason: Some(BlockReason::Lost) };
                (Body::BlockMedium(set), Sender::Office)
            }
            CardChange::Replaced(serial) => {
                let old = *chip;
                *chip = Medium { serial, standing: Standing::Inactive, version: 0, ..old };
                let issue = IssueMedium {
                    medium: serial,
                    holder,
                    kind: old.kind,
                    assurance: old.assurance,
                    replaces: Some(old.serial),
                };
                (Body::IssueMedium(issue), Sender::Office)
            }
            CardChange::Activated => {
                chip.standing = Standing::Usable;
                chip.version += 1;
                let set = SetMedium { medium: chip.serial, version: chip.version, reason: None };
                (Body::ActivateMedium(set), Sender::Office)
            }
        };
        events.push(self.event(at, sender, body, Expect::Accepted, Next::Nothing));
    }

    fn right(
        &mut self,
        at: Timestamp,
        resident: u32,
        benefit: base::Code,
        change: RightChange,
        events: &mut Vec<Event>,
    ) {
        let Some(person) = self.residents.get_mut(resident as usize) else { return };
        let holder = person.holder;
        let held = person.rights.iter_mut().rfind(|right| right.benefit == benefit);
        let Some(held) = held.filter(|held| held.revoked_at.is_none()) else { return };
        match change {
            RightChange::Renewed => {
                let from = held.to.plus_days(1);
                let months = u8::try_from((held.to.0 - held.from.0 + 15) / 30).unwrap_or(1).max(1);
                let version = held.version + 1;
                let to = from.last_of_months(months);
                let mut new = held.clone();
                (new.from, new.to, new.version, new.granted_at) = (from, to, version, at);
                person.rights.push(new);
                let body = Body::Grant(Grant { holder, benefit, from, to, version });
                events.push(self.event(at, Sender::Office, body, Expect::Accepted, Next::Nothing));
            }
            RightChange::Revoked => {
                held.version += 1;
                held.revoked_at = Some(at);
                let body = Body::Revoke(Revoke { holder, benefit, version: held.version });
                events.push(self.event(at, Sender::Office, body, Expect::Accepted, Next::Nothing));
                if let Some(wallet) = self.books.wallets.get_mut(&(resident, benefit)) {
                    wallet.closed = true;
                    let body = Body::CloseWallet(CloseWallet { holder, benefit });
                    let next = Next::Closed(resident, benefit);
                    events.push(self.event(at, Sender::Office, body, Expect::Accepted, next));
                }
            }
        }
    }

    fn deliver(&mut self, at: Timestamp, device: usize, parts: usize, events: &mut Vec<Event>) {
        for event in self.network.delivered(device, parts) {
            events.push(Event { at, ..event });
        }
    }

    /// Journeys of the service day before a date that have no tap-out are priced: the sandbox takes what the notice at
    /// the gates says.
    fn day_ends(&mut self, date: CivilDate) {
        let over: Vec<MediumSerial> = self
            .books
            .open
            .iter()
            .filter(|(_, open)| open.begun.service_day() < date)
            .map(|(root, _)| *root)
            .collect();
        let mut fares = Vec::with_capacity(over.len());
        for root in over {
            let Some(open) = self.books.open.remove(&root) else { continue };
            let Some(person) = self.residents.get(open.resident as usize) else { continue };
            let Some(stop) = self.stops.get(open.stop) else { continue };
            let medium = person.media.iter().find(|medium| medium.root == root);
            let free = medium.is_some_and(|medium| {
                person
                    .rights
                    .iter()
                    .any(|right| self.stops.rides_free(right, stop.service, medium, open.begun))
            });
            let fare = self.stops.missing_exit(stop.service, person.category, open.begun);
            fares.push((open.resident, if free { 0 } else { i64::try_from(fare.0).unwrap_or(i64::MAX) }));
        }
        self.books.close(fares);
    }
}

/// The way a sender's commands come in.
pub(super) const fn channel(sender: Sender) -> Channel {
    match sender {
        Sender::Office => Channel::Office,
        Sender::Terminals => Channel::Device,
        Sender::Bank | Sender::Merchant => Channel::Api,
    }
}
