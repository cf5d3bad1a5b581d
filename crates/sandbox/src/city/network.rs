//! Terminals without network, and terminals whose clock is wrong. A terminal without network opens, keeps what happened and
//! sends it when it can.

use std::collections::BTreeMap;
use std::ops::Range;

use base::Timestamp;

use super::events::Event;

/// What is wrong with a terminal for a while.
#[derive(Debug, Clone)]
struct Trouble {
    device: usize,
    lasts: Range<Timestamp>,
    /// How far its clock is ahead; none where it is the network that is away.
    ahead: Option<i64>,
}

/// Troubles and what was kept meanwhile.
#[derive(Debug, Clone, Default)]
pub(super) struct Network {
    troubles: Vec<Trouble>,
    kept: BTreeMap<usize, Vec<Event>>,
}

impl Network {
    /// A terminal loses its network.
    pub fn outage(&mut self, device: usize, lasts: Range<Timestamp>) {
        self.troubles.push(Trouble { device, lasts, ahead: None });
    }

    /// A terminal's clock runs ahead.
    pub fn wrong_clock(&mut self, device: usize, lasts: Range<Timestamp>, ahead: i64) {
        self.troubles.push(Trouble { device, lasts, ahead: Some(ahead) });
    }

    /// Since when a terminal has no network, if it has none.
    pub fn away(&self, device: usize, at: Timestamp) -> Option<Timestamp> {
        let found = self.find(device, at).find(|trouble| trouble.ahead.is_none());
        found.map(|trouble| trouble.lasts.start)
    }

    /// How far a terminal's clock is ahead.
    pub fn ahead(&self, device: usize, at: Timestamp) -> i64 {
        self.find(device, at).find_map(|trouble| trouble.ahead).unwrap_or_default()
    }

    fn find(&self, device: usize, at: Timestamp) -> impl Iterator<Item = &Trouble> {
        self.troubles.iter().filter(move |one| one.device == device && one.lasts.contains(&at))
    }

    /// What a terminal cannot send now.
    pub fn keep(&mut self, device: usize, event: Event) {
        self.kept.entry(device).or_default().push(event);
    }

    /// What it sends when it can: the oldest of so many equal parts of what it still keeps.
    pub fn delivered(&mut self, device: usize, parts: usize) -> Vec<Event> {
        let Some(kept) = self.kept.get_mut(&device) else { return Vec::new() };
        let part = kept.len().div_ceil(parts.max(1));
        kept.drain(..part).collect()
    }

    /// Forgets what ended before an instant.
    pub fn forget(&mut self, before: Timestamp) {
        self.troubles.retain(|trouble| trouble.lasts.end > before);
    }
}
