//! Requests and decisions as the audit told of them, to be held against its lines.

use sea_orm::{ConnectionTrait, EntityTrait};

use super::Verdict;
use super::entities::{decision, request};
use crate::audit::{KeptRow, Subject};
use crate::database::DatabaseError;

/// What the lines say that tell of such rows.
pub const TELLING: [&str; 4] = ["request_made", "request_approved", "request_rejected", "request_withdrawn"];

/// Every request and every decision.
///
/// # Errors
/// [`DatabaseError`] when the tables cannot be read.
pub async fn kept_rows(office: &impl ConnectionTrait) -> Result<Vec<KeptRow>, DatabaseError> {
    let requests = request::Entity::find().all(office).await?;
    let decisions = decision::Entity::find().all(office).await?;
    let request = |row: request::Model| {
        let (name, subject) = (format!("platform_request {}", row.id), Subject::of(&row.subject));
        let kept = KeptRow::new(name, subject, "request_made", &row.told());
        kept.once_told(row.body.into_bytes())
    };
    let decision = |row: decision::Model| {
        let name = format!("platform_decision {}", row.id);
        let subject = Subject::new("request", row.request_id);
        let what = Verdict::parse(&row.verdict).map_or("", Verdict::audited);
        let reason = serde_json::to_vec(&row.reason).unwrap_or_default();
        KeptRow::new(name, subject, what, &row.told()).once_told(reason)
    };
    Ok(requests.into_iter().map(request).chain(decisions.into_iter().map(decision)).collect())
}
