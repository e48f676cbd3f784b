//! A ring in plain memory, as ROCr lays it out: packets, signals, errors, scratch memory.
#![forbid(unsafe_code)]

use super::*;
use crate::device::memory::Memory;
use crate::device::testing::{BASE, Bench, NAVI31};

const QUEUE: u64 = BASE + 0x1000;
const RING: u64 = BASE + 0x3000;
const SLOTS: u64 = 8;
const SIGNALS: u64 = BASE + 0x4000;
const KERNEL: u64 = BASE + 0x5000;
const MAILBOXES: u64 = BASE + 0x6000;
const INACTIVE: Signal = Signal(SIGNALS);

/// The signal of a number. Each has an event of its number and a mailbox; number 0 is the queue's own.
fn signal(number: u64) -> Signal {
    Signal(SIGNALS + 64 * number)
}

/// A queue with its surroundings.
struct Rig {
    bench: Bench,
    queue: AqlQueue,
    written: u64,
}

impl Rig {
    fn new() -> Self {
        let bench = Bench::new();
        bench.put(QUEUE + 136, &[128]);
        bench.put_long(QUEUE + 192, INACTIVE.0);
        for slot in 0..SLOTS {
            bench.put(RING + 64 * slot, &[INVALID]);
        }
        for number in 0..16 {
            bench.put_long(signal(number).0 + 16, MAILBOXES + 8 * number);
            bench.put(signal(number).0 + 24, &[number as u32]);
        }
        bench.put_long(KERNEL + 16, 0x1000);
        bench.put(KERNEL + 52, &[6 << 1 | 1 << 7]);
        // Packet address, arguments, dispatch id; waves of 32.
        bench.put(KERNEL + 56, &[1 << 1 | 1 << 3 | 1 << 4 | 1 << 10]);
        let ring = Ring { base: RING, packets: SLOTS, read_id: QUEUE + 128 };
        let queue = AqlQueue::new(NAVI31, ring, &bench).unwrap();
        Self { bench, queue, written: 0 }
    }

    fn set(&self, signal: Signal, value: i64) {
        self.bench.put_long(signal.0 + 8, value as u64);
    }

    fn value(&self, signal: Signal) -> i64 {
        signal.value(&self.bench).unwrap()
    }

    /// Writes a packet's body, then its first word, and gives its number.
    fn push(&mut self, packet: [u32; 16]) -> u64 {
        let slot = RING + 64 * (self.written % SLOTS);
        self.bench.put(slot + 4, &packet[1..]);
        self.bench.put(slot, &packet[..1]);
        self.written += 1;
        self.written - 1
    }

    /// Writes a packet, rings, and runs the queue as far as it goes.
    fn submit(&mut self, packet: [u32; 16]) -> Result<Step, Halt> {
        let number = self.push(packet);
        self.queue.doorbell(number);
        self.run()
    }

    fn run(&mut self) -> Result<Step, Halt> {
        loop {
            match self.queue.step(&self.bench)? {
                Step::Done => {}
                end => return Ok(end),
            }
        }
    }

    fn read_id(&self) -> u64 {
        self.bench.long(QUEUE + 128)
    }
}

fn put(packet: &mut [u32; 16], at: usize, value: u64) {
    packet[at] = value as u32;
    packet[at + 1] = (value >> 32) as u32;
}

fn barrier(kind: u32, signals: &[Signal], completion: Signal) -> [u32; 16] {
    let mut packet = [0; 16];
    packet[0] = kind | 1 << 8 | 2 << 9 | 2 << 11;
    for (number, signal) in signals.iter().enumerate() {
        put(&mut packet, 2 + 2 * number, signal.0);
    }
    put(&mut packet, 14, completion.0);
    packet
}

fn kernel(completion: Signal) -> [u32; 16] {
    let mut packet = [0; 16];
    packet[..8].copy_from_slice(&[2 | 1 << 8 | 1 << 16, 64 | 1 << 16, 1, 256, 1, 1, 0, 512]);
    put(&mut packet, 8, KERNEL);
    put(&mut packet, 10, 0x7777);
    put(&mut packet, 14, completion.0);
    packet
}

