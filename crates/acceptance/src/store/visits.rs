//! From taps to visits: who came into a place with how many, and when they left. Pure, like the rest of the rows.

use engine::{Body, Event, FareRule, Part, Record};

use super::entities::visit;
use super::rows::{Codes, Rows, place};
use crate::service::party_text;

/// Somebody left a place.
#[derive(Clone, Debug)]
pub struct VisitEnd {
    /// Index of the holder.
    pub holder: i64,
    /// Code of the place.
    pub place: String,
    /// When.
    pub at: i64,
    /// Entry of the tap-out.
    pub seq: i64,
    /// Record of the tap-out.
    pub idx: i32,
}

impl Rows {
    /// A tap into a place that is paid for at its entry begins a visit; the tap out of it ends one. A journey that is
    /// priced at its end is no visit.
    pub fn add_visit(&mut self, event: &Event, record: &Record, known: &Codes) {
        let (Event::TapPriced(priced), Body::Tap(tap)) = (event, &record.envelope.body) else { return };
        let Some(movement) = &tap.movement else { return };
        let (seq, idx) = place(record);
        let holder = i64::from(priced.holder);
        match (movement.part, priced.fare) {
            (Part::In, fare) if fare != FareRule::Begun => self.visits.push(visit::Model {
                seq,
                idx,
                holder,
                medium: i64::from(tap.medium.0),
                service: known.services.get(priced.service as usize).map(ToString::to_string),
                place: Some(movement.place.to_string()),
                entered_at: Some(movement.device_at.0),
                people: i32::from(priced.people.max(1)),
                party: (!movement.party.is_empty()).then(|| party_text(&movement.party)),
                left_at: None,
                left_seq: None,
                left_idx: None,
            }),
            (Part::Out, FareRule::Left) => self.visit_ends.push(VisitEnd {
                holder,
                place: movement.place.to_string(),
                at: movement.device_at.0,
                seq,
                idx,
            }),
            _ => {}
        }
    }
}
