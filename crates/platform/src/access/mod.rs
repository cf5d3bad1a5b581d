//! Who may do what: actors, actions, resources and the Cedar policies that join them.
//!
//! Owns the decision and its proof, the [`Permit`] that every use case asks for. Never reads a database: what a
//! policy needs to know comes with the actor and the resource.

mod actor;
mod leave;
mod policies;

use base::{Code, DeviceNumber, HolderNumber};

pub use actor::{Actor, ActorKind, CONSOLE_PRINCIPAL, OFFICE_PRINCIPAL, Role, UnknownRole};
pub use leave::{Grants, InForce, Leave};
pub use policies::{Policies, PoliciesError};

use crate::problems::{ACCESS_DENIED, Problem, SIGN_IN_NEEDED};

/// Everything that can be permitted. Each name stands in the Cedar schema too; a test compares them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Ask what a gate would answer; moves nothing final.
    Ask,
    /// Report a tap.
    Tap,
    /// Top up a purse.
    TopUp,
    /// Sell goods: ask, authorise, capture.
    Purchase,
    /// Undo a purchase, wholly or line by line.
    Refund,
    /// Pay money of a wallet out in cash.
    CashOut,
    /// See a holder's balances, rights and history.
    ViewHolder,
    /// See the live page and its figures.
    ViewLive,
    /// See how places, areas and benefits are used: counts, nobody in them.
    ViewInsight,
    /// Try decisions at the tap desk and record a tap there.
    UseTapDesk,
    /// Block or activate a medium.
    ManageMedium,
    /// Register a person.
    RegisterIndividual,
    /// Form a household of registered persons.
    FormHousehold,
    /// Find a person by identity number.
    FindIndividual,
    /// See a person's record.
    ViewIndividual,
    /// Publish tariffs, benefits, places and parameters.
    PublishContent,
    /// Add and disable people who sign in, and give them leave to see persons.
    ManageAccess,
    /// Add and disable API clients and devices, and set their limits.
    ManageClients,
    /// Read who looked at whom and who changed what.
    ViewAudit,
    /// Sign in, choose what one signs in with, name a deputy, take back what one asked for.
    ActForOneself,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 20] = [
        Self::Ask,
        Self::Tap,
        Self::TopUp,
        Self::Purchase,
        Self::Refund,
        Self::CashOut,
        Self::ViewHolder,
        Self::ViewLive,
        Self::ViewInsight,
        Self::UseTapDesk,
        Self::ManageMedium,
        Self::RegisterIndividual,
        Self::FormHousehold,
        Self::FindIndividual,
        Self::ViewIndividual,
        Self::PublishContent,
        Self::ManageAccess,
        Self::ManageClients,
        Self::ViewAudit,
        Self::ActForOneself,
    ];

    /// The action's name in policies and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Tap => "tap",
            Self::TopUp => "top_up",
            Self::Purchase => "purchase",
            Self::Refund => "refund",
            Self::CashOut => "cash_out",
            Self::ViewHolder => "view_holder",
            Self::ViewLive => "view_live",
            Self::ViewInsight => "view_insight",
            Self::UseTapDesk => "use_tap_desk",
            Self::ManageMedium => "manage_medium",
            Self::RegisterIndividual => "register_individual",
            Self::FormHousehold => "form_household",
            Self::FindIndividual => "find_individual",
            Self::ViewIndividual => "view_individual",
            Self::PublishContent => "publish_content",
            Self::ManageAccess => "manage_access",
            Self::ManageClients => "manage_clients",
            Self::ViewAudit => "view_audit",
            Self::ActForOneself => "act_for_oneself",
        }
    }
}

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The system as a whole: for actions that name nothing narrower.
    City,
    /// A holder.
    Holder(HolderNumber),
    /// A place.
    Place(Code),
    /// A terminal.
    Device(DeviceNumber),
    /// A bank or merchant.
    Organisation(Code),
}

impl Resource {
    /// The type's name in the policy schema and an identifier within it.
    pub(crate) fn entity(&self) -> (&'static str, String) {
        match self {
            Self::City => ("City", "jakarta".to_owned()),
            Self::Holder(number) => ("Holder", number.to_string()),
            Self::Place(code) => ("Place", code.to_string()),
            Self::Device(number) => ("Device", number.to_string()),
            Self::Organisation(code) => ("Organisation", code.to_string()),
        }
    }
}

/// Proof that [`authorize`] said yes. There is no other way to get one, so a use case that takes a permit cannot be
/// reached around the policies.
#[derive(Debug, Clone)]
pub struct Permit {
    actor: Actor,
    action: Action,
    resource: Resource,
}

impl Permit {
    /// Who was permitted.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What was permitted.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// On what.
    #[must_use]
    pub const fn resource(&self) -> Resource {
        self.resource
    }

    /// Holds the permit against the action a use case performs.
    ///
    /// # Errors
    /// [`Denied`] when the permit is for another action.
    pub fn require(&self, action: Action) -> Result<(), Denied> {
        if self.action == action { Ok(()) } else { Err(self.denied(action)) }
    }

    /// What whoever has this permit hears when it does not reach as far as a use case asks.
    #[must_use]
    pub const fn denied(&self, action: Action) -> Denied {
        Denied { action, who: self.actor.kind() }
    }
}

/// The policies do not permit it. Carries no reason to the outside: who may do what is not for strangers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not permitted: {}", action.as_str())]
pub struct Denied {
    /// What was asked.
    pub action: Action,
    /// What kind of somebody asked.
    pub who: ActorKind,
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let kind = if denied.who == ActorKind::Nobody { SIGN_IN_NEEDED } else { ACCESS_DENIED };
        Self::new(kind).cause(denied.to_string()).denied(denied.action)
    }
}

/// Decides whether `actor` may do `action` to `resource`. What no policy permits is denied.
///
/// # Errors
/// [`Denied`] when it may not.
pub fn authorize(
    policies: &Policies,
    actor: &Actor,
    action: Action,
    resource: &Resource,
) -> Result<Permit, Denied> {
    if policies.permits(actor, action, resource) {
        return Ok(Permit { actor: actor.clone(), action, resource: *resource });
    }
    tracing::info!(
        actor.kind = actor.kind().as_str(),
        actor.role = actor.role().as_str(),
        action = action.as_str(),
        "denied"
    );
    Err(Denied { action, who: actor.kind() })
}
