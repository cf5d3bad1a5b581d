//! Every benefit of the built-in content in plain language, read by people as a snapshot in both languages.

use base::CivilDate;
use engine::{BenefitDefinition, Body};
use platform::access::{Action, Actor, Policies, Resource, authorize};
use platform::database::{Databases, Place};
use platform::i18n::{Language, Texts};
use programmes::service::content::Content;
use programmes::service::labels::Labels;
use programmes::service::plain::{Plain, Topic, plain, texts};
use std::path::Path;

/// Files, or the PostgreSQL database that stands for them.
fn place(directory: &Path) -> Place<'_> {
    fixtures::servers::database_of(directory).map_or(Place::Files(directory), Place::Server)
}

async fn labels() -> (tempfile::TempDir, Labels) {
    let directory = tempfile::tempdir().unwrap();
    let databases = Databases::open(place(directory.path())).await.unwrap();
    platform::migrations::run::<programmes::Office>(&databases.office).await.unwrap();
    let labels = Labels::open(databases.office).await.unwrap();
    let policies = Policies::embedded().unwrap();
    let permit = authorize(&policies, &Actor::system(), Action::PublishContent, &Resource::City).unwrap();
    labels.publish(&permit, &Content::built_in().unwrap()).await.unwrap();
    (directory, labels)
}

fn definitions() -> Vec<BenefitDefinition> {
    let bodies = Content::built_in().unwrap().bodies().into_iter();
    let benefits = bodies.filter_map(|body| match body {
        Body::PublishBenefit(definition) => Some(*definition),
        _ => None,
    });
    benefits.collect()
}

fn page(plain: &Plain) -> String {
    let mut text = format!("{}\n  {}\n", plain.title, plain.gives);
    for condition in &plain.conditions {
        text.push_str(&format!("  {:?}: {}\n", condition.topic, condition.text));
    }
    for sentence in plain.period.iter().chain(&plain.money) {
        text.push_str(&format!("  {sentence}\n"));
    }
    let badge = plain.basis.badge.as_ref().map(|badge| format!(" [{badge}]")).unwrap_or_default();
    text.push_str(&format!("  {}{badge}\n", plain.basis.document));
    text
}

#[tokio::test]
async fn every_benefit_is_told_in_both_languages() {
    let (_directory, labels) = labels().await;
    let texts = Texts::load(&[texts()]).unwrap();
    let day = CivilDate::parse("2026-11-26").unwrap();
    for language in Language::ALL {
        let told: Vec<String> = definitions()
            .iter()
            .map(|definition| page(&plain(definition, &labels, &texts, language, day)))
            .collect();
        assert_eq!(told.len(), 38);
        insta::assert_snapshot!(format!("every_benefit_{language}"), told.join("\n"));
    }
}

#[tokio::test]
async fn topics_stand_in_order_and_no_sentence_shows_a_code_or_a_key() {
    let (_directory, labels) = labels().await;
    let texts = Texts::load(&[texts()]).unwrap();
    let day = CivilDate::parse("2026-11-26").unwrap();
    for definition in definitions() {
        for language in Language::ALL {
            let plain = plain(&definition, &labels, &texts, language, day);
            let topics: Vec<Topic> = plain.conditions.iter().map(|condition| condition.topic).collect();
            assert!(topics.is_sorted() && topics.first() == Some(&Topic::Who), "{topics:?}");
            let text = page(&plain);
            assert!(!text.contains("programmes-") && !text.contains('_') && !text.contains('$'), "{text}");
        }
    }
}
