//! Queues that run on their own threads, over plain memory: what a client does with them.
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::*;
use crate::device::testing::{BASE, NAVI31};
use crate::device::vm::Vm;

/// The driver and the shaders of the tests. A dispatch adds its grid's width to the word at its entry; one whose
/// width is 0xffff spins until it is preempted.
#[derive(Default)]
struct Rig {
    ticks: AtomicU64,
    interrupts: Mutex<Vec<u32>>,
    stops: Mutex<Vec<(u32, Stop)>>,
    packets: AtomicU64,
    /// How often a dispatch that spins came by its gate.
    turns: AtomicU64,
    /// Number of the packet with which the hardware hangs.
    hang: AtomicU64,
}

impl Driver for Rig {
    fn clock(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::Relaxed)
    }

    fn interrupt(&self, event_id: u32) {
        self.interrupts.lock().unwrap().push(event_id);
    }

    fn progressed(&self, what: Progress<'_>) -> Result<(), WaveError> {
        assert!(matches!(what, Progress::Packet(seen) if ["AQL", "PM4", "SDMA"].contains(&seen.processor)));
        let number = self.packets.fetch_add(1, Ordering::Relaxed) + 1;
        if number == self.hang.load(Ordering::Relaxed) { Err(WaveError::Hang) } else { Ok(()) }
    }

    fn stopped(&self, queue: u32, stop: Stop) {
        self.stops.lock().unwrap().push((queue, stop));
    }
}

impl Shaders for Rig {
    fn launch(&self, dispatch: &Dispatch, queue: &QueueContext<'_>) -> Result<(), WaveError> {
        queue.gate.enter();
        while dispatch.grid[0] == 0xffff && queue.gate.pass() {
            self.turns.fetch_add(1, Ordering::Relaxed);
            std::thread::yield_now();
        }
        queue.gate.leave();
        let add = &mut |old| old + u64::from(dispatch.grid[0]);
        queue.memory.update64(dispatch.entry, add).map(|_| ()).map_err(WaveError::Memory)
    }
}

fn machine() -> (Machine, Arc<Vm>, Arc<Rig>) {
    let memory = Arc::new(Vm::plain(BASE, 256 << 10));
    let rig = Arc::new(Rig::default());
    let machine =
        Machine::new(NAVI31, Arc::clone(&memory) as _, Arc::clone(&rig) as _, Arc::clone(&rig) as _);
    (machine, memory, rig)
}

/// Waits for something that must come; the time is only there so that a failure ends.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} never came");
        std::thread::yield_now();
    }
}

const KERNEL: u64 = BASE + 0x30000;
const COUNTER: u64 = BASE + 0x31000;

/// An AQL queue of 64 packets in the page of its number, and the code that a client would have.
struct Client<'m> {
    memory: &'m Vm,
    base: u64,
    written: u64,
}

impl<'m> Client<'m> {
    fn new(machine: &Machine, memory: &'m Vm, id: u32) -> Self {
        let base = BASE + 0x4000 * u64::from(id);
        let client = Self { memory, base, written: 0 };
        memory.store32(base + 136, 128).unwrap();
        memory.store64(base + 192, base + 0x800).unwrap();
        for slot in 0..64 {
            memory.store32(client.slot(slot), 1).unwrap();
        }
        memory.store64(KERNEL + 16, COUNTER - KERNEL).unwrap();
        let facts = QueueFacts {
            id,
            kind: Kind::Aql,
            ring: base + 0x1000,
            ring_bytes: 64 * 64,
            read_pointer: base + 128,
            doorbell: base + 0x900,
            doorbell_number: id,
        };
        machine.attach(facts).unwrap();
        client
    }

    fn slot(&self, number: u64) -> u64 {
        self.base + 0x1000 + 64 * (number % 64)
    }

    fn signal(&self, number: u64) -> u64 {
        self.base + 0xa00 + 64 * number
    }

    fn read(&self) -> u64 {
        self.memory.load64(self.base + 128).unwrap()
    }

