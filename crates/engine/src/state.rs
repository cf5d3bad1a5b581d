//! The state of the city: everything decisions read, and nothing else.

use std::hash::{BuildHasher, Hasher};

use base::Timestamp;

use crate::benefits::Benefits;
use crate::calendars::Calendars;
use crate::devices::Devices;
use crate::holders::Holders;
use crate::journeys::Journeys;
use crate::ledger::Ledger;
use crate::media::Media;
use crate::parameters::Parameters;
use crate::places::Places;
use crate::purchases::Purchases;
use crate::tariffs::Tariffs;
use crate::window::Window;
use crate::{Attested, Genesis, Position};

/// All of it. Two states with the same digest decide alike for ever.
#[derive(Clone, Debug)]
pub struct State {
    /// The founding facts, once there are any.
    pub genesis: Option<Genesis>,
    /// Windows, horizons, limits.
    pub parameters: Parameters,
    /// Number of the process that writes.
    pub epoch: u64,
    /// Time of the last entry.
    pub at: Timestamp,
    /// The last record applied.
    pub position: Position,
    /// Whether anything but set-up has been decided; from then on prices never change for the past.
    pub open_for_business: bool,
    /// Accounts.
    pub ledger: Ledger,
    /// Holders with their entitlements.
    pub holders: Holders,
    /// Media.
    pub media: Media,
    /// Places and organisations.
    pub places: Places,
    /// What kind of day a date is.
    pub calendars: Calendars,
    /// Tariffs by service.
    pub tariffs: Tariffs,
    /// Benefits.
    pub benefits: Benefits,
    /// Taps within the re-rate horizon.
    pub journeys: Journeys,
    /// Purchases that can still be taken back.
    pub purchases: Purchases,
    /// Quotas whose period can still be used, by when that ends.
    pub quotas: std::collections::BTreeSet<(Timestamp, crate::ledger::AccountId)>,
    /// What each terminal has delivered.
    pub devices: Devices,
    /// What the office's audit has laid down.
    pub attested: Attested,
    /// Ids already decided.
    pub window: Window,
}

impl State {
    /// The state before genesis. `hash_key` keys the hash tables; it comes from the genesis record.
    #[must_use]
    pub fn new(hash_key: u64) -> Self {
        let keyed = KeyedState(hash_key);
        Self {
            genesis: None,
            parameters: Parameters::default(),
            epoch: 0,
            at: Timestamp::default(),
            position: Position::default(),
            open_for_business: false,
            ledger: Ledger::new(keyed),
            holders: Holders::new(keyed),
            media: Media::new(keyed),
            places: Places::new(keyed),
            calendars: Calendars::default(),
            tariffs: Tariffs::default(),
            benefits: Benefits::new(keyed),
            journeys: Journeys::default(),
            purchases: Purchases::default(),
            quotas: std::collections::BTreeSet::new(),
            devices: Devices::new(keyed),
            attested: Attested::default(),
            window: Window::new(keyed),
        }
    }

    /// Makes room for so many holders, media and accounts, so that the hot path copies no table.
    pub fn reserve(&mut self, count: usize) {
        self.holders.reserve(count);
        self.media.reserve(count);
        self.ledger.reserve(count);
    }
}

/// Builds the hashers of all tables from the key of genesis.
#[derive(Clone, Copy, Debug)]
pub struct KeyedState(pub(crate) u64);

impl BuildHasher for KeyedState {
    type Hasher = FoldHasher;
    fn build_hasher(&self) -> FoldHasher {
        FoldHasher(self.0 | 1)
    }
}

/// Multiply and fold: one multiplication per word. Keyed, so that callers cannot aim for one bucket.
#[derive(Clone, Copy, Debug)]
pub struct FoldHasher(u64);

impl FoldHasher {
    fn mix(&mut self, word: u64) {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        let wide = u128::from(self.0 ^ word) * u128::from(ODD ^ self.0.rotate_left(32));
        let (high, low) = (wide >> 64, wide & u128::from(u64::MAX));
        self.0 = u64::try_from(high ^ low).unwrap_or_default().rotate_left(23) ^ word.wrapping_mul(ODD);
    }
}

impl Hasher for FoldHasher {
    fn finish(&self) -> u64 {
        let mut last = *self;
        last.mix(0x2545_F491_4F6C_DD1D);
        last.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut last = [0u8; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            self.mix(u64::from_le_bytes(last));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }
    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }
    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }
    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }
    fn write_u128(&mut self, value: u128) {
        self.write(&value.to_le_bytes());
    }
}
