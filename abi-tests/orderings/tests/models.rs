//! Each protocol of the runtime in every order of its steps and every value that a load may read; and, where something of it
//! is left out, that the model finds what is wrong then.
#![forbid(unsafe_code)]

use loom::{
    model::Builder,
    sync::{Arc, Condvar, Mutex},
    thread,
};
use orderings::{
    free::FreeList,
    handle::{Counter, readers::Readers},
    packets,
    place::Place,
    signal::{Sleepers, sleep_until},
    sync::{AtomicU32, AtomicU64, Ordering, fence},
    turn::Turns,
};

/// Three changes of threads that nobody waits for find what there is to find, and take seconds.
fn in_every_order(test: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(test);
}

/// Runs a step in a thread of its own.
fn by_another<T: 'static>(shared: &Arc<T>, step: impl FnOnce(&T) + 'static) -> thread::JoinHandle<()> {
    let shared = Arc::clone(shared);
    thread::spawn(move || step(&shared))
}

const VALID: u32 = 2;
const INVALID: u32 = 1;

/// A ring with one place of three words.
#[derive(Default)]
struct Ring {
    place: [AtomicU32; 3],
    written: AtomicU64,
    read: AtomicU64,
    doorbell: AtomicU64,
}

impl Ring {
    /// Takes a number, and writes if its place is free; who would wait comes too late.
    fn produce(&self, write: impl FnOnce(&[AtomicU32], &[u32])) {
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        if packets::given_back(&self.read) == number {
            write(&self.place, &[VALID, number as u32 + 7, number as u32 + 7]);
        }
    }

    /// Reads so many packets at most.
    fn consume(&self, count: u64) {
        for number in 0..count {
            if packets::header(&self.place) != VALID {
                return;
            }
            let words = [1, 2].map(|index| packets::word(&self.place, index));
            assert_eq!(words, [number as u32 + 7; 2], "a packet of others");
            packets::clear(&self.place, INVALID);
            packets::give_back(&self.read, number + 1);
        }
    }
}

