//! Every backend of this crate against the conformance suite.

use fixtures::servers::{NatsCluster, PostgresServer};
use journal::conformance::{Factory, Violation, run};
use journal::{Embedded, EmbeddedOptions, Journal, Memory, Postgres, PostgresOptions};

use crate::jetstream;

#[derive(Default)]
struct Memories {
    last: Memory,
}

impl Factory for Memories {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, Violation> {
        self.last = Memory::new();
        Ok(Box::new(self.last.clone()))
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, Violation> {
        drop(journal);
        Ok(Box::new(self.last.clone()))
    }
}

struct Directories {
    root: tempfile::TempDir,
    count: u32,
}

impl Directories {
    fn open(&self) -> Result<Box<dyn Journal>, Violation> {
        let dir = self.root.path().join(self.count.to_string());
        let opened = Embedded::open(&dir, EmbeddedOptions::small(), None);
        opened.map(|(journal, _)| Box::new(journal) as _).map_err(|error| Violation(error.to_string()))
    }
}

impl Factory for Directories {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, Violation> {
        self.count += 1;
        self.open()
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, Violation> {
        drop(journal);
        self.open()
    }
}

struct Databases {
    url: String,
}

impl Databases {
    fn open(&self) -> Result<Box<dyn Journal>, Violation> {
        let opened = Postgres::open(PostgresOptions::new(&self.url), None);
        opened.map(|journal| Box::new(journal) as _).map_err(|error| Violation(error.to_string()))
    }
}

impl Factory for Databases {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, Violation> {
        self.url = PostgresServer::shared().database();
        self.open()
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, Violation> {
        drop(journal);
        self.open()
    }
}

#[derive(Default)]
struct Streams {
    count: u32,
}

impl Streams {
    fn open(&self) -> Box<dyn Journal> {
        let stream = format!("RULE{}", self.count);
        Box::new(jetstream::open(&jetstream::options(NatsCluster::shared(), &stream)))
    }
}

impl Factory for Streams {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, Violation> {
        self.count += 1;
        Ok(self.open())
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, Violation> {
        drop(journal);
        Ok(self.open())
    }
}

#[test]
fn the_journal_in_memory_keeps_every_rule() {
    run(&mut Memories::default()).unwrap();
}

#[test]
fn the_journal_in_segment_files_keeps_every_rule() {
    run(&mut Directories { root: tempfile::tempdir().unwrap(), count: 0 }).unwrap();
}

#[test]
fn the_journal_on_postgresql_keeps_every_rule() {
    run(&mut Databases { url: String::new() }).unwrap();
}

#[test]
fn the_journal_on_jetstream_keeps_every_rule() {
    run(&mut Streams::default()).unwrap();
}
