//! What can be asked of the engine. No free text and no personal data: codes, numbers and document ids only.

use base::{Code, CommandId, DeviceNumber, HolderNumber, MediumSerial, PrincipalId, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::content::{
    BenefitDefinition, CalendarDefinition, IntegrationDefinition, OrganisationDefinition, PlaceDefinition,
    TariffDefinition,
};
use crate::event::AccountKey;
use crate::ledger::AccountId;
use crate::{Amount, Parameter, Refusal};

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
    Genesis(#[n(0)] Genesis),
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
    PublishPlace(#[n(0)] PlaceDefinition),
    /// Publishes a version of a tariff.
    #[n(5)]
    PublishTariff(#[n(0)] TariffDefinition),
    /// Publishes a version of a benefit.
    #[n(6)]
    PublishBenefit(#[n(0)] BenefitDefinition),
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
    PublishOrganisation(#[n(0)] OrganisationDefinition),
    /// Publishes a version of a calendar.
    #[n(22)]
    PublishCalendar(#[n(0)] CalendarDefinition),
    /// Publishes a version of the fare for several modes together.
    #[n(23)]
    PublishIntegration(#[n(0)] IntegrationDefinition),
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

/// Makes a holder known to the engine.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct OpenHolder {
    /// The opaque number the registry allotted.
    #[n(0)]
    pub holder: HolderNumber,
    /// Rider category, a published code such as `adult`.
    #[n(1)]
    pub category: Code,
    /// City or district of the registered address, dotted; none for people from outside.
    #[n(2)]
    pub home: Option<Code>,
    /// Bank that keeps the holder's purse.
    #[n(3)]
    pub bank: Code,
}

/// Issues a medium; its serial must be the next free one.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct IssueMedium {
    /// The new serial.
    #[n(0)]
    pub medium: MediumSerial,
    /// Whose it is.
    #[n(1)]
    pub holder: HolderNumber,
    /// Chip card, QR, phone: a code.
    #[n(2)]
    pub kind: Code,
    /// How sure the terminal can be of it, 0 (identifier only) to 3 (asymmetric proof).
    #[n(3)]
    pub assurance: u8,
    /// The medium it takes the place of. That one is stopped; a journey begun with it ends with this one.
    #[n(4)]
    pub replaces: Option<MediumSerial>,
}

/// Why a medium is blocked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum BlockReason {
    /// Reported lost.
    #[n(0)]
    Lost,
    /// Reported stolen.
    #[n(1)]
    Stolen,
    /// Broken.
    #[n(2)]
    Damaged,
    /// Decided by an office.
    #[n(3)]
    Office,
    /// Another medium has taken its place.
    #[n(4)]
    Replaced,
}

/// Changes the state of a medium.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct SetMedium {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// Version of this subject; must be higher than the one known.
    #[n(1)]
    pub version: u64,
    /// Why, for a block.
    #[n(2)]
    pub reason: Option<BlockReason>,
}

/// Gives a holder a benefit.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Grant {
    /// To whom.
    #[n(0)]
    pub holder: HolderNumber,
    /// Which benefit, by code.
    #[n(1)]
    pub benefit: Code,
    /// First day.
    #[n(2)]
    pub from: base::CivilDate,
    /// Last day, included.
    #[n(3)]
    pub to: base::CivilDate,
    /// Version of (holder, benefit); must be higher than the one known.
    #[n(4)]
    pub version: u64,
}

/// Ends a benefit.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Revoke {
    /// Whose.
    #[n(0)]
    pub holder: HolderNumber,
    /// Which benefit.
    #[n(1)]
    pub benefit: Code,
    /// Version of (holder, benefit); must be higher than the one known.
    #[n(2)]
    pub version: u64,
}

/// Money for a holder's purse, received by a bank.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct TopUp {
    /// Through this medium ...
    #[n(0)]
    pub medium: Option<MediumSerial>,
    /// ... or for this holder.
    #[n(1)]
    pub holder: Option<HolderNumber>,
    /// The bank that received it.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Which end of a journey or visit a tap is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The only tap of a ride, priced at once.
    #[default]
    #[n(0)]
    Single,
    /// Into a system or a place.
    #[n(1)]
    In,
    /// Out of it.
    #[n(2)]
    Out,
}

/// People of one rider category who come on one medium.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Member {
    /// Their category.
    #[n(0)]
    pub category: Code,
    /// How many.
    #[n(1)]
    pub count: u16,
}

/// Where and when a medium was used. Encrypted in the journal under the day's key.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Movement {
    /// The place's code: a stop, a site, or the service itself where the terminal is on a vehicle.
    #[n(0)]
    pub place: Code,
    /// The line or vehicle, where it matters.
    #[n(1)]
    pub line: Option<Code>,
    /// What the terminal's clock showed.
    #[n(2)]
    pub device_at: Timestamp,
    /// Which end of a journey or visit.
    #[cbor(n(3), skip_if = "Part::is_single")]
    pub part: Part,
    /// For a tap-out: metres travelled, where the terminal knows them.
    #[n(4)]
    pub metres: Option<u32>,
    /// Everybody on the medium, the holder included; empty for the holder alone.
    #[cbor(n(5), skip_if = "Vec::is_empty")]
    pub party: Vec<Member>,
}

impl Part {
    /// Whether it is the only tap of a ride.
    #[must_use]
    pub fn is_single(&self) -> bool {
        *self == Self::Single
    }
}

impl Movement {
    /// The holder alone at a place, by one tap.
    #[must_use]
    pub const fn new(place: Code, device_at: Timestamp) -> Self {
        Self { place, line: None, device_at, part: Part::Single, metres: None, party: Vec::new() }
    }
}

