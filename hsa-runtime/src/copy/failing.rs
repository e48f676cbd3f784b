//! Copies by SDMA engines that cannot end: their GPU has stopped, or they wait for a signal that got an error and will
//! never be 0. Their signals get the error, too (`events::faults`).
//!
//! When the GPU has stopped, so does all that comes later. Otherwise, when the engine has come to what cannot end, it gets a
//! new queue: what waits in the old one cannot be taken out of its ring, so all that is behind it ends with the error, too,
//! also copies that waited for their turn only.
//! Copies by kernels are packets of a queue, with which they end.
#![forbid(unsafe_code)]

use std::sync::{Arc, Weak, atomic::Ordering};

use super::{
    engine::{Engine, State},
    sdma::{Mark, Sdma, Step},
};
use crate::{
    abi::hsa_status_t,
    agent::machine::Machine,
    driver::debugging::OwnQueue,
    events::faults::{Left, Running, Spread, Stopped},
    signal::Signal,
};

impl State<Sdma> {
    /// What the engine has not come by, in the ring and behind it.
    fn marks(&mut self) -> Vec<Mark> {
        let mut marks: Vec<Mark> = self.lane.iter_mut().flat_map(Sdma::marks).collect();
        marks.extend(self.backlog.iter().filter_map(|step| match step {
            Step::Mark(mark) => Some(*mark),
            Step::Packet(_) => None,
        }));
        marks
    }

    /// The signals of what is not done.
    fn unfinished(&mut self) -> Vec<Signal> {
        let signals = self.marks().into_iter().filter_map(|mark| match mark {
            Mark::Ends(signal) => Some(signal),
            Mark::Waits(_) => None,
        });
        signals.filter(|signal| signal.is_live()).collect()
    }

    /// The error of what something waits for, and whether the engine is at nothing else.
    fn broken(&mut self) -> Option<(i64, bool)> {
        let mut is_next = true;
        self.marks().into_iter().find_map(|mark| match mark {
            Mark::Waits(signal) => Some((signal.error()?, is_next)),
            Mark::Ends(_) => {
                is_next = false;
                None
            }
        })
    }
}

impl Engine<Sdma> {
    /// Its GPU has stopped with an error, which is negative. Whether this is the first time.
    fn stop(&self, error: i64) -> bool {
        let mut state = self.state.lock();
        let first = state.error.is_none();
        state.error.get_or_insert(error);
        first
    }

    /// Ends what waits for a signal with an error, if that is next.
    fn spread(&self) -> Spread {
        let mut state = self.state.lock();
        let Some((error, is_next)) = state.broken().filter(|_| state.error.is_none()) else {
            return Spread::Nothing;
        };
        if !is_next {
            return Spread::Coming;
        }
        let signals = state.unfinished();
        state.backlog.clear();
        if state.lane.as_mut().is_none_or(|lane| lane.restart().is_err()) {
            state.error = Some(error);
        }
        drop(state);
        self.end_with(error, &signals);
        Spread::Ended
    }

    fn look(&self) {
        self.state.lock().lane.iter_mut().for_each(Sdma::look);
    }

    fn end_with(&self, error: i64, signals: &[Signal]) {
        signals.iter().for_each(|signal| signal.fail(error));
        // The call for more is not in the ring any more.
        self.room.change(|value| value.store(0, Ordering::SeqCst));
    }
}

impl Stopped for Engine<Sdma> {
    fn left(&self) -> Left {
        let signals = self.state.lock().unfinished().len();
        Left { queue: 0, busy: false, kernel: None, signals }
    }

    /// Copies have nobody who hears of errors but those who wait for them.
    fn tell_user(&self, _: hsa_status_t) -> bool {
        false
    }

    fn fail(&self) {
        let mut state = self.state.lock();
        let Some(error) = state.error else { return };
        let signals = state.unfinished();
        state.backlog.clear();
        state.lane.iter_mut().for_each(Sdma::forget);
        drop(state);
        self.end_with(error, &signals);
    }
}

/// The engines of a machine.
pub struct Engines(pub Weak<Machine>);

impl Engines {
    /// Those that there are, with the indexes of their agents.
    fn all(&self) -> Vec<(usize, Arc<Engine<Sdma>>)> {
        let Some(machine) = self.0.upgrade() else { return Vec::new() };
        let engines = machine.copies.engines.iter();
        engines.filter_map(|((agent, _), place)| Some((*agent, Arc::clone(place.get()?.as_ref()?)))).collect()
    }
}

impl Running for Engines {
    fn stop(&self, agent: usize, why: hsa_status_t) -> (Vec<Arc<dyn Stopped>>, bool) {
        let stopped =
            self.all().into_iter().filter(|(of, engine)| *of == agent && engine.stop(-i64::from(why.0)));
        (stopped.map(|(_, engine)| engine as Arc<dyn Stopped>).collect(), false)
    }

    fn spread(&self, _: &Machine) -> Spread {
        self.all().iter().map(|(_, engine)| engine.spread()).max().unwrap_or_default()
    }

    fn look(&self, machine: &Machine) {
        let may_ask = |agent: usize| machine.driver.saves_waves(&machine.agents[agent].node);
        for (_, engine) in self.all().iter().filter(|(agent, _)| may_ask(*agent)) {
            engine.look();
        }
    }

    /// Engines run no waves.
    fn memory_of_waves(&self) -> Vec<(u64, u64)> {
        Vec::new()
    }

    fn halt(&self, _: &Machine) -> Vec<OwnQueue> {
        Vec::new()
    }

