//! The office's word about its commands and holders, held against the journal's, by count and by digest.
//!
//! Reads one view of the office before the walk: what the office says by then, the journal has. Beside a running system the
//! journal goes on, so it is asked back only up to the last entry that the office names. Never writes.

use std::collections::{BTreeMap, BTreeSet};

use base::{CommandId, HolderNumber};
use engine::{Body, Record};
use platform::access::OFFICE_PRINCIPAL;
use platform::database::View;
use platform::outbox::{Delivery, furthest_within, settled_within, unsettled_within};
use sha2::{Digest as _, Sha256};

use crate::data_directory::{DataDirectory, office_ahead};
use crate::office_key;
use crate::problem::Problem;

/// Messages read at a time.
const PAGE: u64 = 10_000;

/// Refusals that are not decisions: nothing stands in the journal for them, or something else under the same id.
const NOT_DECIDED: [&str; 3] = ["id_conflict", "id_expired", "request_malformed"];

/// What became of a command: none for accepted, otherwise the refusal's code.
type Outcome = Option<Box<str>>;

/// What the office says, and what the walk has seen of it.
pub struct OfficeBooks {
    directory: DataDirectory,
    /// The last entry that the office names.
    furthest: u64,
    claimed: BTreeMap<CommandId, Outcome>,
    /// Messages without an outcome there: they wait, or were refused.
    waiting: BTreeSet<CommandId>,
    registered: BTreeSet<HolderNumber>,
    recorded: BTreeMap<CommandId, Outcome>,
    opened: BTreeSet<HolderNumber>,
    /// The first holder opened in the office's name of which its outbox knows nothing.
    unknown: Option<HolderNumber>,
}

/// What agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Holders registered and opened.
    pub holders: u64,
    /// Commands of the office with the same outcome on both sides.
    pub commands: u64,
    /// Digest over both, the same from either side.
    pub digest: String,
}

