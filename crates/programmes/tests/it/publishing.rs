//! What content becomes: commands the engine accepts and labels people read.

use base::{CivilDate, Code, CommandId, PrincipalId, Timestamp};
use engine::{Body, Engine, Position, State, Step};
use programmes::service::content::{Content, Known, Label, LabelKind};

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn day(text: &str) -> CivilDate {
    CivilDate::parse(text).unwrap()
}

#[test]
fn the_engine_accepts_the_built_in_content_in_the_order_given() {
    let content = Content::built_in().unwrap();
    let at = day("2026-11-22").midnight();
    let mut next = 0;
    let commands = content.commands(PrincipalId(1), at, || {
        next += 1;
        CommandId::new(at, next)
    });
    assert_eq!(commands.len(), content.bodies().len());
    let mut engine = Engine::new(State::new(7));
    for (index, command) in (0..).zip(&commands) {
        let step = engine.step(Position { seq: 1, index }, at, command);
        assert!(matches!(step, Step::Decided(Ok(_))), "{step:?}: {command:?}");
    }
    assert_eq!(engine.state.places.all().len(), content.places.len());
    let brt = engine.state.places.services.find(code("tj.brt")).unwrap();
    assert_eq!(engine.state.tariffs.in_force(brt, at).unwrap().price, engine::Amount(3_500));
}

#[test]
fn nothing_of_a_name_reaches_the_engine() {
    for body in Content::built_in().unwrap().bodies() {
        assert!(body_is_codes_only(&body), "{body:?}");
    }
}

fn body_is_codes_only(body: &Body) -> bool {
    let printed = format!("{body:?}");
    !printed.contains("Halte") && !printed.contains("PT ")
}

#[test]
fn a_name_is_that_of_its_day() {
    let labels = Content::built_in().unwrap().labels(|_| None);
    let name = |kind, name: &str, date: &str| {
        let mut held = labels
            .iter()
            .filter(|label| label.kind == kind && label.code == code(name) && label.holds(day(date)));
        let label = held.next().unwrap();
        assert!(held.next().is_none(), "{name} has one name on {date}");
        label.names.id.clone()
    };
    assert_eq!(name(LabelKind::Organisation, "bank_dki", "2025-06-21"), "Bank DKI");
    assert_eq!(name(LabelKind::Organisation, "bank_dki", "2025-06-22"), "Bank DKI (Bank Jakarta)");
    assert_eq!(name(LabelKind::Place, "tj.harmoni", "2026-11-22"), "Halte Harmoni");
    assert_eq!(name(LabelKind::Organisation, "ragunan", "2026-11-22"), "BLUD Taman Margasatwa Ragunan");
    assert_eq!(name(LabelKind::Service, "ragunan", "2026-11-22"), "Masuk Taman Margasatwa Ragunan");
}

#[test]
fn every_label_says_what_it_rests_on_and_assumptions_say_why() {
    for label in Content::built_in().unwrap().labels(|_| None) {
        let words = [
            LabelKind::RiderCategory,
            LabelKind::MediumKind,
            LabelKind::MerchantType,
            LabelKind::Good,
            LabelKind::Programme,
        ];
        let word = words.contains(&label.kind);
        assert!(word || !label.legal_basis.is_empty(), "{label:?}");
        assert!(label.evidence != engine::Evidence::Assumed || label.reason.is_some(), "{label:?}");
        assert!(!label.names.id.is_empty() && !label.names.en.is_empty(), "{label:?}");
    }
}

#[test]
fn tariff_and_benefit_carry_their_legal_basis_as_text() {
    let labels = Content::built_in().unwrap().labels(|_| None);
    let named =
        |label: &&Label| label.kind == LabelKind::Benefit && label.code == code("transport_gratis.pkk");
    let benefit = labels.iter().find(named).unwrap();
    assert!(benefit.legal_basis.contains("Nomor 33 Tahun 2025"), "{}", benefit.legal_basis);
    assert_eq!((benefit.version, benefit.valid_from), (1, day("2025-10-13")));
    assert!(benefit.valid_from.midnight() < Timestamp::parse("2026-11-22T00:00:00Z").unwrap());
}

#[test]
fn a_new_benefit_needs_a_file_and_nothing_else() {
    let earlier = Content::built_in().unwrap();
    let text = "benefits:\n  - code: perpustakaan.gratis\n    version: 1\n    name_id: Museum gratis di hari libur\n    \
        name_en: Free museums on holidays\n    places: [museum.bahari]\n    days: [national_holiday]\n    \
        quota: { limit: 2, unit: visit, period: semester }\n    funding: { budget: refuse }\n    price: free\n    \
        legal_basis: perda-1-2024\n    valid_from: 2027-01-01\n    evidence: assumed\n    reason: An example.\n";
    let content = Content::parse(&[("new.yaml", text)], &Known::of(&earlier)).unwrap();
    let at = day("2026-11-22").midnight();
    let mut engine = Engine::new(State::new(7));
    let mut next = 0;
    for content in [&earlier, &content] {
        let commands = content.commands(PrincipalId(1), at, || {
            next += 1;
            CommandId::new(at, next)
        });
        for (index, command) in (next..).zip(&commands) {
            let index = u32::try_from(index).unwrap();
            let step = engine.step(Position { seq: 1, index }, at, command);
            assert!(matches!(step, Step::Decided(Ok(_))), "{step:?}: {command:?}");
        }
    }
    assert!(engine.state.benefits.find(code("perpustakaan.gratis")).is_some());
}

#[test]
fn the_examples_of_the_guide_are_content() {
    let guide = include_str!("../../../../docs/guides/add-a-benefit.md");
    let blocks: Vec<&str> =
        guide.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [_, benefit, wallet, sale, fares, _] = blocks.as_slice() else { panic!("{} examples", blocks.len()) };
    let basis = "    legal_basis: perda-1-2024\n    valid_from: 2027-01-01\n    evidence: press\n";
    let named = "benefits:\n  - code: contoh\n    version: 1\n    name_id: Contoh\n    name_en: Example\n";
    let texts = [
        format!("{benefit}{basis}"),
        format!("{named}{wallet}{basis}"),
        format!("{named}{sale}{basis}"),
        format!("{}{basis}", fares.replace("\nintegrations:", &format!("{basis}\nintegrations:"))),
    ];
    let known = Known::of(&Content::built_in().unwrap());
    for text in texts {
        let read = Content::parse(&[("guide.yaml", &text)], &known);
        assert!(read.is_ok_and(|content| content.bodies().len() == 1 + usize::from(text.contains("integrations"))), "{text}");
    }
}
