//! Enough of Rust's lexical rules to tell words from comments and text. Owns tokens with their lines; knows no
//! grammar (see [`super::items`]) and reports no errors: what does not compile is the compiler's to say. A full
//! parser (`syn`) would drop the comments, which half of the rules are about.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A word: identifier or keyword.
    Word,
    /// A comment of any form; its text includes the slashes.
    Comment,
    /// A text or byte text; its text is the content without quotes.
    Text,
    /// A character or lifetime.
    Quote,
    /// A number.
    Number,
    /// One other character; `::` is one token.
    Mark,
}

/// A token and the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// Line, from 1.
    pub line: usize,
}

impl Token {
    /// Whether it is this word or mark (never a text or comment with the same letters).
    pub fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Mark) && self.text == text
    }
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
}

/// The tokens of a file.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer { rest: text, line: 1 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl<'a> Lexer<'a> {
    /// Takes so many bytes off the front; the caller ends on a character's edge.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line += taken.matches('\n').count();
        taken
    }

    fn next(&mut self) -> Option<Token> {
        let space = self.rest.len() - self.rest.trim_start().len();
        self.take(space);
        let line = self.line;
        let (kind, text) = self.token()?;
        Some(Token { kind, text: text.to_owned(), line })
    }

    fn token(&mut self) -> Option<(Kind, &'a str)> {
        let first = self.rest.chars().next()?;
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            return Some((Kind::Comment, self.take(length)));
        }
        if self.rest.starts_with("/*") {
            return Some((Kind::Comment, self.block_comment()));
        }
        if let Some(text) = self.text_literal() {
            return Some((Kind::Text, text));
        }
        if first == '\'' {
            return Some((Kind::Quote, self.quote()));
        }
        if is_word(first) {
            let raw = if self.rest.starts_with("r#") { 2 } else { 0 };
            let body = self.rest.get(raw..).unwrap_or_default();
            let length = body.find(|c| !is_word(c)).unwrap_or(body.len());
            let kind = if first.is_ascii_digit() { Kind::Number } else { Kind::Word };
            return Some((kind, self.take(raw + length)));
        }
        let length = if self.rest.starts_with("::") { 2 } else { first.len_utf8() };
        Some((Kind::Mark, self.take(length)))
    }

    fn block_comment(&mut self) -> &'a str {
        let (mut depth, mut at) = (0usize, 0usize);
        while let Some(rest) = self.rest.get(at..) {
            let step = match rest {
                _ if rest.starts_with("/*") => {
                    depth += 1;
                    2
                }
                _ if rest.starts_with("*/") => {
                    depth -= 1;
                    2
                }
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            at += step;
            if depth == 0 {
                break;
            }
        }
        self.take(at)
    }

    /// A text with or without prefix, raw or not; none when no text begins here.
    fn text_literal(&mut self) -> Option<&'a str> {
        let prefix = self.rest.find(|c| !matches!(c, 'r' | 'b' | 'c')).filter(|length| *length <= 2)?;
        let raw = self.rest.get(..prefix)?.contains('r');
        let after = self.rest.get(prefix..)?;
        let hashes = if raw { after.len() - after.trim_start_matches('#').len() } else { 0 };
        let body = after.get(hashes..)?.strip_prefix('"')?;
        let length = if raw {
            body.find(&format!("\"{}", "#".repeat(hashes))).unwrap_or(body.len())
        } else {
            escaped_end(body, '"')
        };
        self.take(prefix + hashes + 1 + length + 1 + hashes);
        body.get(..length)
    }

    /// A character in quotes, or a lifetime.
    fn quote(&mut self) -> &'a str {
        let body = self.rest.get(1..).unwrap_or_default();
        let mut characters = body.chars();
        let (first, second) = (characters.next(), characters.next());
        if first == Some('\\') || second == Some('\'') {
            let length = escaped_end(body, '\'');
            return self.take(1 + length + 1);
        }
        let length = body.find(|c| !is_word(c)).unwrap_or(body.len());
        self.take(1 + length)
    }
}

/// Where the closing quote stands, past backslash pairs.
fn escaped_end(body: &str, close: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == close => return at,
            _ => {}
        }
    }
    body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> Vec<(Kind, String)> {
        tokens(text).into_iter().map(|t| (t.kind, t.text)).collect()
    }

    #[test]
    fn words_in_comments_and_texts_are_not_words() {
        let source = "a /* fn /* x */ */ // fn\n\"fn \\\" {\" r#\"fn \" {\"# b\"{\" br\"{\" 'a' '\\'' &'a fn";
        let words: Vec<String> =
            tokens(source).into_iter().filter(|t| t.kind == Kind::Word).map(|t| t.text).collect();
        assert_eq!(words, ["a", "fn"]);
        assert!(!tokens(source).iter().any(|t| t.is("{")));
    }

    #[test]
    fn every_token_knows_its_line() {
        let lines: Vec<usize> = tokens("a\n\"x\ny\"\n/* \n */ b\nc").into_iter().map(|t| t.line).collect();
        assert_eq!(lines, [1, 2, 4, 5, 6]);
    }

    #[test]
    fn paths_raw_words_and_numbers_keep_their_form() {
        assert_eq!(
            seen("a::r#type 0x1F_u8 é"),
            [
                (Kind::Word, "a".to_owned()),
                (Kind::Mark, "::".to_owned()),
                (Kind::Word, "r#type".to_owned()),
                (Kind::Number, "0x1F_u8".to_owned()),
                (Kind::Word, "é".to_owned()),
            ]
        );
    }

    #[test]
    fn an_unfinished_file_ends_the_tokens_and_nothing_else() {
        for text in ["\"abc", "/* abc", "r#\"abc", "'", "'\\", "b"] {
            assert!(!tokens(text).is_empty(), "{text}");
        }
    }
}
