//! Sends people to gates at an even rate. Owns the pace and the choice of who goes where; a visit that finds a terminal's
//! queue full does not happen.

use std::sync::Arc;
use std::time::Duration;

use engine::Amount;
use platform::shutdown::Shutdown;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::post::{Base, Post};
use super::terminal::{Errand, Terminal};
use super::{Clocks, Figures, Settings, TAPS_PER_S_MAX};
use crate::city::{Chance, City};

/// Visits that may wait at one terminal.
const QUEUE_MAX: usize = 8;

/// How often the pace is looked at.
const BEAT: Duration = Duration::from_millis(5);

/// After a pause at most so much of it is caught up.
const CATCH_UP_MAX: Duration = Duration::from_millis(250);

/// So many in a thousand of those whose purse does not reach pay in at once.
const PAYS_IN_PERMILLE: u64 = 800;

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
            stop: stop.clone(),
        };
        tasks.spawn(terminal.run(errands));
        queues.push(queue);
    }
    // Another process goes on with other people, not with the same ones again.
    let chance = Chance::new(city.seed, "live", settings.epoch.into());
    let mut pace = Pace { city, chance, queues, figures, clocks };
    pace.keep(settings, &mut stop).await;
    // Closed queues end the terminals once they have delivered what they hold.
    drop(pace);
    while tasks.join_next().await.is_some() {}
}

struct Pace<'c> {
    city: &'c City,
    chance: Chance,
    queues: Vec<mpsc::Sender<Errand>>,
    figures: &'c Arc<Figures>,
    clocks: &'c Clocks,
}

impl Pace<'_> {
    async fn keep(&mut self, settings: &Settings, stop: &mut Shutdown) {
        let rate = u128::from(settings.taps_per_s.min(TAPS_PER_S_MAX));
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut last = Instant::now();
        let mut outage_before = last;
        // Microseconds times rate: a million is one visit.
        let mut credit: u128 = 0;
        loop {
            tokio::select! {
                () = stop.requested() => return,
                _ = beat.tick() => {}
            }
            let now = Instant::now();
            let passed = now.duration_since(last).min(CATCH_UP_MAX);
            last = now;
            credit += passed.as_micros() * rate;
            while credit >= 1_000_000 {
                credit -= 1_000_000;
                self.visit();
            }
            let due = settings.outages.filter(|outages| now.duration_since(outage_before) >= outages.every);
            if let Some(outages) = due {
                outage_before = now;
                let device = self.chance.index(self.queues.len());
                self.hand(Some(device), Errand::Outage(outages.lasts));
            }
        }
    }

    /// Somebody goes to one of the two ends of their way, or to see a sight if it is open.
    fn visit(&mut self) {
        let now = self.clocks.city.now();
        let Some(resident) = self.chance.pick(&self.city.residents) else { return };
        let Some(medium) = self.chance.pick(&resident.media) else { return };
        let top_up = (!resident.never_tops_up() && self.chance.permille(PAYS_IN_PERMILLE))
            .then(|| Amount(self.chance.pick(&[20_000, 50_000, 100_000]).copied().unwrap_or(50_000)));
        let errand = Errand::Visit { medium: medium.serial, top_up };
        let device = self.city.live_device(resident, now, &mut self.chance);
        self.hand(device, errand);
    }

    fn hand(&self, device: Option<usize>, errand: Errand) {
        let queue = device.and_then(|device| self.queues.get(device));
        if queue.is_none_or(|queue| queue.try_send(errand).is_err()) {
            Figures::count(&self.figures.skipped, 1);
        }
    }
}
