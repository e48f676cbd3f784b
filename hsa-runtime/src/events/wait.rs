//! Waiting for signals: looking, spinning, sleeping.
#![forbid(unsafe_code)]

use std::{
    process,
    time::{Duration, Instant},
};

use super::patience::{self, Hint};
use crate::{
    abi::*,
    arch::{pause::pause, timer},
    log::complain,
    signal::{Bell, Signal, sleep_until},
};

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Equal,
    NotEqual,
    Less,
    NotLess,
}

impl Condition {
    /// The condition of a number of hsa.h's, if there is one.
    pub fn of(number: hsa_signal_condition_t) -> Option<Self> {
        match number {
            HSA_SIGNAL_CONDITION_EQ => Some(Self::Equal),
            HSA_SIGNAL_CONDITION_NE => Some(Self::NotEqual),
            HSA_SIGNAL_CONDITION_LT => Some(Self::Less),
            HSA_SIGNAL_CONDITION_GTE => Some(Self::NotLess),
            _ => None,
        }
    }

    /// Whether `value` meets it.
    #[inline]
    pub fn holds(self, value: i64, compare: i64) -> bool {
        match self {
            Self::Equal => value == compare,
            Self::NotEqual => value != compare,
            Self::Less => value < compare,
            Self::NotLess => value >= compare,
        }
    }
}

/// A signal and the value that is waited for.
#[derive(Clone, Copy)]
pub struct Want {
    /// Which signal.
    pub signal: Signal,
    /// How to compare.
    pub condition: Condition,
    /// With what.
    pub compare: i64,
}

impl Want {
    /// The value, if it is the wanted one.
    #[inline]
    pub fn met(&self) -> Option<i64> {
        let value = self.signal.load_to_wait();
        self.condition.holds(value, self.compare).then_some(value)
    }
}

/// How long a caller waits, and how.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Ticks of the system clock; `u64::MAX` is for ever.
    pub timeout: u64,
    /// What the caller prefers.
    pub hint: Hint,
}

/// Waits for one signal. The value that met the condition, or after the timeout the value then; 0 if the signal was
/// destroyed, as upstream has it. Ends the process when that takes longer than the user has said that any wait may.
pub fn one(want: Want, limits: Limits) -> i64 {
    let look = || if want.signal.is_live() { want.met() } else { Some(0) };
    let (longest, allowed) = (duration(limits.timeout), want.signal.longest_wait());
    let found = wait(&[want], longest.min(allowed), limits.hint, look);
    if found.is_none() && allowed < longest {
        complain(&format!(
            "a wait for signal {:#x}, whose value is {}, took longer than HSA_SIGNAL_WAIT_ABORT_TIMEOUT, {} s",
            want.signal.handle().handle,
            want.signal.load(),
            allowed.as_secs()
        ));
        process::abort();
    }
    found.unwrap_or_else(|| if want.signal.is_live() { want.signal.load() } else { 0 })
}

/// Waits for any of several signals: the position of the first one whose condition is met, and its value. `None` after
/// the timeout, or when one was destroyed.
pub fn any(wants: &[Want], limits: Limits) -> Option<(usize, i64)> {
    let look = || {
        let found = (0..).zip(wants).find_map(|(index, want)| Some((index, want.met()?)));
        found.map(Some).or_else(|| ended(wants))
    };
    wait(wants, duration(limits.timeout), limits.hint, look).flatten()
}

/// Waits for all of several signals, each of which counts from when its condition is met first: the values then. `None`
/// after the timeout, or when one was destroyed.
pub fn all(wants: &[Want], limits: Limits) -> Option<Vec<i64>> {
    let mut values: Vec<Option<i64>> = vec![None; wants.len()];
    let look = || {
        for (value, want) in values.iter_mut().zip(wants) {
            *value = value.or_else(|| want.met());
        }
        let complete: Option<Vec<i64>> = values.iter().copied().collect();
        complete.map(Some).or_else(|| ended(wants))
    };
    wait(wants, duration(limits.timeout), limits.hint, look).flatten()
}

