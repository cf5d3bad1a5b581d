//! `jakone doctor`: everything that commonly goes wrong on a machine, looked at in one go. Looks only; the single thing it
//! writes is a temporary file to time the disk.

use std::borrow::Cow;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base::{Clock as _, SystemClock, Timestamp};
use journal::{Head, KeyError};
use runtime::{Manifest, Unsound};
use serde_json::{Map, Value as Json, json};

use super::serve::tasks;
use crate::cli::ReadArguments;
use crate::data_directory::{DataDirectory, repair_of};
use crate::flush_probe::probe;
use crate::journal_copy;
use crate::lock_owner::lock_owner;
use crate::office_key;
use crate::problem::Problem;
use crate::reading::{Passed, walk};
use crate::seen::{Held, Lacking, Seen};

/// Flushes measured.
const PROBES: u64 = 200;
/// Below so many free bytes the journal soon cannot reserve.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// One thing looked at.
struct Finding {
    name: &'static str,
    /// What to do, if something is wrong.
    wrong: Option<Cow<'static, str>>,
    said: String,
    json: Json,
}

impl Finding {
    fn fine(name: &'static str, said: String, json: Json) -> Self {
        Self { name, wrong: None, said, json }
    }
}

/// Looks at everything and prints what it found.
///
/// # Errors
/// [`Problem`] `doctor_found` when something is wrong.
pub fn run(arguments: &ReadArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::at(&arguments.data);
    let (journal, seen) = journal_and_seen(&directory);
    let findings = [
        version(),
        data(&directory),
        space(&directory),
        clock(&directory),
        keys(&directory),
        lock(&directory),
        journal,
        seen,
        copy(&directory),
        snapshots(&directory),
        flush(&directory),
    ];
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let object: Map<String, Json> =
            findings.iter().map(|one| (one.name.to_owned(), one.as_json())).collect();
        writeln!(out, "{}", Json::Object(object))?;
    } else {
        for one in &findings {
            writeln!(
                out,
                "{:<9} {:<5} {}",
                one.name,
                if one.wrong.is_some() { "WRONG" } else { "ok" },
                one.said
            )?;
            if let Some(advice) = &one.wrong {
                writeln!(out, "{:16}{advice}", "")?;
            }
        }
    }
    let wrong: Vec<&str> = findings.iter().filter(|one| one.wrong.is_some()).map(|one| one.name).collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let names = wrong.join(", ");
    Err(Problem::new(
        "doctor_found",
        format!("Not in order: {names}. What to do stands beside each above."),
        format!("Tidak beres: {names}. Yang harus dilakukan tertulis di atas."),
    )
    .into())
}

impl Finding {
    fn as_json(&self) -> Json {
        json!({ "ok": self.wrong.is_none(), "said": self.said, "advice": self.wrong, "value": self.json })
    }
}

fn version() -> Finding {
    let kernel = rustix::system::uname();
    let kernel = kernel.release().to_str().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    let build = if cfg!(debug_assertions) { "development" } else { "release" };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Finding::fine(
        "version",
        format!("jakone {version} ({build} build), Linux {kernel}, {cores} cores"),
        json!({ "version": version, "build": build, "kernel": kernel, "cores": cores }),
    )
}

fn data(directory: &DataDirectory) -> Finding {
    let path = directory.root();
    let shown = path.display();
    let Ok(known) = std::fs::metadata(path) else {
        return Finding::fine("data", format!("{shown} does not exist yet"), json!({ "exists": false }));
    };
    let mode = known.permissions().mode() & 0o777;
    let open = mode & 0o077 != 0;
    Finding {
        name: "data",
        wrong: open.then_some(Cow::Borrowed(
            "others on this machine can read personal data and keys: chmod 700 the directory",
        )),
        said: format!("{shown}, mode {mode:o}"),
        json: json!({ "exists": true, "mode": format!("{mode:o}") }),
    }
}

