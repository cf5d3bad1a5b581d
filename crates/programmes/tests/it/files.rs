//! Files that are read and files that are refused: each mistake with its file, line and field.

use programmes::service::content::{Content, Known};

const GOOD: &str = "\
documents:
  - { document: contract, title: Perjanjian }
organisations:
  - code: carrier
    role: merchant
    name_id: Pengangkut
    name_en: Carrier
    legal_basis: contract
    valid_from: 2020-01-01
    evidence: press
services:
  - code: ferry
    name_id: Kapal
    name_en: Ferry
    operator: carrier
    mode: rail
    legal_basis: contract
    valid_from: 2020-01-01
    evidence: press
tariffs:
  - service: ferry
    version: 1
    price: 3500
    legal_basis: contract
    valid_from: 2020-01-01
    evidence: press
";

fn errors(text: &str) -> Vec<String> {
    match Content::parse(&[("f.yaml", text)], &Known::default()) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.0.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_built_in_content_is_read_whole() {
    let content = Content::built_in().unwrap();
    assert_eq!((content.services.len(), content.tariffs.len()), (20, 24));
    assert!(content.places.len() > 40 && content.benefits.len() > 35 && content.organisations.len() > 20);
    assert!(errors(GOOD).is_empty(), "{:?}", errors(GOOD));
}

/// What is changed in the good file, and the beginning of the one message that must come of it.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        "price: 3500",
        "price: 3500\n    colour: blue",
        "f.yaml:24: colour: unknown field `colour`, expected one of",
    ),
    ("    mode: rail\n", "", "f.yaml:18: mode: missing field `mode` in the row that ends here; add it"),
    ("price: 3500", "price: 3500.5", "f.yaml:23: price: "),
    ("price: 3500", "price: -1", "f.yaml:23: price: "),
    ("price: 3500", "price: Rp3.500", "f.yaml:23: price: "),
    ("mode: rail", "mode: boat", "f.yaml:16: mode: unknown variant `boat`"),
    ("code: ferry", "code: Ferry!", "f.yaml:12: code: a code is 1 to 63 characters"),
    ("operator: carrier", "operator: carier", "f.yaml:15: operator: there is no organisation carier; add it"),
    ("role: merchant", "role: bank", "f.yaml:15: operator: carrier is not a merchant"),
    ("service: ferry", "service: fery", "f.yaml:21: service: there is no service fery"),
    ("version: 1", "version: 2", "f.yaml:22: version: ferry has no version 1 before this one"),
    ("name_en: Ferry", "name_en: \" \"", "f.yaml:14: name_en: the text is empty"),
    (
        "{ document: contract,",
        "{ document: contrakt,",
        "f.yaml:8: legal_basis: there is no document contract",
    ),
    (
        "mode: rail\n    legal_basis: contract\n    valid_from: 2020-01-01\n    evidence: press",
        "mode: rail\n    legal_basis: contract\n    valid_from: 2020-01-01\n    evidence: assumed",
        "f.yaml:19: reason: what is assumed says why",
    ),
    (
        "price: 3500\n    legal_basis: contract\n    valid_from: 2020-01-01",
        "price: 3500\n    legal_basis: contract\n    valid_from: 2020-02-30",
        "f.yaml:25: valid_from: a date looks like 2026-11-22",
    ),
    (
        "price: 3500\n",
        "price: 3500\n    valid_to: 2019-12-31\n",
        "f.yaml:24: valid_to: 2019-12-31 comes before 2020-01-01",
    ),
    ("tariffs:", "tarifs:", "f.yaml:20: tarifs: unknown field `tarifs`"),
    ("price: 3500", "price: [3500", "f.yaml:"),
];

#[test]
fn a_mistake_is_named_with_file_line_and_field() {
    let mut missed = Vec::new();
    for (from, to, expected) in MISTAKES {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD, "{from} is not in the file");
        let errors = errors(&text);
        if !errors.first().is_some_and(|first| first.starts_with(expected)) {
            missed.push((expected, errors));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_code_that_stands_twice_is_named_with_both_places() {
    let again = GOOD.replace("  - code: ferry", "  - code: ferry\n    name_id: A\n    name_en: B\n    operator: carrier\n    mode: rail\n    legal_basis: contract\n    valid_from: 2020-01-01\n    evidence: press\n  - code: ferry");
    assert_eq!(
        errors(&again),
        ["f.yaml:20: code: service ferry stands twice (first in f.yaml:12); remove one, or give it another \
          code or version"]
    );
}

#[test]
fn every_mistake_is_reported_and_a_later_file_may_refer_to_an_earlier_publication() {
    let two =
        GOOD.replace("operator: carrier", "operator: carier").replace("service: ferry", "service: fery");
    assert_eq!(errors(&two).len(), 2, "{:#?}", errors(&two));
    let earlier = Known::of(&Content::parse(&[("f.yaml", GOOD)], &Known::default()).unwrap());
    let dearer = "tariffs:\n  - service: ferry\n    version: 2\n    price: 4000\n    legal_basis: contract\n    \
        valid_from: 2027-01-01\n    evidence: press\n";
    let content = Content::parse(&[("dearer.yaml", dearer)], &earlier).unwrap();
    assert_eq!(content.bodies().len(), 1);
    assert!(Content::parse(&[("dearer.yaml", dearer)], &Known::default()).is_err());
}

#[test]
fn a_hostile_file_is_refused_without_harm() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n\
        d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n";
    for text in [bomb, &"[".repeat(100_000), &"x".repeat(5 * 1024 * 1024), "\u{0}", "- 1", "null"] {
        let read = Content::parse(&[("f.yaml", text)], &Known::default());
        assert!(read.is_err() || read.is_ok_and(|content| content == Content::default()));
    }
}
