//! Charts as the server draws them: SVG with its sentence above and its figures in a table below.
//!
//! Owns scale, geometry and markup, in integers. Never chooses what to show: sentence, names and slots come from the
//! page.

mod bar;
mod line;
mod scale;

pub use bar::OutcomeBar;
pub use line::{LineChart, Mark, Series};
