//! Names of the regions of Jakarta and their codes in other registers. Owns the table compiled in from
//! `data/regions.csv`; knows no boundaries, populations or regions outside Jakarta.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::{RegionCode, RegionCodeError, RegionLevel};

const REGIONS: &str = include_str!("../data/regions.csv");

/// One region: its name in Indonesian and, for a city, its code at Statistics Indonesia (BPS).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Kemendagri code.
    pub code: RegionCode,
    /// Name as the decree writes it: `Kota Administrasi Jakarta Pusat`, `Gambir`.
    pub name: String,
    /// Four digits of BPS; the six cities have one. Not interchangeable with the Kemendagri digits.
    pub bps: Option<String>,
}

impl Region {
    /// The name as people say it, without what the decree puts before it: `Jakarta Pusat`.
    #[must_use]
    pub fn spoken_name(&self) -> &str {
        let before = ["Kota Administrasi ", "Kabupaten Administrasi "];
        before.into_iter().find_map(|before| self.name.strip_prefix(before)).unwrap_or(&self.name)
    }
}

/// Regions by code.
#[derive(Debug, Clone, Default)]
pub struct RegionTable {
    regions: BTreeMap<RegionCode, Region>,
}

/// Why a text is not a region table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionTableError {
    /// A line has another number of fields than `code,name,bps`, or an empty name.
    #[error("line {line}: write code,name,bps")]
    Fields {
        /// Line number, from 1.
        line: usize,
    },
    /// A code is malformed.
    #[error("line {line}: {source}")]
    Code {
        /// Line number, from 1.
        line: usize,
        /// What is wrong with it.
        source: RegionCodeError,
    },
    /// A code stands twice.
    #[error("line {line}: {code} stands twice")]
    Twice {
        /// Line number, from 1.
        line: usize,
        /// The code.
        code: RegionCode,
    },
    /// The region one level up is missing.
    #[error("{code} has no parent in the table")]
    Orphan {
        /// The code.
        code: RegionCode,
    },
}

