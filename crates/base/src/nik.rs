//! *Nomor Induk Kependudukan*, the 16-digit identity number. Owns what may be refused and what may only be
//! warned about. Never prints the number: there is no `Display`, `Debug` shows the mask, and nothing writes it to
//! JSON or CBOR; [`Nik::reveal`] is the one way out and easy to find in a review.
//!
//! A NIK keeps the place of first registration for life and may disagree with the true birth date; both are
//! legal (PP 40/2019 ps. 30(2)). So it says nothing about residence, and disagreement is a warning.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{CivilDate, RegionCode, RegionTable};

/// An identity number: six digits of region, day, month and year of birth (a woman's day + 40), four of serial.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik(u64);

/// Why a text cannot be a NIK. Carries no part of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NikError {
    /// Not 16 characters.
    #[error("a NIK has 16 digits; got {found} characters")]
    Length {
        /// How many characters there were.
        found: usize,
    },
    /// A character is not a digit.
    #[error("a NIK has digits only")]
    Digits,
    /// Digits 7 and 8 are neither 01–31 nor 41–71.
    #[error("digits 7 and 8 of a NIK are a day of birth: 01 to 31, or 41 to 71 for a woman")]
    Day,
    /// Digits 9 and 10 are not 01–12.
    #[error("digits 9 and 10 of a NIK are a month: 01 to 12")]
    Month,
    /// The last four digits are 0000.
    #[error("the last four digits of a NIK are a serial number from 0001")]
    Serial,
}

/// What is odd about a NIK and must be looked at by a person, never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NikWarning {
    /// The first six digits are no district we know.
    UnknownRegion,
    /// Day and month do not exist together (31 June, 29 February outside a leap year).
    ImpossibleDate,
    /// The birth date on record is another one.
    BirthDateDiffers,
    /// The sex on record is another one.
    SexDiffers,
}

/// Sex as the civil registry records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// *Perempuan*.
    Female,
    /// *Laki-laki*.
    Male,
}

/// The 38 provinces (Kepmendagri 300.2.2-2430/2025): outside Jakarta only the first two digits are checked,
/// because only Jakarta's table is compiled in.
const PROVINCES: [std::ops::RangeInclusive<u8>; 8] =
    [11..=19, 21..=21, 31..=36, 51..=53, 61..=65, 71..=76, 81..=82, 91..=96];

/// Jakarta's province code, the one whose districts are known one by one.
const JAKARTA: u8 = 31;

/// No district is numbered 99: synthetic people get it, so that no number of ours belongs to anybody.
const SYNTHETIC_DISTRICT: u64 = 99;

