//! The hash chain of a terminal: each tap is bound to all before it, so that a batch sent again with other content is
//! noticed at the edge, before the engine sees it.

use platform::database::{DatabaseError, Transaction};
use platform::problems::{self, Problem};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use sha2::{Digest, Sha256};

use super::{Service, TapInput, failed};
use crate::store::entities::chain;
use crate::store::rows::whole;

/// A terminal's chain at one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainLink {
    /// The number.
    pub seq: u64,
    /// Hash over this tap and all before it in the epoch.
    pub hash: [u8; 32],
}

/// The chain's next hash: SHA-256 over the hash before and the tap as text,
/// `id|device|epoch|seq|medium|counter|place|line|device_at|opened|refused`, with the time in microseconds and nothing
/// where a field is absent; where the terminal says which end of a journey it was, how far or with whom, also
/// `|part|metres|party`, the party as `category:count,category:count`. Before the first tap of an epoch the hash is 32 zero bytes.
#[must_use]
pub fn chain_hash(before: &[u8; 32], tap: &TapInput) -> [u8; 32] {
    let TapInput {
        id,
        device,
        epoch,
        seq,
        medium,
        counter,
        place,
        line,
        device_at,
        opened,
        refused,
        passage,
    } = tap;
    let counter = counter.map(|counter| counter.to_string()).unwrap_or_default();
    let line = line.map(|line| line.to_string()).unwrap_or_default();
    let refused = refused.map(engine::Refusal::code).unwrap_or_default();
    let text = format!(
        "{id}|{device}|{epoch}|{seq}|{medium}|{counter}|{place}|{line}|{}|{opened}|{refused}{}",
        device_at.0,
        passage.chain_text()
    );
    Sha256::new().chain_update(before).chain_update(text.as_bytes()).finalize().into()
}

impl Service {
    /// Holds a batch's links against those of earlier batches that end within it.
    pub(super) async fn check_chain(
        &self,
        device: u32,
        epoch: u32,
        links: &[ChainLink],
    ) -> Result<(), Problem> {
        let (Some(first), Some(last)) = (links.first(), links.last()) else { return Ok(()) };
        let known = chain::Entity::find()
            .filter(chain::Column::Device.eq(i64::from(device)))
            .filter(chain::Column::Epoch.eq(i64::from(epoch)))
            .filter(chain::Column::Seq.between(whole(first.seq), whole(last.seq)))
            .all(self.office.read())
            .await
            .map_err(|error| failed(error.into()))?;
        for row in known {
            let link = links.iter().find(|link| whole(link.seq) == row.seq);
            if link.is_some_and(|link| link.hash.as_slice() != row.hash) {
                let cause = format!("tap {} of this epoch was delivered with other content before", row.seq);
                return Err(Problem::new(problems::BATCH_ALTERED).cause(cause));
            }
        }
        Ok(())
    }

    /// Keeps the chain at the end of a batch.
    pub(super) async fn keep_chain(&self, device: u32, epoch: u32, last: ChainLink) -> Result<(), Problem> {
        let kept = self.office.transact(|txn: &Transaction, _| {
            Box::pin(async move {
                let row = chain::ActiveModel {
                    device: Set(i64::from(device)),
                    epoch: Set(i64::from(epoch)),
                    seq: Set(whole(last.seq)),
                    hash: Set(last.hash.to_vec()),
                };
                let key = [chain::Column::Device, chain::Column::Epoch, chain::Column::Seq];
                let on_conflict = OnConflict::columns(key).do_nothing().to_owned();
                chain::Entity::insert(row).on_conflict(on_conflict).exec_without_returning(txn).await?;
                Ok::<_, DatabaseError>(())
            })
        });
        kept.await.map_err(failed)
    }
}
