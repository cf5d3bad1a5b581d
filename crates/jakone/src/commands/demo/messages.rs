//! Messages of the demonstration: a gateway that keeps them, and somebody to try signing in with.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use base::SystemClock;
use governance::gateway::Gateway;
use governance::pages::Trial;
use platform::clients::Token;
use sandbox::city::{City, Resident};
use sandbox::gateway::{Gateway as Sandbox, Settings};

use crate::product::Product;

/// Starts the gateway and lets the product send through it. It ends with the product.
///
/// # Errors
/// When there is no port, or nobody in the city has a phone.
pub async fn start(product: &mut Product, city: &City, portal: SocketAddr) -> anyhow::Result<Sandbox> {
    let token = Token::generate().context("no randomness for a token")?.reveal();
    let settings = Settings {
        token: token.clone(),
        back: Some(format!("http://{portal}/resident/code")),
        clock: Arc::new(SystemClock::new(0)),
    };
    let sandbox = Sandbox::start(settings, product.shutdown()).await?;
    product.send_messages(Gateway::new(&sandbox.base_url(), &token)?);
    let holder = somebody(city).context("nobody in this city has a phone")?.holder;
    product.show_trial(Trial { holder, messages: sandbox.base_url() });
    Ok(sandbox)
}

/// Somebody old with a right, for whom the pages are made; else anybody with a phone.
fn somebody(city: &City) -> Option<&Resident> {
    let mut reached = city.residents.iter().filter(|resident| resident.phone(city.begins).is_some());
    let is_old =
        |resident: &&Resident| resident.category.as_str() == "elderly" && !resident.rights.is_empty();
    reached.clone().find(is_old).or_else(|| reached.next())
}
