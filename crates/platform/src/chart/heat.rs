//! A grid of cells whose depth of colour says how much: places by hour, areas by area. Numbers that stand for too few
//! people are hidden and say so with a sign, not with a pale colour.

use askama::Template;

use super::scale::hundredths;
use crate::i18n::{Format, Language, Texts};
use crate::web::Html;

/// Height of a row and of the heading, in pixels.
const ROW: i64 = 34;
const HEAD: i64 = 24;

/// Share of the width that the rows' names take, in hundredths of a per cent.
const NAMES: i64 = 1_900;

/// Depths of colour.
const DEPTHS: i64 = 5;

/// A figure in a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is known, or nothing can be.
    Empty,
    /// So many.
    Value(i64),
    /// A figure that stands for too few people.
    Hidden,
}

impl Cell {
    pub(super) fn text(self, format: Format, hidden: &str) -> String {
        match self {
            Self::Empty => "\u{2013}".into(),
            Self::Value(value) => format.number(value),
            Self::Hidden => hidden.to_owned(),
        }
    }

    /// The depth of colour, 1 to 5, of a figure against the highest; 0 where there is none.
    pub(super) fn depth(self, highest: i64) -> i64 {
        match self {
            Self::Value(value) if value > 0 => ((value * DEPTHS).div_euclid(highest.max(1))
                + i64::from(value * DEPTHS % highest.max(1) != 0))
            .clamp(1, DEPTHS),
            _ => 0,
        }
    }
}

/// A row of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatRow {
    /// Its name.
    pub name: String,
    /// One cell per column.
    pub cells: Vec<Cell>,
}

/// Sums of a grid, for its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// What they are called.
    pub name: String,
    /// One per row.
    pub rows: Vec<Cell>,
    /// One per column, then that of everything.
    pub columns: Vec<Cell>,
}

/// A heat grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatGrid {
    /// Unique on its page.
    pub id: String,
    /// A sentence that says what to see.
    pub caption: String,
    /// What is counted: `orang per jam`.
    pub unit: String,
    /// Name of the rows.
    pub row_column: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Every so many columns one is named; 0 counts as 1.
    pub every: usize,
    /// The rows.
    pub rows: Vec<HeatRow>,
    /// Sums in the table below.
    pub totals: Option<Totals>,
    /// Whether cells show their figures, where there is room for them.
    pub with_figures: bool,
}

struct Square {
    x: String,
    middle: String,
    width: String,
    y: i64,
    text_y: i64,
    depth: i64,
    text: String,
    is_hidden: bool,
}

struct Text {
    x: String,
    y: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "chart_heat.html")]
struct Drawing<'a> {
    grid: &'a HeatGrid,
    rows_summary: String,
    hidden_text: String,
    has_hidden: bool,
    height: i64,
    heads: Vec<Text>,
    names: Vec<Text>,
    squares: Vec<Square>,
    legend: Vec<(i64, String)>,
    rows: Vec<HeatRow>,
    format: Format,
}

impl HeatGrid {
    /// The grid as markup.
    #[must_use]
    pub fn render(&self, language: Language) -> Html {
        super::rendered(&self.drawing(language))
    }