/// The directory, or the nearest one above it that exists.
fn existing(path: &Path) -> PathBuf {
    let found = path.ancestors().find(|path| path.is_dir());
    found.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn space(directory: &DataDirectory) -> Finding {
    let look = rustix::fs::statvfs(existing(directory.root()));
    let free = look.map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    match free {
        Ok(free) => Finding {
            name: "space",
            wrong: (free < FREE_BYTES_MIN)
                .then_some(Cow::Borrowed("make room: without it the journal answers journal_full")),
            said: format!("{} MiB free", free >> 20),
            json: json!({ "free_bytes": free }),
        },
        Err(error) => wrong("space", &error, "look at the file system"),
    }
}

fn wrong(name: &'static str, error: &dyn std::fmt::Display, advice: impl Into<Cow<'static, str>>) -> Finding {
    Finding { name, wrong: Some(advice.into()), said: error.to_string(), json: Json::Null }
}

fn clock(directory: &DataDirectory) -> Finding {
    match directory.clock() {
        Ok(clock) => {
            let (machine, city, offset) = (SystemClock::new(0).now(), clock.now(), clock.offset());
            let apart = if offset == 0 { "as the machine".to_owned() } else { format!("machine {machine}") };
            Finding::fine(
                "clock",
                format!("city {city}, {apart}"),
                json!({ "city": city.to_string(), "machine": machine.to_string(), "offset_us": offset }),
            )
        }
        Err(error) => wrong("clock", &error, "put clock.json back from a copy"),
    }
}

fn keys(directory: &DataDirectory) -> Finding {
    let of_office = tasks().and_then(|tasks| tasks.block_on(office_key::require(directory)));
    if let Err(error) = of_office {
        return wrong("keys", &format!("{error:#}"), "without `keys/office.key` no name can be read again");
    }
    let days = directory.key_ring().and_then(|ring| Ok(ring.days()?));
    match days {
        Ok(days) => {
            let span = days.first().zip(days.last());
            let span = span.map_or_else(String::new, |(first, last)| format!(", {first} to {last}"));
            Finding::fine("keys", format!("{} days{span}", days.len()), json!({ "days": days.len() }))
        }
        Err(error) => wrong("keys", &error, "put the keys back from a backup"),
    }
}

fn lock(directory: &DataDirectory) -> Finding {
    if directory.is_shared() {
        let said = "none: the journal is on servers, and of the machines that share it one leads";
        return Finding::fine("lock", said.to_owned(), json!({ "shared": true }));
    }
    let owner = lock_owner(&directory.journal());
    let said = owner
        .as_ref()
        .map_or_else(|| "nobody has the journal".to_owned(), |owner| format!("held by {owner}"));
    Finding::fine("lock", said, json!({ "process": owner.map(|owner| owner.process) }))
}

/// The journal, and whether it has what others have seen of it. They are asked first: beside a running system both go on.
fn journal_and_seen(directory: &DataDirectory) -> (Finding, Finding) {
    let seen = tasks()
        .and_then(|tasks| tasks.block_on(Seen::by_tables(directory.place())))
        .and_then(|seen| seen.and_kept_in(directory));
    let mut held = seen.map(Seen::held);
    let journal = journal(directory, &mut |head| held.iter_mut().for_each(|held| held.pass(head)));
    let seen = match held {
        Ok(held) => held_against(directory, &held),
        Err(error) => wrong(
            "seen",
            &format!("{error:#}"),
            "what tables, snapshots or checkpoint have seen cannot be read: look at owner and mode",
        ),
    };
    (journal, seen)
}

/// What others have seen, after the walk over the journal. What to do is what a start says.
fn held_against(directory: &DataDirectory, held: &Held) -> Finding {
    let (furthest, lacking) = (held.furthest(), held.lacking());
    let said = match lacking.map(Lacking::seq) {
        Some(seq) => format!(
            "tables, office, snapshots or checkpoint have seen entry {seq}, which the journal lacks or has otherwise"
        ),
        None if furthest == 0 => "nobody has seen any of it yet".to_owned(),
        None => format!(
            "tables, office, snapshots and checkpoint know entries up to {furthest}, and the journal has them"
        ),
    };
    let advice = lacking.map(|lacking| lacking.words(directory, held.head(), None).0);
    Finding {
        name: "seen",
        wrong: advice.map(|advice| format!("no start will succeed: {advice}").into()),
        said,
        json: json!({ "furthest": furthest, "lacking": lacking.map(Lacking::seq) }),
    }
}

fn journal(directory: &DataDirectory, pass: &mut dyn FnMut(Head)) -> Finding {
    if !directory.has_journal() {
        return Finding::fine("journal", "not begun yet".into(), json!({ "begun": false }));
    }
    let mut visit = |passed: Passed<'_>| {
        if let Passed::Entry { head, .. } = passed {
            pass(head);
        }
        Ok(ControlFlow::Continue(()))
    };
    let walked = match walk(directory, &mut visit) {
        Ok(walked) => walked,
        Err(error) => {
            return unsound(directory, &error);
        }
    };
    let now = directory.clock().unwrap_or_else(|_| SystemClock::new(0)).now();
    let ahead = walked.head.at > now.plus(Timestamp::SECOND);
    let tear = walked.tear.as_ref().map(ToString::to_string);
    let torn = tear.as_ref().map(|tear| format!("; {tear} (the next start sets it aside)"));
    Finding {
        name: "journal",
        wrong: ahead.then_some(Cow::Borrowed(
            "the clock is behind the last entry: set the clock, or no start will succeed",
        )),
        said: format!(
            "head {} of {}, {} records{}",
            walked.head.seq,
            walked.head.at,
            walked.records,
            torn.unwrap_or_default()
        ),
        json: json!({
            "begun": true, "seq": walked.head.seq, "hash": walked.head.hash.to_string(),
            "at": walked.head.at.to_string(), "records": walked.records, "tear": tear,
        }),
    }
}

