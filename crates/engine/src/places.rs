//! Places and the organisations behind them. Codes come from content; the engine knows their indexes.

use base::{CivilDate, Code, Timestamp};
use hashbrown::HashMap;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encode};

use crate::calendars::Calendars;
use crate::content::Role;
use crate::snapshot::{Rows, Table, misplaced};
use crate::state::KeyedState;
use crate::{DayKind, Opening, OrganisationDefinition, PlaceDefinition, Refusal};

/// A published place with its indexes.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Place {
    /// As published.
    #[n(0)]
    pub definition: PlaceDefinition,
    /// Index of its operator among the organisations.
    #[n(1)]
    pub operator: u32,
    /// Index of its service.
    #[n(2)]
    pub service: u32,
    /// Index of the place it is a part of.
    #[n(3)]
    pub parent: Option<u32>,
}

/// The most places one inside the other.
pub(crate) const NESTED_MAX: usize = 8;

/// A table of codes, numbered in order of first use.
#[derive(Clone, Debug)]
pub struct Codes {
    all: Vec<Code>,
    index: HashMap<Code, u32, KeyedState>,
}

impl Codes {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self { all: Vec::new(), index: HashMap::with_hasher(keyed) }
    }

    /// The index of a code.
    #[must_use]
    pub fn find(&self, code: Code) -> Option<u32> {
        self.index.get(&code).copied()
    }

    /// The code of an index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<Code> {
        self.all.get(index as usize).copied()
    }

    /// All codes in order of index.
    #[must_use]
    pub fn all(&self) -> &[Code] {
        &self.all
    }

    /// Writes the table of a snapshot.
    pub(crate) fn keep<E>(&self, table: Table, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all, index: _ } = self;
        out.all(table, all)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, code: Code) -> Result<(), Error> {
        let next = self.all.len();
        if self.intern(code) as usize == next { Ok(()) } else { Err(misplaced()) }
    }

    /// The index of a code, given now if it has none.
    pub(crate) fn intern(&mut self, code: Code) -> u32 {
        if let Some(index) = self.find(code) {
            return index;
        }
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(code);
        self.index.insert(code, index);
        index
    }
}

/// All places.
#[derive(Clone, Debug)]
pub struct Places {
    all: Vec<Place>,
    index: HashMap<Code, u32, KeyedState>,
    /// Banks, merchants, the operator.
    pub organisations: Codes,
    roles: Vec<Role>,
    /// What merchants sell, in order of index.
    merchant_types: Vec<Option<Code>>,
    /// Services.
    pub services: Codes,
}

impl Places {
    pub(crate) fn new(keyed: KeyedState) -> Self {
        Self {
            all: Vec::new(),
            index: HashMap::with_hasher(keyed),
            organisations: Codes::new(keyed),
            roles: Vec::new(),
            merchant_types: Vec::new(),
            services: Codes::new(keyed),
        }
    }

    /// The index of a place.
    #[must_use]
    pub fn find(&self, code: Code) -> Option<u32> {
        self.index.get(&code).copied()
    }

