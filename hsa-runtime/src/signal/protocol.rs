//! How a thread that goes to sleep and a change of a value do not miss each other.
//!
//! **A sleeper** does, in this order: (1) it counts itself among the signal's sleepers; (2) it reads the age of the bell;
//! (3) it looks at the value; (4) if that is not what it waits for, it sleeps until the bell's age is not the one it
//! read, and goes back to (2). **The host** does: (a) it changes the value; (b) if it reads that there are sleepers, it
//! rings the bell, which makes it a step older and wakes all who sleep on it. **A GPU** changes the value, then rings
//! without asking: the packet processor writes the value before it writes to the mailbox and interrupts, and the mailbox
//! stands in the signal since it was created, before any packet could name it.
//!
//! *No wake-up is lost.* Suppose that the sleeper sleeps in (4) for ever, although the value has become what it waits
//! for. Then the last (3) read an older value, so (a) came after that (3) in the order in which all agree on accesses to
//! the value. If the host read in (b) that there are sleepers, or a GPU did it, the bell was rung after (3), so after
//! (2): its age is no longer the one that (2) read, and (4) does not sleep. If the host read that there is none, (b) came
//! before (1); but (1) came before (3), (3) before (a), (a) before (b): a circle. The step from (3) to (a) and from (b)
//! to (1) is between threads and different words, so the argument needs one order of all four accesses: all are `SeqCst`.
//! On x86 that costs the host nothing beyond the exchange that changes the value.
//!
//! *Bells are shared.* Nothing above needs the bell to be the signal's alone: ringing for another signal makes a sleeper
//! look once more, no worse. An age that is too old (another thread may learn of newer ones first) does the same.
//!
//! *Between processes.* The sleepers' count and the value are in a page that all map, so the order is theirs, too. Who
//! changes the value rings in two steps: it rings the kernel's bell, and in each process a thread that listens to that
//! rings the process's own. It has listened since before (1), so it hears whatever rings after (3), and rings after that:
//! the age is no longer the one that (2) read.
//!
//! The tests run both sides through every order of their steps, in a model that knows what the kernel's events do.
#![forbid(unsafe_code)]

use crate::{handle::Counter, sync::AtomicU32};

/// How many threads sleep until a signal changes.
#[derive(Default)]
pub struct Sleepers<C = AtomicU32>(C);

// The models' counters have no constant to begin with.
#[cfg(not(orderings))]
impl Sleepers {
    /// None at first.
    pub const fn none() -> Self {
        Self(AtomicU32::new(0))
    }
}

impl<C: Counter> Sleepers<C> {
    /// Counts one more: step (1).
    pub fn enter(&self) {
        self.0.add(1);
    }

    /// Counts one less.
    pub fn leave(&self) {
        self.0.add(-1);
    }

    /// Step (b): rings if anybody sleeps. The value was changed by a `SeqCst` access.
    #[inline]
    pub fn wake(&self, ring: impl FnOnce()) {
        if self.0.get() != 0 {
            ring();
        }
    }
}

/// Steps (2) to (4), for a thread that has entered: until `look` finds something, or `sleep`, which gets the age that
/// `listen` read, says by false that it is enough.
pub fn sleep_until<A, T>(
    mut listen: impl FnMut() -> A,
    mut look: impl FnMut() -> Option<T>,
    mut sleep: impl FnMut(A) -> bool,
) -> Option<T> {
    loop {
        let age = listen();
        if let Some(found) = look() {
            return Some(found);
        }
        if !sleep(age) {
            return None;
        }
    }
}

#[cfg(all(test, not(any(orderings, target_arch = "powerpc64"))))]
mod tests {
    use super::*;
    use shuttle::{
        sync::{
            Arc, Condvar, Mutex,
            atomic::{AtomicI64, AtomicU32 as Modelled, AtomicU64, Ordering},
        },
        thread,
    };

    /// A signal and its bell. The bell is an event of amdkfd with an age (`set_event`, `init_event_waiter`).
    struct Model {
        value: AtomicI64,
        sleepers: Sleepers<Modelled>,
        age: Mutex<u64>,
        rung: Condvar,
        /// The age that threads have heard of last, which may be behind.
        known_age: AtomicU64,
    }

    impl Model {
        fn new() -> Arc<Self> {
            Arc::new(Self {
                value: AtomicI64::new(1),
                sleepers: Sleepers(Modelled::new(0)),
                age: Mutex::new(1),
                rung: Condvar::new(),
                known_age: AtomicU64::new(1),
            })
        }

