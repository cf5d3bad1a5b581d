//! The commands a bench measures, each a pure function of its number, so that a batch that was refused for lack of room
//! can be made again. Never runs while the clock does, except then.

use base::{CommandId, DeviceNumber, MediumSerial, PrincipalId, Timestamp};
use engine::ledger::{AccountId, Kind};
use engine::{Amount, Body, Channel, Envelope, Leg, Movement, Part, State, Tap};

use super::city::code;
use crate::cli::BenchSubject;

/// Terminals that deliver taps.
const DEVICES: u64 = 256;

/// Services of single taps, and stops of journeys in and out: two taps in three rides of ten are single ones.
const SINGLE: [&str; 4] = ["tj.brt", "tj.brt", "tj.mikrotrans", "tj.nonbrt"];
const GATED: [(&str, &str); 4] = [
    ("mrt.lebak_bulus", "mrt.bundaran_hi"),
    ("mrt.asean", "mrt.dukuh_atas"),
    ("lrt.pegangsaan_dua", "lrt.velodrome"),
    ("tj.blok_m", "tj.harmoni"),
];
/// Of a hundred pairs of taps, so many are two single taps of two people; the rest are one journey in and out.
const SINGLE_PERCENT: u64 = 60;

/// What the commands are made from.
pub struct Load {
    subject: BenchSubject,
    purses: Vec<AccountId>,
    accounts: u64,
    single: Vec<base::Code>,
    gated: Vec<(base::Code, base::Code)>,
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
        let single = SINGLE.map(code).to_vec();
        let gated = GATED.map(|(from, to)| (code(from), code(to))).to_vec();
        Self { subject, purses, accounts, single, gated, seed, epoch: Timestamp::default() }
    }

    /// From now on ids are made at `now`, that of command `from` first.
    pub fn begin(&mut self, now: Timestamp, from: u64) {
        self.epoch = now.plus(-i64::try_from(from).unwrap_or(0));
    }

    /// The commands from `from` on, their ids made at `now`.
    pub fn batches(&mut self, from: u64, count: u32, batch: u32, now: Timestamp) -> Vec<Vec<Envelope>> {
        self.begin(now, from);
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

    /// The command of that number.
    pub fn command(&self, number: u64) -> Envelope {
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
                BenchSubject::Transfers | BenchSubject::Client => self.transfer(random),
                _ => self.tap(number, random, made),
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

    /// Taps come in pairs of numbers: two single taps, or the two ends of one journey.
    fn tap(&self, number: u64, random: u64, made: Timestamp) -> Body {
        let pair = scramble(self.seed ^ scramble(number / 2) ^ 1);
        let single = pair % 100 < SINGLE_PERCENT;
        let chosen = if single { random } else { pair };
        let (slot, medium) = (usize::try_from(chosen >> 48).unwrap_or(0), self.pick(chosen >> 7));
        let (place, part) = if single {
            (self.single.get(slot % SINGLE.len()).copied(), Part::Single)
        } else {
            let stops = self.gated.get(slot % GATED.len()).copied();
            let out = !number.is_multiple_of(2);
            let stop = stops.map(|(from, to)| if out { to } else { from });
            (stop, if out { Part::Out } else { Part::In })
        };
        let place = place.unwrap_or_else(|| code("tj.brt"));
        Body::Tap(Tap {
            device: DeviceNumber(u32::try_from(number % DEVICES).unwrap_or(0)),
            epoch: 1,
            seq: number / DEVICES + 1,
            medium: MediumSerial(u32::try_from(medium).unwrap_or(0)),
            counter: None,
            opened: true,
            refused: None,
            movement: Some(Movement { part, ..Movement::new(place, made) }),
        })
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a good mixture of 64 bits.
pub fn scramble(value: u64) -> u64 {
    let mut mixed = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
