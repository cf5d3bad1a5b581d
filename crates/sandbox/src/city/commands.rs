//! The city as commands of the engine: its people once, its days one event after the other.

use base::{Code, CommandId, Micros, PrincipalId, RegionLevel, Timestamp};
use engine::{Ask, Body, Channel, Envelope, Grant, IssueMedium, Movement, OpenHolder, SetMedium, Tap, TopUp};

use super::chance;
use super::events::{Event, Happening};
use super::people::Resident;
use super::{City, TapEvent};

/// Version of the command language these commands are written in.
const SCHEMA: u16 = 1;

/// Who sends what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Senders {
    /// The office: holders, media, grants.
    pub office: PrincipalId,
    /// The bank: money that came in.
    pub bank: PrincipalId,
    /// Operators of terminals: asks and taps.
    pub terminals: PrincipalId,
}

/// Makes ids: a UUIDv7 of the callers' clock with bits from the seed, so that the same event has the same id in every
/// run.
#[derive(Debug, Clone, Copy)]
pub struct IdSource {
    seed: u64,
    clock_offset: Micros,
}

impl IdSource {
    /// Ids of a city whose clock is `clock_offset` microseconds ahead of its callers' clocks.
    #[must_use]
    pub const fn new(seed: u64, clock_offset: Micros) -> Self {
        Self { seed, clock_offset }
    }

    /// The id of the thing with two numbers within a purpose, at a city time.
    #[must_use]
    pub fn id(&self, at: Timestamp, purpose: &str, one: u64, two: u64) -> CommandId {
        let bytes = chance::bytes(self.seed, purpose, one, two);
        let random = bytes.first_chunk().map_or(0, |chunk: &[u8; 16]| u128::from_be_bytes(*chunk));
        CommandId::new(at.plus(-self.clock_offset), random)
    }
}

/// One command, from somebody, at a city time.
fn envelope(id: CommandId, principal: PrincipalId, channel: Channel, at: Timestamp, body: Body) -> Envelope {
    Envelope { schema: SCHEMA, id, principal, channel, on_behalf_of: None, received_at: at, body }
}

impl City {
    /// Makes the people known: holder, media (issued, activated, a few blocked), benefit, opening purse, in this order for
    /// one resident after the other, all received at `at`.
    #[must_use]
    pub fn to_commands(&self, at: Timestamp, senders: &Senders, ids: &IdSource) -> Vec<Envelope> {
        let mut commands = Vec::with_capacity(self.residents.len() * 5);
        for resident in &self.residents {
            for (step, body) in (0..).zip(self.bodies(resident)) {
                let id = ids.id(at, "resident", resident.index.into(), step);
                let (principal, channel) = match body {
                    Body::TopUp(_) => (senders.bank, Channel::Api),
                    _ => (senders.office, Channel::Office),
                };
                commands.push(envelope(id, principal, channel, at, body));
            }
        }
        commands
    }

    fn bodies(&self, resident: &Resident) -> Vec<Body> {
        let holder = resident.holder;
        let home = resident.home.at(RegionLevel::City).and_then(|city| Code::parse(&city.to_string()).ok());
        let open = OpenHolder { holder, category: resident.category, home, bank: self.bank };
        let mut bodies = vec![Body::OpenHolder(open)];
        for medium in &resident.media {
            let serial = medium.serial;
            let (kind, assurance) = (medium.kind, medium.assurance);
            bodies.push(Body::IssueMedium(IssueMedium {
                medium: serial,
                holder,
                kind,
                assurance,
                replaces: None,
            }));
            let set = |version, reason| SetMedium { medium: serial, version, reason };
            bodies.push(Body::ActivateMedium(set(1, None)));
            if medium.blocked.is_some() {
                bodies.push(Body::BlockMedium(set(2, medium.blocked)));
            }
        }
        if let Some(held) = &resident.entitlement {
            let (benefit, from, to) = (held.benefit, held.from, held.to);
            bodies.push(Body::Grant(Grant { holder, benefit, from, to, version: 1 }));
        }
        if !resident.opening_purse.is_zero() {
            let (bank, amount) = (self.bank, resident.opening_purse);
            bodies.push(Body::TopUp(TopUp { medium: None, holder: Some(holder), bank, amount }));
        }
        bodies
    }
}

impl Event {
    /// The event as the command that reports it.
    #[must_use]
    pub fn to_command(&self, senders: &Senders, ids: &IdSource) -> Envelope {
        let micros = self.at.0.unsigned_abs();
        match &self.happening {
            Happening::Ask(ask) => {
                let movement = Some(Movement::new(ask.place, ask.device_at));
                let body = Body::Ask(Ask { medium: ask.medium, movement });
                let id =
                    ids.id(self.at, "ask", u64::from(ask.medium.0) << 32 | u64::from(ask.device.0), micros);
                envelope(id, senders.terminals, Channel::Device, self.at, body)
            }
            Happening::Tap(tap) => {
                let device = u64::from(tap.device.0) << 32 | u64::from(tap.epoch);
                // A terminal makes the id when it sees the card, however late it sends it.
                let id = ids.id(tap.device_at, "tap", device, tap.seq);
                envelope(id, senders.terminals, Channel::Device, self.at, Body::Tap(tap.to_tap()))
            }
            Happening::TopUp(top_up) => {
                let body = Body::TopUp(TopUp {
                    medium: Some(top_up.medium),
                    holder: None,
                    bank: top_up.bank,
                    amount: top_up.amount,
                });
                let id = ids.id(self.at, "top-up", top_up.medium.0.into(), micros);
                envelope(id, senders.bank, Channel::Api, self.at, body)
            }
        }
    }
}

impl TapEvent {
    /// The terminal's report.
    #[must_use]
    pub fn to_tap(&self) -> Tap {
        Tap {
            device: self.device,
            epoch: self.epoch,
            seq: self.seq,
            medium: self.medium,
            counter: self.counter,
            opened: self.opened,
            refused: self.refused,
            movement: Some(Movement::new(self.place, self.device_at)),
        }
    }
}
