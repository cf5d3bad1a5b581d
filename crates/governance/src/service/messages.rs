//! Messages to holders: where one reaches them is asked of a port that the product wires, and a gateway carries it.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use base::{HolderNumber, PhoneNumber};
use platform::database::DatabaseError;
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

    /// Looks the number up and sends, after this call has returned. `mark` is told that a message is under way, before it is,
    /// and that the gateway did not take it.
    pub(super) fn send_soon<F>(
        &self,
        holder: HolderNumber,
        key: Uuid,
        text: String,
        mark: impl Fn(bool) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result<(), DatabaseError>> + Send,
    {
        let Ok(place) = Arc::clone(&self.under_way).try_acquire_owned() else {
            tracing::error!(code = "queue_full", "a code was not sent: too many are on their way");
            return;
        };
        let messenger = self.clone();
        tokio::spawn(async move {
            if let Err(error) = messenger.send(holder, key, &text, mark).await {
                tracing::error!(code = "internal", %error, "a code was not sent");
            }
            drop(place);
        });
    }

    async fn send<F>(
        &self,
        holder: HolderNumber,
        key: Uuid,
        text: &str,
        mark: impl Fn(bool) -> F + Send + Sync,
    ) -> Result<(), DatabaseError>
    where
        F: Future<Output = Result<(), DatabaseError>> + Send,
    {
        let to = match self.contacts.phone_of(holder).await {
            Ok(Some(to)) => to,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::error!(code = "internal", %error, cause = error.source(), "a code was not sent");
                return Ok(());
            }
        };
        mark(true).await?;
        match self.gateway.send(key, to, text).await {
            Ok(()) => tracing::info!("a code was sent"),
            Err(error) => {
                tracing::warn!(code = error.code(), %error, "a code was not sent");
                mark(false).await?;
            }
        }
        Ok(())
    }
}
