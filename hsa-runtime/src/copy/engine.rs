//! An engine: jobs in, in order, from any thread.
//!
//! # Nobody waits for room
//! A submission appends its packets to a backlog and moves from there into the ring what fits: nearly always all of it,
//! and the backlog's memory is kept, so that nothing is allocated. When the ring is full, what is left stays in the
//! backlog and the engine itself is asked to call for more: a few places of the ring are kept free for packets that
//! complete the signal `room`, whose handler (a function on the thread of `events::handlers`) moves on. So a caller's
//! copies may wait for signals that only the caller sets, however many they are; upstream's caller waits for room in the
//! ring (AcquireWriteAddress) and is stuck then.
//!
//! *Nothing is left behind.* At any time when the lock is free and the backlog is not empty, `called` is set: the packets
//! of the call are in the ring and not done, or the handler is about to run. For whoever leaves something in the backlog
//! sets it: a submitter by calling, which cannot fail for lack of room, since its own packets left the reserve free; the
//! handler likewise, or by staying registered, when the engine's read index is not yet up to date and the ring therefore
//! looks fuller than it is.
//!
//! Answers to SubmitCommand and UpdateWriteAndDoorbellRegister of upstream's `amd_blit_sdma.cpp`.
#![forbid(unsafe_code)]

use std::{
    collections::VecDeque,
    sync::{Arc, Weak},
    thread,
};

use parking_lot::Mutex;

use super::job::Job;
use crate::{
    boundary::{BoundHandler, Error},
    events::{
        Events,
        wait::{Condition, Want},
    },
    signal::{Kind, Signal},
};

/// A ring and what is read in it.
pub trait Lane: Send + 'static {
    /// What it holds.
    type Packet: Send;
    /// Room that the packets of [`Self::complete`] take at most.
    const RESERVE: usize;

    /// The packets of a job, in order.
    fn packets(&self, job: &Job<'_>, put: &mut impl FnMut(Self::Packet));
    /// Appends a job to the backlog; or puts what has room in at once, where nothing was left before.
    fn append(&mut self, job: &Job<'_>, backlog: &mut VecDeque<Self::Packet>) {
        self.packets(job, &mut |packet| backlog.push_back(packet));
    }
    /// Packets that make a signal one less.
    fn complete(&self, signal: Signal, put: &mut impl FnMut(Self::Packet));
    /// Whether there is so much room.
    fn has_room(&self, room: usize) -> bool;
    /// Puts a packet in, if so much more room than it takes is free; the engine is not told yet.
    fn put(&mut self, packet: &Self::Packet, reserve: usize) -> bool;
    /// Tells the engine of what was put in.
    fn tell(&mut self);
    /// Whether the engine has read all that it was told of.
    fn is_idle(&self) -> bool;
}

/// An engine.
pub struct Engine<L: Lane> {
    /// Becomes 0 when the ring has room again.
    pub(super) room: Signal,
    pub(super) state: Mutex<State<L>>,
}

pub(super) struct State<L: Lane> {
    /// `None` after the end.
    pub(super) lane: Option<L>,
    /// Packets for which there was no room.
    pub(super) backlog: VecDeque<L::Packet>,
    /// The engine is to call for more.
    called: bool,
    /// It will never do anything more, for this reason, which is negative.
    pub(super) error: Option<i64>,
}

impl<L: Lane> Engine<L> {
    /// An engine with its ring.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(lane: L, events: &Events) -> Result<Arc<Self>, Error> {
        let room = events.signals.create(0, Kind::Interrupt)?;
        let state = State { lane: Some(lane), backlog: VecDeque::new(), called: false, error: None };
        Ok(Arc::new(Self { room, state: Mutex::new(state) }))
    }

    /// Appends jobs, and tells the engine of all of them at once.
    ///
    /// # Errors
    /// `NotInitialized` after the end.
    pub fn submit(self: &Arc<Self>, jobs: &[Job<'_>], events: &Arc<Events>) -> Result<(), Error> {
        let mut state = self.state.lock();
        let State { lane, backlog, called, error } = &mut *state;
        let lane = lane.as_mut().ok_or(Error::NotInitialized)?;
        for job in jobs {
            // What is to come before has failed, and so has this.
            match error.or_else(|| job.after.iter().find_map(|signal| signal.error())) {
                Some(error) => job.completion.fail(error),
                None => lane.append(job, backlog),
            }
        }
        advance(lane, backlog);
        if backlog.is_empty() || *called {
            return Ok(());
        }
        *called = self.call(lane, events);
        while !*called && !backlog.is_empty() {
            // No thread is to be had that could be called.
            thread::yield_now();
            advance(lane, backlog);
        }
        Ok(())
    }

    /// Has the engine call for more when it has done what is in the ring; false if that cannot be.
    fn call(self: &Arc<Self>, lane: &mut L, events: &Arc<Events>) -> bool {
        if !lane.has_room(L::RESERVE) {
            return false;
        }
        self.room.store_silently(1);
        let weak = (Arc::downgrade(self), Arc::downgrade(events));
        let handler = BoundHandler::own(move |_| refill(&weak.0, &weak.1).unwrap_or(false));
        let want = Want { signal: self.room, condition: Condition::Less, compare: 1 };
        if events.handlers.add(want, handler).is_err() {
            return false;
        }
        let mut packets = Vec::new();
        lane.complete(self.room, &mut |packet| packets.push(packet));
        packets.iter().for_each(|packet| _ = lane.put(packet, 0));
        lane.tell();
        true
    }

    /// Whether all jobs are done, or at least begun.
    pub fn is_idle(&self) -> bool {
        let state = self.state.lock();
        state.backlog.is_empty() && state.lane.as_ref().is_none_or(Lane::is_idle)
    }

    /// Ends the engine, whatever it is doing.
    pub fn end(&self) {
        let lane = self.state.lock().lane.take();
        drop(lane);
    }
}

/// The handler of a call: whether it is to run again.
fn refill<L: Lane>(engine: &Weak<Engine<L>>, events: &Weak<Events>) -> Option<bool> {
    let (engine, events) = (engine.upgrade()?, events.upgrade()?);
    let mut state = engine.state.lock();
    let State { lane, backlog, called, .. } = &mut *state;
    let lane = lane.as_mut()?;
    advance(lane, backlog);
    *called = !backlog.is_empty();
    Some(*called && !engine.call(lane, &events))
}

/// Moves packets into the ring.
fn advance<L: Lane>(lane: &mut L, backlog: &mut VecDeque<L::Packet>) {
    while backlog.front().is_some_and(|packet| lane.put(packet, L::RESERVE)) {
        backlog.pop_front();
    }
    lane.tell();
}

#[cfg(test)]
mod tests;