#[test]
fn a_dispatch_is_launched_timed_and_told_of() {
    let mut rig = Rig::new();
    rig.set(signal(3), 1);
    rig.bench.put(QUEUE + 180, &[1 << 3]);
    assert_eq!(rig.submit(kernel(signal(3))), Ok(Step::Idle));
    let launched = rig.bench.launched.lock().unwrap().clone();
    let [dispatch] = launched.as_slice() else { panic!("one launch") };
    assert_eq!(
        (dispatch.entry, dispatch.grid, dispatch.workgroup),
        (KERNEL + 0x1000, [256, 1, 1], [64, 1, 1])
    );
    assert_eq!((dispatch.wave32, dispatch.lds_bytes), (true, 512));
    assert_eq!(dispatch.user_sgprs, [RING as u32, (RING >> 32) as u32, 0x7777, 0, 0, 0]);
    assert_eq!((rig.value(signal(3)), rig.read_id()), (0, 1));
    let [start, end] = [32, 40].map(|offset| rig.bench.long(signal(3).0 + offset));
    assert!(0 < start && start < end, "{start} to {end}");
    assert_eq!(rig.bench.long(MAILBOXES + 24), 3);
    assert_eq!(*rig.bench.interrupts.lock().unwrap(), [3]);
    assert_eq!(rig.bench.memory.load32(RING).unwrap() & 0xff, INVALID);
}

#[test]
fn nothing_runs_before_the_doorbell_and_the_header() {
    let mut rig = Rig::new();
    rig.set(signal(1), 3);
    let first = rig.push(kernel(signal(1)));
    assert_eq!(rig.run(), Ok(Step::Idle));
    assert_eq!(rig.read_id(), 0, "no doorbell");
    let second = rig.push(kernel(signal(1)));
    rig.bench.put(RING + 64, &[INVALID]);
    rig.queue.doorbell(second);
    rig.queue.doorbell(first);
    assert_eq!(rig.run(), Ok(Step::Idle));
    assert_eq!((rig.read_id(), rig.value(signal(1))), (1, 2), "the second packet's header is not written");
    rig.bench.put(RING + 64, &kernel(signal(1))[..1]);
    rig.run().unwrap();
    assert_eq!((rig.read_id(), rig.value(signal(1))), (2, 1));
}

#[test]
fn the_ring_wraps() {
    let mut rig = Rig::new();
    rig.set(signal(1), 100);
    for _ in 0..3 {
        let last = (0..SLOTS).map(|_| rig.push(kernel(signal(1)))).last().unwrap();
        rig.queue.doorbell(last);
        rig.run().unwrap();
    }
    assert_eq!((rig.read_id(), rig.value(signal(1))), (3 * SLOTS, 100 - 3 * SLOTS as i64));
}

#[test]
fn a_barrier_and_waits_for_all_and_remembers() {
    let mut rig = Rig::new();
    for number in 1..4 {
        rig.set(signal(number), 1);
    }
    assert_eq!(rig.submit(barrier(3, &[signal(1), Signal(0), signal(2)], signal(3))), Ok(Step::Blocked));
    rig.set(signal(1), 0);
    assert_eq!(rig.run(), Ok(Step::Blocked));
    rig.set(signal(1), 7);
    rig.set(signal(2), 0);
    assert_eq!(rig.run(), Ok(Step::Idle), "signal 1 was zero once");
    assert_eq!(rig.value(signal(3)), 0);
    assert_eq!(rig.submit(barrier(3, &[], Signal(0))), Ok(Step::Idle), "nothing to wait for");
}

#[test]
fn a_barrier_or_waits_for_one() {
    let mut rig = Rig::new();
    rig.set(signal(1), 1);
    rig.set(signal(2), 1);
    assert_eq!(rig.submit(barrier(5, &[signal(1), signal(2)], Signal(0))), Ok(Step::Blocked));
    rig.set(signal(2), 0);
    assert_eq!(rig.run(), Ok(Step::Idle));
}

#[test]
fn a_barrier_value_compares_as_it_is_told() {
    let packet = |signal: Signal, condition: u32| {
        let mut packet = [0; 16];
        packet[0] = 2 << 16;
        put(&mut packet, 2, signal.0);
        put(&mut packet, 4, 4);
        put(&mut packet, 6, 0xff);
        packet[8] = condition;
        packet
    };
    let outcome = |value: i64, condition: u32| {
        let mut rig = Rig::new();
        rig.set(signal(1), value);
        rig.submit(packet(signal(1), condition)) == Ok(Step::Idle)
    };
    assert_eq!([0, 1, 2, 3].map(|condition| outcome(0x103, condition)), [false, true, true, false]);
    assert_eq!([0, 1, 2, 3].map(|condition| outcome(0x104, condition)), [true, false, false, true]);
    assert_eq!(Rig::new().submit(packet(Signal(0), 0)), Ok(Step::Idle), "no signal: satisfied");
}

