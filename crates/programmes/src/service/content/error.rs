//! What is wrong with a content file, where, and what to do about it.

use std::fmt;

use base::CivilDate;

/// One mistake: file, line, field, what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {field}: {problem}")]
pub struct ContentError {
    /// File as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Field of the row, or `file` when the whole file is meant.
    pub field: String,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not YAML, an unknown field, a missing field or a value of another form.
    #[error("{said}")]
    Form {
        /// What the reader says.
        said: String,
    },
    /// The file is too long.
    #[error("the file has {bytes} bytes; split it, at most {max} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// A code stands twice.
    #[error("{what} {code} stands twice (first in {first}); remove one, or give it another code or version")]
    Twice {
        /// What kind of row.
        what: &'static str,
        /// Its code.
        code: String,
        /// File and line of the first.
        first: String,
    },
    /// A reference leads nowhere.
    #[error("there is no {what} {code}; add it to this publication or correct the code")]
    Unknown {
        /// What kind of row is meant.
        what: &'static str,
        /// The code.
        code: String,
    },
    /// The organisation has another role.
    #[error("{code} is not a merchant; name the organisation that runs it, or give {code} the role merchant")]
    NotMerchant {
        /// The organisation.
        code: String,
    },
    /// A last day before the first.
    #[error("{to} comes before {from}; write a day from {from} on")]
    Backwards {
        /// First day.
        from: CivilDate,
        /// The day that comes too early.
        to: CivilDate,
    },
    /// An assumption without its reason.
    #[error("what is assumed says why; add a reason")]
    ReasonMissing,
    /// A text that says nothing.
    #[error("the text is empty; write one")]
    Empty,
    /// Versions do not count up.
    #[error(
        "{code} has no version {expected} before this one; versions count 1, 2, 3 in order of valid_from"
    )]
    Version {
        /// Service or benefit.
        code: String,
        /// The version that should stand here.
        expected: u32,
    },
    /// A number outside its range.
    #[error("{value} is outside {least} to {greatest}")]
    Range {
        /// The number.
        value: u64,
        /// Least.
        least: u64,
        /// Greatest.
        greatest: u64,
    },
}

/// Everything that is wrong with a publication. Prints one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentErrors(pub Vec<ContentError>);

impl fmt::Display for ContentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for ContentErrors {}
