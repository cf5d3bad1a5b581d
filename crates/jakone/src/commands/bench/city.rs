//! The city a bench runs on: invented holders with purses and, for taps, the city's own content with four benefits each.
//!
//! Owns the set-up commands. No holder of it is anybody; the prices are the published ones.

use base::{Clock as _, Code, HolderNumber, MediumSerial, SystemClock, Timestamp};
use engine::{
    Amount, Body, Grant, IssueMedium, OpenHolder, OrganisationDefinition, Role, SetMedium, Source, TopUp,
};
use programmes::service::content::Content;

use runtime::{Class, Handle};

use super::plan::Plan;
use super::pump::{Pump, Road};
use crate::cli::BenchSubject;
use crate::product::Product;

/// Money in every purse, far more than a bench moves.
const PURSE: u64 = 1_000_000_000;
/// Assurance of every medium: an own card.
const ASSURANCE: u8 = 3;
/// What every holder is entitled to: a pupil's four benefits, of which one covers transit. Every second holder has them
/// from tomorrow on and pays.
const BENEFITS: [&str; 4] = ["transport_gratis.kjp_plus_kjmu", "kjp_plus.smp", "wisata.kjp", "ancol.kjp"];
/// Holders with a medium where gates ask beside a run over all.
const ASKING: u32 = 10_000;
/// Spreads holder numbers over their range; prime, and no divisor of their count.
const SPREAD: u64 = 648_391_973;

/// A code that is one by construction.
pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap_or_else(|_| unreachable!("{text} is a code"))
}

/// The number of the so-manieth holder, scattered so that hash tables see what they would see of real numbers.
pub fn holder(index: u32) -> HolderNumber {
    let scattered = u64::from(index) * SPREAD % HolderNumber::COUNT;
    HolderNumber::new(scattered).unwrap_or_else(|_| unreachable!("a remainder is below its divisor"))
}

/// The bank that keeps every purse.
fn bank() -> Body {
    let source = Source { legal_basis: code("bench"), evidence: engine::Evidence::Assumed };
    Body::from(OrganisationDefinition {
        code: code("bench.bank"),
        role: Role::Bank,
        source,
        merchant_type: None,
    })
}

/// Everything that is published, and the holders, in an order the engine takes.
///
/// # Errors
/// When the built-in content cannot be read.
pub fn commands(
    subject: BenchSubject,
    accounts: u32,
    now: Timestamp,
) -> anyhow::Result<Box<dyn Iterator<Item = Body>>> {
    let with_bank = std::iter::once(bank());
    let people = (0..accounts).flat_map(|index| [open(index), top_up(index)]);
    let (equipped, benefits) = match subject {
        BenchSubject::Transfers | BenchSubject::Client | BenchSubject::Peer => {
            return Ok(Box::new(with_bank.chain(people)));
        }
        BenchSubject::Recipients => (accounts.min(ASKING), BENEFITS.len()),
        BenchSubject::Restart | BenchSubject::Memory => (accounts, 2),
        BenchSubject::Taps | BenchSubject::Http | BenchSubject::Replay | BenchSubject::Project => {
            (accounts, BENEFITS.len())
        }
    };
    let content = Content::built_in()?.bodies();
    let equipped = (0..equipped).flat_map(move |index| equip(index, now, benefits));
    Ok(Box::new(with_bank.chain(content).chain(people).chain(equipped)))
}

/// Sends the set-up to an engine; answers how many commands it took.
///
/// # Errors
/// When a command was not accepted.
pub fn found(plan: &Plan, engine: &Handle) -> anyhow::Result<u64> {
    let clock = SystemClock::new(0);
    let bodies = commands(plan.subject, plan.accounts, clock.now())?;
    Pump::new(Road::Handed(engine.clone(), Class::Upload)).set_up(&clock, bodies, 0)
}

/// The same on the whole product, its tables too.
///
/// # Errors
/// When a command was not accepted, or a projection stopped.
pub async fn found_on(product: &Product, plan: &Plan) -> anyhow::Result<()> {
    let (engine, owned) = (product.engine(), *plan);
    tokio::task::spawn_blocking(move || found(&owned, &engine)).await??;
    product.caught_up().await
}

fn open(index: u32) -> Body {
    Body::OpenHolder(OpenHolder {
        holder: holder(index),
        category: code("student"),
        home: Some(code("31.74")),
        bank: code("bench.bank"),
    })
}

fn top_up(index: u32) -> Body {
    Body::TopUp(TopUp {
        medium: None,
        holder: Some(holder(index)),
        bank: code("bench.bank"),
        amount: Amount(PURSE),
    })
}

/// A medium and so many entitlements.
fn equip(index: u32, now: Timestamp, benefits: usize) -> Vec<Body> {
    let (medium, holder) = (MediumSerial(index), holder(index));
    let from = now.jakarta_date().plus_days(if index.is_multiple_of(2) { -30 } else { 2 });
    let mut all = vec![
        Body::IssueMedium(IssueMedium {
            medium,
            holder,
            kind: code("chip"),
            assurance: ASSURANCE,
            replaces: None,
        }),
        Body::ActivateMedium(SetMedium { medium, version: 1, reason: None }),
    ];
    all.extend(BENEFITS.iter().take(benefits).map(|benefit| {
        Body::Grant(Grant { holder, benefit: code(benefit), from, to: from.plus_days(150), version: 1 })
    }));
    all
}