impl OfficeBooks {
    /// What the office of a data directory says; none where there is no office.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn open(directory: &DataDirectory) -> anyhow::Result<Option<Self>> {
        let tasks = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        tasks.block_on(async {
            let Some(view) = View::of_office(directory.place()).await? else { return Ok(None) };
            office_key::require_of(directory, &view).await?;
            Self::read(directory.clone(), &view).await.map(Some)
        })
    }

    async fn read(directory: DataDirectory, view: &View) -> anyhow::Result<Self> {
        let office = view.connection();
        let (mut claimed, mut after) = (BTreeMap::new(), i64::MIN);
        loop {
            let page = settled_within(office, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence;
            let decided = page.into_iter().filter_map(|one| Some((one.command_id, outcome(one.delivery)?)));
            claimed.extend(decided);
        }
        let mut waiting = BTreeSet::new();
        let mut registered = residents::service::registered(view).await?;
        after = i64::MIN;
        loop {
            let page = unsettled_within(office, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.sequence;
            for message in page {
                waiting.insert(message.command_id);
                if let Ok(Body::OpenHolder(open)) = minicbor::decode(&message.body) {
                    registered.remove(&open.holder);
                }
            }
        }
        let furthest = furthest_within(office).await?;
        let (recorded, opened) = (BTreeMap::new(), BTreeSet::new());
        Ok(Self { directory, furthest, claimed, waiting, registered, recorded, opened, unknown: None })
    }

    /// Sees a record, in order.
    pub fn see(&mut self, record: &Record) {
        if record.envelope.principal != OFFICE_PRINCIPAL {
            return;
        }
        let id = record.envelope.id;
        let is_claimed = self.claimed.contains_key(&id);
        if is_claimed {
            let outcome = record.outcome.as_ref().err().map(|refused| refused.code().into());
            self.recorded.entry(id).or_insert(outcome);
        }
        if let (Body::OpenHolder(open), Ok(_)) = (&record.envelope.body, &record.outcome) {
            let is_known = is_claimed || self.waiting.contains(&id);
            if !is_known && record.position.seq <= self.furthest {
                self.unknown = self.unknown.or(Some(open.holder));
            }
            if self.registered.contains(&open.holder) {
                self.opened.insert(open.holder);
            }
        }
    }

    /// Compares, when the walk has come to the last entry.
    ///
    /// # Errors
    /// A [`Problem`] that names the first difference.
    pub fn agree(self, last: u64) -> anyhow::Result<Agreed> {
        if self.furthest > last {
            return Err(office_ahead(&self.directory, self.furthest, last).into());
        }
        let office = digest(&self.claimed, &self.registered);
        if office == digest(&self.recorded, &self.opened) && self.unknown.is_none() {
            let (holders, commands) = (self.registered.len() as u64, self.claimed.len() as u64);
            return Ok(Agreed { holders, commands, digest: office });
        }
        Err(self.first_difference().into())
    }

    fn first_difference(&self) -> Problem {
        for (id, claimed) in &self.claimed {
            let recorded = self.recorded.get(id);
            if recorded != Some(claimed) {
                return outcome_differs(*id, told(Some(claimed)), told(recorded));
            }
        }
        let missing = self.registered.difference(&self.opened).next();
        match (missing, self.unknown) {
            (Some(holder), _) => holder_missing(*holder),
            (None, Some(holder)) => holder_unknown(holder),
            (None, None) => outcome_differs(CommandId::from_u128(0), "nothing", "nothing"),
        }
    }
}

fn outcome(delivery: Delivery) -> Option<Outcome> {
    match delivery {
        Delivery::Accepted { .. } => Some(None),
        Delivery::Refused { code } if !NOT_DECIDED.contains(&code.as_str()) => Some(Some(code.into())),
        Delivery::Refused { .. } | Delivery::Expired { .. } | Delivery::Unavailable => None,
    }
}

fn told(outcome: Option<&Outcome>) -> &str {
    match outcome {
        None => "nothing",
        Some(None) => "accepted",
        Some(Some(code)) => code,
    }
}

/// Counts, ids with outcomes, and holder numbers, each in order.
fn digest(commands: &BTreeMap<CommandId, Outcome>, holders: &BTreeSet<HolderNumber>) -> String {
    let mut digest = Sha256::new();
    digest.update((commands.len() as u64).to_be_bytes());
    for (id, outcome) in commands {
        digest.update(id.as_u128().to_be_bytes());
        digest.update(outcome.as_deref().unwrap_or_default());
        digest.update([0]);
    }
    digest.update((holders.len() as u64).to_be_bytes());
    holders.iter().for_each(|holder| digest.update(holder.index().to_be_bytes()));
    hex::encode(digest.finalize())
}

fn outcome_differs(id: CommandId, office: &str, journal: &str) -> Problem {
    Problem::new(
        "office_differs",
        format!(
            "Of the office's command {id} the office says {office} and the journal {journal}. Somebody changed the office's database, or it belongs to another journal: put it back from a backup, and report this."
        ),
        format!(
            "Perintah kantor {id}: menurut kantor {office}, menurut jurnal {journal}. Pulihkan basis data kantor dari cadangan, lalu laporkan."
        ),
    )
}

fn holder_missing(holder: HolderNumber) -> Problem {
    Problem::new(
        "holder_missing",
        format!(
            "Holder {holder} is registered, but was never opened in the journal. The office belongs to another journal, or a message to the engine was lost: keep both and report this."
        ),
        format!(
            "Pemegang {holder} terdaftar, tetapi tidak pernah dibuka di jurnal. Simpan keduanya dan laporkan."
        ),
    )
}

fn holder_unknown(holder: HolderNumber) -> Problem {
    Problem::new(
        "holder_unregistered",
        format!(
            "Holder {holder} was opened in the office's name, but its outbox never asked for it. The office is older than the journal, or of another one: put it back from a newer backup."
        ),
        format!(
            "Pemegang {holder} dibuka atas nama kantor, tetapi kantor tidak pernah memintanya. Pulihkan basis data kantor dari cadangan yang lebih baru."
        ),
    )
}
