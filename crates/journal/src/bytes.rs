//! Reading fixed-width little-endian fields off the front of a byte slice.
//!
//! Owns nothing but the position; never panics, a missing byte is `None`.

/// A slice that is eaten from the front.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl<'a> Fields<'a> {
    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next `length` bytes.
    pub(crate) fn slice(&mut self, length: usize) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(first)
    }

    /// The next four bytes as a number.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next eight bytes as a number.
    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// The next eight bytes as a signed number.
    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
}

/// The position of the last byte that is not zero.
pub(crate) fn last_non_zero(bytes: &[u8]) -> Option<usize> {
    // Comparing with zeros goes many bytes at a step, and most of what is searched is zero.
    const LINE: usize = 4096;
    const ZEROS: [u8; LINE] = [0; LINE];
    let mut end = bytes.len();
    for line in bytes.rchunks(LINE) {
        let start = end - line.len();
        if ZEROS.get(..line.len()) != Some(line) {
            return line.iter().rposition(|byte| *byte != 0).map(|position| start + position);
        }
        end = start;
    }
    None
}

/// A length in memory as a distance in a file.
pub(crate) fn distance(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A distance in a file as a length in memory; distances past the address space give the longest length.
pub(crate) fn length(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_byte_that_is_not_zero_is_found_at_every_place() {
        for size in [0, 1, 4_095, 4_096, 4_097, 9_000] {
            let mut bytes = vec![0u8; size];
            assert_eq!(last_non_zero(&bytes), None);
            for place in 0..size {
                bytes[place] = 1;
                assert_eq!(last_non_zero(&bytes), Some(place));
                bytes[place] = 0;
            }
        }
    }
}
