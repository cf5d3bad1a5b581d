//! Grants and what became of them as the audit told of them, to be held against its lines.

use platform::audit::{KeptRow, Subject};
use platform::database::DatabaseError;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::grants::given;
use crate::store::{grant, grant_change};

/// What the lines say that tell of such rows.
pub const TELLING: [&str; 2] = ["grant_issued", "grant_changed"];

/// Every grant and every change of one.
///
/// # Errors
/// [`DatabaseError`] when the tables cannot be read.
pub async fn kept_rows(office: &impl ConnectionTrait) -> Result<Vec<KeptRow>, DatabaseError> {
    let grants = grant::Entity::find().all(office).await?;
    let changes = grant_change::Entity::find().all(office).await?;
    let grant = |row: grant::Model| {
        let (name, subject) = (format!("governance_grant {}", row.id), Subject::new("grant", row.id));
        let kept = KeptRow::new(name, subject, "grant_issued", &row.told());
        match given(row) {
            Some(given) => kept.once_told(given.to_json().to_string().into_bytes()),
            None => kept,
        }
    };
    let change = |row: grant_change::Model| {
        let name = format!("governance_grant_change {}", row.id);
        let subject = Subject::new("grant", row.grant_id);
        let part = serde_json::to_vec(&(&row.kind, &row.reason)).unwrap_or_default();
        KeptRow::new(name, subject, "grant_changed", &row.told()).once_told(part)
    };
    Ok(grants.into_iter().map(grant).chain(changes.into_iter().map(change)).collect())
}
