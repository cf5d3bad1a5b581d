//! Everything `apply` depends on beside the records: windows, horizons, limits. State, set by journaled commands.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use base::{Micros, Timestamp};

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $code:literal, $field:ident, $default:expr, $min:expr, $max:expr;)*) => {
        /// A parameter of the engine. Numbers are part of the journal's format.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, Serialize, Deserialize)]
        #[cbor(index_only)]
        pub enum Parameter { $($(#[$doc])* #[n($number)] #[serde(rename = $code)] $name,)* }

        /// The values in force.
        #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
        pub struct Parameters { $($(#[$doc])* #[n($number)] pub $field: i64,)* }

        impl Default for Parameters {
            fn default() -> Self { Self { $($field: $default,)* } }
        }

        impl Parameter {
            /// Every parameter.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// Stable code.
            #[must_use]
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)* } }
            /// Least and greatest value.
            #[must_use]
            pub const fn range(self) -> (i64, i64) { match self { $(Self::$name => ($min, $max),)* } }
        }

        impl Parameters {
            /// Sets one.
            pub const fn set(&mut self, parameter: Parameter, value: i64) {
                match parameter { $(Parameter::$name => self.$field = value,)* }
            }
            /// Reads one.
            #[must_use]
            pub const fn get(&self, parameter: Parameter) -> i64 {
                match parameter { $(Parameter::$name => self.$field,)* }
            }
        }
    };
}

const DAY: Micros = Timestamp::DAY;
const MINUTE: Micros = Timestamp::MINUTE;

parameters! {
    /// How long an id is remembered, microseconds. Less than the shortest re-rate horizon, so that an id's
    /// content digest, which covers movement, is forgotten before the movement's key may be destroyed.
    IdWindowAge = 0, "id_window_age", id_window_age, DAY, MINUTE, DAY;
    /// How many ids are remembered at most.
    IdWindowCount = 1, "id_window_count", id_window_count, 4 << 20, 1_024, 1 << 26;
    /// How far ahead of the city clock an id or a terminal's clock may be, microseconds.
    FutureTolerance = 2, "future_tolerance", future_tolerance, 5 * MINUTE, 0, 60 * MINUTE;
    /// How long taps stay in state to be rated again, microseconds.
    RerateHorizon = 3, "rerate_horizon", rerate_horizon, 7 * DAY, 2 * DAY, 60 * DAY;
    /// The most one leg may move, in the account's unit.
    AmountMax = 4, "amount_max", amount_max, 1_000_000_000_000, 1, 1_000_000_000_000_000;
    /// The most legs one command may have.
    LegsMax = 5, "legs_max", legs_max, 64, 1, 1_024;
    /// The most deadlines one tick lets pass.
    TickMax = 6, "tick_max", tick_max, 4_096, 1, 4_096;
    /// The most (terminal, epoch) pairs.
    DevicesMax = 7, "devices_max", devices_max, 1 << 20, 1, 1 << 24;
    /// The most accounts.
    AccountsMax = 8, "accounts_max", accounts_max, 1 << 27, 1, u32::MAX as i64;
    /// The most entitlements one holder may have had.
    EntitlementsMax = 9, "entitlements_max", entitlements_max, 256, 1, 4_096;
    /// The city's clock minus the clock that callers build their ids from, microseconds. Set at genesis; only lowered
    /// afterwards.
    IdClockOffset = 10, "id_clock_offset", id_clock_offset, 0, -40_000 * DAY, 40_000 * DAY;
    /// How long a purchase can be taken back, microseconds.
    PurchaseHorizon = 11, "purchase_horizon", purchase_horizon, 90 * DAY, DAY, 400 * DAY;
    /// How long an authorised purchase waits to be captured, microseconds.
    AuthorisationAge = 12, "authorisation_age", authorisation_age, 7 * DAY, MINUTE, 60 * DAY;
    /// The most lines a basket may have.
    BasketMax = 13, "basket_max", basket_max, 64, 1, 256;
    /// The most taps of one holder that a service day is rated with; earlier ones keep what they cost.
    DayTapsMax = 14, "day_taps_max", day_taps_max, 128, 8, 256;
    /// The last fiscal year whose books are closed: aid of it that comes back goes to the programme.
    FiscalYearClosed = 15, "fiscal_year_closed", fiscal_year_closed, 0, 0, 9_999;
}
