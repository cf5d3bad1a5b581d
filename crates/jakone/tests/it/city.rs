//! The demonstration and the server as processes: one command to `ready`, a second start, a kill under load over HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Clock, CommandId, SystemClock};
use serde_json::{Value, json};

/// A running `jakone`, killed when the test ends.
pub struct Running {
    child: Child,
    pub address: String,
}

impl Running {
    /// Starts it and waits for its `ready` line.
    pub fn start(arguments: &[&str], data: &Path) -> Self {
        Self::start_with(arguments, data, &[])
    }

    /// The same with environment variables.
    pub fn start_with(arguments: &[&str], data: &Path, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jakone"))
            .args(arguments)
            .envs(variables.iter().copied())
            .args(["--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ready http://").unwrap_or_else(|| panic!("said {line:?}"));
        Self { address: address.to_owned(), child }
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        let id = i32::try_from(self.child.id()).unwrap();
        let pid = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success(), "a stop is no failure");
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn get(&self, path: &str) -> (u16, String) {
        request(&self.address, &format!("GET {path} HTTP/1.1\r\n"), "").unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; none if the server went away.
pub fn request(address: &str, head: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    write!(stream, "{head}Host: city\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.get(9..12)?.parse().ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    // A cut answer is no answer: nothing was acknowledged.
    let whole = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    (whole == Some(body.len())).then(|| (status, body.to_owned()))
}

pub fn token(data: &Path, role: &str) -> String {
    let demo: Value =
        serde_json::from_str(&std::fs::read_to_string(data.join("demo.json")).unwrap()).unwrap();
    let clients = demo["clients"].as_array().unwrap();
    let client = clients.iter().find(|client| client["role"] == json!(role)).unwrap();
    client["token"].as_str().unwrap().to_owned()
}

fn top_up(address: &str, token: &str, id: CommandId) -> Option<Value> {
    let body = json!({"medium": 0, "bank": "bank_dki", "amount": 1}).to_string();
    let head = format!(
        "POST /api/v1/top-ups HTTP/1.1\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {id}\r\n"
    );
    let (status, answer) = request(address, &head, &body)?;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).ok()
}

pub fn jakone(arguments: &[&str], data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jakone")).args(arguments).arg("--data").arg(data).output().unwrap()
}

fn verified(data: &Path) -> String {
    let output = jakone(&["verify"], data);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.lines().count(), 1, "one summary line: {text}");
    text
}

#[test]
fn one_command_leads_to_a_city_and_a_second_start_goes_on_with_it() {
    let data = tempfile::tempdir().unwrap();
    let city = Running::start(&["demo", "--residents", "60", "--days", "1", "--rate", "20"], data.path());
    let (status, health) = city.get("/healthz");
    assert_eq!(status, 200, "{health}");
    for path in ["/", "/tap", "/holders", "/api", "/problems", "/openapi.json"] {
        assert_eq!(city.get(path).0, 200, "{path}");
    }
    assert_eq!(city.get("/metrics").0, 401, "figures are for programs of the operator");
    assert!(verified(data.path()).contains("acceptance agrees"), "beside the running city");
    let journal: Vec<_> = std::fs::read_dir(data.path().join("journal"))
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(journal.iter().all(|name| name.to_string_lossy().starts_with("segment-")), "{journal:?}");
    city.stop();
    let before: Value = serde_json::from_str(&health).unwrap();
    let again = Running::start(&["demo", "--residents", "999", "--rate", "0"], data.path());
    let after: Value = serde_json::from_str(&again.get("/healthz").1).unwrap();
    assert!(after["position"].as_u64() > before["position"].as_u64(), "the same journal goes on: {after}");
    again.stop();
    verified(data.path());
}

#[test]
fn a_city_of_another_week_decides_commands_of_today() {
    let data = tempfile::tempdir().unwrap();
    let arguments = ["demo", "--residents", "60", "--rate", "0", "--from", "2026-03-02", "--days", "2"];
    let city = Running::start(&arguments, data.path());
    let clock: Value = serde_json::from_str(&city.get("/api/v1/clock").1).unwrap();
    assert!(clock["at"].as_str().unwrap().starts_with("2026-03-04"), "{clock}");
    let id = CommandId::generate(SystemClock::new(0).now()).unwrap();
    let answer = top_up(&city.address, &token(data.path(), "bank"), id).unwrap();
    assert_eq!(answer["outcome"], json!("accepted"), "{answer}");
    city.stop();
    verified(data.path());
}

#[test]
fn an_empty_directory_serves_an_empty_city_and_content_is_published_once() {
    let data = tempfile::tempdir().unwrap();
    let city = Running::start(&["serve"], data.path());
    assert_eq!(city.get("/sign-in").0, 200);
    assert_eq!(city.get("/problems").0, 200);
    let file = data.path().join("more.yaml");
    std::fs::write(&file, "organisations: [").unwrap();
    let file_text = file.to_str().unwrap();
    let refused = jakone(&["publish", file_text], data.path());
    assert_eq!(refused.status.code(), Some(1), "a server holds the journal");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("journal_locked"));
    city.stop();
    let refused = jakone(&["publish", file_text], data.path());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("content_invalid"));
    for (content, says) in [
        ("documents", "0 published"),
        ("terms", "0 published"),
        ("organisations", "published"),
        ("organisations", "0 published"),
    ] {
        let path = format!("{}/../../content/{content}.yaml", env!("CARGO_MANIFEST_DIR"));
        let output = jakone(&["publish", &path], data.path());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert!(text.contains(says), "{content}: {text}");
    }
    verified(data.path());
}

