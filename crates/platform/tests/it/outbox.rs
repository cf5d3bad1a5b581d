//! The outbox with a sink that fails on purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use base::{CommandId, ManualClock, Timestamp};
use platform::database::{Database, DatabaseError, Databases, Place, View};
use platform::migrations;
use platform::outbox::{
    CommandSink, Delivery, Dispatcher, Message, NewMessage, Outbox, Outcomes, furthest_within,
    settled_within, unsettled_within,
};
use platform::shutdown;
use sea_orm::{ConnectionTrait, DbBackend};

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

/// Keeps what arrived, first arrivals by id; fails every third call, half of the times after having taken the message.
#[derive(Default)]
struct FlakySink {
    calls: AtomicU64,
    position: AtomicU64,
    arrived: Mutex<BTreeMap<String, Vec<CommandId>>>,
    known: Mutex<BTreeSet<CommandId>>,
    repeats: AtomicU64,
}

impl CommandSink for FlakySink {
    async fn deliver(&self, message: &Message) -> Delivery {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if call % 6 == 2 {
            return Delivery::Unavailable;
        }
        if self.known.lock().unwrap().insert(message.command_id) {
            let mut arrived = self.arrived.lock().unwrap();
            arrived.entry(message.subject.clone()).or_default().push(message.command_id);
        } else {
            self.repeats.fetch_add(1, Ordering::SeqCst);
        }
        if call % 6 == 5 {
            return Delivery::Unavailable;
        }
        if message.body == b"wrong" {
            return Delivery::Refused { code: "holder_exists".into() };
        }
        Delivery::Accepted { position: self.position.fetch_add(1, Ordering::SeqCst) }
    }
}

struct Office {
    _directory: tempfile::TempDir,
    databases: Databases,
    outbox: Outbox,
}

async fn office() -> Office {
    let directory = tempfile::tempdir().unwrap();
    let databases = Databases::open(place(directory.path())).await.unwrap();
    migrations::run::<migrations::Office>(&databases.office).await.unwrap();
    let outbox = Outbox::new(databases.office.clone());
    Office { _directory: directory, databases, outbox }
}

fn messages(count: u64, subjects: u64, body: &[u8]) -> Vec<NewMessage> {
    let message = |n: u64| NewMessage {
        subject: format!("holder/{}", n % subjects),
        command_id: CommandId::new(AT.plus(i64::try_from(n).unwrap() * 1_000), u128::from(n)),
        body: body.to_vec(),
    };
    (0..count).map(message).collect()
}

async fn write(office: &Office, messages: &[NewMessage]) {
    let written: Result<(), DatabaseError> = office
        .databases
        .office
        .transact(|txn, _| Box::pin(async move { Outbox::enqueue_many(txn, messages).await }))
        .await;
    written.unwrap();
}

fn dispatcher(office: &Office, sink: &Arc<FlakySink>) -> Dispatcher<FlakySink> {
    Dispatcher::new(office.outbox.clone(), Arc::clone(sink), Arc::new(ManualClock::new(AT)))
}

fn assert_all_in_order(sink: &FlakySink, messages: &[NewMessage]) {
    let mut expected: BTreeMap<String, Vec<CommandId>> = BTreeMap::new();
    for message in messages {
        expected.entry(message.subject.clone()).or_default().push(message.command_id);
    }
    assert_eq!(*sink.arrived.lock().unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flaky_engine_gets_every_message_in_order_and_none_is_lost() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let messages = messages(1_300, 17, b"open");
    write(&office, &messages).await;
    let dispatcher = dispatcher(&office, &sink);
    let mut settled = 0;
    while office.outbox.waiting().await.unwrap() > 0 {
        settled += dispatcher.drain().await.unwrap();
    }
    assert_eq!(settled, 1_300);
    assert_all_in_order(&sink, &messages);
    assert!(sink.repeats.load(Ordering::SeqCst) > 0, "no message was ever taken without an answer");
}

#[tokio::test]
async fn a_message_taken_before_a_crash_is_sent_again_under_the_same_id() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let messages = messages(1, 1, b"open");
    write(&office, &messages).await;
    // The crash: delivered, but this process never marked it. The next process finds it waiting.
    let command_id = messages[0].command_id;
    let message = Message { sequence: 1, subject: "holder/0".into(), command_id, body: b"open".to_vec() };
    assert!(matches!(sink.deliver(&message).await, Delivery::Accepted { .. }));
    assert_eq!(dispatcher(&office, &sink).drain().await.unwrap(), 1);
    assert_eq!(sink.repeats.load(Ordering::SeqCst), 1);
    assert_all_in_order(&sink, &messages);
}

