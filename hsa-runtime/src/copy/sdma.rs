//! An SDMA engine's lane: its ring, how it does jobs, and what of them is not done.
#![forbid(unsafe_code)]

use std::collections::VecDeque;

use super::{
    engine::Lane,
    job::{Habits, Job},
    packet::Packet,
    ring::Ring,
};
use crate::{boundary::Error, queue::stall::Stall, signal::Signal};

/// A ring of an SDMA engine.
pub struct Sdma {
    habits: Habits,
    pub(super) ring: Ring,
    /// The marks in the ring that the engine has not come by, as far as was looked, each with the place behind it.
    marks: VecDeque<(u64, Mark)>,
    /// Whether it goes on.
    stall: Stall,
}

/// Where an engine is in its jobs.
#[derive(Clone, Copy)]
pub enum Mark {
    /// Behind packets that wait for a signal.
    Waits(Signal),
    /// Behind packets that complete one.
    Ends(Signal),
}

/// A packet, or a mark between two.
pub enum Step {
    Packet(Packet),
    Mark(Mark),
}

impl Sdma {
    pub fn new(habits: Habits, ring: Ring) -> Self {
        Self { habits, ring, marks: VecDeque::new(), stall: Stall::default() }
    }

    /// The marks that the engine has not come by.
    pub fn marks(&mut self) -> impl Iterator<Item = Mark> {
        let read = self.ring.read();
        while self.marks.front().is_some_and(|(place, _)| *place <= read) {
            self.marks.pop_front();
        }
        self.marks.iter().map(|(_, mark)| *mark)
    }

    /// Has the driver see whether the engine hangs, if it has made no progress and does not wait for a signal.
    pub fn look(&mut self) {
        let waits = self.marks().next().is_some_and(|mark| match mark {
            Mark::Waits(signal) => signal.load() != 0,
            Mark::Ends(_) => false,
        });
        let is_busy = !waits && !self.ring.is_idle();
        if self.stall.look(is_busy.then(|| self.ring.read())) {
            self.ring.remap();
        }
    }

    /// Forgets all of them.
    pub fn forget(&mut self) {
        self.marks.clear();
    }

    /// Takes everything out of the ring, for good; the engine does nothing of it any more.
    ///
    /// # Errors
    /// `OutOfResources`: the engine is still at what it was at.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.forget();
        self.ring.restart()
    }
}

impl Lane for Sdma {
    type Packet = Step;
    /// Words: an atomic or two fences, a fence and a trap, and what may be passed over at the end of the ring.
    const RESERVE: usize = 32;

    fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Step)) {
        steps(&self.habits, job, put);
    }

    fn append(&mut self, job: &Job<'_>, backlog: &mut VecDeque<Step>) {
        // What is done is forgotten, so that there are no more than the ring holds.
        let _ = self.marks();
        let habits = self.habits;
        steps(&habits, job, &mut |step| {
            if !backlog.is_empty() || !self.put(&step, Self::RESERVE) {
                backlog.push_back(step);
            }
        });
    }

    fn complete(&self, signal: Signal, put: &mut impl FnMut(Step)) {
        self.habits.complete(signal, 1, &mut |packet| put(Step::Packet(packet)));
    }

    fn has_room(&self, room: usize) -> bool {
        self.ring.has_room(room)
    }

    #[inline(always)]
    fn put(&mut self, step: &Step, reserve: usize) -> bool {
        match step {
            Step::Packet(packet) => self.ring.put(packet, reserve),
            Step::Mark(mark) => {
                self.marks.push_back((self.ring.written(), *mark));
                true
            }
        }
    }

    fn tell(&mut self) {
        self.ring.tell();
    }

    fn is_idle(&self) -> bool {
        self.ring.is_idle()
    }
}

/// The packets of a job, and the marks between them.
fn steps(habits: &Habits, job: &Job<'_>, put: &mut impl FnMut(Step)) {
    for &signal in job.after {
        habits.wait(signal, &mut |packet| put(Step::Packet(packet)));
        put(Step::Mark(Mark::Waits(signal)));
    }
    habits.packets(job, &mut |packet| put(Step::Packet(packet)));
    habits.complete(job.completion, job.operations, &mut |packet| put(Step::Packet(packet)));
    put(Step::Mark(Mark::Ends(job.completion)));
}
