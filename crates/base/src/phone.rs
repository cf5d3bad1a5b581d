//! Mobile numbers of Indonesia, as people write them and as gateways take them (E.164). Never prints the number: there is
//! no `Display`, `Debug` shows the mask, and nothing writes it to JSON or CBOR; [`PhoneNumber::reveal`] is the one way out.

use std::fmt;

/// Country code of Indonesia.
const COUNTRY: &str = "62";

/// Digits of a mobile number behind the country code, its leading 8 included (National Numbering Plan, Kominfo Regulation
/// 14/2018: prefix of three digits, six to nine for the subscriber).
const DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// A mobile number of Indonesia: the digits of its E.164 form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(u64);

/// The text is no mobile number of Indonesia. Carries no part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a mobile number begins with 08 or +628 and has 10 to 13 digits written with its 0")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Reads `0812…`, `62812…` or `+62812…`; spaces, points, hyphens and brackets between the digits are passed over.
    ///
    /// # Errors
    /// [`PhoneNumberError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, PhoneNumberError> {
        let plain: String = text.trim().chars().filter(|c| !" .-()".contains(*c)).collect();
        let national = plain
            .strip_prefix("+62")
            .or_else(|| plain.strip_prefix(COUNTRY))
            .or_else(|| plain.strip_prefix('0'))
            .ok_or(PhoneNumberError)?;
        let is_mobile = national.starts_with('8') && national.bytes().all(|byte| byte.is_ascii_digit());
        if !is_mobile || !DIGITS.contains(&national.len()) {
            return Err(PhoneNumberError);
        }
        format!("{COUNTRY}{national}").parse().map(Self).map_err(|_| PhoneNumberError)
    }

    /// The number in the form of E.164: `+6281234567890`. For whoever sends messages and for the encrypted field.
    #[must_use]
    pub fn reveal(self) -> String {
        format!("+{}", self.0)
    }

    /// The form for screens: `+62 812 •••• ••90`.
    #[must_use]
    pub fn masked(self) -> String {
        let digits = self.0.to_string();
        let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
        let last = digits.len().saturating_sub(2);
        format!("+{} {} •••• ••{}", part(0..2), part(2..5), part(last..digits.len()))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_number_is_one_number() {
        for text in
            ["081234567890", "0812-3456-7890", "+6281234567890", "+62 812 3456 7890", "62 812.3456.7890"]
        {
            assert_eq!(PhoneNumber::parse(text).unwrap().reveal(), "+6281234567890", "{text}");
        }
        assert_eq!(PhoneNumber::parse("0811234567").unwrap().reveal(), "+62811234567");
        assert_eq!(PhoneNumber::parse("0812345678901").unwrap().reveal(), "+62812345678901");
    }

    #[test]
    fn what_is_no_mobile_number_of_indonesia_is_refused() {
        for text in [
            "",
            "0",
            "08",
            "081234567",
            "08123456789012",
            "0211234567",
            "+6581234567",
            "8123456789",
            "+62",
            "++6281234567890",
            "08123456789a",
            "0812345678９0",
            "+6221123456",
        ] {
            assert_eq!(PhoneNumber::parse(text), Err(PhoneNumberError), "{text:?}");
        }
    }

    #[test]
    fn it_prints_as_dots() {
        let number = PhoneNumber::parse("081234567890").unwrap();
        assert_eq!(format!("{number:?}"), "PhoneNumber(•••)");
        assert_eq!(number.masked(), "+62 812 •••• ••90");
    }
}
