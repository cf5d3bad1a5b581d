//! How a medium passes a gate: which end of a journey or visit, how far, and who comes along.
//!
//! Owns the optional facts of asks and taps, and their place in a terminal's chain. Never judges them: the engine does.

use base::{Code, Timestamp};
use engine::{Member, Movement, Part};

/// What a terminal may say beside place and time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// Which end of a journey or visit.
    pub part: Part,
    /// For a tap-out: metres travelled, where the terminal knows them.
    pub metres: Option<u32>,
    /// Everybody on the medium, the holder included; empty for the holder alone.
    pub party: Vec<Member>,
}

impl Passage {
    /// The movement at a place and time.
    #[must_use]
    pub fn movement(&self, place: Code, line: Option<Code>, device_at: Timestamp) -> Movement {
        let Self { part, metres, party } = self;
        Movement { place, line, device_at, part: *part, metres: *metres, party: party.clone() }
    }

    /// What the passage adds to a tap's text in the chain: nothing where nothing is said, so that chains from before
    /// passages were known stay what they are; else `|part|metres|category:count,category:count`.
    #[must_use]
    pub fn chain_text(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let metres = self.metres.map(|metres| metres.to_string()).unwrap_or_default();
        format!("|{}|{metres}|{}", part_name(self.part), party_text(&self.party))
    }
}

/// Name of a part on the wire and in tables.
#[must_use]
pub const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Single => "single",
        Part::In => "in",
        Part::Out => "out",
    }
}

/// A party as text: `adult:1,child:2`.
#[must_use]
pub fn party_text(party: &[Member]) -> String {
    let members: Vec<String> =
        party.iter().map(|member| format!("{}:{}", member.category, member.count)).collect();
    members.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_is_in_the_chain_only_where_something_is_said() {
        let code = |text: &str| Code::parse(text).unwrap();
        assert_eq!(Passage::default().chain_text(), "");
        let out = Passage { part: Part::Out, metres: Some(12_000), party: Vec::new() };
        assert_eq!(out.chain_text(), "|out|12000|");
        let party =
            vec![Member { category: code("adult"), count: 1 }, Member { category: code("child"), count: 2 }];
        let entry = Passage { part: Part::In, metres: None, party };
        assert_eq!(entry.chain_text(), "|in||adult:1,child:2");
    }
}
