//! Processes that lead and wait, on a real PostgreSQL and a real cluster of NATS: killed, stopped and woken.
//!
//! A node is this test binary started again with [`node`] as its only test. It writes down what it does, line by line, in
//! a file that outlives it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base::{Clock, CommandId, SystemClock};
use engine::{Body, Record, Step};
use fixtures::code;
use fixtures::servers::{NatsCluster, NatsSettings, PostgresServer};
use journal::{JetstreamOptions, KeyRing, PostgresOptions, SharedJournal, SyncAlways};
use runtime::{Class, Fault, Handle, Leadership, Options, Snapshots, Standby, Terms};
use rustix::process::{Pid, Signal, kill_process};

use crate::city::{Clerk, options};

/// The longest a takeover may take after the leader was killed.
const TAKEOVER_MAX: Duration = Duration::from_secs(8);

/// The longest anything here may take.
const WAIT_MAX: Duration = Duration::from_secs(90);

/// What a node's file is called, in the directory it is given.
fn log_path(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.log"))
}

/// Where the journal is, as the node is told.
fn shared_journal() -> Arc<dyn SharedJournal> {
    let told = |name: &str| std::env::var(name).ok();
    if let Some(url) = told("JAKONE_NODE_POSTGRES") {
        let mut options = PostgresOptions::new(&url);
        options.wait_max = Duration::from_secs(2);
        return Arc::new(options);
    }
    let urls = told("JAKONE_NODE_NATS").unwrap().split(',').map(str::to_owned).collect();
    Arc::new(jetstream(urls))
}

fn jetstream(urls: Vec<String>) -> JetstreamOptions {
    let [user, system] = [NatsCluster::USER, NatsCluster::SYSTEM].map(|(u, p)| (u.to_owned(), p.to_owned()));
    let sync = SyncAlways::Asked { user: system.0, password: system.1 };
    let mut options = JetstreamOptions::new(urls, sync);
    (options.user, options.stream) = (Some(user), "city".to_owned());
    options
}

/// Lines in a file, each written at once.
#[derive(Clone)]
struct Log(Arc<Mutex<File>>);

impl Log {
    fn say(&self, line: &str) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
}

/// A process that waits, then leads: tops up one purse with amounts of one rupiah and reads without end.
#[test]
#[ignore = "what the other tests start"]
fn node() {
    let Ok(name) = std::env::var("JAKONE_NODE") else { return };
    let dir = PathBuf::from(std::env::var("JAKONE_NODE_DIR").unwrap());
    let file = OpenOptions::new().append(true).create(true).open(log_path(&dir, &name)).unwrap();
    let log = Log(Arc::new(Mutex::new(file)));
    let clock = Arc::new(SystemClock::new(0));
    let keys = Arc::new(KeyRing::open(&dir.join("keys")).unwrap());
    let terms = Leadership::Shared(Terms::default());
    let options = Options { leadership: terms, node: code(&name), ..options(end) };
    let snapshots = Snapshots::at(&dir.join(format!("snapshots-{name}")));
    let shown = Arc::clone(&clock) as Arc<dyn Clock>;
    let start = || {
        let (keys, shown) = (Arc::clone(&keys), Arc::clone(&shown));
        Standby::start(shared_journal(), keys, shown, snapshots.clone(), options.clone())
    };
    // A cluster that was just started chooses its leader first.
    let standby = std::iter::repeat_with(start).find_map(Result::ok).unwrap();
    log.say("waiting");
    let runtime = standby.lead(&AtomicBool::new(false)).unwrap().unwrap();
    let handle = runtime.handle();
    let epoch = handle.read_blocking(|engine| engine.state.epoch).unwrap().value;
    log.say(&format!("leading {epoch}"));
    let (reads, steady) = ((handle.clone(), log.clone()), SystemClock::new(0));
    std::thread::spawn(move || read_on(&reads.0, &reads.1, &steady));
    pay_on(&handle, &log, clock, &name);
}

/// As a server does it, with a code that the test knows.
fn end(fault: &Fault) {
    eprintln!("{fault}");
    std::process::exit(if matches!(fault, Fault::Fenced) { 7 } else { 8 });
}

