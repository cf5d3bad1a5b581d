//! The line chart: today's thick line, the past dashed, both named in the plot, and the same figures as a table.

use askama::Template;

use super::Row;
use super::scale::{STEPS, share_in_tenths, step_for, tenths};
use crate::i18n::{Format, Language, Texts};
use crate::web::Html;

/// Top of the plot and its height, in pixels of the outer drawing.
const TOP: i64 = 24;
const HEIGHT: i64 = 240;

/// The inner drawing's own measures; it is stretched to the plot.
const INNER_WIDTH: i64 = 1_000;
const INNER_HEIGHT: i64 = 200;

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its column in the table: `24 November 2026`.
    pub column: String,
    /// Its name in the plot: `2.418 hari ini`.
    pub label: String,
    /// One value per slot, not negative; `None` where there is none yet.
    pub values: Vec<Option<i64>>,
}

/// A moment worth a dotted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The slot.
    pub slot: usize,
    /// What happened there.
    pub label: String,
}

/// A line chart of one or two lines over evenly spaced slots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChart {
    /// Unique on its page.
    pub id: String,
    /// A sentence that says what to see.
    pub caption: String,
    /// What is counted: `tap per menit`.
    pub unit: String,
    /// Name of the slots' column: `Pukul (WIB)`.
    pub slot_column: String,
    /// The slots' names in order: `05.00`, `05.05`, …
    pub slots: Vec<String>,
    /// Every so many slots one is named below the axis; 0 counts as 1.
    pub every: usize,
    /// Every so many slots one has a row in the table; 0 counts as 1.
    pub rows_every: usize,
    /// Today's line.
    pub main: Series,
    /// The line to compare with.
    pub past: Option<Series>,
    /// A moment worth naming.
    pub mark: Option<Mark>,
}

impl LineChart {
    /// The chart as markup.
    #[must_use]
    pub fn render(&self, language: Language) -> Html {
        super::rendered(&Drawing::of(self, language))
    }

    fn highest(&self) -> i64 {
        let past = self.past.iter().flat_map(|past| &past.values);
        self.main.values.iter().chain(past).flatten().copied().max().unwrap_or(0)
    }
}

/// A text at a place of the outer drawing: x in per cent, y in pixels.
struct Label {
    x: String,
    y: i64,
    anchor: &'static str,
    text: String,
}

struct GridLine {
    y: i64,
    label_y: i64,
    text: String,
}

struct Dot {
    x: String,
    y: i64,
}

/// Everything the template writes, computed.
#[derive(Template)]
#[template(path = "chart_line.html")]
struct Drawing<'a> {
    chart: &'a LineChart,
    rows_summary: String,
    grid: Vec<GridLine>,
    past_lines: Vec<String>,
    main_lines: Vec<String>,
    dot: Option<Dot>,
    main_label: Option<Label>,
    past_label: Option<Label>,
    mark_place: Option<String>,
    mark_label: Option<Label>,
    ticks: Vec<Label>,
    columns: Vec<&'a str>,
    rows: Vec<Row>,
}

impl<'a> Drawing<'a> {
    fn of(chart: &'a LineChart, language: Language) -> Self {
        let plane =
            Plane { last: chart.slots.len().saturating_sub(1), top: STEPS * step_for(chart.highest()) };
        let format = Format(language);
        let last = chart.main.values.iter().rposition(Option::is_some);
        let dot = last.and_then(|slot| plane.dot(slot, &chart.main));
        let past = chart.past.as_ref();
        Self {
            chart,
            rows_summary: Texts::platform().get(language, "platform-chart-rows"),
            grid: plane.grid(&chart.unit, format),
            past_lines: past.map(|past| plane.lines(&past.values)).unwrap_or_default(),
            main_lines: plane.lines(&chart.main.values),
            main_label: last
                .zip(dot.as_ref())
                .map(|(slot, dot)| plane.label_at_dot(slot, dot, &chart.main.label)),
            past_label: past.and_then(|past| plane.label_of_past(past, last)),
            mark_place: chart.mark.as_ref().map(|mark| plane.percent(mark.slot)),
            mark_label: chart.mark.as_ref().map(|mark| plane.label_of_mark(mark)),
            dot,
            ticks: plane.ticks(chart),
            columns: std::iter::once(chart.main.column.as_str())
                .chain(past.map(|past| past.column.as_str()))
                .collect(),
            rows: super::series_rows(&chart.slots, &chart.main, past, chart.rows_every, format),
        }
    }
}

/// From slots and values to places.
struct Plane {
    /// The last slot.
    last: usize,
    /// The value at the top of the plot.
    top: i64,
}

impl Plane {
    /// How far along a slot is, in tenths of `length`.
    fn along(&self, slot: usize, length: i64) -> i64 {
        let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        share_in_tenths(whole(slot), whole(self.last.max(1)), length)
    }

    fn percent(&self, slot: usize) -> String {
        format!("{}%", tenths(self.along(slot, 100)))
    }

    /// Pixels from the top of the outer drawing.
    fn pixel(&self, value: i64) -> i64 {
        TOP + HEIGHT - share_in_tenths(value.max(0), self.top, HEIGHT) / 10
    }

