//! What a page was asked with. Browsers send any field twice or not at all; a page answers all the same.

use serde::Deserialize;

/// Fields of an address or a form, in the order sent.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// What was sent under a name, without space around it; none where that is nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let sent = self.0.iter().filter(|(other, _)| other == name);
        sent.map(|(_, value)| value.trim()).find(|value| !value.is_empty())
    }

    /// What was sent under names that begin alike, by what follows.
    pub fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.trim())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_field_that_says_something_counts() {
        let pairs = [("a", " "), ("a", " 1 "), ("a", "2"), ("b", "")];
        let fields = Fields(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        assert_eq!((fields.get("a"), fields.get("b"), fields.get("c")), (Some("1"), None, None));
    }
}
