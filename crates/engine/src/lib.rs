//! The pure core: one [`Envelope`] in, one outcome out.
//!
//! Owns the rules of the city: the ledger, holders and their media, places, tariffs, benefits, taps. `decide` reads the
//! state and answers; `apply` is the only thing that changes it. Never does I/O, asks the time, draws a random number,
//! waits or uses a float, and never names a programme, a place or an operator: those are content.

mod amount;
mod apply;
mod command;
mod content;
mod decide;
mod digest;
mod engine;
mod event;
mod parameters;
mod places_of_ids;
mod record;
mod refusal;
mod state;

pub mod benefits;
pub mod devices;
pub mod holders;
pub mod journeys;
pub mod ledger;
pub mod media;
pub mod places;
pub mod tariffs;
pub mod window;

pub use amount::{Amount, Unit};
pub use command::{
    Ask, BlockReason, Body, Channel, Envelope, Epoch, Genesis, Grant, Hold, IssueMedium, Leg, Movement,
    OpenAccount, OpenHolder, Party, Position, Resolve, Revoke, SetMedium, Tap, TopUp,
};
pub use content::{
    BenefitDefinition, Evidence, OrganisationDefinition, PlaceDefinition, PriceRule, Role, Source,
    TariffDefinition,
};
pub use decide::{decide, quote};
pub use digest::state_digest;
pub use engine::{Accepted, Answer, Engine, Shown, Step};
pub use event::{AccountKey, Considered, Event, HeldReason, Incident, Moved, Priced, Verdict};
pub use parameters::{Parameter, Parameters};
pub use record::{Record, RecordError, RecordRef, content_digest};
pub use refusal::Refusal;
pub use state::State;

pub use apply::apply;
