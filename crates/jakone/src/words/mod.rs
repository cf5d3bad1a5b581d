//! Commands and events in words: a kind and a list of named values, printed as a line, as JSON, or searched.
//!
//! Owns the form. What each command and event says stands in [`commands`] and [`events`]. Never prints anything that is
//! not in the journal.

mod commands;
mod events;
mod goods;
mod names;
mod rules;

use base::{CivilDate, CivilTime, Code, DeviceNumber, HolderNumber, MediumSerial, Timestamp};
use engine::Unit;
use engine::ledger::AccountId;
use serde_json::{Map, Value as Json};

pub use commands::command;
pub use events::{event, fare, incident, medium_state, verdict};
pub use names::{account_name, holder_number};

/// A value with what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A holder.
    Holder(HolderNumber),
    /// A medium.
    Medium(MediumSerial),
    /// A terminal.
    Device(DeviceNumber),
    /// An account, with what it is for.
    Account(AccountId, String),
    /// A published code.
    Code(Code),
    /// A word of the program.
    Word(&'static str),
    /// A plain number.
    Number(i64),
    /// So much of a unit.
    Quantity(i64, Unit),
    /// An instant.
    Time(Timestamp),
    /// A date.
    Date(CivilDate),
    /// A time of day.
    Clock(CivilTime),
    /// Yes or no.
    Flag(bool),
    /// Several of the same kind.
    List(Vec<Fields>),
}

/// Named values in order.
pub type Fields = Vec<(&'static str, Value)>;

/// A command or event in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// What it is.
    pub kind: &'static str,
    /// What it says.
    pub fields: Fields,
}

/// So much of a unit: rupiah as `Rp3.500`, the others counted.
pub fn quantity(amount: i64, unit: Unit) -> String {
    match unit {
        Unit::Rupiah => base::Rupiah(amount).to_string(),
        Unit::Ride => format!("{amount} rides"),
        Unit::Package => format!("{amount} packages"),
        Unit::Visit => format!("{amount} visits"),
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Holder(holder) => holder.fmt(f),
            Self::Medium(medium) => medium.fmt(f),
            Self::Device(device) => device.fmt(f),
            Self::Account(account, name) => write!(f, "{} ({name})", account.0),
            Self::Code(code) => code.fmt(f),
            Self::Word(word) => f.write_str(word),
            Self::Number(number) => number.fmt(f),
            Self::Quantity(amount, unit) => f.write_str(&quantity(*amount, *unit)),
            Self::Time(at) => at.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Clock(time) => write!(f, "{:02}:{:02}", time.hour(), time.minute()),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|fields| format!("[{}]", line(fields))).collect();
                f.write_str(&items.join(" "))
            }
        }
    }
}

impl Value {
    fn json(&self) -> Json {
        match self {
            Self::Medium(medium) => medium.0.into(),
            Self::Device(device) => device.0.into(),
            Self::Account(account, name) => serde_json::json!({ "number": account.0, "name": name }),
            Self::Number(number) | Self::Quantity(number, _) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::List(items) => items.iter().map(json).collect(),
            _ => self.to_string().into(),
        }
    }
}

/// Named values on a line: `device 3, seq 17, place monas`.
pub fn line(fields: &Fields) -> String {
    let said: Vec<String> = fields.iter().map(|(name, value)| format!("{name} {value}")).collect();
    said.join(", ")
}

/// Named values as a JSON object; a name that comes again makes an array.
pub fn json(fields: &Fields) -> Json {
    let mut object = Map::new();
    for (name, value) in fields {
        let (name, value) = (name.replace(' ', "_"), value.json());
        match object.get_mut(&name) {
            None => drop(object.insert(name, value)),
            Some(Json::Array(all)) => all.push(value),
            Some(first) => *first = Json::Array(vec![first.take(), value]),
        }
    }
    Json::Object(object)
}

impl Described {
    fn new(kind: &'static str, fields: Fields) -> Self {
        Self { kind, fields }
    }

    /// As a JSON object.
    pub fn json(&self) -> Json {
        let mut json = json(&self.fields);
        if let Some(object) = json.as_object_mut() {
            object.insert("kind".into(), self.kind.into());
        }
        json
    }

    /// Whether a value satisfies a test, at any depth.
    pub fn any(&self, test: &dyn Fn(&Value) -> bool) -> bool {
        any(&self.fields, test)
    }
}

impl std::fmt::Display for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind)?;
        if self.fields.is_empty() { Ok(()) } else { write!(f, ": {}", line(&self.fields)) }
    }
}

fn any(fields: &Fields, test: &dyn Fn(&Value) -> bool) -> bool {
    fields.iter().any(|(_, value)| match value {
        Value::List(items) => items.iter().any(|fields| any(fields, test)),
        value => test(value),
    })
}

/// A count as a plain number.
fn number(count: impl TryInto<i64>) -> Value {
    Value::Number(count.try_into().unwrap_or(i64::MAX))
}

/// An amount of rupiah.
fn rupiah(amount: engine::Amount) -> Value {
    Value::Quantity(i64::try_from(amount.0).unwrap_or(i64::MAX), Unit::Rupiah)
}

/// Adds a value that may be absent.
fn push(fields: &mut Fields, name: &'static str, value: Option<Value>) {
    fields.extend(value.map(|value| (name, value)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_fields_print_as_a_line_and_as_json() {
        let leg = vec![("amount", Value::Quantity(3_500, Unit::Rupiah))];
        let said = Described::new(
            "transfer",
            vec![("for whom", Value::Flag(true)), ("legs", Value::List(vec![leg]))],
        );
        assert_eq!(said.to_string(), "transfer: for whom yes, legs [amount Rp3.500]");
        let json = serde_json::json!({ "kind": "transfer", "for_whom": true, "legs": [{ "amount": 3_500 }] });
        assert_eq!(said.json(), json);
        assert!(said.any(&|value| *value == Value::Quantity(3_500, Unit::Rupiah)));
        assert!(!said.any(&|value| *value == Value::Flag(false)));
    }
}