#[tokio::test]
async fn a_refused_message_is_kept_with_its_code_and_does_not_hold_up_the_next() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let mut messages = messages(2, 1, b"wrong");
    messages[1].body = b"open".to_vec();
    write(&office, &messages).await;
    assert_eq!(dispatcher(&office, &sink).drain().await.unwrap(), 2);
    let refused = office.outbox.refused(10).await.unwrap();
    assert_eq!(refused.len(), 1);
    assert_eq!(
        (refused[0].code.as_str(), refused[0].message.command_id),
        ("holder_exists", messages[0].command_id)
    );
}

#[tokio::test]
async fn what_is_rolled_back_is_never_sent() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let messages = messages(1, 1, b"open");
    let messages = &messages;
    let outcome: Result<(), DatabaseError> = office
        .databases
        .office
        .transact(|txn, _| {
            Box::pin(async move {
                Outbox::enqueue_many(txn, messages).await?;
                Outbox::enqueue_many(txn, messages).await
            })
        })
        .await;
    assert!(platform::database::is_duplicate(&outcome.unwrap_err()));
    assert_eq!(dispatcher(&office, &sink).drain().await.unwrap(), 0);
}

#[tokio::test]
async fn the_task_delivers_when_woken_and_stops_when_asked() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let (trigger, shutdown) = shutdown::channel();
    let task = tokio::spawn(dispatcher(&office, &sink).run(shutdown));
    let messages = messages(40, 3, b"open");
    write(&office, &messages).await;
    office.outbox.wake();
    while office.outbox.waiting().await.unwrap() > 0 {
        tokio::task::yield_now().await;
    }
    trigger.stop();
    task.await.unwrap();
    assert_all_in_order(&sink, &messages);
}

/// A journal that decided some commands before the office was put back.
struct Journal(BTreeMap<CommandId, Delivery>);

impl Outcomes for Journal {
    async fn decided(
        &self,
        message: &Message,
        callers_now: Timestamp,
    ) -> Result<Option<(CommandId, Delivery)>, DatabaseError> {
        let mut ids = message.ids_until(callers_now);
        Ok(ids.find_map(|id| Some((id, self.0.get(&id)?.clone()))))
    }
}

#[tokio::test]
async fn after_a_restore_what_was_decided_is_settled_and_only_the_rest_is_sent() {
    let (office, sink) = (office().await, Arc::new(FlakySink::default()));
    let messages = messages(700, 9, b"open");
    write(&office, &messages).await;
    let decided = |number: usize| match number % 3 {
        0 => Some(Delivery::Accepted { position: 40 + number as u64 }),
        1 => Some(Delivery::Refused { code: "holder_exists".into() }),
        _ => None,
    };
    let outcomes = messages.iter().enumerate();
    let outcomes = outcomes.filter_map(|(number, one)| Some((one.command_id, decided(number)?)));
    let journal = Journal(outcomes.collect());
    let settled = office.outbox.settle_decided(&journal, &ManualClock::new(AT)).await.unwrap();
    assert_eq!(settled, journal.0.len() as u64);
    assert_eq!(office.outbox.waiting().await.unwrap(), 700 - settled);
    let again = office.outbox.settle_decided(&journal, &ManualClock::new(AT)).await.unwrap();
    assert_eq!(again, 0, "asked again, nothing is left");
    let dispatcher = dispatcher(&office, &sink);
    while office.outbox.waiting().await.unwrap() > 0 {
        dispatcher.drain().await.unwrap();
    }
    let sent: Vec<NewMessage> =
        messages.iter().filter(|message| !journal.0.contains_key(&message.command_id)).cloned().collect();
    assert_all_in_order(&sink, &sent);
    let kept = settled_within(office.databases.office.read(), 0, 1_000).await.unwrap();
    for (number, one) in kept.iter().enumerate() {
        if let Some(decided) = decided(number) {
            assert_eq!((one.command_id, &one.delivery), (messages[number].command_id, &decided));
        }
    }
    let furthest = furthest_within(office.databases.office.read()).await.unwrap();
    assert!(furthest >= 739, "{furthest}");
}

