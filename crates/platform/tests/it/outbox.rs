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
    async fn decided(&self, message: &Message) -> Result<Option<Delivery>, DatabaseError> {
        Ok(self.0.get(&message.command_id).cloned())
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
    let settled = office.outbox.settle_decided(&journal, AT).await.unwrap();
    assert_eq!(settled, journal.0.len() as u64);
    assert_eq!(office.outbox.waiting().await.unwrap(), 700 - settled);
    assert_eq!(office.outbox.settle_decided(&journal, AT).await.unwrap(), 0, "asked again, nothing is left");
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
