//! A city beside an engine in memory: what is said is decided at once, and what is decided is heard.

use std::collections::BTreeMap;

use base::{CivilDate, Code, CommandId, PrincipalId, Timestamp};
use engine::{
    Answer, Body, Channel, Engine, Envelope, Event as Told, FareRule, Genesis, HeldReason, Incident,
    Parameter, Position, Refusal, State, Step,
};
use programmes::service::content::Content;
use sandbox::city::{City, Event, Heard, IdSource, Senders};
use sha2::{Digest, Sha256};

/// The city's clock minus its callers'.
pub const OFFSET: i64 = -3 * Timestamp::DAY;

pub const SENDERS: Senders = Senders {
    office: PrincipalId(1),
    bank: PrincipalId(3),
    terminals: PrincipalId(4),
    merchant: PrincipalId(5),
};

/// How long those outside wait before they all speak.
const SLICE: i64 = 10 * Timestamp::MINUTE;

pub fn date(text: &str) -> CivilDate {
    CivilDate::parse(text).unwrap()
}

/// One tap, as far as the shape of a day asks for it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub medium: u32,
    pub place: Code,
    pub part: engine::Part,
    pub device: u32,
    pub device_at: Timestamp,
    pub opened: bool,
}

/// What came of a city so far.
pub struct World {
    pub city: City,
    pub engine: Engine,
    position: Position,
    ids: IdSource,
    pub taps: Vec<Seen>,
    /// Commands by name.
    pub commands: BTreeMap<&'static str, usize>,
    pub refusals: BTreeMap<&'static str, usize>,
    /// Reasons that gates gave for staying shut.
    pub shut: usize,
    pub incidents: BTreeMap<&'static str, usize>,
    pub held: BTreeMap<&'static str, usize>,
    pub fares: BTreeMap<&'static str, usize>,
    pub free: usize,
    pub paid: usize,
    /// Over every command, in order.
    digest: Sha256,
}

impl World {
    pub fn found(seed: u64, residents: usize, begins: CivilDate) -> Self {
        let mut world = Self {
            city: City::generate(seed, residents, begins).unwrap(),
            engine: Engine::new(State::new(11)),
            position: Position { seq: 1, index: 0 },
            ids: IdSource::new(seed, OFFSET),
            taps: Vec::new(),
            commands: BTreeMap::new(),
            refusals: BTreeMap::new(),
            shut: 0,
            incidents: BTreeMap::new(),
            held: BTreeMap::new(),
            fares: BTreeMap::new(),
            free: 0,
            paid: 0,
            digest: Sha256::new(),
        };
        let at = begins.midnight();
        let genesis = Genesis {
            city: Code::parse("jakarta").unwrap(),
            format: 1,
            hash_key: 11,
            keys: Vec::new(),
            parameters: vec![(Parameter::IdClockOffset, OFFSET)],
        };
        world.own(at, Body::Genesis(Box::new(genesis)));
        for body in Content::built_in().unwrap().bodies() {
            world.office(at, body);
        }
        for body in world.city.budget_accounts(&world.engine.state) {
            world.office(at, body);
        }
        for body in world.city.budget_votes(&world.engine.state) {
            world.office(at, body);
        }
        let events = world.city.arrivals();
        world.say(at, events);
        world
    }

    /// A city that has lived so many days.
    pub fn lived(seed: u64, residents: usize, begins: CivilDate, days: i32) -> Self {
        let mut world = Self::found(seed, residents, begins);
        for day in 0..days {
            world.day(begins.plus_days(day));
        }
        world
    }

    /// Lives a day.
    pub fn day(&mut self, date: CivilDate) {
        self.day_until(date, date.plus_days(1).midnight());
    }

    /// Lives a day until an instant of it.
    pub fn day_until(&mut self, date: CivilDate, until: Timestamp) {
        self.city.plan(date).unwrap();
        let mut end = date.midnight();
        while end < until {
            end = end.plus(SLICE);
            let events = self.city.until(end);
            if !events.is_empty() {
                self.say(end, events);
            }
        }
    }

    fn say(&mut self, at: Timestamp, events: Vec<Event>) {
        self.own(at, Body::Tick);
        let mut heard = Vec::with_capacity(events.len());
        for event in &events {
            let command = event.to_command(&SENDERS, &self.ids);
            self.look(&command);
            let step = self.step(at, &command);
            let answer = Answer { position: self.position, at, step };
            heard.push(Heard::from(&answer));
        }
        self.city.hear(events, &heard);
    }

