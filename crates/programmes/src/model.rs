//! What a content file says, checked: every reference leads somewhere and every row says what it rests on.
//!
//! Owns the shapes. Reading and checking are in [`crate::service::content`]; nothing here knows a file or a line.

use base::{Calendar, CalendarError, CivilDate, CivilTime, Code, DayType, Micros, RegionCode, Timestamp};
use engine::{
    Amount, Apportionment, BenefitRules, CalendarDay, Capacity, Evidence, IntegratedMode, PriceRule, Role,
    StopDistance, TariffRules,
};
use platform::i18n::Language;
use serde::{Deserialize, Serialize};

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Indonesian, shown first.
    pub id: String,
    /// English.
    pub en: String,
}

impl Names {
    /// The name in a language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Indonesian => &self.id,
            Language::English => &self.en,
        }
    }
}

/// A name something had before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// Last day of the name.
    pub until: CivilDate,
    /// The name.
    pub names: Names,
}

/// What a row rests on and when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// Document id.
    pub legal_basis: Code,
    /// First day.
    pub valid_from: CivilDate,
    /// Last day, included; none while it holds.
    pub valid_to: Option<CivilDate>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Why it is assumed, or what was not read.
    pub reason: Option<String>,
}

/// A regulation, decree or agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Id, for example `pergub-145-2017`.
    pub id: Code,
    /// Title in Indonesian: regulations are cited as they are written.
    pub title: String,
    /// Day of signature, where it was read.
    pub date: Option<CivilDate>,
}

/// A bank, a merchant or the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Code.
    pub code: Code,
    /// What it does.
    pub role: Role,
    /// What a merchant sells, as programmes name it.
    pub merchant_type: Option<Code>,
    /// Name now.
    pub names: Names,
    /// Names before, oldest first.
    pub former_names: Vec<FormerName>,
    /// What it rests on.
    pub basis: Basis,
}

/// How people use a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Bus rapid transit: gates at stops.
    Brt,
    /// Small vans that lead to it: a terminal in each vehicle.
    Feeder,
    /// Trains: gates at stations.
    Rail,
    /// A park, a zoo, a museum.
    Attraction,
    /// A desk where something is paid.
    Counter,
}

impl Mode {
    /// Whether people travel with it.
    #[must_use]
    pub const fn is_transit(self) -> bool {
        matches!(self, Self::Brt | Self::Feeder | Self::Rail)
    }
}

/// What is sold at places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Code; a tariff has the same.
    pub code: Code,
    /// Name now.
    pub names: Names,
    /// Names before, oldest first.
    pub former_names: Vec<FormerName>,
    /// Organisation that sells it.
    pub operator: Code,
    /// How people use it.
    pub mode: Mode,
    /// What it rests on.
    pub basis: Basis,
}

/// A day of the week as content files write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// 1 of ISO 8601.
    Monday = 1,
    /// 2.
    Tuesday,
    /// 3.
    Wednesday,
    /// 4.
    Thursday,
    /// 5.
    Friday,
    /// 6.
    Saturday,
    /// 7.
    Sunday,
}

impl Weekday {
    /// 1 = Monday to 7 = Sunday.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// When a place may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// First moment.
    pub opens: CivilTime,
    /// The moment it closes.
    pub closes: CivilTime,
    /// Day of the week it is closed; the closure moves past holidays.
    pub closed_on: Option<Weekday>,
}

impl Opening {
    /// Day and night, every day.
    pub const ALWAYS: Self = Self { opens: CivilTime(0), closes: CivilTime(Timestamp::DAY), closed_on: None };

    /// Whether the place opens on a date. On a holiday it does; a closure that falls on one moves to the next day that
    /// is none.
    ///
    /// # Errors
    /// [`CalendarError::Outside`] when the calendar does not cover the date or the week before it.
    pub fn is_open(&self, date: CivilDate, calendar: &Calendar) -> Result<bool, CalendarError> {
        let Some(closed_on) = self.closed_on else { return Ok(true) };
        let closed = engine::places::is_closed_day(closed_on.number(), date, |date| {
            Ok(matches!(calendar.day_type(date)?, DayType::NationalHoliday | DayType::JointLeave))
        });
        closed.map(|closed| !closed)
    }
}

