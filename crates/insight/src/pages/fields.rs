//! What a page was asked with. A field that cannot be read is as if it had not been sent.

use base::{CivilDate, RegionCode};
use serde::Deserialize;

/// The choices of these pages, as addresses carry them.
#[derive(Debug, Default, Deserialize)]
pub struct Fields {
    tanggal: Option<String>,
    pekan: Option<String>,
    hari: Option<String>,
    kota: Option<String>,
}

impl Fields {
    /// The day asked for, not after today.
    pub fn date(&self, today: CivilDate) -> CivilDate {
        self.tanggal.as_deref().and_then(CivilDate::parse).filter(|date| *date <= today).unwrap_or(today)
    }

    /// A day of the week asked for.
    pub fn week(&self) -> Option<CivilDate> {
        self.pekan.as_deref().and_then(CivilDate::parse)
    }

    /// Whether the days off are asked for.
    pub fn is_off(&self) -> bool {
        self.hari.as_deref() == Some("libur")
    }

    /// The city whose districts are asked for.
    pub fn city(&self) -> Option<RegionCode> {
        RegionCode::parse(self.kota.as_deref()?).ok()
    }
}
