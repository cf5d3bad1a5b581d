//! What a `then` says: first what came of the command, afterwards what is so now.

use base::{DeviceNumber, MediumSerial};
use engine::{Amount, Considered, Event, Priced, Step};
use fixtures::moment;

use super::words::{Words, number, snake};
use super::world::World;

fn same<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("it is {found:?}, not {wanted:?}")) }
}

impl World {
    /// What came of the last command.
    pub fn outcome(&mut self, words: &mut Words<'_>) -> Result<(), String> {
        let sent = self.sent.as_ref().ok_or("nothing was sent")?;
        let word = words.next()?;
        let found = match &sent.step {
            Step::Decided(Ok(_)) => "accepted".to_owned(),
            Step::Decided(Err(refusal)) => format!("refused {}", refusal.code()),
            Step::Repeated(_) => "repeated".to_owned(),
            Step::RepeatedFact => "repeated-fact".to_owned(),
            other => snake(other),
        };
        let wanted = match word {
            "refused" => {
                if let Some(about) = words.value("about") {
                    let Step::Decided(Err(refused)) = &sent.step else { return same(found, word.to_owned()) };
                    same(refused.about.map(|code| code.to_string()), Some(about.to_owned()))?;
                }
                format!("refused {}", words.next()?)
            }
            "repeated" => {
                let Step::Repeated(position) = &sent.step else { return same(found, word.to_owned()) };
                return same(Some(*position), sent.first_position);
            }
            "accepted" | "repeated-fact" | "conflict" | "expired" | "gap" => word.to_owned(),
            _ => "accepted".to_owned(),
        };
        same(found, wanted)?;
        let Step::Decided(Ok(accepted)) = &sent.step else { return Ok(()) };
        match word {
            "accepted" => Ok(()),
            "pending" => same(accepted.pending, Some(number(words.next()?)?)),
            "quoted" | "charged" | "held" | "closed" | "topped-up" => self.shown(word, words),
            "bought" | "authorised" | "asked" | "released" | "returned" | "paid-out" | "disbursed"
            | "repriced" | "ended" => self.traded(word, words),
            other => Err(format!("nobody knows the outcome {other:?}")),
        }
    }

    fn shown(&self, word: &str, words: &mut Words<'_>) -> Result<(), String> {
        let sent = self.sent.as_ref().ok_or("nothing was sent")?;
        let Step::Decided(Ok(accepted)) = &sent.step else { return Err("nothing is shown".to_owned()) };
        let shown = accepted.shown.as_ref().ok_or("nothing is shown")?;
        match (word, sent.events.last()) {
            ("quoted", Some(Event::Quoted(priced))) | ("charged", Some(Event::TapPriced(priced))) => {
                let charged = number(words.next()?)?;
                let full = number(words.must("of")?)?;
                let by = words.value("by");
                let version = if by.is_some() { Some(number(words.next()?)?) } else { None };
                let debt = words.value("debt").map_or(Ok(0), number)?;
                let incident = words.value("incident").map(str::to_owned);
                let adjusted = words.value("adjusted").map_or(Ok(0), number)?;
                same(priced.adjusted, adjusted)?;
                words.value("fare").map_or(Ok(()), |fare| same(snake(&priced.fare), fare.to_owned()))?;
                words
                    .value("funded")
                    .map_or(Ok(()), |funded| same(priced.funded, Amount(number(funded)?)))?;
                if words.take("package") {
                    let package = priced.package.ok_or("it belongs to no package")?;
                    let told = (
                        u32::from(package.legs),
                        package.kilometres,
                        package.integrated.0,
                        package.separate.0,
                    );
                    let mut next = || number(words.next()?);
                    let wanted = (next()?, next()?, u64::from(next()?), u64::from(next()?));
                    same(told, wanted)?;
                }
                same(
                    (priced.charged, priced.full, priced.debt),
                    (Amount(charged), Amount(full), Amount(debt)),
                )?;
                same(
                    (shown.charged, shown.full, shown.debt),
                    (priced.charged_now(), priced.full_now(), priced.debt),
                )?;
                same(shown.benefit, by.map(fixtures::code).zip(version))?;
                same(shown.incident.map(|incident| snake(&incident)), incident)?;
                same((shown.open, shown.balance), (true, priced.balance))?;
                match words.value("purse") {
                    Some(purse) => same(shown.balance, number(purse)?),
                    None => Ok(()),
                }
            }
            ("held", Some(Event::TapHeld(reason, _))) => {
                same(snake(reason), words.next()?.to_owned())?;
                same((shown.held, shown.charged), (Some(*reason), 0))?;
                same(shown.open, !words.flag("shut"))
            }
            ("closed", Some(Event::TapClosed(_))) => same((shown.open, shown.charged), (false, 0)),
            ("topped-up", Some(Event::ToppedUp { amount, recovered, balance, .. })) => {
                same(*amount, Amount(number(words.next()?)?))?;
                same(*recovered, Amount(words.value("recovered").map_or(Ok(0), number)?))?;
                same(*balance, number(words.must("purse")?)?)?;
                same(shown.balance, *balance)
            }
            (_, other) => Err(format!("it was {other:?}")),
        }
    }

