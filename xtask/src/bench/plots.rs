//! The two plots: how much of each goal is reached, and what the size of a batch does.

use std::path::Path;

use anyhow::Context as _;
use plotters::prelude::*;

use super::Measured;
use super::rows::Group;

const INK: RGBColor = RGBColor(0x1F, 0x29, 0x37);
const MET: RGBColor = RGBColor(0x1D, 0x6F, 0x5C);
const MISSED: RGBColor = RGBColor(0xB4, 0x53, 0x09);
const FONT: &str = "sans-serif";
/// More than this is drawn as this: the goal is far behind.
const SHARE_MAX: f64 = 4.0;

/// Draws both into docs/images.
///
/// # Errors
/// When a file cannot be written.
pub fn write(root: &Path, groups: &[Group], measured: &Measured) -> anyhow::Result<()> {
    let images = root.join("docs/images");
    goals(&images.join("performance-goals.svg"), groups, measured).context("cannot draw the goals")?;
    batches(&images.join("performance-batches.svg"), measured).context("cannot draw the batches")
}

/// One bar per goal: measured by hoped for, turned round where less is better.
fn goals(file: &Path, groups: &[Group], measured: &Measured) -> anyhow::Result<()> {
    let rows = groups.iter().flat_map(|group| &group.rows);
    let bars: Vec<(String, f64)> = rows
        .flat_map(|row| row.goals.iter().map(move |goal| (row, goal)))
        .filter_map(|(row, goal)| {
            let share = goal.bound().share(goal.value(row, measured)?);
            Some((format!("{}: {}", row.key, goal.of), share))
        })
        .collect();
    let height = u32::try_from(bars.len())? * 24 + 60;
    let area = SVGBackend::new(file, (960, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let count = i32::try_from(bars.len())?;
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .margin_right(48)
        .x_label_area_size(28)
        .y_label_area_size(330)
        .build_cartesian_2d(0.0..SHARE_MAX, (0..count - 1).into_segmented())?;
    let name = |place: &SegmentValue<i32>| match place {
        SegmentValue::CenterOf(place) | SegmentValue::Exact(place) => {
            let bar = usize::try_from(count - 1 - *place).ok().and_then(|place| bars.get(place));
            bar.map(|(name, _)| name.clone()).unwrap_or_default()
        }
        SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_max_light_lines(0)
        .y_labels(bars.len())
        .y_label_formatter(&name)
        .x_label_formatter(&|share| format!("{share:.1} × goal"))
        .label_style((FONT, 13).into_font().color(&INK))
        .draw()?;
    chart.draw_series((0..count).rev().zip(&bars).map(|(place, (_, share))| {
        let colour = if *share >= 1.0 { MET } else { MISSED };
        let corners =
            [(0.0, SegmentValue::Exact(place)), (share.min(SHARE_MAX), SegmentValue::Exact(place + 1))];
        let mut bar = Rectangle::new(corners, colour.filled());
        bar.set_margin(4, 4, 0, 0);
        bar
    }))?;
    let line = [(1.0, SegmentValue::Exact(0)), (1.0, SegmentValue::Exact(count))];
    chart.draw_series(LineSeries::new(line, INK.stroke_width(2)))?;
    area.present()?;
    Ok(())
}

/// Throughput of transfers on the left, p50 of a batch on the right, by the size of the batch.
fn batches(file: &Path, measured: &Measured) -> anyhow::Result<()> {
    let sweep = measured.iter().filter(|(key, _)| key.starts_with("batch_"));
    let mut points: Vec<(f64, f64, f64)> = sweep
        .filter_map(|(_, row)| {
            let figure = |name: &str| row.get(name)?.as_f64();
            Some((figure("batch")?, figure("throughput_per_s")? / 1e6, figure("p50_ms")?))
        })
        .collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    let most = |value: &dyn Fn(&(f64, f64, f64)) -> f64| points.iter().map(value).fold(0.1, f64::max) * 1.15;
    let area = SVGBackend::new(file, (960, 360)).into_drawing_area();
    area.fill(&WHITE)?;
    let sizes = || (400.0..20_000.0).log_scale();
    let mut chart = ChartBuilder::on(&area)
        .margin(8)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .right_y_label_area_size(60)
        .build_cartesian_2d(sizes(), 0.0..most(&|point| point.1))?
        .set_secondary_coord(sizes(), 0.0..most(&|point| point.2));
    let style = (FONT, 13).into_font().color(&INK);
    chart
        .configure_mesh()
        .x_desc("transfers per batch, two batches on their way")
        .y_desc("million transfers per s (green)")
        .x_label_formatter(&|size| format!("{size:.0}"))
        .x_labels(6)
        .max_light_lines(0)
        .label_style(style.clone())
        .draw()?;
    chart.configure_secondary_axes().y_desc("ms, p50 of a batch (brown)").label_style(style).draw()?;
    let throughput = points.iter().map(|point| (point.0, point.1));
    chart.draw_series(LineSeries::new(throughput, MET.stroke_width(3)).point_size(4))?;
    let latency = points.iter().map(|point| (point.0, point.2));
    chart.draw_secondary_series(LineSeries::new(latency, MISSED.stroke_width(3)).point_size(4))?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plots_are_drawn_of_what_is_there() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("docs/images")).unwrap();
        let row = json!({"throughput_per_s": 700_000.0, "ratio": 0.5, "p50_ms": 20.0, "batch": 8_192});
        let measured =
            Measured::from([("transfers".to_owned(), row.clone()), ("batch_8192".to_owned(), row)]);
        write(dir.path(), &crate::bench::rows::groups().unwrap(), &measured).unwrap();
        let drawn = std::fs::read_to_string(dir.path().join("docs/images/performance-goals.svg")).unwrap();
        assert!(
            drawn.contains("transfers: of deciding alone") && drawn.matches("#B45309").count() > 1,
            "{drawn}"
        );
    }
}