#[test]
fn a_pm4_packet_runs_its_buffer() {
    let (buffer, target) = (BASE + 0x8000, BASE + 0x9000);
    let mut rig = Rig::new();
    rig.set(signal(1), 1);
    rig.bench.put(buffer, &[3 << 30 | 6 << 16 | 0x58 << 8, 0, 0, 0, 0, 0, 0, 0]);
    rig.bench.put(buffer + 32, &[3 << 30 | 3 << 16 | 0x37 << 8, 2 << 8, target as u32, 1, 42]);
    let mut packet = [0; 16];
    packet[0] = 1 << 16 | 2 << 9 | 2 << 11;
    packet[1..6].copy_from_slice(&[3 << 30 | 2 << 16 | 0x3f << 8, buffer as u32, 1, 13 | 1 << 23, 10]);
    put(&mut packet, 14, signal(1).0);
    assert_eq!(rig.submit(packet), Ok(Step::Idle));
    assert_eq!((rig.bench.long(target), rig.value(signal(1))), (42, 0));
    assert_eq!(rig.bench.forgotten.load(std::sync::atomic::Ordering::Relaxed), 1, "ACQUIRE_MEM");
}

/// What a packet or a launch that fails is answered with: the bit in the signal, and the exception code.
fn error(change: impl Fn(&mut [u32; 16]), outcome: Result<(), WaveError>) -> (i64, u32) {
    let mut rig = Rig::new();
    rig.set(signal(1), 1);
    *rig.bench.outcome.lock().unwrap() = outcome;
    let mut packet = kernel(signal(1));
    change(&mut packet);
    let Err(Halt::Queue(error)) = rig.submit(packet) else { panic!("it is accepted") };
    assert_eq!(rig.queue.step(&rig.bench), Err(Halt::Queue(error)), "the queue stays stopped");
    assert_eq!(rig.value(signal(1)), 1, "nothing is completed");
    assert_eq!(*rig.bench.interrupts.lock().unwrap(), [0], "the queue's own event is told");
    (rig.value(INACTIVE), error.exception_code())
}

/// The numbers of ROCr's `DynamicQueueEventsHandler` and of kfd_ioctl.h.
#[test]
fn errors_are_told_as_rocr_decodes_them() {
    let table = [
        (error(|packet| packet[0] = 2, Ok(())), (2, 16)),
        (error(|packet| packet[3] = 0, Ok(())), (2, 16)),
        (error(|packet| packet[7] = 0x1_0001, Ok(())), (4, 17)),
        (error(|packet| put(packet, 8, 0), Ok(())), (8, 18)),
        (error(|packet| put(packet, 8, 0x40), Ok(())), (8, 18)),
        (error(|packet| packet[0] = 4, Ok(())), (0x20, 20)),
        (error(|packet| packet[0] = 6, Ok(())), (0x20, 20)),
        (error(|packet| packet[1] = 1025 | 1 << 16, Ok(())), (0x40, 21)),
        (error(|packet| packet[0] = 3 << 16, Ok(())), (0x100, 23)),
        (error(|_| (), Err(WaveError::Aperture(1))), (0x2000_0000, 6)),
        (error(|_| (), Err(WaveError::IllegalInstruction(8))), (0x4000_0000, 4)),
        (error(|_| (), Err(WaveError::Trap)), (0x8000_0000, 1)),
    ];
    for (number, (told, expected)) in table.into_iter().enumerate() {
        assert_eq!(told, expected, "row {number}");
    }
    let mut rig = Rig::new();
    rig.bench.put(KERNEL + 48, &[0x3f]);
    assert_eq!(rig.submit(kernel(Signal(0))), Err(Halt::Queue(QueueError::Registers)));
    assert_eq!(rig.value(INACTIVE), 0x80);
}

#[test]
fn a_bad_address_is_a_memory_fault() {
    let mut rig = Rig::new();
    let Err(Halt::Memory(fault)) = rig.submit(barrier(3, &[Signal(0x1000)], Signal(0))) else {
        panic!("it is accepted")
    };
    assert_eq!(fault.address, 0x1008);
}