    /// Writes a packet when there is room, and rings.
    fn submit(&mut self, header: u32, fields: &[(u64, u64)]) {
        until("room in the ring", || self.written - self.read() < 64);
        let slot = self.slot(self.written);
        (8..64).step_by(8).for_each(|offset| self.memory.store64(slot + offset, 0).unwrap());
        for (offset, value) in fields {
            self.memory.store64(slot + offset, *value).unwrap();
        }
        self.memory.store32(slot, header).unwrap();
        self.memory.store64(self.base + 0x900, self.written).unwrap();
        self.written += 1;
    }

    fn dispatch(&mut self, width: u64, completion: u64) {
        self.memory.store32(self.slot(self.written) + 4, 1 | 1 << 16).unwrap();
        let fields = [(8, 1 | width << 32), (16, 1 | 1 << 32), (32, KERNEL), (56, completion)];
        self.submit(2 | 1 << 16, &fields);
    }
}

#[test]
fn packets_run_in_their_order_and_more_than_the_ring_holds() {
    let (machine, memory, rig) = machine();
    let mut client = Client::new(&machine, &memory, 1);
    memory.store64(client.signal(0) + 8, 300).unwrap();
    for _ in 0..300 {
        client.dispatch(2, client.signal(0));
    }
    until("the last completion", || memory.load64(client.signal(0) + 8) == Ok(0));
    assert_eq!((memory.load64(COUNTER), client.read()), (Ok(600), 300));
    assert!(machine.detach(1));
    assert_eq!(*rig.stops.lock().unwrap(), []);
    assert_eq!(rig.packets.load(Ordering::Relaxed), 300);
}

#[test]
fn queues_that_wait_for_each_other_come_to_their_ends() {
    let (machine, memory, _) = machine();
    let mut clients = [1, 2].map(|id| Client::new(&machine, &memory, id));
    let mine = clients.each_ref().map(|client| client.signal(0));
    mine.iter().for_each(|signal| memory.store64(signal + 8, 20).unwrap());
    // Each round of the one begins after the same round of the other has ended.
    for round in (0..20).rev() {
        let condition = [(16, round), (24, u64::MAX), (32, 0)];
        let barrier = |signal| [(8, signal), condition[0], condition[1], condition[2]];
        clients[0].dispatch(1, mine[0]);
        clients[1].submit(2 << 16, &barrier(mine[0]));
        clients[1].dispatch(1, mine[1]);
        clients[0].submit(2 << 16, &barrier(mine[1]));
    }
    until("the last round", || clients[0].read() == 40 && clients[1].read() == 40);
    assert_eq!(memory.load64(COUNTER), Ok(40));
}

#[test]
fn a_paused_queue_does_nothing_and_a_spinning_one_can_be_taken_away() {
    let (machine, memory, rig) = machine();
    let mut client = Client::new(&machine, &memory, 1);
    assert!(machine.set_active(1, false));
    client.dispatch(1, 0);
    machine.wake();
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(client.read(), 0);
    assert!(machine.set_active(1, true));
    until("the packet", || client.read() == 1);
    client.dispatch(0xffff, 0);
    assert!(machine.detach(1), "though its kernel never ends");
    assert_eq!(*rig.stops.lock().unwrap(), []);
}

#[test]
fn a_broken_queue_is_told_of_once_and_others_go_on() {
    let (machine, memory, rig) = machine();
    let (mut broken, mut whole) = (Client::new(&machine, &memory, 1), Client::new(&machine, &memory, 2));
    broken.submit(3, &[(8, 0x40)]);
    whole.dispatch(1, 0);
    until("both", || whole.read() == 1 && !rig.stops.lock().unwrap().is_empty());
    let stops = rig.stops.lock().unwrap().clone();
    let [(1, Stop::Memory(fault))] = stops.as_slice() else { panic!("{stops:?}") };
    assert_eq!(fault.address, 0x48);
    assert!(machine.set_active(1, false), "a queue that has stopped can still be paused");
    let facts = QueueFacts {
        id: 3,
        kind: Kind::Aql,
        ring: 0,
        ring_bytes: 0x1000,
        read_pointer: 0x80,
        doorbell: BASE,
        doorbell_number: 0,
    };
    assert!(machine.attach(facts).is_err(), "a queue without a descriptor");
}

