//! Who acts.

use std::sync::Arc;

use base::{Code, HolderNumber, PrincipalId};

use super::{Action, Leave};

/// Principal under which the office's own commands (the outbox) reach the engine.
pub const OFFICE_PRINCIPAL: PrincipalId = PrincipalId(1);

/// Principal under which what people do in the portal reaches the engine.
pub const CONSOLE_PRINCIPAL: PrincipalId = PrincipalId(2);

/// What kind of somebody acts; also the type's name in the policy schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A program with a bearer token.
    Client,
    /// A terminal with its own key.
    Device,
    /// A person at work who signed in, or the console of a demonstration.
    Staff,
    /// A resident looking after their own affairs.
    Resident,
    /// The system itself: outbox, start-up, content.
    System,
    /// Whoever has not signed in.
    Nobody,
}

impl ActorKind {
    /// The kind's name in policies and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "Client",
            Self::Device => "Device",
            Self::Staff => "Staff",
            Self::Resident => "Resident",
            Self::System => "System",
            Self::Nobody => "Nobody",
        }
    }
}

/// In what capacity somebody acts. Policies grant to roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Runs terminals: gates, validators, cash desks.
    TerminalOperator,
    /// A bank of the digital financial service.
    Bank,
    /// A merchant: tills that sell goods.
    Merchant,
    /// The operator of the system (*Pengelola*), and those who work for it.
    Operator,
    /// Those who authorise every access to programme data and analyse it (*Diskominfotik*).
    DataAuthority,
    /// An agency that owns programmes (*Perangkat Daerah*).
    Agency,
    /// The monitoring and evaluation team.
    Monitoring,
    /// The inspectorate.
    Inspector,
    /// Those who help people at gates and counters.
    Counter,
    /// The loopback portal of a demonstration.
    Console,
    /// A resident.
    Resident,
    /// The system itself.
    System,
    /// Whoever has not signed in.
    Nobody,
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no role is called {name:?}")]
pub struct UnknownRole {
    /// The text.
    pub name: String,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 13] = [
        Self::TerminalOperator,
        Self::Bank,
        Self::Merchant,
        Self::Operator,
        Self::DataAuthority,
        Self::Agency,
        Self::Monitoring,
        Self::Inspector,
        Self::Counter,
        Self::Console,
        Self::Resident,
        Self::System,
        Self::Nobody,
    ];

    /// The roles an API client can have.
    pub const OF_CLIENTS: [Self; 4] = [Self::TerminalOperator, Self::Bank, Self::Merchant, Self::Operator];

    /// The roles of people who sign in at work.
    pub const OF_STAFF: [Self; 6] =
        [Self::Operator, Self::DataAuthority, Self::Agency, Self::Monitoring, Self::Inspector, Self::Counter];

    /// The role's name in policies, tables and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TerminalOperator => "terminal_operator",
            Self::Bank => "bank",
            Self::Merchant => "merchant",
            Self::Operator => "operator",
            Self::DataAuthority => "data_authority",
            Self::Agency => "agency",
            Self::Monitoring => "monitoring",
            Self::Inspector => "inspector",
            Self::Counter => "counter",
            Self::Console => "console",
            Self::Resident => "resident",
            Self::System => "system",
            Self::Nobody => "nobody",
        }
    }

    /// The role of this name.
    ///
    /// # Errors
    /// [`UnknownRole`] when there is none.
    pub fn parse(name: &str) -> Result<Self, UnknownRole> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == name);
        found.ok_or_else(|| UnknownRole { name: name.chars().take(64).collect() })
    }
}

/// Somebody acting: every handler and page has one before it does anything.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Actor {
    kind: ActorKind,
    id: Arc<str>,
    role: Role,
    agency: Option<Code>,
    principal: PrincipalId,
    granted: Arc<[Leave]>,
}

impl Actor {
    fn new(kind: ActorKind, id: Arc<str>, role: Role, principal: PrincipalId) -> Self {
        Self { kind, id, role, agency: None, principal, granted: Arc::new([]) }
    }

    /// An API client, known by its token.
    #[must_use]
    pub fn client(id: impl Into<Arc<str>>, role: Role, principal: PrincipalId) -> Self {
        Self::new(ActorKind::Client, id.into(), role, principal)
    }

    /// A terminal, known by its key, acting for the client that runs it.
    #[must_use]
    pub fn device(id: impl Into<Arc<str>>, role: Role, principal: PrincipalId) -> Self {
        Self::new(ActorKind::Device, id.into(), role, principal)
    }

    /// The desk of the demonstration portal, which listens on the loopback address only.
    #[must_use]
    pub fn console() -> Self {
        Self::new(ActorKind::Staff, "console".into(), Role::Console, CONSOLE_PRINCIPAL)
    }

    /// Somebody at work who signed in.
    #[must_use]
    pub fn staff(id: impl Into<Arc<str>>, role: Role) -> Self {
        Self::new(ActorKind::Staff, id.into(), role, CONSOLE_PRINCIPAL)
    }

    /// Whoever has not signed in: may read what is published, and nothing else.
    #[must_use]
    pub fn nobody() -> Self {
        Self::new(ActorKind::Nobody, "nobody".into(), Role::Nobody, CONSOLE_PRINCIPAL)
    }

    /// A resident who signed in: the holder of this number, and nobody else's.
    #[must_use]
    pub fn resident(number: HolderNumber) -> Self {
        Self::new(ActorKind::Resident, number.to_string().into(), Role::Resident, CONSOLE_PRINCIPAL)
    }

    /// The system itself.
    #[must_use]
    pub fn system() -> Self {
        Self::new(ActorKind::System, "office".into(), Role::System, OFFICE_PRINCIPAL)
    }

    /// The same actor with what Diskominfotik has granted them (Governor's Regulation 145/2017, clause 7).
    #[must_use]
    pub fn with_grants(mut self, granted: impl Into<Arc<[Leave]>>) -> Self {
        self.granted = granted.into();
        self
    }

    /// What Diskominfotik has granted them.
    #[must_use]
    pub fn granted(&self) -> &[Leave] {
        &self.granted
    }

    /// What their leave for an action rests on, if they act by leave.
    #[must_use]
    pub fn basis_of(&self, action: Action) -> Option<&str> {
        self.granted.iter().find(|leave| leave.action == action).map(|leave| &*leave.basis)
    }

    /// The same actor, acting within one agency.
    #[must_use]
    pub fn of_agency(mut self, agency: Code) -> Self {
        self.agency = Some(agency);
        self
    }

    /// What kind of somebody.
    #[must_use]
    pub const fn kind(&self) -> ActorKind {
        self.kind
    }

    /// Their identifier within the kind.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// In what capacity.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// For which agency, if any.
    #[must_use]
    pub const fn agency(&self) -> Option<Code> {
        self.agency
    }

    /// Under which principal their commands reach the engine.
    #[must_use]
    pub const fn principal(&self) -> PrincipalId {
        self.principal
    }
}
