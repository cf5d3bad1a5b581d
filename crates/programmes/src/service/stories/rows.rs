//! A story as its file writes it. Owns the words of the language and the line each value stands on; whether a story makes
//! sense is checked in [`super::plan`].

use std::fmt;

use base::{CivilDate, Code, Timestamp};
use engine::{Amount, BlockReason};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::STORY_BYTES_MAX;
use super::error::{StoryError, StoryProblem};

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryRow {
    pub name: Spanned<String>,
    #[serde(default)]
    pub given: Vec<GivenRow>,
    #[serde(default)]
    pub steps: Vec<Spanned<StepRow>>,
    #[serde(default)]
    pub expect_end: Expectations,
}

/// A holder and what is so before the first step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenRow {
    pub holder: Spanned<String>,
    #[serde(default)]
    pub home: Option<Spanned<Code>>,
    #[serde(default)]
    pub category: Option<Spanned<Code>>,
    #[serde(default)]
    pub medium: Option<Spanned<String>>,
    #[serde(default)]
    pub purse: Option<PurseRow>,
    #[serde(default)]
    pub wallets: Vec<WalletRow>,
    #[serde(default)]
    pub entitlements: Vec<EntitlementRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurseRow {
    pub bank: Spanned<Code>,
    pub amount: Spanned<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WalletRow {
    pub programme: Spanned<Code>,
    pub amount: Spanned<Amount>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitlementRow {
    pub benefit: Spanned<Code>,
    pub from: CivilDate,
    pub to: CivilDate,
}

/// A step: when, one action, what is expected of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepRow {
    pub at: Spanned<Moment>,
    #[serde(default)]
    pub id: Option<Spanned<String>>,
    #[serde(default)]
    pub tap: Option<TapRow>,
    #[serde(default)]
    pub tap_in: Option<TapRow>,
    #[serde(default)]
    pub tap_out: Option<TapRow>,
    #[serde(default)]
    pub enter: Option<VisitRow>,
    #[serde(default)]
    pub exit: Option<VisitRow>,
    #[serde(default)]
    pub upload: Option<Spanned<Vec<Spanned<UploadRow>>>>,
    #[serde(default)]
    pub purchase: Option<PurchaseRow>,
    #[serde(default)]
    pub refund: Option<RefundRow>,
    #[serde(default)]
    pub void: Option<VoidRow>,
    #[serde(default)]
    pub cash: Option<CashRow>,
    #[serde(default)]
    pub top_up: Option<TopUpRow>,
    #[serde(default)]
    pub block: Option<BlockRow>,
    #[serde(default)]
    pub activate: Option<ActivateRow>,
    #[serde(default)]
    pub replace: Option<ReplaceRow>,
    #[serde(default)]
    pub grant: Option<GrantRow>,
    #[serde(default)]
    pub revoke: Option<RevokeRow>,
    #[serde(default)]
    pub expect: Expectations,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TapRow {
    pub medium: Spanned<String>,
    pub service: Spanned<Code>,
    #[serde(default)]
    pub stop: Option<Spanned<Code>>,
    #[serde(default)]
    pub distance_km: Option<Spanned<Kilometres>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitRow {
    pub medium: Spanned<String>,
    pub place: Spanned<Code>,
    #[serde(default)]
    pub party: Vec<MemberRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRow {
    pub category: Spanned<Code>,
    pub count: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadRow {
    pub device_at: Spanned<Moment>,
    #[serde(default)]
    pub tap: Option<TapRow>,
    #[serde(default)]
    pub tap_in: Option<TapRow>,
    #[serde(default)]
    pub tap_out: Option<TapRow>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseRow {
    pub medium: Spanned<String>,
    #[serde(default)]
    pub merchant: Option<Spanned<Code>>,
    #[serde(default)]
    pub merchant_type: Option<Spanned<Code>>,
    #[serde(default)]
    pub from: Option<Spanned<Code>>,
    pub goods: Spanned<Vec<GoodRow>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoodRow {
    pub good: Spanned<Code>,
    pub amount: Amount,
    #[serde(default = "one")]
    pub quantity: u32,
}

const fn one() -> u32 {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundRow {
    pub of: Spanned<String>,
    #[serde(default)]
    pub goods: Vec<Spanned<Code>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VoidRow {
    pub of: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CashRow {
    pub medium: Spanned<String>,
    pub wallet: Spanned<Code>,
    pub amount: Amount,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopUpRow {
    pub medium: Spanned<String>,
    pub bank: Spanned<Code>,
    pub amount: Amount,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRow {
    pub medium: Spanned<String>,
    pub reason: Reason,
}

/// Why a medium is blocked, as far as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Lost,
    Stolen,
    Damaged,
    Office,
}

impl From<Reason> for BlockReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Lost => Self::Lost,
            Reason::Stolen => Self::Stolen,
            Reason::Damaged => Self::Damaged,
            Reason::Office => Self::Office,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivateRow {
    pub medium: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaceRow {
    pub medium: Spanned<String>,
    pub by: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantRow {
    pub holder: Spanned<String>,
    pub benefit: Spanned<Code>,
    pub from: CivilDate,
    pub to: CivilDate,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeRow {
    pub holder: Spanned<String>,
    pub benefit: Spanned<Code>,
}

/// An instant with its offset.
#[derive(Debug, Clone, Copy)]
pub struct Moment(pub Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("a time looks like \"2026-07-15T06:10:00+07:00\""))
    }
}

/// A distance in metres, written in kilometres with at most three decimals.
#[derive(Debug, Clone, Copy)]
pub struct Kilometres(pub u32);

impl<'de> Deserialize<'de> for Kilometres {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        metres(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("a distance looks like 12 or 6.4, in kilometres"))
    }
}

fn metres(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 3 {
        return None;
    }
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(1_000)?.checked_add(part)
}

/// What is expected, in the order written.
#[derive(Debug, Default)]
pub struct Expectations(pub Vec<(Spanned<String>, Spanned<Expected>)>);

/// One expected value.
#[derive(Debug)]
pub enum Expected {
    /// Written `null` or `~`: there is none.
    Nothing,
    /// A figure.
    Number(i64),
    /// A code or a word.
    Word(String),
    /// Expectations under a holder's name.
    Under(Expectations),
}

struct ExpectationsVisitor;

impl<'de> Visitor<'de> for ExpectationsVisitor {
    type Value = Expectations;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected results by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expectations, A::Error> {
        let mut all = Vec::new();
        while let Some(key) = map.next_key()? {
            all.push((key, map.next_value()?));
        }
        Ok(Expectations(all))
    }
}

impl<'de> Deserialize<'de> for Expectations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ExpectationsVisitor)
    }
}

struct ExpectedVisitor;

impl<'de> Visitor<'de> for ExpectedVisitor {
    type Value = Expected;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, a code or a word")
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Expected, E> {
        Ok(Expected::Number(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Expected, E> {
        let number = i64::try_from(value).map_err(|_| E::custom("the number is too large"))?;
        Ok(Expected::Number(number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Expected, E> {
        Ok(Expected::Word(value.to_owned()))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Expected, E> {
        Ok(Expected::Nothing)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Expected, E> {
        Ok(Expected::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Expected, A::Error> {
        ExpectationsVisitor.visit_map(map).map(Expected::Under)
    }
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExpectedVisitor)
    }
}

/// Reads one file into rows.
pub fn read(file: &str, text: &str) -> Result<StoryRow, StoryError> {
    if text.len() > STORY_BYTES_MAX {
        let problem = StoryProblem::TooLong { bytes: text.len(), max: STORY_BYTES_MAX };
        return Err(StoryError { file: file.to_owned(), line: 1, field: "file".to_owned(), problem });
    }
    serde_saphyr::from_str(text).map_err(|error| form_error(file, text, &error))
}

fn form_error(file: &str, text: &str, error: &serde_saphyr::Error) -> StoryError {
    use serde_saphyr::MessageFormatter;
    let error = error.without_snippet();
    let (line, column) = error.location().map_or((1, 1), |at| (at.line().max(1), at.column()));
    let mut said = serde_saphyr::DefaultMessageFormatter.format_message(error).into_owned();
    if said.starts_with("missing field `") {
        said.push_str(" in what ends here; add it");
    }
    if said.starts_with("invalid u") || said.starts_with("invalid i") {
        said = "write a whole number, 0 or more, without a point".to_owned();
    }
    let field =
        quoted_field(&said).or_else(|| field_before(text, line, column)).unwrap_or_else(|| "file".to_owned());
    StoryError { file: file.to_owned(), line, field, problem: StoryProblem::Form { said } }
}

/// The field a message about a missing or unknown field quotes.
fn quoted_field(said: &str) -> Option<String> {
    let starts = ["missing field `", "unknown field `", "duplicate field `"];
    let rest = starts.iter().find_map(|start| said.strip_prefix(start))?;
    rest.split('`').next().map(str::to_owned)
}

/// The last key that stands on the line before a column: the one the value there belongs to.
fn field_before(text: &str, line: u64, column: u64) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let whole = text.lines().nth(index)?;
    let before: String = whole.chars().take(usize::try_from(column).ok()?).collect();
    let key = last_key(&before).or_else(|| last_key(whole))?;
    (!key.starts_with('#')).then(|| key.to_owned())
}

fn last_key(text: &str) -> Option<&str> {
    let (before, _) = text.rsplit_once(": ").or_else(|| text.trim_end().rsplit_once(':'))?;
    let key = before.rsplit([' ', '{', ',', '[', '-']).next()?.trim();
    (!key.is_empty()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilometres_become_metres_without_rounding() {
        let table = [("6", Some(6_000)), ("6.4", Some(6_400)), ("0.001", Some(1)), ("12.345", Some(12_345))];
        let wrong = ["", ".5", "6.", "6.0001", "-1", "1e3", "6,4", "4294968"].map(|text| (text, None));
        for (text, expected) in table.into_iter().chain(wrong) {
            assert_eq!(metres(text), expected, "{text}");
        }
    }
}