    fn go_on(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agent::{discovery, fixture},
        config::Config,
        copy::{
            job::{Habits, Job, Work},
            packet::Dialect,
            ring::{self, Ring},
        },
        driver::{
            Driver,
            fake::FakeDriver,
            queue::{Priority, Reader, Wanted},
        },
        events::Events,
        handle::Epoch,
        memory::{Owned, Wish},
        signal::{Kind, Signals},
    };
    use hsakmt_thunk::topology::model::{NodeId, Snapshot};

    struct Rig {
        driver: Arc<FakeDriver>,
        events: Arc<Events>,
        engine: Arc<Engine<Sdma>>,
    }

    impl Rig {
        fn new() -> Self {
            let driver = Arc::new(FakeDriver::default());
            let shared = Arc::clone(&driver) as Arc<dyn Driver>;
            let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30)], ..Default::default() };
            let config = Config::new(|_| None);
            let machine = discovery::discover(config, Arc::clone(&shared), &snapshot, false, Epoch::new(0));
            let machine = Arc::new(machine);
            let memory = Owned::new(&machine, machine.allocate(0, ring::BYTES, Wish::default()).unwrap());
            let (node, reader, priority) = (NodeId(0), Reader::Sdma, Priority::Highest);
            let wanted = Wanted { node, reader, priority, ring: 0, ring_bytes: 0 };
            let ring = Ring::new(Arc::clone(&shared), memory, &wanted, 0).unwrap();
            let dialect = Dialect::of(11, 0, 0).unwrap();
            let habits = Habits { dialect, atomics: true, flushes_host_data: false };
            let events = Arc::new(Events::open(Signals::new(shared), machine));
            let engine = Engine::new(Sdma::new(habits, ring), &events).unwrap();
            Self { driver, events, engine }
        }

        fn signal(&self) -> Signal {
            self.events.signals.create(1, Kind::Interrupt).unwrap()
        }

        /// Begins to fill; the signal that it completes.
        fn fill(&self, after: &[Signal]) -> Signal {
            let completion = self.signal();
            let work = Work::Fill { address: 0x1000, word: 0, words: 1 };
            let job = Job { after, work, completion, operations: 1, timed: false };
            self.engine.submit(&[job], &self.events).unwrap();
            completion
        }
    }

    #[test]
    fn what_waits_for_a_failed_signal_fails_and_the_engine_goes_on() {
        let rig = Rig::new();
        let gate = rig.signal();
        let (waits, behind) = (rig.fill(&[gate]), rig.fill(&[]));
        assert_eq!(rig.engine.spread(), Spread::Nothing);
        gate.fail(-5);
        assert_eq!([(); 2].map(|()| rig.engine.spread()), [Spread::Ended, Spread::Nothing]);
        let later = rig.fill(&[]);
        let values = [waits, behind, rig.fill(&[waits]), later].map(|signal| signal.load());
        assert_eq!(values, [-5, -5, -5, 1]);
        let queues: Vec<_> = rig.driver.queues.lock().iter().map(Option::is_some).collect();
        assert_eq!((queues, rig.engine.left().signals), (vec![false, true], 1));
    }

    #[test]
    fn what_is_before_it_ends_as_it_would() {
        let rig = Rig::new();
        let gate = rig.signal();
        let first = rig.fill(&[]);
        let words = rig.engine.state.lock().lane.as_ref().map_or(0, |lane| lane.ring.written());
        let waits = rig.fill(&[rig.signal(), gate]);
        gate.fail(-5);
        assert_eq!((rig.engine.spread(), waits.load()), (Spread::Coming, 1));
        rig.driver.set_read(0, 4 * words);
        assert_eq!((rig.engine.spread(), waits.load(), first.load()), (Spread::Ended, -5, 1));
    }

    #[test]
    fn an_engine_that_makes_no_progress_is_given_to_the_driver_again_unless_it_waits() {
        let rig = Rig::new();
        let updates = |looks: usize| {
            (0..looks).for_each(|_| rig.engine.look());
            rig.driver.queues.lock()[0].as_ref().map_or(0, |queue| queue.updates)
        };
        assert_eq!(updates(10), 0, "it has nothing to do");
        let gate = rig.signal();
        rig.fill(&[gate]);
        assert_eq!(updates(10), 0, "it waits");
        gate.store_silently(0);
        assert_eq!([1, 1, 1, 2].map(updates), [0, 1, 2, 3]);
        let words = rig.engine.state.lock().lane.as_ref().map_or(0, |lane| lane.ring.written());
        rig.driver.set_read(0, 4 * words);
        assert_eq!(updates(10), 3, "it is done");
    }

    #[test]
    fn nothing_is_done_on_a_gpu_that_has_stopped() {
        let rig = Rig::new();
        let (done, left) = (rig.fill(&[]), rig.signal());
        rig.driver
            .set_read(0, rig.engine.state.lock().lane.as_ref().map_or(0, |lane| 4 * lane.ring.written()));
        let more: Vec<Signal> = (0..20_000).map(|_| rig.fill(&[left])).collect();
        assert!(rig.engine.stop(-7) && !rig.engine.stop(-8));
        assert_eq!(rig.engine.left().signals, more.len(), "the first one is done");
        rig.engine.fail();
        assert!(more.iter().all(|signal| signal.load() == -7) && rig.fill(&[]).load() == -7);
        assert_eq!((done.load(), rig.engine.left().signals), (1, 0));
        rig.events.end();
    }
}