/// What ends a wait for several without a result.
fn ended<T>(wants: &[Want]) -> Option<Option<T>> {
    wants.iter().any(|want| !want.signal.is_live()).then_some(None)
}

/// Looks, spins, sleeps, until `look` finds something or the time is over.
fn wait<T>(wants: &[Want], longest: Duration, hint: Hint, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    if let Some(found) = look() {
        return Some(found);
    }
    let first = wants.first()?;
    let start = Instant::now();
    let _kept = Kept::new(wants);
    let typical = first.signal.typical_wait();
    let spin = patience::spin(hint, typical).min(longest);
    let found = spin_for(first, start, spin, &mut look).or_else(|| sleep_for(wants, start, longest, look));
    if found.is_some() {
        patience::learn(typical, start.elapsed());
    }
    found
}

fn spin_for<T>(
    first: &Want,
    start: Instant,
    spin: Duration,
    look: &mut impl FnMut() -> Option<T>,
) -> Option<T> {
    while start.elapsed() < spin {
        pause(first.signal.value(), first.signal.load());
        if let Some(found) = look() {
            return Some(found);
        }
    }
    None
}

fn sleep_for<T>(
    wants: &[Want],
    start: Instant,
    longest: Duration,
    look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let _asleep = Asleep::new(wants);
    let mut indexes: Vec<usize> = wants.iter().map(|want| want.signal.bell_index()).collect();
    indexes.sort_unstable();
    indexes.dedup();
    let bells: Vec<&Bell> = indexes.into_iter().map(|index| wants[0].signal.bells().get(index)).collect();
    let announced = wants.iter().all(|want| want.signal.rings_for_gpus());
    let all = wants[0].signal.bells();
    let listen = || bells.iter().map(|&bell| (bell, bell.age())).collect::<Vec<_>>();
    let mut slept = None;
    let found = sleep_until(listen, look, |ages| {
        let waited = start.elapsed();
        if waited >= longest {
            return false;
        }
        let nap = patience::sleep(waited, announced && all.are_heard()).min(longest - waited);
        slept = Some((all.sleep(&ages, nap), nap));
        true
    });
    if let (true, Some(_), Some((rung, nap))) = (announced, &found, slept) {
        all.found(rung, nap);
    }
    found
}

/// A timeout in ticks of the system clock.
fn duration(ticks: u64) -> Duration {
    let nanoseconds = u128::from(ticks) * 1_000_000_000 / u128::from(timer::frequency());
    match u64::try_from(nanoseconds) {
        Ok(nanoseconds) if ticks != u64::MAX => Duration::from_nanos(nanoseconds),
        _ => Duration::MAX,
    }
}

/// Signals that are not reused while a thread looks at them. One that was destroyed before is seen to be by who looks.
struct Kept(Vec<Signal>);

impl Kept {
    fn new(wants: &[Want]) -> Self {
        Self(wants.iter().map(|want| want.signal).filter(|signal| signal.retain().is_ok()).collect())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.iter().for_each(|signal| signal.release());
    }
}

/// Counts a thread among the sleepers of its signals.
struct Asleep<'a>(&'a [Want]);

impl<'a> Asleep<'a> {
    fn new(wants: &'a [Want]) -> Self {
        wants.iter().for_each(|want| want.signal.enter());
        Self(wants)
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(|want| want.signal.leave());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        driver::fake::FakeDriver,
        signal::{Kind, Signals},
    };
    use std::{
        sync::{Arc, atomic::Ordering},
        thread,
    };

    const FOR_EVER: Limits = Limits { timeout: u64::MAX, hint: Hint::Blocked };

    fn at_once() -> Limits {
        Limits { timeout: 0, hint: Hint::Active }
    }

    fn want(signal: Signal, condition: Condition, compare: i64) -> Want {
        Want { signal, condition, compare }
    }

    fn set(signal: Signal, value: i64) {
        signal.change(|word| word.swap(value, Ordering::SeqCst));
    }

