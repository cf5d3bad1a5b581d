//! A small town in a data directory: what the other tests read. Owns the set-up and the running of the binary.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use base::{Clock, CommandId, HolderNumber, ManualClock, MediumSerial};
use engine::{Envelope, Genesis, Step};
use fixtures::{City, code, moment};
use journal::{Embedded, EmbeddedOptions, KeyRing, Recovery};
use runtime::{Class, Leadership, Limits, Runtime};

/// What happened in the small town, and where.
pub struct Town {
    pub dir: tempfile::TempDir,
    pub siti: HolderNumber,
    pub card: MediumSerial,
    /// A tap that the free bus paid for.
    pub free: CommandId,
    /// A tap at the museum.
    pub paid: CommandId,
    /// A tap for which the purse did not reach.
    pub owed: CommandId,
    /// An ask with a blocked card.
    pub refused: CommandId,
}

/// Starts the engine on a data directory, as `serve` does, with small files.
pub fn start(dir: &Path, clock: Arc<dyn Clock>) -> (Runtime, Recovery) {
    let files = EmbeddedOptions { check_hashes: false, ..EmbeddedOptions::small() };
    let (journal, recovery) = Embedded::open(&dir.join("journal"), files, None).unwrap();
    let keys = Arc::new(KeyRing::open(&dir.join("keys")).unwrap());
    (Runtime::start(Box::new(journal), keys, clock, options()).unwrap(), recovery)
}

/// Options of an engine that is alone.
pub fn options() -> runtime::Options {
    let genesis =
        Genesis { city: code("small"), format: 1, hash_key: 7, keys: Vec::new(), parameters: Vec::new() };
    runtime::Options {
        genesis,
        node: code("node_a"),
        epoch_id: CommandId::from_u128(1),
        build: code("build_1"),
        config: 0,
        limits: Limits::default(),
        leadership: Leadership::Alone,
        reserve: 64,
        on_fault: |fault| panic!("{fault}"),
    }
}

impl Town {
    /// A morning in the small town, written through the runtime.
    pub fn new() -> Self {
        let mut city = City::new()
            .resident("siti")
            .card()
            .purse(7_000)
            .entitled("free_bus")
            .entitled("cheap_rail")
            .resident("budi")
            .card()
            .purse(2_000);
        let siti = city.holder("siti");
        let card = city.medium("siti");
        let last = |city: &City| city.script().last().unwrap().id;
        city.tap("siti", "stop_1");
        let free = last(&city);
        city.tap("siti", "museum_1");
        let paid = last(&city);
        city.tap("budi", "museum_1");
        let owed = last(&city);
        let mut city = city.resident("dewi").card().blocked();
        assert!(city.ask("dewi", "stop_2").is_err());
        let refused = last(&city);
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(moment("2026-11-23T08:00")));
        let (runtime, _) = start(dir.path(), clock);
        for envelope in city.script() {
            send(&runtime, envelope);
        }
        drop(runtime.shutdown());
        Self { dir, siti, card, free, paid, owed, refused }
    }

    /// Runs the binary with `--data` of this town at the end.
    pub fn jakone(&self, arguments: &[&str]) -> Output {
        jakone(arguments, Some(self.dir.path()))
    }

    /// As [`Town::jakone`], for what has to succeed; answers what it printed.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let output = self.jakone(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }
}

fn send(runtime: &Runtime, envelope: Envelope) {
    let answers = runtime.handle().submit_blocking(Class::Office, vec![envelope]).unwrap();
    assert!(matches!(answers[0].step, Step::Decided(_)), "{:?}", answers[0]);
}

/// Runs the binary.
pub fn jakone(arguments: &[&str], data: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jakone"));
    command.args(arguments);
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    command.output().unwrap()
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
