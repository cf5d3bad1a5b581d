//! The portal's pages of this slice: live, holders, ledger, tap desk, explanation, the residents' pages, the tour.
//!
//! Owns their addresses, sentences and markup. Never decides and never asks a table: the use cases answer, names come
//! from the registry and from what is published, and every figure is shown with the position it rests on.

mod basis;
mod block;
mod decision;
mod desk;
mod explain;
mod forms;
mod gate;
mod goods;
mod holder;
mod holders;
mod ledger;
mod lines;
mod live;
mod looks;
mod people;
mod phone;
mod reason;
mod rights;
mod tour;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use base::DeviceNumber;
use platform::i18n::SliceTexts;
use platform::web::Portal;
use programmes::service::labels::Labels;
use residents::service::Residents;

use crate::service::Service;

/// What the pages stand on.
#[derive(Clone)]
pub struct Pages {
    /// The use cases.
    pub service: Service,
    /// Navigation, texts, who looks.
    pub portal: Arc<Portal>,
    /// Names of places, services, benefits, organisations and documents.
    pub labels: Labels,
    /// Who holders are.
    pub residents: Residents,
    /// The tap desk's own terminal; no other terminal has its number.
    pub desk: DeviceNumber,
}

impl FromRef<Pages> for Arc<Portal> {
    fn from_ref(pages: &Pages) -> Self {
        Self::clone(&pages.portal)
    }
}

/// Live, holders, ledger, tap desk, explanation, the residents' pages, the tour.
pub fn routes<S: Clone + Send + Sync + 'static>(pages: Pages) -> Router<S> {
    Router::new()
        .route("/", get(live::page))
        .route("/tap", get(desk::page).post(desk::record))
        .route("/holders", get(holders::page))
        .route("/holders/{number}", get(holder::page))
        .route("/holders/{number}/block", get(block::ask).post(block::block))
        .route("/phone/{number}", get(phone::page))
        .route("/phone/{number}/uses", get(phone::uses))
        .route("/phone/{number}/looks", get(looks::page))
        .route("/phone/{number}/block", get(block::ask_on_phone).post(block::block_on_phone))
        .route("/tour", get(tour::page))
        .route("/ledger", get(ledger::page))
        .route("/ledger/kinds/{kind}", get(ledger::kind))
        .route("/ledger/accounts/{number}", get(ledger::account))
        .route("/explain", get(explain::page))
        .route("/explain/{position}", get(explain::one))
        .with_state(pages)
}

/// The texts of these pages and of the page about the API.
#[must_use]
pub const fn texts() -> SliceTexts {
    SliceTexts {
        slice: "acceptance",
        id: concat!(include_str!("../../i18n/id.ftl"), include_str!("../../i18n/api.id.ftl")),
        en: concat!(include_str!("../../i18n/en.ftl"), include_str!("../../i18n/api.en.ftl")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_are_complete_in_both_languages() {
        platform::i18n::check::assert_complete(&texts());
    }

    /// Keys that are put together from codes are found by no search; each must be there.
    #[test]
    fn every_incident_fare_and_money_has_its_words_in_both_languages() {
        use engine::{FareRule as Fare, HeldReason, Incident};
        let incidents = [
            Incident::MediumBlocked,
            Incident::MediumInactive,
            Incident::DebtTaken,
            Incident::QuotaExceeded,
            Incident::BudgetExhausted,
            Incident::PlaceClosed,
            Incident::PlaceOverfull,
            Incident::PlaceCrowded,
            Incident::EntryMissing,
        ];
        let fares = [
            Fare::Flat,
            Fare::Band,
            Fare::Category,
            Fare::Override,
            Fare::Matrix,
            Fare::Distance,
            Fare::SameStop,
            Fare::Overstay,
            Fare::ExitMissing,
            Fare::EntryMissing,
            Fare::Transfer,
            Fare::Capped,
            Fare::Integrated,
            Fare::Begun,
            Fare::Left,
        ];
        let both =
            |key: String| [format!("acceptance-reason-{key}"), format!("acceptance-reason-{key}-short")];
        let incidents = incidents.map(|one| format!("incident-{}", one.code()));
        let held = [HeldReason::Future, HeldReason::TooLate];
        let held = held.map(|one| format!("held-{}", one.code()));
        let kinds = crate::store::queries::HISTORY.iter().filter(|kind| **kind != "tap");
        let kinds = kinds.copied().chain(["ask", "purchase_ask"]);
        let money: Vec<String> = kinds.map(|kind| kind.replace('_', "-")).collect();
        let words = money.iter().map(|kind| format!("acceptance-word-{kind}"));
        let accounts = engine::ledger::Kind::ALL.iter();
        let accounts = accounts.map(|kind| format!("acceptance-account-{}", kind.code().replace('.', "-")));
        let fares = fares.map(|one| one.code().replace('_', "-"));
        let mut keys: Vec<String> = fares.iter().map(|fare| format!("acceptance-fare-{fare}")).collect();
        keys.extend(incidents.into_iter().chain(held).chain(money.iter().cloned()).flat_map(both));
        keys.extend(words.chain(accounts));
        let texts = platform::i18n::Texts::load(&[texts()]).unwrap();
        for key in keys {
            for language in platform::i18n::Language::ALL {
                assert!(texts.has(language, &key), "{key} is missing in {language}");
            }
        }
    }
}
