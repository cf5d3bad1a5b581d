//! What a step came to, and how it differs from what was expected.

use base::Timestamp;
use serde::{Serialize, Serializer};

/// One value of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// There is none.
    Nothing,
    /// Whole rupiah, or a count.
    Number(i64),
    /// A code or a word.
    Word(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("none"),
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

/// Results by key, in the order in which they are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(pub Vec<(String, Value)>);

impl Values {
    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// The number of a key, 0 if there is none.
    #[must_use]
    pub fn number(&self, key: &str) -> i64 {
        match self.get(key) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    /// The word of a key, if there is one.
    #[must_use]
    pub fn word(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Adds a value.
    pub(super) fn put(&mut self, key: impl Into<String>, value: Value) {
        self.0.push((key.into(), value));
    }

    /// What differs from what is expected.
    pub(super) fn compare(&self, expected: &[Expectation]) -> Vec<Mismatch> {
        let mismatch = |one: &Expectation| {
            let actual = self.get(&one.key).cloned().unwrap_or(Value::Nothing);
            (actual != one.value).then(|| Mismatch {
                line: one.line,
                key: one.key.clone(),
                expected: one.value.clone(),
                actual,
            })
        };
        expected.iter().filter_map(mismatch).collect()
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

/// One expected value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Line it stands on.
    pub line: u64,
    /// Which result.
    pub key: String,
    /// What it should be.
    pub value: Value,
}

/// A result that is not what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Line of the expectation.
    pub line: u64,
    /// Which result.
    pub key: String,
    /// What it should have been.
    pub expected: Value,
    /// What it is.
    pub actual: Value,
}

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// Line of the step.
    pub line: u64,
    /// When, RFC 3339 in WIB.
    #[serde(serialize_with = "instant")]
    pub at: Timestamp,
    /// The action, as the file names it.
    pub step: &'static str,
    /// The action in words.
    pub said: String,
    /// What came of it.
    pub result: Values,
    /// How many results were expected.
    pub expected: usize,
    /// What differs.
    pub mismatches: Vec<Mismatch>,
}

/// What one holder has at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndReport {
    /// Whose, as the story names the holder.
    pub holder: String,
    /// What there is.
    pub result: Values,
    /// How many results were expected.
    pub expected: usize,
    /// What differs.
    pub mismatches: Vec<Mismatch>,
}

/// What a story came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the story.
    pub name: String,
    /// Whether everything is as expected.
    pub ok: bool,
    /// Step by step.
    pub steps: Vec<StepReport>,
    /// At the end, by holder.
    pub end: Vec<EndReport>,
}

impl Report {
    /// How many results were expected.
    #[must_use]
    pub fn expected(&self) -> usize {
        let steps = self.steps.iter().map(|step| step.expected);
        steps.chain(self.end.iter().map(|end| end.expected)).sum()
    }

    /// How many of them differ.
    #[must_use]
    pub fn mismatches(&self) -> usize {
        let steps = self.steps.iter().map(|step| step.mismatches.len());
        steps.chain(self.end.iter().map(|end| end.mismatches.len())).sum()
    }
}

fn instant<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.rfc3339())
}
