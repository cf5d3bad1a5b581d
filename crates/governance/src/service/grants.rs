//! Leave to see persons (Governor's Regulation 145/2017, clause 7): Diskominfotik issues, suspends and revokes it; whoever
//! has none sees nobody. What became of a grant is added, never changed; its state follows.

use base::{CivilDate, Code, Timestamp};
use platform::access::{Action, Actor, ActorKind, Grants, InForce, Leave, Permit, Resource, Role, authorize};
use platform::agencies;
use platform::audit::{Audit, Change, Subject};
use platform::database::{DatabaseError, Transaction};
use platform::ids::uuid_v7;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{Governance, GovernanceError};
use crate::secrets::SecretError;
use crate::store::{grant, grant_change};

/// Longest purpose, document number or reason, in characters.
pub const TEXT_LENGTH_MAX: usize = 200;

/// Grants a list shows at most: the newest.
const LISTED_MAX: u64 = 200;

/// What of a person may be seen.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Column {
    /// Media, money, rights and uses, under a number.
    Card,
    /// Name, age, masked identity number and address.
    Identity,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 2] = [Self::Card, Self::Identity];

    /// Its name in tables and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Identity => "identity",
        }
    }

    /// The action it lets somebody do.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Card => Action::ViewHolder,
            Self::Identity => Action::ViewIndividual,
        }
    }

    /// The column of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == name)
    }
}

/// Leave to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// To whom: everybody of a role.
    pub role: Role,
    /// Of one agency only.
    pub agency: Option<Code>,
    /// What may be seen.
    pub columns: Vec<Column>,
    /// What for.
    pub purpose: String,
    /// Number of the document it rests on.
    pub document: String,
    /// First day.
    pub from: CivilDate,
    /// Last day, included.
    pub to: CivilDate,
}

/// What may become of a grant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantChange {
    /// It rests.
    Suspended,
    /// It works again.
    Resumed,
    /// It is over.
    Revoked,
}

impl GrantChange {
    /// Every change.
    pub const ALL: [Self; 3] = [Self::Suspended, Self::Resumed, Self::Revoked];

    /// Its name in tables and forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Resumed => "resumed",
            Self::Revoked => "revoked",
        }
    }

    /// The change of a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|change| change.as_str() == name)
    }
}

/// How a grant stands on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantState {
    /// Its first day is to come.
    NotYet,
    /// It works.
    InForce,
    /// It rests.
    Suspended,
    /// Its last day is over.
    Ended,
    /// It was taken back.
    Revoked,
}

impl GrantState {
    /// Its name in texts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet",
            Self::InForce => "in-force",
            Self::Suspended => "suspended",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
        }
    }

    /// How it stands after what became of it: taken back is for good, otherwise the last change counts.
    fn of(row: &grant::Model, last: Option<&grant_change::Model>, day: CivilDate) -> Self {
        match last.and_then(|change| GrantChange::parse(&change.kind)) {
            Some(GrantChange::Revoked) => Self::Revoked,
            _ if day.0 > row.to_day => Self::Ended,
            Some(GrantChange::Suspended) => Self::Suspended,
            _ if day.0 < row.from_day => Self::NotYet,
            _ => Self::InForce,
        }
    }
}

/// A grant with how it stands today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its id.
    pub id: Uuid,
    /// What it says.
    pub given: NewGrant,
    /// How it stands.
    pub state: GrantState,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: Timestamp,
    /// Why it was suspended or revoked.
    pub reason: Option<String>,
}

