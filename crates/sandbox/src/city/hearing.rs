//! Answers reach those outside: gates open or stay shut, tills go on, people fill their purse, the books are written.

use base::Timestamp;
use engine::{FareRule, Funds, Part, PurchaseStep, Refusal};

use super::City;
use super::agenda::Act;
use super::basket::Basket;
use super::books::Open;
use super::events::{Event, Expect, Heard, Next, Sender, Surprise, Tapped};
use super::trips::Trip;

/// A purse is filled soon when it holds less than this.
const LOW_PURSE: i64 = 9_000;

/// So many in a thousand think of it in time, and so many of those who were refused fill it at once.
const THINKS_PERMILLE: u64 = 880;
const FILLS_PERMILLE: u64 = 700;

/// What people bring, whole rupiah, and how often in a hundred. Assumed.
const TOP_UPS: [(u64, u64); 5] = [(20_000, 30), (50_000, 40), (100_000, 24), (150_000, 4), (200_000, 2)];

impl City {
    /// Those outside hear what came of some events, each with its answer.
    pub fn hear(&mut self, events: Vec<Event>, answers: &[Heard]) {
        for (event, heard) in events.into_iter().zip(answers) {
            if !event.expect.allows(heard.refusal) {
                self.surprises.push(Surprise {
                    at: event.at,
                    command: event.body.name(),
                    expected: event.expect,
                    refusal: heard.refusal,
                });
            }
            self.heard(event.at, event.next, heard);
        }
    }

    fn heard(&mut self, at: Timestamp, next: Next, heard: &Heard) {
        let accepted = heard.refusal.is_none();
        match next {
            Next::Gate(trip, seq) => self.gate_heard(at, trip, seq, heard.refusal),
            Next::Tapped(tapped) if accepted => self.tap_heard(at, tapped, heard),
            Next::ToppedUp(resident, amount) if accepted => {
                self.books.top_up(resident, amount);
                self.books.compare_purse(resident, at, heard.balance);
            }
            Next::Disbursed(resident, benefit, amount) if accepted => {
                self.wallet_moves(at, (resident, benefit), -signed(amount), heard.balance);
            }
            Next::CashedOut(resident, benefit, amount) if accepted => {
                self.wallet_moves(at, (resident, benefit), signed(amount), heard.balance);
            }
            Next::Bought(basket) if accepted => self.bought(at, &basket, heard),
            Next::Settled(resident, from, amount, released) if accepted => {
                self.settled(at, (resident, from), amount, released, heard.balance);
            }
            Next::Closed(resident, benefit) if accepted => {
                let wallet = self.books.wallet(resident, benefit);
                (wallet.balance, wallet.closed) = (wallet.held, true);
            }
            _ => {}
        }
    }

    fn wallet_moves(
        &mut self,
        at: Timestamp,
        (resident, benefit): (u32, base::Code),
        amount: i64,
        told: Option<i64>,
    ) {
        let wallet = self.books.wallet(resident, benefit);
        wallet.balance -= amount;
        let reckoned = wallet.balance;
        self.books.compare(resident, at, told, reckoned);
    }

    /// The gate opens, or shows why not. Some fill the purse and try again.
    fn gate_heard(&mut self, at: Timestamp, trip: Box<Trip>, seq: u64, refused: Option<Refusal>) {
        let resident = trip.resident;
        let again = refused == Some(Refusal::PurseInsufficient)
            && !trip.filled
            && !self.never_tops_up(resident)
            && self.chance.permille(FILLS_PERMILLE);
        if again {
            let minutes = self.chance.between(2, 6);
            let amount = self.top_up_amount().max(self.cost_of(&trip));
            self.agenda.plan(at.plus(Timestamp::MINUTE), Act::TopUp(resident, amount));
            let mut trip = (*trip).clone();
            trip.filled = true;
            trip.later(minutes * Timestamp::MINUTE);
            if let Some(step) = trip.steps.front() {
                let again = step.at.max(at.plus(2 * Timestamp::MINUTE));
                self.agenda.plan(again, Act::Go(Box::new(trip)));
            }
        }
        self.agenda.plan(at.plus(Timestamp::MILLISECOND), Act::Report(trip, seq, refused));
    }

