//! What was taken and what reached phones. Bounded: the oldest goes when there is no room.

use std::collections::VecDeque;

use base::{PhoneNumber, Timestamp};

use super::faults::{Fault, Faults};

/// Messages that are kept.
const MESSAGES_MAX: usize = 100;

/// Keys that are recognised.
const KEYS_MAX: usize = 1_000;

/// A message as it reached a phone. Prints without number and text.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Whose phone.
    pub to: PhoneNumber,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("at", &self.at).finish_non_exhaustive()
    }
}

/// A message that was taken, by the key it came with.
struct Taken {
    key: String,
    id: u64,
    to: PhoneNumber,
    text: String,
}

/// What becomes of a message that somebody sends.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Taken under this number, now or before.
    Taken(u64),
    /// The key was used for another message.
    Conflict,
    /// Refused for good.
    Refused,
    /// Not taken now.
    Busy,
}

/// The phones of a city, as far as this gateway knows.
#[derive(Default)]
pub struct Phones {
    delivered: VecDeque<Message>,
    taken: VecDeque<Taken>,
    faults: Option<Faults>,
    asked: u64,
    last: u64,
}

impl Phones {
    pub fn delivered(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.delivered.iter()
    }

    pub const fn asked(&self) -> u64 {
        self.asked
    }

    pub const fn fail(&mut self, faults: Faults) {
        self.faults = Some(faults);
    }

    /// Takes a message, and says which fault it met.
    pub fn take(&mut self, key: &str, message: Message) -> (Outcome, Option<Fault>) {
        self.asked += 1;
        if let Some(known) = self.taken.iter().find(|taken| taken.key == key) {
            let is_same = known.to == message.to && known.text == message.text;
            return (if is_same { Outcome::Taken(known.id) } else { Outcome::Conflict }, None);
        }
        let fault = self.next_fault();
        match fault {
            Some(Fault::Refuse) => return (Outcome::Refused, fault),
            Some(Fault::Busy) => return (Outcome::Busy, fault),
            _ => {}
        }
        self.last += 1;
        if self.taken.len() >= KEYS_MAX {
            self.taken.pop_front();
        }
        let (to, text) = (message.to, message.text.clone());
        self.taken.push_back(Taken { key: key.to_owned(), id: self.last, to, text });
        let copies = match fault {
            Some(Fault::Lost) => 0,
            Some(Fault::Duplicate) => 2,
            _ => 1,
        };
        for _ in 0..copies {
            self.deliver(message.clone());
        }
        (Outcome::Taken(self.last), fault)
    }

    fn deliver(&mut self, message: Message) {
        if self.delivered.len() >= MESSAGES_MAX {
            self.delivered.pop_front();
        }
        self.delivered.push_back(message);
    }

    fn next_fault(&mut self) -> Option<Fault> {
        let faults = self.faults.as_mut()?;
        faults.times = faults.times.checked_sub(1)?;
        Some(faults.fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        let to = PhoneNumber::parse("084000000001").unwrap();
        Message { to, text: text.into(), at: Timestamp(0) }
    }

    fn texts(phones: &Phones) -> Vec<&str> {
        phones.delivered().map(|message| message.text.as_str()).collect()
    }

    #[test]
    fn a_key_counts_once_and_names_one_message() {
        let mut phones = Phones::default();
        for _ in 0..3 {
            assert_eq!(phones.take("a", message("1")), (Outcome::Taken(1), None));
        }
        assert_eq!(phones.take("a", message("2")).0, Outcome::Conflict);
        assert_eq!(phones.take("b", message("1")).0, Outcome::Taken(2));
        assert_eq!((texts(&phones), phones.asked()), (vec!["1", "1"], 5));
    }

    #[test]
    fn each_fault_does_what_it_says_for_as_many_messages_as_asked() {
        let mut phones = Phones::default();
        let slow = Fault::Slow { ms: 5 };
        for (fault, outcome, delivered) in [
            (slow, Outcome::Taken(1), vec!["a"]),
            (Fault::Lost, Outcome::Taken(2), vec!["a"]),
            (Fault::Refuse, Outcome::Refused, vec!["a"]),
            (Fault::Busy, Outcome::Busy, vec!["a"]),
            (Fault::Duplicate, Outcome::Taken(3), vec!["a", "a", "a"]),
        ] {
            phones.fail(Faults { fault, times: 1 });
            assert_eq!(phones.take(&format!("{fault:?}"), message("a")), (outcome, Some(fault)));
            assert_eq!(texts(&phones), delivered, "{fault:?}");
        }
        assert_eq!(phones.take("last", message("z")), (Outcome::Taken(4), None), "no fault any more");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut phones = Phones::default();
        for number in 0..2 * KEYS_MAX {
            phones.take(&number.to_string(), message(&number.to_string()));
        }
        assert_eq!((phones.delivered.len(), phones.taken.len()), (MESSAGES_MAX, KEYS_MAX));
        assert_eq!(texts(&phones).last(), Some(&"1999"));
    }
}
