//! The pure core: one [`Envelope`] in, one outcome out.
//!
//! Owns the rules of the city: the ledger, holders and their media, places, tariffs, benefits, taps. `decide` reads the
//! state and answers; `apply` is the only thing that changes it. Never does I/O, asks the time, draws a random number,
//! waits or uses a float, and never names a programme, a place or an operator: those are content.

mod amount;
mod apply;
mod attested;
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
mod shared_code;
mod snapshot;
mod state;

pub mod benefits;
pub mod calendars;
pub mod devices;
pub mod holders;
pub mod journeys;
pub mod ledger;
pub mod media;
pub mod places;
pub mod purchases;
pub mod tariffs;
pub mod window;

pub use amount::{Amount, Unit};
pub use attested::Attested;
pub use command::{
    Ask, Attest, BlockReason, Body, CapturePurchase, CashOut, Channel, CloseWallet, Disburse, Envelope,
    Epoch, Funds, Genesis, Grant, Hold, IssueMedium, Item, Leg, Member, Movement, OpenAccount, OpenHolder,
    Part, Party, Position, Purchase, PurchaseStep, Refund, RefundLine, Reprice, Resolve, Revoke, SetMedium,
    Tap, TopUp, VoidPurchase,
};
pub use content::{
    Apportionment, BenefitDefinition, BenefitRules, Bundle, ByDistance, CalendarDay, CalendarDefinition,
    Capacity, Cash, CategoryPrice, Companions, DayKind, Evidence, Funding, GoodPrice, IntegratedMode,
    IntegrationDefinition, Matrix, OnExhausted, Opening, OrganisationDefinition, Overstay, Period,
    PlaceDefinition, PlaceRules, PriceOverride, PriceRule, Quota, Role, Sale, SameStop, Source, StopDistance,
    TariffDefinition, TariffRules, TimeBand, TransferFrom, Turn, WalletRules,
};
pub use decide::{decide, quote};
pub use digest::state_digest;
pub use engine::{Accepted, Answer, Engine, LOOK_AHEAD, Shown, Step};
pub use event::{
    AccountKey, Considered, Event, FareRule, HeldReason, Incident, Moved, Package, Priced, Purchased,
    Refunded, Rerated, Verdict, signed,
};
pub use parameters::{Parameter, Parameters};
pub use record::{Record, RecordError, RecordRef, content_digest};
pub use refusal::{Refusal, Refused};
pub use shared_code::SharedCode;
pub use snapshot::{ReadSnapshot, SNAPSHOT_SCHEMA, SnapshotError, write_snapshot};
pub use state::State;

pub use apply::apply;
