//! The program on servers that machines share, as it is shipped: PostgreSQL, and NATS with PostgreSQL beside it. It serves,
//! is verified, goes on after a restart; a machine beside it takes over when it is killed or stopped.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use base::{Clock, CommandId, SystemClock};
use fixtures::servers::PostgresServer;
use journal::{Entry, Head};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value as Json, json};

use crate::city::{jakone, request};
use crate::servers::{Servers, lead};
use crate::town::text;

/// The longest a takeover may take after the leader was killed.
const TAKEOVER_MAX: Duration = Duration::from_secs(8);

/// The longest anything here may take.
pub const WAIT_MAX: Duration = Duration::from_secs(60);

/// A running `jakone serve` on shared servers; it need not lead yet. Killed when the test ends.
pub struct Machine {
    child: Child,
    said: std::path::PathBuf,
    out: BufReader<std::process::ChildStdout>,
}

impl Machine {
    /// Starts it; addresses, which hold passwords, go into the environment.
    pub fn start(data: &Path, servers: &Servers) -> Self {
        let said = data.with_extension("said");
        let mut command = Command::new(env!("CARGO_BIN_EXE_jakone"));
        command.args(["serve", "--port", "0", "--data"]).arg(data);
        for (name, address) in [("JAKONE_DATABASE", &servers.database), ("JAKONE_JOURNAL", &servers.journal)]
        {
            if let Some(address) = address {
                command.env(name, address);
            }
        }
        let mut child = command.stdout(Stdio::piped()).stderr(File::create(&said).unwrap()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, said, out }
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap()
    }

    /// Waits until it has followed the journal to its end.
    pub fn waiting(mut self) -> Self {
        let start = Instant::now();
        while !self.said().contains("waiting to lead") {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {}", self.said());
            assert!(start.elapsed() < WAIT_MAX, "it never waited: {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
        self
    }

    /// Waits until it leads and answers; gives its address.
    pub fn ready(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready http://");
        address.unwrap_or_else(|| panic!("said {line:?}: {}", self.said())).to_owned()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.child.id().cast_signed()).unwrap(), signal).unwrap();
    }

    /// Waits for its end; gives the exit code, none where a signal ended it.
    pub fn ended(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < WAIT_MAX, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Servers with the small city's content and people in the journal, and the data directories of machines that share keys.
pub struct Desk {
    pub servers: Servers,
    pub dir: tempfile::TempDir,
}

impl Desk {
    pub fn new(servers: Servers) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new(0)) as Arc<dyn Clock>;
        let runtime = lead(&servers.shared().unwrap(), dir.path(), &clock);
        crate::kill::set_up(&runtime);
        drop(runtime.shutdown());
        Self { servers, dir }
    }

    /// A machine's data directory, beside the keys of all of them.
    pub fn data(&self, name: &str) -> std::path::PathBuf {
        let data = self.dir.path().join(name);
        if !data.exists() {
            fs::DirBuilder::new().create(&data).unwrap();
            symlink(self.dir.path().join("keys"), data.join("keys")).unwrap();
        }
        data
    }

    pub fn start(&self, name: &str) -> Machine {
        Machine::start(&self.data(name), &self.servers)
    }
}