impl RegionTable {
    /// The 318 regions of Jakarta.
    #[must_use]
    pub fn jakarta() -> &'static Self {
        static TABLE: OnceLock<RegionTable> = OnceLock::new();
        TABLE.get_or_init(|| {
            Self::parse(REGIONS)
                .unwrap_or_else(|error| unreachable!("regions.csv is read by a test: {error}"))
        })
    }

    /// Reads `code,name,bps` lines; `#` opens a comment, the first other line is the heading.
    ///
    /// # Errors
    /// [`RegionTableError`] with the line.
    pub fn parse(text: &str) -> Result<Self, RegionTableError> {
        let mut regions = BTreeMap::new();
        let rows = text.lines().zip(1..).filter(|(row, _)| !row.is_empty() && !row.starts_with('#'));
        for (row, line) in rows.skip(1) {
            let fields: Vec<&str> = row.split(',').collect();
            let [code, name, bps] = fields.as_slice() else {
                return Err(RegionTableError::Fields { line });
            };
            if name.is_empty() {
                return Err(RegionTableError::Fields { line });
            }
            let code = RegionCode::parse(code).map_err(|source| RegionTableError::Code { line, source })?;
            let bps = (!bps.is_empty()).then(|| (*bps).to_owned());
            if regions.insert(code, Region { code, name: (*name).to_owned(), bps }).is_some() {
                return Err(RegionTableError::Twice { line, code });
            }
        }
        let orphan = |code: &&RegionCode| code.parent().is_some_and(|up| !regions.contains_key(&up));
        match regions.keys().find(orphan) {
            Some(code) => Err(RegionTableError::Orphan { code: *code }),
            None => Ok(Self { regions }),
        }
    }

    /// The region with a code.
    #[must_use]
    pub fn get(&self, code: RegionCode) -> Option<&Region> {
        self.regions.get(&code)
    }

    /// The name of a region.
    #[must_use]
    pub fn name(&self, code: RegionCode) -> Option<&str> {
        self.get(code).map(|region| region.name.as_str())
    }

    /// The BPS code of a city.
    #[must_use]
    pub fn bps(&self, code: RegionCode) -> Option<&str> {
        self.get(code).and_then(|region| region.bps.as_deref())
    }

    /// The city with a BPS code.
    #[must_use]
    pub fn by_bps(&self, bps: &str) -> Option<RegionCode> {
        self.iter().find(|region| region.bps.as_deref() == Some(bps)).map(|region| region.code)
    }

    /// Regions with a name, in order of code; small and capital letters count as the same. Names repeat
    /// (Gambir is a district and a village), so the answer is a list.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Region> {
        self.iter().filter(move |region| region.name.eq_ignore_ascii_case(name))
    }

    /// The regions one level below, in order of code.
    pub fn children(&self, code: RegionCode) -> impl Iterator<Item = &Region> {
        self.regions
            .range(code..)
            .map(|(_, region)| region)
            .take_while(move |region| code.contains(region.code))
            .filter(move |region| region.code.parent() == Some(code))
    }

    /// The regions of one level, in order of code.
    pub fn level(&self, level: RegionLevel) -> impl Iterator<Item = &Region> {
        self.iter().filter(move |region| region.code.level() == level)
    }

    /// All regions in order of code.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.regions.values()
    }

    /// How many regions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.regions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn jakarta_is_one_province_six_cities_44_districts_and_267_villages() {
        let table = RegionTable::jakarta();
        let levels = [RegionLevel::Province, RegionLevel::City, RegionLevel::District, RegionLevel::Village];
        assert_eq!(levels.map(|level| table.level(level).count()), [1, 6, 44, 267]);
        assert_eq!(table.len(), 318);
    }

    #[test]
    fn cities_carry_the_code_of_both_registers_and_their_villages() {
        let table = RegionTable::jakarta();
        let cities = [
            ("31.01", "3101", 6),
            ("31.71", "3173", 44),
            ("31.72", "3175", 31),
            ("31.73", "3174", 56),
            ("31.74", "3171", 65),
            ("31.75", "3172", 65),
        ];
        for (city, bps, villages) in cities {
            let city = code(city);
            assert_eq!(table.bps(city), Some(bps));
            assert_eq!(table.by_bps(bps), Some(city));
            let inside = table.level(RegionLevel::Village).filter(|v| city.contains(v.code)).count();
            assert_eq!(inside, villages, "{city}");
            let by_children: usize = table.children(city).map(|d| table.children(d.code).count()).sum();
            assert_eq!(by_children, villages, "{city}");
        }
        assert_eq!(table.iter().filter(|region| region.bps.is_some()).count(), 6);
    }

    #[test]
    fn names_are_found_both_ways() {
        let table = RegionTable::jakarta();
        assert_eq!(table.name(code("31.71.01.1001")), Some("Gambir"));
        assert_eq!(table.name(code("31.75.99")), None);
        let gambir: Vec<_> = table.named("gambir").map(|region| region.code.to_string()).collect();
        assert_eq!(gambir, ["31.71.01", "31.71.01.1001"]);
        assert_eq!(table.children(code("31")).count(), 6);
        assert_eq!(table.children(code("31.71.01.1001")).count(), 0);
    }

    #[test]
    fn a_broken_table_names_the_line() {
        let read =
            |rows: &str| RegionTable::parse(&format!("code,name,bps\n{rows}")).unwrap_err().to_string();
        assert_eq!(read("31,Jakarta"), "line 2: write code,name,bps");
        assert_eq!(read("31,,"), "line 2: write code,name,bps");
        assert!(read("3x,Jakarta,").starts_with("line 2: a region code looks like"));
        assert_eq!(read("31,Jakarta,\n31,Jakarta,"), "line 3: 31 stands twice");
        assert_eq!(read("31.71,Jakarta Pusat,3173"), "31.71 has no parent in the table");
    }
}
