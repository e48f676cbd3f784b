//! Which of the calls that match a rule are struck. Touches nothing.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts matching calls and strikes those in a window of the count.
#[derive(Debug)]
pub struct Counter {
    seen: AtomicU64,
    after: u64,
    times: u64,
}

impl Counter {
    /// Lets `after` calls through and strikes the next `times`.
    pub fn new(after: u64, times: u64) -> Self {
        Counter { seen: AtomicU64::new(0), after, times }
    }

    /// Counts a call. The answer is how many calls have been struck, this one included, or `None` when it is let
    /// through.
    pub fn strike(&self) -> Option<u64> {
        let before = self.seen.fetch_add(1, Ordering::Relaxed);
        (before >= self.after && before - self.after < self.times).then(|| before - self.after + 1)
    }

    /// Counts several calls at once. Whether any of them is struck.
    pub fn strike_among(&self, calls: u64) -> bool {
        let before = self.seen.fetch_add(calls, Ordering::Relaxed);
        let end = self.after.saturating_add(self.times);
        before < end && before.saturating_add(calls) > self.after
    }

    /// How many calls have been struck, without counting one.
    pub fn struck(&self) -> u64 {
        self.seen.load(Ordering::Relaxed).saturating_sub(self.after).min(self.times)
    }

    /// Whether the calls that are let through first have all come.
    pub fn armed(&self) -> bool {
        self.seen.load(Ordering::Relaxed) >= self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_the_calls_of_its_window_only() {
        let counter = Counter::new(2, 3);
        let strikes: Vec<_> = (0..7).map(|_| counter.strike()).collect();
        assert_eq!(strikes, [None, None, Some(1), Some(2), Some(3), None, None]);
        assert_eq!(counter.struck(), 3);
    }

    #[test]
    fn calls_that_are_counted_together_are_struck_together() {
        let counter = Counter::new(5, 1);
        assert_eq!([3, 2, 4, 4].map(|calls| counter.strike_among(calls)), [false, false, true, false]);
    }
}