#[test]
fn packets_of_two_threads_arrive_whole_and_once() {
    in_every_order(|| {
        let ring = Arc::new(Ring::default());
        let threads = [0, 1].map(|_| by_another(&ring, |ring| ring.produce(packets::write)));
        ring.consume(2);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
#[should_panic(expected = "a packet of others")]
fn a_header_that_releases_nothing_is_found() {
    in_every_order(|| {
        let ring = Arc::new(Ring::default());
        let thread = by_another(&ring, |ring| {
            ring.produce(packets::fill);
        });
        ring.consume(1);
        thread.join().unwrap();
    });
}

/// What an engine reads when it sees the doorbell, and the words behind it.
fn engine(ring: &Ring) {
    if ring.doorbell.load(Ordering::Relaxed) == 3 {
        fence(Ordering::Acquire);
        let words = [0, 1, 2].map(|index| packets::word(&ring.place, index));
        assert_eq!(words, [7; 3], "the doorbell was before its words");
    }
}

/// Tells the engine; the fence is what `arch::device::ring` has for devices.
fn submit(ring: &Ring, drain: bool) {
    packets::fill(&ring.place, &[7; 3]);
    packets::tell(&ring.written, 3, || {
        if drain {
            fence(Ordering::Release);
        }
        ring.doorbell.store(3, Ordering::Relaxed);
    });
}

#[test]
fn who_sees_the_doorbell_or_the_index_sees_the_words() {
    in_every_order(|| {
        let ring = Arc::new(Ring::default());
        let thread = by_another(&ring, |ring| submit(ring, true));
        engine(&ring);
        if ring.written.load(Ordering::Acquire) == 3 {
            assert_eq!(packets::word(&ring.place, 2), 7);
        }
        thread.join().unwrap();
    });
}

#[test]
#[should_panic(expected = "the doorbell was before its words")]
fn a_doorbell_without_a_fence_is_found() {
    in_every_order(|| {
        let ring = Arc::new(Ring::default());
        let thread = by_another(&ring, |ring| submit(ring, false));
        engine(&ring);
        thread.join().unwrap();
    });
}

/// Work for whose turn it is: what was asked for, and what was taken.
#[derive(Default)]
struct Work {
    asked: [AtomicU32; 2],
    taken: loom::cell::Cell<u32>,
    turns: Turns,
}

#[test]
fn work_that_was_asked_for_is_done_by_one_thread_at_a_time() {
    in_every_order(|| {
        let work = Arc::new(Work::default());
        let ask = |work: &Work, who: usize| {
            work.asked[who].store(1, Ordering::Relaxed);
            work.turns.ask(|| {
                for place in &work.asked {
                    if place.load(Ordering::Relaxed) == 1 {
                        place.store(0, Ordering::Relaxed);
                        work.taken.set(work.taken.get() + 1);
                    }
                }
            });
        };
        let thread = by_another(&work, move |work| ask(work, 0));
        ask(&work, 1);
        thread.join().unwrap();
        assert_eq!(work.taken.get(), 2);
    });
}

#[test]
fn nobody_gets_the_value_of_another_key() {
    in_every_order(|| {
        let place = Arc::new(Place { key: AtomicU64::new(0), value: AtomicU64::new(0) });
        let writer = by_another(&place, |place| {
            place.put(1, 11);
            place.remove(1);
        });
        let other = by_another(&place, |place| place.put(2, 12));
        assert!(place.get(1).is_none_or(|value| value == 11));
        assert!(place.get(2).is_none_or(|value| value == 12));
        writer.join().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn a_number_is_had_by_one_thread() {
    #[derive(Default)]
    struct Numbers {
        free: FreeList,
        links: [AtomicU32; 2],
        /// Written by who has the number.
        owned: [loom::cell::Cell<u32>; 2],
    }
    fn use_one(numbers: &Numbers) {
        let link = |number: u32| &numbers.links[number as usize];
        if let Some(number) = numbers.free.pop(link) {
            let owned = &numbers.owned[number as usize];
            owned.set(owned.get() + 1);
            numbers.free.push(number, link(number));
        }
    }
    in_every_order(|| {
        let numbers = Arc::new(Numbers::default());
        (0..).zip(&numbers.links).for_each(|(number, link)| numbers.free.push(number, link));
        let threads = [0, 1].map(|_| by_another(&numbers, use_one));
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(numbers.owned[0].get() + numbers.owned[1].get(), 2);
    });
}

/// Something that is taken away while others may look at it.
struct Shown {
    readers: Readers<AtomicU32>,
    place: AtomicU64,
    /// What the place leads to.
    thing: loom::cell::Cell<u32>,
}

#[test]
fn nobody_looks_at_what_has_been_taken_away() {
    in_every_order(|| {
        let (place, thing) = (AtomicU64::new(1), loom::cell::Cell::new(7));
        let shown = Arc::new(Shown { readers: Readers::default(), place, thing });
        let reader = by_another(&shown, |shown| {
            let _reader = shown.readers.enter();
            if shown.place.load(Ordering::SeqCst) == 1 {
                assert_eq!(shown.thing.get(), 7);
            }
        });
        shown.place.swap(0, Ordering::SeqCst);
        shown.readers.wait();
        shown.thing.set(0);
        reader.join().unwrap();
    });
}

/// A counter outside of the one order.
#[derive(Default)]
struct Loose(AtomicU32);

impl Counter for Loose {
    fn add(&self, number: i32) {
        self.0.fetch_add(number as u32, Ordering::AcqRel);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

/// A signal and its bell, as in the runtime's own tests of the protocol.
#[derive(Default)]
struct Signal<C> {
    /// Whether it has changed.
    value: AtomicU32,
    sleepers: Sleepers<C>,
    age: Mutex<u64>,
    rung: Condvar,
    known_age: AtomicU64,
}

impl<C: Counter + Default + 'static> Signal<C> {
    fn change(&self, order: Ordering) {
        self.value.swap(1, order);
        self.sleepers.wake(|| {
            *self.age.lock().unwrap() += 1;
            self.rung.notify_all();
        });
    }

    fn sleep(&self, known: u64) {
        let mut age = self.age.lock().unwrap();
        while *age == known {
            age = self.rung.wait(age).unwrap();
        }
        self.known_age.store(*age, Ordering::SeqCst);
    }

    fn wait(&self, order: Ordering) {
        self.sleepers.enter();
        let look = || (self.value.load(order) == 1).then_some(());
        let sleep = |age| {
            self.sleep(age);
            true
        };
        assert!(sleep_until(|| self.known_age.load(Ordering::SeqCst), look, sleep).is_some());
        self.sleepers.leave();
    }

    /// One waits, another changes it; who sleeps for ever is found as a deadlock.
    fn model(looked: Ordering, changed: Ordering) {
        in_every_order(move || {
            let signal = Arc::new(Self::default());
            let host = by_another(&signal, move |signal| signal.change(changed));
            signal.wait(looked);
            host.join().unwrap();
        });
    }
}

#[test]
fn no_wake_up_is_lost() {
    Signal::<AtomicU32>::model(Ordering::SeqCst, Ordering::SeqCst);
}

#[test]
#[should_panic(expected = "deadlock")]
fn accesses_outside_of_the_one_order_are_found() {
    Signal::<Loose>::model(Ordering::Acquire, Ordering::AcqRel);
}
