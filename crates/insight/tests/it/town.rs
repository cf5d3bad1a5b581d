//! A town with the built-in content: commuters between two stops, a few on rails, families at the zoo, benefits, aid. Its
//! records are told to the projection as a journal would.

use base::{DeviceNumber, HolderNumber, MediumSerial, Timestamp};
use engine::ledger::Kind;
use engine::{
    AccountKey, Amount, Body, Disburse, Grant, IssueMedium, Leg, Member, Movement, OpenAccount, OpenHolder,
    Part, Record, Revoke, SetMedium, Tap, TopUp, Unit,
};
use fixtures::{City, Kept, code, date, moment};
use insight::store::Insight;
use journal::{Hash, Head};
use platform::access::{Action, Actor, Policies, Resource, authorize};
use platform::database::{Databases, Place};
use programmes::service::content::Content;
use programmes::service::labels::Labels;
use runtime::{Followed, Projection};
use std::path::Path;

/// Files, or the PostgreSQL database that stands for them.
pub fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

const GATE: DeviceNumber = DeviceNumber(1);

/// Commuters; the first so many hold free transport.
const COMMUTERS: u64 = 30;
const ENTITLED: u64 = 25;

pub struct Town {
    pub city: City,
    taps: u64,
    media: Vec<MediumSerial>,
}

impl Town {
    /// A week of the town, and a minute past four on the Monday after it.
    pub fn lived() -> Self {
        let mut town = Self::settled();
        town.monday();
        town.tuesday();
        town.at("2026-11-25T04:01");
        town.city.tick();
        town.commute("2026-11-25");
        town.at("2026-11-26T04:01");
        town.city.tick();
        town.saturday();
        town.at("2026-11-30T04:01");
        town.city.tick();
        town
    }

    /// The same until twenty past nine: five get on before nine, four after.
    pub fn awake() -> Self {
        let mut town = Self::lived();
        for (time, people) in [("2026-11-30T08:40", 20..25), ("2026-11-30T09:20", 25..29)] {
            town.at(time);
            for person in people {
                town.now(person, "tj.blok_m", Part::Single);
            }
        }
        town
    }

    /// The content and the people, before anybody moves.
    pub fn settled() -> Self {
        let mut town = Self { city: City::founded(Vec::new()), taps: 0, media: Vec::new() };
        for body in Content::built_in().unwrap().bodies() {
            town.city.must(body);
        }
        for number in 0..COMMUTERS {
            let home = if number < 24 { "31.74.07" } else { "31.71.06" };
            town.person(home);
            if number < ENTITLED {
                town.grant(number, "transport_gratis.pkk");
            }
        }
        let holder = HolderNumber::new(0).unwrap();
        let benefit = code("transport_gratis.pkk");
        town.city.must(Body::Revoke(Revoke { holder, benefit, version: 2 }));
        town.aid();
        town
    }

    fn at(&mut self, time: &str) {
        self.city.set_clock(moment(time));
    }

