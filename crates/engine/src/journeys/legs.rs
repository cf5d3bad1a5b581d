//! Rides out of taps: which tap-in belongs to which tap-out. Pure, and blind to the order in which taps arrived.

use base::{MediumSerial, Timestamp};

use crate::Part;
use crate::tariffs::Ending;

/// One tap, as far as pairing asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// By the terminal's clock.
    pub at: Timestamp,
    /// The first medium of the row that the medium belongs to: a replacement goes on with the journey.
    pub root: MediumSerial,
    /// Index of the service.
    pub service: u32,
    /// Index of the place.
    pub place: u32,
    /// Which end.
    pub part: Part,
    /// Metres travelled.
    pub metres: Option<u32>,
}

/// One ride.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Leg {
    /// Index of its first tap among the points.
    pub first: usize,
    /// Index of the tap that bears its price: the last one.
    pub last: usize,
    /// How it ended.
    pub ending: Ending,
}

/// Pairs points, which stand in order of time, into rides in order of their first tap. A tap-in ends whatever journey its
/// medium has open; a tap-out ends an open journey of the same service. When the service day is over nothing stays open.
#[must_use]
pub fn legs(points: &[Point], over: bool) -> Vec<Leg> {
    let mut legs: Vec<Leg> = Vec::with_capacity(points.len());
    for (here, point) in points.iter().enumerate() {
        let open = legs.iter().position(|leg| {
            leg.ending == Ending::Open && points.get(leg.first).is_some_and(|first| first.root == point.root)
        });
        let same = |leg: &Leg| points.get(leg.first).is_some_and(|first| first.service == point.service);
        let open = open.and_then(|place| legs.get_mut(place));
        let alone = |ending| Leg { first: here, last: here, ending };
        match (point.part, open) {
            (Part::Single, _) => legs.push(alone(Ending::Single)),
            (Part::In, open) => {
                if let Some(leg) = open {
                    leg.ending = Ending::ExitMissing;
                }
                legs.push(alone(Ending::Open));
            }
            (Part::Out, Some(leg)) if same(leg) => {
                leg.last = here;
                leg.ending = Ending::Whole;
            }
            (Part::Out, _) => legs.push(alone(Ending::EntryMissing)),
        }
    }
    for leg in legs.iter_mut().filter(|leg| over && leg.ending == Ending::Open) {
        leg.ending = Ending::ExitMissing;
    }
    legs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `1i 2o 1s`: medium and part; the service is the second letter's case: lower 0, upper 1.
    fn paired(text: &str, over: bool) -> String {
        let point = |(at, word): (i64, &str)| {
            let (medium, part) = word.split_at(1);
            Point {
                at: Timestamp(at),
                root: MediumSerial(medium.parse().unwrap()),
                service: u32::from(part.chars().all(char::is_uppercase)),
                place: 0,
                part: match part.to_lowercase().as_str() {
                    "i" => Part::In,
                    "o" => Part::Out,
                    _ => Part::Single,
                },
                metres: None,
            }
        };
        let points: Vec<Point> = (0i64..).zip(text.split(' ')).map(point).collect();
        let print = |leg: &Leg| format!("{}-{} {:?}", leg.first, leg.last, leg.ending);
        legs(&points, over).iter().map(print).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_tap_in_belongs_to_the_tap_out_of_the_same_medium_and_service() {
        let table = [
            ("1i 1o", "0-1 Whole"),
            ("1i", "0-0 Open"),
            ("1o", "0-0 EntryMissing"),
            ("1i 2i 1o 2o", "0-2 Whole, 1-3 Whole"),
            ("1i 1i 1o", "0-0 ExitMissing, 1-2 Whole"),
            ("1i 1O 1o", "0-2 Whole, 1-1 EntryMissing"),
            ("1i 1I 1o", "0-0 ExitMissing, 1-1 Open, 2-2 EntryMissing"),
            ("1i 1s 1o", "0-2 Whole, 1-1 Single"),
            ("1i 1o 1o", "0-1 Whole, 2-2 EntryMissing"),
        ];
        for (taps, expected) in table {
            assert_eq!(paired(taps, false), expected, "{taps}");
        }
        assert_eq!(paired("1i 2i 2o", true), "0-0 ExitMissing, 1-2 Whole");
    }
}