/// A journal that a walk stopped in, with its causes. A lost key is no damage: no copy of the journal has it.
fn unsound(directory: &DataDirectory, error: &anyhow::Error) -> Finding {
    let lost = error.chain().any(|cause| matches!(cause.downcast_ref(), Some(KeyError::Lost { .. })));
    let advice = if lost {
        "the journal is whole: every backup holds the keys of its days in `keys`".to_owned()
    } else {
        format!(
            "keep it; entries that are damaged or missing come from elsewhere. {}",
            repair_of(directory).0
        )
    };
    wrong("journal", &format!("{error:#}"), advice)
}

/// The copy of a journal on NATS, read to its last byte and held against the journal.
fn copy(directory: &DataDirectory) -> Finding {
    let (dir, on_nats) = (journal_copy::at(directory), directory.addresses().journal().is_some());
    if !on_nats || !dir.exists() {
        let said = if on_nats {
            "none yet: the machine that leads makes one"
        } else {
            "none: for a journal on NATS only"
        };
        return Finding::fine("copy", said.to_owned(), Json::Null);
    }
    let head = match journal::read_files(&dir) {
        Ok((_, head)) => head,
        Err(error) => {
            let advice = "move the directory away: the machine copies again when it leads";
            return wrong("copy", &error, advice);
        }
    };
    let apart = journal_copy::is_apart(directory, head);
    Finding {
        name: "copy",
        wrong: apart.then_some(
            Cow::Borrowed("the journal lacks its last entry, or has another: `jakone journal repair`, or if the journal is right move the directory away"),
        ),
        said: format!("head {} of {}", head.seq, head.at),
        json: json!({ "seq": head.seq, "hash": head.hash.to_string(), "apart": apart }),
    }
}

/// The kept snapshots, each read to its last byte.
fn snapshots(directory: &DataDirectory) -> Finding {
    let listed = match directory.snapshots().list() {
        Ok(listed) => listed,
        Err(error) => return wrong("snapshots", &error, "look at the directory: owner and mode"),
    };
    if listed.is_empty() {
        let said = "none: a start replays the whole journal; `jakone snapshot` writes one";
        return Finding::fine("snapshots", said.to_owned(), json!([]));
    }
    let looked: Vec<_> = listed.iter().map(|found| (found.seq, found.state(0).map(|(one, _)| one))).collect();
    let said = |(seq, sound): &(u64, Result<Manifest, Unsound>)| match sound {
        Ok(manifest) => format!("entry {seq} of {}, schema {}", manifest.head().at, manifest.schema()),
        Err(unsound) => format!("entry {seq} cannot be used: {unsound}"),
    };
    let told = looked.iter().map(|(seq, sound)| json!({ "seq": seq, "sound": sound.is_ok() }));
    Finding {
        name: "snapshots",
        wrong: looked
            .iter()
            .any(|(_, sound)| sound.is_err())
            .then_some(Cow::Borrowed("a start skips a damaged one and takes longer: run `jakone snapshot`")),
        said: looked.iter().map(said).collect::<Vec<_>>().join("; "),
        json: told.collect(),
    }
}

fn flush(directory: &DataDirectory) -> Finding {
    match probe(&existing(directory.root()), PROBES) {
        Ok(probe) => {
            let (p50, p99) = (probe.p50.as_micros(), probe.p99.as_micros());
            Finding::fine(
                "flush",
                format!("4 KiB durable in {p50} µs (half), {p99} µs (99 of 100)"),
                json!({ "p50_us": u64::try_from(p50).ok(), "p99_us": u64::try_from(p99).ok() }),
            )
        }
        Err(error) => wrong("flush", &error, "the directory cannot be written: check owner and mount"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_in_a_database_is_not_sent_to_a_command_that_refuses_it() {
        let dir = tempfile::tempdir().unwrap();
        let advice = || {
            let directory = DataDirectory::at(dir.path());
            unsound(&directory, &anyhow::anyhow!("damaged")).wrong.unwrap()
        };
        assert!(advice().contains("`jakone journal repair --from COPY --data "), "{}", advice());
        std::fs::write(dir.path().join("database"), "somewhere").unwrap();
        assert!(advice().contains("`jakone restore BACKUP ") && !advice().contains("repair"), "{}", advice());
    }
}
