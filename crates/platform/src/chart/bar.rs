//! The stacked bar of outcomes in a table's cell. The numbers beside it say everything; the bar is for the eye.

use super::scale::{hundredths, share_in_tenths};
use crate::web::{Html, Outcome};

/// White between two parts, in hundredths of a per cent.
const GAP: i64 = 25;

/// A part under this share of the scale is left to the numbers, in hundredths of a per cent.
const SHARE_MIN: i64 = 30;

/// Width of a bar whose every part is too small to show: something was there.
const TRACE: i64 = 100;

/// How many taps of one row came to what, against the longest row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutcomeBar {
    /// Counts in the order of [`Outcome::ALL`].
    pub counts: [u64; 4],
    /// The count that fills the whole width.
    pub scale: u64,
}

impl OutcomeBar {
    /// The bar as markup, hidden from readers, because the row's cells hold its numbers.
    #[must_use]
    pub fn render(self) -> Html {
        let shares: Vec<(Outcome, i64)> = Outcome::ALL
            .into_iter()
            .zip(self.counts)
            .map(|(outcome, count)| (outcome, self.share(count)))
            .collect();
        let mut parts: Vec<(Outcome, i64)> =
            shares.iter().copied().filter(|(_, share)| *share >= SHARE_MIN).collect();
        if parts.is_empty() {
            let largest = Outcome::ALL.into_iter().zip(self.counts).max_by_key(|(_, count)| *count);
            parts.extend(largest.filter(|(_, count)| *count > 0).map(|(outcome, _)| (outcome, TRACE)));
        }
        let mut x = 0;
        let mut markup = String::from(r#"<svg class="bar" aria-hidden="true">"#);
        for (outcome, share) in parts {
            // The gap is taken from the part after it, so that the bar keeps its length.
            let gap = if x == 0 { 0 } else { GAP };
            let (class, from, width) =
                (outcome.fill_class(), hundredths(x + gap), hundredths((share - gap).max(1)));
            markup.push_str(&format!(r#"<rect class="{class}" x="{from}%" width="{width}%" height="14"/>"#));
            x += share;
        }
        markup.push_str("</svg>");
        Html::of_escaped(markup)
    }

    /// In hundredths of a per cent of the scale, at most the whole.
    fn share(self, count: u64) -> i64 {
        let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        share_in_tenths(whole(count.min(self.scale)), whole(self.scale), 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_traces_are_left_to_the_numbers() {
        let bar = OutcomeBar { counts: [19_482, 54_638, 156, 82], scale: 74_358 };
        assert_eq!(
            bar.render().as_str(),
            concat!(
                r#"<svg class="bar" aria-hidden="true">"#,
                r#"<rect class="f-free" x="0.00%" width="26.20%" height="14"/>"#,
                r#"<rect class="f-paid" x="26.45%" width="73.23%" height="14"/></svg>"#
            )
        );
    }

    #[test]
    fn a_small_row_leaves_a_trace_and_an_empty_one_leaves_none() {
        // 121 of 74 358 are 0,16%, 194 are 0,26%: each below what is drawn.
        let small = OutcomeBar { counts: [121, 194, 3, 0], scale: 74_358 }.render();
        assert!(small.as_str().contains(r#"<rect class="f-paid" x="0.00%" width="1.00%""#), "{small}");
        let empty = OutcomeBar { counts: [0; 4], scale: 74_358 }.render();
        assert!(!empty.as_str().contains("rect"));
        let nothing_at_all = OutcomeBar { counts: [0; 4], scale: 0 }.render();
        assert_eq!(nothing_at_all, empty);
    }
}
