//! SIGKILL under load: nothing acknowledged is lost or doubled, and nothing unacknowledged is there twice.
//!
//! On segment files, on PostgreSQL and on NATS; ten kills each, a hundred with `JAKONE_SOAK=1`. This process starts a copy of
//! itself that runs the engine and says on a pipe what it is about to send and what was acknowledged; here, in another process,
//! every line is kept. The copy is killed in the middle; the journal is then
//! verified, read, and compared with what was heard. The next copy sends again whatever was not acknowledged, under the
//! same ids.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, SystemClock};
use engine::{
    Amount, Body, Channel, Envelope, IssueMedium, Movement, OpenHolder, SetMedium, Step, Tap, TopUp,
};
use fixtures::{code, content::small_city};
use journal::Entry;
use runtime::{Class, Runtime};

use crate::servers::{Servers, lead};
use crate::town::{start, text};

/// Set for the copy that is killed: the data directory.
const DATA: &str = "JAKONE_KILL_DATA";
const PEOPLE: u32 = 20;
/// Commands per batch: small enough that many entries are written before a kill.
const BATCH: u64 = 48;
/// Acknowledgements heard before each kill: so many, and up to so many more.
const HEARD: (usize, u64) = (50, 500);
/// A kill comes up to so many microseconds after that: some entries later, at any place within one.
const LATER_US_MAX: u64 = 30_000;

#[test]
fn on_files_nothing_acknowledged_is_lost_or_doubled_by_a_kill() {
    killed(&Servers::default());
}

#[test]
fn on_postgresql_nothing_acknowledged_is_lost_or_doubled_by_a_kill() {
    killed(&Servers::postgres());
}

#[test]
fn on_nats_nothing_acknowledged_is_lost_or_doubled_by_a_kill() {
    killed(&Servers::nats("kills"));
}

/// Random numbers from a seed that is printed: the moments of the kills.
struct Moments(u64);

