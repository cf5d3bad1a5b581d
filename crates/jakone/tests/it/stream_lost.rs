//! A journal on NATS whose stream is lost: the copy on the machine that led, and `journal repair` that writes it back.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use fixtures::servers::{NatsCluster, NatsSettings};
use rustix::process::Signal;
use serde_json::Value as Json;

use crate::city::jakone;
use crate::machines::{Desk, Machine, WAIT_MAX, accepted, bank, id, printed, top_up};
use crate::servers::Servers;
use crate::town::{Town, text};

/// The last entry of a copy; 0 while there is none.
fn copied(dir: &Path) -> u64 {
    journal::read_files(dir).map_or(0, |(_, head)| head.seq)
}

/// Waits until a copy that is being written holds an entry.
fn holds(dir: &Path, seq: u64) {
    let start = Instant::now();
    while copied(dir) < seq {
        assert!(start.elapsed() < WAIT_MAX, "the copy ends at entry {}, before {seq}", copied(dir));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// The same files elsewhere.
fn files_of(from: &Path, to: PathBuf) -> PathBuf {
    fs::create_dir(&to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
    to
}

fn number(position: &str) -> u64 {
    position.split('.').next().unwrap().parse().unwrap()
}

fn stopped(mut city: Machine) {
    city.signal(Signal::TERM);
    assert_eq!(city.ended(), Some(0), "{}", city.said());
}

fn verified(data: &Path) -> Json {
    serde_json::from_str(&printed(&["verify", "--json"], data)).unwrap()
}

fn refused(arguments: &[&str], data: &Path, code: &str) {
    let said = text(&jakone(arguments, data).stderr);
    assert!(said.starts_with(&format!("error[{code}]: ")), "{arguments:?}: {said}");
}

/// Repairs; servers that were just started choose their leader first.
fn repaired(arguments: &[&str], data: &Path) -> String {
    let start = Instant::now();
    loop {
        let output = jakone(&[&["journal", "repair", "--from"], arguments].concat(), data);
        if output.status.success() {
            return text(&output.stdout);
        }
        let said = text(&output.stderr);
        assert!(said.contains("cannot ") && start.elapsed() < WAIT_MAX, "{said}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

/// A city that was led for a while and stopped: its data directory, what `verify` said of it, a command with its position, and
/// a copy of the copy as it was earlier.
struct Led {
    desk: Desk,
    token: String,
    command: base::CommandId,
    position: String,
    whole: Json,
    early: PathBuf,
}

impl Led {
    fn new(servers: Servers) -> Self {
        let desk = Desk::new(servers);
        let data = desk.data("a");
        let mut city = desk.start("a");
        let address = city.ready();
        let (token, first) = (bank(&data), id());
        let position = accepted(top_up(&address, &token, first));
        holds(&data.join("copy"), number(&position));
        stopped(city);
        let early = files_of(&data.join("copy"), desk.dir.path().join("early"));
        let mut city = desk.start("a");
        accepted(top_up(&city.ready(), &token, id()));
        stopped(city);
        let whole = verified(&data);
        assert_eq!(whole["seq"], copied(&data.join("copy")), "after a stop the copy is whole");
        Self { desk, token, command: first, position, whole, early }
    }

    /// Serves on: what was decided stands, the next entry has the next number, and the copy follows.
    fn goes_on(&self, data: &Path) {
        let mut city = Machine::start(data, &Servers::default());
        let address = city.ready();
        assert_eq!(accepted(top_up(&address, &self.token, self.command)), self.position);
        let after = number(&accepted(top_up(&address, &self.token, id())));
        let last = self.whole["seq"].as_u64().unwrap();
        let next = printed(
            &["journal", "show", "--from", &(last + 1).to_string(), "--to", &after.to_string()],
            data,
        );
        assert!(next.contains("epoch"), "{next}");
        holds(&data.join("copy"), after);
        stopped(city);
        assert!(verified(data)["seq"].as_u64().unwrap() > last);
    }
}

#[test]
fn on_nats_a_stream_that_is_lost_is_written_back_from_the_copy_and_the_city_goes_on() {
    let nodes = NatsCluster::start(NatsSettings::default());
    let led = Led::new(Servers::on(&nodes, "lost"));
    let data = led.desk.data("a");
    nodes.lose_everything();
    let copy = data.join("copy").display().to_string();
    let said = repaired(&[&copy], &data);
    assert!(said.starts_with("repaired: whole through entry 0, "), "{said}");
    assert_eq!(verified(&data), led.whole, "the same bytes under the same numbers");
    let said = repaired(&[&copy], &data);
    assert!(said.starts_with("nothing to repair: "), "{said}");
    led.goes_on(&data);
}

#[test]
fn on_nats_a_copy_that_contradicts_the_stream_or_ends_before_it_is_refused_and_a_new_stream_takes_the_journal()
 {
    let led = Led::new(Servers::nats("kept"));
    let data = led.desk.data("a");
    let (town, early) = (Town::new(), led.early.display().to_string());
    let elsewhere = Servers::nats("taken_there").journal.unwrap();
    refused(
        &["journal", "repair", "--from", town.dir.path().to_str().unwrap()],
        &data,
        "copy_of_another_journal",
    );
    refused(&["journal", "repair", "--from", &early], &data, "copy_too_short");
    refused(&["journal", "repair", "--from", &early, "--journal", &elsewhere], &data, "copy_too_short");
    assert_eq!(verified(&data), led.whole, "nothing was changed");
    let said = repaired(&[data.join("copy").to_str().unwrap(), "--journal", &elsewhere], &data);
    assert!(said.starts_with("repaired: "), "{said}");
    assert_eq!(fs::read_to_string(data.join("journal.address")).unwrap(), elsewhere);
    assert_eq!(verified(&data), led.whole);
    led.goes_on(&data);
    // Another machine's copy is behind: it goes on where it stopped, when that machine leads.
    let other = led.desk.data("b");
    Servers::kept(&data).keep(&other);
    files_of(&led.early, other.join("copy"));
    let mut city = Machine::start(&other, &Servers::default());
    let after = number(&accepted(top_up(&city.ready(), &led.token, id())));
    holds(&other.join("copy"), after);
    stopped(city);
    let doctor = |says: &str| {
        let told = text(&jakone(&["doctor"], &other).stdout);
        assert!(told.contains(&format!("copy      {says}")), "{told}");
    };
    doctor(&format!("ok    head {} ", copied(&other.join("copy"))));
    // A copy of another journal stays as it is, and the city is led all the same.
    fs::remove_dir_all(other.join("copy")).unwrap();
    let foreign = files_of(&town.dir.path().join("journal"), other.join("copy"));
    let before = copied(&foreign);
    doctor("WRONG ");
    let mut city = Machine::start(&other, &Servers::default());
    accepted(top_up(&city.ready(), &led.token, id()));
    let start = Instant::now();
    while !city.said().contains("the copy of the journal holds an entry that the journal does not have") {
        assert!(start.elapsed() < WAIT_MAX, "{}", city.said());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    stopped(city);
    assert_eq!(copied(&foreign), before);
}
