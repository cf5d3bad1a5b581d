//! A city on two machines, with PostgreSQL and a synchronous standby as the guide of topologies sets them up: the machine with
//! the primary is lost, the standby is promoted as the runbook says, and nothing that was answered is missing.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Instant;

use fixtures::servers::PostgresServer;
use rustix::process::Signal;

use crate::machines::{Callers, Desk, WAIT_MAX, accepted, bank, id, printed, top_up};
use crate::servers::Servers;

/// An address that leads to whichever server is the primary, as a name that a person moves.
struct Address {
    dir: tempfile::TempDir,
}

impl Address {
    fn new(first: &PostgresServer) -> Self {
        let address = Self { dir: tempfile::tempdir().unwrap() };
        address.leads_to(first);
        address
    }

    fn leads_to(&self, server: &PostgresServer) {
        let next = self.dir.path().join("next");
        symlink(server.host(), &next).unwrap();
        fs::rename(next, self.dir.path().join("primary")).unwrap();
    }

    fn of(&self, database: &str) -> Servers {
        let name = database.split('?').next().unwrap();
        let database = format!("{name}?host={}", self.dir.path().join("primary").display());
        Servers { database: Some(database), journal: None }
    }
}

/// While the standby is away the primary waits, and nobody is answered.
fn waits_for(standby: &PostgresServer, primary: &PostgresServer, address: &str, token: &str) {
    standby.kill();
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| top_up(address, token, id()));
        let waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'";
        let start = Instant::now();
        while primary.sql("postgres", waiting) == "0" {
            assert!(start.elapsed() < WAIT_MAX && !asked.is_finished(), "the primary does not wait");
        }
        standby.run();
        accepted(asked.join().unwrap());
    });
}

/// What the runbook says is to be done when the primary is lost.
fn promoted(standby: &PostgresServer, address: &Address) {
    standby.promote();
    standby.wait_for("");
    address.leads_to(standby);
}

#[test]
fn on_postgresql_a_machine_that_is_lost_with_the_primary_costs_nothing_that_was_answered() {
    let first = PostgresServer::start(&[]);
    let (address, callers) = (Address::new(&first), Callers::default());
    let desk = Desk::new(address.of(&first.database()));
    let second = first.standby("b");
    first.wait_for("b");
    let mut leader = desk.start("a");
    let (at, token) = (leader.ready(), bank(&desk.data("a")));
    waits_for(&second, &first, &at, &token);
    // The disk of the second machine is exchanged: its copy has the primary's settings.
    drop(second);
    let second = first.standby("b");
    let mut next = desk.start("b").waiting();
    callers.during(&at, &token, 60, || {
        first.kill();
        leader.signal(Signal::KILL);
    });
    assert_eq!(leader.ended(), None, "killed");
    drop(first);
    promoted(&second, &address);
    let at = next.ready();
    callers.stand(&at, &token);
    accepted(top_up(&at, &token, id()));
    // The first machine comes back with an empty disk, follows, and the second one is lost.
    let first = second.standby("a");
    second.wait_for("a");
    callers.during(&at, &token, 60, || {
        second.kill();
        next.signal(Signal::KILL);
    });
    assert_eq!(next.ended(), None, "killed");
    promoted(&first, &address);
    let mut again = desk.start("a");
    let at = again.ready();
    callers.stand(&at, &token);
    again.signal(Signal::TERM);
    assert_eq!(again.ended(), Some(0), "{}", again.said());
    assert!(printed(&["verify"], &desk.data("a")).contains("office agrees"));
    callers.stand_once(&desk.data("b"));
}
