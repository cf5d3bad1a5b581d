//! Shapes shared by several endpoints, and how loose JSON becomes strict values.

use base::Code;
use engine::{Amount, Funds, Member, Part, Position};
use platform::problems::{self, Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::Passage;

/// A problem (RFC 9457): nothing was decided.
#[derive(Serialize, ToSchema)]
#[schema(title = "Problem")]
pub struct ProblemBody {
    /// Page about the code.
    #[schema(example = "/problems/token_missing")]
    pub r#type: String,
    /// What happened, in a few words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Why, and what to do next.
    pub detail: String,
    /// Stable code to branch on.
    #[schema(example = "token_missing")]
    pub code: String,
    /// Technical detail, in English.
    pub cause: Option<String>,
}

/// A position that the answer must have reached.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MinPosition {
    /// Wait until the tables hold this position, for example the one of an answer before.
    #[param(example = "48210.3")]
    pub min_position: Option<String>,
}

/// Parses a position.
pub fn position(text: Option<&str>) -> Result<Option<Position>, Problem> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|_| Problem::new(problems::REQUEST_MALFORMED).cause("a position looks like 48210.3"))
}

/// A code; a text that is none names nothing we know.
pub fn code(text: &str, unknown: ProblemKind) -> Result<Code, Problem> {
    Code::parse(text).map_err(|error| Problem::new(unknown).cause(error.to_string()))
}

/// People of one rider category on a medium.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyMember {
    /// Their category.
    #[schema(example = "child")]
    category: String,
    /// How many.
    #[schema(example = 2, minimum = 1)]
    count: u16,
}

/// What a terminal says beside place and time. A party that counts nobody is left to the engine to refuse.
pub fn passage(
    part: Option<Part>,
    metres: Option<u32>,
    party: Option<&[PartyMember]>,
) -> Result<Passage, Problem> {
    let member = |one: &PartyMember| {
        Ok(Member { category: code(&one.category, problems::PARTY_INVALID)?, count: one.count })
    };
    let party = party.unwrap_or_default().iter().map(member).collect::<Result<_, Problem>>()?;
    Ok(Passage { part: part.unwrap_or_default(), metres, party })
}

/// Where the money of a purchase comes from: `purse` or `wallet.CODE`.
pub fn funds(text: &str) -> Result<Funds, Problem> {
    match text.strip_prefix("wallet.") {
        Some(wallet) => Ok(Funds::Wallet(code(wallet, problems::WALLET_UNKNOWN)?)),
        None if text == "purse" => Ok(Funds::Purse),
        None => Err(Problem::new(problems::REQUEST_MALFORMED).cause("from is purse or wallet.CODE")),
    }
}

/// The number of a purchase; a text that is none names no purchase.
pub fn purchase_number(text: &str) -> Result<u64, Problem> {
    text.parse().map_err(|_| Problem::new(problems::PURCHASE_UNKNOWN))
}

/// Whole rupiah above zero. A fraction, a negative or a text is refused, never rounded.
pub fn amount(value: &serde_json::Value) -> Result<Amount, Problem> {
    let invalid = |cause: &str| Err(Problem::new(problems::AMOUNT_INVALID).cause(cause));
    let serde_json::Value::Number(number) = value else { return invalid("an amount is a JSON number") };
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(0), ..) => invalid("an amount is above zero"),
        (Some(whole), ..) if whole <= i64::MAX.unsigned_abs() => Ok(Amount(whole)),
        (Some(_), ..) => Err(Problem::new(problems::AMOUNT_TOO_LARGE)),
        (None, Some(_), _) => invalid("an amount is not negative"),
        (None, None, Some(float)) if float >= 9.3e18 && float.is_finite() => {
            Err(Problem::new(problems::AMOUNT_TOO_LARGE))
        }
        _ => invalid("an amount is whole rupiah without a fraction"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_and_above_zero() {
        let parse = |text: &str| {
            let value: serde_json::Value = serde_json::from_str(text).unwrap();
            amount(&value).map(|amount| amount.0).map_err(|problem| problem.kind().code)
        };
        assert_eq!(parse("50000"), Ok(50_000));
        for wrong in ["0", "-1", "1.5", "3500.0", "-1e30", "\"5000\"", "null", "[1]", "1e3"] {
            assert_eq!(parse(wrong), Err("amount_invalid"), "{wrong}");
        }
        for large in ["9223372036854775808", "1e20", "99999999999999999999999"] {
            assert_eq!(parse(large), Err("amount_too_large"), "{large}");
        }
    }
}