#[test]
fn dma_and_pm4_rings_tell_how_far_they_are() {
    let (machine, memory, rig) = machine();
    let [sdma, pm4] = [(7, Kind::Sdma, BASE), (8, Kind::Pm4, BASE + 0x4000)].map(|(id, kind, base)| {
        let (ring, read_pointer, doorbell) = (base + 0x1000, base, base + 64);
        machine
            .attach(QueueFacts {
                id,
                kind,
                ring,
                ring_bytes: 256,
                read_pointer,
                doorbell,
                doorbell_number: id,
            })
            .unwrap();
        base
    });
    let mut written = 0;
    for round in 0..10 {
        let fence = [5, (sdma + 128) as u32, (sdma >> 32) as u32, round, 6, round];
        for word in fence {
            memory.store32(sdma + 0x1000 + written % 256, word).unwrap();
            written += 4;
        }
        memory.store64(sdma + 64, written).unwrap();
        until("the fence", || memory.load64(sdma) == Ok(written));
        assert_eq!(memory.load32(sdma + 128), Ok(round));
    }
    assert_eq!(*rig.interrupts.lock().unwrap(), (0..10).collect::<Vec<_>>());
    for word in 0..64 {
        memory.store32(pm4 + 0x1000 + 4 * word, 2 << 30).unwrap();
    }
    memory.store64(pm4 + 64, 40).unwrap();
    until("forty words", || memory.load32(pm4) == Ok(40));
    memory.store64(pm4 + 64, 70).unwrap();
    until("seventy words of sixty-four", || memory.load32(pm4) == Ok(6));
    memory.store32(pm4 + 0x1000 + 4 * 6, 0x1234).unwrap();
    memory.store64(pm4 + 64, 71).unwrap();
    until("the error", || *rig.stops.lock().unwrap() == [(8, Stop::Packet(0x1234))]);
    assert!(machine.detach(7) && !machine.detach(8), "the one with the error hangs");
}

#[test]
fn a_dispatch_that_spins_can_be_paused_and_goes_on() {
    let (machine, memory, rig) = machine();
    let mut client = Client::new(&machine, &memory, 1);
    client.dispatch(0xffff, 0);
    let turns = || rig.turns.load(Ordering::Relaxed);
    until("a turn", || turns() > 0);
    assert!(machine.set_active(1, false));
    let rested = turns();
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(turns(), rested);
    machine.set_active(1, true);
    until("another turn", || turns() > rested);
    let before = turns();
    assert!(machine.remap(1), "a spinning kernel is no hang");
    until("one more turn", || turns() > before);
    machine.set_active(1, false);
    assert!(machine.detach(1), "also while it is paused");
}

#[test]
fn a_queue_that_hangs_is_found_when_it_is_to_leave_the_hardware() {
    let (machine, memory, rig) = machine();
    let (mut hung, mut whole) = (Client::new(&machine, &memory, 1), Client::new(&machine, &memory, 2));
    rig.hang.store(1, Ordering::Relaxed);
    hung.dispatch(1, 0);
    until("the hang", || *rig.stops.lock().unwrap() == [(1, Stop::Hang)]);
    assert!(!machine.remap(1) && machine.remap(2) && machine.remap(3));
    whole.dispatch(1, 0);
    until("the other", || whole.read() == 1);
    assert!(!machine.detach(1));
}

#[test]
fn what_hangs_cannot_be_taken_away() {
    let (machine, memory, rig) = machine();
    rig.hang.store(2, Ordering::Relaxed);
    let mut client = Client::new(&machine, &memory, 1);
    memory.store64(client.signal(0) + 8, 2).unwrap();
    (0..2).for_each(|_| client.dispatch(2, client.signal(0)));
    until("the hang", || *rig.stops.lock().unwrap() == [(1, Stop::Hang)]);
    assert_eq!((memory.load64(client.signal(0) + 8), client.read()), (Ok(1), 1));
    assert!(machine.set_active(1, false), "and can be paused");
    assert!(!machine.detach(1));
    assert!(machine.detach(1), "there is no such queue");
}