pub fn printed(arguments: &[&str], data: &Path) -> String {
    let output = jakone(arguments, data);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

pub fn bank(data: &Path) -> String {
    let said = printed(&["client", "add", "Bank A", "--role", "bank"], data);
    said.lines().find_map(|line| line.strip_prefix("token ")).unwrap().to_owned()
}

pub fn id() -> CommandId {
    CommandId::generate(SystemClock::new(0).now()).unwrap()
}

/// Tops up the first card by one rupiah; none without a whole answer.
pub fn top_up(address: &str, token: &str, id: CommandId) -> Option<(u16, Json)> {
    let body = json!({"medium": 0, "bank": "bank_a", "amount": 1}).to_string();
    let head = format!(
        "POST /api/v1/top-ups HTTP/1.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {id}\r\n"
    );
    let (status, answer) = request(address, &head, &body)?;
    Some((status, serde_json::from_str(&answer).unwrap()))
}

/// The position at which a top-up was accepted.
pub fn accepted(answer: Option<(u16, Json)>) -> String {
    let (status, answer) = answer.unwrap();
    assert_eq!((status, &answer["outcome"]), (200, &json!("accepted")), "{answer}");
    answer["position"].as_str().unwrap().to_owned()
}

/// Everything that is in the documentation of a city on servers, from the first start to a second one.
fn lives(servers: Servers) {
    let desk = Desk::new(servers);
    let data = desk.data("a");
    let mut city = desk.start("a");
    let address = city.ready();
    assert_eq!(request(&address, "GET /sign-in HTTP/1.1\r\n", "").unwrap().0, 200);
    let (status, health) = request(&address, "GET /healthz HTTP/1.1\r\n", "").unwrap();
    assert!(status == 200 && health.contains("\"ready\":true"), "{health}");
    let token = bank(&data);
    let first = id();
    let position = accepted(top_up(&address, &token, first));
    // Every command finds the journal by what the directory keeps.
    assert!(printed(&["verify"], &data).starts_with("ok: "), "beside the running city");
    let entry = position.split('.').next().unwrap();
    assert!(
        printed(&["journal", "show", "--from", entry, "--to", entry], &data).contains(&first.to_string())
    );
    assert!(printed(&["journal", "grep", &first.to_string()], &data).contains(&position));
    printed(&["explain", &first.to_string()], &data);
    printed(&["state", "account", "0"], &data);
    let snapshot = Command::new(env!("CARGO_BIN_EXE_jakone")).arg("snapshot").arg(&data).output().unwrap();
    assert!(text(&snapshot.stdout).starts_with("snapshot of entry "), "{}", text(&snapshot.stderr));
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "a stop is no failure: {}", city.said());
    for secret in ["database", "journal.address"] {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(known) = fs::metadata(data.join(secret)) else { continue };
        assert_eq!(known.permissions().mode() & 0o777, 0o600, "{secret}");
    }
    for content in ["documents", "terms", "organisations"] {
        let file = format!("{}/../../content/{content}.yaml", env!("CARGO_MANIFEST_DIR"));
        assert!(printed(&["publish", &file], &data).contains("published"), "{content}");
    }
    let mut again = Machine::start(&data, &Servers::default());
    let address = again.ready();
    assert_eq!(accepted(top_up(&address, &token, first)), position, "the same command, the same outcome");
    let after = accepted(top_up(&address, &token, id()));
    let number = |position: &str| position.split('.').next().unwrap().parse::<u64>().unwrap();
    assert!(number(&after) > number(&position));
    drop(again);
    assert!(printed(&["verify"], &data).contains("office agrees"), "also after a kill");
}

#[test]
fn on_postgresql_the_product_serves_is_verified_and_goes_on_after_a_restart() {
    lives(Servers::postgres());
}

#[test]
fn on_nats_the_product_serves_is_verified_and_goes_on_after_a_restart() {
    lives(Servers::nats("lives"));
}

/// Four callers top up until told to stop; what was acknowledged, by id and position.
#[derive(Default)]
pub struct Callers {
    acknowledged: Mutex<Vec<(CommandId, String)>>,
    stop: AtomicBool,
}

impl Callers {
    /// Requires that what was acknowledged is told again as it was.
    pub fn stand(&self, address: &str, token: &str) {
        for (id, position) in self.acknowledged.lock().unwrap().iter() {
            assert_eq!(accepted(top_up(address, token, *id)), *position, "what was acknowledged stands");
        }
    }

    /// Requires that each of them stands once in the journal of a directory.
    pub fn stand_once(&self, data: &Path) {
        let listed = printed(&["journal", "show", "--json"], data);
        for (id, _) in self.acknowledged.lock().unwrap().iter() {
            assert_eq!(listed.matches(&id.to_string()).count(), 1, "{id} stands once");
        }
    }