    /// Roughly what the next step costs everybody on the medium.
    fn cost_of(&self, trip: &Trip) -> u64 {
        let Some(step) = trip.steps.front() else { return 0 };
        let Some(stop) = self.stops.get(step.stop) else { return 0 };
        let category = self.residents.get(trip.resident as usize).map(|one| one.category);
        let one = category.and_then(|category| self.stops.price(stop.service, category, step.at));
        let people: u64 = step.party.iter().map(|member| u64::from(member.count)).sum();
        one.map_or(0, |one| one.0) * people.max(1)
    }

    pub(super) fn top_up_amount(&mut self) -> u64 {
        let often = TOP_UPS.map(|(_, often)| often);
        TOP_UPS.get(self.chance.weighted(&often)).map_or(50_000, |(amount, _)| *amount)
    }

    fn never_tops_up(&self, resident: u32) -> bool {
        self.residents.get(resident as usize).is_none_or(|one| one.habits.never_tops_up)
    }

    fn tap_heard(&mut self, at: Timestamp, tapped: Tapped, heard: &Heard) {
        if !tapped.opened {
            return;
        }
        let resident = tapped.resident;
        match (tapped.part, heard.fare) {
            (Part::In, FareRule::Begun) if heard.balance.is_some() => {
                self.books.begin(tapped.root, Open { resident, stop: tapped.stop, begun: tapped.at });
            }
            // A visit, or a journey that was over before it was heard of.
            (Part::In, _) | (Part::Out, FareRule::Left) | (Part::Single, _) => {}
            (Part::Out, fare) => {
                self.books.leave(tapped.root, tapped.at, fare != FareRule::EntryMissing);
            }
        }
        let Some(told) = heard.balance else { return };
        let debt = self.books.pay(resident, heard.charged);
        self.books.compare(resident, at, Some(signed(heard.debt)), debt);
        self.books.compare_purse(resident, at, Some(told));
        let low = told < LOW_PURSE && heard.charged != 0 && !self.never_tops_up(resident);
        if low && self.chance.permille(THINKS_PERMILLE) && !self.books.fills(resident) {
            let minutes = self.chance.between(4, 90);
            let amount = self.top_up_amount();
            self.agenda.plan(at.plus(minutes * Timestamp::MINUTE), Act::TopUp(resident, amount));
        }
    }

    /// A basket was taken: the books, and what the till does next.
    fn bought(&mut self, at: Timestamp, basket: &Basket, heard: &Heard) {
        if basket.step == PurchaseStep::Ask {
            return;
        }
        let (taken, held) = basket.begins();
        if let Funds::Wallet(benefit) = basket.from {
            self.books.wallet(basket.resident, benefit).held += signed(held);
        }
        self.settled(at, (basket.resident, basket.from), signed(taken), 0, heard.balance);
        let Some(number) = heard.purchase else { return };
        let mut when = at;
        for (step, then) in basket.then.iter().enumerate() {
            let minutes = self.chance.between(2, 40);
            when = when.plus(minutes * Timestamp::MINUTE);
            let (body, expect) = then.body(number);
            let (moves, released) = basket.moves(step);
            let next = if expect == Expect::Accepted {
                Next::Settled(basket.resident, basket.from, moves, released)
            } else {
                Next::Nothing
            };
            self.agenda.plan(when, Act::Say(Sender::Merchant, Box::new(body), expect, Box::new(next)));
        }
    }

    /// Money of a basket left its account (or came back, where it is negative), or is no longer held.
    fn settled(
        &mut self,
        at: Timestamp,
        (resident, from): (u32, Funds),
        amount: i64,
        released: u64,
        told: Option<i64>,
    ) {
        // The answer to a hold that was released tells the purse, whatever paid.
        let told = told.filter(|_| amount != 0);
        match from {
            Funds::Purse => {
                self.books.spend(resident, amount);
                self.books.compare_purse(resident, at, told);
            }
            Funds::Wallet(benefit) => {
                self.books.wallet(resident, benefit).held -= signed(released);
                self.wallet_moves(at, (resident, benefit), amount, told);
            }
        }
    }
}

fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
