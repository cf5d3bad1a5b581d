//! Numbers that name things. Each has its own type, so a holder is never taken for a device.

use std::fmt;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, Encode, Decode,
        )]
        #[serde(transparent)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// Serial of one of the city's own media, dense from 0 in the order of issue, so that a deny list is a
    /// bitmap and the engine's medium table an array.
    MediumSerial(u32)
}
number! {
    /// A terminal: gate, validator, cash desk.
    DeviceNumber(u32)
}
number! {
    /// Who sends commands: a client of the API, a device's operator, an office service. Ids are unique per principal.
    PrincipalId(u32)
}

/// Highest medium serial (exclusive): the bound of the dense table, three times the population.
pub const MEDIUM_SERIAL_MAX: u32 = 32 * 1024 * 1024;

/// A holder, opaque and random; names and NIK live in the registry only. Shown as `P-7F3K-2209`: four
/// characters of Crockford's base 32, three digits and a check digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct HolderNumber(#[n(0)] u64);

/// Why a text is not a holder number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a holder number looks like P-7F3K-2209 and its last digit must agree with the others")]
pub struct HolderNumberError;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl HolderNumber {
    /// How many numbers exist: 32⁴ × 1 000.
    pub const COUNT: u64 = 32 * 32 * 32 * 32 * 1_000;

    /// The `index`-th number.
    ///
    /// # Errors
    /// [`HolderNumberError`] when `index` is not below [`HolderNumber::COUNT`].
    pub fn new(index: u64) -> Result<Self, HolderNumberError> {
        if index < Self::COUNT { Ok(Self(index)) } else { Err(HolderNumberError) }
    }

    /// The number as an index below [`HolderNumber::COUNT`].
    #[must_use]
    pub const fn index(self) -> u64 {
        self.0
    }

    /// Check digit: the index weighted by position in base 32 and base 10, modulo 97, modulo 10.
    const fn check(self) -> u64 {
        let mut rest = self.0;
        let mut sum = 0;
        let mut weight = 2;
        while rest > 0 {
            sum += (rest % 31) * weight;
            rest /= 31;
            weight += 1;
        }
        sum % 97 % 10
    }

    /// Parses the printed form; small letters and missing hyphens are accepted.
    ///
    /// # Errors
    /// [`HolderNumberError`] when the form or the check digit is wrong.
    pub fn parse(text: &str) -> Result<Self, HolderNumberError> {
        let plain: Vec<u8> =
            text.bytes().filter(|b| *b != b'-' && *b != b' ').map(|b| b.to_ascii_uppercase()).collect();
        let [b'P', a, b, c, d, x, y, z, check] = plain.as_slice() else { return Err(HolderNumberError) };
        let mut index = 0u64;
        for letter in [a, b, c, d] {
            let value = ALPHABET.iter().position(|known| known == letter).ok_or(HolderNumberError)?;
            index = index * 32 + u64::try_from(value).map_err(|_| HolderNumberError)?;
        }
        for digit in [x, y, z] {
            index = index * 10 + decimal(*digit)?;
        }
        let number = Self(index);
        if number.check() == decimal(*check)? { Ok(number) } else { Err(HolderNumberError) }
    }
}

fn decimal(byte: u8) -> Result<u64, HolderNumberError> {
    if byte.is_ascii_digit() { Ok(u64::from(byte - b'0')) } else { Err(HolderNumberError) }
}

impl fmt::Display for HolderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (letters, digits) = (self.0 / 1_000, self.0 % 1_000);
        let letter = |shift: u32| {
            let value = usize::try_from((letters >> shift) & 31).unwrap_or(0);
            ALPHABET.get(value).map_or('0', |b| char::from(*b))
        };
        write!(f, "P-{}{}{}{}-{digits:03}{}", letter(15), letter(10), letter(5), letter(0), self.check())
    }
}

impl std::str::FromStr for HolderNumber {
    type Err = HolderNumberError;
    fn from_str(text: &str) -> Result<Self, HolderNumberError> {
        Self::parse(text)
    }
}

impl Serialize for HolderNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HolderNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Name of a command, chosen by its caller: a UUIDv7 (RFC 9562 §5.7), unique per principal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(u128);

/// Where an id keeps its time.
const TIME_BITS: u128 = 0xFFFF_FFFF_FFFF << 80;

impl CommandId {
    /// The id with these 128 bits; version and variant are not checked here (see [`CommandId::parse`]).
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// All 128 bits.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// Builds a UUIDv7 of a time and 74 bits of randomness.
    #[must_use]
    pub fn new(at: Timestamp, random: u128) -> Self {
        let millis = u128::from(at.millis().unsigned_abs()) & 0xFFFF_FFFF_FFFF;
        let random_a = (random >> 64) & 0xFFF;
        let random_b = random & 0x3FFF_FFFF_FFFF_FFFF;
        Self(millis << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)
    }

    /// A fresh id at a time, with randomness of the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn generate(at: Timestamp) -> Result<Self, getrandom::Error> {
        let mut bytes = [0u8; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self::new(at, u128::from_le_bytes(bytes)))
    }

    /// The same randomness, made at another time.
    #[must_use]
    pub fn with_time(self, at: Timestamp) -> Self {
        Self(Self::new(at, 0).0 & TIME_BITS | self.0 & !TIME_BITS)
    }

    /// Parses a hyphenated UUID and requires version 7.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let id = uuid::Uuid::try_parse(text).ok()?;
        (id.get_version_num() == 7).then_some(Self(id.as_u128()))
    }

    /// The millisecond the id was made in, as its caller's clock had it.
    #[must_use]
    pub fn time(self) -> Timestamp {
        let millis = i64::try_from(self.0 >> 80).unwrap_or(i64::MAX / 1_000);
        Timestamp::from_millis(millis)
    }
}

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_u128(self.0).fmt(f)
    }
}

impl fmt::Debug for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for CommandId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CommandId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an id is a UUID of version 7"))
    }
}

impl<C> Encode<C> for CommandId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0.to_be_bytes())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CommandId {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        let bytes = <[u8; 16]>::try_from(d.bytes()?)
            .map_err(|_| minicbor::decode::Error::message("a command id has 16 bytes").at(at))?;
        Ok(Self(u128::from_be_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_number_survives_print_and_parse() {
        for index in [0, 1, 999, 1_000, 123_456_789, HolderNumber::COUNT - 1] {
            let number = HolderNumber::new(index).unwrap();
            assert_eq!(HolderNumber::parse(&number.to_string()), Ok(number), "{number}");
            assert_eq!(number.to_string().len(), 11);
        }
        assert!(HolderNumber::new(HolderNumber::COUNT).is_err());
    }

    #[test]
    fn a_mistyped_holder_number_is_mostly_noticed() {
        let printed = HolderNumber::new(123_456_789).unwrap().to_string();
        let last = printed.chars().last().unwrap().to_digit(10).unwrap();
        let wrong = format!("{}{}", &printed[..10], (last + 1) % 10);
        assert!(HolderNumber::parse(&wrong).is_err());
        assert!(HolderNumber::parse("P-UUUU-0000").is_err());
    }

    #[test]
    fn a_command_id_is_a_uuid_of_version_7_with_its_time() {
        let at = Timestamp::from_millis(1_795_000_000_123);
        let id = CommandId::new(at, u128::MAX);
        assert_eq!(CommandId::parse(&id.to_string()), Some(id));
        assert_eq!(id.time(), at);
        assert_eq!(CommandId::parse("4f4b1c3e-9b5e-4c58-8f5e-0d4f6f3f6a11"), None);
    }
}
