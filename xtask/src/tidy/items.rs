//! Where functions and test items begin and end. Owns just enough grammar for that: attributes, brackets, `fn`.

use std::ops::RangeInclusive;

use super::lexer::{Kind, Token};

/// A function and the lines it takes, from `fn` to its closing brace.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its lines.
    pub lines: RangeInclusive<usize>,
}

impl Function {
    /// How many lines it takes.
    pub fn length(&self) -> usize {
        self.lines.end() + 1 - self.lines.start()
    }
}

/// The functions with a body, nested ones too.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let code = without_comments(tokens);
    let mut functions = Vec::new();
    for (at, pair) in code.windows(2).enumerate() {
        let [keyword, name] = pair else { continue };
        if !keyword.is("fn") || name.kind != Kind::Word {
            continue;
        }
        let rest = code.get(at..).unwrap_or_default();
        if let Some(End::Brace(last)) = item_end(rest) {
            functions.push(Function { name: name.text.clone(), lines: keyword.line..=last });
        }
    }
    functions
}

/// The lines of every item under `#[cfg(test)]`, attribute included.
pub fn tested(tokens: &[Token]) -> Vec<RangeInclusive<usize>> {
    let code = without_comments(tokens);
    let mut ranges = Vec::new();
    for (at, token) in code.iter().enumerate() {
        let rest = code.get(at..).unwrap_or_default();
        let Some(length) = attribute(rest) else { continue };
        let (inside, mut after) = rest.split_at(length);
        if !is_cfg_test(inside) {
            continue;
        }
        while let Some(length) = attribute(after) {
            after = after.get(length..).unwrap_or_default();
        }
        if let Some(End::Brace(last) | End::Semicolon(last)) = item_end(after) {
            ranges.push(token.line..=last);
        }
    }
    ranges
}

enum End {
    Brace(usize),
    Semicolon(usize),
}

fn without_comments(tokens: &[Token]) -> Vec<&Token> {
    tokens.iter().filter(|token| token.kind != Kind::Comment).collect()
}

/// How many tokens the outer attribute at the front takes.
fn attribute(code: &[&Token]) -> Option<usize> {
    let [hash, bracket, ..] = code else { return None };
    if !hash.is("#") || !bracket.is("[") {
        return None;
    }
    let mut depth = 0usize;
    for (at, token) in code.iter().enumerate() {
        if token.is("[") {
            depth += 1;
        } else if token.is("]") {
            depth -= 1;
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

/// `cfg(test)` alone or inside `all`; `not(test)` is product code.
fn is_cfg_test(attribute: &[&Token]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.is(word));
    attribute.get(2).is_some_and(|token| token.is("cfg")) && has("test") && !has("not") && !has("any")
}

/// The line an item ends on: its first brace at the outside closed again, or its semicolon.
fn item_end(code: &[&Token]) -> Option<End> {
    let (mut braces, mut others) = (0usize, 0usize);
    for token in code.iter().filter(|token| token.kind == Kind::Mark) {
        match token.text.as_str() {
            "(" | "[" => others += 1,
            ")" | "]" => others = others.saturating_sub(1),
            "{" if others == 0 => braces += 1,
            "}" if others == 0 => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    return Some(End::Brace(token.line));
                }
            }
            ";" if braces == 0 && others == 0 => return Some(End::Semicolon(token.line)),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::lexer::tokens;

    #[test]
    fn functions_are_found_with_their_lines() {
        let source =
            "trait T { fn none(&self) -> [u8; 4]; }\nfn a(f: fn(u8)) {\n  { }\n}\nfn b() { || { (0, {}) } }";
        let found: Vec<_> =
            functions(&tokens(source)).into_iter().map(|f| (f.name.clone(), f.length())).collect();
        assert_eq!(found, [("a".to_owned(), 3), ("b".to_owned(), 1)]);
    }

    #[test]
    fn test_items_are_found_with_their_attribute() {
        let source = "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n fn b() {}\n}\n#[cfg(not(test))]\nfn c() {}\n\
            #[cfg(test)]\nmod more;\n#[cfg(all(test, unix))]\nfn d() {\n}";
        assert_eq!(tested(&tokens(source)), [2..=6, 9..=10, 11..=13]);
    }
}
