//! Copies by SDMA engines that cannot end: their GPU has stopped, or they wait for a signal that got an error and will
//! never be 0. Their signals get the error, too (`events::faults`).
//!
//! When the GPU has stopped, so does all that comes later. Otherwise the engine gets a new queue: what waits in the old one
//! cannot be taken out of its ring, so all that is in it ends with the error, also copies that waited for their turn only.
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
    events::faults::{Left, Running, Stopped},
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

    /// The error of what something waits for.
    fn broken(&mut self) -> Option<i64> {
        self.marks().into_iter().find_map(|mark| match mark {
            Mark::Waits(signal) => signal.error(),
            Mark::Ends(_) => None,
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

    /// Ends what waits for a signal with an error; whether there was any.
    fn spread(&self) -> bool {
        let mut state = self.state.lock();
        let Some(error) = state.broken().filter(|_| state.error.is_none()) else { return false };
        let signals = state.unfinished();
        state.backlog.clear();
        if state.lane.as_mut().is_none_or(|lane| lane.restart().is_err()) {
            state.error = Some(error);
        }
        drop(state);
        self.end_with(error, &signals);
        true
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

    fn spread(&self, _: &Machine) -> bool {
        self.all().iter().filter(|(_, engine)| engine.spread()).count() > 0
    }

    /// Whoever waits for a copy that hangs does so in a queue.
    fn look(&self, _: &Machine) {}
}