/// Two days after the messages were written.
const LATER: Timestamp = AT.plus(2 * Timestamp::DAY);

/// An engine that remembers the ids of a day, and is there for so many calls.
struct Forgetful {
    office: Database,
    calls: AtomicU64,
    decided: Mutex<Vec<CommandId>>,
    /// The id that somebody else gives the first message meanwhile.
    meddled: Option<CommandId>,
}

impl Forgetful {
    fn new(office: &Office, calls: u64) -> Self {
        let office = office.databases.office.clone();
        Self { office, calls: calls.into(), decided: Mutex::default(), meddled: None }
    }

    /// The id of a waiting message as the table has it.
    async fn kept(&self, sequence: i64) -> CommandId {
        unsettled_within(self.office.read(), sequence - 1, 1).await.unwrap()[0].command_id
    }
}

impl CommandSink for Forgetful {
    async fn deliver(&self, message: &Message) -> Delivery {
        if self.calls.load(Ordering::SeqCst) == 0 {
            return Delivery::Unavailable;
        }
        self.calls.fetch_sub(1, Ordering::SeqCst);
        if message.command_id.time() < LATER.plus(-Timestamp::DAY) {
            if let Some(id) = self.meddled {
                give(&self.office, id).await;
            }
            return Delivery::Expired { next: message.later_id(LATER).unwrap() };
        }
        assert_eq!(
            self.kept(message.sequence).await,
            message.command_id,
            "an id is durable before it is sent"
        );
        let mut decided = self.decided.lock().unwrap();
        assert!(!decided.contains(&message.command_id), "decided twice");
        decided.push(message.command_id);
        Delivery::Accepted { position: 900 }
    }
}