impl Governance {
    /// Asks for leave to be given: another person of Diskominfotik decides.
    ///
    /// # Errors
    /// `access_denied`; `grant_invalid` with what is missing; `grant_to_self`; when the database fails.
    pub async fn ask_grant(&self, permit: &Permit, new: &NewGrant) -> Result<Uuid, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        check(new)?;
        let subject = Subject::new("role", new.role.as_str());
        self.ask(permit, super::matters::GRANT, &subject, &new.to_json()).await
    }

    /// Gives leave at once. Only the system itself does that, when it prepares a city; people ask.
    ///
    /// # Errors
    /// `access_denied`; `grant_invalid` with what is missing; `grant_to_self`; when the database fails.
    pub async fn issue_grant(&self, permit: &Permit, new: NewGrant) -> Result<Uuid, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        if permit.actor().kind() != ActorKind::System {
            return Err(permit.denied(Action::ManageAccess).into());
        }
        let row = row(&new, permit.actor().id(), self.clock.now())?;
        let id = self
            .office
            .transact(|txn, _| {
                let (row, audit) = (row.clone(), &self.audit);
                Box::pin(async move {
                    let row = row.insert(txn).await?;
                    let subject = Subject::new("grant", row.id);
                    audit.change(txn, permit, &subject, "grant_issued", &Change::new(&row.told())).await?;
                    Ok::<Uuid, GovernanceError>(row.id)
                })
            })
            .await?;
        tracing::info!(grant.id = %id, grant.role = new.role.as_str(), "grant issued");
        Ok(id)
    }

    /// Suspends or revokes a grant, with the reason: one person is enough to stop something.
    ///
    /// # Errors
    /// `access_denied`, also for resuming, which two people do; `grant_invalid` without a reason; `not_found`;
    /// `grant_revoked`; when the database fails.
    pub async fn change_grant(
        &self,
        permit: &Permit,
        id: Uuid,
        change: GrantChange,
        reason: &str,
    ) -> Result<(), GovernanceError> {
        permit.require(Action::ManageAccess)?;
        if change == GrantChange::Resumed && permit.actor().kind() != ActorKind::System {
            return Err(permit.denied(Action::ManageAccess).into());
        }
        text(reason, "reason")?;
        let now = self.clock.now();
        self.office
            .transact(|txn, _| {
                let (by, audit) = (permit.actor().id(), &self.audit);
                let new = Changing { id, change, reason, by, now };
                Box::pin(async move { new.write(txn, permit, audit).await })
            })
            .await?;
        tracing::info!(grant.id = %id, grant.change = change.as_str(), "grant changed");
        Ok(())
    }

    /// Asks for a suspended grant to work again: another person of Diskominfotik decides.
    ///
    /// # Errors
    /// `access_denied`; `grant_invalid` without a reason; `not_found`; `grant_revoked`; when the database fails.
    pub async fn ask_resume(&self, permit: &Permit, id: Uuid, reason: &str) -> Result<Uuid, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        text(reason, "reason")?;
        let grant = self.grant(id).await?;
        match grant.state {
            GrantState::Revoked => return Err(GovernanceError::GrantRevoked),
            GrantState::Suspended => {}
            _ => return Err(GovernanceError::GrantInvalid { what: "state" }),
        }
        let mut body = grant.given.to_json();
        if let Some(body) = body.as_object_mut() {
            body.insert("grant".into(), id.to_string().into());
            body.insert("reason".into(), reason.trim().into());
        }
        self.ask(permit, super::matters::RESUME, &Subject::new("grant", id), &body).await
    }

    /// Grants, the newest first, with how they stand today.
    ///
    /// # Errors
    /// `access_denied`; when the tables cannot be read.
    pub async fn grants(&self, permit: &Permit) -> Result<Vec<Grant>, GovernanceError> {
        permit.require(Action::ManageAccess)?;
        let rows = grant::Entity::find().order_by_desc(grant::Column::Id).limit(LISTED_MAX);
        self.told(rows.all(self.office.read()).await?).await
    }

    /// One grant, whenever it was issued, with how it stands today.
    async fn grant(&self, id: Uuid) -> Result<Grant, GovernanceError> {
        let row = grant::Entity::find_by_id(id).one(self.office.read()).await?;
        self.told(row.into_iter().collect()).await?.pop().ok_or(GovernanceError::GrantUnknown)
    }

    /// Grants with how they stand today, in the order of the rows.
    pub(super) async fn told(&self, rows: Vec<grant::Model>) -> Result<Vec<Grant>, GovernanceError> {
        let changes = self.changes_of(rows.iter().map(|row| row.id).collect()).await?;
        let issuers = self.names().await?;
        let day = self.clock.now().jakarta_date();
        let told = |row: grant::Model| {
            let last = last_of(&changes, row.id);
            let state = GrantState::of(&row, last, day);
            Some(Grant {
                id: row.id,
                state,
                issued_by: issuers.get(&row.issued_by).unwrap_or(&row.issued_by).clone(),
                issued_at: Timestamp(row.issued_at),
                reason: last.map(|change| change.reason.clone()),
                given: given(row)?,
            })
        };
        Ok(rows.into_iter().filter_map(told).collect())
    }

    /// Grants in force that end soon and are followed by none, the first to end first: to somebody's own office, or all.
    pub(super) async fn ending(&self, of: Option<&Actor>) -> Result<Vec<Grant>, GovernanceError> {
        let today = self.clock.now().jakarta_date();
        let soon = today.plus_days(self.settings.grant_ending_days);
        let to_whom = || of.map_or_else(Condition::all, to_office);
        let begun = grant::Entity::find().filter(to_whom()).filter(grant::Column::FromDay.lte(today.0));
        let rows = begun
            .filter(grant::Column::ToDay.gte(today.0))
            .filter(grant::Column::ToDay.lt(soon.0))
            .order_by_asc(grant::Column::ToDay)
            .order_by_asc(grant::Column::Id)
            .limit(LISTED_MAX)
            .all(self.office.read())
            .await?;
        let mut ending = self.told(rows).await?;
        ending.retain(|grant| grant.state == GrantState::InForce);
        if ending.is_empty() {
            return Ok(ending);
        }
        let next = grant::Entity::find()
            .filter(to_whom())
            .filter(grant::Column::FromDay.lte(soon.0))
            .filter(grant::Column::ToDay.gt(today.0))
            .order_by_desc(grant::Column::ToDay)
            .limit(LISTED_MAX)
            .all(self.office.read())
            .await?;
        let next = self.told(next).await?;
        ending.retain(|grant| !next.iter().any(|next| next.follows(grant)));
        Ok(ending)
    }

    /// A grant to somebody's own office.
    ///
    /// # Errors
    /// `not_found`, also where it is another office's; when the tables cannot be read.
    pub async fn own_grant(&self, actor: &Actor, id: Uuid) -> Result<Grant, GovernanceError> {
        let own = grant::Entity::find_by_id(id).filter(to_office(actor)).one(self.office.read()).await?;
        self.told(own.into_iter().collect()).await?.pop().ok_or(GovernanceError::GrantUnknown)
    }

    /// Asks for a grant to one's own office once more, from the day after it ends, for as long as grants last: Diskominfotik
    /// decides.
    ///
    /// # Errors
    /// `not_found`; `grant_invalid` without a document, or where it was stopped; when the database fails.
    pub async fn ask_again(&self, actor: &Actor, id: Uuid, document: &str) -> Result<Uuid, GovernanceError> {
        let permit = authorize(&self.policies, actor, Action::ActForOneself, &Resource::City)?;
        let before = self.own_grant(actor, id).await?;
        if !matches!(before.state, GrantState::InForce | GrantState::Ended) {
            return Err(GovernanceError::GrantInvalid { what: "state" });
        }
        let new = self.again(&before, document);
        check(&new)?;
        let mut body = new.to_json();
        if let Some(body) = body.as_object_mut() {
            body.insert("again".into(), id.to_string().into());
        }
        let subject = Subject::new("role", new.role.as_str());
        self.ask(&permit, super::matters::GRANT, &subject, &body).await
    }

    /// The grant that would follow another.
    #[must_use]
    pub fn again(&self, before: &Grant, document: &str) -> NewGrant {
        let from = before.given.to.plus_days(1).max(self.clock.now().jakarta_date());
        let to = from.plus_days(self.settings.grant_days);
        NewGrant { document: document.trim().to_owned(), from, to, ..before.given.clone() }
    }

    /// What users of a role and agency may see of persons at a moment.
    pub(super) async fn granted(
        &self,
        role: &str,
        agency: Option<&str>,
        at: Timestamp,
    ) -> Result<Vec<Leave>, DatabaseError> {
        let day = at.jakarta_date();
        let rows = grant::Entity::find()
            .filter(grant::Column::Role.eq(role))
            .filter(grant::Column::FromDay.lte(day.0))
            .filter(grant::Column::ToDay.gte(day.0))
            .all(self.office.read())
            .await?;
        let is_theirs = |row: &grant::Model| row.agency.is_none() || row.agency.as_deref() == agency;
        let rows: Vec<grant::Model> = rows.into_iter().filter(is_theirs).collect();
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let changes = self.changes_of(rows.iter().map(|row| row.id).collect()).await?;
        let works =
            |row: &&grant::Model| GrantState::of(row, last_of(&changes, row.id), day) == GrantState::InForce;
        let leave = |row: &grant::Model| {
            let basis = std::sync::Arc::<str>::from(format!("{}: {}", row.document, row.purpose));
            let columns = row.columns.split(' ').filter_map(Column::parse);
            columns.map(|column| Leave { action: column.action(), basis: basis.clone() }).collect::<Vec<_>>()
        };
        let mut leave: Vec<Leave> = rows.iter().filter(works).flat_map(leave).collect();
        leave.sort_unstable();
        leave.dedup_by_key(|leave| leave.action);
        Ok(leave)
    }

    /// What became of grants, oldest first.
    async fn changes_of(&self, grants: Vec<Uuid>) -> Result<Vec<grant_change::Model>, DatabaseError> {
        let rows = grant_change::Entity::find()
            .filter(grant_change::Column::GrantId.is_in(grants))
            .order_by_asc(grant_change::Column::Id);
        Ok(rows.all(self.office.read()).await?)
    }
}