    /// Signals on a machine where GPUs ring, and where they do not.
    fn both() -> [&'static Signals; 2] {
        [0, 4095].map(|events| Signals::new(Arc::new(FakeDriver { events, ..FakeDriver::default() })))
    }

    #[test]
    fn conditions_are_those_of_the_header() {
        use Condition::{Equal, Less, NotEqual, NotLess};
        let holding = |value| [Equal, NotEqual, Less, NotLess].map(|condition| condition.holds(value, -1));
        assert_eq!(holding(-2), [false, true, true, false]);
        assert_eq!(holding(-1), [true, false, false, true]);
        assert_eq!(holding(0), [false, true, false, true]);
    }

    #[test]
    fn a_timeout_answers_with_the_value_then() {
        for signals in both() {
            let signal = signals.create(5, Kind::Interrupt).unwrap();
            let less = want(signal, Condition::Less, 1);
            assert_eq!(one(less, at_once()), 5);
            let millisecond = Limits { timeout: timer::frequency() / 1000, hint: Hint::Blocked };
            assert_eq!(one(less, millisecond), 5);
            assert_eq!(any(&[less], millisecond), None);
            assert_eq!(all(&[less], millisecond), None);
        }
    }

    #[test]
    fn a_store_by_another_thread_ends_a_wait_of_any_kind() {
        for signals in both() {
            for (kind, hint) in [(Kind::Interrupt, Hint::Blocked), (Kind::Silent, Hint::Active)] {
                let signal = signals.create(1, kind).unwrap();
                let limits = Limits { hint, ..FOR_EVER };
                for _ in 0..50 {
                    set(signal, 1);
                    thread::scope(|scope| {
                        let waits = || one(want(signal, Condition::Less, 1), limits);
                        let waiters = [scope.spawn(waits), scope.spawn(waits)];
                        thread::sleep(Duration::from_micros(300));
                        set(signal, -3);
                        waiters.into_iter().for_each(|waiter| assert_eq!(waiter.join().unwrap(), -3));
                    });
                }
            }
        }
    }

    #[test]
    fn any_tells_which_and_all_waits_for_the_last() {
        for signals in both() {
            let made: Vec<Signal> = (0..40).map(|_| signals.create(1, Kind::Interrupt).unwrap()).collect();
            let wants: Vec<Want> = made.iter().map(|&signal| want(signal, Condition::Equal, 0)).collect();
            thread::scope(|scope| {
                let any = scope.spawn(|| any(&wants, FOR_EVER));
                thread::sleep(Duration::from_millis(1));
                set(made[23], 0);
                assert_eq!(any.join().unwrap(), Some((23, 0)));
                let all = scope.spawn(|| all(&wants, FOR_EVER));
                for signal in &made {
                    set(*signal, 0);
                    // It was met, and counts.
                    set(*signal, 0);
                }
                assert_eq!(all.join().unwrap(), Some(vec![0; 40]));
            });
        }
    }

    #[test]
    fn a_destroyed_signal_ends_every_wait() {
        for signals in both() {
            let signal = signals.create(1, Kind::Interrupt).unwrap();
            let wants = [want(signal, Condition::Less, 1)];
            thread::scope(|scope| {
                let single = scope.spawn(|| one(wants[0], FOR_EVER));
                let several = scope.spawn(|| any(&wants, FOR_EVER));
                thread::sleep(Duration::from_millis(1));
                signal.destroy().unwrap();
                assert_eq!((single.join().unwrap(), several.join().unwrap()), (0, None));
            });
            assert_eq!(one(wants[0], FOR_EVER), 0);
        }
    }

    #[test]
    fn a_timeout_that_no_clock_reaches_is_for_ever() {
        assert_eq!(duration(u64::MAX), Duration::MAX);
        assert_eq!(duration(timer::frequency()), Duration::from_secs(1));
        assert!(duration(u64::MAX - 1) > Duration::from_secs(3600 * 24 * 365));
    }
}
