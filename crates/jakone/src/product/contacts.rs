//! Where a message reaches a holder, asked of the registry under the system's own permit.

use std::sync::Arc;

use base::HolderNumber;
use governance::service::{Contact, Contacts, ContactsError};
use platform::access::{Action, Actor, Policies, Resource, authorize};
use residents::ResidentsError;
use residents::service::Residents;

/// The registry as governance asks it: for a mobile number and nothing else.
pub struct RegistryContacts {
    /// Who holders are.
    pub residents: Residents,
    /// What decides who may do what.
    pub policies: Arc<Policies>,
}

impl Contacts for RegistryContacts {
    fn phone_of(&self, holder: HolderNumber) -> Contact<'_> {
        Box::pin(async move {
            let whose = Resource::Holder(holder);
            let permit = authorize(&self.policies, &Actor::system(), Action::ViewIndividual, &whose);
            let permit = permit.map_err(ResidentsError::from);
            let found = match permit {
                Ok(permit) => self.residents.contact_of(&permit, holder).await,
                Err(denied) => Err(denied),
            };
            found.map_err(|error| ContactsError(Box::new(error)))
        })
    }
}
