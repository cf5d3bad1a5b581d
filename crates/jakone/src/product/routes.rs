//! One router of everything that answers.

use std::sync::Arc;

use acceptance::api::{self, Api};
use acceptance::pages::Pages;
use axum::Router;
use axum::middleware::from_fn_with_state;
use base::DeviceNumber;
use platform::access::{Action, Actor};
use platform::i18n::Texts;
use platform::problems;
use platform::telemetry::{self, Health, Readers};
use platform::web::{Edge, NavigationItem, Portal, SamplePerson, Samples, assets};
use programmes::service::plain;

use super::Product;

/// The tap desk's own terminal. Terminals in the field have numbers above zero.
const DESK: DeviceNumber = DeviceNumber(0);

/// Pages, API, documents and figures, with the edge around them.
///
/// # Errors
/// When the texts cannot be loaded or figures cannot be kept.
pub fn router(product: &Product) -> anyhow::Result<Router> {
    let texts = Arc::new(Texts::load(&[
        acceptance::pages::texts(),
        governance::pages::texts(),
        insight::pages::texts(),
        plain::texts(),
    ])?);
    let portal = Arc::new(Portal {
        texts,
        navigation: navigation(),
        foot: foot(product.is_open),
        policies: Arc::clone(&product.policies),
        account: Some(NavigationItem { href: "/sign-in", key: "governance-nav-sign-in", action: None }),
        actor: if product.is_open { Actor::console() } else { Actor::nobody() },
        samples: product.is_open.then(|| samples(product)),
    });
    let state = Arc::new(Api {
        service: product.service.clone(),
        clients: product.clients.clone(),
        devices: product.devices.clone(),
        texts: Arc::clone(&portal.texts),
        labels: product.labels.clone(),
    });
    let (api_routes, _) = api::routes().split_for_parts();
    let (service, cursors) = (product.service.clone(), product.followers.cursors());
    let health = move || Health {
        // Who may not answer is not ready: another machine may lead by now.
        ready: service.runtime().is_leading() && !service.runtime().clock_stepped(),
        position: service.durable().seq,
        projected: cursors.iter().map(|cursor| cursor.borrow().seq).min().unwrap_or(0),
    };
    let readers = Readers { clients: product.clients.clone(), policies: Arc::clone(&product.policies) };
    let figures = product.figures.clone();
    let look = move || figures.clone().look();
    let pages = Pages {
        service: product.service.clone(),
        portal: Arc::clone(&portal),
        labels: product.labels.clone(),
        residents: product.residents.clone(),
        desk: DESK,
    };
    let insights = insight::pages::Pages {
        service: product.insight.clone(),
        portal: Arc::clone(&portal),
        labels: product.labels.clone(),
    };
    let pages = Router::new()
        .merge(problems::pages::routes())
        .merge(api::reading_routes())
        .with_state(Arc::clone(&portal))
        .merge(acceptance::pages::routes(pages))
        .merge(insight::pages::routes(insights))
        .merge(governance::pages::routes(governance::pages::Pages {
            governance: product.governance.clone(),
            portal: Arc::clone(&portal),
            samples: Arc::clone(&product.samples),
            trial: product.trial.clone(),
        }));
    let router = Router::new()
        .merge(api_routes.with_state(state))
        .merge(pages)
        .merge(assets::routes())
        .merge(telemetry::routes(telemetry::install()?, readers, look, health));
    let identify = from_fn_with_state(product.governance.clone(), governance::pages::identify);
    Ok(Edge::new(portal).around(router).layer(identify))
}

/// Whom a demonstration suggests to sign in as.
fn samples(product: &Product) -> Samples {
    let person = |one: &governance::pages::Sample| SamplePerson {
        login: one.login.clone(),
        role: one.role,
        agency: one.agency,
    };
    Samples::new(product.samples.iter().map(person).collect(), Arc::new(product.governance.clone()))
}

fn navigation() -> Vec<NavigationItem> {
    let item = |href, key, action| NavigationItem { href, key, action: Some(action) };
    vec![
        item("/", "acceptance-nav-live", Action::ViewLive),
        item("/places", "insight-nav-places", Action::ViewInsight),
        item("/mobility", "insight-nav-mobility", Action::ViewInsight),
        item("/programmes", "insight-nav-programmes", Action::ViewInsight),
        item("/holders", "acceptance-nav-holders", Action::ViewHolder),
        item("/ledger", "acceptance-nav-ledger", Action::ViewLive),
        item("/tap", "acceptance-nav-tap", Action::UseTapDesk),
        item("/explain", "acceptance-nav-explain", Action::ViewHolder),
        item("/grants", "governance-nav-grants", Action::ManageAccess),
        item("/users", "governance-nav-users", Action::ManageAccess),
        item("/callers", "governance-nav-callers", Action::ManageClients),
        item("/audit", "governance-nav-audit", Action::ViewAudit),
    ]
}

/// The tour is for everybody who looks at a demonstration; elsewhere for whoever sees what it leads to.
fn foot(is_demonstration: bool) -> Vec<NavigationItem> {
    let item = |href, key| NavigationItem { href, key, action: None };
    let action = (!is_demonstration).then_some(Action::ViewHolder);
    vec![
        NavigationItem { action, ..item("/tour", "acceptance-nav-tour") },
        item("/api", "acceptance-nav-api"),
        item("/problems", "acceptance-nav-problems"),
    ]
}
