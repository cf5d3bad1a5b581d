//! `jakone forget`: destroys the keys of old days, so that nobody can tell any more where people were. No byte of the journal
//! changes; its hashes, receipts and the state it comes to stay the same.
//!
//! Needs the journal to itself. Whether it may is decided before anything is written. Then in this order, each step durable
//! before the next, and all of it again after a kill: counts what will be forgotten and signs that, drops it from the tables,
//! removes snapshots that tell of it, destroys the keys.

use std::sync::Arc;

use acceptance::store::forgetting::forget_movement;
use anyhow::Context as _;
use base::{CivilDate, Clock as _};
use engine::Engine;
use journal::evidence::{KeyKind, NoteSigner};

use super::serve::tasks;
use crate::cli::ForgetArguments;
use crate::data_directory::{DataDirectory, Start};
use crate::evidence::{self, EvidenceDirectory};
use crate::forgetting::aggregate::Aggregate;
use crate::forgetting::may_forget;
use crate::product::Product;
use crate::reading::state_at_end;

/// Forgets, or says what would be forgotten.
///
/// # Errors
/// What must be kept yet; what stands in the way of opening the directory; a step that failed, after which the same command
/// goes on.
pub fn run(arguments: &ForgetArguments) -> anyhow::Result<()> {
    let before = arguments.movement_before;
    let Some(key) = arguments.key.as_deref().filter(|_| !arguments.dry_run) else {
        return dry_run(&DataDirectory::at(&arguments.data), before);
    };
    let signer = evidence::signer(key, KeyKind::Log)?;
    let directory = DataDirectory::open(&arguments.data)?;
    // Before the engine is started, which writes to the journal.
    may_forget_now(&directory, before)?;
    Aggregate::kept(&EvidenceDirectory::of(&directory), before, &signer)?;
    tasks()?.block_on(async {
        let clock = Arc::new(directory.clock()?);
        let product = Product::open(&directory, Start::with_clock(clock)).await?;
        let forgotten = forget(&product, &directory, before, signer).await;
        product.close().await?;
        println!("{}", forgotten?);
        Ok(())
    })
}

async fn forget(
    product: &Product,
    directory: &DataDirectory,
    before: CivilDate,
    signer: NoteSigner,
) -> anyhow::Result<String> {
    product.caught_up().await?;
    let read = |engine: &Engine| (engine.state.at, engine.state.parameters.rerate_horizon);
    let (now, horizon) = product.engine().read(read).await?.value;
    // A hold may have been added meanwhile, and where machines share the journal another may have led.
    may_forget(directory, before, now, horizon)?;
    let owned = directory.clone();
    let counted = tokio::task::spawn_blocking(move || {
        let aggregate = Aggregate::count(&owned, before, signer.key().name())?;
        aggregate.keep(&EvidenceDirectory::of(&owned), &signer, now)
    });
    let (_, taps) = counted.await.context("the counting panicked")??.extent();
    let rows = forget_movement(product.projections(), before, horizon).await?;
    let snapshots = directory.snapshots().forget_before(before)?;
    let keys = directory.key_ring()?.destroy_before(before)?;
    let path = EvidenceDirectory::of(directory).forgotten(before);
    Ok(format!(
        "forgotten: movement of {} days before {before}, {taps} taps counted in {}; {rows} rows and {snapshots} snapshots told of it. Keys in copies last until the copies are deleted: after 35 days at most.",
        keys.len(),
        path.display()
    ))
}

/// Reads beside a running server.
fn dry_run(directory: &DataDirectory, before: CivilDate) -> anyhow::Result<()> {
    may_forget_now(directory, before)?;
    let (days, taps) = Aggregate::count(directory, before, "")?.extent();
    let keys = directory.key_ring()?.days()?;
    let keys = keys.iter().filter(|day| **day < before).count();
    println!("would forget: {taps} taps of {days} days, {keys} keys; nothing was done");
    Ok(())
}

/// Whether it may be forgotten as the journal is now. Only reads, beside a running server.
fn may_forget_now(directory: &DataDirectory, before: CivilDate) -> anyhow::Result<()> {
    let state = state_at_end(directory, false)?.state;
    let now = directory.clock()?.now().max(state.at);
    may_forget(directory, before, now, state.parameters.rerate_horizon)
}