/// Gives the only message another id, whoever has it in hand.
async fn give(office: &Database, id: CommandId) {
    let sql = format!("update platform_outbox set command_id = {}", literal(office, id));
    let done: Result<(), DatabaseError> = office
        .transact(|txn, _| {
            let sql = sql.clone();
            Box::pin(async move {
                txn.execute_unprepared(&sql).await?;
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

/// An id as a statement has it.
fn literal(office: &Database, id: CommandId) -> String {
    match office.read().get_database_backend() {
        DbBackend::Postgres => format!("'{id}'"),
        _ => format!("x'{:032x}'", id.as_u128()),
    }
}

fn patient(office: &Office, sink: &Arc<Forgetful>) -> Dispatcher<Forgetful> {
    Dispatcher::new(office.outbox.clone(), Arc::clone(sink), Arc::new(ManualClock::new(LATER)))
}

#[tokio::test]
async fn a_message_that_waited_longer_than_ids_are_remembered_is_decided_once_under_a_later_id() {
    let office = office().await;
    let messages = messages(3, 1, b"open");
    write(&office, &messages).await;
    let sink = Arc::new(Forgetful::new(&office, 1));
    // The engine is gone once the first message has its new id: the next one knows it by that.
    assert_eq!(patient(&office, &sink).drain().await.unwrap(), 0);
    let renewed = sink.kept(1).await;
    assert_eq!(renewed, messages[0].command_id.with_time(renewed.time()));
    assert!(renewed.time() <= LATER && renewed.time() > LATER.plus(-Timestamp::DAY), "{renewed}");
    let next = Arc::new(Forgetful::new(&office, u64::MAX));
    assert_eq!(patient(&office, &next).drain().await.unwrap(), 3);
    let decided = next.decided.lock().unwrap().clone();
    let expected: Vec<_> = messages.iter().map(|one| one.command_id.with_time(renewed.time())).collect();
    assert_eq!(decided, expected, "each once, in order");
    let kept = settled_within(office.databases.office.read(), 0, 10).await.unwrap();
    assert!(kept.iter().all(|one| matches!(one.delivery, Delivery::Accepted { position: 900 })), "{kept:?}");
    assert_eq!(kept.iter().map(|one| one.command_id).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_message_that_somebody_else_has_given_another_id_is_not_sent_under_a_third() {
    let office = office().await;
    let messages = messages(1, 1, b"open");
    write(&office, &messages).await;
    let other = messages[0].command_id.with_time(LATER);
    let sink = Arc::new(Forgetful { meddled: Some(other), ..Forgetful::new(&office, u64::MAX) });
    assert_eq!(patient(&office, &sink).drain().await.unwrap(), 0);
    assert!(sink.decided.lock().unwrap().is_empty());
    assert_eq!(patient(&office, &sink).drain().await.unwrap(), 1);
    assert_eq!(*sink.decided.lock().unwrap(), [other]);
}

#[tokio::test]
async fn an_office_copied_before_a_message_got_its_later_id_finds_it_decided_under_that() {
    let office = office().await;
    let messages = messages(2, 1, b"open");
    write(&office, &messages).await;
    let waiting = unsettled_within(office.databases.office.read(), 0, 10).await.unwrap();
    let under = waiting[0].later_id(LATER).unwrap();
    let journal = Journal(BTreeMap::from([(under, Delivery::Accepted { position: 77 })]));
    // Much later than it was decided.
    let clock = ManualClock::new(LATER.plus(30 * Timestamp::DAY));
    assert_eq!(office.outbox.settle_decided(&journal, &clock).await.unwrap(), 1);
    let kept = settled_within(office.databases.office.read(), 0, 10).await.unwrap();
    assert_eq!((kept.len(), kept[0].command_id), (1, under));
    assert_eq!(kept[0].delivery, Delivery::Accepted { position: 77 });
    assert_eq!(office.outbox.waiting().await.unwrap(), 1, "the other one was decided nowhere");
}

#[test]
fn a_message_has_an_id_for_each_ten_minutes_and_none_of_the_future() {
    let minute = 60 * Timestamp::SECOND;
    let at = Timestamp(AT.0.div_euclid(10 * minute) * 10 * minute);
    let message = |at: Timestamp| Message {
        sequence: 1,
        subject: "holder/0".into(),
        command_id: CommandId::new(at, u128::MAX),
        body: Vec::new(),
    };
    let young = message(at.plus(minute));
    for (minutes, ids) in [(-5, 1), (1, 1), (9, 1), (10, 2), (19, 2), (20, 3), (2 * 24 * 60, 289)] {
        let now = at.plus(minutes * minute);
        let known: Vec<_> = young.ids_until(now).collect();
        assert_eq!(known.len(), ids, "{minutes} minutes later");
        assert_eq!(young.later_id(now).as_ref(), known.get(1..).and_then(<[_]>::last));
        // Whatever id it goes on under, it is among those that the first one tells.
        for id in &known {
            let later = Message { command_id: *id, ..young.clone() };
            assert!(later.ids_until(now).all(|id| known.contains(&id)));
        }
    }
}

#[tokio::test]
async fn a_file_is_copied_as_it_is_at_one_moment_while_it_is_open() {
    let directory = tempfile::tempdir().unwrap();
    let databases = Databases::open(directory.path()).await.unwrap();
    migrations::run::<migrations::Office>(&databases.office).await.unwrap();
    let messages = messages(5, 5, b"open");
    let messages = &messages;
    let written: Result<(), DatabaseError> = databases
        .office
        .transact(|txn, _| Box::pin(async move { Outbox::enqueue_many(txn, messages).await }))
        .await;
    written.unwrap();
    let to = tempfile::tempdir().unwrap();
    let file = to.path().join("office.sqlite");
    assert!(Database::copy(directory.path(), "office", &file).await.unwrap());
    assert!(!Database::copy(to.path(), "projections", &to.path().join("none")).await.unwrap());
    let view = View::of_office(to.path()).await.unwrap().unwrap();
    assert!(view.has_table("platform_outbox").await.unwrap());
    assert!(!view.has_table("residents_individual").await.unwrap());
    let waiting = unsettled_within(view.connection(), 0, 10).await.unwrap();
    assert_eq!(waiting.len(), 5);
    assert!(Database::copy(directory.path(), "office", &file).await.is_err(), "nothing is written over");
}