    fn call(&self, address: &str, token: &str) {
        while !self.stop.load(Ordering::Relaxed) {
            let id = id();
            let Some((200, answer)) = top_up(address, token, id) else { continue };
            let position = answer["position"].as_str().unwrap().to_owned();
            self.acknowledged.lock().unwrap().push((id, position));
        }
    }

    /// Calls until so many were acknowledged and `end` has come to an end.
    pub fn during<T>(&self, address: &str, token: &str, count: usize, end: impl FnOnce() -> T) -> T {
        self.stop.store(false, Ordering::Relaxed);
        let wanted = self.acknowledged.lock().unwrap().len() + count;
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| self.call(address, token));
            }
            let start = Instant::now();
            let heard = || self.acknowledged.lock().unwrap().len();
            while heard() < wanted && start.elapsed() < WAIT_MAX {
                std::thread::sleep(Duration::from_millis(1));
            }
            let ended = end();
            self.stop.store(true, Ordering::Relaxed);
            assert!(heard() >= wanted, "nobody is answered");
            ended
        })
    }
}

/// Runs a program of PostgreSQL's as the runbook says.
fn postgres(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", text(&output.stderr));
}

/// Restores a backup and a dump into another database (and stream), as the runbook says; gives the new directory.
fn restored(desk: &Desk, out: &str, dump: &str, to: &Servers) -> std::path::PathBuf {
    let data = desk.dir.path().join("restored");
    let database = to.database.as_deref().unwrap();
    let mut arguments = vec!["restore", out, "--database", database];
    to.journal.iter().for_each(|journal| arguments.extend(["--journal", journal]));
    assert!(printed(&arguments, &data).contains("pg_restore"));
    postgres("pg_restore", &["--exit-on-error", "--single-transaction", "--dbname", database, dump]);
    assert!(printed(&["verify"], &data).contains("office agrees"));
    assert!(data.join("restored").exists(), "the first start has something to hold against the journal");
    // As an office that was dumped before its messages were settled.
    let settled = "create table office.settled as
        select sequence, position from office.platform_outbox where state = 1;
        update office.platform_outbox set state = 0, position = null, settled_at = null where state = 1";
    PostgresServer::shared().sql(database, settled);
    data
}