#[test]
fn clients_and_terminals_are_managed_from_the_command_line() {
    let data = tempfile::tempdir().unwrap();
    let added = jakone(&["client", "add", "Bank A", "--role", "bank"], data.path());
    let text = String::from_utf8(added.stdout).unwrap();
    assert!(added.status.success() && text.contains("token "), "{text}");
    let wrong = jakone(&["client", "add", "Bank B", "--role", "governor"], data.path());
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("role_unknown"));
    let principal = text.lines().next().unwrap().strip_prefix("principal ").unwrap().to_owned();
    let key = hex::encode(ed25519_key());
    let device = jakone(&["device", "add", "7", "--client", &principal, "--public-key", &key], data.path());
    assert!(device.status.success(), "{}", String::from_utf8_lossy(&device.stderr));
    let listed = jakone(&["device", "list"], data.path());
    assert!(String::from_utf8(listed.stdout).unwrap().contains(&key));
}

#[test]
fn what_has_nothing_to_do_in_a_new_city_makes_no_directory_of_a_name_mistyped() {
    let data = tempfile::tempdir().unwrap();
    let typo = data.path().join("typo");
    for command in [
        &["user", "list"][..],
        &["client", "list"],
        &["device", "list"],
        &["hold", "list"],
        &["hold", "add", "ST-1/2027", "--from", "2026-11-01", "--to", "2026-11-30", "--by", "Inspektorat"],
        &["user", "disable", "ratna"],
        &["client", "disable", "100"],
        &["device", "disable", "7"],
    ] {
        let output = jakone(command, &typo);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {said}");
        assert!(said.starts_with("error[journal_missing]: ") && said.contains("typo"), "{command:?}: {said}");
        assert!(!typo.exists(), "{command:?}");
    }
}

/// A public key of the Ed25519 test vectors (RFC 8032, section 7.1, test 1).
fn ed25519_key() -> [u8; 32] {
    let bytes = hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
    bytes.try_into().unwrap()
}

/// Kills of the server under load over HTTP; the journal's own kill test makes many more.
const KILLS: usize = 3;

#[test]
fn kill_over_http_loses_nothing_acknowledged_and_doubles_nothing() {
    let data = tempfile::tempdir().unwrap();
    Running::start(&["demo", "--residents", "60", "--days", "1", "--rate", "0"], data.path()).stop();
    let token = token(data.path(), "bank");
    let acknowledged = Mutex::new(Vec::<(CommandId, String)>::new());
    let mut sent = 0u128;
    for round in 0..KILLS {
        let city = Running::start(&["demo", "--rate", "0"], data.path());
        let (stop, address) = (AtomicBool::new(false), city.address.clone());
        let before = acknowledged.lock().unwrap().len();
        let tried = Mutex::new(0u128);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let id = CommandId::generate(SystemClock::new(0).now()).unwrap();
                        *tried.lock().unwrap() += 1;
                        let Some(answer) = top_up(&address, &token, id) else { break };
                        let position = answer["position"].as_str().unwrap().to_owned();
                        acknowledged.lock().unwrap().push((id, position));
                    }
                });
            }
            while acknowledged.lock().unwrap().len() < before + 40 * (round + 1) {
                std::thread::yield_now();
            }
            city.kill();
            stop.store(true, Ordering::Relaxed);
        });
        sent += *tried.lock().unwrap();
    }
    verified(data.path());
    let city = Running::start(&["demo", "--rate", "0"], data.path());
    let acknowledged = acknowledged.into_inner().unwrap();
    for (id, position) in &acknowledged {
        let again = top_up(&city.address, &token, *id).unwrap();
        assert_eq!(
            again["position"],
            json!(position),
            "the outcome acknowledged before is still the outcome"
        );
    }
    let books = jakone(&["journal", "show", "--json"], data.path());
    let listed = String::from_utf8(books.stdout).unwrap();
    for (id, _) in &acknowledged {
        assert_eq!(listed.matches(&id.to_string()).count(), 1, "{id} stands once");
    }
    assert!(acknowledged.len() as u128 <= sent);
    city.stop();
    verified(data.path());
}
