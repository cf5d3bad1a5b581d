//! What the value part of a record tells: accounts and amounts, never a place, a line or a terminal's clock (E7).

use base::{DeviceNumber, Timestamp};
use engine::{Body, Movement};
use fixtures::{City, Kept, code};

/// Whether a record's value part tells this.
fn tells(kept: &Kept, bytes: &[u8]) -> bool {
    kept.value.windows(bytes.len()).any(|part| part == bytes)
}

#[test]
fn the_value_part_tells_no_place_no_line_and_no_device_clock() {
    let mut city =
        City::new().resident("siti").card().purse(20_000).entitled("free_bus").entitled("cheap_rail");
    let first = city.records().len();
    // Priced free, priced paid, priced as debt, held, closed, refused; an ask accepted and one refused.
    let shown = city.now().plus(-1_234_567);
    let cases =
        [("stop_1", 0), ("station_1", 0), ("museum_1", 0), ("stop_2", 9), ("stop_2", -9), ("nowhere_1", 0)];
    for (place, days) in cases {
        let device_at = shown.plus(days * Timestamp::DAY);
        for opened in [true, false] {
            let Body::Tap(mut tap) = city.tap_body(DeviceNumber(3), "siti", place, device_at) else {
                unreachable!()
            };
            tap.opened = opened;
            tap.movement =
                Some(Movement { line: Some(code("line_77")), ..Movement::new(code(place), device_at) });
            let _ = city.send(Body::Tap(tap));
        }
        let ask = engine::Ask {
            medium: city.medium("siti"),
            movement: Some(Movement { line: Some(code("line_77")), ..Movement::new(code(place), device_at) }),
        };
        let _ = city.send(Body::Ask(ask));
    }
    let with_movement: Vec<&Kept> =
        city.records()[first..].iter().filter(|kept| kept.movement.is_some()).collect();
    assert_eq!(with_movement.len(), 18);
    for kept in with_movement {
        let (_, movement) = kept.movement.as_ref().unwrap();
        let known: Movement = minicbor::decode(movement).unwrap();
        assert!(movement.windows(7).any(|part| part == b"line_77"), "the movement part does tell");
        assert!(!tells(kept, known.place.as_str().as_bytes()), "{:?}", kept.envelope.body);
        assert!(!tells(kept, b"line_77"), "{:?}", kept.envelope.body);
        let clock = minicbor::to_vec(known.device_at).unwrap();
        assert!(!tells(kept, &clock), "{:?}", kept.envelope.body);
    }
}
