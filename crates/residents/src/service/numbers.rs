//! Holder numbers: drawn at random, so that a number tells nothing, and unique.

use std::collections::BTreeSet;

use base::HolderNumber;
use platform::database::Transaction;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::error::ResidentsError;
use crate::store::individual;

/// Rounds of drawing before giving up; with ten million holders a number is taken with a chance of one in a hundred.
const ROUNDS_MAX: usize = 16;

/// Draws `count` numbers nobody has, none of `reserved` either.
pub(super) async fn draw(
    txn: &Transaction,
    count: usize,
    reserved: &BTreeSet<HolderNumber>,
) -> Result<Vec<HolderNumber>, ResidentsError> {
    let mut free: BTreeSet<HolderNumber> = BTreeSet::new();
    // Kept in the order drawn: sorted numbers would tell who came first.
    let mut drawn = Vec::with_capacity(count);
    for _ in 0..ROUNDS_MAX {
        let mut fresh = Vec::new();
        while drawn.len() + fresh.len() < count {
            let number = random()?;
            if !reserved.contains(&number) && free.insert(number) {
                fresh.push(number);
            }
        }
        let taken = taken(txn, &fresh).await?;
        drawn.extend(fresh.into_iter().filter(|number| !taken.contains(number)));
        if drawn.len() == count {
            return Ok(drawn);
        }
    }
    Err(ResidentsError::NumbersExhausted)
}

/// Which of the numbers somebody has.
pub(super) async fn taken(
    txn: &Transaction,
    numbers: &[HolderNumber],
) -> Result<BTreeSet<HolderNumber>, ResidentsError> {
    if numbers.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<i64> = individual::Entity::find()
        .select_only()
        .column(individual::Column::Holder)
        .filter(individual::Column::Holder.is_in(numbers.iter().map(|number| stored(*number))))
        .into_tuple()
        .all(txn)
        .await?;
    rows.into_iter().map(read).collect()
}

/// A number as stored. Numbers stay far below 2⁶³.
pub(super) fn stored(number: HolderNumber) -> i64 {
    i64::try_from(number.index()).unwrap_or(i64::MAX)
}

/// A number read back.
pub(super) fn read(stored: i64) -> Result<HolderNumber, ResidentsError> {
    let number = u64::try_from(stored).ok().and_then(|index| HolderNumber::new(index).ok());
    number.ok_or_else(|| ResidentsError::Record { reason: format!("{stored} is no holder number") })
}

fn random() -> Result<HolderNumber, ResidentsError> {
    let mut bytes = [0u8; 8];
    getrandom::fill(&mut bytes).map_err(ResidentsError::Randomness)?;
    // 2⁶⁴ is so much larger than the count that the remainder favours no number noticeably.
    let index = u64::from_le_bytes(bytes) % HolderNumber::COUNT;
    HolderNumber::new(index).map_err(|error| ResidentsError::Record { reason: error.to_string() })
}
