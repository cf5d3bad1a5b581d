//! What is counted of movement before it is forgotten: taps and rupiah per operator, day, benefit and fare. Nobody's number is
//! in it.
//!
//! Owns the counting and the signed file. A day whose key is destroyed already is not counted again; it stands in the file of
//! that time.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use anyhow::Context as _;
use base::{CivilDate, Code, Timestamp};
use engine::{Body, Event, Movement, Priced, Record, State, signed};
use journal::Head;
use journal::evidence::NoteSigner;
use serde::{Deserialize, Serialize};

use crate::data_directory::DataDirectory;
use crate::evidence::{EvidenceDirectory, read_if_there};
use crate::problem::Problem;
use crate::reading::{Passed, walk};
use crate::small_file::write_small;

/// Name of this form.
const FORM: &str = "jakone-forgotten-1";

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    form: String,
    /// Whose journal: the name of the key that signs.
    origin: String,
    /// All days before this one.
    before: CivilDate,
    /// Last entry that was counted, and its hash.
    seq: u64,
    hash: String,
    /// In order of day, operator, benefit, fare.
    rows: Vec<Row>,
}

/// One operator, day, benefit and fare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    day: CivilDate,
    /// Who runs the place; none where no place of that code was published.
    operator: Option<Code>,
    /// Benefit that set the price.
    benefit: Option<Code>,
    /// Rule of the tariff that set the full price; `held` and `refused` have none.
    fare: String,
    #[serde(flatten)]
    counts: Counts,
}

/// Counts and rupiah. What other taps of a day came to cost more or less is booked with the tap that changed it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    taps: u64,
    people: u64,
    /// What the tariffs ask.
    full: i64,
    /// What holders were asked.
    charged: i64,
    /// Of what they were not asked, what budgets paid.
    funded: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    aggregate: Aggregate,
    /// Signature line over the aggregate as compact JSON and a line break.
    signature: String,
}

impl Aggregate {
    /// Counts what is not forgotten yet of all days before this one.
    ///
    /// # Errors
    /// What a walk finds.
    pub fn count(directory: &DataDirectory, before: CivilDate, origin: &str) -> anyhow::Result<Self> {
        let mut counted = Counted { before, rows: BTreeMap::new() };
        let walked = walk(directory, &mut |passed| {
            if let Passed::Record { seen, state } = passed {
                counted.add(&seen.record, state);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let Head { seq, hash, .. } = walked.head;
        let (origin, hash) = (origin.to_owned(), hash.to_string());
        Ok(Self { form: FORM.to_owned(), origin, before, seq, hash, rows: counted.rows() })
    }

    /// Days and taps in it.
    pub fn extent(&self) -> (usize, u64) {
        let mut days: Vec<CivilDate> = self.rows.iter().map(|row| row.day).collect();
        days.dedup();
        (days.len(), self.rows.iter().map(|row| row.counts.taps).sum())
    }

    /// Signs and keeps it, durable when this returns. What was kept before under this date stays: an earlier run ended between
    /// counting and destroying, and what it destroyed nobody can count again.
    ///
    /// # Errors
    /// A [`Problem`] when a file of this date is not signed by this key; when it cannot be written.
    pub fn keep(self, place: &EvidenceDirectory, signer: &NoteSigner, at: Timestamp) -> anyhow::Result<Self> {
        let path = place.forgotten(self.before);
        if let Some(kept) = Self::kept(place, self.before, signer)? {
            return Ok(kept);
        }
        place.create()?;
        let signature = signer.sign(&self.text()?, at);
        let file = serde_json::to_string_pretty(&File { aggregate: self.clone(), signature })?;
        write_small(&path, &file).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(self)
    }

    /// What an earlier run counted for this date.
    ///
    /// # Errors
    /// A [`Problem`] when the file is not signed by this key.
    pub fn kept(
        place: &EvidenceDirectory,
        before: CivilDate,
        signer: &NoteSigner,
    ) -> anyhow::Result<Option<Self>> {
        let path = place.forgotten(before);
        let Some(text) = read_if_there(&path)? else { return Ok(None) };
        let file = serde_json::from_str(&text).ok().filter(|file: &File| {
            let signed = file
                .aggregate
                .text()
                .is_ok_and(|text| signer.key().verify(&text, std::slice::from_ref(&file.signature)).is_ok());
            signed && file.aggregate.form == FORM && file.aggregate.before == before
        });
        let file = file.ok_or_else(|| {
            let path = path.display();
            Problem::new(
                "forgotten_file_invalid",
                format!("{path} is not what this key signed for {before}. Put it back from a copy; nothing more was destroyed."),
                format!("{path} bukan yang ditandatangani kunci ini untuk {before}. Pulihkan dari salinan; tidak ada lagi yang dimusnahkan."),
            )
        })?;
        Ok(Some(file.aggregate))
    }

    /// What is signed.
    fn text(&self) -> anyhow::Result<String> {
        Ok(format!("{}\n", serde_json::to_string(self)?))
    }
}

type Key = (CivilDate, Option<Code>, Option<Code>, &'static str);

struct Counted {
    before: CivilDate,
    rows: BTreeMap<Key, Counts>,
}

impl Counted {
    fn add(&mut self, record: &Record, state: &State) {
        let Body::Tap(tap) = &record.envelope.body else { return };
        let Some(movement) = &tap.movement else { return };
        let day = movement.device_at.jakarta_date();
        if day >= self.before {
            return;
        }
        let events = record.outcome.as_deref().unwrap_or_default();
        let priced = events.iter().filter(|_| tap.opened).find_map(|event| match event {
            Event::TapPriced(priced) => Some(priced),
            _ => None,
        });
        let operator = operator(movement, state);
        let Some(priced) = priced else {
            let fare = if tap.opened && record.outcome.is_ok() { "held" } else { "refused" };
            self.rows.entry((day, operator, None, fare)).or_default().taps += 1;
            return;
        };
        let benefit = priced.winner().and_then(|winner| state.benefits.get(winner.benefit));
        let benefit = benefit.map(|benefit| benefit.code);
        self.rows.entry((day, operator, benefit, priced.fare.code())).or_default().add(priced);
    }

    fn rows(self) -> Vec<Row> {
        let row = |((day, operator, benefit, fare), counts): (Key, Counts)| Row {
            day,
            operator,
            benefit,
            fare: fare.to_owned(),
            counts,
        };
        self.rows.into_iter().map(row).collect()
    }
}

impl Counts {
    fn add(&mut self, priced: &Priced) {
        self.taps += 1;
        self.people += u64::from(priced.people.max(1));
        self.full += priced.full_now();
        self.charged += priced.charged_now();
        self.funded += signed(priced.funded);
    }
}

fn operator(movement: &Movement, state: &State) -> Option<Code> {
    let place = state.places.find(movement.place).and_then(|index| state.places.get(index))?;
    Some(place.definition.operator)
}
