//! Why a use case of the registry did not happen. No text carries a name, an identity number or a phone
//! number.

use base::{HolderNumber, NikError, PhoneNumberError};
use platform::access::Denied;
use platform::cipher::CipherError;
use platform::database::DatabaseError;
use platform::problems::{self, Problem};
use sea_orm::DbErr;

/// Why a use case of the registry did not happen.
#[derive(Debug, thiserror::Error)]
pub enum ResidentsError {
    /// The policies say no.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The identity number cannot exist.
    #[error(transparent)]
    NikInvalid(#[from] NikError),
    /// A holder with this identity number exists.
    #[error("a person with this identity number is registered already")]
    NikRegistered,
    /// The name is empty, too long or holds control characters.
    #[error("a name has 1 to {} characters and no control characters", crate::rules::NAME_LENGTH_MAX)]
    NameInvalid,
    /// The mobile number is none.
    #[error(transparent)]
    PhoneInvalid(#[from] PhoneNumberError),
    /// The holder number brought along belongs to somebody else.
    #[error("the holder number {holder} is taken")]
    HolderTaken {
        /// The number.
        holder: HolderNumber,
    },
    /// Nobody has this holder number.
    #[error("nobody is registered as {holder}")]
    HolderUnknown {
        /// The number.
        holder: HolderNumber,
    },
    /// The household cannot be formed.
    #[error("the household cannot be formed: {reason}")]
    HouseholdInvalid {
        /// What is wrong.
        reason: &'static str,
    },
    /// A household with this family card, or with one of these members, exists.
    #[error("the family card is registered, or a member belongs to another household")]
    HouseholdRegistered,
    /// Several draws in a row gave taken numbers.
    #[error("no free holder number was found")]
    NumbersExhausted,
    /// A stored value cannot be read.
    #[error("a record of the registry cannot be read: {reason}")]
    Record {
        /// Which, and why.
        reason: String,
    },
    /// The command for the engine cannot be written.
    #[error("the command for the engine cannot be encoded: {reason}")]
    Encode {
        /// Why.
        reason: String,
    },
    /// The operating system has no randomness to give.
    #[error("no randomness for a new number")]
    Randomness(#[source] getrandom::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<CipherError> for ResidentsError {
    fn from(error: CipherError) -> Self {
        Self::Record { reason: error.to_string() }
    }
}

impl From<DbErr> for ResidentsError {
    fn from(error: DbErr) -> Self {
        Self::Database(error.into())
    }
}

impl From<ResidentsError> for Problem {
    fn from(error: ResidentsError) -> Self {
        let kind = match &error {
            ResidentsError::Denied(denied) => return (*denied).into(),
            ResidentsError::NikInvalid(_) => problems::NIK_INVALID,
            ResidentsError::NikRegistered => problems::NIK_REGISTERED,
            ResidentsError::NameInvalid => problems::NAME_INVALID,
            ResidentsError::PhoneInvalid(_) => problems::PHONE_INVALID,
            ResidentsError::HolderTaken { .. } => problems::HOLDER_EXISTS,
            ResidentsError::HolderUnknown { .. } => problems::HOLDER_UNKNOWN,
            ResidentsError::HouseholdInvalid { .. } => problems::HOUSEHOLD_INVALID,
            ResidentsError::HouseholdRegistered => problems::HOUSEHOLD_REGISTERED,
            ResidentsError::NumbersExhausted
            | ResidentsError::Record { .. }
            | ResidentsError::Encode { .. }
            | ResidentsError::Randomness(_)
            | ResidentsError::Database(_) => return Self::internal(&error),
        };
        Self::new(kind).cause(error.to_string())
    }
}
