//! Media: chip cards, QR codes, phones. A medium is never blocked by a journey that did not end.

use base::{Code, MediumSerial, Timestamp};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::shared_code::{SharedCode, SharedCodes};
use crate::snapshot::{Rows, Table};
use crate::state::KeyedState;
use crate::{BlockReason, Refusal};

/// Where a medium stands in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum MediumState {
    /// Issued, not yet usable.
    #[n(0)]
    Inactive,
    /// Usable.
    #[n(1)]
    Active,
    /// Stopped.
    #[n(2)]
    Blocked,
}

impl MediumState {
    /// The state a change leads to, if it leads anywhere.
    #[must_use]
    pub const fn transition(self, to: Self) -> Option<Self> {
        match (self, to) {
            (Self::Inactive | Self::Blocked, Self::Active)
            | (Self::Inactive | Self::Active, Self::Blocked) => Some(to),
            _ => None,
        }
    }
}

/// One medium.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Medium {
    /// Index of its holder.
    #[n(0)]
    pub holder: u32,
    /// Chip card, QR, phone.
    #[n(1)]
    pub kind: SharedCode,
    /// How sure a terminal can be of it, 0 to 3.
    #[n(2)]
    pub assurance: u8,
    /// State.
    #[n(3)]
    pub state: MediumState,
    /// When the state was reached.
    #[n(4)]
    pub since: Timestamp,
    /// Version of the last change.
    #[n(5)]
    pub version: u64,
    /// Why it is blocked.
    #[n(6)]
    pub reason: Option<BlockReason>,
    /// The first medium of the row in which each took the place of the one before; itself where there is none.
    #[n(7)]
    pub root: MediumSerial,
    /// Whether another medium has taken its place.
    #[n(8)]
    pub replaced: bool,
}

impl Medium {
    /// Whether it may be used now.
    ///
    /// # Errors
    /// [`Refusal::MediumInactive`], [`Refusal::MediumBlocked`].
    pub const fn usable(&self) -> Result<(), Refusal> {
        match self.state {
            MediumState::Inactive => Err(Refusal::MediumInactive),
            MediumState::Blocked => Err(Refusal::MediumBlocked),
            MediumState::Active => Ok(()),
        }
    }
}

/// All media, dense by serial.
#[derive(Clone, Debug)]
pub struct Media {
    all: Vec<Medium>,
    codes: SharedCodes,
}

impl Media {
    pub(crate) const fn new(keyed: KeyedState) -> Self {
        Self { all: Vec::new(), codes: SharedCodes::new(keyed) }
    }

    /// Makes room for so many media.
    pub fn reserve(&mut self, media: usize) {
        self.all.reserve(media);
    }

    /// The medium of a serial.
    #[must_use]
    pub fn get(&self, serial: MediumSerial) -> Option<&Medium> {
        self.all.get(serial.0 as usize)
    }

    /// All media in order of serial.
    #[must_use]
    pub fn all(&self) -> &[Medium] {
        &self.all
    }

    /// The serial of the next medium.
    #[must_use]
    pub fn next(&self) -> MediumSerial {
        MediumSerial(u32::try_from(self.all.len()).unwrap_or(u32::MAX))
    }

    /// Writes the table of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all, codes: _ } = self;
        out.all(Table::Media, all)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, mut medium: Medium) {
        medium.kind = self.codes.share(*medium.kind);
        self.all.push(medium);
    }

    /// A code as all media have it.
    pub(crate) fn share(&mut self, code: Code) -> SharedCode {
        self.codes.share(code)
    }

    pub(crate) fn issue(&mut self, serial: MediumSerial, medium: Medium) {
        assert!(serial == self.next(), "media are issued in order of serial");
        self.all.push(medium);
    }

    pub(crate) fn get_mut(&mut self, serial: MediumSerial) -> &mut Medium {
        let slot = serial.0 as usize;
        assert!(slot < self.all.len(), "events name issued media only");
        #[expect(clippy::indexing_slicing, reason = "the line above is the check")]
        &mut self.all[slot]
    }
}

#[cfg(test)]
mod tests {
    use super::MediumState::{Active, Blocked, Inactive};

    #[test]
    fn a_medium_moves_only_along_its_life() {
        let table = [
            (Inactive, Inactive, None),
            (Inactive, Active, Some(Active)),
            (Inactive, Blocked, Some(Blocked)),
            (Active, Inactive, None),
            (Active, Active, None),
            (Active, Blocked, Some(Blocked)),
            (Blocked, Inactive, None),
            (Blocked, Active, Some(Active)),
            (Blocked, Blocked, None),
        ];
        for (from, to, expected) in table {
            assert_eq!(from.transition(to), expected, "{from:?} -> {to:?}");
        }
    }
}
