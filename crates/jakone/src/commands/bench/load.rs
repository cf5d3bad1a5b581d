//! The commands a bench measures, each a pure function of its number, so that a batch that was refused for lack of room
//! can be made again. Never runs while the clock does, except then.

use base::{CommandId, DeviceNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{Amount, Body, Channel, Envelope, Leg, Movement, State, Tap};

use super::city::{PLACES, place};
use crate::cli::BenchSubject;

/// Terminals that deliver taps.
const DEVICES: u64 = 256;

/// What the commands are made from.
pub struct Load {
    subject: BenchSubject,
    purses: Vec<AccountId>,
    accounts: u64,
    places: Vec<base::Code>,
    seed: u64,
    /// Ids are made one per microsecond from here on, as a million callers a second would make them.
    epoch: Timestamp,
}

impl Load {
    /// A load over the purses of a state.
    pub fn new(subject: BenchSubject, state: &State, seed: u64) -> Self {
        let all = (0u32..).zip(state.ledger.accounts());
        let purses: Vec<AccountId> =
            all.filter(|(_, account)| account.key.kind == Kind::Purse).map(|(id, _)| AccountId(id)).collect();
        let accounts = u64::try_from(purses.len()).unwrap_or(u64::MAX).max(1);
        let places = (0..PLACES).map(place).collect();
        Self { subject, purses, accounts, places, seed, epoch: Timestamp::default() }
    }

    /// The commands from `from` on, their ids made at `now`.
    pub fn batches(&mut self, from: u64, count: u32, batch: u32, now: Timestamp) -> Vec<Vec<Envelope>> {
        self.epoch = now.plus(-i64::try_from(from).unwrap_or(0));
        let mut rest = count;
        let mut next = from;
        let mut batches = Vec::new();
        while rest > 0 {
            let size = rest.min(batch);
            batches.push(self.batch(next, size));
            rest -= size;
            next += u64::from(size);
        }
        batches
    }

    /// So many commands from `from` on.
    pub fn batch(&self, from: u64, size: u32) -> Vec<Envelope> {
        (from..from + u64::from(size)).map(|number| self.command(number)).collect()
    }

    fn command(&self, number: u64) -> Envelope {
        let random = scramble(self.seed ^ scramble(number));
        let made = self.epoch.plus(i64::try_from(number).unwrap_or(0));
        Envelope {
            schema: 1,
            id: CommandId::new(made, u128::from(random) << 64 | u128::from(scramble(random))),
            principal: PrincipalId(1),
            channel: Channel::Device,
            on_behalf_of: None,
            received_at: made,
            body: match self.subject {
                BenchSubject::Transfers => self.transfer(random),
                BenchSubject::Taps => self.tap(number, random, made),
            },
        }
    }

    fn pick(&self, random: u64) -> usize {
        usize::try_from(random % self.accounts).unwrap_or(0)
    }

    fn transfer(&self, random: u64) -> Body {
        let (one, step) =
            (self.pick(random), 1 + self.pick(random >> 32) % self.purses.len().max(2).saturating_sub(1));
        let other = (one + step) % self.purses.len().max(1);
        let purse = |slot: usize| self.purses.get(slot).copied().unwrap_or(AccountId(0));
        Body::Transfer(vec![Leg {
            debit: purse(one),
            credit: purse(other),
            amount: Amount(1 + random % 1_000),
        }])
    }

    fn tap(&self, number: u64, random: u64, made: Timestamp) -> Body {
        let device = u32::try_from(number % DEVICES).unwrap_or(0);
        let slot = usize::try_from(random >> 48).unwrap_or(0) % self.places.len().max(1);
        let medium = u32::try_from(self.pick(random)).unwrap_or(0);
        let place = self.places.get(slot).copied().unwrap_or_else(|| place(0));
        Body::Tap(Tap {
            device: DeviceNumber(device),
            epoch: 1,
            seq: number / DEVICES + 1,
            medium: MediumSerial(medium),
            counter: None,
            opened: true,
            refused: None,
            movement: Some(Movement { place, line: None, device_at: made }),
        })
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a good mixture of 64 bits.
fn scramble(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
