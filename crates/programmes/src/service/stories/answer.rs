//! What the engine answered to the commands of one step, added up into its results.

use base::Rupiah;
use engine::{Accepted, FareRule, Incident, Refused, Shown};

use super::plan::Action;
use super::result::{Value, Values};

/// Words of the gate, as its display has them.
const FREE: &str = "GRATIS";
const REFUSED: &str = "DITOLAK";
const BEGUN: &str = "MASUK";
const LEFT: &str = "KELUAR";
const OPEN: &str = "TERBUKA";

/// What came of a step so far.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What purse and wallets gave.
    pub charged: i64,
    forgone: i64,
    refused: bool,
    held: bool,
    code: Option<String>,
    about: Option<String>,
    incident: Option<Incident>,
    /// The last answer that has a display.
    shown: Option<Shown>,
}

impl Answer {
    /// Adds the answer to one command; of several, the last that has a code or an incident tells it.
    pub fn note(&mut self, outcome: Result<Accepted, Refused>) {
        let accepted = match outcome {
            Ok(accepted) => accepted,
            Err(refused) => {
                self.refused = true;
                self.code = Some(refused.code().to_owned());
                self.about = refused.about.map(|about| about.to_string());
                self.shown = None;
                return;
            }
        };
        let Some(shown) = accepted.shown else { return };
        self.forgone = self.forgone.saturating_add(shown.forgone());
        self.incident = shown.incident.or(self.incident);
        if let Some(reason) = shown.held {
            self.held = true;
            self.code = Some(reason.code().to_owned());
        }
        self.shown = Some(shown);
    }

    /// The results that are not holdings, in the order in which they are told.
    pub fn values(&self, action: &Action) -> Values {
        let outcome = match (self.refused, self.held) {
            (true, _) => "refused",
            (false, true) => "held",
            (false, false) => "accepted",
        };
        let word = |word: Option<String>| word.map_or(Value::Nothing, Value::Word);
        let mut values = Values::default();
        values.put("outcome", Value::Word(outcome.to_owned()));
        values.put("code", word(self.code.clone()));
        values.put("about", word(self.about.clone()));
        values.put("charged", Value::Number(self.charged));
        values.put("forgone", Value::Number(self.forgone));
        values.put("incident", word(self.incident.map(|one| one.code().to_owned())));
        values.put("shown", word(self.headline(action)));
        values
    }

    /// The headline of the display, where the step has one.
    fn headline(&self, action: &Action) -> Option<String> {
        let gate = matches!(action, Action::Pass { .. } | Action::Upload(_));
        let till = matches!(action, Action::Purchase { .. } | Action::Cash { .. });
        if !gate && !till {
            return None;
        }
        let Some(shown) = &self.shown else { return self.refused.then(|| REFUSED.to_owned()) };
        let word = match (shown.held, shown.fare) {
            (Some(_), _) => OPEN.to_owned(),
            (None, FareRule::Begun) => BEGUN.to_owned(),
            (None, FareRule::Left) => LEFT.to_owned(),
            (None, _) if shown.charged == 0 => FREE.to_owned(),
            (None, _) => Rupiah(shown.charged).to_string(),
        };
        Some(word)
    }
}
