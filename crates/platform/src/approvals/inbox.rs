//! What waits for whom.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entities::{decision, request};
use super::{Action, Actor, ApprovalError, Approvals, Delegation, Request, Resource, Standing, find};

/// Open requests looked at: far more than people leave lying.
const OPEN_MAX: u64 = 1_000;

/// Requests of one's own that are shown: the newest.
const OWN_MAX: u64 = 50;

impl Approvals {
    /// A request, for whoever asked for it or may decide it, now or once.
    ///
    /// # Errors
    /// `not_found`, also for whoever it is none of their business.
    pub async fn request(&self, actor: &Actor, id: Uuid) -> Result<(Request, Standing), ApprovalError> {
        let request = find(self.office.read(), id).await?;
        let matter = self.matter(&request.matter)?;
        let letters = self.letters_of(actor, self.clock.now()).await?;
        let concerned = request.maker == actor.id()
            || matter.steps().iter().any(|action| {
                self.permits(actor, *action)
                    || letters
                        .iter()
                        .any(|letter| self.permits(&letter.of_principal(actor, *action), *action))
            });
        if !concerned {
            return Err(ApprovalError::Unknown);
        }
        let standing = request.standing(matter.steps().len());
        Ok((request, standing))
    }

    /// Requests that wait for this person's decision, the longest waiting first.
    ///
    /// # Errors
    /// [`ApprovalError::Database`].
    pub async fn waiting_for(&self, actor: &Actor) -> Result<Vec<Request>, ApprovalError> {
        let letters = self.letters_of(actor, self.clock.now()).await?;
        let mut waiting = self.open().await?;
        waiting.retain(|request| self.decides_next(actor, &letters, request));
        waiting.sort_by_key(Request::since);
        Ok(waiting)
    }

    /// Whether somebody may decide a request as it stands.
    ///
    /// # Errors
    /// [`ApprovalError::Database`].
    pub async fn may_decide(&self, actor: &Actor, request: &Request) -> Result<bool, ApprovalError> {
        let letters = self.letters_of(actor, self.clock.now()).await?;
        Ok(self.decides_next(actor, &letters, request))
    }

    /// Whether somebody, with these letters, may decide the step that a request waits for.
    fn decides_next(&self, actor: &Actor, letters: &[Delegation], request: &Request) -> bool {
        let Ok(matter) = self.matter(&request.matter) else { return false };
        let Standing::Waiting { step } = request.standing(matter.steps().len()) else { return false };
        let Some(action) = matter.steps().get(step) else { return false };
        self.stands(actor, letters, request, *action).is_ok()
    }

    /// What somebody asked for, newest first, with how each stands.
    ///
    /// # Errors
    /// [`ApprovalError::Database`].
    pub async fn asked_by(&self, actor: &Actor) -> Result<Vec<(Request, Standing)>, ApprovalError> {
        let rows = request::Entity::find()
            .filter(request::Column::Maker.eq(actor.id()))
            .order_by_desc(request::Column::Id)
            .limit(OWN_MAX)
            .all(self.office.read())
            .await?;
        let requests = self.with_decisions(rows).await?;
        let standing = |request: Request| {
            let steps = self.matter(&request.matter).map_or(1, |matter| matter.steps().len());
            (request.standing(steps), request)
        };
        Ok(requests.into_iter().map(standing).map(|(standing, request)| (request, standing)).collect())
    }

    /// Requests without a last word, oldest first.
    async fn open(&self) -> Result<Vec<Request>, ApprovalError> {
        let closed = Query::select()
            .column(decision::Column::RequestId)
            .from(decision::Entity)
            .and_where(decision::Column::Closes.eq(true))
            .take();
        let rows = request::Entity::find()
            .filter(request::Column::Id.not_in_subquery(closed))
            .order_by_asc(request::Column::Id)
            .limit(OPEN_MAX)
            .all(self.office.read())
            .await?;
        self.with_decisions(rows).await
    }

    async fn with_decisions(&self, rows: Vec<request::Model>) -> Result<Vec<Request>, ApprovalError> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let all = decision::Entity::find()
            .filter(decision::Column::RequestId.is_in(ids))
            .order_by_asc(decision::Column::Step)
            .all(self.office.read())
            .await?;
        let of = |row: request::Model| {
            let own = all.iter().filter(|one| one.request_id == row.id).cloned().collect();
            Request::read(row, own)
        };
        Ok(rows.into_iter().map(of).collect())
    }

    fn permits(&self, actor: &Actor, action: Action) -> bool {
        self.policies.permits(actor, action, &Resource::City)
    }
}
