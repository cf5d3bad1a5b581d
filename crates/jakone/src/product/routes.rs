//! One router of everything that answers.

use std::sync::Arc;

use acceptance::api::{self, Api};
use acceptance::pages::Pages;
use axum::Router;
use base::DeviceNumber;
use platform::access::Actor;
use platform::i18n::Texts;
use platform::problems;
use platform::telemetry::{self, Health};
use platform::web::{Edge, NavigationItem, Portal, assets};
use programmes::service::plain;

use super::Product;

/// The tap desk's own terminal. Terminals in the field have numbers above zero.
const DESK: DeviceNumber = DeviceNumber(0);

/// Pages, API, documents and figures, with the edge around them.
///
/// # Errors
/// When the texts cannot be loaded or figures cannot be kept.
pub fn router(product: &Product) -> anyhow::Result<Router> {
    let texts =
        Arc::new(Texts::load(&[acceptance::pages::texts(), insight::pages::texts(), plain::texts()])?);
    let portal = Arc::new(Portal { texts, navigation: navigation(), foot: foot(), actor: Actor::console() });
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
        ready: !service.runtime().clock_stepped() && service.runtime().is_running(),
        position: service.durable().seq,
        projected: cursors.iter().map(|cursor| cursor.borrow().seq).min().unwrap_or(0),
    };
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
        .merge(insight::pages::routes(insights));
    let router = Router::new()
        .merge(api_routes.with_state(state))
        .merge(pages)
        .merge(assets::routes())
        .merge(telemetry::routes(telemetry::install()?, health));
    Ok(Edge::new(portal).around(router))
}

fn navigation() -> Vec<NavigationItem> {
    vec![
        NavigationItem { href: "/", key: "acceptance-nav-live" },
        NavigationItem { href: "/places", key: "insight-nav-places" },
        NavigationItem { href: "/mobility", key: "insight-nav-mobility" },
        NavigationItem { href: "/programmes", key: "insight-nav-programmes" },
        NavigationItem { href: "/holders", key: "acceptance-nav-holders" },
        NavigationItem { href: "/ledger", key: "acceptance-nav-ledger" },
        NavigationItem { href: "/tap", key: "acceptance-nav-tap" },
        NavigationItem { href: "/explain", key: "acceptance-nav-explain" },
    ]
}

fn foot() -> Vec<NavigationItem> {
    vec![
        NavigationItem { href: "/tour", key: "acceptance-nav-tour" },
        NavigationItem { href: "/api", key: "acceptance-nav-api" },
        NavigationItem { href: "/problems", key: "acceptance-nav-problems" },
    ]
}
