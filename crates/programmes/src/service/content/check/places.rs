//! Checks places: hours that end after they begin, a part after its whole, room for somebody.

use base::Code;
use engine::Capacity;
use serde_saphyr::Spanned;

use super::super::rows::PlaceRow;
use super::super::{Mode, Opening, Place};
use super::Checker;

/// Most terminals one place may have.
const GATES_MAX: u16 = 1_000;

/// Most people on one medium.
const PARTY_MAX: u16 = 1_000;

impl Checker<'_> {
    pub(super) fn place(&mut self, row: &PlaceRow) {
        let basis = self.basis(&row.basis());
        let names = self.names(&row.name_id, &row.name_en);
        let former_names = self.former_names(&row.former_names, basis.valid_from);
        let operator = self.merchant(&row.operator, "operator");
        let service = self.service(&row.service, "service");
        let region = self.region(&row.region);
        let gates = row.gates.as_ref().map_or(0, |gates| {
            self.range(gates, "gates", gates.value.into(), (0, GATES_MAX.into()));
            gates.value
        });
        let party_max = row.party_max.as_ref().map_or(0, |most| {
            self.range(most, "party_max", most.value.into(), (1, PARTY_MAX.into()));
            most.value
        });
        let opening = self.opening(row);
        let within = row.within.as_ref().map(|whole| self.whole(whole));
        let capacity = row.capacity.as_ref().map(|capacity| {
            let (soft, hard) = (capacity.soft.value, capacity.hard.value);
            self.range(&capacity.hard, "capacity.hard", hard.into(), (1, u32::MAX.into()));
            self.range(&capacity.soft, "capacity.soft", soft.into(), (1, hard.into()));
            Capacity { soft, hard }
        });
        self.content.places.push(Place {
            code: row.code.value,
            names,
            former_names,
            operator,
            service,
            region,
            gates,
            opening,
            timetable: row.timetable,
            within,
            capacity,
            party_max,
            basis,
        });
    }

    /// A whole stands before its parts, so that none is a part of itself.
    fn whole(&mut self, whole: &Spanned<Code>) -> Code {
        let code = self.place_of(whole, "within");
        let new = self.seen.contains_key(&("place", code.to_string()));
        if new && !self.content.places.iter().any(|place| place.code == code) {
            self.form(whole, "within", "a place stands before its parts; move its row up");
        }
        code
    }

    fn opening(&mut self, row: &PlaceRow) -> Opening {
        let (opens, closes) = match (&row.opens, &row.closes) {
            (Some(opens), Some(closes)) => (opens, closes),
            (None, None) => {
                if let Some(day) = &row.closed_on {
                    self.form(
                        day,
                        "closed_on",
                        "a place with a closed day has hours; write opens and closes",
                    );
                }
                return Opening::ALWAYS;
            }
            (Some(one), None) | (None, Some(one)) => {
                self.form(one, "opens", "opens and closes stand together; write both or neither");
                return Opening::ALWAYS;
            }
        };
        if closes.value.0 <= opens.value.0 {
            self.form(closes, "closes", "a place closes after it opens; write a later time");
        }
        let mode = self.modes.get(&row.service.value).copied();
        if mode.is_some_and(Mode::is_transit) && !row.timetable {
            let said = "the hours of a stop are those of its timetable and stop nobody; add timetable: true";
            self.form(opens, "timetable", said);
        }
        let closed_on = row.closed_on.as_ref().map(|day| day.value);
        Opening { opens: opens.value.0, closes: closes.value.0, closed_on }
    }
}
