//! What went wrong, for the person at the terminal: a code, and a sentence that says what to do next, in both languages.
//! Owns the form; the sentences stand where the problem is found.

use std::fmt;

/// A problem with its code.
#[derive(Debug)]
pub struct Problem {
    /// Stable code, `noun_reason`.
    pub code: &'static str,
    english: String,
    indonesian: String,
}

impl Problem {
    /// A problem with what to do about it, in English and Indonesian.
    pub fn new(code: &'static str, english: impl Into<String>, indonesian: impl Into<String>) -> Self {
        Self { code, english: english.into(), indonesian: indonesian.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl std::error::Error for Problem {}

/// Prints an error to the person at the terminal.
pub fn print(error: &anyhow::Error) {
    if is_closed_pipe(error) {
        return;
    }
    match error.downcast_ref::<Problem>() {
        Some(problem) => {
            eprintln!("error[{}]: {}", problem.code, problem.english);
            eprintln!("  {}", problem.indonesian);
        }
        None => {
            eprintln!("error[operation_failed]: {error:#}");
            eprintln!(
                "  Perintah ini gagal; sebabnya tertulis di atas. Perbaiki, lalu ulangi perintah yang sama."
            );
        }
    }
}

/// Whoever read the output has had enough (`| head`): nothing went wrong.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.into_iter().any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