/// Waits until the office's outbox has settled a message: the audit's first lines are laid down within a second or two.
fn settles(database: &str) {
    let start = Instant::now();
    let count = "select count(*) from office.platform_outbox where state = 1";
    while PostgresServer::shared().sql(database, count) == "0" {
        assert!(start.elapsed() < WAIT_MAX, "nothing is settled");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Each message of a restored office was settled at the entry that had decided it.
fn nothing_was_sent_again(database: &str) {
    let all = PostgresServer::shared().sql(database, "select count(*) from office.settled");
    let again = "select count(*) from office.settled join office.platform_outbox now using (sequence)
        where now.state = 1 and now.position = settled.position";
    assert_ne!(all, "0", "the office had something to say");
    assert_eq!(PostgresServer::shared().sql(database, again), all);
}

#[test]
fn on_postgresql_a_city_that_is_dumped_beside_its_server_is_restored_elsewhere_and_goes_on() {
    let desk = Desk::new(Servers::postgres());
    let data = desk.data("a");
    let callers = Callers::default();
    let mut city = desk.start("a");
    let address = city.ready();
    let token = bank(&data);
    let before = id();
    let position = accepted(top_up(&address, &token, before));
    let [dump, out] = ["city.dump", "backup"].map(|name| desk.dir.path().join(name).display().to_string());
    settles(desk.servers.database.as_deref().unwrap());
    callers.during(&address, &token, 40, || {
        postgres("pg_dump", &["--format=custom", "--file", &dump, desk.servers.database.as_deref().unwrap()]);
        printed(&["backup", &out], &data);
    });
    let lost = id();
    accepted(top_up(&address, &token, lost));
    drop(city);
    let elsewhere = Servers::postgres();
    let restored = restored(&desk, &out, &dump, &elsewhere);
    let mut again = Machine::start(&restored, &Servers::default());
    let address = again.ready();
    nothing_was_sent_again(elsewhere.database.as_deref().unwrap());
    assert!(!restored.join("restored").exists());
    assert_eq!(accepted(top_up(&address, &token, before)), position, "what was dumped stands");
    accepted(top_up(&address, &token, lost));
    again.signal(Signal::TERM);
    assert_eq!(again.ended(), Some(0), "{}", again.said());
    assert!(printed(&["verify"], &restored).contains("office agrees"));
}

#[test]
fn on_nats_a_city_that_was_stopped_is_backed_up_and_restored_into_another_stream() {
    let desk = Desk::new(Servers::nats("backed"));
    let data = desk.data("a");
    let mut city = desk.start("a");
    let address = city.ready();
    let token = bank(&data);
    let before = id();
    let position = accepted(top_up(&address, &token, before));
    let [dump, out, early] =
        ["city.dump", "backup", "early"].map(|name| desk.dir.path().join(name).display().to_string());
    let refused = text(&jakone(&["backup", &early], &data).stderr);
    assert!(refused.starts_with("error[city_is_running]: "), "{refused}");
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "{}", city.said());
    postgres("pg_dump", &["--format=custom", "--file", &dump, desk.servers.database.as_deref().unwrap()]);
    printed(&["backup", &out], &data);
    let elsewhere = Servers::nats("restored");
    let restored = restored(&desk, &out, &dump, &elsewhere);
    let again = desk.dir.path().join("again");
    let full = ["restore", &out, "--journal", elsewhere.journal.as_deref().unwrap()];
    let refused = text(&jakone(&full, &again).stderr);
    assert!(refused.starts_with("error[journal_not_empty]: "), "{refused}");
    let mut again = Machine::start(&restored, &Servers::default());
    let address = again.ready();
    nothing_was_sent_again(elsewhere.database.as_deref().unwrap());
    assert_eq!(accepted(top_up(&address, &token, before)), position, "what was copied stands");
    drop(again);
    assert!(printed(&["verify"], &restored).contains("office agrees"));
}

/// Puts the journal in a database back to an entry, as a server that was restored from an older copy has it.
fn put_back(servers: &Servers, to: u64) {
    let mut reader = servers.shared().unwrap().follow(to).unwrap();
    let bytes = reader.next().unwrap().unwrap();
    let Head { seq, hash, at } = Entry::parse(&bytes).unwrap().head();
    let cut = format!(
        "delete from journal.entry where seq > {seq};
        update journal.head set seq = {seq}, hash = decode('{hash}', 'hex'), at = {}",
        at.0
    );
    PostgresServer::shared().sql(servers.database.as_deref().unwrap(), &cut);
}

#[test]
fn on_postgresql_a_journal_that_lacks_what_others_have_seen_is_not_led() {
    let desk = Desk::new(Servers::postgres());
    let (data, database) = (desk.data("a"), desk.servers.database.as_deref().unwrap());
    let mut city = desk.start("a");
    let address = city.ready();
    accepted(top_up(&address, &bank(&data), id()));
    settles(database);
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "{}", city.said());
    let key = desk.dir.path().join("operator").display().to_string();
    let made = crate::town::jakone(&["checkpoint-key", &key, "--name", "a.example"], None);
    assert!(made.status.success(), "{}", text(&made.stderr));
    printed(&["checkpoint", "--key", &key], &data);
    let number = |query: &str| PostgresServer::shared().sql(database, query).parse::<u64>().unwrap();
    let seen = [
        "select min(seq) from projections.acceptance_cursor",
        "select min(seq) from projections.insight_cursor",
        "select max(position) from office.platform_outbox",
    ];
    // The checkpoint may end one entry before the journal did.
    let last = seen.map(number).into_iter().min().unwrap() - 2;
    put_back(&desk.servers, last);
    let restore = "`jakone restore BACKUP --data NEW --database EMPTY`";
    let refused = |code: &str| {
        let mut machine = desk.start("a");
        let mut line = String::new();
        machine.out.read_line(&mut line).unwrap();
        assert_eq!((line.as_str(), machine.ended()), ("", Some(1)), "{}", machine.said());
        let [doctor, verify] = ["doctor", "verify"].map(|command| jakone(&[command], &data));
        assert_eq!(verify.status.code(), Some(1));
        for said in [machine.said(), text(&verify.stderr)] {
            assert!(said.contains(&format!("error[{code}]: ")) && said.contains(restore), "{said}");
            assert!(!said.contains("journal repair"), "{said}");
        }
        let found = text(&doctor.stdout);
        assert!(found.contains("seen      WRONG") && found.contains(restore), "{found}");
        assert!(!found.contains("journal repair"), "that command refuses a journal in a database: {found}");
        assert_eq!(number("select max(seq) from journal.entry"), last, "nothing was appended");
    };
    // The tables, and a second try.
    fs::rename(data.join("evidence"), data.join("evidence-apart")).unwrap();
    refused("journal_behind");
    refused("journal_behind");
    PostgresServer::shared().sql(database, "drop schema projections cascade");
    refused("office_ahead");
    fs::rename(data.join("evidence-apart"), data.join("evidence")).unwrap();
    refused("journal_behind");
}