        fn ring(&self) {
            *self.age.lock().unwrap() += 1;
            self.rung.notify_all();
        }

        fn store(&self, value: i64) {
            self.value.swap(value, Ordering::SeqCst);
            self.sleepers.wake(|| self.ring());
        }

        fn complete(&self) {
            self.value.fetch_sub(1, Ordering::SeqCst);
            self.ring();
        }

        fn sleep(&self, known: u64) {
            let mut age = self.age.lock().unwrap();
            while *age == known {
                age = self.rung.wait(age).unwrap();
            }
            self.known_age.store(*age, Ordering::SeqCst);
        }

        fn look(&self) -> Option<i64> {
            Some(self.value.load(Ordering::SeqCst)).filter(|&value| value < 1)
        }

        fn wait(&self) -> Option<i64> {
            self.sleepers.enter();
            let sleep = |age| {
                self.sleep(age);
                true
            };
            let found = sleep_until(|| self.known_age.load(Ordering::SeqCst), || self.look(), sleep);
            self.sleepers.leave();
            found
        }
    }

    /// Every order of the steps; one in which a thread sleeps for ever fails as a deadlock.
    fn in_every_order(test: impl Fn() + Send + Sync + 'static) {
        shuttle::check_dfs(test, None);
    }

    #[test]
    fn a_store_of_the_host_wakes_who_sleeps() {
        in_every_order(|| {
            let model = Model::new();
            let host = thread::spawn({
                let model = Arc::clone(&model);
                move || model.store(0)
            });
            assert_eq!(model.wait(), Some(0));
            host.join().unwrap();
        });
    }

    #[test]
    fn a_completion_and_a_store_for_a_neighbour_wake_who_sleeps() {
        in_every_order(|| {
            let model = Model::new();
            let gpu = thread::spawn({
                let model = Arc::clone(&model);
                move || model.complete()
            });
            // Another signal has the same bell.
            model.ring();
            assert_eq!(model.wait(), Some(0));
            gpu.join().unwrap();
        });
    }

    #[test]
    fn two_threads_may_sleep_on_one_bell() {
        // Too many orders to try all of them.
        let test = || {
            let model = Model::new();
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    let model = Arc::clone(&model);
                    thread::spawn(move || assert!(model.wait().is_some()))
                })
                .collect();
            model.store(2);
            model.store(0);
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        };
        shuttle::check_random(test, 3_000);
    }

    #[test]
    fn a_store_of_another_process_wakes_who_sleeps() {
        // The kernel's bell, and the thread that listens to it.
        fn relay(model: &Model, rung: &(Mutex<bool>, Condvar)) {
            let mut heard = rung.0.lock().unwrap();
            while !*heard {
                heard = rung.1.wait(heard).unwrap();
            }
            drop(heard);
            model.ring();
        }
        // Too many orders to try all of them.
        let test = || {
            let (model, rung) = (Model::new(), Arc::new((Mutex::new(false), Condvar::new())));
            let ring = |rung: &(Mutex<bool>, Condvar)| {
                *rung.0.lock().unwrap() = true;
                rung.1.notify_one();
            };
            let thread = thread::spawn({
                let (model, rung) = (Arc::clone(&model), Arc::clone(&rung));
                move || relay(&model, &rung)
            });
            let other = thread::spawn({
                let (model, rung) = (Arc::clone(&model), Arc::clone(&rung));
                move || {
                    model.value.swap(0, Ordering::SeqCst);
                    model.sleepers.wake(|| ring(&rung));
                }
            });
            assert_eq!(model.wait(), Some(0));
            other.join().unwrap();
            // It may have had nothing to hear.
            ring(&rung);
            thread.join().unwrap();
        };
        shuttle::check_random(test, 3_000);
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn the_model_finds_a_sleeper_who_looks_before_it_counts_itself() {
        in_every_order(|| {
            let model = Model::new();
            let host = thread::spawn({
                let model = Arc::clone(&model);
                move || model.store(0)
            });
            if model.look().is_none() {
                model.sleepers.enter();
                model.sleep(model.known_age.load(Ordering::SeqCst));
            }
            host.join().unwrap();
        });
    }

    #[test]
    #[should_panic(expected = "deadlock")]
    fn the_model_finds_a_sleeper_who_reads_the_age_after_it_looked() {
        in_every_order(|| {
            let model = Model::new();
            let gpu = thread::spawn({
                let model = Arc::clone(&model);
                move || model.complete()
            });
            if model.look().is_none() {
                let age = *model.age.lock().unwrap();
                model.sleep(age);
            }
            gpu.join().unwrap();
        });
    }
}
