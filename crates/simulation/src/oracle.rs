//! The oracle: what was sent, what was heard, and whether the journal says the same.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Answer, Body, Envelope, Position, Step, window};
use runtime::Class;

use crate::auditor::{Auditor, Key};
use crate::failure::{Broken, Invariant, hold};

/// A command that was sent.
#[derive(Clone)]
pub struct Sent {
    /// As it was sent first.
    pub envelope: Envelope,
    /// In which class.
    pub class: Class,
    /// Another content was sent under the same id.
    altered: bool,
    /// Where its outcome stands, by the first answer that said so.
    heard: Option<Position>,
}

/// Everything that was sent.
#[derive(Default)]
pub struct Oracle {
    sent: BTreeMap<Key, Sent>,
    /// Those that have no final answer.
    open: BTreeSet<Key>,
    /// Highest position that anybody has heard of.
    pub seen: Position,
    /// Answers heard.
    pub answers: u64,
}

/// Who sent it and what it is called.
pub fn key(envelope: &Envelope) -> Key {
    (envelope.principal, envelope.id)
}

impl Oracle {
    /// Remembers a command that is about to be sent.
    pub fn send(&mut self, class: Class, envelope: &Envelope) {
        let key = key(envelope);
        let new = Sent { envelope: envelope.clone(), class, altered: false, heard: None };
        let sent = self.sent.entry(key).or_insert_with(|| {
            self.open.insert(key);
            new
        });
        sent.altered |= sent.envelope.body != envelope.body;
    }

    /// The open ones, in order of their ids.
    pub fn open(&self) -> impl Iterator<Item = &Sent> {
        self.open.iter().filter_map(|key| self.sent.get(key))
    }

    /// How many are open.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// The one at a place among all that were sent.
    pub fn nth(&self, place: usize) -> Option<&Sent> {
        self.sent.values().nth(place)
    }

    /// How many were sent.
    pub fn len(&self) -> usize {
        self.sent.len()
    }

    /// Hears an answer and holds it against the journal, which the auditor has read to its end.
    pub fn hear(&mut self, envelope: &Envelope, answer: &Answer, auditor: &Auditor) -> Result<(), Broken> {
        self.answers += 1;
        let durable = answer.position.seq <= auditor.head.seq;
        hold(Invariant::AcknowledgedInJournal, durable, || {
            format!(
                "{} was answered at {}, the journal ends at {}",
                envelope.id, answer.position, auditor.head.seq
            )
        })?;
        self.seen = self.seen.max(answer.position);
        let key = key(envelope);
        let is_final = match &answer.step {
            Step::Decided(_) => self.decided(envelope, answer, auditor)?,
            Step::Repeated(position) => self.stands_at(envelope, *position, auditor)?,
            Step::RepeatedFact => known_fact(envelope, auditor)?,
            Step::Conflict => {
                let altered = self.sent.get(&key).is_some_and(|sent| sent.altered);
                hold(Invariant::OneOutcome, altered, || format!("{} conflicts with nothing", envelope.id))?;
                true
            }
            Step::Expired => {
                let fallen = envelope.id.time() < auditor.state.window.floor();
                let ahead = window::is_ahead(envelope.id, answer.at, &auditor.state.parameters);
                hold(Invariant::OneOutcome, fallen || ahead, || {
                    format!("{} is within the window and was called expired", envelope.id)
                })?;
                fallen
            }
            Step::Gap => {
                let fact = matches!(envelope.body, Body::Tap(_));
                hold(Invariant::OneOutcome, fact, || format!("{} is no fact and has a gap", envelope.id))?;
                false
            }
        };
        if is_final {
            self.open.remove(&key);
        }
        Ok(())
    }

    fn decided(&mut self, envelope: &Envelope, answer: &Answer, auditor: &Auditor) -> Result<bool, Broken> {
        if auditor.unremembered.contains(&answer.position) {
            return Ok(true);
        }
        self.stands_at(envelope, answer.position, auditor)?;
        let Some(outcome) = auditor.outcomes.get(&key(envelope)) else { return Ok(true) };
        let (refused, number) = match &answer.step {
            Step::Decided(Err(refused)) => (Some(refused.refusal), None),
            Step::Decided(Ok(accepted)) => (None, accepted.purchase.or(accepted.pending)),
            _ => (None, None),
        };
        let new_number = matches!(envelope.body, Body::Purchase(_) | Body::Hold(_));
        let same = outcome.refused == refused && (!new_number || outcome.number == number);
        hold(Invariant::AcknowledgedInJournal, same, || {
            format!("{} was answered {:?}, the journal says {outcome:?}", envelope.id, answer.step)
        })?;
        Ok(true)
    }

    /// An outcome stands in the journal where it is said to stand, and where it was said to stand before.
    fn stands_at(
        &mut self,
        envelope: &Envelope,
        position: Position,
        auditor: &Auditor,
    ) -> Result<bool, Broken> {
        let key = key(envelope);
        if let Some(sent) = self.sent.get_mut(&key) {
            let before = *sent.heard.get_or_insert(position);
            hold(Invariant::OneOutcome, before == position, || {
                format!("{} was answered at {before} and then at {position}", envelope.id)
            })?;
        }
        let found = auditor.outcomes.get(&key).map(|outcome| outcome.position);
        hold(Invariant::AcknowledgedInJournal, found == Some(position), || {
            format!("{} was answered at {position}, the journal has it at {found:?}", envelope.id)
        })?;
        Ok(true)
    }
}

fn known_fact(envelope: &Envelope, auditor: &Auditor) -> Result<bool, Broken> {
    let known = match &envelope.body {
        Body::Tap(tap) => auditor.facts.contains_key(&(tap.device, tap.epoch, tap.seq)),
        _ => false,
    };
    hold(Invariant::AcknowledgedInJournal, known, || {
        format!("{} was called a known fact and is not in the journal", envelope.id)
    })?;
    Ok(true)
}
