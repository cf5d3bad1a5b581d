//! What happens in the city, as the outside sees it: no state of the engine, only who, where, when and what the sandbox
//! expects to come of it.

use base::{Code, DeviceNumber, MediumSerial, Timestamp};
use engine::{Amount, Incident, Refusal};

/// Something that happened and reached the system at `at`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it reached the system. Events are in this order.
    pub at: Timestamp,
    /// Index of the resident.
    pub resident: u32,
    /// What it was.
    pub happening: Happening,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A gate asks before it opens.
    Ask(AskEvent),
    /// A gate reports what it did.
    Tap(TapEvent),
    /// Somebody fills a purse at the bank.
    TopUp(TopUpEvent),
}

/// A gate asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskEvent {
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// Which terminal asks.
    pub device: DeviceNumber,
    /// What the terminal's clock shows.
    pub device_at: Timestamp,
    /// The refusal the sandbox expects, if any.
    pub expected: Option<Refusal>,
}

/// A gate reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TapEvent {
    /// Which medium.
    pub medium: MediumSerial,
    /// Where.
    pub place: Code,
    /// Which terminal.
    pub device: DeviceNumber,
    /// Raised when the terminal lost its storage.
    pub epoch: u32,
    /// 1, 2, 3 … without gaps per (terminal, epoch).
    pub seq: u64,
    /// The chip's own counter; a code has none.
    pub counter: Option<u32>,
    /// What the terminal's clock showed.
    pub device_at: Timestamp,
    /// Whether it had no network and sent this later.
    pub offline: bool,
    /// Whether it opened.
    pub opened: bool,
    /// Why it did not.
    pub refused: Option<Refusal>,
    /// What the sandbox's own books say must come of it.
    pub expected: Expected,
}

/// What a tap must come to by the sandbox's own books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// What the tariff asks; zero when the gate stayed shut.
    pub full: Amount,
    /// What the holder is asked.
    pub charged: Amount,
    /// Of that, what the purse did not reach.
    pub debt: Amount,
    /// The purse afterwards.
    pub balance: i64,
    /// Whether a benefit made the price.
    pub by_benefit: bool,
    /// What people have to look at.
    pub incident: Option<Incident>,
}

/// Somebody fills a purse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUpEvent {
    /// Through which medium.
    pub medium: MediumSerial,
    /// The bank that received the money.
    pub bank: Code,
    /// How much.
    pub amount: Amount,
    /// The purse afterwards, debt paid first.
    pub balance: i64,
}
