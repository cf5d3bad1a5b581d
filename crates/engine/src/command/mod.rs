//! What can be asked of the engine. No free text and no personal data: codes, numbers and document ids only.

mod goods;
mod money;
mod movement;
mod office;

use base::{Code, CommandId, HolderNumber, PrincipalId, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Parameter;
use crate::content::{
    BenefitDefinition, CalendarDefinition, IntegrationDefinition, OrganisationDefinition, PlaceDefinition,
    TariffDefinition,
};

pub use goods::{
    CapturePurchase, CashOut, CloseWallet, Disburse, Funds, Item, Purchase, PurchaseStep, Refund, RefundLine,
    VoidPurchase,
};
pub use money::{Hold, Leg, OpenAccount, Resolve, TopUp};
pub use movement::{Ask, Member, Movement, Part, Tap};
pub use office::{Attest, BlockReason, Grant, IssueMedium, OpenHolder, Reprice, Revoke, SetMedium};

/// Where a record stands in the journal: the entry's number and the record's index within it. Written `seq.index`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode)]
pub struct Position {
    /// Number of the entry, 1 for genesis; 0 is "before everything".
    #[n(0)]
    pub seq: u64,
    /// Index of the record within its entry.
    #[n(1)]
    pub index: u32,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.seq, self.index)
    }
}

impl std::str::FromStr for Position {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (seq, index) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self { seq: seq.parse()?, index: index.parse()? })
    }
}

/// The way a command came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A terminal.
    #[n(0)]
    Device,
    /// A client of the API.
    #[n(1)]
    Api,
    /// An office service, through its outbox.
    #[n(2)]
    Office,
    /// A page of the portal.
    #[n(3)]
    Portal,
    /// The engine's own process: genesis, epochs, ticks, content.
    #[n(4)]
    System,
}

