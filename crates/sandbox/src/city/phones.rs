//! Mobile numbers of residents. They begin with 0840, a prefix that no operator has (assumed: the numbering plan keeps no
//! range for invented numbers), so that no number of ours rings anywhere.

use base::{CivilDate, PhoneNumber};

use super::people::Resident;

/// Ages from which somebody has a phone of their own.
const PHONE_FROM_YEARS: i16 = 17;

/// Of so many grown-up residents one has no phone.
const WITHOUT_ONE_IN: u32 = 12;

impl Resident {
    /// Their mobile number on a day; children and a few others have none. Drawn from nothing: it follows from who they are, so that a
    /// seed gives the city it always gave.
    #[must_use]
    pub fn phone(&self, on: CivilDate) -> Option<PhoneNumber> {
        let has_phone = on.year() - self.birth_date.year() > PHONE_FROM_YEARS
            && !self.index.is_multiple_of(WITHOUT_ONE_IN);
        has_phone.then(|| PhoneNumber::parse(&format!("0840{:08}", self.index)).ok()).flatten()
    }
}
