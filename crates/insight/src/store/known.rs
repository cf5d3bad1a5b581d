//! What the projection remembers between batches: codes by index, accounts of programmes, homes, and the open days.
//!
//! All of it is read from the tables at the start and moves on with the records; when a batch cannot be stored it is
//! forgotten and read again.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::{CivilDate, Code, RegionCode, RegionLevel};
use engine::ledger::{AccountId, Kind as AccountKind};
use engine::{Event, PlaceDefinition};
use programmes::service::content::{LabelKind, Mode};
use programmes::service::labels::Labels;

use super::sights::{Kind, Sight};
use super::stays::{Change, Site, Stays};

/// An account that tells what a benefit costs; that of a bank has no benefit of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KnownAccount {
    pub kind: AccountKind,
    pub benefit: u32,
    pub year: u32,
}

/// What is known of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PlaceFacts {
    pub code: Code,
    pub service: Code,
    pub within: Option<Code>,
    /// The kecamatan or kota it lies in, where that is said.
    pub region: Option<RegionCode>,
}

/// A service day that has not ended.
#[derive(Debug, Default)]
pub struct OpenDay {
    pub sights: HashMap<u32, Vec<Sight>>,
    pub stays: Stays,
    /// Who used which benefit.
    pub users: HashSet<(u32, u32)>,
}

/// Everything between batches.
#[derive(Debug)]
pub struct Known {
    labels: Labels,
    pub services: Vec<Code>,
    pub benefits: Vec<Code>,
    pub places: Vec<PlaceFacts>,
    numbers: HashMap<Code, u32>,
    modes: HashMap<u32, Mode>,
    pub accounts: HashMap<AccountId, KnownAccount>,
    /// Digits of the home's district by index of the holder; 0 where it is not known.
    pub homes: Vec<u32>,
    pub days: BTreeMap<CivilDate, OpenDay>,
    /// Service days before this one have ended.
    pub today: CivilDate,
}

impl Known {
    pub fn new(labels: Labels, today: CivilDate) -> Self {
        Self {
            labels,
            services: Vec::new(),
            benefits: Vec::new(),
            places: Vec::new(),
            numbers: HashMap::new(),
            modes: HashMap::new(),
            accounts: HashMap::new(),
            homes: Vec::new(),
            days: BTreeMap::new(),
            today,
        }
    }

    /// Takes in what was published; answers the event as it is kept, where it is.
    pub fn publish(&mut self, event: &Event) -> Option<Event> {
        match event {
            Event::PlacePublished(definition) => {
                intern(&mut self.services, definition.service);
                self.add_place(definition);
            }
            Event::TariffPublished(definition) => {
                intern(&mut self.services, definition.service);
                let mut bare = definition.clone();
                bare.rules = engine::TariffRules::default();
                return Some(Event::TariffPublished(bare));
            }
            Event::BenefitPublished(definition) => intern(&mut self.benefits, definition.code),
            Event::CalendarPublished(_) => {}
            _ => return None,
        }
        Some(event.clone())
    }

    fn add_place(&mut self, definition: &PlaceDefinition) {
        let region = definition.region.and_then(|region| RegionCode::parse(region.as_str()).ok());
        let facts = PlaceFacts {
            code: definition.code,
            service: definition.service,
            within: definition.rules.within,
            region: region.filter(|region| region.level() > RegionLevel::Province),
        };
        match self.numbers.get(&definition.code).and_then(|number| self.places.get_mut(*number as usize)) {
            Some(known) => *known = facts,
            None => {
                let number = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
                self.numbers.insert(definition.code, number);
                self.places.push(facts);
            }
        }
    }

    pub fn number_of(&self, place: Code) -> Option<u32> {
        self.numbers.get(&place).copied()
    }

    /// A place with the outermost place around it.
    pub fn site(&self, place: u32) -> Option<Site> {
        let facts = self.places.get(place as usize)?;
        let around = |code: Code| self.number_of(code).and_then(|number| self.places.get(number as usize));
        let mut outermost = facts;
        // A place within itself would never end; published content cannot be so deep.
        for _ in 0..8 {
            match outermost.within.and_then(around) {
                Some(outer) => outermost = outer,
                None => break,
            }
        }
        Some(Site { place: facts.code, root: outermost.code })
    }

    /// Whether people travel with a service; none where nobody has said.
    pub fn is_transit(&mut self, service: u32) -> Option<bool> {
        if let Some(mode) = self.modes.get(&service) {
            return Some(mode.is_transit());
        }
        let code = *self.services.get(service as usize)?;
        let mode = self.labels.lookup(LabelKind::Service, code, self.today)?.mode?;
        self.modes.insert(service, mode);
        Some(mode.is_transit())
    }

    pub fn home(&self, holder: u32) -> u32 {
        self.homes.get(holder as usize).copied().unwrap_or(0)
    }

    pub fn set_home(&mut self, holder: u32, district: u32) {
        let index = holder as usize;
        if self.homes.len() <= index {
            self.homes.resize(index + 1, 0);
        }
        if let Some(home) = self.homes.get_mut(index) {
            *home = district;
        }
    }

    pub fn benefit(&self, index: u32) -> Option<Code> {
        self.benefits.get(index as usize).copied()
    }

    /// Adds a tap of an open day. Answers whether it is the first use of its benefit by this holder on the day.
    pub fn see(&mut self, day: CivilDate, sight: Sight, told: &mut impl FnMut(Change)) -> bool {
        let site = sight.place.and_then(|place| self.site(place));
        let open = self.days.entry(day).or_default();
        let (holder, at, people) = (sight.holder, sight.at, i64::from(sight.people.max(1)));
        match (sight.kind, site) {
            (Kind::Enter, Some(site)) => open.stays.enter(holder, site, at, people, told),
            (Kind::Leave, Some(site)) => open.stays.leave(holder, site, at, told),
            (Kind::Board | Kind::Alight | Kind::Other, site) => open.stays.seen(holder, site, at, told),
            _ => {}
        }
        open.sights.entry(holder).or_default().push(sight);
        sight.benefit.is_some_and(|benefit| open.users.insert((benefit, holder)))
    }
}

fn intern(codes: &mut Vec<Code>, one: Code) {
    if !codes.contains(&one) {
        codes.push(one);
    }
}

/// Digits of the district of a home; 0 where none is known.
pub fn district_of(home: Option<Code>) -> u32 {
    let region = home.and_then(|home| RegionCode::parse(home.as_str()).ok());
    let district = region.and_then(|region| region.at(RegionLevel::District));
    district.and_then(|district| u32::try_from(district.number()).ok()).unwrap_or(0)
}
