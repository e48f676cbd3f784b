//! How long to spin before sleeping, and how long to sleep before looking again.
//!
//! Pure.
#![forbid(unsafe_code)]

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// What the caller of a wait prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// To sleep: it may be long.
    Blocked,
    /// Not to lose time: it will be short.
    Active,
}

impl Hint {
    /// The longest spin. 200 microseconds is upstream's for BLOCKED, about what falling asleep and waking up costs on an
    /// idle machine that lets its cores rest. ACTIVE spins for ever there; here it may take ten times as much.
    fn longest_spin(self) -> Duration {
        match self {
            Self::Blocked => Duration::from_micros(200),
            Self::Active => Duration::from_millis(2),
        }
    }
}

/// The shortest spin worth beginning: two pauses and a look at the clock.
const SHORTEST_SPIN: Duration = Duration::from_micros(5);
/// Every sleep ends after as long as was waited already, within these limits: an interrupt that was lost makes a wait at
/// most twice as long as it must be, and who waits for hours hardly wakes up.
const HEARTBEATS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// The longest nap where nobody announces a change.
const LONGEST_NAP: Duration = Duration::from_secs(1);
const SHORTEST_NAP: Duration = Duration::from_micros(50);
/// A nap is at most this part of the time waited so far, so that waiting takes little longer than it must. Short waits
/// matter most: the part is the seconds waited, a hundredth after ten milliseconds, until it is this one.
const LARGEST_PART: f64 = 1.0 / 8.0;
/// Longer waits teach nothing: they are somebody's idleness.
const LONGEST_LESSON: Duration = Duration::from_millis(100);

/// How long to spin for a signal whose waits typically take `typical` microseconds, 0 if unknown. What is shorter than
/// the longest spin is worth twice its time; what is longer, next to none.
pub fn spin(hint: Hint, typical: &AtomicU32) -> Duration {
    let longest = hint.longest_spin();
    let typical = Duration::from_micros(typical.load(Ordering::Relaxed).into());
    match typical {
        Duration::ZERO => longest,
        typical if typical <= longest => (2 * typical).clamp(SHORTEST_SPIN, longest),
        _ => SHORTEST_SPIN,
    }
}

/// A wait has taken so long: a quarter of what is typical from now on.
pub fn learn(typical: &AtomicU32, waited: Duration) {
    let waited = (waited.min(LONGEST_LESSON).as_micros() as u32).max(1);
    let before = typical.load(Ordering::Relaxed);
    let now = if before == 0 { waited } else { (3 * before + waited) / 4 };
    // Two threads at once teach only one lesson; it is an estimate.
    typical.store(now.max(1), Ordering::Relaxed);
}

/// How long to sleep after having waited for `waited`; `announced`: whether every change rings a bell.
pub fn sleep(waited: Duration, announced: bool) -> Duration {
    if announced {
        return waited.clamp(HEARTBEATS[0], HEARTBEATS[1]);
    }
    waited.mul_f64(waited.as_secs_f64().min(LARGEST_PART)).clamp(SHORTEST_NAP, LONGEST_NAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spinning_is_for_waits_that_end_while_spinning() {
        let typical = AtomicU32::new(0);
        let spin_of = |hint| spin(hint, &typical).as_micros();
        assert_eq!((spin_of(Hint::Blocked), spin_of(Hint::Active)), (200, 2000));
        for _ in 0..20 {
            learn(&typical, Duration::from_micros(30));
        }
        assert_eq!((spin_of(Hint::Blocked), spin_of(Hint::Active)), (60, 60));
        for _ in 0..20 {
            learn(&typical, Duration::from_secs(3600));
        }
        assert_eq!((spin_of(Hint::Blocked), spin_of(Hint::Active)), (5, 5));
        for _ in 0..40 {
            learn(&typical, Duration::ZERO);
        }
        assert_eq!(spin_of(Hint::Active), 5);
    }

    /// Naps of an hour of waiting, each as long as it may be.
    #[test]
    fn polling_takes_few_looks_and_little_longer_than_it_must() {
        let (mut waited, mut looks) = (Duration::ZERO, 0);
        while waited < Duration::from_secs(10) {
            let nap = sleep(waited, false);
            let most = |part| (waited / part).max(SHORTEST_NAP) + Duration::from_nanos(1);
            assert!(nap <= most(8));
            if waited < Duration::from_millis(10) {
                assert!(nap <= most(100));
            }
            waited += nap;
            looks += 1;
        }
        assert!(looks < 500, "{looks}");
        assert_eq!(sleep(waited, false), LONGEST_NAP);
        assert_eq!([Duration::ZERO, waited].map(|waited| sleep(waited, true)), HEARTBEATS);
    }
}
