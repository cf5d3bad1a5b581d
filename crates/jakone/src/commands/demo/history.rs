//! The history of a demonstration: content, people, days, through the same engine and outbox as everything else, under
//! a clock that is set on from minute to minute.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use base::{CivilDate, Clock, CommandId, Micros, PrincipalId, SystemClock, Timestamp};
use engine::{Body, Channel, Envelope, State, Step};
use indicatif::{ProgressBar, ProgressStyle};
use platform::access::{Action, OFFICE_PRINCIPAL, Role};
use platform::devices::NewDevice;
use programmes::service::content::Content;
use residents::{NewHousehold, NewIndividual};
use runtime::{Class, Handle};
use sandbox::city::{City, Event, Heard, IdSource, Senders};

use super::clock::FoundingClock;
use super::credentials::{Demo, DemoClient, DemoTerminal};
use super::users;
use crate::data_directory::{DataDirectory, Start};
use crate::problem::Problem;
use crate::product::{Product, system_permit};

/// Commands submitted together while people are entered.
const PEOPLE_PER_BATCH: usize = 4_096;

/// Those outside speak once in so much of the city's time, and every minute in the last hours, which pages show by the
/// minute. Each time is one flush of the journal. Charts count quarters of an hour: a slice must divide one.
const SLICE: Micros = 5 * Timestamp::MINUTE;
const FINE_SLICE: Micros = Timestamp::MINUTE;
const FINE: Micros = 12 * Timestamp::HOUR;

/// A journal that no demonstration began.
pub fn foreign(directory: &DataDirectory) -> anyhow::Error {
    let dir = directory.root().display();
    Problem::new(
        "data_not_demo",
        format!("{dir} holds a city that is no demonstration. Choose another directory with --data, or run `jakone serve --data {dir}`."),
        format!("{dir} berisi kota yang bukan demo. Pilih direktori lain dengan --data, atau jalankan `jakone serve --data {dir}`."),
    )
    .into()
}

/// A history that was interrupted is begun again: nobody has been told anything of it.
pub fn clear_unfinished(directory: &DataDirectory) -> anyhow::Result<()> {
    let root = directory.root();
    for dir in [directory.journal(), directory.keys()] {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("cannot clear {}", dir.display()))?;
        }
    }
    for database in ["office", "projections"] {
        for ending in ["sqlite", "sqlite-wal", "sqlite-shm"] {
            let file = root.join(format!("{database}.{ending}"));
            if file.exists() {
                fs::remove_file(&file).with_context(|| format!("cannot clear {}", file.display()))?;
            }
        }
    }
    Ok(())
}

/// Founds the city and lives every day up to now; answers the product, whose clock goes on by itself.
pub async fn live(
    directory: &DataDirectory,
    demo: &mut Demo,
    city: &mut City,
    offset: Micros,
) -> anyhow::Result<Product> {
    let begin = demo.from.midnight();
    let clock = Arc::new(FoundingClock::new(begin, offset));
    let shared: Arc<dyn Clock> = Arc::<FoundingClock>::clone(&clock);
    let product = Product::open(directory, Start::with_clock(shared)).await?;
    let ids = IdSource::new(demo.seed, offset);
    let senders = enter_clients(&product, demo, city).await?;
    let ends = SystemClock::new(offset).now();
    users::enter(&product, demo, ends.jakarta_date()).await?;
    let history = History { engine: product.engine(), clock, senders, ids };
    history.publish(begin).await?;
    let content = Content::built_in()?;
    product.labels().publish(&system_permit(Action::PublishContent)?, &content).await?;
    register(&product, city).await?;
    product.caught_up().await?;
    tracing::info!(residents = city.residents.len(), "people are registered");
    history.budgets(city, begin).await?;
    history.people(city, begin).await?;
    history.days(city, demo.from, SystemClock::new(offset).now()).await?;
    history.clock.go_on();
    product.caught_up().await?;
    Ok(product)
}

/// Adds the clients and terminals of the city and keeps their keys for whoever tries the API.
async fn enter_clients(product: &Product, demo: &mut Demo, city: &City) -> anyhow::Result<Senders> {
    let permit = system_permit(Action::ManageClients)?;
    demo.clients.clear();
    for role in Role::OF_CLIENTS {
        let (client, token) =
            product.clients().add(&permit, &format!("demo {}", role.as_str()), role, None).await?;
        demo.clients.push(DemoClient {
            role: role.as_str().into(),
            principal: client.principal.0,
            token: token.reveal(),
        });
    }
    let principal = |role: Role| {
        demo.client(role.as_str()).map(|client| PrincipalId(client.principal)).context("a client is missing")
    };
    let (terminals, bank) = (principal(Role::TerminalOperator)?, principal(Role::Bank)?);
    let merchant = principal(Role::Merchant)?;
    let keys: Vec<[u8; 32]> =
        city.devices.iter().map(|device| device.key.verifying_key().to_bytes()).collect();
    let devices: Vec<NewDevice<'_>> = city
        .devices
        .iter()
        .zip(&keys)
        .map(|(device, public_key)| NewDevice {
            number: device.number,
            client: terminals,
            public_key,
            place: Some(device.place),
        })
        .collect();
    product.devices().add(&permit, &devices).await?;
    demo.terminals = city
        .devices
        .iter()
        .map(|device| DemoTerminal {
            number: device.number.0,
            place: device.place.to_string(),
            secret_key: hex::encode(device.key.to_bytes()),
        })
        .collect();
    Ok(Senders { office: OFFICE_PRINCIPAL, bank, terminals, merchant })
}

