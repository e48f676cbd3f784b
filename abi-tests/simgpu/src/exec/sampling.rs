//! Traps that the host brings about, so that waves tell where they are: every so often one wave does. Answers to
//! `kfd_pc_sample_thread`, whose interval it is, and to `trigger_pc_sample_trap`, which goes from one slot of the hardware to
//! the next; here it is whichever wave has its turn. Touches the clock.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// When this process began to count.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Who traps, and when.
#[derive(Default)]
pub struct Sampling {
    /// Microseconds between two traps; 0 for none.
    interval: AtomicU64,
    /// When the next one is due, in microseconds since the start.
    next: AtomicU64,
    /// How many there have been.
    count: AtomicU64,
}

impl Sampling {
    /// From now on every so many microseconds, or not at all.
    pub fn set(&self, interval: Option<u32>) {
        self.interval.store(interval.unwrap_or(0).into(), Ordering::Relaxed);
    }

    /// Whether one is due, for whoever asks first: after how many of the next so many instructions. Different ones each
    /// time, so that samples are of all of a program.
    pub fn due(&self, within: u32) -> Option<u32> {
        let interval = self.interval.load(Ordering::Relaxed);
        if interval == 0 || within == 0 {
            return None;
        }
        let now = START.elapsed().as_micros() as u64;
        let take = |next: u64| (next <= now).then_some(now + interval);
        self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).ok()?;
        // The golden ratio of the numbers of 64 bits spreads them.
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        Some((count.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32 % within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_come_while_they_are_wanted_and_not_before_they_are_due() {
        let sampling = Sampling::default();
        assert_eq!(sampling.due(100), None);
        sampling.set(Some(u32::MAX));
        assert!(sampling.due(100).is_some_and(|after| after < 100));
        assert_eq!(sampling.due(100), None, "the next comes in an hour");
        sampling.set(None);
        assert_eq!(sampling.due(100), None);
    }

    #[test]
    fn they_are_spread() {
        let sampling = Sampling::default();
        sampling.set(Some(1));
        let mut places = std::collections::BTreeSet::new();
        while places.len() < 50 {
            places.extend(sampling.due(100));
        }
    }
}
