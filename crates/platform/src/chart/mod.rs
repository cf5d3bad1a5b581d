//! Charts as the server draws them: SVG with its sentence above and its figures in a table below.
//!
//! Owns scale, geometry and markup, in integers. Never chooses what to show: sentence, names and slots come from the
//! page.

mod bar;
mod bars;
mod heat;
mod line;
mod ranked;
mod scale;
mod tiles;

use askama::Template;

pub use bar::OutcomeBar;
pub use bars::BarChart;
pub use heat::{Cell, HeatGrid, HeatRow, Totals};
pub use line::{LineChart, Mark, Series};
pub use ranked::{RankedBar, RankedBars, ShareBar};
pub use tiles::{Tile, TileGrid};

use crate::i18n::{Format, Texts};
use crate::web::Html;

/// A row of a chart's table.
struct Row {
    name: String,
    cells: Vec<String>,
}

/// The rows of one or two series, every so many slots.
fn series_rows(
    slots: &[String],
    main: &Series,
    past: Option<&Series>,
    every: usize,
    format: Format,
) -> Vec<Row> {
    let not_yet = Texts::platform().get(format.0, "platform-chart-not-yet");
    let cell = |series: &Series, slot: usize| {
        let value = series.values.get(slot).copied().flatten();
        value.map_or_else(|| not_yet.clone(), |value| format.number(value))
    };
    let row = |(slot, name): (usize, &String)| Row {
        name: name.clone(),
        cells: std::iter::once(main).chain(past).map(|series| cell(series, slot)).collect(),
    };
    slots.iter().enumerate().step_by(every.max(1)).map(row).collect()
}

/// A drawing as markup; nothing where its template fails, which a test of each rules out.
fn rendered(drawing: &impl Template) -> Html {
    match drawing.render() {
        Ok(markup) => Html::of_escaped(markup),
        Err(error) => {
            tracing::error!(%error, "a chart cannot be rendered");
            Html::default()
        }
    }
}