    /// What is so now.
    pub fn fact(&self, words: &mut Words<'_>) -> Result<(), String> {
        let state = self.city().state();
        let sent = self.sent.as_ref().ok_or("nothing was sent");
        match words.next()? {
            "balance" => {
                let account = self.account(words.next()?, false)?;
                same(state.ledger.account(account).unwrap().balance(), number(words.next()?)?)
            }
            "no-account" => {
                let key = self.key(words.next()?)?;
                same(state.ledger.find(&key), None)
            }
            "outgoing" => {
                let account = self.account(words.next()?, false)?;
                same(state.ledger.account(account).unwrap().debits_pending, number(words.next()?)?)
            }
            "incoming" => {
                let account = self.account(words.next()?, false)?;
                same(state.ledger.account(account).unwrap().credits_pending, number(words.next()?)?)
            }
            "transfers" => same(sent?.transfers, number(words.next()?)?),
            "lapsed" => same(sent?.lapsed.clone(), numbers(words)?),
            "open-holds" => {
                same(state.ledger.pendings.iter().map(|(number, _)| *number).collect(), numbers(words)?)
            }
            "considered" => self.considered(words),
            "medium" => {
                let known = state.media.get(MediumSerial(number(words.next()?)?));
                let known = known.ok_or("no such medium was issued")?;
                same(snake(&known.state), words.next()?.to_owned())?;
                words.value("since").map_or(Ok(()), |since| same(known.since, moment(since)))?;
                words.value("version").map_or(Ok(()), |version| same(known.version, number(version)?))
            }
            "left" => {
                let (benefit, name) = (words.next()?, words.next()?);
                let index = state.benefits.find(fixtures::code(benefit)).ok_or("there is no such benefit")?;
                let holder = state.holders.find(self.holder(name)).ok_or("nobody is called that")?;
                let left = engine::benefits::quota_left(state, index, holder, self.city().now());
                same(left, Some(number(words.next()?)?))
            }
            "inside" => {
                let place =
                    state.places.find(fixtures::code(words.next()?)).ok_or("there is no such place")?;
                let day = state.journeys.day(self.city().now().service_day());
                same(day.map_or(0, |day| day.inside(place)), number(words.next()?)?)
            }
            "unit" => {
                let key = super::goods::memo(self, words)?;
                let account = state.ledger.find(&key).ok_or("it is not open")?;
                same(state.ledger.account(account).unwrap().balance(), number(words.next()?)?)
            }
            "ids" => same(state.window.len(), number(words.next()?)?),
            "device" => self.device(words),
            other => Err(format!("nobody knows the fact {other:?}")),
        }
    }

    /// `considered free_bus 1 won 0, cheap_bus 1 not_lowest 1000`: the whole list in its order.
    fn considered(&self, words: &mut Words<'_>) -> Result<(), String> {
        let sent = self.sent.as_ref().ok_or("nothing was sent")?;
        let (Some(Event::TapPriced(priced) | Event::Quoted(priced)), false) =
            (sent.events.last(), words.is_empty())
        else {
            return Err("say what was considered, after a price".to_owned());
        };
        let Priced { considered, .. } = priced;
        let print = |one: &Considered| {
            let code = self.city().state().benefits.get(one.benefit).unwrap().code;
            let price = one.price.map_or_else(String::new, |price| format!(" {price}"));
            format!("{code} {} {}{price}", one.version, snake(&one.verdict))
        };
        let found: Vec<String> = considered.iter().map(print).collect();
        if words.flag("nothing") {
            return same(found, Vec::new());
        }
        let wanted = words.split("and").into_iter().map(|mut part| part.rest());
        same(found, wanted.collect())
    }

    /// `device 1 has 1..3 and 5..6`: what has arrived of a terminal, the contiguous part first.
    fn device(&self, words: &mut Words<'_>) -> Result<(), String> {
        let device = DeviceNumber(number(words.next()?)?);
        let epoch = words.value("epoch").map_or(Ok(1), number)?;
        let state = self.city().state();
        if words.take("has nothing") {
            return same(state.devices.get(device, epoch), None);
        }
        if !words.take("has") {
            return Err("say what it has".to_owned());
        }
        let received = state.devices.get(device, epoch).ok_or("nothing arrived of it")?;
        let first = (received.contiguous > 0).then_some((1, received.contiguous));
        let found = first.into_iter().chain(received.ranges.iter().copied());
        let found: Vec<String> = found.map(|(first, last)| format!("{first}..{last}")).collect();
        same(found, words.split("and").into_iter().map(|mut part| part.rest()).collect())
    }
}

fn numbers(words: &mut Words<'_>) -> Result<Vec<u64>, String> {
    if words.flag("nothing") {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    while !words.is_empty() {
        all.push(number(words.next()?)?);
    }
    Ok(all)
}
