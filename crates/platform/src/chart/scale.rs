//! Scales of round steps, and lengths written with one or two decimals without floating point.

/// Grid lines above the axis.
pub(super) const STEPS: i64 = 3;

/// The smallest step of 1, 2 or 5 times a power of ten that brings `highest` within [`STEPS`] steps.
pub(super) fn step_for(highest: i64) -> i64 {
    let mut unit = 1i64;
    loop {
        for factor in [1, 2, 5] {
            let step = unit.saturating_mul(factor);
            if step.saturating_mul(STEPS) >= highest {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

/// `value / whole` of `length`, in tenths, rounded half up; 0 when there is no whole.
pub(super) fn share_in_tenths(value: i64, whole: i64, length: i64) -> i64 {
    if whole <= 0 {
        return 0;
    }
    let product = i128::from(value) * i128::from(length) * 10 + i128::from(whole) / 2;
    i64::try_from(product.div_euclid(i128::from(whole))).unwrap_or(i64::MAX)
}

/// A length given in tenths: `62.5`.
pub(super) fn tenths(length: i64) -> String {
    let sign = if length < 0 { "-" } else { "" };
    format!("{sign}{}.{}", (length / 10).abs(), (length % 10).abs())
}

/// A length given in hundredths: `26.20`.
pub(super) fn hundredths(length: i64) -> String {
    format!("{}.{:02}", length / 100, length % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_round_and_reaches_the_highest_value() {
        let steps = [(0, 1), (3, 1), (4, 2), (16, 10), (2_418, 1_000), (3_000, 1_000), (3_001, 2_000)];
        for (highest, step) in steps {
            assert_eq!(step_for(highest), step, "{highest}");
        }
        assert!(step_for(i64::MAX) > 0);
    }

    #[test]
    fn lengths_are_written_without_floats() {
        assert_eq!(tenths(share_in_tenths(1, 3, 1_000)), "333.3");
        assert_eq!(tenths(share_in_tenths(2, 3, 1_000)), "666.7");
        assert_eq!(tenths(-5), "-0.5");
        assert_eq!(share_in_tenths(5, 0, 1_000), 0);
        assert_eq!(hundredths(2_645), "26.45");
    }
}
