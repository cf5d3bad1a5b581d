//! A map of equal tiles in rough geographic position: every district has the same weight for the eye, however large it is.

use askama::Template;

use super::heat::{Cell, highest, legend};
use super::scale::hundredths;
use crate::i18n::{Format, Language, Texts};
use crate::web::Html;

/// Height of a tile, in pixels.
const TILE: i64 = 66;

/// Up to so many columns a phone shows without scrolling.
const NARROW_COLUMNS_MAX: i64 = 3;

/// White between tiles: hundredths of a per cent across, pixels down.
const GAP: (i64, i64) = (30, 3);

/// A district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// From the west, 0 the first.
    pub column: u8,
    /// From the north, 0 the first.
    pub row: u8,
    /// Its name.
    pub name: String,
    /// Name of what it lies in, for the table.
    pub within: String,
    /// The figure.
    pub cell: Cell,
}

/// A tile grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TileGrid {
    /// Unique on its page.
    pub id: String,
    /// A sentence that says what to see.
    pub caption: String,
    /// What is counted: `pemegang`.
    pub unit: String,
    /// Heading of the column of names.
    pub name_column: String,
    /// Heading of the column of what they lie in.
    pub within_column: String,
    /// The tiles.
    pub tiles: Vec<Tile>,
}

struct Square<'a> {
    x: String,
    y: i64,
    width: String,
    middle: String,
    depth: i64,
    is_hidden: bool,
    /// The name on one line or two, each with its height.
    lines: Vec<(i64, &'a str)>,
    figure_y: i64,
    figure: String,
}

struct TileRow<'a> {
    tile: &'a Tile,
    figure: String,
}

#[derive(Template)]
#[template(path = "chart_tiles.html")]
struct Drawing<'a> {
    grid: &'a TileGrid,
    rows_summary: String,
    hidden_text: String,
    has_hidden: bool,
    /// Few columns fit a phone, and are no wider than they need be on a desk.
    is_narrow: bool,
    height: i64,
    inner_height: i64,
    squares: Vec<Square<'a>>,
    legend: Vec<(i64, String)>,
    rows: Vec<TileRow<'a>>,
}

impl TileGrid {
    /// The grid as markup.
    #[must_use]
    pub fn render(&self, language: Language) -> Html {
        super::rendered(&self.drawing(language))
    }

    fn drawing(&self, language: Language) -> Drawing<'_> {
        let format = Format(language);
        let hidden = Texts::platform().get(language, "platform-chart-hidden");
        let highest = highest(self.tiles.iter().map(|tile| tile.cell));
        let columns = self.tiles.iter().map(|tile| i64::from(tile.column) + 1).max().unwrap_or(1);
        let rows = self.tiles.iter().map(|tile| i64::from(tile.row) + 1).max().unwrap_or(0);
        Drawing {
            grid: self,
            rows_summary: Texts::platform().get(language, "platform-chart-rows"),
            has_hidden: self.tiles.iter().any(|tile| tile.cell == Cell::Hidden),
            is_narrow: columns <= NARROW_COLUMNS_MAX,
            height: rows * TILE,
            inner_height: TILE - GAP.1,
            squares: self.tiles.iter().map(|tile| square(tile, columns, highest, format)).collect(),
            legend: legend(highest, format),
            rows: self.tiles.iter().map(|tile| tile_row(tile, format, &hidden)).collect(),
            hidden_text: hidden,
        }
    }
}

fn tile_row<'a>(tile: &'a Tile, format: Format, hidden: &str) -> TileRow<'a> {
    TileRow { figure: tile.cell.text(format, hidden), tile }
}

fn square(tile: &Tile, columns: i64, highest: i64, format: Format) -> Square<'_> {
    let left = |column: i64| 10_000 * column / columns;
    let column = i64::from(tile.column);
    let (from, to) = (left(column), left(column + 1));
    let y = i64::from(tile.row) * TILE;
    let lines: Vec<&str> = match tile.name.split_once(' ') {
        Some((first, second)) if tile.name.len() > 10 => vec![first, second],
        _ => vec![&tile.name],
    };
    let first = y + if lines.len() > 1 { 18 } else { 24 };
    Square {
        x: hundredths(from),
        y,
        width: hundredths(to - from - GAP.0),
        middle: hundredths((from + to - GAP.0) / 2),
        depth: tile.cell.depth(highest),
        is_hidden: tile.cell == Cell::Hidden,
        lines: (0i64..).zip(lines).map(|(index, line)| (first + index * 15, line)).collect(),
        figure_y: y + 52,
        figure: if tile.cell == Cell::Hidden { String::new() } else { tile.cell.text(format, "") },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn districts_lie_where_they_are_and_small_figures_are_a_sign() {
        let tile = |column, row, name: &str, cell| Tile {
            column,
            row,
            name: name.into(),
            within: "Jakarta Pusat".into(),
            cell,
        };
        let grid = TileGrid {
            id: "g1".into(),
            caption: "Terbanyak di Gambir.".into(),
            unit: "pemegang".into(),
            name_column: "Kecamatan".into(),
            within_column: "Kota".into(),
            tiles: vec![
                tile(0, 0, "Gambir", Cell::Value(120)),
                tile(1, 0, "Tanah Abang", Cell::Hidden),
                tile(1, 1, "Menteng", Cell::Value(0)),
            ],
        };
        insta::assert_snapshot!(grid.render(Language::Indonesian));
    }
}