impl Grants for Governance {
    fn in_force(&self, role: Role, agency: Option<Code>) -> InForce<'_> {
        Box::pin(async move {
            let agency = agency.map(|agency| agency.to_string());
            self.granted(role.as_str(), agency.as_deref(), self.clock.now()).await
        })
    }
}

impl Grant {
    /// Whether it goes on where another ends.
    fn follows(&self, other: &Self) -> bool {
        let (new, old) = (&self.given, &other.given);
        matches!(self.state, GrantState::InForce | GrantState::NotYet)
            && new.role == old.role
            && new.agency == old.agency
            && old.columns.iter().all(|column| new.columns.contains(column))
            && old.to < new.to
            && new.from <= old.to.plus_days(1)
    }
}

/// Grants to the role of somebody, for their agency or for all.
fn to_office(actor: &Actor) -> Condition {
    let agency = actor.agency().map(|agency| grant::Column::Agency.eq(agency.to_string()));
    let to_it = Condition::any().add(grant::Column::Agency.is_null()).add_option(agency);
    Condition::all().add(grant::Column::Role.eq(actor.role().as_str())).add(to_it)
}

/// What is to become of a grant.
pub(super) struct Changing<'a> {
    pub id: Uuid,
    pub change: GrantChange,
    pub reason: &'a str,
    pub by: &'a str,
    pub now: Timestamp,
}