/// A question at a gate or in an app.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Ask {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// Where and when; absent once its key is destroyed.
    #[cbor(skip)]
    pub movement: Option<Movement>,
}

/// A fact from a terminal.
#[derive(Clone, PartialEq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Tap {
    /// The terminal.
    #[n(0)]
    pub device: DeviceNumber,
    /// Raised whenever the terminal lost its storage.
    #[n(1)]
    pub epoch: u32,
    /// 1, 2, 3 … without gaps within an epoch.
    #[n(2)]
    pub seq: u64,
    /// Which medium.
    #[n(3)]
    pub medium: MediumSerial,
    /// The medium's own counter, where it has one.
    #[n(4)]
    pub counter: Option<u32>,
    /// Whether the gate opened.
    #[n(5)]
    pub opened: bool,
    /// Why it did not.
    #[n(6)]
    pub refused: Option<Refusal>,
    /// Where and when; absent once its key is destroyed.
    #[cbor(skip)]
    pub movement: Option<Movement>,
}

/// Opens an account that no other command opens by itself.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct OpenAccount {
    /// Kind, owner, sub and unit.
    #[n(0)]
    pub key: AccountKey,
}

/// One transfer: `amount` leaves the debit account for the credit account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Leg {
    /// Account that gives.
    #[n(0)]
    pub debit: AccountId,
    /// Account that receives.
    #[n(1)]
    pub credit: AccountId,
    /// How much.
    #[n(2)]
    pub amount: Amount,
}

/// One hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Hold {
    /// What would move.
    #[n(0)]
    pub leg: Leg,
    /// When it lapses; never, if it backs an instruction to the outside.
    #[n(1)]
    pub deadline: Option<Timestamp>,
}

/// Resolves a pending transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Resolve {
    /// Number the hold was given.
    #[n(0)]
    pub pending: u64,
    /// How much to post; all of it when absent. Ignored by a void.
    #[n(1)]
    pub amount: Option<Amount>,
}

/// Pays aid into a holder's wallet.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Disburse {
    /// Whose wallet.
    #[n(0)]
    pub holder: HolderNumber,
    /// Of which benefit; its budget of the fiscal year pays.
    #[n(1)]
    pub benefit: Code,
    /// The bank that receives the money for the holder.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Where the money of a purchase comes from. One purchase has one source.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Funds {
    /// The holder's own money.
    #[n(0)]
    Purse,
    /// The holder's wallet of a benefit.
    #[n(1)]
    Wallet(#[n(0)] Code),
}

/// One line of a basket.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Item {
    /// The good.
    #[n(0)]
    pub good: Code,
    /// How many.
    #[n(1)]
    pub quantity: u32,
    /// What they cost together.
    #[n(2)]
    pub amount: Amount,
}

/// How far a purchase goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseStep {
    /// Would it be accepted? Moves nothing.
    #[n(0)]
    Ask,
    /// Holds the money until it is captured, voided or lapses.
    #[n(1)]
    Authorise,
    /// Moves the money at once.
    #[default]
    #[n(2)]
    Capture,
}

/// Goods at a merchant. A basket is taken or refused as a whole.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Purchase {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// The merchant, by code.
    #[n(1)]
    pub merchant: Code,
    /// Where the money comes from.
    #[n(2)]
    pub from: Funds,
    /// The basket.
    #[n(3)]
    pub items: Vec<Item>,
    /// How far it goes.
    #[n(4)]
    pub step: PurchaseStep,
}

/// Captures an authorised purchase, wholly or without the lines that are not named.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CapturePurchase {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
    /// Lines of the basket that are captured, counted from 0; all of them, if empty.
    #[cbor(n(1), skip_if = "Vec::is_empty")]
    pub lines: Vec<u16>,
}

/// Undoes a purchase as a whole: releases what is held, or returns all that was captured and not yet refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct VoidPurchase {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
}

/// Takes goods of a purchase back.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Refund {
    /// Number the purchase was given.
    #[n(0)]
    pub purchase: u64,
    /// Which lines, and how much of each.
    #[n(1)]
    pub lines: Vec<RefundLine>,
}

/// How much of a line comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct RefundLine {
    /// Line of the basket, counted from 0.
    #[n(0)]
    pub line: u16,
    /// How much; all that is left of it when absent.
    #[n(1)]
    pub amount: Option<Amount>,
}

/// Takes money out of a wallet in cash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CashOut {
    /// Which medium.
    #[n(0)]
    pub medium: MediumSerial,
    /// The wallet's benefit.
    #[n(1)]
    pub benefit: Code,
    /// The bank that pays.
    #[n(2)]
    pub bank: Code,
    /// How much.
    #[n(3)]
    pub amount: Amount,
}

/// Rates a holder's service days anew with every grant counted from its first day, even where it was journaled later: what
/// should have applied. The difference is an adjustment of its own; later taps of these days are rated the same way.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct Reprice {
    /// Whose days.
    #[n(0)]
    pub holder: HolderNumber,
    /// First service day.
    #[n(1)]
    pub from: base::CivilDate,
    /// Last service day, included.
    #[n(2)]
    pub to: base::CivilDate,
    /// The document it rests on.
    #[n(3)]
    pub basis: Code,
    /// The two people who approved it.
    #[n(4)]
    pub approvals: (PrincipalId, PrincipalId),
}

/// Ends a wallet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
#[cbor(map)]
pub struct CloseWallet {
    /// Whose.
    #[n(0)]
    pub holder: HolderNumber,
    /// Of which benefit.
    #[n(1)]
    pub benefit: Code,
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

    /// Whether the command belongs to the city's set-up, so that it may carry history before business starts.
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
        )
    }

    /// Whether the process itself writes the command; such records carry no caller's id.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        matches!(self, Self::Genesis(_) | Self::Epoch(_) | Self::Tick)
    }
}
