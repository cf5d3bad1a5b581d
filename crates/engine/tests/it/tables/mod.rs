//! Tables of examples, one file per area in `tests/tables`: given these facts, when this is sent, then that happens.
//!
//! `tests/tables/README.md` tells how a line is written. Every line is checked; the first that does not hold is named
//! with file and line. After each scenario the books must balance and a replay must give the same state.

mod facts;
mod goods;
mod published;
mod sentences;
mod words;
mod world;

use std::collections::BTreeSet;

use engine::Refusal;

use world::World;

/// One scenario: a title and numbered lines.
struct Scenario {
    file: &'static str,
    title: String,
    line: usize,
    lines: Vec<(usize, String)>,
}

macro_rules! tables {
    ($($name:ident, $file:literal, $sentence:ident;)*) => {
        const FILES: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../tables/", $file)))),*];
        $(
            #[test]
            fn $sentence() {
                run($file);
            }
        )*
    };
}

tables! {
    transfers, "transfers.txt", transfers_keep_the_rules_of_double_entry;
    holds, "holds.txt", holds_are_resolved_once_and_never_after_their_deadline;
    media, "media.txt", holders_and_media_follow_their_life;
    entitlements, "entitlements.txt", entitlements_count_from_their_first_to_their_last_day;
    taps, "taps.txt", taps_are_priced_and_asks_are_answered;
    benefits, "benefits.txt", the_lowest_price_wins_and_the_others_hear_why;
    ids, "ids.txt", an_id_is_decided_once_within_its_window;
    terminals, "terminals.txt", a_number_of_a_terminal_counts_once;
    setup, "setup.txt", setup_is_ordered_and_never_changes_the_past;
    content, "content.txt", content_that_contradicts_itself_is_refused;
    fares, "fares.txt", a_service_day_is_rated_as_a_whole;
    choices, "choices.txt", a_benefit_keeps_to_its_conditions_quota_and_budget;
    visits, "visits.txt", places_keep_their_hours_their_room_and_their_parties;
    goods, "goods.txt", a_basket_is_taken_or_refused_as_a_whole;
    aid, "aid.txt", aid_stays_aid;
}

fn scenarios(file: &'static str) -> Vec<Scenario> {
    let (_, text) = FILES.iter().find(|(name, _)| *name == file).expect("the table is listed");
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        if let Some(title) = line.strip_prefix("scenario ") {
            scenarios.push(Scenario { file, title: title.to_owned(), line: number, lines: Vec::new() });
        } else {
            let scenario = scenarios.last_mut();
            let scenario = scenario.unwrap_or_else(|| panic!("{file}:{number}: begin with `scenario TITLE`"));
            scenario.lines.push((number, line.to_owned()));
        }
    }
    assert!(!scenarios.is_empty(), "{file} has no scenario");
    scenarios
}

/// Plays one scenario; the error names the line.
fn play(scenario: &Scenario) -> Result<BTreeSet<Refusal>, String> {
    let Scenario { file, title, .. } = scenario;
    let mut world = World::new();
    for (number, line) in &scenario.lines {
        world.line(line).map_err(|problem| {
            format!("tests/tables/{file}:{number}: {line}\n    scenario: {title}\n    {problem}")
        })?;
    }
    world
        .end()
        .map_err(|problem| format!("tests/tables/{file}:{}: scenario {title}\n    {problem}", scenario.line))
}

fn run(file: &'static str) {
    let failures: Vec<String> = scenarios(file).iter().filter_map(|scenario| play(scenario).err()).collect();
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
}

#[test]
fn every_refusal_is_provoked_by_a_line_of_a_table() {
    let mut provoked = BTreeSet::new();
    for (file, _) in FILES {
        for scenario in scenarios(file) {
            provoked.extend(play(&scenario).unwrap_or_default());
        }
    }
    // A fault of the engine cannot be provoked by a command; `faults` shows it.
    let missing: Vec<&str> = Refusal::ALL
        .iter()
        .filter(|refusal| **refusal != Refusal::Internal && !provoked.contains(refusal))
        .map(|refusal| refusal.code())
        .collect();
    assert!(missing.is_empty(), "no table provokes {missing:?}");
}

#[test]
fn a_table_that_does_not_hold_is_found_and_its_line_is_named() {
    let wrong = [
        ("given resident siti purse 5000 | when topup siti 1 via bank_a | then refused amount_invalid", 3),
        (
            "given resident siti purse 5000 | when topup siti 1 via bank_a | then accepted | then balance purse:siti 5000",
            4,
        ),
        ("given resident siti purse 5000 | when topup siti 1 via bank_a | when topup siti 1 via bank_a", 3),
        ("given resident siti purse 0 card | given topup siti 0 via bank_a", 2),
        ("given resident siti card | when tap 0 at stop_1 | then charged 3500 of 3500", 3),
        ("given resident siti card entitled free_bus | when tap 0 at stop_1 | then charged 0 of 3500", 3),
        (
            "given resident siti card entitled free_bus | when ask 0 at stop_1 | then quoted 0 of 3500 by free_bus 1 | then considered nothing",
            4,
        ),
        ("given resident siti | when topup siti 5 via bank_a sideways", 2),
        ("given resident siti | then accepted", 2),
        ("given resident siti | when topup siti 5 via bank_a", 0),
    ];
    for (text, line) in wrong {
        let lines = text.split(" | ").zip(1..).map(|(text, number)| (number, text.to_owned())).collect();
        let scenario = Scenario { file: "wrong.txt", title: "wrong".to_owned(), line: 0, lines };
        let problem = play(&scenario).expect_err(text);
        assert!(problem.contains(&format!("wrong.txt:{line}:")), "{text}: {problem}");
    }
}
