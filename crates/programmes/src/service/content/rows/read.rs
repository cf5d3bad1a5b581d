//! Reads the text of one file into rows; what cannot be read is named with its line and field.

use super::super::FILE_BYTES_MAX;
use super::super::error::{ContentError, Problem};
use super::File;

/// Reads one file into rows.
pub fn read(file: &str, text: &str) -> Result<File, ContentError> {
    if text.len() > FILE_BYTES_MAX {
        let problem = Problem::TooLong { bytes: text.len(), max: FILE_BYTES_MAX };
        return Err(ContentError { file: file.to_owned(), line: 1, field: "file".to_owned(), problem });
    }
    serde_saphyr::from_str(text).map_err(|error| form_error(file, text, &error))
}

fn form_error(file: &str, text: &str, error: &serde_saphyr::Error) -> ContentError {
    use serde_saphyr::MessageFormatter;
    let error = error.without_snippet();
    let line = error.location().map_or(1, |location| location.line().max(1));
    let column = error.location().map_or(u64::MAX, |location| location.column());
    let mut said = serde_saphyr::DefaultMessageFormatter.format_message(error).into_owned();
    if said.starts_with("missing field `") {
        said.push_str(" in the row that ends here; add it");
    }
    let field =
        quoted_field(&said).or_else(|| field_before(text, line, column)).unwrap_or_else(|| "file".to_owned());
    ContentError { file: file.to_owned(), line, field, problem: Problem::Form { said } }
}

/// The field a message about a missing or unknown field quotes.
fn quoted_field(said: &str) -> Option<String> {
    let rest = said.strip_prefix("missing field `").or_else(|| said.strip_prefix("unknown field `"))?;
    rest.split('`').next().map(str::to_owned)
}

/// The nearest key before a column of a line, in block or flow style.
fn field_before(text: &str, line: u64, column: u64) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let column = usize::try_from(column).unwrap_or(usize::MAX).max(2);
    let whole = text.lines().nth(index)?;
    let before: String = whole.chars().take(column - 1).collect();
    let key = |part: &str| {
        let (key, _) = part.split_once(':')?;
        let key = key.trim_start_matches([' ', '-', '{']).trim();
        let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_key.then(|| key.to_owned())
    };
    before.rsplit([',', '{', '[']).find_map(key).or_else(|| key(whole))
}
