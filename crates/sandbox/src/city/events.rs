//! What reaches the system, as the outside sees it: who says what, when, what is expected to come of it, and what those
//! outside do when they hear the answer.

use base::{MediumSerial, Timestamp};
use engine::{Answer, Body, FareRule, Funds, Refusal, Step};

use super::basket::Basket;
use super::trips::Trip;

/// Something that was said to the system at `at`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it reached the system. Events are in this order.
    pub at: Timestamp,
    /// Its number in the city.
    pub number: u64,
    /// When the sender made it: a terminal when it saw the medium, however late it is sent.
    pub made_at: Timestamp,
    /// Who says it.
    pub sender: Sender,
    /// What is said.
    pub body: Body,
    /// What the outside expects.
    pub expect: Expect,
    pub(super) next: Next,
}

/// Who speaks to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The office: media, grants, aid.
    Office,
    /// The bank: money that came in, money paid out.
    Bank,
    /// Operators of terminals: asks and taps.
    Terminals,
    /// Merchants: baskets.
    Merchant,
}

/// What the outside expects of an answer, by what it knows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It is accepted.
    Accepted,
    /// It is refused with this code.
    Refused(Refusal),
    /// It is accepted, or the money does not reach.
    Funds,
    /// It depends on what others do at the same time.
    Either,
}

impl Expect {
    /// Whether an answer is one that was expected.
    #[must_use]
    pub fn allows(self, refusal: Option<Refusal>) -> bool {
        match (self, refusal) {
            (Self::Either, _) | (Self::Accepted | Self::Funds, None) => true,
            (Self::Refused(expected), Some(refusal)) => expected == refusal,
            (Self::Funds, Some(refusal)) => {
                matches!(refusal, Refusal::PurseInsufficient | Refusal::WalletInsufficient)
            }
            (Self::Accepted, Some(_)) | (Self::Refused(_), None) => false,
        }
    }
}

/// An answer that was not what the outside expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surprise {
    /// When it was said.
    pub at: Timestamp,
    /// Name of the command.
    pub command: &'static str,
    /// What was expected.
    pub expected: Expect,
    /// What was heard.
    pub refusal: Option<Refusal>,
}

/// What was heard back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// What the holder was asked now; negative where money comes back.
    pub charged: i64,
    /// Of that, what became debt.
    pub debt: u64,
    /// The account that paid, afterwards; none where no money was looked at.
    pub balance: Option<i64>,
    /// Which rule set the price.
    pub fare: FareRule,
    /// Number of the purchase.
    pub purchase: Option<u64>,
}

impl From<&Answer> for Heard {
    fn from(answer: &Answer) -> Self {
        let Step::Decided(outcome) = &answer.step else { return Self::default() };
        match outcome {
            Err(refused) => Self { refusal: Some(refused.refusal), ..Self::default() },
            Ok(accepted) => {
                let shown = accepted.shown.as_ref();
                Self {
                    refusal: None,
                    charged: shown.map_or(0, |shown| shown.charged),
                    debt: shown.map_or(0, |shown| shown.debt.0),
                    balance: shown.filter(|shown| shown.held.is_none()).map(|shown| shown.balance),
                    fare: shown.map(|shown| shown.fare).unwrap_or_default(),
                    purchase: accepted.purchase,
                }
            }
        }
    }
}

/// What those outside do, or write down, when they hear the answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Next {
    /// Nothing.
    Nothing,
    /// A gate opens or stays shut.
    Gate(Box<Trip>, u64),
    /// A tap: who, by which row of media, what kind of tap.
    Tapped(Tapped),
    /// Money came in for a resident.
    ToppedUp(u32, u64),
    /// Aid came in for a resident.
    Disbursed(u32, base::Code, u64),
    /// Cash was taken out by a resident.
    CashedOut(u32, base::Code, u64),
    /// A basket was taken.
    Bought(Box<Basket>),
    /// Money of a basket moved: who, out of what, how much left the account and how much was only held until now.
    Settled(u32, Funds, i64, u64),
    /// A wallet was closed.
    Closed(u32, base::Code),
}

/// What has to be known of a tap when its answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tapped {
    pub resident: u32,
    pub root: MediumSerial,
    pub stop: usize,
    pub part: engine::Part,
    pub at: Timestamp,
    pub opened: bool,
}