impl Changing<'_> {
    /// Adds the change, unless the grant was revoked or is none.
    pub(super) async fn write(
        &self,
        txn: &Transaction,
        permit: &Permit,
        audit: &Audit,
    ) -> Result<(), GovernanceError> {
        if grant::Entity::find_by_id(self.id).one(txn).await?.is_none() {
            return Err(GovernanceError::GrantUnknown);
        }
        let before = grant_change::Entity::find()
            .filter(grant_change::Column::GrantId.eq(self.id))
            .order_by_asc(grant_change::Column::Id)
            .all(txn)
            .await?;
        if before.iter().any(|change| change.kind == GrantChange::Revoked.as_str()) {
            return Err(GovernanceError::GrantRevoked);
        }
        let row = grant_change::ActiveModel {
            id: Set(uuid_v7(self.now).map_err(SecretError::from)?),
            grant_id: Set(self.id),
            kind: Set(self.change.as_str().into()),
            reason: Set(self.reason.trim().into()),
            changed_by: Set(self.by.into()),
            changed_at: Set(self.now.0),
        };
        let row = row.insert(txn).await?;
        let before = last_of(&before, self.id).map(|last| last.kind.clone());
        let told = Change::of(&before, &row.told());
        audit.change(txn, permit, &Subject::new("grant", self.id), "grant_changed", &told).await?;
        Ok(())
    }
}

