//! Both backends of this crate against the conformance suite.

use journal::conformance::{Factory, Violation, run};
use journal::{Embedded, EmbeddedOptions, Journal, Memory};

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

#[test]
fn the_journal_in_memory_keeps_every_rule() {
    run(&mut Memories::default()).unwrap();
}

#[test]
fn the_journal_in_segment_files_keeps_every_rule() {
    run(&mut Directories { root: tempfile::tempdir().unwrap(), count: 0 }).unwrap();
}