/// A place where media are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Code.
    pub code: Code,
    /// Name now.
    pub names: Names,
    /// Names before, oldest first.
    pub former_names: Vec<FormerName>,
    /// Organisation that runs it and is owed what people pay there.
    pub operator: Code,
    /// What is sold there.
    pub service: Code,
    /// Kelurahan, or a region around it.
    pub region: RegionCode,
    /// How many terminals the demonstration puts there.
    pub gates: u16,
    /// When it may be entered.
    pub opening: Opening,
    /// Whether the hours are those of a timetable, which give no right and stop nobody.
    pub timetable: bool,
    /// The place this one is a part of.
    pub within: Option<Code>,
    /// How many people it takes.
    pub capacity: Option<Capacity>,
    /// The most people on one medium; 0 where nothing is said.
    pub party_max: u16,
    /// What it rests on.
    pub basis: Basis,
}

/// One version of a named calendar. It covers its first to its last day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCalendar {
    /// Whose days: `government`, `school`.
    pub code: Code,
    /// 1, 2, 3 … per calendar.
    pub version: u32,
    /// Name.
    pub names: Names,
    /// Last date it covers.
    pub last: CivilDate,
    /// Days that are not like the others, in order of date.
    pub days: Vec<CalendarDay>,
    /// What it rests on; its first day is the first date covered.
    pub basis: Basis,
}

/// One version of a price and of what changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tariff {
    /// The service.
    pub service: Code,
    /// 1, 2, 3 … per service.
    pub version: u32,
    /// Whole rupiah.
    pub price: Amount,
    /// What changes it.
    pub rules: TariffRules,
    /// What it rests on.
    pub basis: Basis,
}

/// One version of the fare for several modes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Code.
    pub code: Code,
    /// 1, 2, 3 … per integration.
    pub version: u32,
    /// Name.
    pub names: Names,
    /// The modes that belong together.
    pub modes: Vec<IntegratedMode>,
    /// How many of them make a package.
    pub modes_min: u8,
    /// Price of boarding.
    pub boarding: Amount,
    /// Price of each kilometre begun.
    pub per_kilometre: Amount,
    /// The most a package costs.
    pub cap: Amount,
    /// From the first tap-in to the tap-in of a later leg at most, included.
    pub window: Micros,
    /// Metres from stop to stop.
    pub distances: Vec<StopDistance>,
    /// How operators share it.
    pub apportionment: Apportionment,
    /// What it rests on.
    pub basis: Basis,
}

/// One version of a benefit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Benefit {
    /// Code.
    pub code: Code,
    /// 1, 2, 3 … per benefit.
    pub version: u32,
    /// Name.
    pub names: Names,
    /// Services it covers; empty means all.
    pub services: Vec<Code>,
    /// Places it covers; empty means all.
    pub places: Vec<Code>,
    /// What the holder pays.
    pub price: PriceRule,
    /// Among equal prices the higher wins.
    pub priority: i32,
    /// Least assurance of the medium, 0 to 3.
    pub assurance_min: u8,
    /// Least age in years on the day of the grant, where the group is one of age.
    pub age_min: Option<u8>,
    /// Longest grant in months, where the basis limits it.
    pub validity_months_max: Option<u8>,
    /// Conditions, quota, funding, goods.
    pub rules: BenefitRules,
    /// What is paid into its wallet for a month.
    pub aid_month: Option<AidMonth>,
    /// What it rests on.
    pub basis: Basis,
}

/// Aid for a month, whole rupiah. What is paid, and when, is decided by a disbursement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AidMonth {
    /// For running needs.
    pub routine: Amount,
    /// For what comes up at times.
    #[serde(default)]
    pub periodic: Amount,
    /// For fees of a private school.
    #[serde(default)]
    pub private_fees: Amount,
}

/// What kind of code a term explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// Category of a rider.
    RiderCategory,
    /// Kind of a medium.
    MediumKind,
    /// What a merchant sells, as programmes name it.
    MerchantType,
    /// Something sold.
    Good,
    /// A programme: what benefits of one group have before the dot of their codes.
    Programme,
}

/// The word for a code that names nobody and nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What kind of code.
    pub kind: TermKind,
    /// The code.
    pub code: Code,
    /// The word.
    pub names: Names,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closure_on_a_holiday_moves_to_the_next_day_that_is_none() {
        let opening = Opening { opens: CivilTime(0), closes: CivilTime(0), closed_on: Some(Weekday::Monday) };
        let open = |text| opening.is_open(CivilDate::parse(text).unwrap(), Calendar::government()).unwrap();
        assert!(!open("2026-11-23"), "an ordinary Monday");
        assert!(open("2026-11-24") && open("2026-11-22"));
        // Independence Day, 17 August 2026, is a Monday.
        assert!(open("2026-08-17") && !open("2026-08-18") && open("2026-08-19"));
        // Monday 16 February 2026 is joint leave and Tuesday a holiday: closed on Wednesday.
        assert!(open("2026-02-16") && open("2026-02-17") && !open("2026-02-18") && open("2026-02-19"));
    }
}