/// The row of a grant that is complete.
pub(super) fn row(new: &NewGrant, by: &str, now: Timestamp) -> Result<grant::ActiveModel, GovernanceError> {
    check(new)?;
    let columns: Vec<&str> =
        Column::ALL.into_iter().filter(|one| new.columns.contains(one)).map(Column::as_str).collect();
    Ok(grant::ActiveModel {
        id: Set(uuid_v7(now).map_err(SecretError::from)?),
        role: Set(new.role.as_str().into()),
        agency: Set(new.agency.map(|agency| agency.to_string())),
        columns: Set(columns.join(" ")),
        purpose: Set(new.purpose.trim().into()),
        document: Set(new.document.trim().into()),
        from_day: Set(new.from.0),
        to_day: Set(new.to.0),
        issued_by: Set(by.into()),
        issued_at: Set(now.0),
    })
}

/// What counts of what became of a grant: that it was taken back, whatever the clock said then; otherwise the last change.
fn last_of(changes: &[grant_change::Model], grant: Uuid) -> Option<&grant_change::Model> {
    let mut of_grant = changes.iter().filter(|change| change.grant_id == grant);
    let is_revoked = |change: &&grant_change::Model| change.kind == GrantChange::Revoked.as_str();
    of_grant.clone().find(is_revoked).or_else(|| of_grant.next_back())
}

pub(super) fn given(row: grant::Model) -> Option<NewGrant> {
    Some(NewGrant {
        role: Role::parse(&row.role).ok()?,
        agency: row.agency.as_deref().and_then(|code| Code::parse(code).ok()),
        columns: row.columns.split(' ').filter_map(Column::parse).collect(),
        purpose: row.purpose,
        document: row.document,
        from: CivilDate(row.from_day),
        to: CivilDate(row.to_day),
    })
}

fn check(new: &NewGrant) -> Result<(), GovernanceError> {
    let office = new.agency.and_then(agencies::find);
    if new.role == Role::DataAuthority || office.is_some_and(|one| one.role == Some(Role::DataAuthority)) {
        return Err(GovernanceError::GrantToSelf);
    }
    if new.agency.is_some() && office.is_none() {
        return Err(GovernanceError::GrantInvalid { what: "agency" });
    }
    if !Role::OF_STAFF.contains(&new.role) {
        return Err(GovernanceError::GrantInvalid { what: "role" });
    }
    if new.columns.is_empty() {
        return Err(GovernanceError::GrantInvalid { what: "columns" });
    }
    text(&new.purpose, "purpose")?;
    text(&new.document, "document")?;
    if new.to < new.from {
        return Err(GovernanceError::GrantInvalid { what: "period" });
    }
    Ok(())
}

fn text(text: &str, what: &'static str) -> Result<(), GovernanceError> {
    let length = text.trim().chars().count();
    if (1..=TEXT_LENGTH_MAX).contains(&length) { Ok(()) } else { Err(GovernanceError::GrantInvalid { what }) }
}
