//! The columns of the registry that are encrypted.

use platform::cipher::Field;

/// A person's name.
pub(crate) const NAME: Field = Field("residents_individual.name");
/// A person's identity number.
pub(crate) const NIK: Field = Field("residents_individual.nik");
/// A person's mobile number.
pub(crate) const PHONE: Field = Field("residents_individual.phone");
/// A household's family card number.
pub(crate) const FAMILY_CARD: Field = Field("residents_household.number");
