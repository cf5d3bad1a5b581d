//! The performance budget as `budget.yaml` says it: what is measured, and what was hoped for.

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::Value;

use super::Measured;

const BUDGET: &str = include_str!("budget.yaml");

/// Rows that run in turns, so many times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// How many times.
    pub turns: usize,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One run of the bench.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Name of the run.
    pub key: String,
    /// What it measures; empty where it is a point of a plot.
    #[serde(default)]
    pub what: String,
    arguments: String,
    /// What was hoped for.
    #[serde(default)]
    pub goals: Vec<Goal>,
    /// What paper said before.
    #[serde(default)]
    pub napkin: String,
    /// Where a goal is not met: what stands in the way, and what would be needed.
    #[serde(default)]
    pub otherwise: String,
}

/// One hope.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// What it is of, with its unit.
    pub of: String,
    figure: String,
    /// Row and figure that it is divided by.
    by: Option<(String, String)>,
    least: Option<f64>,
    most: Option<f64>,
}

/// What a figure should be.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// This or more.
    Least(f64),
    /// This or less.
    Most(f64),
}

impl Bound {
    /// Whether a figure is as hoped for.
    pub fn is_met(self, value: f64) -> bool {
        self.share(value) >= 1.0
    }

    /// How much of the hope is reached: 1 or more where it is met.
    pub fn share(self, value: f64) -> f64 {
        match self {
            Self::Least(least) => value / least,
            Self::Most(most) => most / value,
        }
    }
}

impl Goal {
    /// What the figure should be.
    pub fn bound(&self) -> Bound {
        self.least.map_or_else(|| Bound::Most(self.most.unwrap_or_default()), Bound::Least)
    }

    /// The figure, if its runs are there.
    pub fn value(&self, row: &Row, measured: &Measured) -> Option<f64> {
        let figure = |key: &str, name: &str| measured.get(key)?.get(name)?.as_f64();
        let own = figure(&row.key, &self.figure)?;
        match &self.by {
            Some((key, name)) => Some(own / figure(key, name)?),
            None => Some(own),
        }
    }
}

impl Row {
    /// The arguments; `HALF:ROW` stands for half of what another row came to.
    ///
    /// # Errors
    /// When that row was not measured.
    pub fn arguments(&self, measured: &Measured) -> anyhow::Result<Vec<String>> {
        let argument = |word: &str| {
            let Some(key) = word.strip_prefix("HALF:") else { return Ok(word.to_owned()) };
            let whole = measured.get(key).and_then(|row| row.get("throughput_per_s")).and_then(Value::as_f64);
            Ok(format!("{:.0}", whole.with_context(|| format!("{key} was not measured"))? / 2.0))
        };
        self.arguments.split_whitespace().map(argument).collect()
    }
}

/// Every row, in groups that run in turns.
///
/// # Errors
/// When the budget cannot be read.
pub fn groups() -> anyhow::Result<Vec<Group>> {
    serde_saphyr::from_str(BUDGET).context("budget.yaml cannot be read")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows() -> Vec<Row> {
        groups().unwrap().into_iter().flat_map(|group| group.rows).collect()
    }

    #[test]
    fn every_goal_has_one_side_and_rows_that_it_rests_on() {
        let rows = rows();
        let keys: std::collections::BTreeSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys.len(), rows.len(), "each key once");
        for (row, goal) in rows.iter().flat_map(|row| row.goals.iter().map(move |goal| (row, goal))) {
            assert!(goal.least.is_some() != goal.most.is_some(), "{}: {}", row.key, goal.of);
            assert!(goal.by.as_ref().is_none_or(|(key, _)| keys.contains(key.as_str())), "{}", row.key);
            assert!(!row.napkin.is_empty() && !row.otherwise.is_empty(), "{}", row.key);
        }
    }

    #[test]
    fn half_of_a_row_is_asked_for_in_a_later_group() {
        let mut measured = Measured::new();
        for group in groups().unwrap() {
            for row in &group.rows {
                row.arguments(&measured).unwrap();
            }
            let done = group.rows.iter().map(|row| (row.key.clone(), json!({"throughput_per_s": 2.0})));
            measured.extend(done);
        }
    }

    #[test]
    fn a_goal_is_met_on_its_own_side() {
        assert!(Bound::Least(2.0).is_met(2.0) && !Bound::Least(2.0).is_met(1.9));
        assert!(Bound::Most(2.0).is_met(2.0) && !Bound::Most(2.0).is_met(2.1));
        assert_eq!((Bound::Least(4.0).share(2.0), Bound::Most(2.0).share(4.0)), (0.5, 0.5));
    }

    #[test]
    fn half_of_a_row_is_half_of_what_it_came_to() {
        let rows = rows();
        let half = rows.iter().find(|row| row.key == "transfers_half").unwrap();
        let measured = Measured::from([("transfers".to_owned(), json!({"throughput_per_s": 700_002.0}))]);
        assert_eq!(half.arguments(&measured).unwrap().last().map(String::as_str), Some("350001"));
        assert!(half.arguments(&Measured::new()).is_err());
    }
}
