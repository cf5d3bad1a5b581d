//! Bars that lie: the longest first, each with its name and figure in the same row, so that picture and table are one.

use askama::Template;

use super::scale::{hundredths, share_in_tenths};
use crate::i18n::{Format, Language};
use crate::web::Html;

/// A bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedBar {
    /// Its name.
    pub name: String,
    /// A second line under the name.
    pub note: String,
    /// The figure, not negative.
    pub value: i64,
}

/// Ranked bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedBars {
    /// Unique on its page.
    pub id: String,
    /// A sentence that says what to see.
    pub caption: String,
    /// Heading of the names.
    pub name_column: String,
    /// Heading of the figures, with their unit.
    pub value_column: String,
    /// The bars, in order.
    pub bars: Vec<RankedBar>,
}

struct Line<'a> {
    bar: &'a RankedBar,
    width: String,
    value: String,
}

#[derive(Template)]
#[template(path = "chart_ranked.html")]
struct Drawing<'a> {
    chart: &'a RankedBars,
    lines: Vec<Line<'a>>,
}

impl RankedBars {
    /// The bars as markup.
    #[must_use]
    pub fn render(&self, language: Language) -> Html {
        let format = Format(language);
        let highest = self.bars.iter().map(|bar| bar.value).max().unwrap_or(0);
        let mut lines = Vec::with_capacity(self.bars.len());
        for bar in &self.bars {
            let width = share_in_tenths(bar.value.max(0), highest, 1_000);
            lines.push(Line { bar, width: hundredths(width), value: format.number(bar.value) });
        }
        super::rendered(&Drawing { chart: self, lines })
    }
}

/// One bar in a table's cell; the cell beside it says the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShareBar {
    /// How much.
    pub value: i64,
    /// What fills the whole width.
    pub whole: i64,
}

impl ShareBar {
    /// The bar as markup, hidden from readers, because the row's cells hold its number.
    #[must_use]
    pub fn render(self) -> Html {
        let width = hundredths(share_in_tenths(self.value.clamp(0, self.whole.max(0)), self.whole, 1_000));
        let markup = format!(
            r#"<svg class="bar" aria-hidden="true"><rect class="b1" x="0" width="{width}%" height="14"/></svg>"#
        );
        Html::of_escaped(markup)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_in_a_cell_takes_its_share() {
        assert!(ShareBar { value: 1, whole: 4 }.render().as_str().contains(r#"width="25.00%""#));
        assert!(ShareBar { value: 3, whole: 0 }.render().as_str().contains(r#"width="0.00%""#));
    }

    #[test]
    fn the_longest_bar_takes_the_whole_width_and_every_row_has_its_figure() {
        let bar = |name: &str, value| RankedBar { name: name.into(), note: "2 kota".into(), value };
        let chart = RankedBars {
            id: "g1".into(),
            caption: "Terbanyak dari Selatan ke Pusat.".into(),
            name_column: "Dari dan ke".into(),
            value_column: "Perjalanan".into(),
            bars: vec![bar("Selatan ke Pusat", 1_200), bar("Barat ke Pusat", 300)],
        };
        insta::assert_snapshot!(chart.render(Language::Indonesian));
    }
}
