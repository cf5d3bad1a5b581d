//! Letters by which somebody stands in for somebody else, for a period.

use base::{CivilDate, Code, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::entities::delegation;
use super::{Actor, ApprovalError, Approvals, REASON_LENGTH_MAX};
use crate::access::{Action, ActorKind, Leave, Resource, Role, authorize};
use crate::audit::{Change, Subject};
use crate::database::Transaction;
use crate::ids::uuid_v7;

/// Letters shown of one person: the newest.
const LETTERS_MAX: u64 = 50;

/// A letter to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelegation {
    /// Who stands in.
    pub delegate: String,
    /// Number of the letter.
    pub document: String,
    /// First day.
    pub from: CivilDate,
    /// Last day, included.
    pub to: CivilDate,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: Uuid,
    /// In whose place.
    pub principal: String,
    /// In what capacity that person acts.
    pub role: Role,
    /// For which agency.
    pub agency: Option<Code>,
    /// Who stands in.
    pub delegate: String,
    /// Number of the letter.
    pub document: String,
    /// First day.
    pub from: CivilDate,
    /// Last day, included.
    pub to: CivilDate,
    /// When it was taken back.
    pub ended_at: Option<Timestamp>,
}

impl Delegation {
    fn read(row: delegation::Model) -> Option<Self> {
        Some(Self {
            id: row.id,
            principal: row.principal,
            role: Role::parse(&row.role).ok()?,
            agency: row.agency.as_deref().and_then(|code| Code::parse(code).ok()),
            delegate: row.delegate,
            document: row.document,
            from: CivilDate(row.from_day),
            to: CivilDate(row.to_day),
            ended_at: row.ended_at.map(Timestamp),
        })
    }

    /// Whoever stands in, with the authority of whom they stand in for, by this letter. No leave to see persons goes along.
    pub(super) fn of_principal(&self, delegate: &Actor, action: Action) -> Actor {
        let basis = format!("{} ({})", self.document, self.principal).into();
        let actor = Actor::staff(delegate.id(), self.role).with_grants([Leave { action, basis }]);
        match self.agency {
            Some(agency) => actor.of_agency(agency),
            None => actor,
        }
    }
}

impl Approvals {
    /// Names somebody who stands in for `principal` when requests are decided.
    ///
    /// # Errors
    /// [`ApprovalError::Letter`] when it is incomplete or names themself.
    pub async fn delegate(&self, principal: &Actor, new: &NewDelegation) -> Result<Uuid, ApprovalError> {
        let invalid = |what| Err(ApprovalError::Letter { what });
        let length = new.document.trim().chars().count();
        if !(1..=REASON_LENGTH_MAX).contains(&length) {
            return invalid("document");
        }
        if new.to < new.from {
            return invalid("period");
        }
        if principal.kind() != ActorKind::Staff || new.delegate == principal.id() {
            return invalid("delegate");
        }
        let permit = authorize(&self.policies, principal, Action::ActForOneself, &Resource::City)?;
        let now = self.clock.now();
        let id = uuid_v7(now)?;
        let row = delegation::ActiveModel {
            id: Set(id),
            principal: Set(principal.id().to_owned()),
            role: Set(principal.role().as_str().to_owned()),
            agency: Set(principal.agency().map(|agency| agency.to_string())),
            delegate: Set(new.delegate.clone()),
            document: Set(new.document.trim().to_owned()),
            from_day: Set(new.from.0),
            to_day: Set(new.to.0),
            made_at: Set(now.0),
            ended_at: Set(None),
        };
        self.office
            .transact(|txn, _| {
                let (row, permit, audit) = (row.clone(), &permit, &self.audit);
                Box::pin(async move {
                    row.insert(txn).await?;
                    let told = Change::new(&(&new.delegate, &new.document, new.from.0, new.to.0));
                    audit.change(txn, permit, &Subject::new("letter", id), "letter_written", &told).await?;
                    Ok::<_, ApprovalError>(())
                })
            })
            .await?;
        Ok(id)
    }

    /// Takes a letter of one's own back.
    ///
    /// # Errors
    /// [`ApprovalError::Unknown`] when there is none that is open.
    pub async fn end_delegation(&self, principal: &Actor, id: Uuid) -> Result<(), ApprovalError> {
        let permit = authorize(&self.policies, principal, Action::ActForOneself, &Resource::City)?;
        let own = Condition::all()
            .add(delegation::Column::Id.eq(id))
            .add(delegation::Column::Principal.eq(principal.id()));
        let now = self.clock.now();
        self.office
            .transact(|txn, _| {
                let (own, permit, audit) = (own.clone(), &permit, &self.audit);
                Box::pin(async move {
                    if end(txn, own, now).await? == 0 {
                        return Err(ApprovalError::Unknown);
                    }
                    let subject = Subject::new("letter", id);
                    audit.change(txn, permit, &subject, "letter_ended", &Change::default()).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Letters that somebody wrote, newest first.
    ///
    /// # Errors
    /// [`ApprovalError::Database`].
    pub async fn letters_from(&self, principal: &Actor) -> Result<Vec<Delegation>, ApprovalError> {
        let rows = delegation::Entity::find()
            .filter(delegation::Column::Principal.eq(principal.id()))
            .order_by_desc(delegation::Column::Id)
            .limit(LETTERS_MAX)
            .all(self.office.read())
            .await?;
        Ok(rows.into_iter().filter_map(Delegation::read).collect())
    }

    /// Letters by which somebody stands in for others at a moment.
    pub(super) async fn letters_of(
        &self,
        delegate: &Actor,
        at: Timestamp,
    ) -> Result<Vec<Delegation>, ApprovalError> {
        let day = at.jakarta_date().0;
        let rows = delegation::Entity::find()
            .filter(delegation::Column::Delegate.eq(delegate.id()))
            .filter(delegation::Column::FromDay.lte(day))
            .filter(delegation::Column::ToDay.gte(day))
            .filter(delegation::Column::EndedAt.is_null())
            .order_by_asc(delegation::Column::Id)
            .limit(LETTERS_MAX)
            .all(self.office.read())
            .await?;
        Ok(rows.into_iter().filter_map(Delegation::read).collect())
    }
}

/// Letters from or to somebody.
pub(super) fn of(person: &str) -> Condition {
    Condition::any()
        .add(delegation::Column::Principal.eq(person))
        .add(delegation::Column::Delegate.eq(person))
}

/// Ends open letters. Answers how many.
pub(super) async fn end(txn: &Transaction, which: Condition, now: Timestamp) -> Result<u64, ApprovalError> {
    let ended = delegation::Entity::update_many()
        .col_expr(delegation::Column::EndedAt, Expr::value(now.0))
        .filter(which)
        .filter(delegation::Column::EndedAt.is_null())
        .exec(txn)
        .await?;
    Ok(ended.rows_affected)
}
