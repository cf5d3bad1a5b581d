//! What is wrong with a story, where, and what to do about it. A story that is wrong is not run.

use std::fmt;

use base::Timestamp;

/// One mistake: file, line, field, what is wrong and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {field}: {problem}")]
pub struct StoryError {
    /// File as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Field, or `file` when the whole file is meant.
    pub field: String,
    /// What is wrong.
    #[source]
    pub problem: StoryProblem,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoryProblem {
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
    /// A name stands twice.
    #[error("{what} {name} stands twice; give one of them another name")]
    Twice {
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A name leads nowhere.
    #[error("there is no {what} {name}; {hint}")]
    Unknown {
        /// What is meant.
        what: &'static str,
        /// The name.
        name: String,
        /// What to do.
        hint: String,
    },
    /// A step that does nothing, or two things.
    #[error("a step has one action, this one has {found}; write one of {known}")]
    Actions {
        /// What it has, in words.
        found: String,
        /// What there is.
        known: &'static str,
    },
    /// Steps go backwards in time.
    #[error("{at} comes before the step above at {before}; put the steps in order of time")]
    Order {
        /// When the step is.
        at: Timestamp,
        /// When the one above is.
        before: Timestamp,
    },
    /// A field that has no meaning here.
    #[error("{advice}")]
    Misplaced {
        /// What to do.
        advice: &'static str,
    },
    /// An expectation nobody can check.
    #[error("there is no result {key}; {hint}")]
    Result {
        /// The key.
        key: String,
        /// What to do.
        hint: String,
    },
    /// An expectation of another form than its result.
    #[error("{key} is {form}; write it so")]
    Expected {
        /// The key.
        key: String,
        /// What it looks like.
        form: &'static str,
    },
    /// The engine does not take what is given.
    #[error(
        "what is given is refused: {code}; give what the rules allow, or make it a step that expects the refusal"
    )]
    Refused {
        /// The code.
        code: &'static str,
    },
    /// The published content itself is refused.
    #[error("the published content is refused at {command}: {code}; mend the content files first")]
    Content {
        /// The command.
        command: &'static str,
        /// The code.
        code: &'static str,
    },
}

/// Everything that is wrong with a story. Prints one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryErrors(pub Vec<StoryError>);

impl fmt::Display for StoryErrors {
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

impl std::error::Error for StoryErrors {}
