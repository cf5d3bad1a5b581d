//! The OpenAPI document is a snapshot: a change of the wire is seen in review.

#[test]
fn the_document_is_as_committed() {
    let document = acceptance::api::document().to_pretty_json().unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openapi.json");
    if std::env::var_os("JAKONE_BLESS").is_some() {
        std::fs::write(path, format!("{document}\n")).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        document == committed.trim_end(),
        "the document changed; JAKONE_BLESS=1 cargo test -p acceptance writes it anew"
    );
}

#[test]
fn every_refusal_of_the_engine_has_a_page_in_the_registry() {
    for refusal in engine::Refusal::ALL {
        let kind = platform::problems::ProblemKind::find(refusal.code());
        assert!(kind.is_some(), "{} is missing in the registry", refusal.code());
    }
}