    fn look(&mut self, command: &Envelope) {
        let mut body = Vec::new();
        minicbor::encode(&command.body, &mut body).unwrap();
        self.digest.update(command.id.as_u128().to_be_bytes());
        self.digest.update(command.received_at.0.to_be_bytes());
        self.digest.update(&body);
        *self.commands.entry(command.body.name()).or_default() += 1;
        let Body::Tap(tap) = &command.body else { return };
        let movement = tap.movement.as_ref().unwrap();
        // Movement is no part of a body's encoding.
        self.digest.update(format!("{movement:?}"));
        self.shut += usize::from(!tap.opened);
        self.taps.push(Seen {
            medium: tap.medium.0,
            place: movement.place,
            part: movement.part,
            device: tap.device.0,
            device_at: movement.device_at,
            opened: tap.opened,
        });
    }

    fn step(&mut self, at: Timestamp, command: &Envelope) -> Step {
        self.position.seq += 1;
        let step = self.engine.step(self.position, at, command);
        if let Step::Decided(Err(refused)) = &step {
            *self.refusals.entry(refused.code()).or_default() += 1;
        }
        assert!(matches!(step, Step::Decided(_)), "{step:?}: {command:?}");
        for told in self.engine.events() {
            match told {
                Told::TapPriced(priced) => {
                    *self.fares.entry(priced.fare.code()).or_default() += 1;
                    if let Some(incident) = priced.incident {
                        *self.incidents.entry(incident.code()).or_default() += 1;
                    }
                    let passed = matches!(priced.fare, FareRule::Begun | FareRule::Left);
                    self.free += usize::from(!passed && priced.charged_now() == 0);
                    self.paid += usize::from(!passed && priced.charged_now() > 0);
                }
                Told::Rerated(rerated) => *self.fares.entry(rerated.fare.code()).or_default() += 1,
                Told::TapHeld(reason, _) => *self.held.entry(reason.code()).or_default() += 1,
                _ => {}
            }
        }
        step
    }

    fn envelope(at: Timestamp, principal: u32, channel: Channel, id: CommandId, body: Body) -> Envelope {
        Envelope {
            schema: 1,
            id,
            principal: PrincipalId(principal),
            channel,
            on_behalf_of: None,
            received_at: at,
            body,
        }
    }

    fn own(&mut self, at: Timestamp, body: Body) {
        let command = Self::envelope(at, 0, Channel::System, CommandId::from_u128(0), body);
        let step = self.step(at, &command);
        assert!(matches!(step, Step::Decided(Ok(_))), "{step:?}");
    }

    fn office(&mut self, at: Timestamp, body: Body) {
        let id = CommandId::new(at.plus(-OFFSET), u128::from(self.position.seq));
        let command = Self::envelope(at, 2, Channel::System, id, body);
        let step = self.step(at, &command);
        assert!(matches!(step, Step::Decided(Ok(_))), "{step:?}: {command:?}");
    }

    /// A short name of everything that was said.
    pub fn digest(&self) -> String {
        self.digest.clone().finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Nothing was answered that the outside did not expect, and no balance is another one.
    pub fn agrees(&self) {
        let (wrong, surprises) = (self.city.disagreements(), &self.city.surprises);
        assert!(wrong.is_empty(), "{} balances: {:?}", wrong.len(), wrong.iter().take(5).collect::<Vec<_>>());
        let some: Vec<String> =
            surprises.iter().take(8).map(|one| format!("{} {one:?}", one.at.rfc3339())).collect();
        assert!(some.is_empty(), "{} answers nobody expected: {some:#?}", surprises.len());
    }
}

/// Every code there is of a kind.
pub fn all_codes() -> [(&'static str, Vec<&'static str>); 4] {
    [
        ("refusal", Refusal::ALL.iter().map(|one| one.code()).collect()),
        ("incident", Incident::ALL.iter().map(|one| one.code()).collect()),
        ("held", HeldReason::ALL.iter().map(|one| one.code()).collect()),
        ("fare", FareRule::ALL.iter().map(|one| one.code()).collect()),
    ]
}
