//! Sends people to gates, tills and counters. Owns when a trip goes on; how many go is the flow's, who goes where at this
//! hour is the city's. Whoever finds a queue full goes home.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use base::MediumSerial;
use engine::Amount;
use platform::shutdown::Shutdown;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::counter::{Call, Counter};
use super::flow::{Flow, TAP};
use super::post::{Base, Post};
use super::terminal::{Errand, Terminal, Visitor};
use super::till::{Sale, Till};
use super::{Clocks, Figures, Settings};
use crate::city::{Chance, City, Outing, Trip};

/// People who may wait at one terminal or till.
const QUEUE_MAX: usize = 8;

/// How often the pace is looked at.
const BEAT: Duration = Duration::from_millis(5);

/// After a pause at most so much of it is caught up.
const CATCH_UP_MAX: Duration = Duration::from_millis(250);

/// So many in a thousand of those whose purse does not reach pay in at once.
const PAYS_IN_PERMILLE: u64 = 800;

/// How long somebody may wait at terminals on the way, all in all.
const QUEUES_MAX: Duration = Duration::from_secs(60);

/// After so many taps of a medium that nobody asked about a terminal asks: what is in its purse is not known any more.
const UNASKED_MAX: u8 = 4;

/// So many people are asked for one tap: some are away, some go to a shop first.
const TRIES: usize = 8;

/// People on the way at most; more do not set out.
const ON_THE_WAY_MAX: usize = 200_000;

