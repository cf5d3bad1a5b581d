//! A journal that is older than what others have seen of it: `serve` refuses before it writes, and the repair it names helps.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::backup::numbers;
use crate::city::{Running, jakone};
use crate::town::text;

/// The longest anything here may take.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A city whose journal was put back to an earlier copy: tables, checkpoint and office have seen more.
struct PutBack {
    data: tempfile::TempDir,
    /// The journal as it was.
    whole: tempfile::TempDir,
}

impl PutBack {
    fn new() -> Self {
        let city = Self { data: tempfile::tempdir().unwrap(), whole: tempfile::tempdir().unwrap() };
        let (data, whole) = (city.data.path(), city.whole.path());
        Running::start(&["serve"], data).stop();
        let early = tempfile::tempdir().unwrap();
        copy(&data.join("journal"), &early.path().join("journal"));
        let last = entries(data);
        succeeds(&["client", "add", "Bank A", "--role", "bank"], data);
        let running = Running::start(&["serve"], data);
        let settled = format!("select count(*) from platform_outbox where state = 1 and position > {last}");
        let start = Instant::now();
        while numbers(&data.join("office.sqlite"), &settled)[0] == 0 {
            assert!(start.elapsed() < WAIT_MAX, "the office has nothing to say");
            std::thread::sleep(Duration::from_millis(50));
        }
        running.stop();
        Running::start(&["serve"], data).stop();
        let key = whole.join("operator");
        let made =
            crate::town::jakone(&["checkpoint-key", key.to_str().unwrap(), "--name", "a.example"], None);
        assert!(made.status.success(), "{}", text(&made.stderr));
        succeeds(&["checkpoint", "--key", key.to_str().unwrap()], data);
        copy(&data.join("journal"), &whole.join("journal"));
        fs::remove_dir_all(data.join("journal")).unwrap();
        copy(&early.path().join("journal"), &data.join("journal"));
        assert!(entries(data) + 2 < entries(whole), "tables, checkpoint and office are further");
        city
    }

    /// Takes away what is in the directory under names that begin so.
    fn without(&self, names: &[&str]) -> &Self {
        for file in fs::read_dir(self.data.path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if !names.iter().any(|gone| name.starts_with(gone)) {
                continue;
            }
            if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) }.unwrap();
        }
        self
    }

    /// `verify` and `doctor` find it; `serve` and `publish` are refused and write nothing; all name the repair, after which the
    /// city goes on.
    fn is_refused(&self, code: &str) {
        let data = self.data.path();
        let before = entries(data);
        let repair = "`jakone journal repair --from COPY --data ";
        let doctor = jakone(&["doctor"], data);
        let found = text(&doctor.stdout);
        assert!(found.contains("seen      WRONG") && found.contains(repair), "{found}");
        let verified = jakone(&["verify"], data);
        let found = text(&verified.stderr);
        assert_eq!(verified.status.code(), Some(1));
        assert!(found.starts_with(&format!("error[{code}]: ")) && found.contains(repair), "{found}");
        for _ in 0..2 {
            let said = said_by_serve(data);
            assert!(said.contains(&format!("error[{code}]: ")) && said.contains(repair), "{said}");
            assert_eq!(entries(data), before, "nothing was appended");
        }
        let organisations = format!("{}/../../content/organisations.yaml", env!("CARGO_MANIFEST_DIR"));
        let said = text(&jakone(&["publish", &organisations], data).stderr);
        assert!(said.contains(&format!("error[{code}]: ")), "{said}");
        assert_eq!(entries(data), before, "nothing was appended");
        succeeds(&["journal", "repair", "--from", self.whole.path().to_str().unwrap()], data);
        assert_eq!(entries(data), entries(self.whole.path()));
        Running::start(&["serve"], data).stop();
        succeeds(&["verify"], data);
        assert!(text(&jakone(&["doctor"], data).stdout).contains("seen      ok"));
    }
}

/// Requires that a command is refused with a code.
fn fails(arguments: &[&str], data: &Path, code: &str) {
    let output = jakone(arguments, data);
    let said = text(&output.stderr);
    assert!(!output.status.success() && said.contains(&format!("error[{code}]: ")), "{arguments:?}: {said}");
}

fn succeeds(arguments: &[&str], data: &Path) {
    let output = jakone(arguments, data);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let from = file.unwrap().path();
        fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
    }
}

/// How many entries the segment files hold.
fn entries(data: &Path) -> u64 {
    let mut count = 0;
    journal::verify(&data.join("journal"), |_| {
        count += 1;
        Ok::<(), std::convert::Infallible>(())
    })
    .unwrap();
    count
}

/// What `serve` says when it is refused; ends it where it is not.
pub fn said_by_serve(data: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jakone"));
    command.args(["serve", "--port", "0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    if !line.is_empty() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(line, "", "it serves: {}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    text(&output.stderr)
}

#[test]
fn a_journal_that_lacks_what_the_tables_have_seen_is_not_written_to() {
    PutBack::new().without(&["evidence", "snapshots"]).is_refused("journal_behind");
}

#[test]
fn a_journal_that_lacks_what_a_checkpoint_covers_is_not_written_to() {
    PutBack::new().without(&["projections.sqlite", "snapshots"]).is_refused("journal_behind");
}

#[test]
fn a_journal_that_lacks_what_the_office_knows_is_not_written_to() {
    PutBack::new().without(&["projections.sqlite", "snapshots", "evidence"]).is_refused("office_ahead");
}

#[test]
fn a_city_without_the_key_of_its_office_is_told_so_before_anything_is_written() {
    let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, kept, out) =
        (data.path(), elsewhere.path().join("office.key"), elsewhere.path().join("backup"));
    Running::start(&["demo", "--residents", "200", "--days", "1"], data).stop();
    let (key, before) = (data.join("keys/office.key"), entries(data));
    fs::rename(&key, &kept).unwrap();
    let said = said_by_serve(data);
    assert!(said.contains("error[office_key_lost]: "), "{said}");
    fails(&["verify"], data, "office_key_lost");
    fails(&["backup", out.to_str().unwrap()], data, "office_key_lost");
    assert!(!out.exists(), "nothing is begun");
    let doctor = jakone(&["doctor"], data);
    assert!(text(&doctor.stdout).contains("keys      WRONG"), "{}", text(&doctor.stdout));
    assert!(entries(data) == before && !key.exists(), "nothing was appended, and no other key was made");
    fs::rename(&kept, &key).unwrap();
    succeeds(&["backup", out.to_str().unwrap()], data);
}

#[test]
fn a_journal_that_is_gone_from_a_city_is_brought_back_and_not_begun_anew() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    Running::start(&["serve"], data).stop();
    fs::remove_dir_all(data.join("journal")).unwrap();
    let said = text(&jakone(&["verify"], data).stderr);
    assert!(
        said.contains("error[journal_missing]: ") && said.contains("`jakone journal repair --from COPY"),
        "{said}"
    );
}