/// What ROCr does to the main scratch memory: 60 slots of `lane_bytes` times 32 for waves of 32.
fn give_scratch(rig: &Rig, lane_bytes: u32) {
    let size = lane_bytes * 32 / 256;
    rig.bench.put(QUEUE + 140, &[10 | size << 12, 1, 2, 3, 4]);
    rig.bench.put_long(QUEUE + 160, 0xabc_0000);
    rig.bench.put(QUEUE + 176, &[lane_bytes / 2]);
    rig.set(INACTIVE, 0);
}

#[test]
fn scratch_is_asked_for_and_given() {
    let mut rig = Rig::new();
    let mut packet = kernel(signal(1));
    packet[6] = 100;
    assert_eq!(rig.submit(packet), Ok(Step::Blocked));
    assert_eq!((rig.value(INACTIVE), rig.read_id()), (0x400, 0), "waves of 32");
    assert_eq!(rig.run(), Ok(Step::Blocked), "not answered yet");
    give_scratch(&rig, 128);
    assert_eq!(rig.run(), Ok(Step::Idle));
    let scratch = rig.bench.launched.lock().unwrap()[0].scratch.unwrap();
    assert_eq!((scratch.base, scratch.wave_bytes, scratch.slots), (0xabc_0000, 4096, 60));
    packet[6] = 129;
    assert_eq!(rig.submit(packet), Ok(Step::Blocked));
    assert_eq!(rig.value(INACTIVE), 0x400, "it is not enough for the next one");
}

#[test]
fn scratch_for_one_dispatch_is_given_back() {
    let mut rig = Rig::new();
    rig.set(signal(1), 2);
    give_scratch(&rig, 128);
    rig.bench.put(QUEUE + 180, &[1 << 4]);
    let mut packet = kernel(signal(1));
    packet[6] = 100;
    assert_eq!(rig.submit(packet), Ok(Step::Blocked));
    assert_eq!((rig.value(INACTIVE), rig.value(signal(1)), rig.read_id()), (0x200, 1, 1));
    assert_eq!(rig.submit(kernel(signal(1))), Ok(Step::Blocked), "the next one waits for the answer");
    rig.set(INACTIVE, 0);
    assert_eq!(rig.run(), Ok(Step::Idle));
    assert_eq!(rig.value(signal(1)), 0);
}

#[test]
fn scratch_is_reclaimed_while_the_queue_runs() {
    let mut rig = Rig::new();
    assert_eq!(rig.bench.memory.load32(QUEUE + 40), Ok(1), "this firmware can");
    rig.bench.put(QUEUE + 40, &[3]);
    give_scratch(&rig, 128);
    rig.bench.put_long(QUEUE + 184, u64::MAX);
    let mut packet = kernel(Signal(0));
    packet[6] = 100;
    rig.submit(kernel(Signal(0))).unwrap();
    rig.submit(packet).unwrap();
    assert_eq!(rig.bench.long(QUEUE + 256), 1, "packet 1 used it last");
    rig.bench.put_long(QUEUE + 184, 1);
    assert_eq!(rig.submit(packet), Ok(Step::Blocked), "packet 2 may not");
    // A second memory for grids of up to 256 work-items.
    rig.bench.put(QUEUE + 248, &[10 | 16 << 12]);
    rig.bench.put_long(QUEUE + 224, 0xdef_0000);
    rig.bench.put(QUEUE + 232, &[256, 1, 1, 64]);
    rig.bench.put_long(QUEUE + 200, u64::MAX);
    rig.set(INACTIVE, 0);
    assert_eq!(rig.run(), Ok(Step::Idle));
    assert_eq!(rig.bench.launched.lock().unwrap()[2].scratch.unwrap().base, 0xdef_0000);
    assert_eq!(rig.bench.long(QUEUE + 264), 2);
}

#[test]
fn random_packets_do_no_more_than_stop_the_queue() {
    let mut state = 0x5eed_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    for round in 0..500 {
        let mut rig = Rig::new();
        let mut packet = if round % 2 == 0 { kernel(signal(1)) } else { barrier(3, &[signal(1)], signal(2)) };
        for _ in 0..3 {
            packet[next() as usize >> 28] ^= next();
        }
        let _ = rig.submit(packet);
        assert!(rig.read_id() <= 1, "round {round} of seed 0x5eed");
    }
}
