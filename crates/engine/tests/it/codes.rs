//! Codes and numbers that outlive a release: in answers, in journals, in other people's programs.

use std::collections::BTreeSet;
use std::fmt::Write;

use engine::ledger::Kind;
use engine::{Parameter, Refusal, Unit};

use crate::blessed;

#[test]
fn every_refusal_has_its_own_code_of_the_form_noun_reason() {
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len(), "two refusals share a code");
    for code in codes {
        let words: Vec<&str> = code.split('_').collect();
        let letters = words.iter().all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()));
        assert!(letters, "{code:?} is not snake_case");
        // The one that says nothing about the command: the fault is ours.
        assert!(words.len() >= 2 || code == "internal", "{code:?} is not noun_reason");
    }
}

#[test]
fn numbers_in_the_journal_mean_what_they_meant_in_format_1() {
    let mut text = String::from(
        "# Numbers that format 1 writes for these names. Lines are added; none is ever changed or reused.\n",
    );
    let mut line = |group: &str, bytes: Vec<u8>, name: &str| {
        let number = minicbor::decode::<u32>(&bytes).expect("a name is written as its number");
        writeln!(text, "{group} {number} {name}").unwrap();
    };
    for one in Refusal::ALL {
        line("refusal", minicbor::to_vec(one).unwrap(), one.code());
    }
    for one in Parameter::ALL {
        line("parameter", minicbor::to_vec(one).unwrap(), one.code());
    }
    for one in Kind::ALL {
        line("account", minicbor::to_vec(one).unwrap(), one.code());
    }
    for one in Unit::ALL {
        line("unit", minicbor::to_vec(one).unwrap(), &format!("{one:?}").to_lowercase());
    }
    let lines: BTreeSet<&str> = text.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
    assert_eq!(lines.len(), text.lines().count(), "a number is used twice");
    blessed::check("tests/golden/numbers.txt", &text);
}

#[test]
fn every_parameter_begins_within_its_range() {
    let defaults = engine::Parameters::default();
    for parameter in Parameter::ALL {
        let (least, greatest) = parameter.range();
        let value = defaults.get(*parameter);
        assert!((least..=greatest).contains(&value), "{}: {value}", parameter.code());
        let mut changed = defaults.clone();
        changed.set(*parameter, greatest);
        assert_eq!(changed.get(*parameter), greatest, "{}", parameter.code());
        let others = Parameter::ALL.iter().filter(|other| *other != parameter);
        for other in others {
            assert_eq!(changed.get(*other), defaults.get(*other), "{} moved too", other.code());
        }
    }
}
