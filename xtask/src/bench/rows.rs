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
    /// Whether it writes to the disk, whose quickness is then part of its figures.
    #[serde(default = "yes")]
    pub writes: bool,
    /// The figure that is shown where there is no goal, and by which runs are put in order.
    #[serde(default)]
    pub shown: Shown,
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

/// A figure with its unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Its name.
    pub figure: String,
    /// What it is of, with its unit.
    pub of: String,
}

impl Default for Shown {
    fn default() -> Self {
        Self { figure: "throughput_per_s".to_owned(), of: "per s".to_owned() }
    }
}

const fn yes() -> bool {
    true
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

impl Group {
    /// The rows whose key begins so. Where rows run in turns all of them are wanted: a ratio is of one run.
    pub fn wanted(&self, only: Option<&str>) -> Vec<&Row> {
        let is_wanted = |row: &&Row| only.is_none_or(|only| row.key.starts_with(only));
        if self.turns > 1 && self.rows.iter().any(|row| is_wanted(&row)) {
            return self.rows.iter().collect();
        }
        self.rows.iter().filter(is_wanted).collect()
    }
}

impl Goal {
    /// What the figure should be.
    pub fn bound(&self) -> Bound {
        self.least.map_or_else(|| Bound::Most(self.most.unwrap_or_default()), Bound::Least)
    }

    /// The rows that its figure is of: its own, and the one that it is divided by.
    pub fn rows<'a>(&'a self, row: &'a Row) -> impl Iterator<Item = &'a str> {
        std::iter::once(row.key.as_str()).chain(self.by.as_ref().map(|(key, _)| key.as_str()))
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
    fn a_ratio_is_of_rows_that_ran_in_turns() {
        for group in groups().unwrap() {
            for (row, goal) in group.rows.iter().flat_map(|row| row.goals.iter().map(move |goal| (row, goal)))
            {
                let together = goal.rows(row).all(|key| group.rows.iter().any(|row| row.key == key));
                assert!(together && (goal.by.is_none() || group.turns > 1), "{}: {}", row.key, goal.of);
            }
        }
    }

    #[test]
    fn a_row_is_measured_again_with_those_that_it_is_compared_with() {
        let again = |only: &str| -> Vec<String> {
            let groups = groups().unwrap();
            let wanted = groups.iter().flat_map(|group| group.wanted(Some(only)));
            wanted.map(|row| row.key.clone()).collect()
        };
        assert_eq!(again("recipients"), ["recipients", "peer_aid"]);
        assert_eq!(again("restart"), ["restart"]);
        assert_eq!(again("nothing"), Vec::<String>::new());
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
