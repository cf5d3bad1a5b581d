//! The whole city through an engine, in memory: every command is accepted, and the sandbox's books and the engine's say the
//! same of every tap.

use std::collections::BTreeMap;

use base::{CivilDate, Code, CommandId, PrincipalId, Timestamp};
use engine::{
    Accepted, Amount, Body, Channel, Engine, Envelope, Genesis, Parameter, Position, Refused, State, Step,
    Unit, signed,
};
use programmes::service::content::Content;
use sandbox::city::{City, Event, Happening, IdSource, Senders};

const OFFSET: i64 = -3 * Timestamp::DAY;

const SENDERS: Senders = Senders { office: PrincipalId(2), bank: PrincipalId(3), terminals: PrincipalId(4) };

/// An engine with a position that counts on.
struct Bench {
    engine: Engine,
    position: Position,
}

impl Bench {
    fn found(at: Timestamp) -> Self {
        let mut bench = Self { engine: Engine::new(State::new(11)), position: Position { seq: 1, index: 0 } };
        let genesis = Genesis {
            city: Code::parse("jakarta").unwrap(),
            format: 1,
            hash_key: 11,
            keys: Vec::new(),
            parameters: vec![(Parameter::IdClockOffset, OFFSET)],
        };
        bench.own(at, Body::Genesis(genesis));
        let mut next = 0;
        for command in Content::built_in().unwrap().commands(PrincipalId(1), at, || {
            next += 1;
            CommandId::new(at.plus(-OFFSET), next)
        }) {
            bench.accept(at, &command);
        }
        bench
    }

    fn own(&mut self, at: Timestamp, body: Body) {
        let command = Envelope {
            schema: 1,
            id: CommandId::from_u128(0),
            principal: PrincipalId(0),
            channel: Channel::System,
            on_behalf_of: None,
            received_at: at,
            body,
        };
        self.accept(at, &command);
    }

    fn step(&mut self, at: Timestamp, command: &Envelope) -> Result<Accepted, Refused> {
        self.position.seq += 1;
        match self.engine.step(self.position, at, command) {
            Step::Decided(outcome) => outcome,
            other => panic!("{other:?}: {command:?}"),
        }
    }

    fn accept(&mut self, at: Timestamp, command: &Envelope) -> Accepted {
        let outcome = self.step(at, command);
        outcome.unwrap_or_else(|refusal| panic!("{}: {command:?}", refusal.code()))
    }
}

/// A week of a city that began at midnight.
fn live(seed: u64, residents: usize, days: i32) -> (City, Bench, Vec<Event>) {
    let begins = CivilDate::parse("2026-11-16").unwrap();
    let mut city = City::generate(seed, residents, begins).unwrap();
    let ids = IdSource::new(seed, OFFSET);
    let at = begins.midnight();
    let mut bench = Bench::found(at);
    for command in city.to_commands(at, &SENDERS, &ids) {
        bench.accept(at, &command);
    }
    let mut all = Vec::new();
    for day in 0..days {
        for event in city.day(begins.plus_days(day)).unwrap() {
            bench.own(event.at, Body::Tick);
            let outcome = bench.step(event.at, &event.to_command(&SENDERS, &ids));
            agree(&event, outcome);
            all.push(event);
        }
    }
    (city, bench, all)
}

fn agree(event: &Event, outcome: Result<Accepted, Refused>) {
    match &event.happening {
        Happening::Ask(ask) => {
            assert_eq!(outcome.err().map(|refused| refused.refusal), ask.expected, "{event:?}")
        }
        Happening::TopUp(top_up) => {
            assert_eq!(outcome.unwrap().shown.unwrap().balance, top_up.balance, "{event:?}");
        }
        Happening::Tap(tap) => {
            let shown =
                outcome.unwrap_or_else(|refusal| panic!("{}: {event:?}", refusal.code())).shown.unwrap();
            let said = (shown.full, shown.charged, shown.debt, shown.balance, shown.incident);
            let expected = &tap.expected;
            assert_eq!(
                said,
                (
                    signed(expected.full),
                    signed(expected.charged),
                    expected.debt,
                    expected.balance,
                    expected.incident
                ),
                "{event:?}"
            );
            assert_eq!((shown.open, shown.benefit.is_some()), (tap.opened, expected.by_benefit), "{event:?}");
            assert_eq!(shown.held, None);
        }
    }
}

#[test]
fn every_command_of_the_city_is_accepted_and_both_books_agree() {
    for seed in [1, 2] {
        let (_, _, events) = live(seed, 200, 7);
        assert!(events.len() > 3_000, "{}", events.len());
    }
}

#[test]
fn the_engines_books_balance_after_a_week() {
    let (city, bench, events) = live(7, 200, 7);
    let ledger = &bench.engine.state.ledger;
    let totals = ledger.totals(Unit::Rupiah);
    assert_eq!(totals.debits, totals.credits);
    let sum: i64 = ledger.accounts().iter().map(engine::ledger::Account::balance).sum();
    assert_eq!(sum, 0);
    // What came in is what is in purses and with operators, less what is owed.
    let opened: u64 = city.residents.iter().map(|resident| resident.opening_purse.0).sum();
    let topped: u64 = events
        .iter()
        .filter_map(|event| match &event.happening {
            Happening::TopUp(top_up) => Some(top_up.amount.0),
            _ => None,
        })
        .sum();
    let mut by_kind: BTreeMap<_, i64> = BTreeMap::new();
    for account in ledger.accounts() {
        *by_kind.entry(account.key.kind.code()).or_default() += account.balance();
    }
    assert_eq!(by_kind["float.expected"], -i64::try_from(opened + topped).unwrap());
    let charged: u64 = events
        .iter()
        .filter_map(|event| match &event.happening {
            Happening::Tap(tap) => Some(tap.expected.charged),
            _ => None,
        })
        .map(|Amount(charged)| charged)
        .sum();
    assert_eq!(by_kind["merchant.receivable"], i64::try_from(charged).unwrap());
}

#[test]
fn a_second_upload_of_the_same_day_changes_nothing() {
    let (_, mut bench, events) = live(3, 50, 1);
    let ids = IdSource::new(3, OFFSET);
    let before = bench.engine.state.ledger.totals(Unit::Rupiah);
    let at = events.last().unwrap().at;
    for event in events.iter().filter(|event| matches!(event.happening, Happening::Tap(_))) {
        let step = bench.engine.step(bench.position, at, &event.to_command(&SENDERS, &ids));
        assert!(matches!(step, Step::Repeated(_) | Step::RepeatedFact), "{step:?}");
    }
    assert_eq!(bench.engine.state.ledger.totals(Unit::Rupiah), before);
}