    /// The place of an index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&Place> {
        self.all.get(index as usize)
    }

    /// All places in order of index.
    #[must_use]
    pub fn all(&self) -> &[Place] {
        &self.all
    }

    /// The index of an organisation that has a role.
    #[must_use]
    pub fn organisation(&self, code: Code, role: Role) -> Option<u32> {
        let index = self.organisations.find(code)?;
        (self.roles.get(index as usize) == Some(&role)).then_some(index)
    }

    /// What a merchant sells, as programmes name it.
    #[must_use]
    pub fn merchant_type(&self, organisation: u32) -> Option<Code> {
        self.merchant_types.get(organisation as usize).copied().flatten()
    }

    /// What merchants sell, in order of index of the organisation.
    #[must_use]
    pub fn merchant_types(&self) -> &[Option<Code>] {
        &self.merchant_types
    }

    /// A place and the places it is a part of, innermost first.
    pub fn around(&self, place: u32) -> impl Iterator<Item = &Place> {
        let inner = self.get(place);
        std::iter::successors(inner, |place| self.get(place.parent?)).take(NESTED_MAX)
    }

    /// Whether a place, or one around it, is among these.
    #[must_use]
    pub fn is_among(&self, place: u32, list: &[Code]) -> bool {
        self.around(place).any(|place| list.contains(&place.definition.code))
    }

    /// Whether a place and the places around it may be entered at an instant.
    ///
    /// # Errors
    /// [`Refusal::PlaceClosed`]; [`Refusal::CalendarMissing`] where a closed day depends on a date no calendar covers.
    pub fn open_at(&self, place: u32, at: Timestamp, calendars: &Calendars) -> Result<(), Refusal> {
        for around in self.around(place) {
            let Some(opening) = &around.definition.rules.opening else { continue };
            let time = at.jakarta_time();
            if time < opening.opens
                || time >= opening.closes
                || is_closed(opening, at.jakarta_date(), calendars)?
            {
                return Err(Refusal::PlaceClosed);
            }
        }
        Ok(())
    }

    /// Roles in order of index.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Writes the tables of a snapshot.
    pub(crate) fn keep<E>(&self, out: &mut Rows<'_, E>) -> Result<(), E> {
        let Self { all, index: _, organisations, roles, merchant_types, services } = self;
        organisations.keep(Table::Organisations, out)?;
        out.all(Table::Roles, roles)?;
        out.all(Table::MerchantTypes, merchant_types)?;
        services.keep(Table::Services, out)?;
        out.all(Table::Places, all)
    }

    /// Reads a row of a snapshot.
    pub(crate) fn take(&mut self, table: Table, d: &mut Decoder<'_>) -> Result<(), Error> {
        match table {
            Table::Organisations => self.organisations.take(d.decode()?)?,
            Table::Roles => self.roles.push(d.decode()?),
            Table::MerchantTypes => self.merchant_types.push(d.decode()?),
            Table::Services => self.services.take(d.decode()?)?,
            _ => {
                let place: Place = d.decode()?;
                let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
                if self.index.insert(place.definition.code, index).is_some() {
                    return Err(misplaced());
                }
                self.all.push(place);
            }
        }
        Ok(())
    }

    pub(crate) fn publish_organisation(&mut self, definition: &OrganisationDefinition) {
        let index = self.organisations.intern(definition.code);
        assert!(index as usize == self.roles.len(), "an organisation is published once");
        self.roles.push(definition.role);
        self.merchant_types.push(definition.merchant_type);
    }

    pub(crate) fn publish(&mut self, definition: &PlaceDefinition) {
        let operator = self.organisations.intern(definition.operator);
        let service = self.services.intern(definition.service);
        let parent = definition.rules.within.and_then(|parent| self.find(parent));
        let place = Place { definition: definition.clone(), operator, service, parent };
        if let Some(known) = self.find(definition.code).and_then(|index| self.all.get_mut(index as usize)) {
            *known = place;
            return;
        }
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let before = self.index.insert(definition.code, index);
        assert!(before.is_none(), "a place is published once");
        self.all.push(place);
    }
}

/// Whether a date is the closed day of its week by the published calendars.
fn is_closed(opening: &Opening, date: CivilDate, calendars: &Calendars) -> Result<bool, Refusal> {
    let Some(closed_on) = opening.closed_on else { return Ok(false) };
    is_closed_day(closed_on, date, |date| {
        let kind = calendars.kind(date).ok_or(Refusal::CalendarMissing)?;
        Ok(matches!(kind, DayKind::NationalHoliday | DayKind::JointLeave))
    })
}

/// Whether a date is the closed day of its week, 1 = Monday to 7 = Sunday. A closure that falls on a free day (a holiday or
/// joint leave) moves to the next day that is none, and free days are open.
///
/// # Errors
/// What `is_free` answers of a date it cannot tell.
pub fn is_closed_day<E>(
    closed_on: u8,
    date: CivilDate,
    is_free: impl Fn(CivilDate) -> Result<bool, E>,
) -> Result<bool, E> {
    if is_free(date)? {
        return Ok(false);
    }
    // The first day that is not free from a closing weekday on, that weekday included, is the closed one.
    let mut day = date;
    for _ in 0..7 {
        if day.weekday() == closed_on {
            return Ok(true);
        }
        day = day.plus_days(-1);
        if !is_free(day)? {
            return Ok(false);
        }
    }
    Ok(false)
}