impl Moments {
    /// From the seed in `JAKONE_SEED`, or one of this moment.
    fn new() -> Self {
        let told = std::env::var("JAKONE_SEED").ok().map(|seed| seed.parse::<u64>().unwrap());
        let seed = told.unwrap_or_else(|| SystemClock::new(0).now().0.cast_unsigned());
        println!("moments of the kills: JAKONE_SEED={seed}");
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn killed(servers: &Servers) {
    let kills = if std::env::var_os("JAKONE_SOAK").is_some() { 100 } else { 10 };
    let dir = tempfile::tempdir().unwrap();
    servers.keep(dir.path());
    let (mut heard, mut moments) = (Heard::default(), Moments::new());
    for _ in 0..kills {
        let mut child = spawn(dir.path(), &heard);
        let wanted = HEARD.0 + usize::try_from(moments.below(HEARD.1)).unwrap();
        heard.listen(&mut child, wanted);
        std::thread::sleep(Duration::from_micros(moments.below(LATER_US_MAX)));
        child.kill().unwrap();
        child.wait().unwrap();
        heard.drain(&mut child);
        verify(dir.path());
        heard.compare(dir.path());
    }
    // The last copy ends in peace: everything ever sent is now there, once.
    let mut child = spawn(dir.path(), &heard);
    heard.listen(&mut child, HEARD.0);
    drop(child.stdin.take());
    heard.drain(&mut child);
    assert!(child.wait().unwrap().success());
    verify(dir.path());
    heard.compare(dir.path());
    assert!(heard.open().is_empty(), "what was sent again was acknowledged");
}

/// What was heard from the copies.
#[derive(Default)]
struct Heard {
    sent: Vec<u128>,
    acknowledged: HashSet<u128>,
    lines: Option<BufReader<std::process::ChildStdout>>,
}

impl Heard {
    /// Sent and not acknowledged.
    fn open(&self) -> Vec<u128> {
        self.sent.iter().copied().filter(|id| !self.acknowledged.contains(id)).collect()
    }

    /// Listens until so many more acknowledgements were heard.
    fn listen(&mut self, child: &mut Child, wanted: usize) {
        self.lines = Some(BufReader::new(child.stdout.take().unwrap()));
        let until = self.acknowledged.len() + wanted;
        while self.acknowledged.len() < until {
            assert!(self.hear(), "the copy ended by itself");
        }
    }

    /// What was in the pipe when it ended.
    fn drain(&mut self, _: &mut Child) {
        while self.hear() {}
    }

    fn hear(&mut self) -> bool {
        let mut line = String::new();
        // A line cut off by the kill has no end; it was never said.
        if self.lines.as_mut().unwrap().read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
            return false;
        }
        let number = |id: &str| u128::from_str_radix(id.trim(), 16).unwrap();
        match line.split_at_checked(2) {
            Some(("> ", id)) => self.sent.push(number(id)),
            Some(("< ", id)) => drop(self.acknowledged.insert(number(id))),
            // The test harness of the copy speaks too.
            _ => {}
        }
        true
    }

    /// Every acknowledged id is in the journal once, every other one once or not at all.
    fn compare(&self, dir: &Path) {
        let mut times: HashMap<u128, u32> = HashMap::new();
        let keys = journal::KeyRing::open(&dir.join("keys")).unwrap();
        entries(dir, &mut |entry| {
            for stored in entry.records() {
                let movement = stored
                    .movement
                    .map(|sealed| keys.open_movement(entry.seq(), stored.index, &sealed).unwrap().unwrap());
                let position = engine::Position { seq: entry.seq(), index: stored.index };
                let record =
                    engine::Record::decode(position, entry.at(), stored.value, movement.as_deref()).unwrap();
                if record.envelope.principal == PrincipalId(1) {
                    *times.entry(record.envelope.id.as_u128()).or_default() += 1;
                }
            }
        });
        assert!(times.values().all(|count| *count == 1), "an id is in the journal twice");
        let sent: HashSet<u128> = self.sent.iter().copied().collect();
        assert!(times.keys().all(|id| sent.contains(id)), "the journal holds an id that nobody sent");
        let lost = self.acknowledged.iter().filter(|id| !times.contains_key(id)).count();
        assert_eq!(lost, 0, "acknowledged and not in the journal");
    }
}

/// Passes every entry of a directory's journal.
fn entries(dir: &Path, pass: &mut dyn FnMut(&Entry<'_>)) {
    let Some(shared) = Servers::kept(dir).shared() else {
        let verified = journal::verify(&dir.join("journal"), |entry| {
            pass(entry);
            Ok::<(), std::convert::Infallible>(())
        });
        return drop(verified.unwrap());
    };
    let mut reader = shared.follow(1).unwrap();
    while let Some(bytes) = reader.next().unwrap() {
        pass(&Entry::parse(&bytes).unwrap());
    }
}

fn spawn(dir: &Path, heard: &Heard) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::the_copy_that_is_killed", "--exact", "--nocapture", "--ignored"])
        .env(DATA, dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut again = String::new();
    heard.open().iter().for_each(|id| again.push_str(&format!("{id:032x}\n")));
    again.push_str("go\n");
    child.stdin.as_mut().unwrap().write_all(again.as_bytes()).unwrap();
    child
}

fn verify(dir: &Path) {
    let output = crate::town::jakone(&["verify"], Some(dir));
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// Not a test of its own: the process that is killed. Its command is a function of its id, so that the next copy can
/// send it again from the id alone.
#[test]
#[ignore = "started by the test above"]
fn the_copy_that_is_killed() {
    let Some(dir) = std::env::var_os(DATA) else { return };
    let lines = || std::io::stdin().lines().map(Result::unwrap);
    let again: Vec<u128> =
        lines().take_while(|line| line != "go").map(|id| u128::from_str_radix(&id, 16).unwrap()).collect();
    let (dir, shown) = (Path::new(&dir), Arc::new(SystemClock::new(0)) as Arc<dyn Clock>);
    let runtime = match Servers::kept(dir).shared() {
        Some(shared) => lead(&shared, dir, &shown),
        None => start(dir, shown).0,
    };
    let clock = SystemClock::new(0);
    set_up(&runtime);
    send(&runtime, again.iter().map(|id| CommandId::from_u128(*id)).collect());
    let (stopped, stop) = std::sync::mpsc::channel();
    // The end of the standard input is the sign to end in peace.
    let listener = std::thread::spawn(move || {
        lines().for_each(drop);
        stopped.send(()).unwrap();
    });
    while stop.try_recv().is_err() {
        send(&runtime, (0..BATCH).map(|_| CommandId::generate(clock.now()).unwrap()).collect());
    }
    listener.join().unwrap();
    drop(runtime.shutdown());
}

/// The small city's content and its people, whatever of it is not there yet.
pub fn set_up(runtime: &Runtime) {
    let people = (0..PEOPLE).flat_map(|index| {
        let holder = HolderNumber::new(u64::from(index)).unwrap();
        let medium = MediumSerial(index);
        [
            Body::OpenHolder(OpenHolder {
                holder,
                category: code("adult"),
                home: None,
                bank: code("bank_a"),
            }),
            Body::IssueMedium(IssueMedium {
                medium,
                holder,
                kind: code("card"),
                assurance: 2,
                replaces: None,
            }),
            Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }),
        ]
    });
    let clock = SystemClock::new(0);
    let all: Vec<Envelope> = small_city()
        .into_iter()
        .chain(people)
        .map(|body| envelope(CommandId::generate(clock.now()).unwrap(), PrincipalId(2), body))
        .collect();
    // Refused on every start but the first: all of it is known by then.
    drop(runtime.handle().submit_blocking(Class::Office, all).unwrap());
}

fn send(runtime: &Runtime, ids: Vec<CommandId>) {
    if ids.is_empty() {
        return;
    }
    let say = |sign: char, ids: &[CommandId]| {
        let said: String = ids.iter().map(|id| format!("{sign} {:032x}\n", id.as_u128())).collect();
        let mut out = std::io::stdout().lock();
        out.write_all(said.as_bytes()).unwrap();
        out.flush().unwrap();
    };
    say('>', &ids);
    let commands = ids.iter().map(|id| envelope(*id, PrincipalId(1), body(*id))).collect();
    let answers = runtime.handle().submit_blocking(Class::Upload, commands).unwrap();
    let done = |step: &Step| matches!(step, Step::Decided(Ok(_)) | Step::Repeated(_));
    assert!(answers.iter().all(|answer| done(&answer.step)), "{answers:?}");
    say('<', &ids);
}

fn envelope(id: CommandId, principal: PrincipalId, body: Body) -> Envelope {
    Envelope {
        schema: 1,
        id,
        principal,
        channel: Channel::Api,
        on_behalf_of: None,
        received_at: id.time(),
        body,
    }
}

/// Half top-ups, half taps; a tap's terminal and epoch are as new as its id, so that its number is 1.
fn body(id: CommandId) -> Body {
    let bits = id.as_u128();
    let medium = MediumSerial(u32::try_from(bits % u128::from(PEOPLE)).unwrap());
    if (bits >> 8) & 1 == 0 {
        let amount = Amount(1 + u64::try_from(bits % 10_000).unwrap());
        return Body::TopUp(TopUp { medium: Some(medium), holder: None, bank: code("bank_a"), amount });
    }
    let device = DeviceNumber(u32::try_from(bits & 0xFFFF_FFFF).unwrap());
    let epoch = u32::try_from((bits >> 30) & 0xFFFF_FFFF).unwrap();
    let place = code(if (bits >> 9) & 1 == 0 { "stop_1" } else { "museum_1" });
    let movement = Some(Movement::new(place, id.time()));
    Body::Tap(Tap { device, epoch, seq: 1, medium, counter: None, opened: true, refused: None, movement })
}
