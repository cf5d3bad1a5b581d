//! Upright bars over evenly spaced slots: this day's filled, the day to compare with as an outline behind it. Also for
//! histograms, which have no comparison.

use askama::Template;

use super::scale::{STEPS, hundredths, share_in_tenths, step_for};
use super::{Row, Series};
use crate::i18n::{Format, Language, Texts};
use crate::web::Html;

/// Top of the plot and its height, in pixels.
const TOP: i64 = 24;
const HEIGHT: i64 = 200;

/// Of a slot's width, in hundredths: what a bar takes, and what the outline behind it takes.
const BAR: i64 = 62;
const OUTLINE: i64 = 88;

/// So many slots leave room for their names.
const FEW_SLOTS: usize = 7;

/// A bar chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarChart {
    /// Unique on its page.
    pub id: String,
    /// A sentence that says what to see.
    pub caption: String,
    /// What is counted: `orang per jam`.
    pub unit: String,
    /// Name of the slots' column: `Pukul (WIB)`.
    pub slot_column: String,
    /// The slots' names in order.
    pub slots: Vec<String>,
    /// Every so many slots one is named below the axis; 0 counts as 1.
    pub every: usize,
    /// The filled bars; its label names them in the key.
    pub main: Series,
    /// The outlines to compare with.
    pub past: Option<Series>,
    /// A slot worth naming in the plot, with what to write above its bar.
    pub mark: Option<(usize, String)>,
}

struct Bar {
    x: String,
    width: String,
    y: i64,
    height: i64,
}

struct Text {
    x: String,
    y: i64,
    anchor: &'static str,
    text: String,
}

/// A number of the scale, in the margin to the left of the plot.
struct Scale {
    y: i64,
    text: String,
}

#[derive(Template)]
#[template(path = "chart_bars.html")]
struct Drawing<'a> {
    chart: &'a BarChart,
    rows_summary: String,
    grid: Vec<Scale>,
    lines: Vec<i64>,
    bars: Vec<Bar>,
    outlines: Vec<Bar>,
    ticks: Vec<Text>,
    mark: Option<Text>,
    columns: Vec<&'a str>,
    rows: Vec<Row>,
}

impl BarChart {
    /// The chart as markup.
    #[must_use]
    pub fn render(&self, language: Language) -> Html {
        super::rendered(&self.drawing(language))
    }

    fn highest(&self) -> i64 {
        let past = self.past.iter().flat_map(|past| &past.values);
        self.main.values.iter().chain(past).flatten().copied().max().unwrap_or(0)
    }

    fn drawing(&self, language: Language) -> Drawing<'_> {
        let format = Format(language);
        let plane = Plane { slots: self.slots.len(), top: STEPS * step_for(self.highest()) };
        let past = self.past.as_ref();
        let values = (1..=STEPS).map(|step| plane.top / STEPS * step);
        let grid = values.map(|value| {
            let number = format.number(value);
            let text = if value == plane.top { format!("{number} {}", self.unit) } else { number };
            Scale { y: plane.pixel(value) + if value == plane.top { -6 } else { 5 }, text }
        });
        Drawing {
            chart: self,
            rows_summary: Texts::platform().get(language, "platform-chart-rows"),
            grid: grid.collect(),
            lines: (1..=STEPS).map(|step| plane.pixel(plane.top / STEPS * step)).collect(),
            bars: plane.bars(&self.main.values, BAR),
            outlines: past.map(|past| plane.bars(&past.values, OUTLINE)).unwrap_or_default(),
            ticks: plane.ticks(self),
            mark: self.mark.as_ref().and_then(|(slot, text)| plane.mark(*slot, text, &self.main.values)),
            columns: std::iter::once(&self.main).chain(past).map(|series| series.column.as_str()).collect(),
            rows: super::series_rows(&self.slots, &self.main, past, 1, format),
        }
    }
}

struct Plane {
    slots: usize,
    /// The value at the top of the plot.
    top: i64,
}

impl Plane {
    /// Hundredths of a per cent from the left to so many hundredths into a slot.
    fn along(&self, slot: usize, into: i64) -> i64 {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        share_in_tenths(whole(slot) * 100 + into, whole(self.slots.max(1)) * 100, 1_000)
    }

    fn pixel(&self, value: i64) -> i64 {
        TOP + HEIGHT - share_in_tenths(value.max(0), self.top, HEIGHT) / 10
    }

    fn bars(&self, values: &[Option<i64>], share: i64) -> Vec<Bar> {
        let inset = (100 - share) / 2;
        let bar = |(slot, value): (usize, &Option<i64>)| {
            let value = value.filter(|value| *value > 0)?;
            let (from, to) = (self.along(slot, inset), self.along(slot, 100 - inset));
            // What is there can be seen: a pixel at least.
            let y = self.pixel(value).min(TOP + HEIGHT - 1);
            Some(Bar { x: hundredths(from), width: hundredths(to - from), y, height: TOP + HEIGHT - y })
        };
        values.iter().enumerate().take(self.slots).filter_map(bar).collect()
    }

    fn ticks(&self, chart: &BarChart) -> Vec<Text> {
        // A long name under the first of many bars begins with it, so that it does not stick out.
        let starts = |slot: usize| slot == 0 && self.slots > 2 * FEW_SLOTS;
        let tick = |(slot, name): (usize, &String)| Text {
            x: hundredths(self.along(slot, if starts(slot) { (100 - BAR) / 2 } else { 50 })),
            y: TOP + HEIGHT + 22,
            anchor: if starts(slot) { "start" } else { "middle" },
            text: name.clone(),
        };
        chart.slots.iter().enumerate().step_by(chart.every.max(1)).map(tick).collect()
    }

    fn mark(&self, slot: usize, text: &str, values: &[Option<i64>]) -> Option<Text> {
        let value = values.get(slot).copied().flatten()?;
        let anchor = match slot * 5 / self.slots.max(1) {
            0 => "start",
            4.. => "end",
            _ => "middle",
        };
        let x = hundredths(self.along(slot, 50));
        Some(Text { x, y: self.pixel(value) - 8, anchor, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> BarChart {
        BarChart {
            id: "g1".into(),
            caption: "Paling ramai pukul 10.00.".into(),
            unit: "orang".into(),
            slot_column: "Pukul (WIB)".into(),
            slots: ["09.00", "10.00", "11.00", "12.00"].map(Into::into).to_vec(),
            every: 2,
            main: Series {
                column: "26 November 2026".into(),
                label: "Hari ini".into(),
                values: vec![Some(12), Some(48), Some(0), None],
            },
            past: Some(Series {
                column: "19 November 2026".into(),
                label: "Kamis lalu".into(),
                values: vec![Some(10), Some(40), Some(20), Some(1)],
            }),
            mark: Some((1, "48 orang".into())),
        }
    }

    #[test]
    fn a_day_is_drawn_before_its_comparison_with_its_table() {
        insta::assert_snapshot!(chart().render(Language::Indonesian));
    }

    #[test]
    fn names_are_escaped_and_nothing_is_drawn_of_nothing() {
        let empty = BarChart {
            caption: "<b>".into(),
            slots: Vec::new(),
            main: Series { values: Vec::new(), ..chart().main },
            past: None,
            mark: None,
            ..chart()
        };
        let markup = empty.render(Language::English).to_string();
        assert!(markup.contains("&#60;b&#62;") && !markup.contains("<rect"), "{markup}");
    }
}