    /// The points of a line in the inner drawing; a new line after each gap.
    fn lines(&self, values: &[Option<i64>]) -> Vec<String> {
        let mut lines: Vec<Vec<String>> = vec![Vec::new()];
        for (slot, value) in values.iter().enumerate().take(self.last + 1) {
            match (value, lines.last_mut()) {
                (Some(value), Some(line)) => {
                    let down = INNER_HEIGHT * 10 - share_in_tenths((*value).max(0), self.top, INNER_HEIGHT);
                    line.push(format!("{},{}", tenths(self.along(slot, INNER_WIDTH)), tenths(down)));
                }
                _ => lines.push(Vec::new()),
            }
        }
        lines.into_iter().filter(|line| line.len() > 1).map(|line| line.join(" ")).collect()
    }

    fn grid(&self, unit: &str, format: Format) -> Vec<GridLine> {
        let line = |step: i64| {
            let value = self.top / STEPS * step;
            let y = self.pixel(value);
            let number = format.number(value);
            let text = if step == STEPS { format!("{number} {unit}") } else { number };
            GridLine { y, label_y: y - 6, text }
        };
        (1..=STEPS).map(line).collect()
    }

    fn dot(&self, slot: usize, series: &Series) -> Option<Dot> {
        let value = series.values.get(slot).copied().flatten()?;
        Some(Dot { x: self.percent(slot), y: self.pixel(value) })
    }

    /// Beside the dot: to its right while there is room, else to its left.
    fn label_at_dot(&self, slot: usize, dot: &Dot, text: &str) -> Label {
        let x = self.along(slot, 100);
        let (x, anchor) = if x > 750 { (x - 14, "end") } else { (x + 14, "start") };
        Label { x: format!("{}%", tenths(x)), y: dot.y - 10, anchor, text: text.to_owned() }
    }

    /// Below the dashed line: near its end, or further back where today's dot and its name are.
    fn label_of_past(&self, past: &Series, dot: Option<usize>) -> Option<Label> {
        let known = past.values.iter().take(self.last + 1).rposition(Option::is_some)?;
        let clear = |slot: &usize| dot.is_none_or(|dot| slot.abs_diff(dot) * 4 >= self.last);
        let end = known - known / 12;
        let slot = [end, known / 2, known / 5].into_iter().find(clear).unwrap_or(end);
        let value = past.values.get(slot).copied().flatten()?;
        let y = (self.pixel(value) + 18).min(TOP + HEIGHT - 8);
        let anchor = if slot == end { "end" } else { "middle" };
        Some(Label { x: self.percent(slot), y, anchor, text: past.label.clone() })
    }

    fn label_of_mark(&self, mark: &Mark) -> Label {
        let x = self.along(mark.slot, 100);
        let (x, anchor) = if x < 250 { (x + 8, "start") } else { (x - 8, "end") };
        Label { x: format!("{}%", tenths(x)), y: 48, anchor, text: mark.label.clone() }
    }

    fn ticks(&self, chart: &LineChart) -> Vec<Label> {
        let label = |(slot, name): (usize, &String)| Label {
            x: self.percent(slot),
            y: TOP + HEIGHT + 22,
            anchor: match slot {
                0 => "start",
                slot if slot == self.last => "end",
                _ => "middle",
            },
            text: name.clone(),
        };
        chart.slots.iter().enumerate().step_by(chart.every.max(1)).map(label).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> LineChart {
        let slots: Vec<String> = (0..9).map(|n| format!("{:02}.{:02}", 5 + n / 2, n % 2 * 30)).collect();
        let today = [216, 296, 629, 1_417, 2_218, 2_418].map(Some).into_iter().chain([None; 3]).collect();
        let past = [203, 280, 594, 1_387, 2_070, 2_373, 2_400, 1_748, 1_038].map(Some).to_vec();
        LineChart {
            id: "g1".into(),
            caption: "Pukul 07.30 ada 2.418 tap per menit.".into(),
            unit: "tap per menit".into(),
            slot_column: "Pukul (WIB)".into(),
            slots,
            every: 2,
            rows_every: 2,
            main: Series { column: "24 November 2026".into(), label: "2.418 hari ini".into(), values: today },
            past: Some(Series {
                column: "17 November 2026".into(),
                label: "Selasa lalu".into(),
                values: past,
            }),
            mark: Some(Mark { slot: 4, label: "tarif pagi berakhir 07.00".into() }),
        }
    }

    #[test]
    fn a_morning_is_drawn_with_its_comparison_its_mark_and_its_table() {
        insta::assert_snapshot!(chart().render(Language::Indonesian));
    }

    #[test]
    fn names_are_escaped_and_an_empty_chart_still_has_axis_and_table() {
        let mut chart = chart();
        chart.caption = "<script>alert(1)</script>".into();
        chart.main.label = "a & b".into();
        let markup = chart.render(Language::English).to_string();
        assert!(!markup.contains("<script>") && markup.contains("a &#38; b"), "{markup}");
        let empty = LineChart {
            slots: Vec::new(),
            main: Series { values: Vec::new(), ..chart.main.clone() },
            past: None,
            mark: None,
            ..chart
        };
        let markup = empty.render(Language::English).to_string();
        assert!(markup.contains("class=\"axis\"") && !markup.contains("polyline"));
    }

    #[test]
    fn a_gap_breaks_the_line() {
        let plane = Plane { last: 4, top: 3 };
        let lines = plane.lines(&[Some(0), Some(3), None, Some(3), Some(0)]);
        assert_eq!(lines, ["0.0,200.0 250.0,0.0", "750.0,0.0 1000.0,200.0"]);
    }
}