/// Runs the city's terminals until the stop.
pub async fn run(
    city: &City,
    settings: &Settings,
    clocks: &Clocks,
    figures: &Arc<Figures>,
    base: &Base,
    mut stop: Shutdown,
) {
    let mut tasks = JoinSet::new();
    let mut queues = Vec::with_capacity(city.devices.len());
    let (terminals_token, bank_token): (Arc<str>, Arc<str>) =
        (settings.terminals_token.as_str().into(), settings.bank_token.as_str().into());
    let (onward, came) = mpsc::unbounded_channel();
    for device in &city.devices {
        let (queue, errands) = mpsc::channel(QUEUE_MAX);
        let chance = Chance::new(city.seed, "back-off", device.number.0.into());
        let terminal = Terminal {
            device: device.clone(),
            epoch: settings.epoch,
            terminals_token: Arc::clone(&terminals_token),
            bank_token: Arc::clone(&bank_token),
            bank: city.bank,
            clocks: clocks.clone(),
            figures: Arc::clone(figures),
            post: Post::new(base, figures, chance, stop.clone()),
            onward: onward.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(terminal.run(errands));
        queues.push(queue);
    }
    let (till, sales) = mpsc::channel(QUEUE_MAX);
    let chance = Chance::new(city.seed, "back-off", 0);
    let post = Post::new(base, figures, chance, stop.clone());
    let token: Arc<str> = settings.merchant_token.as_str().into();
    tasks.spawn(Till { token, clocks: clocks.clone(), figures: Arc::clone(figures), post }.run(sales));
    let (counter, calls) = mpsc::channel(QUEUE_MAX);
    let chance = Chance::new(city.seed, "back-off", u64::MAX);
    let clerk = Counter {
        bank_token,
        operator_token: settings.operator_token.as_str().into(),
        bank: city.bank,
        clocks: clocks.clone(),
        figures: Arc::clone(figures),
        post: Post::new(base, figures, chance, stop.clone()),
    };
    tasks.spawn(clerk.run(calls));
    // Another process goes on with other people, not with the same ones again.
    let chance = Chance::new(city.seed, "live", settings.epoch.into());
    let (due, haste) = (BinaryHeap::new(), settings.haste.max(1));
    let mut pace = Pace {
        city,
        chance,
        queues,
        till,
        counter,
        came,
        due,
        haste,
        figures,
        clocks,
        count: 0,
        away: HashMap::new(),
        unasked: HashMap::new(),
    };
    pace.keep(settings, &mut stop).await;
    // Closed queues end the terminals once they have delivered what they hold.
    drop(pace);
    while tasks.join_next().await.is_some() {}
}

/// Somebody on the way, and when the next terminal is reached.
struct Due {
    at: Instant,
    number: u64,
    visitor: Visitor,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

struct Pace<'c> {
    city: &'c City,
    chance: Chance,
    queues: Vec<mpsc::Sender<Errand>>,
    till: mpsc::Sender<Sale>,
    counter: mpsc::Sender<Call>,
    came: mpsc::UnboundedReceiver<Visitor>,
    due: BinaryHeap<Reverse<Due>>,
    haste: u32,
    figures: &'c Arc<Figures>,
    clocks: &'c Clocks,
    /// People who set out.
    count: u64,
    /// Until when those who set out are away.
    away: HashMap<u32, Instant>,
    /// Taps of a medium since a terminal asked about it.
    unasked: HashMap<MediumSerial, u8>,
}

impl Pace<'_> {
    async fn keep(&mut self, settings: &Settings, stop: &mut Shutdown) {
        let mut flow = Flow::of(self.city, settings.rate, self.clocks.city.now());
        self.go_on(Instant::now());
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut last = Instant::now();
        let mut outage_before = last;
        let mut credit: u128 = 0;
        loop {
            tokio::select! {
                () = stop.requested() => return,
                _ = beat.tick() => {}
            }
            let now = Instant::now();
            let passed = now.duration_since(last).min(CATCH_UP_MAX);
            last = now;
            credit += flow.due(self.city, self.clocks.city.now(), passed);
            while let Ok(visitor) = self.came.try_recv() {
                self.expect(visitor);
            }
            // Those who are on the way come first; whoever sets out waits for them.
            while credit >= TAP {
                credit -= TAP;
                let reached = self.due.peek().is_some_and(|Reverse(next)| next.at <= now);
                match if reached { self.due.pop() } else { None } {
                    Some(Reverse(next)) => self.reach(next.visitor),
                    None => drop((0..TRIES).find(|turn| self.set_out(now, *turn == 0))),
                }
            }
            let due = settings.outages.filter(|outages| now.duration_since(outage_before) >= outages.every);
            if let Some(outages) = due {
                outage_before = now;
                let device = self.chance.index(self.queues.len());
                self.hand(device, Errand::Outage(outages.lasts));
            }
        }
    }

    /// Those whom the history left on the way, inside or at work, go on when they meant to.
    fn go_on(&mut self, now: Instant) {
        let city_now = self.clocks.city.now();
        for (medium, trip) in self.city.under_way() {
            // Their steps count from now.
            let trip = Trip { begins: city_now, ..trip };
            self.leaves(&trip, now);
            let top_up = self.top_up(trip.resident);
            self.expect(Visitor { medium, trip, asks: false, top_up, since: now });
        }
    }

    /// Nobody sets out twice at a time.
    fn leaves(&mut self, trip: &Trip, now: Instant) {
        let last = trip.steps.back().map_or(0, |step| step.at.since(trip.begins));
        let takes = Duration::from_micros(u64::try_from(last).unwrap_or_default() / u64::from(self.haste));
        self.away.insert(trip.resident, now + takes + QUEUES_MAX);
    }

    fn top_up(&mut self, resident: u32) -> Option<Amount> {
        let fills = self.city.residents.get(resident as usize).is_some_and(|one| !one.never_tops_up());
        (fills && self.chance.permille(PAYS_IN_PERMILLE))
            .then(|| Amount(self.chance.pick(&[20_000, 50_000, 100_000]).copied().unwrap_or(50_000)))
    }

    /// Somebody sets out: with a trip, or at the first asking to a shop or a counter. Whether it is a trip, which begins with a
    /// tap.
    fn set_out(&mut self, now: Instant, is_first: bool) -> bool {
        let city_now = self.clocks.city.now();
        let outing = self.city.outing(city_now, &mut self.chance);
        match outing {
            Some(Outing::Trip(medium, trip))
                if self.due.len() < ON_THE_WAY_MAX && !self.is_away(&trip, now) =>
            {
                self.leaves(&trip, now);
                let top_up = self.top_up(trip.resident);
                self.reach(Visitor { medium, trip, asks: false, top_up, since: now });
                return true;
            }
            // Asked again because others are away, nobody goes shopping more often.
            Some(Outing::Shop(..) | Outing::Counter(..)) if !is_first => {}
            Some(Outing::Shop(medium, basket)) => self.served(self.till.try_send((medium, basket)).is_ok()),
            Some(Outing::Counter(medium, wish)) => self.served(self.counter.try_send((medium, wish)).is_ok()),
            _ => self.served(false),
        }
        false
    }

    /// Counts what did not happen.
    fn served(&self, is_served: bool) {
        Figures::count(&self.figures.skipped, u64::from(!is_served));
    }

    fn is_away(&self, trip: &Trip, now: Instant) -> bool {
        self.away.get(&trip.resident).is_some_and(|until| *until > now)
    }

    /// Somebody was let through, and will reach the next terminal so much later.
    fn expect(&mut self, visitor: Visitor) {
        let Some(next) = visitor.trip.steps.front() else { return };
        let walk = u64::try_from(next.at.since(visitor.trip.begins)).unwrap_or_default();
        let at = visitor.since + Duration::from_micros(walk / u64::from(self.haste));
        self.count += 1;
        self.due.push(Reverse(Due { at, number: self.count, visitor }));
    }

    fn reach(&mut self, mut visitor: Visitor) {
        let Some(device) = visitor.trip.steps.front().map(|step| step.device) else { return };
        // Where the city has no history nothing is known of any purse.
        let unknown = if self.city.knows_purses() { 0 } else { UNASKED_MAX };
        let unasked = self.unasked.entry(visitor.medium).or_insert(unknown);
        let is_due = *unasked >= UNASKED_MAX;
        visitor.asks = self.city.asks(&visitor.trip, visitor.medium, is_due, &mut self.chance);
        *unasked = if visitor.asks { 0 } else { unasked.saturating_add(1) };
        self.hand(device, Errand::Visit(visitor));
    }

    fn hand(&self, device: usize, errand: Errand) {
        let queue = self.queues.get(device);
        if queue.is_none_or(|queue| queue.try_send(errand).is_err()) {
            Figures::count(&self.figures.skipped, 1);
        }
    }
}
