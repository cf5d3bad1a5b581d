//! Codes of Indonesia's administrative regions as the Ministry of Home Affairs (Kemendagri) writes them. Owns
//! the code's form and its levels; the names stand in [`crate::RegionTable`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A dotted Kemendagri code: `31`, `31.71`, `31.71.01` or `31.71.01.1001` (Kepmendagri 300.2.2-2430/2025).
/// Sorts as a tree: a region stands before everything inside it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    province: u8,
    /// 0 = the code ends before this level; no region is numbered 0.
    city: u8,
    district: u8,
    village: u16,
}

/// How deep a region code goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// *Provinsi*: `31`.
    Province,
    /// *Kota* or *kabupaten*: `31.71`.
    City,
    /// *Kecamatan*: `31.71.01`.
    District,
    /// *Kelurahan* or *desa*: `31.71.01.1001`.
    Village,
}

/// Why a text is not a region code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a region code looks like 31, 31.71, 31.71.01 or 31.71.01.1001; got {text:?}")]
pub struct RegionCodeError {
    /// The text that was refused, cut to 64 characters.
    pub text: String,
}

impl RegionCode {
    /// Parses a dotted code.
    ///
    /// # Errors
    /// [`RegionCodeError`] when the form is another, the province is below 10 or a part is zero.
    pub fn parse(text: &str) -> Result<Self, RegionCodeError> {
        Self::from_parts(text).ok_or_else(|| RegionCodeError { text: text.chars().take(64).collect() })
    }

    fn from_parts(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let province = part(parts.next()?, 2)?;
        let [city, district, village] =
            [2, 2, 4].map(|width| parts.next().map_or(Some(0), |digits| part(digits, width)));
        let code = Self {
            province: u8::try_from(province).ok()?,
            city: u8::try_from(city?).ok()?,
            district: u8::try_from(district?).ok()?,
            village: village?,
        };
        (parts.next().is_none() && code.province >= 10).then_some(code)
    }

    /// The district whose code opens an identity number, from its six digits.
    pub(crate) fn district_of(province: u8, city: u8, district: u8) -> Option<Self> {
        let known = (10..100).contains(&province) && (1..100).contains(&city) && (1..100).contains(&district);
        known.then_some(Self { province, city, district, village: 0 })
    }

    /// How deep the code goes.
    #[must_use]
    pub const fn level(self) -> RegionLevel {
        match self {
            Self { city: 0, .. } => RegionLevel::Province,
            Self { district: 0, .. } => RegionLevel::City,
            Self { village: 0, .. } => RegionLevel::District,
            Self { .. } => RegionLevel::Village,
        }
    }

    /// The region one level up; a province has none.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self.level() {
            RegionLevel::Province => None,
            RegionLevel::City => Some(Self { city: 0, ..self }),
            RegionLevel::District => Some(Self { district: 0, ..self }),
            RegionLevel::Village => Some(Self { village: 0, ..self }),
        }
    }

    /// The region itself or the one around it at a level; none when the code does not go that deep.
    #[must_use]
    pub fn at(self, level: RegionLevel) -> Option<Self> {
        let mut region = self;
        while region.level() > level {
            region = region.parent()?;
        }
        (region.level() == level).then_some(region)
    }

    /// Whether `other` is this region or lies inside it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        other.at(self.level()) == Some(self)
    }

    /// The first two digits.
    #[must_use]
    pub const fn province(self) -> u8 {
        self.province
    }

    /// The digits as one number: `31`, `3171`, `317101` or `3171011001`. This is the form in CBOR.
    #[must_use]
    pub const fn number(self) -> u64 {
        let city = self.province as u64 * 100 + self.city as u64;
        let district = city * 100 + self.district as u64;
        match self.level() {
            RegionLevel::Province => self.province as u64,
            RegionLevel::City => city,
            RegionLevel::District => district,
            RegionLevel::Village => district * 10_000 + self.village as u64,
        }
    }

    /// The code with these digits, the inverse of [`RegionCode::number`].
    ///
    /// # Errors
    /// [`RegionCodeError`] when no code has these digits.
    pub fn from_number(number: u64) -> Result<Self, RegionCodeError> {
        let refused = || RegionCodeError { text: number.to_string() };
        let two = |divisor: u64| u8::try_from(number / divisor % 100).unwrap_or(0);
        let (divisor, village) = match number {
            10..=99 => (1, 0),
            1_000..=9_999 => (100, 0),
            100_000..=999_999 => (10_000, 0),
            1_000_000_000..=9_999_999_999 => {
                (100_000_000, u16::try_from(number % 10_000).map_err(|_| refused())?)
            }
            _ => return Err(refused()),
        };
        let below = |step: u64| if divisor >= step { two(divisor / step) } else { 0 };
        let code = Self { province: two(divisor), city: below(100), district: below(10_000), village };
        if code.number() == number { Ok(code) } else { Err(refused()) }
    }
}

/// A part of exactly `width` digits, not zero.
fn part(digits: &str, width: usize) -> Option<u16> {
    let plain = digits.len() == width && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().filter(|value| *value > 0)
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.province)?;
        if self.city > 0 {
            write!(f, ".{:02}", self.city)?;
        }
        if self.district > 0 {
            write!(f, ".{:02}", self.district)?;
        }
        if self.village > 0 {
            write!(f, ".{:04}", self.village)?;
        }
        Ok(())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;
    fn from_str(text: &str) -> Result<Self, RegionCodeError> {
        Self::parse(text)
    }
}

impl Serialize for RegionCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl<C> minicbor::Encode<C> for RegionCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u64(self.number())?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for RegionCode {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        Self::from_number(d.u64()?).map_err(|error| minicbor::decode::Error::message(error).at(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_knows_its_level_and_its_parents() {
        let village = code("31.71.01.1001");
        assert_eq!(village.level(), RegionLevel::Village);
        assert_eq!(village.parent(), Some(code("31.71.01")));
        assert_eq!(village.at(RegionLevel::City), Some(code("31.71")));
        assert_eq!(code("31.71").at(RegionLevel::Village), None);
        assert_eq!(code("31").parent(), None);
        assert!(code("31.71").contains(village) && village.contains(village));
        assert!(!village.contains(code("31.71")) && !code("31.72").contains(village));
    }

    #[test]
    fn what_is_not_a_code_is_refused() {
        let wrong = [
            "",
            "3",
            "01",
            "3171",
            "31.7",
            "31.71.1",
            "31.71.01.101",
            "31.00",
            "31.71.00",
            "31.71.01.0000",
            "31.71.01.1001.1",
            "31..01",
            "31.71.",
            "31.7a",
            "+1.71",
        ];
        for text in wrong {
            assert!(RegionCode::parse(text).is_err(), "{text:?} was accepted");
        }
        for number in [0, 1, 9, 100, 3_100, 31_711, 317_100, 3_171_011, 3_171_010_000, 31_710_110_010] {
            assert!(RegionCode::from_number(number).is_err(), "{number} was accepted");
        }
    }

    #[test]
    fn cbor_is_the_digits_as_a_number() {
        let bytes = minicbor::to_vec(code("31.71")).unwrap();
        assert_eq!(bytes, [0x19, 0x0C, 0x63]);
        assert_eq!(minicbor::decode::<RegionCode>(&bytes).unwrap(), code("31.71"));
        assert!(minicbor::decode::<RegionCode>(&[0x01]).is_err());
    }
}
