//! Queues that are taken off their GPU for ever, because something went wrong: what they leave undone, and whom to tell.
//!
//! When users have heard, the host takes the packet processor's place: packets end with the error, those that are there
//! and those that come, so that nobody waits for a signal or for room in the ring. Who rings does it itself: the doorbell
//! leads here as soon as the queue is stopped. Upstream's ExceptionHandler leaves packets and signals as they are.
//!
//! *An error spreads* to what waits for it: a barrier packet waits for 0, and a signal with an error never is; or for another
//! value, which the error is not. So the queue that has such a packet, and copies that wait likewise (`copy::failing`), end
//! with the error, too, and all that waits for those. What is before the packet ends as it would, for the queue ends when
//! the packet processor has come to it (its read index says so). What is behind it ends with it: nothing behind a barrier
//! begins before that is done, and nobody can take a packet out of a ring that is read.
#![forbid(unsafe_code)]

use std::sync::{Arc, atomic::Ordering};

use super::{All, Entry, descriptor::Packet, hardware::Queue, protocol};
use crate::{
    abi::*,
    agent::machine::Machine,
    driver::debugging::OwnQueue,
    events::faults::{Left, Running, Spread, Stopped},
    signal::{self, Listener, Signal},
};

/// What an error leaves of a queue.
#[derive(Default)]
pub struct Remains {
    /// What signals get, which is negative; 0 while all is well.
    error: i64,
    /// Users have heard.
    ending: bool,
    /// Signals of packets, which are not used for anything else before they have got it.
    kept: Vec<Signal>,
}

impl Drop for Remains {
    fn drop(&mut self) {
        self.kept.iter().for_each(|signal| signal.release());
    }
}

impl Queue {
    /// The packets that users have put in and that are not done, in order and with their numbers. A packet processor that runs may be doing
    /// them meanwhile.
    pub(super) fn undone(&self) -> impl Iterator<Item = (u64, &Packet)> {
        let page = &self.parts.page;
        let packets = self.parts.ring.packets();
        let first = page.read_dispatch_id.load(Ordering::Acquire);
        let waiting = page.write_dispatch_id.load(Ordering::Acquire).wrapping_sub(first);
        let numbers = (0..waiting.min(packets.len() as u64)).map(move |step| first.wrapping_add(step));
        // A packet that somebody is still writing is invalid, and what stands in its place is of an earlier one.
        let places = numbers.map(|number| (number, &packets[number as usize % packets.len()]));
        places.filter(|(_, packet)| packet.is_published())
    }

    /// Ends it, if the packet that is next waits for what ended with an error and therefore never ends itself. That nobody
    /// hears of it is no reason to end the process: somebody has heard of what it waits for.
    fn spread(self: &Arc<Self>, machine: &Machine) -> Spread {
        let broken = |(number, packet): (u64, &Packet)| Some((number, packet.broken()?));
        let Some((number, error)) = self.undone().find_map(broken).filter(|_| !self.is_suspended()) else {
            return Spread::Nothing;
        };
        if number != self.read_index() {
            return Spread::Coming;
        }
        let why = u32::try_from(error.unsigned_abs()).map_or(HSA_STATUS_ERROR, hsa_status_t);
        if !self.announce(machine, why) {
            return Spread::Nothing;
        }
        self.tell_user(why);
        self.fail();
        Spread::Ended
    }

    /// Takes it off its GPU; whether this is the first time. One that is being destroyed goes by itself.
    pub(super) fn stop(self: &Arc<Self>, why: hsa_status_t) -> bool {
        let Some(_inside) = self.gate.enter() else { return false };
        let first = self.suspend(why);
        if first {
            let found = self.undone().filter_map(|(_, packet)| signal::find(packet.completion()).ok());
            let kept = found.filter(|signal| signal.retain().is_ok()).collect();
            *self.remains.lock() = Remains { error: -i64::from(why.0), ending: false, kept };
            self.answer_doorbell(Some(Arc::clone(self) as Arc<dyn Listener>));
        }
        first
    }

