//! Places and the organisations behind them. Codes come from content; the engine knows their indexes.

use base::Code;
use hashbrown::HashMap;
use minicbor::{Decode, Encode};

use crate::content::Role;
use crate::state::KeyedState;
use crate::{OrganisationDefinition, PlaceDefinition};

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
}

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

    /// Roles in order of index.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    pub(crate) fn publish_organisation(&mut self, definition: &OrganisationDefinition) {
        let index = self.organisations.intern(definition.code);
        assert!(index as usize == self.roles.len(), "an organisation is published once");
        self.roles.push(definition.role);
    }

    pub(crate) fn publish(&mut self, definition: &PlaceDefinition) {
        let operator = self.organisations.intern(definition.operator);
        let service = self.services.intern(definition.service);
        let place = Place { definition: definition.clone(), operator, service };
        let index = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let before = self.index.insert(definition.code, index);
        assert!(before.is_none(), "a place is published once");
        self.all.push(place);
    }
}