impl Nik {
    /// Reads 16 digits and says what is odd about them.
    ///
    /// # Errors
    /// [`NikError`] when the number cannot exist at all.
    pub fn parse(text: &str) -> Result<(Self, Vec<NikWarning>), NikError> {
        let found = text.chars().count();
        if found != 16 {
            return Err(NikError::Length { found });
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NikError::Digits);
        }
        let nik = Self(text.parse().map_err(|_| NikError::Digits)?);
        if !matches!(nik.day_digits(), 1..=31 | 41..=71) {
            return Err(NikError::Day);
        }
        if !matches!(nik.month(), 1..=12) {
            return Err(NikError::Month);
        }
        if nik.0.is_multiple_of(10_000) {
            return Err(NikError::Serial);
        }
        let mut warnings = Vec::new();
        if !nik.region_is_known() {
            warnings.push(NikWarning::UnknownRegion);
        }
        if !nik.date_is_possible() {
            warnings.push(NikWarning::ImpossibleDate);
        }
        Ok((nik, warnings))
    }

    /// What disagrees with the birth date and sex on record.
    #[must_use]
    pub fn compare(self, birth: CivilDate, sex: Sex) -> Vec<NikWarning> {
        let date = birth.to_jiff();
        let on_record =
            (u64::from(date.day().unsigned_abs()), u64::from(date.month().unsigned_abs()), date.year() % 100);
        let here = (self.day(), self.month(), i16::try_from(self.year()).unwrap_or(-1));
        let mut warnings = Vec::new();
        if here != on_record {
            warnings.push(NikWarning::BirthDateDiffers);
        }
        if self.sex() != sex {
            warnings.push(NikWarning::SexDiffers);
        }
        warnings
    }

    /// The sex the number was issued for.
    #[must_use]
    pub const fn sex(self) -> Sex {
        if self.day_digits() > 40 { Sex::Female } else { Sex::Male }
    }

    /// The district of first registration, as the first six digits say; none when they form no code. Not the
    /// residence.
    #[must_use]
    pub fn region(self) -> Option<RegionCode> {
        let two = |divisor: u64| u8::try_from(self.0 / divisor % 100).unwrap_or(0);
        RegionCode::district_of(two(100_000_000_000_000), two(1_000_000_000_000), two(10_000_000_000))
    }

    /// Whether the number is made up: its district is 99.
    #[must_use]
    pub const fn is_synthetic(self) -> bool {
        self.0 / 10_000_000_000 % 100 == SYNTHETIC_DISTRICT
    }

    /// The form for screens: region and last two digits, `31.75.99 •••••• ••12`.
    #[must_use]
    pub fn masked(self) -> String {
        let digits = self.reveal();
        let pair = |start: usize| digits.get(start..start + 2).unwrap_or_default();
        format!("{}.{}.{} •••••• ••{}", pair(0), pair(2), pair(4), pair(14))
    }

    /// All 16 digits. Only for encryption, the blind index and the civil registry's service; never for logs.
    #[must_use]
    pub fn reveal(self) -> String {
        format!("{:016}", self.0)
    }

    const fn day_digits(self) -> u64 {
        self.0 / 100_000_000 % 100
    }

    const fn day(self) -> u64 {
        if self.day_digits() > 40 { self.day_digits() - 40 } else { self.day_digits() }
    }

    const fn month(self) -> u64 {
        self.0 / 1_000_000 % 100
    }

    const fn year(self) -> u64 {
        self.0 / 10_000 % 100
    }

    fn region_is_known(self) -> bool {
        if self.is_synthetic() {
            return true;
        }
        match self.region() {
            Some(region) if region.province() == JAKARTA => RegionTable::jakarta().get(region).is_some(),
            Some(region) => PROVINCES.iter().any(|range| range.contains(&region.province())),
            None => false,
        }
    }

    /// The century is unknown, so a date counts as possible when it exists in either.
    fn date_is_possible(self) -> bool {
        let small = |value: u64| i8::try_from(value).unwrap_or(0);
        let exists = |century: u64| {
            let year = i16::try_from(century + self.year()).unwrap_or(0);
            CivilDate::new(year, small(self.month()), small(self.day())).is_some()
        };
        exists(1900) || exists(2000)
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(text: &str) -> Vec<NikWarning> {
        Nik::parse(text).unwrap().1
    }

    #[test]
    fn a_synthetic_number_is_accepted_without_warning_and_shown_masked() {
        let (nik, warnings) = Nik::parse("3175995204870012").unwrap();
        assert!(warnings.is_empty() && nik.is_synthetic());
        assert_eq!(nik.masked(), "31.75.99 •••••• ••12");
        assert_eq!(format!("{nik:?}"), "31.75.99 •••••• ••12");
        assert_eq!(nik.reveal(), "3175995204870012");
        assert_eq!(nik.sex(), Sex::Female);
        assert_eq!(nik.region(), RegionCode::parse("31.75.99").ok());
    }

    #[test]
    fn only_the_impossible_is_refused() {
        let refused = [
            ("", NikError::Length { found: 0 }),
            ("317599520487001", NikError::Length { found: 15 }),
            ("31759952048700121", NikError::Length { found: 17 }),
            ("31759952048700１2", NikError::Digits),
            ("31759952048700 2", NikError::Digits),
            ("3175990004870012", NikError::Day),
            ("3175993204870012", NikError::Day),
            ("3175994004870012", NikError::Day),
            ("3175997204870012", NikError::Day),
            ("3175995200870012", NikError::Month),
            ("3175995213870012", NikError::Month),
            ("3175995204870000", NikError::Serial),
        ];
        for (text, error) in refused {
            assert_eq!(Nik::parse(text).unwrap_err(), error, "{text}");
        }
        for day in ["01", "31", "41", "71"] {
            assert!(Nik::parse(&format!("317599{day}01870001")).is_ok(), "{day}");
        }
    }

    #[test]
    fn the_odd_is_warned_about() {
        assert_eq!(warnings("3171010101800001"), []);
        assert_eq!(warnings("3171980101800001"), [NikWarning::UnknownRegion]);
        assert_eq!(warnings("3100010101800001"), [NikWarning::UnknownRegion]);
        assert_eq!(warnings("0171010101800001"), [NikWarning::UnknownRegion]);
        assert_eq!(warnings("4171010101800001"), [NikWarning::UnknownRegion]);
        assert_eq!(warnings("3273010101800001"), [], "Bandung's districts are not in the table");
        assert_eq!(warnings("3175993106800001"), [NikWarning::ImpossibleDate]);
        assert_eq!(warnings("3175992902010001"), [NikWarning::ImpossibleDate]);
        assert_eq!(warnings("3175992902000001"), [], "2000 was a leap year");
        assert_eq!(warnings("3171987002010001"), [NikWarning::UnknownRegion, NikWarning::ImpossibleDate],);
    }

    #[test]
    fn another_birth_date_or_sex_on_record_is_a_warning() {
        let (nik, _) = Nik::parse("3175995204870012").unwrap();
        let born = |text| CivilDate::parse(text).unwrap();
        assert_eq!(nik.compare(born("1987-04-12"), Sex::Female), []);
        assert_eq!(nik.compare(born("1987-04-13"), Sex::Female), [NikWarning::BirthDateDiffers]);
        assert_eq!(
            nik.compare(born("1988-04-12"), Sex::Male),
            [NikWarning::BirthDateDiffers, NikWarning::SexDiffers],
        );
    }
}
