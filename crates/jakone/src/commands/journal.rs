//! `jakone journal show` and `jakone journal grep`: entries and records in words.
//!
//! Reads beside a running system, and with destroyed keys. Never repairs.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;

use base::{Code, CommandId, DeviceNumber, HolderNumber, MediumSerial};
use engine::ledger::AccountId;
use engine::{Channel, Envelope, Event, Party, State};
use journal::Head;
use serde_json::{Value as Json, json};

use crate::cli::{GrepArguments, ShowArguments};
use crate::data_directory::DataDirectory;
use crate::problem::Problem;
use crate::reading::{Passed, Seen, Walked, walk};
use crate::words::{self, Described, Value};

/// Prints entries with their records.
///
/// # Errors
/// What a walk finds; what was printed until then is right.
pub fn show(arguments: &ShowArguments) -> anyhow::Result<()> {
    let directory = DataDirectory::at(&arguments.read.data);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let last = arguments.to.unwrap_or(u64::MAX);
    let wanted = |seq: u64| (arguments.from..=last).contains(&seq);
    let json = arguments.read.json;
    let walked = walk(&directory, &mut |passed| {
        match passed {
            Passed::Entry { head, .. } if head.seq > last => return Ok(ControlFlow::Break(())),
            Passed::Entry { head, records } if wanted(head.seq) && !json => entry(&mut out, &head, records)?,
            Passed::Record { seen, state } if wanted(seen.record.position.seq) => {
                record(&mut out, seen, state, json)?;
            }
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if walked.head.seq < last && !json {
        ending(&mut out, &walked)?;
    }
    Ok(out.flush()?)
}

fn entry(out: &mut impl Write, head: &Head, records: u32) -> std::io::Result<()> {
    let hash: String = head.hash.to_string().chars().take(16).collect();
    let plural = if records == 1 { "" } else { "s" };
    writeln!(out, "entry {}  {}  {records} record{plural}  hash {hash}…", head.seq, head.at)
}

fn ending(out: &mut impl Write, walked: &Walked) -> std::io::Result<()> {
    if let Some(tear) = &walked.tear {
        writeln!(out, "{tear}: nobody was ever told of it; the next start sets it aside")?;
    }
    writeln!(
        out,
        "head {}  {}  {} entries, {} records",
        walked.head.seq, walked.head.at, walked.entries, walked.records
    )
}

fn record(out: &mut impl Write, seen: &Seen, state: &State, as_json: bool) -> std::io::Result<()> {
    if as_json {
        return writeln!(out, "{}", record_json(seen, state));
    }
    let record = &seen.record;
    let command = words::command(state, &record.envelope.body, seen.forgotten);
    writeln!(out, "  {}  {command}{}", record.position, sender(&record.envelope))?;
    match &record.outcome {
        Ok(events) => {
            events.iter().try_for_each(|event| writeln!(out, "      {}", words::event(state, event)))
        }
        Err(refusal) => writeln!(out, "      refused: {}", refusal.code()),
    }
}

fn sender(envelope: &Envelope) -> String {
    if envelope.body.is_own() {
        return String::new();
    }
    let party = match &envelope.on_behalf_of {
        Some(Party::Holder(holder)) => format!(" for {holder}"),
        Some(Party::Organisation(code)) => format!(" for {code}"),
        None => String::new(),
    };
    format!("  ({} of principal {} by {}{party})", envelope.id, envelope.principal, channel(envelope.channel))
}

/// A channel in a word.
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Device => "device",
        Channel::Api => "api",
        Channel::Office => "office",
        Channel::Portal => "portal",
        Channel::System => "system",
    }
}

/// A record as JSON.
pub fn record_json(seen: &Seen, state: &State) -> Json {
    let record = &seen.record;
    let envelope = &record.envelope;
    let mut json = json!({
        "position": record.position.to_string(),
        "seq": record.position.seq,
        "index": record.position.index,
        "at": record.at.to_string(),
        "command": words::command(state, &envelope.body, seen.forgotten).json(),
        "movement_forgotten": seen.forgotten,
    });
    let Some(object) = json.as_object_mut() else { return json };
    if !envelope.body.is_own() {
        object.insert("id".into(), envelope.id.to_string().into());
        object.insert("principal".into(), envelope.principal.0.into());
        object.insert("channel".into(), channel(envelope.channel).into());
        object.insert("received_at".into(), envelope.received_at.to_string().into());
    }
    match &record.outcome {
        Ok(events) => {
            let events: Vec<Json> = events.iter().map(|event| words::event(state, event).json()).collect();
            object.insert("events".into(), events.into());
        }
        Err(refusal) => drop(object.insert("refused".into(), refusal.code().into())),
    }
    json
}

/// Prints the records that concern something.
///
/// # Errors
/// When the pattern cannot be anything in the journal, nothing matches, or what a walk finds.
pub fn grep(arguments: &GrepArguments) -> anyhow::Result<()> {
    let pattern = Pattern::parse(&arguments.pattern)?;
    let directory = DataDirectory::at(&arguments.read.data);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut found = 0u64;
    walk(&directory, &mut |passed| {
        if let Passed::Record { seen, state } = passed
            && pattern.matches(seen, state)
        {
            found += 1;
            if !arguments.read.json {
                write!(out, "{}", seen.record.at)?;
            }
            record(&mut out, seen, state, arguments.read.json)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    out.flush()?;
    if found == 0 {
        let sought = &arguments.pattern;
        return Err(Problem::new(
            "record_not_found",
            format!("No record of the journal concerns {sought}. Check the spelling; names of people are not in the journal, only their numbers."),
            format!("Tidak ada catatan tentang {sought}. Periksa ejaannya; jurnal hanya memuat nomor, bukan nama orang."),
        )
        .into());
    }
    Ok(())
}

/// What `grep` looks for.
#[derive(Debug, PartialEq)]
enum Pattern {
    Holder(HolderNumber),
    Id(CommandId),
    Medium(u32),
    Device(u32),
    Account(u32),
    /// A bare number: a medium, a device or an account.
    Number(u32),
    Code(Code),
}

impl Pattern {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let numbered = |kind: fn(u32) -> Self, number: &str| number.parse().ok().map(kind);
        let parsed = match text.split_once(':') {
            Some(("medium", number)) => numbered(Self::Medium, number),
            Some(("device", number)) => numbered(Self::Device, number),
            Some(("account", number)) => numbered(Self::Account, number),
            Some(_) => None,
            None => HolderNumber::parse(text)
                .map(Self::Holder)
                .ok()
                .or_else(|| CommandId::parse(text).map(Self::Id))
                .or_else(|| numbered(Self::Number, text))
                .or_else(|| Code::parse(text).ok().map(Self::Code)),
        };
        parsed.ok_or_else(|| {
            Problem::new(
                "pattern_invalid",
                format!("{text:?} is nothing the journal could hold. Name a holder (P-7F3K-2209), a command id, a code, medium:5, device:3 or account:7."),
                format!("{text:?} tidak mungkin ada di jurnal. Sebutkan pemegang (P-7F3K-2209), id perintah, kode, medium:5, device:3, atau account:7."),
            )
            .into()
        })
    }

    fn matches(&self, seen: &Seen, state: &State) -> bool {
        let record = &seen.record;
        let envelope = &record.envelope;
        if let Self::Id(id) = self {
            return envelope.id == *id && !envelope.body.is_own();
        }
        let refused = record.outcome.as_ref().err().map(|refusal| refusal.code());
        if let (Self::Code(code), Some(refused)) = (self, refused)
            && code.as_str() == refused
        {
            return true;
        }
        let party = match (&envelope.on_behalf_of, self) {
            (Some(Party::Holder(party)), Self::Holder(holder)) => party == holder,
            (Some(Party::Organisation(party)), Self::Code(code)) => party == code,
            _ => false,
        };
        let events = record.outcome.as_ref().map(Vec::as_slice).unwrap_or_default();
        party
            || self.told(&words::command(state, &envelope.body, seen.forgotten))
            || events.iter().any(|event| self.told(&words::event(state, event)) || self.owns(event, state))
            || self.carries(seen, state)
    }

    fn told(&self, said: &Described) -> bool {
        said.any(&|value| match (self, value) {
            (Self::Holder(holder), Value::Holder(found)) => holder == found,
            (Self::Medium(medium) | Self::Number(medium), Value::Medium(found)) => {
                *found == MediumSerial(*medium)
            }
            (Self::Device(device) | Self::Number(device), Value::Device(found)) => {
                *found == DeviceNumber(*device)
            }
            (Self::Account(account) | Self::Number(account), Value::Account(found, _)) => {
                *found == AccountId(*account)
            }
            (Self::Code(code), Value::Code(found)) => code == found,
            (Self::Code(code), Value::Word(word)) => code.as_str() == *word,
            (Self::Code(code), Value::Account(_, name)) => name.split(' ').any(|part| part == code.as_str()),
            _ => false,
        })
    }

    /// Whether an event moved an account of the holder.
    fn owns(&self, event: &Event, state: &State) -> bool {
        let Self::Holder(holder) = self else { return false };
        let accounts = match event {
            Event::Moved(moved) | Event::PendingPosted(_, moved) => [moved.debit, moved.credit],
            Event::Held { debit, credit, .. } => [*debit, *credit],
            Event::AccountOpened(id, _) => [*id, *id],
            _ => return false,
        };
        let of_holder = |id: AccountId| {
            let account = state.ledger.account(id)?;
            (account.key.kind.owner() == engine::ledger::Owner::Holder).then_some(account.key.owner)
        };
        let index = state.holders.find(*holder);
        accounts.into_iter().any(|id| of_holder(id).is_some() && of_holder(id) == index)
    }

    /// Whether the command names a medium of the holder: a refused ask has no event that would say so.
    fn carries(&self, seen: &Seen, state: &State) -> bool {
        let Self::Holder(holder) = self else { return false };
        let index = state.holders.find(*holder);
        words::command(state, &seen.record.envelope.body, seen.forgotten).any(&|value| match value {
            Value::Medium(medium) => {
                state.media.get(*medium).map(|known| known.holder) == index && index.is_some()
            }
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_what_it_looks_like() {
        let holder = HolderNumber::new(7).unwrap();
        let parsed = |text: &str| Pattern::parse(text).unwrap();
        assert_eq!(parsed(&holder.to_string()), Pattern::Holder(holder));
        assert_eq!(parsed("device:3"), Pattern::Device(3));
        assert_eq!(parsed("17"), Pattern::Number(17));
        assert_eq!(parsed("medium_blocked"), Pattern::Code(Code::parse("medium_blocked").unwrap()));
        for nothing in ["Budi Santoso", "device:x", "kota:1", ""] {
            assert!(Pattern::parse(nothing).is_err(), "{nothing:?}");
        }
    }
}
