//! The world of one scenario: a city, what was sent last, and what must hold in between.

use std::collections::{BTreeMap, BTreeSet};

use base::{CommandId, HolderNumber, PrincipalId};
use engine::{Accepted, Body, Envelope, Event, Parameter, Position, Refusal, Step, state_digest};
use fixtures::{City, books, moment, replay};

use super::words::{Words, number};

/// What the last `when` came to, until its `then` has looked at it.
pub struct Sent {
    pub step: Step,
    pub events: Vec<Event>,
    pub lapsed: Vec<u64>,
    pub transfers: u64,
    pub first_position: Option<Position>,
}

pub struct World {
    city: Option<City>,
    pub holders: BTreeMap<String, HolderNumber>,
    ids: BTreeMap<String, CommandId>,
    decided: BTreeMap<(PrincipalId, CommandId), Position>,
    pub sent: Option<Sent>,
    judged: bool,
    refused: BTreeSet<Refusal>,
}

impl World {
    pub fn new() -> Self {
        Self {
            city: Some(City::new()),
            holders: BTreeMap::new(),
            ids: BTreeMap::new(),
            decided: BTreeMap::new(),
            sent: None,
            judged: true,
            refused: BTreeSet::new(),
        }
    }

    pub fn city(&self) -> &City {
        self.city.as_ref().expect("a world has a city")
    }

    pub fn city_mut(&mut self) -> &mut City {
        self.city.as_mut().expect("a world has a city")
    }

    /// Plays one line.
    pub fn line(&mut self, line: &str) -> Result<(), String> {
        let mut words = Words::of(line);
        match words.next()? {
            "given" => self.given(&mut words),
            "at" => {
                let at = words.next()?;
                words.done()?;
                self.unjudged()?;
                self.city_mut().set_clock(moment(at));
                Ok(())
            }
            "when" => self.when(&mut words),
            "then" if self.judged => self.fact(&mut words).and_then(|()| words.done()),
            "then" => {
                self.outcome(&mut words)?;
                self.judged = true;
                words.done()
            }
            other => Err(format!("a line begins with given, at, when or then, not {other:?}")),
        }
    }

    fn unjudged(&self) -> Result<(), String> {
        if self.judged { Ok(()) } else { Err("the `when` before this line has no `then`".to_owned()) }
    }

    fn given(&mut self, words: &mut Words<'_>) -> Result<(), String> {
        self.unjudged()?;
        if words.take("an empty city") {
            let offset = words.value("id_clock_offset").map(number).transpose()?;
            let parameters = offset.map(|offset| (Parameter::IdClockOffset, offset));
            self.city = Some(City::founded(parameters.into_iter().collect()));
            return words.done();
        }
        if words.take("the rich city") {
            self.city = Some(City::rich());
            return words.done();
        }
        if words.take("resident") {
            let name = words.next()?.to_owned();
            return self.resident(&name, words);
        }
        self.when(words)?;
        self.judged = true;
        match &self.sent.as_ref().expect("just sent").step {
            Step::Decided(Ok(_)) => Ok(()),
            other => Err(format!("what is given must be accepted, but it came to {other:?}")),
        }
    }

    fn resident(&mut self, name: &str, words: &mut Words<'_>) -> Result<(), String> {
        let mut city = self.city.take().expect("a world has a city").resident(name);
        while !words.is_empty() {
            city = match words.next()? {
                "card" => city.card(),
                "phone" => activated(city.issued(1), name),
                "purse" => match number(words.next()?)? {
                    0 => city,
                    amount => city.purse(amount),
                },
                "entitled" => city.entitled(words.next()?),
                other => return Err(format!("a resident has no {other:?}")),
            };
        }
        self.city = Some(city);
        Ok(())
    }

    fn when(&mut self, words: &mut Words<'_>) -> Result<(), String> {
        self.unjudged()?;
        let name = words.value("as").map(str::to_owned);
        let made = words.value("made").map(moment);
        let principal = words.value("by-principal").map(number).transpose()?;
        let ticks_only = words.take("time passes");
        let body = if ticks_only { Body::Tick } else { self.sentence(words)? };
        words.done()?;
        let mut envelope = self.city_mut().envelope(body);
        if let Some(principal) = principal {
            envelope.principal = PrincipalId(principal);
        }
        if let Some(made) = made {
            envelope.id = CommandId::new(made, envelope.id.as_u128());
        }
        if let Some(name) = name {
            envelope.id = *self.ids.entry(name).or_insert(envelope.id);
        }
        let key = (envelope.principal, envelope.id);
        self.send(&envelope, self.decided.get(&key).copied(), ticks_only);
        if let Some(Step::Decided(_)) = self.sent.as_ref().map(|sent| &sent.step) {
            self.decided.insert(key, self.city().state().position);
        }
        self.judged = false;
        Ok(())
    }

    fn send(&mut self, envelope: &Envelope, first_position: Option<Position>, ticks_only: bool) {
        let city = self.city_mut();
        let (records, posted, before) = (city.records().len(), posted(city), transfers(city));
        let step = if ticks_only {
            city.tick();
            Step::Decided(Ok(Accepted::default()))
        } else {
            city.submit(envelope)
        };
        let grown = &city.records()[records..];
        let decided = matches!(step, Step::Decided(_)) && !ticks_only;
        assert_eq!(grown.len(), 1 + usize::from(decided), "a decision is one record beside the tick");
        if !matches!(step, Step::Decided(Ok(_))) {
            assert!(posted == self.posted_now(), "what is not accepted moves nothing: {envelope:?}");
        }
        let grown = &self.city().records()[records..];
        let read = |at: usize| grown.get(at).and_then(|kept| kept.decode().unwrap().outcome.ok());
        let lapsed = read(0).unwrap_or_default();
        let lapsed = lapsed.iter().filter_map(|event| match event {
            Event::PendingExpired(number) => Some(*number),
            _ => None,
        });
        let lapsed = lapsed.collect();
        let events = if decided { read(1).unwrap_or_default() } else { Vec::new() };
        if let Step::Decided(Err(refusal)) = &step {
            self.refused.insert(refusal.refusal);
        }
        let transfers = transfers(self.city()) - before;
        self.sent = Some(Sent { step, events, lapsed, transfers, first_position });
    }

    fn posted_now(&self) -> Vec<(u64, u64)> {
        posted(self.city())
    }

    /// What must hold of every scenario. Answers the refusals it provoked.
    pub fn end(self) -> Result<BTreeSet<Refusal>, String> {
        self.unjudged()?;
        let city = self.city();
        books(city.state())?;
        let replayed = replay(city.records(), |_| true).map_err(|error| error.to_string())?;
        if state_digest(&replayed) == state_digest(city.state()) {
            Ok(self.refused)
        } else {
            Err("a replay of the records gives another state".to_owned())
        }
    }
}

fn activated(mut city: City, name: &str) -> City {
    let medium = city.medium(name);
    city.must(Body::ActivateMedium(engine::SetMedium { medium, version: 1, reason: None }));
    city
}

fn posted(city: &City) -> Vec<(u64, u64)> {
    city.state().ledger.accounts().iter().map(|account| (account.debits, account.credits)).collect()
}

fn transfers(city: &City) -> u64 {
    engine::Unit::ALL.iter().map(|unit| city.state().ledger.totals(*unit).transfers).sum()
}
