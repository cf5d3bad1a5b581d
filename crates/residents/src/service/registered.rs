//! The numbers that are given out, for whoever holds the registry against the journal. Numbers only: nobody is named.

use std::collections::BTreeSet;

use base::HolderNumber;
use platform::database::View;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::numbers;
use crate::error::ResidentsError;
use crate::store::individual;

/// Numbers read at a time.
const PAGE: u64 = 10_000;

/// Every holder number of the registry, from one view; none where no registry was opened yet.
///
/// # Errors
/// [`ResidentsError`] when the table cannot be read.
pub async fn registered(view: &View) -> Result<BTreeSet<HolderNumber>, ResidentsError> {
    let mut known = BTreeSet::new();
    if !view.has_table("residents_individual").await? {
        return Ok(known);
    }
    let mut after = i64::MIN;
    loop {
        let rows: Vec<i64> = individual::Entity::find()
            .select_only()
            .column(individual::Column::Holder)
            .filter(individual::Column::Holder.gt(after))
            .order_by_asc(individual::Column::Holder)
            .limit(PAGE)
            .into_tuple()
            .all(view.connection())
            .await?;
        let Some(last) = rows.last() else { return Ok(known) };
        after = *last;
        for row in rows {
            known.insert(numbers::read(row)?);
        }
    }
}