    fn person(&mut self, home: &str) {
        let holder = HolderNumber::new(u64::try_from(self.media.len()).unwrap()).unwrap();
        let medium = self.city.state().media.next();
        let bank = code("bank_dki");
        let (category, home) = (code("adult"), Some(code(home)));
        self.city.must(Body::OpenHolder(OpenHolder { holder, category, home, bank }));
        let kind = code("chip");
        self.city.must(Body::IssueMedium(IssueMedium { medium, holder, kind, assurance: 2, replaces: None }));
        self.city.must(Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }));
        self.city.must(Body::TopUp(TopUp {
            holder: Some(holder),
            bank,
            amount: Amount(200_000),
            medium: None,
        }));
        self.media.push(medium);
    }

    fn grant(&mut self, number: u64, benefit: &str) {
        let holder = HolderNumber::new(number).unwrap();
        let (from, to) = (date("2026-11-23"), date("2027-05-22"));
        self.city.must(Body::Grant(Grant { holder, benefit: code(benefit), from, to, version: 1 }));
    }

    /// One senior with aid of a month from a budget of two.
    fn aid(&mut self) {
        self.grant(1, "klj");
        let owner = self.city.state().benefits.find(code("klj")).unwrap();
        let key = |kind| AccountKey { kind, owner, sub: 2026, unit: Unit::Rupiah };
        let keys = [key(Kind::Appropriation), key(Kind::Budget)];
        for key in keys {
            self.city.must(Body::OpenAccount(OpenAccount { key }));
        }
        let [debit, credit] = keys.map(|key| self.city.state().ledger.find(&key).unwrap());
        self.city.must(Body::Transfer(vec![Leg { debit, credit, amount: Amount(600_000) }]));
        let (holder, bank) = (HolderNumber::new(1).unwrap(), code("bank_dki"));
        let disburse = Disburse { holder, benefit: code("klj"), bank, amount: Amount(300_000) };
        self.city.must(Body::Disburse(disburse));
    }

    fn tap(&mut self, person: usize, place: &str, part: Part, party: Vec<Member>, at: Timestamp) {
        self.taps += 1;
        let movement = Movement { part, party, ..Movement::new(code(place), at) };
        self.city.must(Body::Tap(Tap {
            device: GATE,
            epoch: 1,
            seq: self.taps,
            medium: self.media[person],
            counter: None,
            opened: true,
            refused: None,
            movement: Some(movement),
        }));
    }

    fn now(&mut self, person: usize, place: &str, part: Part) {
        let at = self.city.now();
        self.tap(person, place, part, Vec::new(), at);
    }

    /// There in the morning and back in the evening, by bus.
    fn commute(&mut self, day: &str) {
        for (time, place) in [("08:30", "tj.blok_m"), ("17:10", "tj.bundaran_hi")] {
            self.at(&format!("{day}T{time}"));
            for number in 0..26 {
                self.now(number, place, Part::Single);
            }
        }
    }

    /// Commuters, three on rails, one with a single tap.
    fn monday(&mut self) {
        self.at("2026-11-23T08:30");
        for number in 26..29 {
            self.now(number, "mrt.blok_m", Part::In);
        }
        self.commute("2026-11-23");
        for number in 26..29 {
            self.now(number, "mrt.bundaran_hi", Part::Out);
        }
        self.now(29, "tj.blok_m", Part::Single);
    }

    /// A family at the zoo, a visitor who forgets to tap out, one who is seen at a stop; and Monday's tap that comes late.
    fn tuesday(&mut self) {
        self.at("2026-11-24T04:10");
        self.tap(29, "tj.blok_m", Part::Single, Vec::new(), moment("2026-11-23T20:00"));
        self.at("2026-11-24T09:00");
        let member = |category: &str, count| Member { category: code(category), count };
        let party = vec![member("adult", 1), member("child", 2)];
        let at = self.city.now();
        self.tap(26, "ragunan", Part::In, party, at);
        self.now(27, "ragunan", Part::In);
        self.now(28, "ragunan", Part::In);
        self.at("2026-11-24T11:30");
        self.now(26, "ragunan", Part::Out);
        self.now(28, "tj.ragunan", Part::Single);
    }

    /// Three get on where the stop is not said and then a van, two at a stop.
    fn saturday(&mut self) {
        self.at("2026-11-28T10:00");
        for place in ["tj.brt", "tj.jak_01"] {
            for person in 27..30 {
                self.now(person, place, Part::Single);
            }
        }
        for person in 25..27 {
            self.now(person, "tj.blok_m", Part::Single);
        }
    }

    /// The records by entry, as a follower is told them; `forgotten` without their movement.
    pub fn followed(&self, forgotten: bool) -> Vec<Followed> {
        let mut entries: Vec<Followed> = Vec::new();
        for kept in self.city.records() {
            let seq = kept.position.seq;
            if entries.last().is_none_or(|entry| entry.head.seq != seq) {
                let mut hash = [0; 32];
                hash[..8].copy_from_slice(&seq.to_be_bytes());
                let head = Head { seq, hash: Hash(hash), at: kept.at };
                entries.push(Followed { head, records: Vec::new() });
            }
            entries.last_mut().unwrap().records.push(read(kept, forgotten));
        }
        entries
    }
}

fn read(kept: &Kept, forgotten: bool) -> Record {
    let movement = kept.movement.as_ref().filter(|_| !forgotten).map(|(_, bytes)| bytes.as_slice());
    Record::decode(kept.position, kept.at, &kept.value, movement).unwrap()
}

/// Databases with the schema and the names, and the threads statements run on.
pub struct Office {
    pub tasks: tokio::runtime::Runtime,
    pub databases: Databases,
    pub labels: Labels,
    _directory: tempfile::TempDir,
}

impl Office {
    pub fn open() -> Self {
        let tasks =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let directory = tempfile::tempdir().unwrap();
        let (databases, labels) = tasks.block_on(async {
            let databases = Databases::open(place(directory.path())).await.unwrap();
            platform::migrations::run::<programmes::Office>(&databases.office).await.unwrap();
            platform::migrations::run::<insight::store::migrations::Projections>(&databases.projections)
                .await
                .unwrap();
            let labels = Labels::open(databases.office.clone()).await.unwrap();
            let policies = Policies::embedded().unwrap();
            let system = Actor::system();
            let permit = authorize(&policies, &system, Action::PublishContent, &Resource::City).unwrap();
            labels.publish(&permit, &Content::built_in().unwrap()).await.unwrap();
            (databases, labels)
        });
        Self { tasks, databases, labels, _directory: directory }
    }

    /// A projection over these tables; what it knew before is read from them.
    pub fn projection(&self) -> Insight {
        Insight::new(self.databases.projections.clone(), self.labels.clone(), self.tasks.handle().clone())
    }

    /// Tells entries in groups of a size, starting the projection anew after each so many groups.
    pub fn tell(&self, entries: &[Followed], size: usize, restart_every: usize) {
        let mut projection = self.projection();
        for (index, group) in entries.chunks(size).enumerate() {
            if index > 0 && index % restart_every == 0 {
                projection = self.projection();
            }
            projection.apply(group).unwrap();
        }
    }
}
