//! Engines whose rings hold next to nothing, and a thread in the GPU's place.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::{
    agent::discovery,
    config::Config,
    copy::job::Work,
    driver::{Driver, fake::FakeDriver},
    handle::Epoch,
};
use hsakmt_thunk::topology::model::Snapshot;

/// What a job becomes: its number, and the signal that it completes.
#[derive(Clone, Copy)]
struct Step(u64, Option<Signal>);

/// A ring of a few places, and how often its engine was told of them.
#[derive(Clone, Default)]
struct Few(Arc<Mutex<VecDeque<Step>>>, Arc<AtomicUsize>);

const PLACES: usize = 5;

impl Lane for Few {
    type Packet = Step;
    const RESERVE: usize = 2;

    fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Step)) {
        let Work::Fill { address, .. } = job.work else { return };
        put(Step(address, None));
        self.complete(job.completion, put);
    }

    fn complete(&self, signal: Signal, put: &mut impl FnMut(Step)) {
        put(Step(u64::MAX, Some(signal)));
    }

    fn has_room(&self, room: usize) -> bool {
        self.0.lock().len() + room <= PLACES
    }

    fn put(&mut self, packet: &Step, reserve: usize) -> bool {
        let has_room = self.has_room(1 + reserve);
        if has_room {
            self.0.lock().push_back(*packet);
        }
        has_room
    }

    fn tell(&mut self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }

    fn is_idle(&self) -> bool {
        self.0.lock().is_empty()
    }
}

fn events() -> Arc<Events> {
    let driver: Arc<dyn Driver> = Arc::new(FakeDriver::default());
    let signals = crate::signal::Signals::new(Arc::clone(&driver));
    let config = Config::new(|_| None);
    let machine = discovery::discover(config, driver, &Snapshot::default(), false, Epoch::new(0));
    Arc::new(Events::open(signals, Arc::new(machine)))
}

fn submit(
    engine: &Arc<Engine<Few>>,
    events: &Arc<Events>,
    number: u64,
    completion: Signal,
) -> Result<(), Error> {
    let work = Work::Fill { address: number, word: 0, words: 1 };
    engine.submit(&[Job { after: &[], work, completion, operations: 1, timed: false }], events)
}

/// Does what is in the ring until a signal is 0; the numbers of the jobs.
fn run(ring: &Few, done: Signal) -> Vec<u64> {
    let mut jobs = Vec::new();
    while done.load() > 0 || !ring.is_idle() {
        match ring.0.lock().pop_front() {
            Some(Step(number, None)) => jobs.push(number),
            Some(Step(_, Some(signal))) => _ = signal.change(|value| value.fetch_sub(1, Ordering::SeqCst)),
            None => thread::yield_now(),
        }
    }
    jobs
}

#[test]
fn a_thousand_jobs_fit_a_ring_of_five_places_in_order_and_block_nobody() {
    let events = events();
    let ring = Few::default();
    let engine = Engine::new(ring.clone(), &events).unwrap();
    let done = events.signals.create(1000, Kind::Interrupt).unwrap();
    // Nobody reads the ring yet.
    (0..1000).for_each(|number| submit(&engine, &events, number, done).unwrap());
    assert!(!engine.is_idle());
    assert!(run(&ring, done).into_iter().eq(0..1000));
    assert!(engine.is_idle());
    events.end();
}

#[test]
fn an_engine_is_told_once_of_jobs_that_come_together() {
    let events = events();
    let ring = Few::default();
    let engine = Engine::new(ring.clone(), &events).unwrap();
    let done = events.signals.create(2, Kind::Interrupt).unwrap();
    let work = |address| Work::Fill { address, word: 0, words: 1 };
    let job =
        |address| Job { after: &[], work: work(address), completion: done, operations: 1, timed: false };
    engine.submit(&[job(1), job(2)], &events).unwrap();
    // What did not fit makes one call for more, of which the engine is told, too.
    assert_eq!(ring.1.load(Ordering::Relaxed), 2);
    assert!(run(&ring, done).into_iter().eq([1, 2]));
    events.end();
}

#[test]
fn threads_submit_while_the_ring_is_read() {
    let events = events();
    let ring = Few::default();
    let engine = Engine::new(ring.clone(), &events).unwrap();
    let done = events.signals.create(800, Kind::Interrupt).unwrap();
    let order = thread::scope(|scope| {
        for first in [0, 1000, 2000, 3000] {
            let (engine, events) = (&engine, &events);
            scope.spawn(move || {
                (first..first + 200).for_each(|number| submit(engine, events, number, done).unwrap());
            });
        }
        run(&ring, done)
    });
    for first in [0, 1000, 2000, 3000] {
        let own = order.iter().copied().filter(|number| (first..first + 1000).contains(number));
        assert!(own.eq(first..first + 200), "each thread's jobs are done in its order");
    }
    assert_eq!(order.len(), 800);
    events.end();
}

#[test]
fn after_the_end_nothing_is_taken() {
    let events = events();
    let engine = Engine::new(Few::default(), &events).unwrap();
    let done = events.signals.create(1, Kind::Interrupt).unwrap();
    (0..20).for_each(|number| submit(&engine, &events, number, done).unwrap());
    engine.end();
    assert_eq!(submit(&engine, &events, 7, done), Err(Error::NotInitialized));
    events.end();
}