/// Reads without end; says when each was asked and answered.
fn read_on(handle: &Handle, log: &Log, clock: &dyn Clock) {
    loop {
        let asked = Instant::now();
        let read = handle.read_blocking(|engine| engine.state.position.seq);
        let answered = clock.now().0;
        let took = i64::try_from(asked.elapsed().as_micros()).unwrap();
        match read {
            Ok(read) => log.say(&format!("read {} {answered} {}", answered - took, read.value)),
            Err(busy) => log.say(&format!("refused {} {answered} {busy}", answered - took)),
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Pays in without end; says what it sends and what was answered.
fn pay_on(handle: &Handle, log: &Log, clock: Arc<SystemClock>, name: &str) {
    let principal = u32::from(name.as_bytes()[0]);
    let mut clerk = Clerk::new(clock, principal);
    let (siti, opening) = clerk.person(0, 1);
    let setup: Vec<_> = clerk.content().into_iter().chain(opening).collect();
    // The second leader finds the city there.
    let _ = handle.submit_blocking(Class::Office, setup);
    loop {
        let commands: Vec<_> = (0..3).map(|_| clerk.top_up(siti, 1)).collect();
        commands.iter().for_each(|command| log.say(&format!("sent {}", command.id)));
        let Ok(answers) = handle.submit_blocking(Class::Purchase, commands.clone()) else { continue };
        for (command, answer) in commands.iter().zip(answers) {
            assert!(matches!(answer.step, Step::Decided(Ok(_))), "{answer:?}");
            log.say(&format!("paid {} {}", command.id, answer.position));
        }
    }
}

/// Where the journal of a test is.
enum Place {
    Postgres(String),
    Nats(NatsCluster),
}

impl Place {
    fn postgres() -> Self {
        Self::Postgres(PostgresServer::shared().database())
    }

    fn nats() -> Self {
        Self::Nats(NatsCluster::start(NatsSettings::default()))
    }

    fn journal(&self) -> Arc<dyn SharedJournal> {
        match self {
            Self::Postgres(url) => Arc::new(PostgresOptions::new(url)),
            Self::Nats(nodes) => Arc::new(jetstream(nodes.urls())),
        }
    }
}

/// A test's machines. Whatever is left of them is killed at the end.
struct Machines {
    place: Place,
    dir: tempfile::TempDir,
    running: BTreeMap<String, Child>,
}

impl Drop for Machines {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Machines {
    fn new(place: Place) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("keys")).unwrap();
        Self { place, dir, running: BTreeMap::new() }
    }

    fn start(&mut self, name: &str) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "nodes::node", "--ignored", "--nocapture"]);
        command.env("JAKONE_NODE", name).env("JAKONE_NODE_DIR", self.dir.path());
        match &self.place {
            Place::Postgres(url) => command.env("JAKONE_NODE_POSTGRES", url),
            Place::Nats(nodes) => command.env("JAKONE_NODE_NATS", nodes.urls().join(",")),
        };
        let said = File::create(self.dir.path().join(format!("{name}.err"))).unwrap();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn().unwrap();
        self.running.insert(name.to_owned(), child);
    }

    fn signal(&self, name: &str, signal: Signal) {
        let pid = Pid::from_raw(self.running[name].id().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    fn said(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(log_path(self.dir.path(), name)).unwrap_or_default();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(str::to_owned).collect()
    }

    /// Waits until a node has said so many lines that begin like this; answers how long that took.
    fn wait_for(&mut self, name: &str, beginning: &str, count: usize) -> Duration {
        let start = Instant::now();
        while self.said(name).iter().filter(|line| line.starts_with(beginning)).count() < count {
            let ended = self.running.get_mut(name).unwrap().try_wait().unwrap();
            let why = || fs::read_to_string(self.dir.path().join(format!("{name}.err"))).unwrap_or_default();
            assert!(ended.is_none(), "{name} ended with {ended:?}: {}", why());
            assert!(start.elapsed() < WAIT_MAX, "{name} never said {count} × {beginning}");
            std::thread::sleep(Duration::from_millis(10));
        }
        start.elapsed()
    }

    /// Waits for the end of a process; answers its exit code.
    fn ended(&mut self, name: &str) -> Option<i32> {
        let start = Instant::now();
        let mut child = self.running.remove(name).unwrap();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < WAIT_MAX, "{name} does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Every record of the journal.
    fn records(&self) -> Vec<Record> {
        let keys = KeyRing::open(&self.dir.path().join("keys")).unwrap();
        let mut reader = self.place.journal().follow(1).unwrap();
        let mut all = Vec::new();
        while let Some(bytes) = reader.next().unwrap() {
            let entry = journal::Entry::parse(&bytes).unwrap();
            for stored in entry.records() {
                let sealed = stored.movement.as_ref();
                let movement =
                    sealed.and_then(|one| keys.open_movement(entry.seq(), stored.index, one).unwrap());
                let position = engine::Position { seq: entry.seq(), index: stored.index };
                all.push(Record::decode(position, entry.at(), stored.value, movement.as_deref()).unwrap());
            }
        }
        all
    }

    /// Every acknowledged payment of all nodes stands where it was said to stand, once; every other one that was sent
    /// stands once or not at all; epochs count up.
    fn nothing_is_lost_or_twice(&self, names: &[&str]) {
        let records = self.records();
        let mut standing: BTreeMap<CommandId, Vec<String>> = BTreeMap::new();
        for record in records.iter().filter(|record| matches!(record.envelope.body, Body::TopUp(_))) {
            standing.entry(record.envelope.id).or_default().push(record.position.to_string());
        }
        assert!(standing.values().all(|positions| positions.len() == 1));
        let (mut taken, mut acknowledged) = (BTreeSet::new(), 0);
        for line in names.iter().flat_map(|name| self.said(name)) {
            let words: Vec<&str> = line.split(' ').collect();
            let ["paid", id, position] = words[..] else { continue };
            let found = standing.get(&CommandId::parse(id).unwrap());
            assert_eq!(found.map(Vec::as_slice), Some(&[position.to_owned()][..]), "{line}");
            assert!(taken.insert(position.to_owned()), "two acknowledged at {position}");
            acknowledged += 1;
        }
        assert!(acknowledged > 100, "there was load: {acknowledged}");
        let epochs: Vec<u64> = records
            .iter()
            .filter_map(|record| match &record.envelope.body {
                Body::Epoch(epoch) => Some(epoch.number),
                _ => None,
            })
            .collect();
        assert_eq!(epochs, (1..=epochs.len() as u64).collect::<Vec<_>>());
    }
}

/// The leader is killed under load again and again: another serves soon, and nothing that was acknowledged is lost.
fn killed_leaders(place: Place) {
    let mut machines = Machines::new(place);
    machines.start("a");
    machines.wait_for("a", "paid", 60);
    for (leader, other) in [("a", "b"), ("b", "c")] {
        machines.start(other);
        machines.wait_for(other, "waiting", 1);
        machines.wait_for(leader, "paid", 120);
        assert!(machines.said(other).iter().all(|line| line == "waiting"), "it waits while another leads");
        machines.signal(leader, Signal::KILL);
        let took = machines.wait_for(other, "paid", 1);
        println!("{other} served {} ms after {leader} was killed", took.as_millis());
        assert!(took < TAKEOVER_MAX, "{took:?}");
        assert_eq!(machines.ended(leader), None, "killed, not ended");
    }
    machines.wait_for("c", "paid", 60);
    machines.signal("c", Signal::KILL);
    machines.ended("c");
    machines.nothing_is_lost_or_twice(&["a", "b", "c"]);
}

/// The leader is stopped, not killed, and wakes up after another has taken over.
fn a_stopped_leader(place: Place) {
    let mut machines = Machines::new(place);
    machines.start("a");
    machines.wait_for("a", "paid", 60);
    machines.start("b");
    machines.wait_for("b", "waiting", 1);
    machines.wait_for("a", "paid", 120);
    machines.signal("a", Signal::STOP);
    let stopped = SystemClock::new(0).now().0;
    machines.wait_for("b", "paid", 30);
    let woken = SystemClock::new(0).now().0;
    machines.signal("a", Signal::CONT);
    assert_eq!(machines.ended("a"), Some(7), "fenced");
    machines.wait_for("b", "paid", 60);
    // What it says of the state after it woke up was asked and let out before it was stopped, if anything.
    let mut refused = 0;
    for line in machines.said("a") {
        let words: Vec<&str> = line.split(' ').collect();
        let number = |place: usize| words[place].parse::<i64>().unwrap();
        match words[0] {
            "read" if number(2) >= woken => assert!(number(1) <= stopped, "asked after the stop: {line}"),
            "refused" => refused += usize::from(number(2) >= woken),
            _ => {}
        }
    }
    println!("{refused} reads refused after waking up");
    machines.signal("b", Signal::KILL);
    machines.ended("b");
    machines.nothing_is_lost_or_twice(&["a", "b"]);
    // Nothing of the old leader stands behind the new one's epoch.
    let records = machines.records();
    let epoch = records.iter().rposition(|record| matches!(record.envelope.body, Body::Epoch(_))).unwrap();
    let old = base::PrincipalId(u32::from(b'a'));
    assert!(records[epoch..].iter().all(|record| record.envelope.principal != old));
}

#[test]
fn on_postgresql_a_killed_leader_is_replaced_within_eight_seconds_and_nothing_is_lost() {
    killed_leaders(Place::postgres());
}

#[test]
fn on_postgresql_a_leader_that_was_stopped_answers_and_appends_nothing_when_it_wakes_up() {
    a_stopped_leader(Place::postgres());
}

#[test]
fn on_nats_a_killed_leader_is_replaced_within_eight_seconds_and_nothing_is_lost() {
    killed_leaders(Place::nats());
}

#[test]
fn on_nats_a_leader_that_was_stopped_answers_and_appends_nothing_when_it_wakes_up() {
    a_stopped_leader(Place::nats());
}
