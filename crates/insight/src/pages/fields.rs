//! What a page was asked with. A field that was not sent, or sent empty, leaves the choice to the page; one that cannot be
//! read, or names what is not there, is refused: figures of something else would pass for the answer.

use base::{CivilDate, RegionCode, RegionLevel, RegionTable};
use platform::problems::{self, Problem};
use platform::web;
use serde::Deserialize;

use crate::service::DayKinds;

/// The choices of these pages, as addresses carry them.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(web::Fields);

impl Fields {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The day asked for; `today` where none is.
    ///
    /// # Errors
    /// `date_invalid` for what is no date, and for a day that has not come.
    pub fn date(&self, today: CivilDate) -> Result<CivilDate, Problem> {
        let date = self.parsed("tanggal")?.unwrap_or(today);
        let cause = || format!("tanggal is {today} or a day before");
        if date <= today { Ok(date) } else { Err(Problem::new(problems::DATE_INVALID).cause(cause())) }
    }

    /// A day of the week asked for.
    ///
    /// # Errors
    /// `date_invalid` for what is no date.
    pub fn week(&self) -> Result<Option<CivilDate>, Problem> {
        self.parsed("pekan")
    }

    fn parsed(&self, name: &str) -> Result<Option<CivilDate>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let problem = || Problem::new(problems::DATE_INVALID).cause(format!("{name} looks like 2026-11-24"));
        CivilDate::parse(text).map(Some).ok_or_else(problem)
    }

    /// Which days of a week are asked for.
    ///
    /// # Errors
    /// `choice_unknown` for other days.
    pub fn kinds(&self) -> Result<DayKinds, Problem> {
        let Some(code) = self.get("hari") else { return Ok(DayKinds::default()) };
        let kinds = [DayKinds::Working, DayKinds::Off].into_iter().find(|kinds| kinds.code() == code);
        kinds.ok_or_else(|| Problem::new(problems::CHOICE_UNKNOWN).cause("hari is kerja or libur"))
    }

    /// The city whose districts are asked for.
    ///
    /// # Errors
    /// `choice_unknown` for what is no city of Jakarta.
    pub fn city(&self) -> Result<Option<RegionCode>, Problem> {
        let Some(text) = self.get("kota") else { return Ok(None) };
        let city = RegionCode::parse(text).ok().filter(|code| code.level() == RegionLevel::City);
        let known = city.filter(|code| RegionTable::jakarta().get(*code).is_some());
        let problem = || Problem::new(problems::CHOICE_UNKNOWN).cause("kota is a city such as 31.74");
        known.map(Some).ok_or_else(problem)
    }
}
