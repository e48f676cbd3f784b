//! A queue whose packets handlers of tools see, and change, before a GPU does. Answers to upstream's `intercept_queue.cpp`.
//!
//! Programs know a ring and a doorbell of ours. Who rings takes what is in the ring to the handlers, the one that was
//! registered last first, and what the last of them writes goes to the ring of a queue of the hardware. While one thread
//! is at it, others that ring only count, and it looks once more: nobody waits, handlers see packets in order, and they run
//! under no lock.
//!
//! What finds no room in the hardware's ring stays in the backlog, and no more packets are taken meanwhile, so programs
//! see a full ring. The last free place gets a barrier that completes the doorbell's own signal when the hardware comes
//! to it: the thread of handlers goes on then, as it does when a GPU stores to the doorbell, and when an error stops the
//! queue and so fails the barrier. From then on, what handlers write fails, too.
#![forbid(unsafe_code)]

use std::{
    collections::VecDeque,
    ops::Range,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

use super::{
    build::OwnSignal,
    gate::Gate,
    hardware::Queue,
    protocol,
    ring::{self, Page, Ring},
    turn::Turns,
};
use crate::{
    abi::*,
    boundary::{AqlPacket, BoundHandler, BoundInterceptHandler, Error, PacketWriter, Packets},
    events::{
        handlers::Handlers,
        wait::{Condition, Want},
    },
    signal::{self, Listener},
};

/// Value of the doorbell's signal while nothing is to be done: no GPU stores it, no completion leads to it, and it is no
/// error.
pub const IDLE: i64 = i64::MAX;

/// Such a queue.
pub struct Intercept {
    pub(super) page: Page,
    pub(super) ring: Ring,
    doorbell: OwnSignal,
    /// Where packets go.
    pub hardware: Arc<Queue>,
    handlers: ArcSwap<Vec<BoundInterceptHandler>>,
    /// Who takes packets to the handlers.
    turns: Turns,
    /// What handlers have written and the hardware has not got yet.
    backlog: Mutex<VecDeque<AqlPacket>>,
    /// How much that is, for the thread whose turn it is: mostly nothing.
    held: AtomicUsize,
    /// Number, in the hardware's ring, of the last barrier that wakes.
    wakes_at: AtomicU64,
    /// The thread of handlers goes through it.
    gate: Gate,
}

impl Intercept {
    /// Puts a queue in front of one of the hardware, which nobody else puts packets into. `handlers` has it woken.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        (page, ring): (Page, Ring),
        doorbell: OwnSignal,
        hardware: Arc<Queue>,
        handlers: &Handlers,
    ) -> Result<Arc<Self>, Error> {
        page.describe_as(&hardware.parts.page);
        page.base_address.store(ring.address(), Ordering::Relaxed);
        page.doorbell_signal.store(doorbell.0.handle().handle, Ordering::Relaxed);
        hardware.stand_behind(page.address());
        let queue = Arc::new(Self {
            page,
            ring,
            doorbell,
            hardware,
            handlers: ArcSwap::default(),
            turns: Turns::default(),
            backlog: Mutex::default(),
            held: AtomicUsize::new(0),
            wakes_at: AtomicU64::new(0),
            gate: Gate::default(),
        });
        let signal = queue.doorbell.0;
        let weak: Weak<Self> = Arc::downgrade(&queue);
        let woken = move |_| weak.upgrade().is_some_and(|queue| queue.woken());
        let want = Want { signal, condition: Condition::NotEqual, compare: IDLE };
        handlers.add(want, BoundHandler::own(woken))?;
        signal.set_listener(Some(Arc::clone(&queue) as Arc<dyn Listener>));
        Ok(queue)
    }

    /// The address that programs know it by.
    pub fn address(&self) -> u64 {
        self.page.address()
    }

    /// Adds a handler, before which no other is called.
    pub fn register(&self, handler: BoundInterceptHandler) {
        self.handlers.rcu(|handlers| handlers.iter().copied().chain([handler]).collect::<Vec<_>>());
    }

    /// No packet is taken any more, nor worked at when this returns.
    pub fn inactivate(&self) {
        self.doorbell.0.set_listener(None);
        self.hardware.inactivate();
    }

    /// Ends it: the thread of handlers is not in it when this returns, nor does the GPU anything.
    pub fn end(&self) {
        self.gate.shut();
        self.doorbell.0.set_listener(None);
        self.hardware.end();
        // The thread is called once more, finds the gate shut, and goes.
        self.doorbell.0.change(|value| value.store(0, Ordering::SeqCst));
    }

    /// A GPU has stored to the doorbell, or come to a barrier that wakes. Whether it is to be heard of again.
    fn woken(&self) -> bool {
        let inside = self.gate.enter();
        if inside.is_some() {
            // Before looking: what is stored later wakes once more, and what was stored before is read by the exchange,
            // and with it what was written to the ring. Nobody waits for this value.
            self.doorbell.0.value().swap(IDLE, Ordering::SeqCst);
            self.rung();
        }
        inside.is_some()
    }

    /// Takes packets to the handlers until there are none, or no room.
    fn take(&self) {
        while self.flush() {
            let first = self.page.read_dispatch_id.load(Ordering::Relaxed);
            let written = self.page.write_dispatch_id.load(Ordering::Acquire).wrapping_sub(first);
            let packets = self.ring.valid(first, written);
            if packets.is_empty() {
                return;
            }
            let handlers = self.handlers.load();
            Stage { queue: self, first, handlers: &handlers }.write(ring::seen(packets));
            for packet in packets {
                protocol::clear(&packet.0, HSA_PACKET_TYPE_INVALID.0);
            }
            let end = first.wrapping_add(packets.len() as u64);
            protocol::give_back(&self.page.read_dispatch_id, end);
        }
    }

    /// Puts as much of the backlog into the hardware's ring as there is room for. Whether that was all.
    fn flush(&self) -> bool {
        if self.held.load(Ordering::Relaxed) == 0 {
            return true;
        }
        let (size, read, begin) =
            (self.hardware.packets(), self.hardware.read_index(), self.hardware.write_index());
        let wakes = self.wakes_at.load(Ordering::Relaxed) > read;
        // Without a barrier that is still to come, a place is kept for one. There is one left: when the last barrier was
        // put, or packets behind it, the hardware had not come to it, as it has now.
        let mut room = (size - begin.wrapping_sub(read).min(size)).saturating_sub(u64::from(!wakes));
        let mut end = begin;
        while let Some(packet) = self.next(room > 0) {
            if packet.is_marker() {
                packet.call_marker(self.hardware.address(), end);
            } else {
                self.hardware.put(end, &packet.0);
                (room, end) = (room - 1, end.wrapping_add(1));
            }
        }
        let all = self.held.load(Ordering::Relaxed) == 0;
        if !all && !wakes {
            self.hardware.put(end, &self.barrier().0);
            self.wakes_at.store(end, Ordering::Relaxed);
            end = end.wrapping_add(1);
        }
        if end != begin {
            self.hardware.tell(end);
        }
        // Who stops the queue says so before looking at its packets: it sees those, or this thread sees the error.
        let suspended = self.hardware.suspended().map(|why| self.fail(begin..end, why));
        all || suspended.is_some()
    }

    /// Completes the signals of these packets of the hardware's ring and of the backlog with an error: nobody comes to
    /// them.
    fn fail(&self, put: Range<u64>, why: hsa_status_t) {
        let fail = |signal| _ = signal::find(signal).map(|signal| signal.fail(-i64::from(why.0)));
        put.for_each(|number| fail(self.hardware.completion(number)));
        while let Some(packet) = self.next(true) {
            if !packet.is_marker() {
                fail(packet.completion());
            }
        }
    }

    /// The next one of the backlog, if there is room or it needs none.
    fn next(&self, room: bool) -> Option<AqlPacket> {
        if self.held.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let mut backlog = self.backlog.lock();
        let packet = if room || backlog.front()?.is_marker() { backlog.pop_front() } else { None };
        self.held.store(backlog.len(), Ordering::Relaxed);
        packet
    }

    /// Adds to the backlog.
    fn keep(&self, packets: Packets<'_>) {
        let mut backlog = self.backlog.lock();
        backlog.extend(packets.iter());
        self.held.store(backlog.len(), Ordering::Relaxed);
    }

    /// Completes the doorbell's signal when all before it has ended.
    fn barrier(&self) -> AqlPacket {
        let mut words = [0; 16];
        words[0] = HSA_PACKET_TYPE_BARRIER_AND.0 | 1 << HSA_PACKET_HEADER_BARRIER.0;
        let signal = self.doorbell.0.handle().handle;
        (words[14], words[15]) = (signal as u32, (signal >> 32) as u32);
        AqlPacket(words)
    }
}

impl Listener for Intercept {
    fn rung(&self) {
        self.turns.ask(|| self.take());
    }
}

/// What packets come to: a handler, with all that are left behind it, or the hardware.
#[derive(Clone, Copy)]
struct Stage<'a> {
    queue: &'a Intercept,
    /// Number of the first packet, as programs count.
    first: u64,
    handlers: &'a [BoundInterceptHandler],
}

impl PacketWriter for Stage<'_> {
    fn write(&self, packets: Packets<'_>) {
        match self.handlers.split_last() {
            Some((handler, handlers)) => handler.call(packets, self.first, &Stage { handlers, ..*self }),
            None => {
                self.queue.keep(packets);
                self.queue.flush();
            }
        }
    }
}
