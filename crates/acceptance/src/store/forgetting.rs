//! Forgetting where people were: what the tables keep of movement is dropped with the keys of its days.
//!
//! Owns that one step. What stays is what financial law asks for: holder, service, amount, time of the entry. The same journal
//! read without those keys gives rows without these columns.

use base::{CivilDate, Micros, Timestamp};
use platform::database::{Database, DatabaseError};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::entities::{minute, outcome};

/// Counts of a minute become those of the whole city: beside the time and price of a row, the place of a quiet minute would
/// tell where its holder was.
const MERGE: &str = "insert into acceptance_minute \
     (minute, place, passed, free, paid, refused, incident, entitled, charged, forgone) \
     select minute, '', cast(sum(passed) as bigint), cast(sum(free) as bigint), cast(sum(paid) as bigint), \
     cast(sum(refused) as bigint), cast(sum(incident) as bigint), cast(sum(entitled) as bigint), \
     cast(sum(charged) as bigint), cast(sum(forgone) as bigint) \
     from acceptance_minute where place <> '' and minute < UNTIL group by minute \
     on conflict (minute, place) do update set passed = acceptance_minute.passed + excluded.passed, \
     free = acceptance_minute.free + excluded.free, paid = acceptance_minute.paid + excluded.paid, \
     refused = acceptance_minute.refused + excluded.refused, \
     incident = acceptance_minute.incident + excluded.incident, \
     entitled = acceptance_minute.entitled + excluded.entitled, \
     charged = acceptance_minute.charged + excluded.charged, \
     forgone = acceptance_minute.forgone + excluded.forgone";

/// Drops the movement of taps and asks of all days before this one, and answers of how many. A tap may have come later than
/// its day by the horizon, so the places of minutes are dropped as far.
///
/// # Errors
/// When the tables cannot be written; nothing was dropped then.
pub async fn forget_movement(
    database: &Database,
    before: CivilDate,
    horizon: Micros,
) -> Result<u64, DatabaseError> {
    let midnight = before.midnight();
    // A service day ends four hours into the next date.
    let until = midnight.plus(horizon).plus(Timestamp::DAY).0;
    database
        .transact(|txn, _| {
            Box::pin(async move {
                let nothing = || Expr::value(Option::<String>::None);
                let no_number = || Expr::value(Option::<i64>::None);
                let forgotten = outcome::Entity::update_many()
                    .col_expr(outcome::Column::Place, nothing())
                    .col_expr(outcome::Column::Line, nothing())
                    .col_expr(outcome::Column::Part, nothing())
                    .col_expr(outcome::Column::Party, nothing())
                    .col_expr(outcome::Column::Metres, no_number())
                    .col_expr(outcome::Column::DeviceAt, no_number())
                    .filter(outcome::Column::DeviceAt.lt(midnight.0))
                    .exec(txn)
                    .await?;
                txn.execute_unprepared(&MERGE.replace("UNTIL", &until.to_string())).await?;
                minute::Entity::delete_many()
                    .filter(minute::Column::Place.ne(""))
                    .filter(minute::Column::Minute.lt(until))
                    .exec(txn)
                    .await?;
                Ok(forgotten.rows_affected)
            })
        })
        .await
}
