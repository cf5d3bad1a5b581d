//! Figures by hour as the charts take them.

use crate::store::entities::place_hour;

/// Hours of a day that are drawn: from the first to the last with anybody on either day, at least so many.
const HOURS_MIN: i64 = 8;

/// People who came in, by hour.
pub fn entered(rows: &[place_hour::Model]) -> [i64; 24] {
    let mut hours = [0; 24];
    for row in rows {
        if let Some(hour) = usize::try_from(row.hour).ok().and_then(|hour| hours.get_mut(hour)) {
            *hour += row.entered;
        }
    }
    hours
}

/// First and last hour worth drawing, over some days.
pub fn window(days: &[[i64; 24]]) -> std::ops::RangeInclusive<usize> {
    let used = |hour: &usize| days.iter().any(|day| day.get(*hour).is_some_and(|people| *people > 0));
    let first = (0..24).find(used).unwrap_or(6);
    let last = (0..24).rev().find(used).unwrap_or(18);
    let missing = usize::try_from(HOURS_MIN).unwrap_or(8).saturating_sub(last - first + 1);
    let last = (last + missing).min(23);
    first.min(last)..=last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_every_hour_with_people_and_some_more_where_there_are_few() {
        let mut day = [0; 24];
        assert_eq!(window(&[day]), 6..=18);
        day[10] = 3;
        assert_eq!(window(&[day]), 10..=17);
        day[23] = 1;
        assert_eq!(window(&[day]), 10..=23);
    }
}
