//! Words around a figure: names of codes on a day, numbers, areas, positions.

use base::{CivilDate, Code, RegionTable, Rupiah};
use fluent_bundle::FluentValue;
use platform::i18n::Format;
use platform::web::PageContext;
use programmes::service::content::{LabelKind, Mode};
use programmes::service::labels::Labels;

use super::Pages;
use crate::service::{Area, Ground};

/// The words of one page in its reader's language.
pub struct Words<'a> {
    /// The page.
    pub page: &'a PageContext,
    /// Names.
    pub labels: &'a Labels,
    /// The day whose names count.
    pub day: CivilDate,
}

impl Pages {
    /// Words for a page, with names as they are on a day.
    pub const fn words<'a>(&'a self, page: &'a PageContext, day: CivilDate) -> Words<'a> {
        Words { page, labels: &self.labels, day }
    }
}

impl Words<'_> {
    /// The text of a key.
    pub fn t(&self, key: &str) -> String {
        self.page.t(&format!("insight-{key}"))
    }

    /// The text of a key with its variables.
    pub fn with(&self, key: &str, values: &[(&str, String)]) -> String {
        let values: Vec<(&str, FluentValue<'_>)> =
            values.iter().map(|(name, value)| (*name, FluentValue::from(value.as_str()))).collect();
        self.page.t_with(&format!("insight-{key}"), &values)
    }

    /// Numbers and dates.
    pub const fn format(&self) -> Format {
        self.page.format()
    }

    /// A count.
    pub fn number(&self, number: i64) -> String {
        self.format().number(number)
    }

    /// Whole rupiah.
    pub fn money(&self, amount: i64) -> String {
        self.format().rupiah(Rupiah(amount))
    }

    /// The name of a code on the page's day.
    pub fn name(&self, kind: LabelKind, code: &str) -> String {
        match Code::parse(code) {
            Ok(code) => self.labels.name(kind, code, self.page.language, self.day),
            Err(_) => code.to_owned(),
        }
    }

    /// The name of a place; of taps without one, that it is forgotten.
    pub fn place(&self, code: &str) -> String {
        if code.is_empty() { self.t("place-forgotten") } else { self.name(LabelKind::Place, code) }
    }

    /// How people use a service; none where nobody has said.
    pub fn mode(&self, service: Code) -> Option<Mode> {
        self.labels.lookup(LabelKind::Service, service, self.day).and_then(|label| label.mode)
    }

    /// The name of an area as people say it.
    pub fn area(&self, area: Area) -> String {
        let region = RegionTable::jakarta().get(area.0);
        region.map_or_else(|| area.0.to_string(), |region| region.spoken_name().to_owned())
    }

    /// A part of a whole in per cent, rounded to the nearest tenth: `16,7%`. Nothing of nothing is 0%.
    pub fn share(&self, part: i64, whole: i64) -> String {
        self.format().permille(tenths(part, whole))
    }

    /// How far a figure is from the one it is compared with: `12% di atas Kamis lalu`.
    pub fn compared(&self, now: i64, before: i64, with: &str) -> String {
        if before <= 0 {
            return self.with("compared-nobody", &[("with", with.to_owned())]);
        }
        let share = ((now - before) * 100 + (now - before).signum() * before / 2) / before;
        let key = match share {
            0 => "compared-same",
            1.. => "compared-above",
            _ => "compared-below",
        };
        let values = [
            ("share", format!("{}%", share.abs())),
            ("with", with.to_owned()),
            ("before", self.number(before)),
        ];
        self.with(key, &values)
    }

    /// The same for the hours of a day that are over, with the figure that is compared: the day has had more people since.
    /// `sampai pukul 09.00 28 orang, 12% di atas Kamis lalu (25)`.
    pub fn compared_until(&self, hours_over: i16, (now, before): (i64, i64), with: &str) -> String {
        match hours_over {
            24.. => self.compared(now, before, with),
            1..24 => {
                let values = [
                    ("hour", hour(i64::from(hours_over))),
                    ("people", self.number(now)),
                    ("compared", self.compared(now, before, with)),
                ];
                self.with("compared-until", &values)
            }
            _ => self.t("compared-later"),
        }
    }

    /// The same weekday a week before: `Kamis lalu`, or with its date where the day is not today.
    pub fn week_before(&self, date: CivilDate, today: CivilDate) -> String {
        let weekday = self.page.t(&format!("platform-weekday-{}", date.weekday()));
        if date != today {
            return self.with("week-before-dated", &[("date", self.format().date(date.plus_days(-7)))]);
        }
        self.with("week-before", &[("weekday", weekday)])
    }

    /// The position figures rest on.
    pub fn rests_on(&self, ground: &Ground) -> String {
        let time = self.format().moment(ground.cursor.at);
        self.with("rests-on", &[("position", self.format().count(ground.cursor.seq)), ("time", time)])
    }

    /// A stretch of minutes: `45 menit`, `2 jam 10 menit`.
    pub fn minutes(&self, minutes: i32) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        let values = [("hours", hours.to_string()), ("minutes", rest.to_string())];
        self.with(
            match (hours, rest) {
                (0, _) => "minutes",
                (_, 0) => "hours",
                _ => "hours-minutes",
            },
            &values,
        )
    }
}

/// Tenths of a per cent, rounded half up.
fn tenths(part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { (part * 2_000 + whole).div_euclid(whole * 2) }
}

/// `07.00`.
pub fn hour(hour: i64) -> String {
    format!("{hour:02}.00")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_to_the_nearest_tenth() {
        let table = [
            (1, 6, 167),
            (5, 6, 833),
            (2, 26, 77),
            (24, 26, 923),
            (1, 2_000, 1),
            (0, 5, 0),
            (5, 5, 1_000),
            (0, 0, 0),
        ];
        for (part, whole, expected) in table {
            assert_eq!(tenths(part, whole), expected, "{part} of {whole}");
        }
    }
}