    fn drawing(&self, language: Language) -> Drawing<'_> {
        let format = Format(language);
        let cells = || self.rows.iter().flat_map(|row| row.cells.iter().copied());
        let highest = highest(cells());
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let name = |(index, row): (usize, &HeatRow)| Text {
            x: "0".into(),
            y: HEAD + whole(index) * ROW + 21,
            text: row.name.clone(),
        };
        Drawing {
            grid: self,
            rows_summary: Texts::platform().get(language, "platform-chart-rows"),
            has_hidden: cells().any(|cell| cell == Cell::Hidden),
            height: HEAD + whole(self.rows.len()) * ROW,
            heads: self.heads(),
            names: self.rows.iter().enumerate().map(name).collect(),
            squares: self.squares(highest, format),
            legend: legend(highest, format),
            rows: self.table(),
            hidden_text: Texts::platform().get(language, "platform-chart-hidden"),
            format,
        }
    }

    /// The rows of the table, with sums where there are any.
    fn table(&self) -> Vec<HeatRow> {
        let sum = |index: usize| self.totals.as_ref().and_then(|totals| totals.rows.get(index));
        let row = |(index, row): (usize, &HeatRow)| HeatRow {
            name: row.name.clone(),
            cells: row.cells.iter().chain(sum(index)).copied().collect(),
        };
        let sums = self
            .totals
            .iter()
            .map(|totals| HeatRow { name: totals.name.clone(), cells: totals.columns.clone() });
        self.rows.iter().enumerate().map(row).chain(sums).collect()
    }

    /// Hundredths of a per cent from the left to the beginning of a column.
    fn left(&self, column: usize) -> i64 {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        NAMES + (10_000 - NAMES) * whole(column) / whole(self.columns.len().max(1))
    }

    fn middle(&self, column: usize) -> String {
        hundredths((self.left(column) + self.left(column + 1)) / 2)
    }

    fn heads(&self) -> Vec<Text> {
        let head = |(column, name): (usize, &String)| Text {
            x: self.middle(column),
            y: HEAD - 8,
            text: name.clone(),
        };
        self.columns.iter().enumerate().step_by(self.every.max(1)).map(head).collect()
    }

    fn squares(&self, highest: i64, format: Format) -> Vec<Square> {
        let mut squares = Vec::new();
        for (row, line) in (0i64..).zip(&self.rows) {
            for (column, cell) in line.cells.iter().enumerate().take(self.columns.len()) {
                let (left, right) = (self.left(column), self.left(column + 1));
                let figure = matches!(cell, Cell::Value(value) if *value > 0) && self.with_figures;
                squares.push(Square {
                    x: hundredths(left),
                    middle: self.middle(column),
                    width: hundredths(right - left - 20),
                    y: HEAD + row * ROW,
                    text_y: HEAD + row * ROW + 21,
                    depth: cell.depth(highest),
                    text: if figure { cell.text(format, "") } else { String::new() },
                    is_hidden: *cell == Cell::Hidden,
                });
            }
        }
        squares
    }
}

pub(super) fn highest(cells: impl Iterator<Item = Cell>) -> i64 {
    let value = |cell| match cell {
        Cell::Value(value) => Some(value),
        Cell::Empty | Cell::Hidden => None,
    };
    cells.filter_map(value).max().unwrap_or(0)
}

/// What each depth stands for: from, to.
pub(super) fn legend(highest: i64, format: Format) -> Vec<(i64, String)> {
    let bound = |depth: i64| highest * depth / DEPTHS;
    let part = |depth: i64| {
        let (from, to) = (bound(depth - 1) + 1, bound(depth));
        let text = if from >= to {
            format.number(to)
        } else {
            format!("{}\u{2013}{}", format.number(from), format.number(to))
        };
        (depth, text)
    };
    if highest < DEPTHS { Vec::new() } else { (1..=DEPTHS).map(part).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> HeatGrid {
        let row = |name: &str, cells: [Cell; 3]| HeatRow { name: name.into(), cells: cells.to_vec() };
        HeatGrid {
            id: "g1".into(),
            caption: "Paling banyak dari Selatan ke Pusat.".into(),
            unit: "perjalanan per hari".into(),
            row_column: "Dari".into(),
            columns: ["Pusat", "Utara", "Selatan"].map(Into::into).to_vec(),
            every: 1,
            rows: vec![
                row("Pusat", [Cell::Value(100), Cell::Value(20), Cell::Value(21)]),
                row("Utara", [Cell::Hidden, Cell::Empty, Cell::Value(0)]),
            ],
            totals: Some(Totals {
                name: "Jumlah".into(),
                rows: vec![Cell::Value(141), Cell::Hidden],
                columns: vec![Cell::Value(103), Cell::Hidden, Cell::Value(21), Cell::Value(144)],
            }),
            with_figures: true,
        }
    }

    #[test]
    fn a_grid_has_figures_signs_for_hidden_ones_a_key_and_a_table() {
        insta::assert_snapshot!(grid().render(Language::Indonesian));
    }

    #[test]
    fn depth_grows_with_the_figure_and_each_is_in_its_part_of_the_key() {
        let depth = |value| Cell::Value(value).depth(100);
        assert_eq!([0, 1, 20, 21, 100].map(depth), [0, 1, 1, 2, 5]);
        assert_eq!(Cell::Hidden.depth(100), 0);
        let format = Format(Language::Indonesian);
        let texts: Vec<String> = legend(100, format).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["1–20", "21–40", "41–60", "61–80", "81–100"]);
        assert!(legend(3, format).is_empty());
    }
}
