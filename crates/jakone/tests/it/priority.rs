//! `serve --writer-priority`: the journal's thread gets it where the system permits it, and a refusal says what to do.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::town::text;

/// `SCHED_FIFO`, as the kernel counts policies.
const FIFO: &str = "1";

/// Policy and real-time priority of each thread of a process, by its name (fields 41 and 40 of its `stat`).
fn threads(process: u32) -> Vec<(String, String, String)> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks
        .map(|task| {
            let stat = fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
            let (name, fields) = stat.rsplit_once(") ").unwrap();
            let fields: Vec<&str> = fields.split(' ').collect();
            let name = name.split_once('(').unwrap().1.to_owned();
            (name, fields[38].to_owned(), fields[37].to_owned())
        })
        .collect()
}

/// The program with a right less: without it, whoever runs this test may not have real-time priorities.
fn without_the_right() -> Command {
    let mut command = Command::new("prlimit");
    if rustix::process::getuid().is_root() {
        command = Command::new("setpriv");
        command.args(["--bounding-set=-sys_nice", "prlimit"]);
    }
    command.args(["--rtprio=0:0", env!("CARGO_BIN_EXE_jakone"), "serve", "--port", "0"]);
    command
}

#[test]
fn the_journals_thread_alone_gets_the_priority_or_the_refusal_says_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    let refused =
        without_the_right().args(["--writer-priority", "7", "--data"]).arg(data.path()).output().unwrap();
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error[priority_refused]: ") && said.contains("CAP_SYS_NICE"), "{said}");
    assert!(!data.path().join("clock.json").exists(), "nothing was begun");
    let mut child = Command::new(env!("CARGO_BIN_EXE_jakone"))
        .args(["serve", "--port", "0", "--writer-priority", "7", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if line.is_empty() {
        // Not permitted here at all: then it has to say so, as above.
        let output = child.wait_with_output().unwrap();
        return assert!(text(&output.stderr).starts_with("error[priority_refused]: "));
    }
    let real_time: Vec<_> = threads(child.id()).into_iter().filter(|(_, policy, _)| policy == FIFO).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(real_time, [("journal".to_owned(), FIFO.to_owned(), "7".to_owned())]);
    let outside = Command::new(env!("CARGO_BIN_EXE_jakone"))
        .args(["serve", "--writer-priority", "100", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    assert_eq!(outside.status.code(), Some(2), "the command line says 1 to 99");
}