/// Enters people and households in the registry; its outbox tells the engine of each holder.
async fn register(product: &Product, city: &City) -> anyhow::Result<()> {
    let person = |resident: &sandbox::city::Resident| NewIndividual {
        name: resident.full_name.clone(),
        nik: resident.nik.reveal(),
        birth_date: resident.birth_date,
        home: Some(resident.home),
        category: resident.category,
        bank: city.bank,
        holder: Some(resident.holder),
        phone: resident.phone(city.begins).map(base::PhoneNumber::reveal),
    };
    let people: Vec<NewIndividual> = city.residents.iter().map(person).collect();
    product.residents().register_many(&system_permit(Action::RegisterIndividual)?, &people).await?;
    let permit = system_permit(Action::FormHousehold)?;
    let holder = |index: &u32| city.residents.get(*index as usize).map(|resident| resident.holder);
    let households = city.households.iter().filter_map(|household| {
        let members: Vec<_> = household.members.iter().filter_map(holder).collect();
        let head = members.first().copied()?;
        Some(NewHousehold { family_card: household.family_card.clone(), head, members })
    });
    let households: Vec<NewHousehold> = households.collect();
    product.residents().form_many(&permit, &households).await?;
    Ok(())
}

/// The ends of a day's slices of time, up to now.
fn slices(date: CivilDate, now: Timestamp) -> impl Iterator<Item = Timestamp> {
    let ends = date.plus_days(1).midnight().min(now);
    let mut at = date.midnight();
    std::iter::from_fn(move || {
        let slice = if now.since(at) <= FINE { FINE_SLICE } else { SLICE };
        let end = at.plus(slice).min(ends);
        (std::mem::replace(&mut at, end) < ends).then_some(end)
    })
}

/// When a slice is said: its last instant. Its end belongs to the next minute, and the last one's to the live traffic.
const fn stamp(end: Timestamp) -> Timestamp {
    end.plus(-1)
}

struct History {
    engine: Handle,
    clock: Arc<FoundingClock>,
    senders: Senders,
    ids: IdSource,
}

impl History {
    /// Publishes the built-in content; before business starts it may carry history.
    async fn publish(&self, at: Timestamp) -> anyhow::Result<()> {
        let content = Content::built_in()?;
        let mut number = 0;
        let next_id = || -> CommandId {
            number += 1;
            self.ids.id(at, "content", number)
        };
        let commands = content.commands(OFFICE_PRINCIPAL, at, next_id);
        self.submit_accepted(Class::Office, commands).await
    }

    /// The city votes what aid needs: accounts first, then the money.
    async fn budgets(&self, city: &City, at: Timestamp) -> anyhow::Result<()> {
        for (purpose, bodies) in [
            ("accounts", City::budget_accounts as fn(&City, &State) -> Vec<Body>),
            ("votes", City::budget_votes),
        ] {
            let known = city.clone();
            let bodies = self.engine.read(move |engine| bodies(&known, &engine.state)).await?.value;
            let command = |(number, body): (u64, Body)| Envelope {
                schema: 1,
                id: self.ids.id(at, purpose, number),
                principal: OFFICE_PRINCIPAL,
                channel: Channel::Office,
                on_behalf_of: None,
                received_at: at,
                body,
            };
            let commands = (0..).zip(bodies).map(command).collect();
            self.submit_accepted(Class::Office, commands).await?;
        }
        Ok(())
    }