/// Someone a command is sent for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Party {
    /// A holder.
    #[n(0)]
    Holder(#[n(0)] HolderNumber),
    /// An organisation, by code.
    #[n(1)]
    Organisation(#[n(0)] Code),
}

/// A command with who sent it and when it arrived.
#[derive(Clone, PartialEq, Debug)]
pub struct Envelope {
    /// Version of the command language, now 1.
    pub schema: u16,
    /// Chosen by the caller; unique per principal.
    pub id: CommandId,
    /// Who sent it.
    pub principal: PrincipalId,
    /// How it came in.
    pub channel: Channel,
    /// For whom, when not for the principal itself.
    pub on_behalf_of: Option<Party>,
    /// When the edge received it.
    pub received_at: Timestamp,
    /// What is asked.
    pub body: Body,
}

/// The command itself. Numbers are part of the journal's format: never reuse one.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
pub enum Body {
    /// First record of every journal.
    #[n(0)]
    Genesis(#[n(0)] Box<Genesis>),
    /// First record after every start of a process.
    #[n(1)]
    Epoch(#[n(0)] Epoch),
    /// First record of every entry: lets due deadlines pass.
    #[n(2)]
    Tick,
    /// Sets a parameter.
    #[n(3)]
    SetParameter(#[n(0)] Parameter, #[n(1)] i64),
    /// Publishes a place where media are used.
    #[n(4)]
    PublishPlace(#[n(0)] Box<PlaceDefinition>),
    /// Publishes a version of a tariff.
    #[n(5)]
    PublishTariff(#[n(0)] Box<TariffDefinition>),
    /// Publishes a version of a benefit.
    #[n(6)]
    PublishBenefit(#[n(0)] Box<BenefitDefinition>),
    /// Makes a holder known.
    #[n(7)]
    OpenHolder(#[n(0)] OpenHolder),
    /// Issues a medium, inactive.
    #[n(8)]
    IssueMedium(#[n(0)] IssueMedium),
    /// Makes an issued or blocked medium usable.
    #[n(9)]
    ActivateMedium(#[n(0)] SetMedium),
    /// Stops a medium.
    #[n(10)]
    BlockMedium(#[n(0)] SetMedium),
    /// Gives a holder a benefit for a period.
    #[n(11)]
    Grant(#[n(0)] Grant),
    /// Ends a benefit before its last day.
    #[n(12)]
    Revoke(#[n(0)] Revoke),
    /// Money came in through a bank.
    #[n(13)]
    TopUp(#[n(0)] TopUp),
    /// May this medium pass here, and for how much? Moves nothing.
    #[n(14)]
    Ask(#[n(0)] Ask),
    /// A gate opened, or did not: a fact.
    #[n(15)]
    Tap(#[n(0)] Tap),
    /// Opens an account of the office.
    #[n(16)]
    OpenAccount(#[n(0)] OpenAccount),
    /// Linked transfers: all or none.
    #[n(17)]
    Transfer(#[n(0)] Vec<Leg>),
    /// Linked holds: all or none; each becomes a pending transfer.
    #[n(18)]
    Hold(#[n(0)] Vec<Hold>),
    /// Posts a pending transfer, wholly or in part.
    #[n(19)]
    PostPending(#[n(0)] Resolve),
    /// Gives a pending transfer back.
    #[n(20)]
    VoidPending(#[n(0)] Resolve),
    /// Publishes a bank, an operator or a merchant.
    #[n(21)]
    PublishOrganisation(#[n(0)] Box<OrganisationDefinition>),
    /// Publishes a version of a calendar.
    #[n(22)]
    PublishCalendar(#[n(0)] Box<CalendarDefinition>),
    /// Publishes a version of the fare for several modes together.
    #[n(23)]
    PublishIntegration(#[n(0)] Box<IntegrationDefinition>),
    /// Pays aid from a benefit's budget into a holder's wallet.
    #[n(24)]
    Disburse(#[n(0)] Disburse),
    /// Goods at a merchant: asked for, authorised or captured at once.
    #[n(25)]
    Purchase(#[n(0)] Purchase),
    /// Captures an authorised purchase.
    #[n(26)]
    CapturePurchase(#[n(0)] CapturePurchase),
    /// Undoes a purchase as a whole.
    #[n(27)]
    VoidPurchase(#[n(0)] VoidPurchase),
    /// Takes goods of a purchase back.
    #[n(28)]
    Refund(#[n(0)] Refund),
    /// Takes money out of a wallet in cash.
    #[n(29)]
    CashOut(#[n(0)] CashOut),
    /// Rates a holder's days anew with what should have applied: two people, an adjustment of its own.
    #[n(30)]
    Reprice(#[n(0)] Reprice),
    /// Ends a wallet; what is in it goes back to the programme.
    #[n(31)]
    CloseWallet(#[n(0)] CloseWallet),
    /// Lays down digests of what the office's audit says.
    #[n(32)]
    Attest(#[n(0)] Attest),
}

/// The founding facts of a journal.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Genesis {
    /// The city's code.
    #[n(0)]
    pub city: Code,
    /// Version of the journal's content format.
    #[n(1)]
    pub format: u16,
    /// Key of the hash tables, so that no caller can choose colliding ids.
    #[n(2)]
    pub hash_key: u64,
    /// Fingerprints of the keys in use, as their store names them.
    #[n(3)]
    pub keys: Vec<Code>,
    /// Parameters that differ from their defaults.
    #[n(4)]
    pub parameters: Vec<(Parameter, i64)>,
}

/// A process has taken over the journal.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Epoch {
    /// One more than the epoch before.
    #[n(0)]
    pub number: u64,
    /// Which machine.
    #[n(1)]
    pub node: Code,
    /// Which build.
    #[n(2)]
    pub build: Code,
    /// Digest of the configuration, 8 bytes.
    #[n(3)]
    pub config: u64,
}

macro_rules! published {
    ($($definition:ident => $variant:ident),*) => {$(
        impl From<$definition> for Body {
            fn from(definition: $definition) -> Self {
                Self::$variant(Box::new(definition))
            }
        }
    )*};
}

// Definitions are large and rare; a command is as large as its largest variant.
published! {
    PlaceDefinition => PublishPlace,
    TariffDefinition => PublishTariff,
    BenefitDefinition => PublishBenefit,
    OrganisationDefinition => PublishOrganisation,
    CalendarDefinition => PublishCalendar,
    IntegrationDefinition => PublishIntegration
}

impl Body {
    /// Name of the command, for people and tables.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "genesis",
            Self::Epoch(_) => "epoch",
            Self::Tick => "tick",
            Self::SetParameter(..) => "set_parameter",
            Self::PublishPlace(_) => "publish_place",
            Self::PublishTariff(_) => "publish_tariff",
            Self::PublishBenefit(_) => "publish_benefit",
            Self::PublishOrganisation(_) => "publish_organisation",
            Self::OpenHolder(_) => "open_holder",
            Self::IssueMedium(_) => "issue_medium",
            Self::ActivateMedium(_) => "activate_medium",
            Self::BlockMedium(_) => "block_medium",
            Self::Grant(_) => "grant",
            Self::Revoke(_) => "revoke",
            Self::TopUp(_) => "top_up",
            Self::Ask(_) => "ask",
            Self::Tap(_) => "tap",
            Self::OpenAccount(_) => "open_account",
            Self::Transfer(_) => "transfer",
            Self::Hold(_) => "hold",
            Self::PostPending(_) => "post_pending",
            Self::VoidPending(_) => "void_pending",
            Self::PublishCalendar(_) => "publish_calendar",
            Self::PublishIntegration(_) => "publish_integration",
            Self::Disburse(_) => "disburse",
            Self::Purchase(_) => "purchase",
            Self::CapturePurchase(_) => "capture_purchase",
            Self::VoidPurchase(_) => "void_purchase",
            Self::Refund(_) => "refund",
            Self::CashOut(_) => "cash_out",
            Self::Reprice(_) => "reprice",
            Self::CloseWallet(_) => "close_wallet",
            Self::Attest(_) => "attest",
        }
    }

    /// Where and when, for asks and taps.
    #[must_use]
    pub const fn movement(&self) -> Option<&Movement> {
        match self {
            Self::Ask(ask) => ask.movement.as_ref(),
            Self::Tap(tap) => tap.movement.as_ref(),
            _ => None,
        }
    }

    /// Puts back what was kept apart.
    pub fn set_movement(&mut self, movement: Option<Movement>) {
        match self {
            Self::Ask(ask) => ask.movement = movement,
            Self::Tap(tap) => tap.movement = movement,
            _ => {}
        }
    }

    /// Whether the command belongs to the city's set-up or its upkeep: business has not started by it, and content may still
    /// carry history.
    #[must_use]
    pub const fn is_setup(&self) -> bool {
        matches!(
            self,
            Self::Genesis(_)
                | Self::Epoch(_)
                | Self::Tick
                | Self::SetParameter(..)
                | Self::PublishPlace(_)
                | Self::PublishTariff(_)
                | Self::PublishBenefit(_)
                | Self::PublishOrganisation(_)
                | Self::PublishCalendar(_)
                | Self::PublishIntegration(_)
                | Self::Attest(_)
        )
    }

    /// Whether the process itself writes the command; such records carry no caller's id.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Genesis(_) | Self::Epoch(_) | Self::Tick)
    }
}
