//! An SDMA engine: jobs in, in order, from any thread.
//!
//! # Nobody waits for room
//! A submission appends its packets to a backlog and moves from there into the ring what fits: nearly always all of it,
//! and the backlog's memory is kept, so that nothing is allocated. When the ring is full, what is left stays in the
//! backlog and the engine itself is asked to call for more: a few words of the ring are kept free for three packets that
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

use super::{
    job::{Habits, Job},
    packet::Packet,
    ring::Ring,
};
use crate::{
    boundary::{BoundHandler, Error},
    events::{
        Events,
        wait::{Condition, Want},
    },
    signal::{Kind, Signal},
};

/// Words that are kept for the call: an atomic or two fences, a fence and a trap, and what may be passed over at the end
/// of the ring.
const RESERVE: usize = 32;

/// An engine.
pub struct Engine {
    habits: Habits,
    /// Becomes 0 when the ring has room again.
    room: Signal,
    state: Mutex<State>,
}

struct State {
    /// `None` after the end.
    ring: Option<Ring>,
    /// Packets for which there was no room.
    backlog: VecDeque<Packet>,
    /// The engine is to call for more.
    called: bool,
}

impl Engine {
    /// An engine with its ring.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(habits: Habits, ring: Ring, events: &Events) -> Result<Arc<Self>, Error> {
        let room = events.signals.create(0, Kind::Interrupt)?;
        let state = State { ring: Some(ring), backlog: VecDeque::new(), called: false };
        Ok(Arc::new(Self { habits, room, state: Mutex::new(state) }))
    }

    /// Appends a job.
    ///
    /// # Errors
    /// `NotInitialized` after the end.
    pub fn submit(self: &Arc<Self>, job: &Job<'_>, events: &Arc<Events>) -> Result<(), Error> {
        let mut state = self.state.lock();
        let state = &mut *state;
        let ring = state.ring.as_mut().ok_or(Error::NotInitialized)?;
        self.habits.packets(job, &mut |packet| state.backlog.push_back(packet));
        advance(ring, &mut state.backlog);
        if state.backlog.is_empty() || state.called {
            return Ok(());
        }
        state.called = self.call(ring, events);
        while !state.called && !state.backlog.is_empty() {
            // No thread is to be had that could be called.
            thread::yield_now();
            advance(ring, &mut state.backlog);
        }
        Ok(())
    }

    /// Has the engine call for more when it has read what is in the ring; false if that cannot be.
    fn call(self: &Arc<Self>, ring: &mut Ring, events: &Arc<Events>) -> bool {
        if !ring.has_room(RESERVE) {
            return false;
        }
        self.room.store_silently(1);
        let engine = (Arc::downgrade(self), Arc::downgrade(events));
        let handler = BoundHandler::own(move |_| refill(&engine.0, &engine.1).unwrap_or(false));
        let want = Want { signal: self.room, condition: Condition::Less, compare: 1 };
        if events.handlers.add(want, handler).is_err() {
            return false;
        }
        self.habits.complete(self.room, &mut |packet| _ = ring.put(&packet, 0));
        ring.tell();
        true
    }

    /// Whether all jobs are done, or at least begun.
    pub fn is_idle(&self) -> bool {
        let state = self.state.lock();
        state.backlog.is_empty() && state.ring.as_ref().is_none_or(Ring::is_idle)
    }

    /// Ends the engine, whatever it is doing.
    pub fn end(&self) {
        let ring = self.state.lock().ring.take();
        drop(ring);
    }
}

/// The handler of a call: whether it is to run again.
fn refill(engine: &Weak<Engine>, events: &Weak<Events>) -> Option<bool> {
    let (engine, events) = (engine.upgrade()?, events.upgrade()?);
    let mut state = engine.state.lock();
    let state = &mut *state;
    let ring = state.ring.as_mut()?;
    advance(ring, &mut state.backlog);
    state.called = !state.backlog.is_empty();
    Some(state.called && !engine.call(ring, &events))
}

/// Moves packets into the ring.
fn advance(ring: &mut Ring, backlog: &mut VecDeque<Packet>) {
    while backlog.front().is_some_and(|packet| ring.put(packet, RESERVE)) {
        backlog.pop_front();
    }
    ring.tell();
}
