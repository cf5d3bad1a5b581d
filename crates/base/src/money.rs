//! Whole rupiah. Owns the printed form and the checked arithmetic; knows no cents, no currency but IDR and no
//! rounding.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, de};

/// An amount in whole rupiah. Prints as `Rp1.234.567`, negative amounts as `−Rp3.500` (U+2212).
///
/// In JSON it is an integer; a fraction, a text or a number past 64 bits is refused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Encode, Decode)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Rupiah(#[n(0)] pub i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an amount looks like Rp1.234.567 or −Rp3.500; got {text:?}")]
pub struct RupiahError {
    /// The text that was refused, cut to 64 characters.
    pub text: String,
}

impl Rupiah {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount.
    pub const MAX: Self = Self(i64::MAX);

    /// The sum, if it fits.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, if it fits.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// So many times the amount, if it fits.
    #[must_use]
    pub const fn checked_mul(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// The amount with the other sign, if it fits.
    #[must_use]
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(opposite) => Some(Self(opposite)),
            None => None,
        }
    }

    /// The sum of many amounts, if every step fits.
    #[must_use]
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is exactly zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Parses the printed form; a hyphen is accepted for the minus sign, because keyboards have no other.
    ///
    /// # Errors
    /// [`RupiahError`] when the text is not exactly what [`fmt::Display`] prints for some amount.
    pub fn parse(text: &str) -> Result<Self, RupiahError> {
        let refused = || RupiahError { text: text.chars().take(64).collect() };
        let (sign, rest) = match text.strip_prefix(['−', '-']) {
            Some(rest) => ("-", rest),
            None => ("", text),
        };
        let grouped = rest.strip_prefix("Rp").ok_or_else(refused)?;
        let digits: String = grouped.chars().filter(|c| *c != '.').collect();
        let amount = Self(format!("{sign}{digits}").parse().map_err(|_| refused())?);
        // Printing again catches wrong grouping, leading zeros, a second sign and a negative zero in one rule.
        let printed = amount.to_string();
        let same = printed.trim_start_matches('−') == rest && amount.is_negative() == (sign == "-");
        if same { Ok(amount) } else { Err(refused()) }
    }
}

impl fmt::Display for Rupiah {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        text.push_str(if self.is_negative() { "−Rp" } else { "Rp" });
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push('.');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

impl FromStr for Rupiah {
    type Err = RupiahError;
    fn from_str(text: &str) -> Result<Self, RupiahError> {
        Self::parse(text)
    }
}

struct WholeRupiah;

impl de::Visitor<'_> for WholeRupiah {
    type Value = Rupiah;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount in whole rupiah: an integer of at most 64 bits, no fraction, no text")
    }

    fn visit_i64<E: de::Error>(self, amount: i64) -> Result<Rupiah, E> {
        Ok(Rupiah(amount))
    }

    fn visit_u64<E: de::Error>(self, amount: u64) -> Result<Rupiah, E> {
        i64::try_from(amount)
            .map(Rupiah)
            .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(amount), &self))
    }
}

impl<'de> Deserialize<'de> for Rupiah {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_i64(WholeRupiah)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_with_points_and_a_true_minus() {
        let printed = [
            (0, "Rp0"),
            (999, "Rp999"),
            (3_500, "Rp3.500"),
            (-3_500, "−Rp3.500"),
            (1_234_567, "Rp1.234.567"),
            (i64::MIN, "−Rp9.223.372.036.854.775.808"),
        ];
        for (amount, text) in printed {
            assert_eq!(Rupiah(amount).to_string(), text);
            assert_eq!(Rupiah::parse(text), Ok(Rupiah(amount)));
        }
        assert_eq!(Rupiah::parse("-Rp3.500"), Ok(Rupiah(-3_500)));
    }

    #[test]
    fn what_is_not_the_printed_form_is_refused() {
        let wrong = [
            "",
            "3.500",
            "Rp",
            "Rp.",
            "Rp3500",
            "Rp3,500",
            "Rp03.500",
            "Rp3.50",
            "Rp 3.500",
            "−Rp0",
            "Rp-1",
            "−−Rp1",
            "Rp+1",
            "Rp9.223.372.036.854.775.808",
            "rp1",
            "Rp1.",
        ];
        for text in wrong {
            assert!(Rupiah::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        assert_eq!(Rupiah(2_000).checked_add(Rupiah(1_500)), Some(Rupiah(3_500)));
        assert_eq!(Rupiah::MAX.checked_add(Rupiah(1)), None);
        assert_eq!(Rupiah(i64::MIN).checked_neg(), None);
        assert_eq!(Rupiah(i64::MIN).checked_sub(Rupiah(1)), None);
        assert_eq!(Rupiah(250).checked_mul(6), Some(Rupiah(1_500)));
        assert_eq!(Rupiah::checked_sum([Rupiah(1), Rupiah(-3)]), Some(Rupiah(-2)));
        assert_eq!(Rupiah::checked_sum([Rupiah::MAX, Rupiah(1), Rupiah(-1)]), None);
    }

    #[test]
    fn json_takes_integers_only_and_says_so() {
        assert_eq!(serde_json::from_str::<Rupiah>("3500").unwrap(), Rupiah(3_500));
        assert_eq!(serde_json::from_str::<Rupiah>("-1").unwrap(), Rupiah(-1));
        assert_eq!(serde_json::to_string(&Rupiah(3_500)).unwrap(), "3500");
        for wrong in ["3500.5", "3500.0", "1e3", "\"3500\"", "9223372036854775808", "1e30", "null", "true"] {
            let message = serde_json::from_str::<Rupiah>(wrong).unwrap_err().to_string();
            assert!(message.contains("whole rupiah"), "{wrong}: {message}");
        }
    }

    #[test]
    fn cbor_is_the_bare_integer() {
        assert_eq!(minicbor::to_vec(Rupiah(-1)).unwrap(), [0x20]);
        assert_eq!(minicbor::decode::<Rupiah>(&[0x20]).unwrap(), Rupiah(-1));
    }
}
