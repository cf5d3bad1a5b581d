//! The city's stories, each as expected; everything that is published told by one of them; and stories that are refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use engine::{Body, Refusal};
use programmes::service::content::Content;
use programmes::service::stories::{Published, Story, Value};

/// Refusals that no step of a story can cause: they concern offices, set-up, other channels, or tens of thousands of people.
const OUT_OF_REACH: &[Refusal] = &[
    Refusal::MediumInactive,
    Refusal::MediumExists,
    Refusal::AccountOverdraft,
    Refusal::AccountUnknown,
    Refusal::AccountExists,
    Refusal::FundClassMismatch,
    Refusal::LegInvalid,
    Refusal::HolderUnknown,
    Refusal::HolderExists,
    Refusal::SubjectStale,
    Refusal::PendingUnknown,
    Refusal::PendingResolved,
    Refusal::PendingExpired,
    Refusal::DeadlineInvalid,
    Refusal::EffectiveInPast,
    Refusal::ContentExists,
    Refusal::VersionInvalid,
    Refusal::ParameterInvalid,
    Refusal::LimitReached,
    Refusal::GenesisExists,
    Refusal::EpochInvalid,
    Refusal::MovementMissing,
    Refusal::Internal,
    Refusal::AttestationInvalid,
    Refusal::PlaceFull,
    // Every wallet that is published can be taken out in cash, wholly or in part.
    Refusal::CashNotAllowed,
    Refusal::BudgetExhausted,
    Refusal::ApprovalMissing,
    Refusal::DaysForgotten,
    Refusal::DefinitionInvalid,
    Refusal::WalletClosed,
];

fn published() -> Published {
    Published::of(&Content::built_in().unwrap())
}

