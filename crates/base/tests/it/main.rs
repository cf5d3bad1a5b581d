//! Round trips of the words: whatever prints can be read again, and reading never panics.

use base::{Nik, RegionCode, Rupiah};
use proptest::prelude::*;

/// Two digits of a part that is not zero.
fn part() -> impl Strategy<Value = u64> {
    1u64..100
}

proptest! {
    #[test]
    fn every_amount_reads_back_from_its_printed_form(amount: i64) {
        let amount = Rupiah(amount);
        prop_assert_eq!(Rupiah::parse(&amount.to_string()), Ok(amount));
        let json = serde_json::to_string(&amount).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rupiah>(&json).unwrap(), amount);
        let cbor = minicbor::to_vec(amount).unwrap();
        prop_assert_eq!(minicbor::decode::<Rupiah>(&cbor).unwrap(), amount);
    }

    #[test]
    fn every_region_code_reads_back_from_each_of_its_forms(
        province in 10u64..100, city in part(), district in part(), village in 1u64..10_000, depth in 0usize..4,
    ) {
        let parts = [format!("{province:02}"), format!("{city:02}"), format!("{district:02}"),
            format!("{village:04}")];
        let text = parts[..=depth].join(".");
        let code = RegionCode::parse(&text).unwrap();
        prop_assert_eq!(code.to_string(), text.as_str());
        prop_assert_eq!(RegionCode::from_number(code.number()).unwrap(), code);
        prop_assert_eq!(code.number().to_string(), text.replace('.', ""));
        let cbor = minicbor::to_vec(code).unwrap();
        prop_assert_eq!(minicbor::decode::<RegionCode>(&cbor).unwrap(), code);
        let mut up = code;
        for _ in 0..depth {
            up = up.parent().unwrap();
            prop_assert!(up.contains(code) && up < code);
        }
        prop_assert_eq!(up.parent(), None);
    }

    #[test]
    fn every_acceptable_nik_reads_back_and_its_mask_hides_birth_and_serial(
        region in 100_000u64..1_000_000, day in prop_oneof![1u64..=31, 41u64..=71], month in 1u64..=12,
        year in 0u64..100, serial in 1u64..10_000,
    ) {
        let text = format!("{region}{day:02}{month:02}{year:02}{serial:04}");
        let (nik, _) = Nik::parse(&text).unwrap();
        prop_assert_eq!(nik.reveal(), text.as_str());
        let mask = nik.masked();
        let shown: String = mask.chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(shown, format!("{}{}", &text[..6], &text[14..]));
        prop_assert_eq!(format!("{nik:?}"), mask);
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,24}", digits in "[0-9.]{0,20}") {
        for text in [text, digits] {
            let _ = Nik::parse(&text);
            let _ = RegionCode::parse(&text);
            let _ = Rupiah::parse(&text);
        }
    }
}
