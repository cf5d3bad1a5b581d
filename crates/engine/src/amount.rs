//! Quantities of a unit: whole, positive, checked.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// How much of a unit a transfer moves: whole rupiah, rides, packages or visits. Zero moves nothing and is refused.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Amount(#[n(0)] pub u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Ord::min(self, other)
    }

    /// What is left after taking `other`, never below zero.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// [`Amount::is_zero`] by reference, for what is left out of a record.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.is_zero()
    }

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an account counts. Debits equal credits for each unit apart.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole rupiah.
    #[n(0)]
    Rupiah,
    /// Rides on a service.
    #[n(1)]
    Ride,
    /// Packages of goods.
    #[n(2)]
    Package,
    /// Visits to a place.
    #[n(3)]
    Visit,
}

impl Unit {
    /// Every unit, in order of number.
    pub const ALL: [Self; 4] = [Self::Rupiah, Self::Ride, Self::Package, Self::Visit];

    /// Place of the unit in [`Unit::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}