fn files() -> Vec<(PathBuf, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/stories");
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn every_story_comes_out_as_it_is_told() {
    let published = published();
    let mut differing = Vec::new();
    for (path, text) in files() {
        let path = path.display().to_string();
        let story = Story::parse(&path, &text, &published).unwrap_or_else(|errors| panic!("{errors}"));
        let report = story.run(&published).unwrap_or_else(|error| panic!("{error}"));
        let steps = report.steps.iter().flat_map(|step| &step.mismatches);
        let ends = report.end.iter().flat_map(|end| &end.mismatches);
        differing.extend(steps.chain(ends).map(|one| format!("{path}:{} {one:?}", one.line)));
    }
    assert!(differing.is_empty(), "{differing:#?}");
}

#[test]
fn every_benefit_tariff_and_refusal_within_reach_is_told() {
    let files = files();
    assert!(files.len() >= 45, "{} stories", files.len());
    let words: BTreeSet<&str> = files
        .iter()
        .flat_map(|(_, text)| text.split([' ', ',', '{', '}', '[', ']', '"', ':', '\n']))
        .collect();
    let mut untold = Vec::new();
    for body in Content::built_in().unwrap().bodies() {
        let code = match body {
            Body::PublishBenefit(benefit) => benefit.code,
            Body::PublishTariff(tariff) => tariff.service,
            _ => continue,
        };
        if !words.contains(code.as_str()) {
            untold.push(code.to_string());
        }
    }
    // A refusal is told when a step comes to it, not when its name is written somewhere.
    let published = published();
    let mut provoked = BTreeSet::new();
    for (path, text) in &files {
        let story = Story::parse(&path.display().to_string(), text, &published).unwrap();
        let report = story.run(&published).unwrap();
        provoked.extend(report.steps.iter().filter_map(|step| step.result.word("code").map(str::to_owned)));
    }
    let within_reach = Refusal::ALL.iter().filter(|refusal| !OUT_OF_REACH.contains(refusal));
    untold.extend(
        within_reach.map(|refusal| refusal.code().to_owned()).filter(|code| !provoked.contains(code)),
    );
    assert!(untold.is_empty(), "no story tells of {untold:?}");
}

#[test]
fn a_story_that_differs_names_expected_and_actual() {
    let published = published();
    let text = "name: A bus\ngiven: [{holder: siti, medium: m1, purse: {bank: bank_dki, amount: 5000}}]\nsteps:\n  \
        - {at: \"2026-11-02T08:00:00+07:00\", tap: {medium: m1, service: tj.brt}, expect: {charged: 2000, code: null}}\n\
        expect_end: {purse: 1500}\n";
    let report = Story::parse("f.yaml", text, &published).unwrap().run(&published).unwrap();
    assert!(!report.ok);
    assert_eq!((report.expected(), report.mismatches()), (3, 1));
    let one = &report.steps[0].mismatches[0];
    assert_eq!((one.line, one.key.as_str()), (4, "charged"));
    assert_eq!((&one.expected, &one.actual), (&Value::Number(2_000), &Value::Number(3_500)));
    assert_eq!(report.steps[0].result.word("shown"), Some("Rp3.500"));
}

const GOOD: &str = "\
name: A ride
given:
  - holder: siti
    medium: m1
    purse: {bank: bank_dki, amount: 50000}
    entitlements: [{benefit: transport_gratis.lansia_60, from: 2026-07-01, to: 2026-12-31}]
steps:
  - at: \"2026-11-02T08:00:00+07:00\"
    tap: {medium: m1, service: tj.brt}
    expect: {charged: 0}
  - at: \"2026-11-02T09:00:00+07:00\"
    tap_out: {medium: m1, service: mrt, stop: blok_m, distance_km: 4}
expect_end: {purse: 50000}
";

/// What is changed in the good story, and the beginning of the message that must come of it.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("holder: siti", "holdr: siti", "f.yaml:3: holdr: unknown field `holdr`, expected one of holder"),
    ("amount: 50000", "amount: much", "f.yaml:5: amount: write a whole number"),
    ("bank: bank_dki", "bank: bank_abc", "f.yaml:5: bank: there is no bank bank_abc"),
    ("transport_gratis.lansia_60", "transport_gratis.lansia", "f.yaml:6: benefit: there is no benefit"),
    ("to: 2026-12-31", "to: 2027-12-31", "f.yaml:6: benefit: what is given is refused: period_too_long"),
    ("tap: {medium: m1", "tap: {medium: m7", "f.yaml:9: medium: there is no medium m7"),
    ("service: tj.brt", "service: tj.bart", "f.yaml:9: service: there is no place tj.bart"),
    ("stop: blok_m", "stop: blok_z", "f.yaml:12: stop: there is no place blok_z"),
    ("distance_km: 4", "distance_km: far", "f.yaml:12: distance_km: a distance looks like"),
    ("{charged: 0}", "{charge: 0}", "f.yaml:10: charge: there is no result charge"),
    ("{charged: 0}", "{charged: free}", "f.yaml:10: charged: charged is a whole number"),
    ("{charged: 0}", "{wallet.kjmu: 0}", "f.yaml:10: wallet.kjmu: there is no result wallet.kjmu; give"),
    ("T09:00:00", "T07:00:00", "f.yaml:11: at: 2026-11-02T07:00:00+07:00 comes before"),
    ("08:00:00+07:00", "08:00:00", "f.yaml:8: at: a time looks like"),
    (
        "    expect: {charged",
        "    block: {medium: m1, reason: lost}\n    expect: {charged",
        "f.yaml:8: step: a step has one action",
    ),
    ("expect_end: {purse", "expect_end: {purze", "f.yaml:13: purze: there is no result purze"),
    ("expect_end:", "expect_and:", "f.yaml:13: expect_and: unknown field"),
];

#[test]
fn a_mistake_is_named_with_file_line_and_field() {
    let published = published();
    let errors = |text: &str| match Story::parse("f.yaml", text, &published) {
        Ok(story) => story.run(&published).err().map(|error| error.to_string()).into_iter().collect(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect::<Vec<_>>(),
    };
    assert!(errors(GOOD).is_empty(), "{:?}", errors(GOOD));
    let mut missed = Vec::new();
    for (from, to, expected) in MISTAKES {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD, "{from} is not in the story");
        let found = errors(&text);
        if !found.first().is_some_and(|first| first.starts_with(expected)) {
            missed.push((expected, found));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
