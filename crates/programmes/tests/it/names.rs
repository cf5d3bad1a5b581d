//! Names kept in the office database: published once or twice, looked up by day and language.

use base::{CivilDate, Code};
use platform::access::{Action, Actor, Permit, Policies, Resource, authorize};
use platform::database::{Databases, Place};
use platform::i18n::Language;
use programmes::service::content::{Content, Known, LabelKind};
use programmes::service::labels::{Labels, LabelsError};
use std::path::Path;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

fn permit(action: Action) -> Permit {
    authorize(&Policies::embedded().unwrap(), &Actor::system(), action, &Resource::City).unwrap()
}

async fn office() -> (tempfile::TempDir, Databases) {
    let directory = tempfile::tempdir().unwrap();
    let databases = Databases::open(place(directory.path())).await.unwrap();
    platform::migrations::run::<programmes::Office>(&databases.office).await.unwrap();
    (directory, databases)
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

fn day(text: &str) -> CivilDate {
    CivilDate::parse(text).unwrap()
}

#[tokio::test]
async fn a_published_name_is_found_by_day_and_language_also_after_a_restart() {
    let (_directory, databases) = office().await;
    let labels = Labels::open(databases.office.clone()).await.unwrap();
    let content = Content::built_in().unwrap();
    for _ in 0..2 {
        labels.publish(&permit(Action::PublishContent), &content).await.unwrap();
    }
    let again = Labels::open(databases.office.clone()).await.unwrap();
    for labels in [labels, again] {
        let bank =
            |date| labels.name(LabelKind::Organisation, code("bank_dki"), Language::Indonesian, day(date));
        assert_eq!(bank("2025-06-21"), "Bank DKI");
        assert_eq!(bank("2026-11-22"), "Bank DKI (Bank Jakarta)");
        assert_eq!(bank("1990-01-01"), "Bank DKI", "the nearest name where none held");
        let stop = labels.name(LabelKind::Place, code("tj.blok_m"), Language::English, day("2026-11-22"));
        assert_eq!(stop, "Blok M BRT stop");
        let unknown = labels.name(LabelKind::Place, code("nowhere"), Language::English, day("2026-11-22"));
        assert_eq!(unknown, "nowhere");
        let fare = labels.lookup(LabelKind::Tariff, code("lrt"), day("2026-11-22")).unwrap();
        assert_eq!((fare.version, fare.legal_basis.contains("Nomor 34 Tahun 2019")), (1, true));
        assert_eq!(labels.all(LabelKind::Place, day("2026-11-22")).len(), content.places.len());
        let good = labels.name(LabelKind::Good, code("buku_tulis"), Language::English, day("2026-11-22"));
        assert_eq!(good, "Exercise book");
        assert_eq!(labels.known(), Known::of(&content));
    }
}

#[tokio::test]
async fn a_later_publication_refers_to_an_earlier_one_and_replaces_its_price() {
    let (_directory, databases) = office().await;
    let labels = Labels::open(databases.office).await.unwrap();
    labels.publish(&permit(Action::PublishContent), &Content::built_in().unwrap()).await.unwrap();
    let dearer = "tariffs:\n  - service: tj.brt\n    version: 2\n    price: 5000\n    legal_basis: perda-1-2024\n    \
        valid_from: 2027-01-01\n    evidence: assumed\n    reason: An example.\n";
    let content = Content::parse(&[("dearer.yaml", dearer)], &labels.known()).unwrap();
    labels.publish(&permit(Action::PublishContent), &content).await.unwrap();
    let version = |date| labels.lookup(LabelKind::Tariff, code("tj.brt"), day(date)).unwrap().version;
    assert_eq!((version("2026-12-31"), version("2027-01-01")), (1, 2));
    let dearer = labels.lookup(LabelKind::Tariff, code("tj.brt"), day("2027-01-01")).unwrap();
    assert!(dearer.legal_basis.contains("Nomor 1 Tahun 2024"), "the title of a document published before");
}

#[tokio::test]
async fn without_the_permit_nothing_is_published() {
    let (_directory, databases) = office().await;
    let labels = Labels::open(databases.office).await.unwrap();
    let refused = labels.publish(&permit(Action::ManageAccess), &Content::built_in().unwrap()).await;
    assert!(matches!(refused, Err(LabelsError::Denied(_))));
    assert_eq!(labels.known(), Known::default());
}
