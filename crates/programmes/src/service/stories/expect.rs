//! Expectations: which results there are, of what form, and for whom.

use std::collections::BTreeSet;

use base::Code;

use super::error::StoryProblem;
use super::plan::{Given, line};
use super::published::Published;
use super::result::{Expectation, Value};
use super::rows::{Expectations, Expected};

/// Where expectations stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Of a step.
    Step,
    /// Of the end.
    End,
}

/// Results that are figures.
const FIGURES: [&str; 4] = ["charged", "forgone", "purse", "debt"];

/// Results that are codes or words.
const WORDS: [&str; 5] = ["outcome", "code", "about", "incident", "shown"];

/// Results of a step that the end has too.
const LASTING: [&str; 2] = ["purse", "debt"];

/// What a step can come to.
const OUTCOMES: [&str; 3] = ["accepted", "refused", "held"];

/// Codes a step expects.
pub fn codes(expectations: &Expectations) -> BTreeSet<String> {
    let words = expectations.0.iter().filter(|(key, _)| key.value == "code");
    words
        .filter_map(|(_, value)| match &value.value {
            Expected::Word(word) => Some(word.clone()),
            _ => None,
        })
        .collect()
}

/// What is wrong with one expectation: line, key, problem.
type Wrong = (u64, String, StoryProblem);

/// Checks what is expected of a holder.
pub fn check(
    rows: Expectations,
    given: Option<&Given>,
    published: &Published,
    scope: Scope,
) -> (Vec<Expectation>, Vec<Wrong>) {
    let (mut expected, mut wrong) = (Vec::new(), Vec::new());
    for (key, value) in rows.0 {
        let (line, name) = (line(&key), key.value);
        match known(&name, given, published, scope).and_then(|figure| value_of(&name, figure, value.value)) {
            Ok(value) => expected.push(Expectation { line, key: name, value }),
            Err(problem) => wrong.push((line, name, problem)),
        }
    }
    (expected, wrong)
}

/// Whether the key is a figure; or why there is no such result.
fn known(
    key: &str,
    given: Option<&Given>,
    published: &Published,
    scope: Scope,
) -> Result<bool, StoryProblem> {
    let no = |hint: String| Err(StoryProblem::Result { key: key.to_owned(), hint });
    if let Some(wallet) = key.strip_prefix("wallet.") {
        let has = given.is_some_and(|given| given.wallets.iter().any(|known| known.1.as_str() == wallet));
        return if has { Ok(true) } else { no("give the holder that wallet first".to_owned()) };
    }
    if let Some(benefit) = key.strip_prefix("quota_left.") {
        let has = Code::parse(benefit).is_ok_and(|benefit| published.has_quota(benefit));
        return if has {
            Ok(true)
        } else {
            no("write the code of a published benefit that has a quota".to_owned())
        };
    }
    let lasting = LASTING.contains(&key);
    match scope {
        Scope::Step if FIGURES.contains(&key) => Ok(true),
        Scope::Step if WORDS.contains(&key) => Ok(false),
        Scope::Step => no(format!(
            "write one of {}, {}, wallet.PROGRAMME, quota_left.BENEFIT",
            WORDS.join(", "),
            FIGURES.join(", ")
        )),
        Scope::End if lasting => Ok(true),
        Scope::End => no("at the end write purse, debt, wallet.PROGRAMME or quota_left.BENEFIT".to_owned()),
    }
}

fn value_of(key: &str, figure: bool, expected: Expected) -> Result<Value, StoryProblem> {
    let form = |form| Err(StoryProblem::Expected { key: key.to_owned(), form });
    match (figure, expected) {
        (true, Expected::Number(number)) => Ok(Value::Number(number)),
        (true, _) => form("a whole number"),
        (false, Expected::Word(word)) if key == "outcome" && !OUTCOMES.contains(&word.as_str()) => {
            form("accepted, refused or held")
        }
        (false, Expected::Word(word)) => Ok(Value::Word(word)),
        (false, Expected::Nothing) if key != "outcome" => Ok(Value::Nothing),
        (false, _) => form("a word"),
    }
}