/// Two machines: the leader is killed under load, then the next is stopped and wakes up after the takeover.
fn taken_over(servers: Servers) {
    let desk = Desk::new(servers);
    let callers = Callers::default();
    let mut leader = desk.start("a");
    let address = leader.ready();
    let token = bank(&desk.data("a"));
    let mut next = desk.start("b").waiting();
    let killed = callers.during(&address, &token, 60, || {
        leader.signal(Signal::KILL);
        Instant::now()
    });
    assert_eq!(leader.ended(), None, "killed");
    let address = next.ready();
    let first = accepted(top_up(&address, &token, id()));
    let took = killed.elapsed();
    println!("served over HTTP {} ms after the kill, entry {first}", took.as_millis());
    assert!(took < TAKEOVER_MAX, "{took:?}");
    callers.stand(&address, &token);
    woken(&desk, next, &address, &token);
    assert!(printed(&["verify"], &desk.data("a")).contains("office agrees"));
    callers.stand_once(&desk.data("b"));
}

/// A leader is stopped; another takes over; the first wakes up, tells nobody anything, and ends.
fn woken(desk: &Desk, mut old: Machine, old_address: &str, token: &str) {
    let known = id();
    accepted(top_up(old_address, token, known));
    let mut next = desk.start("a").waiting();
    old.signal(Signal::STOP);
    let address = next.ready();
    let later = accepted(top_up(&address, token, id()));
    // Asked while it sleeps: a new command, a repetition that tells of its state, and whether it is ready.
    let answers = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..12)
            .map(|turn| match turn % 3 {
                0 => scope.spawn(|| top_up(old_address, token, id())),
                1 => scope.spawn(|| top_up(old_address, token, known)),
                _ => scope.spawn(|| {
                    let (status, said) = request(old_address, "GET /healthz HTTP/1.1\r\n", "")?;
                    Some((status, serde_json::from_str(&said).unwrap()))
                }),
            })
            .collect();
        std::thread::sleep(Duration::from_millis(200));
        old.signal(Signal::CONT);
        asked.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    for answer in answers.into_iter().flatten() {
        let is_ready = answer.1["ready"] == json!(true);
        assert!(
            answer.1["outcome"].is_null() && !is_ready,
            "after entry {later}, the old one says {answer:?}"
        );
    }
    assert_eq!(old.ended(), Some(1), "{}", old.said());
    assert!(old.said().contains("another process writes this journal"), "{}", old.said());
    accepted(top_up(&address, token, id()));
}

#[test]
fn on_postgresql_a_second_machine_takes_over_from_one_that_is_killed_or_stopped() {
    taken_over(Servers::postgres());
}

#[test]
fn on_nats_a_second_machine_takes_over_from_one_that_is_killed_or_stopped() {
    taken_over(Servers::nats("taken"));
}
