//! `jakone scenario`: runs stories against the built-in content, each in a city and with a clock of its own, and says step by
//! step what came of it.
//!
//! Owns the reading of the files and the printing. Touches no data directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base::{Rupiah, Timestamp};
use programmes::service::content::Content;
use programmes::service::stories::{Published, Report, Story, Value, Values};
use serde_json::json;

use crate::cli::ScenarioArguments;
use crate::problem::Problem;

/// Results in rupiah that are told only when there is something to tell.
const SOMETIMES: [&str; 3] = ["charged", "forgone", "debt"];

/// What became of the stories of one run.
#[derive(Debug, Default)]
struct Tally {
    passed: usize,
    differing: usize,
    wrong: usize,
    /// Where something differs or is wrong, for the last word.
    places: Vec<String>,
}

/// Runs every story named, or in the directories named.
///
/// # Errors
/// A story that is not as expected, or cannot be read; named with file, line and field.
pub fn run(arguments: &ScenarioArguments) -> anyhow::Result<()> {
    let published = Published::of(&content(&arguments.content)?);
    let files = files(&arguments.files)?;
    let mut tally = Tally::default();
    for file in &files {
        one(file, &published, arguments.json, &mut tally);
    }
    if files.len() > 1 {
        // With --json standard output holds one object per story and nothing else.
        let counted = format!("{} of {} stories as expected", tally.passed, files.len());
        if arguments.json { eprintln!("{counted}") } else { println!("{counted}") }
    }
    tally.outcome()
}

/// The built-in content with the files of `--content` beside it.
fn content(named: &[PathBuf]) -> anyhow::Result<Content> {
    let mut read = Vec::with_capacity(named.len());
    for path in named {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        read.push((path.display().to_string(), text));
    }
    let files: Vec<(&str, &str)> = read.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Content::built_in_with(&files).map_err(|errors| {
        let problem = Problem::new(
            "content_invalid",
            format!("{errors}\nMend the lines named above; a story is run against sound content only."),
            "Berkas isi salah; berkas, baris dan bidangnya tertulis di atas. Perbaiki, lalu ulangi.",
        );
        problem.into()
    })
}

/// Files as named; of a directory its stories in order of name.
fn files(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.with_context(|| format!("cannot read {}", path.display()))?.path();
            if entry.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                found.push(entry);
            }
        }
        found.sort();
        files.extend(found);
    }
    if files.is_empty() {
        let problem = Problem::new(
            "story_missing",
            "There is no story here; name a file, or a directory with .yaml files.",
            "Tidak ada cerita di sini; sebutkan berkas, atau direktori berisi berkas .yaml.",
        );
        return Err(problem.into());
    }
    Ok(files)
}

fn one(file: &Path, published: &Published, json: bool, tally: &mut Tally) {
    let path = file.display().to_string();
    match tell(file, &path, published) {
        Ok(report) => {
            if json {
                println!("{}", json_of(&path, &report));
            } else {
                print(&path, &report);
            }
            if report.ok {
                tally.passed += 1;
            } else {
                tally.differing += 1;
                tally.places.push(format!("{path}: {} of {} differ", report.mismatches(), report.expected()));
            }
        }
        Err(wrong) => {
            if json {
                println!("{}", json!({ "file": path, "ok": false, "errors": wrong }));
            }
            tally.wrong += 1;
            tally.places.extend(wrong);
        }
    }
}

fn tell(file: &Path, path: &str, published: &Published) -> Result<Report, Vec<String>> {
    let text = fs::read_to_string(file).map_err(|error| vec![format!("{path}: cannot be read: {error}")])?;
    let story = Story::parse(path, &text, published)
        .map_err(|errors| errors.0.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    story.run(published).map_err(|error| vec![error.to_string()])
}

fn json_of(path: &str, report: &Report) -> serde_json::Value {
    let mut object = json!(report);
    if let Some(fields) = object.as_object_mut() {
        fields.insert("file".to_owned(), json!(path));
    }
    object
}

fn print(path: &str, report: &Report) {
    println!("{}", report.name);
    let mut last = BTreeMap::new();
    for step in &report.steps {
        let result = told(&step.result, &mut last);
        println!("  {}  {} {}: {result}", moment(step.at), step.step, step.said);
        for one in &step.mismatches {
            println!(
                "    ✗ line {}, {}: expected {}, actual {}",
                one.line, one.key, one.expected, one.actual
            );
        }
    }
    for end in &report.end {
        println!("  at the end  {}: {}", end.holder, told(&end.result, &mut BTreeMap::new()));
        for one in &end.mismatches {
            println!(
                "    ✗ line {}, {}: expected {}, actual {}",
                one.line, one.key, one.expected, one.actual
            );
        }
    }
    let (expected, differing) = (report.expected(), report.mismatches());
    if differing == 0 {
        println!("  ✓ {expected} of {expected} results as expected  ({path})\n");
    } else {
        println!("  ✗ {differing} of {expected} results differ  ({path})\n");
    }
}

/// Date and time in WIB as people write them.
fn moment(at: Timestamp) -> String {
    let time = at.jakarta_time();
    format!("{} {:02}.{:02}.{:02} WIB", at.jakarta_date(), time.hour(), time.minute(), time.second())
}

/// A result in one line. Wallets and quotas are told when they have changed since they were told last.
fn told(result: &Values, last: &mut BTreeMap<String, i64>) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(outcome) = result.word("outcome") {
        let about = result.word("about").map_or_else(String::new, |about| format!(" ({about})"));
        let code = result.word("code").map_or_else(String::new, |code| format!(" {code}{about}"));
        words.push(format!("{outcome}{code}"));
    }
    words.extend(result.word("shown").map(|shown| format!("shows {shown}")));
    words.extend(result.word("incident").map(|incident| format!("incident {incident}")));
    for (key, value) in &result.0 {
        let Value::Number(number) = value else { continue };
        let quiet = *number == 0 && SOMETIMES.contains(&key.as_str());
        let lasting = key.starts_with("wallet.") || key.starts_with("quota_left.");
        if quiet || (lasting && last.insert(key.clone(), *number) == Some(*number)) {
            continue;
        }
        let figure =
            if key.starts_with("quota_left.") { number.to_string() } else { Rupiah(*number).to_string() };
        words.push(format!("{key} {figure}"));
    }
    words.join(", ")
}

impl Tally {
    fn outcome(self) -> anyhow::Result<()> {
        let all = self.places.join("\n");
        if self.wrong > 0 {
            let problem = Problem::new(
                "story_invalid",
                format!("{all}\nMend the lines named above; a story that is wrong is not run."),
                "Cerita salah; berkas, baris dan bidangnya tertulis di atas. Perbaiki, lalu ulangi.",
            );
            return Err(problem.into());
        }
        if self.differing > 0 {
            let problem = Problem::new(
                "story_differs",
                format!("{all}\nEither the rule or the story is wrong; the lines marked ✗ say where."),
                "Hasil berbeda dari yang diharapkan; lihat baris bertanda ✗.",
            );
            return Err(problem.into());
        }
        Ok(())
    }
}
