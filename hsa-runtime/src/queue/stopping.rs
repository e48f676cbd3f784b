//! Queues that are taken off their GPU for ever, because something went wrong: what they leave undone, and whom to tell.
//!
//! Answers to what upstream's ExceptionHandler does after it has suspended a queue; it leaves the signals as they are.
#![forbid(unsafe_code)]

use std::sync::{Arc, atomic::Ordering};

use super::{All, Entry, descriptor::Packet, hardware::Queue};
use crate::{
    abi::*,
    events::faults::{Left, Running, Stopped},
    signal::{self, Signal},
};

/// Signals that nobody will complete; they are not used for anything else before this is dropped.
#[derive(Default)]
pub struct Unfinished {
    signals: Vec<Signal>,
    /// What they get instead.
    error: i64,
}

impl Unfinished {
    /// What `undone` would have completed. What is no signal, as most packets have none, or not one of this process,
    /// nobody here waits for.
    fn of<'a>(undone: impl Iterator<Item = &'a Packet>, why: hsa_status_t) -> Self {
        let found = undone.filter_map(|packet| signal::find(packet.completion()).ok());
        let signals = found.filter(|signal| signal.retain().is_ok()).collect();
        Self { signals, error: -i64::from(why.0) }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.signals.iter().for_each(|signal| signal.release());
    }
}

impl Queue {
    /// The packets that users have put in and that are not done, in order. A packet processor that runs may be doing
    /// them meanwhile.
    pub(super) fn undone(&self) -> impl Iterator<Item = &Packet> {
        let page = &self.parts.page;
        let packets = self.parts.ring.packets();
        let first = page.read_dispatch_id.load(Ordering::Acquire);
        let waiting = page.write_dispatch_id.load(Ordering::Acquire).wrapping_sub(first);
        let numbers = (0..waiting.min(packets.len() as u64)).map(move |step| first.wrapping_add(step));
        // A packet that somebody is still writing is invalid, and what stands in its place is of an earlier one.
        let places = numbers.map(|number| &packets[number as usize % packets.len()]);
        places.filter(|packet| packet.is_published())
    }

    /// Takes it off its GPU, and keeps the signals of what it leaves undone for [`Stopped::fail`]; whether this is the
    /// first time.
    pub(super) fn stop(&self, why: hsa_status_t) -> bool {
        let first = self.suspend(why);
        if first {
            // Nobody else changes the signals on its behalf any more.
            *self.unfinished.lock() = Unfinished::of(self.undone(), why);
        }
        first
    }
}

impl Stopped for Queue {
    fn left(&self) -> Left {
        let worked_at = self.undone().find(|packet| !packet.is_barrier());
        Left {
            queue: self.parts.page.id.load(Ordering::Relaxed),
            busy: self.undone().next().is_some(),
            kernel: worked_at.and_then(Packet::kernel),
            signals: self.unfinished.lock().signals.len(),
        }
    }

    /// A user who destroys it meanwhile needs not hear.
    fn tell_user(&self, why: hsa_status_t) -> bool {
        let users = self.users.lock().clone();
        let told = users.iter().filter(|user| user.tell(why)).count();
        let Some(handler) = &self.handler else { return told > 0 };
        if let Some(_inside) = self.gate.enter() {
            handler.call(why, self.known_as());
        }
        true
    }

    fn fail(&self) {
        let unfinished = std::mem::take(&mut *self.unfinished.lock());
        unfinished.signals.iter().for_each(|signal| signal.fail(unfinished.error));
    }
}

impl All {
    /// The queues that the GPU of an agent reads.
    pub(super) fn of(&self, agent: usize) -> Vec<Arc<Queue>> {
        let all = self.0.lock();
        let queues = all.values().filter_map(Entry::hardware).filter(|queue| queue.agent == agent).cloned();
        queues.collect()
    }
}

impl Running for All {
    fn stop(&self, agent: usize, why: hsa_status_t) -> (Vec<Arc<dyn Stopped>>, bool) {
        let (now, before): (Vec<_>, Vec<_>) = self.of(agent).into_iter().partition(|queue| queue.stop(why));
        let heard = before.iter().any(|queue| queue.handler.is_some());
        (now.into_iter().map(|queue| queue as Arc<dyn Stopped>).collect(), heard)
    }
}
