//! How many requests a minute somebody may send: counted in whole minutes of this process, for those who have a limit.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Over what is counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Largest limit that can be set, requests a minute.
pub const LIMIT_MAX: u32 = 1_000_000;

/// Counts by caller. Cheap to clone; clones count together. As many callers as have a limit, so bounded by their table.
#[derive(Debug, Clone)]
pub struct Limiter<K> {
    counts: Arc<Mutex<HashMap<K, (Instant, u32)>>>,
}

impl<K> Default for Limiter<K> {
    fn default() -> Self {
        Self { counts: Arc::default() }
    }
}

impl<K: Eq + Hash> Limiter<K> {
    /// Counts one request of a caller.
    ///
    /// # Errors
    /// In how many seconds the next one is taken, when this one is over the limit.
    pub fn admit(&self, caller: K, limit: Option<u32>) -> Result<(), u32> {
        self.admit_at(caller, limit, Instant::now())
    }

    fn admit_at(&self, caller: K, limit: Option<u32>, now: Instant) -> Result<(), u32> {
        let Some(limit) = limit else { return Ok(()) };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = counts.entry(caller).or_insert((now, 0));
        let past = now.saturating_duration_since(*since);
        if past >= WINDOW {
            (*since, *count) = (now, 0);
        }
        if *count >= limit {
            let left = WINDOW.saturating_sub(past).as_secs();
            return Err(u32::try_from(left).unwrap_or(u32::MAX).max(1));
        }
        *count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_per_caller_and_minute_and_says_when_to_come_back() {
        let limiter = Limiter::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        for _ in 0..3 {
            assert_eq!(limiter.admit_at(1, Some(3), at(0)), Ok(()));
        }
        assert_eq!(limiter.admit_at(1, Some(3), at(20)), Err(40));
        assert_eq!(limiter.admit_at(2, Some(3), at(20)), Ok(()), "another caller");
        assert_eq!(limiter.admit_at(1, None, at(20)), Ok(()), "no limit");
        assert_eq!(limiter.admit_at(1, Some(3), at(60)), Ok(()), "another minute");
    }
}
