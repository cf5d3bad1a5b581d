//! `jakone publish`: loads a content file: organisations, places, tariffs, benefits, and their names.
//!
//! All or nothing: everything is tried on a copy of the state first, so that a file that does not fit leaves no trace.

use std::fs;
use std::sync::Arc;

use anyhow::Context as _;
use base::{CommandId, Timestamp};
use engine::{Body, Engine, Envelope, Position, Refusal, State, Step};
use platform::access::{Action, OFFICE_PRINCIPAL};
use programmes::service::content::Content;
use runtime::Class;

use super::serve::tasks;
use crate::cli::PublishArguments;
use crate::data_directory::{DataDirectory, Start};
use crate::problem::Problem;
use crate::product::{Product, system_permit};

/// Publishes a file into a data directory that no server holds.
///
/// # Errors
/// What is wrong with the file, by line and field; or what stands in the way of opening the directory.
pub fn run(arguments: &PublishArguments) -> anyhow::Result<()> {
    let path = arguments.file.display().to_string();
    let text = fs::read_to_string(&arguments.file).with_context(|| format!("cannot read {path}"))?;
    let directory = DataDirectory::open_or_create(&arguments.data)?;
    tasks()?.block_on(async {
        let clock = Arc::new(directory.clock()?);
        let product = Product::open(&directory, Start::with_clock(clock)).await?;
        let published = publish(&product, &path, &text).await;
        product.close().await?;
        let (new, unchanged) = published?;
        println!("ok: {new} published, {unchanged} unchanged");
        Ok(())
    })
}

async fn publish(product: &Product, path: &str, text: &str) -> anyhow::Result<(usize, usize)> {
    let content = Content::parse(&[(path, text)], &product.labels().known()).map_err(|errors| {
        Problem::new(
            "content_invalid",
            format!("{errors}"),
            "Berkas isi salah; baris dan bidangnya tertulis di atas.",
        )
    })?;
    let commands = commands(product, &content)?;
    let trial = commands.clone();
    let tried = product.engine().read(move |engine| attempt(engine, &trial)).await?.value;
    let new = tried.map_err(|(name, refusal)| refused(path, name, refusal))?;
    let unchanged = commands.len() - new.len();
    let fresh: Vec<Envelope> = commands
        .into_iter()
        .enumerate()
        .filter(|(index, _)| new.contains(index))
        .map(|(_, one)| one)
        .collect();
    let count = fresh.len();
    if count > 0 {
        for answer in product.engine().submit(Class::Office, fresh).await? {
            if let Step::Decided(Err(refused)) = answer.step {
                return Err(self::refused(path, "content", refused.refusal).into());
            }
        }
    }
    product.labels().publish(&system_permit(Action::PublishContent)?, &content).await?;
    Ok((count, unchanged))
}

fn commands(product: &Product, content: &Content) -> anyhow::Result<Vec<Envelope>> {
    let clock = product.clock();
    let mut ids = Vec::with_capacity(content.bodies().len());
    for _ in 0..content.bodies().len() {
        ids.push(
            CommandId::generate(clock.callers_now())
                .context("the operating system has no randomness to give")?,
        );
    }
    let mut ids = ids.into_iter();
    Ok(content
        .commands(OFFICE_PRINCIPAL, clock.now(), || ids.next().unwrap_or_else(|| CommandId::from_u128(0))))
}

/// Tries everything on a copy: which commands are new, or the first that does not fit. What is published already in the
/// same words is not new and not wrong.
fn attempt(engine: &Engine, commands: &[Envelope]) -> Result<Vec<usize>, (&'static str, Refusal)> {
    let mut copy = Engine::new(engine.state.clone());
    let at: Timestamp = commands.iter().map(|command| command.received_at).max().unwrap_or_default();
    let at = at.max(copy.state.at);
    let mut new = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let position = Position { seq: copy.state.position.seq + 1, index: 0 };
        match copy.step(position, at, command) {
            Step::Decided(Ok(_)) => new.push(index),
            Step::Decided(Err(refused))
                if refused == Refusal::ContentExists && is_same(&copy.state, &command.body) => {}
            Step::Decided(Err(refused)) => return Err((command.body.name(), refused.refusal)),
            _ => return Err((command.body.name(), Refusal::Internal)),
        }
    }
    Ok(new)
}

/// Whether this very definition is published.
fn is_same(state: &State, body: &Body) -> bool {
    match body {
        Body::PublishOrganisation(wanted) => {
            let known = state.places.organisation(wanted.code, wanted.role);
            known.is_some_and(|index| state.places.merchant_type(index) == wanted.merchant_type)
        }
        Body::PublishPlace(wanted) => {
            let known = state.places.find(wanted.code).and_then(|index| state.places.get(index));
            known.is_some_and(|place| place.definition == **wanted)
        }
        Body::PublishTariff(wanted) => {
            let service = state.places.services.find(wanted.service);
            let versions = service.and_then(|service| state.tariffs.all().get(service as usize));
            versions.is_some_and(|versions| versions.all.contains(wanted))
        }
        Body::PublishBenefit(wanted) => {
            let known = state.benefits.find(wanted.code).and_then(|index| state.benefits.get(index));
            known.is_some_and(|benefit| benefit.versions.contains(wanted))
        }
        Body::PublishIntegration(wanted) => {
            state.tariffs.integrations().iter().any(|known| known.definition == **wanted)
        }
        Body::PublishCalendar(wanted) => {
            let known = state.calendars.find(wanted.code);
            let after = wanted.last.plus_days(1);
            known.is_some_and(|known| known.version == wanted.version && known.agrees_before(wanted, after))
        }
        _ => false,
    }
}

fn refused(path: &str, name: &str, refusal: Refusal) -> Problem {
    let code = refusal.code();
    Problem::new(
        code,
        format!(
            "{path}: {name} was refused: {code}. Nothing of the file was published. `/problems/{code}` says what to do; a changed row needs the next version, and its first day may not lie in the past once the city is open."
        ),
        format!(
            "{path}: {name} ditolak: {code}. Tidak ada isi berkas yang diterbitkan. Baris yang berubah perlu versi berikutnya, dan hari pertamanya tidak boleh lampau bila kota sudah berjalan."
        ),
    )
}
