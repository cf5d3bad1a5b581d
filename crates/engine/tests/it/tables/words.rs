//! The words of a line, taken one by one or by the keyword before them.

/// Words not yet used.
pub struct Words<'a>(Vec<&'a str>);

impl<'a> Words<'a> {
    /// The words of a line.
    pub fn of(line: &'a str) -> Self {
        Self(line.split_whitespace().collect())
    }

    /// The next word.
    pub fn next(&mut self) -> Result<&'a str, String> {
        if self.0.is_empty() { Err("a word is missing at the end".to_owned()) } else { Ok(self.0.remove(0)) }
    }

    /// Whether the next words are these; takes them if so.
    pub fn take(&mut self, text: &str) -> bool {
        let wanted: Vec<&str> = text.split_whitespace().collect();
        let found = self.0.starts_with(&wanted);
        if found {
            self.0.drain(..wanted.len());
        }
        found
    }

    /// Takes a keyword with the word after it, wherever they stand.
    pub fn value(&mut self, keyword: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|word| *word == keyword)?;
        let value = self.0.get(place + 1).copied()?;
        self.0.drain(place..=place + 1);
        Some(value)
    }

    /// As [`Words::value`], for a keyword that must be there.
    pub fn must(&mut self, keyword: &str) -> Result<&'a str, String> {
        self.value(keyword).ok_or_else(|| format!("`{keyword} …` is missing"))
    }

    /// Takes a word that may stand anywhere.
    pub fn flag(&mut self, word: &str) -> bool {
        let place = self.0.iter().position(|other| *other == word);
        place.map(|place| self.0.remove(place)).is_some()
    }

    /// All remaining words, cut at a separator.
    pub fn split(&mut self, separator: &str) -> Vec<Words<'a>> {
        let all = std::mem::take(&mut self.0);
        all.split(|word| *word == separator).map(|part| Words(part.to_vec())).collect()
    }

    /// All remaining words as one text.
    pub fn rest(&mut self) -> String {
        std::mem::take(&mut self.0).join(" ")
    }

    /// Whether no word is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left over.
    pub fn done(&self) -> Result<(), String> {
        if self.is_empty() { Ok(()) } else { Err(format!("nobody understands `{}`", self.0.join(" "))) }
    }
}

/// A whole number.
pub fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is no number that fits here"))
}

/// `MediumBlocked` as `medium_blocked`: the names people know.
pub fn snake(name: &impl std::fmt::Debug) -> String {
    let mut out = String::new();
    for letter in format!("{name:?}").chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}
