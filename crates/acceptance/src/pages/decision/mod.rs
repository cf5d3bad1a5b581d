//! A decision in words, whether it was only tried or stands in the journal: the facts that decided, the prices that were
//! looked at, the transfers. Owns the sentences; where the decision comes from is for the page that shows it.

mod prices;
mod reasons;
mod transfers;

use base::{Code, HolderNumber, MediumSerial};
use engine::BenefitDefinition;

use super::words::{Words, serial_text};
use crate::service::Published;
use crate::store::entities::medium;

pub use prices::{PriceRow, others as other_prices, rows as prices};
pub use reasons::{Reason, ground, heading, list as reasons, lost_sentence};
pub use transfers::{TransferRow, account, fund_name, quantity, rows as transfers};

/// Whom a decision is about, with what is published: what its sentences need to name things.
pub struct Subject {
    /// The holder's number.
    pub holder: Option<HolderNumber>,
    /// Name of the holder, or the number where the registry knows nobody.
    pub holder_name: String,
    /// The holder's media as the tables have them.
    pub media: Vec<medium::Model>,
    /// What is published.
    pub published: Published,
}

impl Subject {
    /// A medium's words, by serial.
    pub fn medium(&self, words: &Words<'_>, serial: MediumSerial) -> String {
        let row = self.media.iter().find(|row| row.serial == i64::from(serial.0));
        row.map_or_else(|| serial_text(i64::from(serial.0)), |row| words.medium(&row.kind, row.serial))
    }

    /// The published version of a benefit.
    pub fn benefit(&self, code: Code) -> Option<&BenefitDefinition> {
        self.published.benefit(code.as_str())
    }
}
