//! How long the disk takes to make 4 KiB durable: the floor under every answer. Owns the measurement; never touches the
//! journal.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Bytes written and flushed each time.
const PIECE_BYTES: usize = 4_096;
/// Pieces the file is prewritten for, as the journal's segments are.
const PIECES: u64 = 256;

/// Times of a raw flush.
#[derive(Debug, Clone, Copy)]
pub struct Probe {
    /// Half are at most this long.
    pub p50: Duration,
    /// 99 of 100 are at most this long.
    pub p99: Duration,
}

/// Writes and flushes 4 KiB so many times into a prewritten file in `dir`, which is removed afterwards.
///
/// # Errors
/// When the directory cannot be written.
pub fn probe(dir: &Path, times: u64) -> io::Result<Probe> {
    let file = tempfile::tempfile_in(dir)?;
    let piece = [0x5Au8; PIECE_BYTES];
    for place in 0..PIECES {
        file.write_all_at(&piece, place * 4_096)?;
    }
    file.sync_all()?;
    let mut taken = Vec::new();
    for time in 0..times.max(1) {
        let start = Instant::now();
        file.write_all_at(&piece, time % PIECES * 4_096)?;
        file.sync_data()?;
        taken.push(start.elapsed());
    }
    Ok(Probe { p50: percentile(&mut taken, 50), p99: percentile(&mut taken, 99) })
}

/// The smallest time that so many of a hundred do not exceed; zero of none.
pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    let place = (times.len() * percent).div_ceil(100).max(1) - 1;
    times.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let mut times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&mut times, 50), Duration::from_millis(50));
        assert_eq!(percentile(&mut times, 99), Duration::from_millis(99));
        assert_eq!(percentile(&mut times[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&mut [], 50), Duration::ZERO);
    }
}
