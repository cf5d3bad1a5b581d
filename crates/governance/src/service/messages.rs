//! Messages to holders: where one reaches them is asked of a port that the product wires, and a gateway carries it.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use base::{HolderNumber, PhoneNumber};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::gateway::Gateway;

/// Messages on their way at once. Beyond it a code is not sent, and whoever waits for it asks again.
const UNDER_WAY_MAX: usize = 256;

/// Why nobody knows where a message reaches a holder.
#[derive(Debug, thiserror::Error)]
#[error("the registry does not say where a message reaches a holder")]
pub struct ContactsError(#[source] pub Box<dyn Error + Send + Sync>);

/// What the port answers, later: the number, or none where there is no such holder or no number.
pub type Contact<'a> = Pin<Box<dyn Future<Output = Result<Option<PhoneNumber>, ContactsError>> + Send + 'a>>;

/// Where a message reaches a holder.
pub trait Contacts: Send + Sync {
    /// The mobile number of a holder.
    fn phone_of(&self, holder: HolderNumber) -> Contact<'_>;
}

/// Carries messages in the background, so that no page is slower for a number that exists. Cheap to clone.
#[derive(Clone)]
pub(super) struct Messenger {
    contacts: Arc<dyn Contacts>,
    gateway: Gateway,
    under_way: Arc<Semaphore>,
}

impl Messenger {
    pub(super) fn new(contacts: Arc<dyn Contacts>, gateway: Gateway) -> Self {
        Self { contacts, gateway, under_way: Arc::new(Semaphore::new(UNDER_WAY_MAX)) }
    }

    /// Looks the number up and sends, after this call has returned.
    pub(super) fn send_soon(&self, holder: HolderNumber, key: Uuid, text: String) {
        let Ok(place) = Arc::clone(&self.under_way).try_acquire_owned() else {
            tracing::error!(code = "queue_full", "a code was not sent: too many are on their way");
            return;
        };
        let messenger = self.clone();
        tokio::spawn(async move {
            messenger.send(holder, key, &text).await;
            drop(place);
        });
    }

    async fn send(&self, holder: HolderNumber, key: Uuid, text: &str) {
        let to = match self.contacts.phone_of(holder).await {
            Ok(Some(to)) => to,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(code = "internal", %error, cause = error.source(), "a code was not sent");
                return;
            }
        };
        match self.gateway.send(key, to, text).await {
            Ok(()) => tracing::info!("a code was sent"),
            Err(error) => tracing::warn!(code = error.code(), %error, "a code was not sent"),
        }
    }
}