    /// Ends packets in order, as the packet processor would, until there is none or one that its user is still writing.
    fn end_packets(&self, error: i64) {
        let (page, packets) = (&self.parts.page, self.parts.ring.packets());
        let mut number = page.read_dispatch_id.load(Ordering::Relaxed);
        while number != page.write_dispatch_id.load(Ordering::Acquire) {
            let packet = &packets[number as usize % packets.len()];
            if !packet.is_published() {
                return;
            }
            // What is no signal, as most packets have none, or not one of this process, nobody here waits for.
            if let Ok(signal) = signal::find(packet.completion()) {
                signal.fail(error);
            }
            protocol::clear(&packet.0, HSA_PACKET_TYPE_INVALID.0);
            number = number.wrapping_add(1);
            protocol::give_back(&page.read_dispatch_id, number);
        }
    }
}

impl Listener for Queue {
    /// A packet whose user rang the device's doorbell while that was changed is ended with the next: there are system
    /// calls between the change and [`Stopped::fail`], so hardly ever one that `fail` does not see.
    fn rung(&self) {
        let remains = self.remains.lock();
        if remains.ending {
            self.end_packets(remains.error);
        }
    }
}

impl Stopped for Queue {
    fn left(&self) -> Left {
        let worked_at = self.undone().map(|(_, packet)| packet).find(|packet| !packet.is_barrier());
        Left {
            queue: self.parts.page.id.load(Ordering::Relaxed),
            busy: self.undone().next().is_some(),
            kernel: worked_at.and_then(Packet::kernel),
            signals: self.remains.lock().kept.len(),
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
        let mut remains = self.remains.lock();
        if remains.error != 0 {
            remains.ending = true;
            self.end_packets(remains.error);
            remains.kept.drain(..).for_each(Signal::release);
        }
    }
}

impl All {
    /// Those that the GPU of an agent reads.
    pub(super) fn of(&self, agent: usize) -> Vec<Arc<Queue>> {
        self.hardware().into_iter().filter(|queue| queue.agent == agent).collect()
    }

    /// Stops a queue of a GPU that has stopped before: the driver lets no queue of the process run there any more.
    pub(super) fn stop_late(&self, queue: &Arc<Queue>) {
        let why = self.stopped.lock().get(&queue.agent).copied();
        if why.is_some_and(|why| queue.stop(why)) {
            queue.fail();
        }
    }

    /// The queues that GPUs read.
    fn hardware(&self) -> Vec<Arc<Queue>> {
        self.entries.lock().values().filter_map(Entry::hardware).cloned().collect()
    }
}

impl Running for All {
    fn stop(&self, agent: usize, why: hsa_status_t) -> (Vec<Arc<dyn Stopped>>, bool) {
        // Before the queues are looked at: of one that is being made, its maker sees that.
        self.stopped.lock().entry(agent).or_insert(why);
        let (now, before): (Vec<_>, Vec<_>) = self.of(agent).into_iter().partition(|queue| queue.stop(why));
        let heard = before.iter().any(|queue| queue.handler.is_some() || !queue.users.lock().is_empty());
        (now.into_iter().map(|queue| queue as Arc<dyn Stopped>).collect(), heard)
    }

    fn spread(&self, machine: &Machine) -> Spread {
        self.hardware().iter().map(|queue| queue.spread(machine)).max().unwrap_or_default()
    }

    fn look(&self, machine: &Machine) {
        self.hardware().iter().for_each(|queue| queue.look(machine));
    }

    fn memory_of_waves(&self) -> Vec<(u64, u64)> {
        self.hardware().iter().flat_map(|queue| queue.memory_of_waves()).collect()
    }

    fn halt(&self, machine: &Machine) -> Vec<OwnQueue> {
        self.hardware().iter().filter_map(|queue| queue.halt(machine)).collect()
    }

    fn go_on(&self) {
        self.hardware().iter().for_each(|queue| queue.remap());
    }
}
