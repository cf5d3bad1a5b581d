//! What a caller hears: an outcome with the position it rests on.

use base::{CommandId, Timestamp};
use engine::{Answer, Position, Refused, Shown, Step};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::entities::outcome;
use crate::store::rows::whole;

/// Whether the command was accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// Accepted: what it says has happened.
    Accepted,
    /// Refused: nothing was posted.
    Refused,
    /// Not decided: send it again, the missing facts first.
    Retry,
}

/// A benefit with its version.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Benefit {
    /// Its code.
    #[schema(example = "transport_gratis.lansia_60")]
    pub code: String,
    /// Version in force at the time of use.
    pub version: u32,
}

/// What was decided. Money is whole rupiah.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Decision {
    /// Id of the command.
    #[schema(value_type = String, example = "019ab3e0-5c1e-7a52-9d0c-8f4a5b6c7d8e")]
    pub id: CommandId,
    /// Accepted or refused.
    pub outcome: OutcomeWord,
    /// Why it was refused; for a gate that stayed shut, the reason the terminal gave.
    #[schema(example = "purse_insufficient")]
    pub code: Option<String>,
    /// What the refusal is about, where that is more than the command says: the good that may not be bought.
    #[schema(example = "buku_tulis")]
    pub about: Option<String>,
    /// Where the outcome stands in the journal.
    #[schema(example = "48210.3")]
    pub position: String,
    /// What the tariffs ask now: for this tap, and more or less for the others of its service day; for goods what
    /// they cost.
    pub full: i64,
    /// What the holder is asked now, likewise. Negative where money comes back.
    pub charged: i64,
    /// What the tariffs ask now and the holder does not pay.
    pub forgone: i64,
    /// Which rule of the tariff set the full price: `flat`, `band`, `category`, `override`, `matrix`, `distance`,
    /// `same_stop`, `overstay`, `exit_missing`, `entry_missing`, `transfer`, `capped`, `integrated`, `begun` (the price
    /// comes with the tap-out), `left` (a visit has ended). Absent where no tariff was asked.
    #[schema(example = "matrix")]
    pub fare: Option<String>,
    /// Of the charge, what became debt.
    pub debt: i64,
    /// The purse afterwards; for goods and cash the account that paid.
    pub balance: Option<i64>,
    /// When that balance was true, RFC 3339.
    #[schema(value_type = String, example = "2026-11-24T07:30:00+07:00")]
    pub at: String,
    /// The benefit that set the price.
    pub benefit: Option<Benefit>,
    /// Something people have to look at.
    #[schema(example = "debt_taken")]
    pub incident: Option<String>,
    /// Why a tap was kept without a price.
    pub held: Option<String>,
    /// Whether the gate opened; for an ask, whether it may.
    pub open: bool,
    /// For a refused ask: what is missing in the purse.
    pub missing: Option<i64>,
    /// For purchases: the number by which they are captured, voided and refunded.
    #[schema(example = 4_711)]
    pub purchase: Option<u64>,
}

impl Decision {
    /// From the engine's own answer.
    #[must_use]
    pub fn of_answer(id: CommandId, answer: &Answer) -> Self {
        let mut decision = Self::bare(id, answer.position, answer.at);
        match &answer.step {
            Step::Decided(Ok(accepted)) => {
                decision.outcome = OutcomeWord::Accepted;
                decision.purchase = accepted.purchase;
                if let Some(shown) = &accepted.shown {
                    decision.show(shown);
                }
            }
            Step::Decided(Err(refused)) => decision.refuse(*refused),
            _ => {
                decision.outcome = OutcomeWord::Retry;
                decision.code = Some("device_gap".into());
            }
        }
        decision
    }

    fn bare(id: CommandId, position: Position, at: Timestamp) -> Self {
        Self {
            id,
            outcome: OutcomeWord::Refused,
            code: None,
            about: None,
            position: position.to_string(),
            full: 0,
            charged: 0,
            forgone: 0,
            fare: None,
            debt: 0,
            balance: None,
            at: at.rfc3339(),
            benefit: None,
            incident: None,
            held: None,
            open: false,
            missing: None,
            purchase: None,
        }
    }

    fn refuse(&mut self, refused: Refused) {
        self.code = Some(refused.code().into());
        self.about = refused.about.map(|about| about.to_string());
    }

    fn show(&mut self, shown: &Shown) {
        self.full = shown.full;
        self.charged = shown.charged;
        self.forgone = shown.forgone();
        self.fare = Some(shown.fare.code().into());
        self.debt = whole(shown.debt.0);
        self.balance = Some(shown.balance);
        self.open = shown.open;
        self.benefit = shown.benefit.map(|(code, version)| Benefit { code: code.to_string(), version });
        self.incident = shown.incident.map(|incident| incident.code().into());
        self.held = shown.held.map(|held| held.code().into());
    }

    /// From the tables: the same outcome, told again.
    #[must_use]
    pub fn of_row(row: &outcome::Model) -> Self {
        let id = <[u8; 16]>::try_from(row.command.as_slice()).map_or(0, u128::from_be_bytes);
        let position = Position {
            seq: u64::try_from(row.seq).unwrap_or_default(),
            index: u32::try_from(row.idx).unwrap_or_default(),
        };
        let mut decision = Self::bare(CommandId::from_u128(id), position, Timestamp(row.at));
        decision.outcome = if row.accepted { OutcomeWord::Accepted } else { OutcomeWord::Refused };
        decision.code.clone_from(&row.code);
        decision.about.clone_from(&row.about);
        if !row.is_income() {
            decision.full = row.full_now();
            decision.charged = row.charged_now();
            decision.forgone = decision.full - decision.charged;
        }
        decision.fare.clone_from(&row.fare);
        decision.purchase = row.purchase.and_then(|number| u64::try_from(number).ok());
        decision.debt = row.debt.max(0);
        decision.balance = row.balance;
        decision.benefit = row.benefit.as_ref().map(|code| Benefit {
            code: code.clone(),
            version: row.benefit_version.and_then(|version| u32::try_from(version).ok()).unwrap_or_default(),
        });
        decision.incident.clone_from(&row.incident);
        decision.held.clone_from(&row.held);
        decision.open = row.opened;
        decision
    }
}