    /// What makes people known. The registry's outbox has opened the holders already.
    async fn people(&self, city: &mut City, at: Timestamp) -> anyhow::Result<()> {
        let mut events = city.arrivals();
        events.retain(|event| !matches!(event.body, Body::OpenHolder(_)));
        let bar = progress(events.len(), "people");
        while !events.is_empty() {
            let rest = events.split_off(events.len().min(PEOPLE_PER_BATCH));
            bar.inc(events.len() as u64);
            self.say(city, at, events).await?;
            events = rest;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Lives day by day; what lies after `now` has not happened yet.
    async fn days(&self, city: &mut City, from: CivilDate, now: Timestamp) -> anyhow::Result<()> {
        let today = now.jakarta_date();
        let bar = progress(usize::try_from(today.0 - from.0 + 1).unwrap_or(0), "days");
        let mut date = from;
        while date <= today {
            city.plan(date)?;
            for end in slices(date, now) {
                let events = city.until(end);
                if !events.is_empty() {
                    self.say(city, stamp(end), events).await?;
                }
            }
            bar.inc(1);
            date = date.plus_days(1);
        }
        bar.finish_and_clear();
        let (surprises, wrong) = (&city.surprises, city.disagreements());
        if !surprises.is_empty() || !wrong.is_empty() {
            let (surprise, other) = (surprises.first(), wrong.first());
            let (surprises, wrong) = (surprises.len(), wrong.len());
            tracing::warn!(surprises, wrong, ?surprise, ?other, "the city heard what it did not expect");
        }
        Ok(())
    }

    /// Says what those outside say in one slice of time, all at one instant, and lets them hear the answers.
    async fn say(&self, city: &mut City, at: Timestamp, events: Vec<Event>) -> anyhow::Result<()> {
        self.clock.set(at.max(self.clock.now()));
        let commands = events.iter().map(|event| event.to_command(&self.senders, &self.ids)).collect();
        // Refusals are part of a city's day; only what was never decided is a fault.
        let answers = self.submit(Class::Upload, commands).await?;
        let heard: Vec<Heard> = answers.iter().map(Heard::from).collect();
        city.hear(events, &heard);
        Ok(())
    }

    async fn submit(&self, class: Class, commands: Vec<Envelope>) -> anyhow::Result<Vec<engine::Answer>> {
        loop {
            match self.engine.submit(class, commands.clone()).await {
                Ok(answers) => return Ok(answers),
                // The journal reserves its next segment in the background; bulk work waits for it.
                Err(runtime::Busy::JournalFull | runtime::Busy::QueueFull) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(busy) => return Err(busy).context("the history could not be recorded"),
            }
        }
    }

    async fn submit_accepted(&self, class: Class, commands: Vec<Envelope>) -> anyhow::Result<()> {
        let names: Vec<&'static str> = commands.iter().map(|command| command.body.name()).collect();
        for (answer, name) in self.submit(class, commands).await?.into_iter().zip(names) {
            if let Step::Decided(Err(refusal)) = answer.step {
                anyhow::bail!("{name} at {} was refused: {}", answer.position, refusal.code());
            }
        }
        Ok(())
    }
}

fn progress(length: usize, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    let style = ProgressStyle::with_template("{msg:8} {wide_bar} {pos}/{len} {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what);
    bar
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn slices_meet_each_other_and_the_present() {
        let date = CivilDate::parse("2026-11-27").unwrap();
        let now = date.midnight().plus(9 * Timestamp::HOUR + 30 * Timestamp::MINUTE + 5 * Timestamp::SECOND);
        let of = |date: CivilDate| slices(date, now).collect::<Vec<Timestamp>>();
        let (before, today) = (of(date.plus_days(-1)), of(date));
        assert_eq!(before.last(), Some(&date.midnight()));
        // Until five past half past nine in the evening by five minutes, then by the minute.
        assert_eq!((before.len(), today.len()), (259 + 145, 9 * 60 + 30 + 1));
        assert_eq!(today.last(), Some(&now));
        assert!(of(date.plus_days(1)).is_empty());
        assert_eq!(stamp(date.midnight()).jakarta_date(), date.plus_days(-1));
    }

    /// Adds the taps per minute, by the journal's clock, of a morning that ends at half past nine and five seconds.
    fn count(seed: u64, minutes: &mut BTreeMap<i64, usize>) {
        let date = CivilDate::parse("2026-11-24").unwrap();
        let now = date.midnight().plus(9 * Timestamp::HOUR + 30 * Timestamp::MINUTE + 5 * Timestamp::SECOND);
        let mut city = City::generate(seed, 4_000, date).unwrap();
        drop(city.arrivals());
        city.plan(date).unwrap();
        for end in slices(date, now) {
            let events = city.until(end);
            let taps = events.iter().filter(|event| matches!(event.body, Body::Tap(_))).count();
            *minutes.entry(stamp(end).since(date.midnight()) / Timestamp::MINUTE).or_default() += taps;
            let heard = vec![Heard::default(); events.len()];
            city.hear(events, &heard);
        }
    }

    #[test]
    fn no_minute_before_the_join_is_a_rush_and_the_first_live_minute_is_the_live_traffics() {
        let mut minutes = BTreeMap::new();
        (1..=6).for_each(|seed| count(seed, &mut minutes));
        let taps = |minute: i64| minutes.get(&minute).copied().unwrap_or(0);
        let join = 9 * 60 + 30;
        let mut last: Vec<usize> = (join - 30..join).map(taps).collect();
        last.sort_unstable();
        let median = last[15];
        // Five seconds bring a few taps and the part of a late upload that every minute begins with; never a minute's worth.
        assert!(taps(join) < median, "{} of five seconds, {last:?}", taps(join));
        assert!(last.iter().all(|taps| (median / 3..median * 2).contains(taps)), "{last:?}");
    }
}
