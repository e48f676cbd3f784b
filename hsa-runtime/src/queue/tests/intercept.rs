//! Queues whose packets handlers see first: the test is the tool, the program and the packet processor.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::AtomicU32,
};

use parking_lot::Mutex;

use super::*;
use crate::{
    boundary::{AqlPacket, BoundInterceptHandler},
    signal::Signal,
};

/// The queues, and one with handlers.
struct Tested {
    queues: Arc<Queues>,
    front: Arc<Intercept>,
    behind: Arc<Queue>,
}

impl Drop for Tested {
    fn drop(&mut self) {
        self.queues.end();
    }
}

fn tested(handlers: impl IntoIterator<Item = BoundInterceptHandler>) -> Tested {
    let (queues, _) = queues(u64::MAX, &[]);
    let address = queues.create_intercept(queues.gpu(), Some(request(None)), None).unwrap();
    handlers.into_iter().for_each(|handler| queues.register(address, handler).unwrap());
    Tested::new(queues, address)
}

/// A packet that is no barrier that wakes, with a number.
fn numbered(number: u32) -> AqlPacket {
    let mut packet = AqlPacket([0; 16]);
    (packet.0[0], packet.0[4]) = (HSA_PACKET_TYPE_BARRIER_OR.0, number);
    packet
}

impl Tested {
    fn new(queues: Arc<Queues>, address: u64) -> Self {
        let behind = queues.hardware(address).unwrap();
        let Some(Entry::Intercept(front)) = queues.all.entries.lock().get(&address).cloned() else {
            panic!()
        };
        Self { queues, front, behind }
    }

    fn bell(&self) -> Signal {
        find(hsa_signal_t { handle: self.front.page.doorbell_signal.load(SeqCst) }).unwrap()
    }

    fn submit(&self, number: u32) {
        self.submit_with(number, 0);
    }

    /// Puts a packet whose end changes a signal into the ring as programs do, waiting for room, and rings.
    fn submit_with(&self, number: u32, signal: u64) {
        let index = self.front.page.write_dispatch_id.fetch_add(1, SeqCst);
        while index - self.front.page.read_dispatch_id.load(SeqCst) >= 64 {
            self.work();
        }
        let packet = &self.front.ring.packets()[index as usize % 64];
        for (word, value) in [(4, number), (14, signal as u32), (15, (signal >> 32) as u32)] {
            packet.0[word].store(value, SeqCst);
        }
        packet.0[0].store(HSA_PACKET_TYPE_BARRIER_OR.0, SeqCst);
        assert!(self.bell().ring_doorbell(index as i64));
    }

    /// Does what the packet processor does with a packet, if there is one: its number, if it is no barrier that wakes.
    fn work(&self) -> Option<u32> {
        let page = &self.behind.parts.page;
        let read = page.read_dispatch_id.load(SeqCst);
        if read == page.write_dispatch_id.load(SeqCst) {
            thread::yield_now();
            return None;
        }
        let packet = &self.behind.parts.ring.packets()[read as usize % 64];
        let word = |index: usize| packet.0[index].load(SeqCst);
        let (kind, number) = (word(0) & 0xff, word(4));
        let handle = u64::from(word(15)) << 32 | u64::from(word(14));
        packet.0[0].store(HSA_PACKET_TYPE_INVALID.0, SeqCst);
        page.read_dispatch_id.store(read + 1, SeqCst);
        if kind == HSA_PACKET_TYPE_BARRIER_OR.0 {
            return Some(number);
        }
        assert_eq!(kind, HSA_PACKET_TYPE_BARRIER_AND.0);
        find(hsa_signal_t { handle }).unwrap().change(|value| value.fetch_sub(1, SeqCst));
        None
    }

    /// The numbers of as many packets.
    fn worked(&self, count: usize) -> Vec<u32> {
        std::iter::repeat_with(|| self.work()).flatten().take(count).collect()
    }
}

/// What handlers saw: which of them, and the first packet's index and number.
type Seen = Arc<Mutex<Vec<(u32, u64, u32)>>>;

/// A handler that passes on, and tells what it saw.
fn observer(name: u32, seen: &Seen) -> BoundInterceptHandler {
    let seen = Arc::clone(seen);
    BoundInterceptHandler::of_test(move |packets, first, write| {
        seen.lock().push((name, first, packets[0].0[4]));
        write(packets);
    })
}

#[test]
fn the_handler_that_came_last_sees_packets_first() {
    let seen = Seen::default();
    let tested = tested([observer(1, &seen), observer(2, &seen)]);
    tested.submit(7);
    tested.submit(8);
    assert_eq!(*seen.lock(), [(2, 0, 7), (1, 0, 7), (2, 1, 8), (1, 1, 8)]);
    assert_eq!(tested.worked(2), [7, 8]);
    assert_eq!(tested.behind.known_as(), tested.front.address());
}

#[test]
fn handlers_write_none_some_or_more_than_the_ring_holds() {
    let handler = BoundInterceptHandler::of_test(|packets, _, write| {
        for packet in packets {
            let copies: Vec<AqlPacket> = (0..packet.0[4]).map(numbered).collect();
            copies.chunks(90).for_each(write);
        }
    });
    let tested = tested([handler]);
    for count in [0, 1, 200, 64, 3] {
        tested.submit(count);
    }
    let expected: Vec<u32> = [0, 1, 200, 64, 3].into_iter().flat_map(|count| 0..count).collect();
    assert_eq!(tested.worked(expected.len()), expected);
}

#[test]
fn nobody_waits_and_no_packet_is_lost_while_the_hardware_does_nothing() {
    let handler = BoundInterceptHandler::of_test(|packets, _, write| {
        packets.iter().for_each(|packet| write(&[*packet, *packet, *packet]));
    });
    let tested = tested([handler]);
    // Rings of 64 places: 21 packets become 63, the 22nd waits in the backlog, the rest in the program's ring.
    (0..64).for_each(|number| tested.submit(number));
    assert_eq!(tested.behind.write_index(), 64);
    assert_eq!(tested.front.page.read_dispatch_id.load(SeqCst), 22);
    let expected: Vec<u32> = (0..64).flat_map(|number| [number; 3]).collect();
    assert_eq!(tested.worked(expected.len()), expected);
}

#[test]
fn threads_that_ring_together_hand_on_each_packet_once_and_in_order() {
    let (inside, seen) = (AtomicU32::new(0), Arc::new(Mutex::new(Vec::new())));
    let numbers = Arc::clone(&seen);
    let handler = BoundInterceptHandler::of_test(move |packets, first, write| {
        assert_eq!(inside.fetch_add(1, SeqCst), 0, "two handlers at once");
        numbers.lock().extend(first..first + packets.len() as u64);
        write(packets);
        inside.fetch_sub(1, SeqCst);
    });
    let tested = tested([handler]);
    thread::scope(|scope| {
        for base in 0..4 {
            let tested = &tested;
            scope.spawn(move || (0..15).for_each(|number| tested.submit(base * 100 + number)));
        }
    });
    let mut worked = tested.worked(60);
    worked.sort_unstable();
    assert_eq!(worked, (0..4).flat_map(|base| base * 100..base * 100 + 15).collect::<Vec<u32>>());
    assert_eq!(*seen.lock(), (0..60).collect::<Vec<u64>>());
}

#[test]
fn a_marker_is_called_in_its_place() {
    static NUMBERS: Mutex<Vec<u64>> = Mutex::new(Vec::new());
    extern "C-unwind" fn marked(_: *const amd_aql_intercept_marker_t, _: *mut hsa_queue_t, number: u64) {
        NUMBERS.lock().push(number);
    }
    let mut marker = AqlPacket([0; 16]);
    marker.0[0] = HSA_PACKET_TYPE_VENDOR_SPECIFIC.0 | AMD_AQL_FORMAT_INTERCEPT_MARKER << 16;
    let function = (marked as *const ()).addr() as u64;
    (marker.0[2], marker.0[3]) = (function as u32, (function >> 32) as u32);
    let handler = BoundInterceptHandler::of_test(move |packets, _, write| {
        write(&[marker, packets[0], marker]);
    });
    let tested = tested([handler]);
    tested.submit(5);
    tested.submit(6);
    assert_eq!((tested.worked(2), &*NUMBERS.lock()), (vec![5, 6], &vec![0, 1, 1, 2]));
}

#[test]
fn an_error_fails_whatever_waits_in_front_of_the_queue_and_what_comes_later() {
    let (queues, _) = queues(u64::MAX, &[]);
    let (listener, heard) = listener();
    let address = queues.create_intercept(queues.gpu(), Some(request(Some(listener))), None).unwrap();
    let handler = BoundInterceptHandler::of_test(|packets, _, write| {
        packets.iter().for_each(|packet| write(&[numbered(0), *packet, numbered(0)]));
    });
    queues.register(address, handler).unwrap();
    let tested = Tested::new(queues, address);
    let signals = tested.queues.events.signals;
    let done: Vec<Signal> = (0..64).map(|_| signals.create(1, Kind::Silent).unwrap()).collect();
    done[..63].iter().for_each(|signal| tested.submit_with(0, signal.handle().handle));
    // The hardware has 64 packets, of which one is a barrier; the rest waits.
    tested.behind.parts.reported.0.change(|value| value.store(1 << 3, SeqCst));
    assert_eq!(heard.recv(), Ok((HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION, address)));
    let fail = |signals: &[Signal]| {
        while signals.iter().any(|signal| signal.load() != -0x2a) {
            thread::yield_now();
        }
    };
    fail(&done[..63]);
    // By this thread, or by the one that fails the others and is still at it.
    tested.submit_with(0, done[63].handle().handle);
    fail(&done[63..]);
}

#[test]
fn a_gpu_rings_by_its_store_and_a_handler_that_throws_loses_its_turn_only() {
    let calls = AtomicU32::new(0);
    let handler = BoundInterceptHandler::of_test(move |packets, _, write| {
        write(packets);
        assert!(calls.fetch_add(1, SeqCst) > 0, "the first time");
    });
    let tested = tested([handler]);
    assert!(catch_unwind(AssertUnwindSafe(|| tested.submit(1))).is_err());
    // The packet is still there, since its handler did not return.
    tested.bell().change(|value| value.store(0, SeqCst));
    assert_eq!(tested.worked(2), [1, 1]);
}

#[test]
fn a_handler_may_destroy_its_queue_and_write_nothing_afterwards() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let address = queues.create_intercept(queues.gpu(), Some(request(None)), None).unwrap();
    let own = Arc::clone(&queues);
    let handler = BoundInterceptHandler::of_test(move |packets, _, write| {
        own.destroy(address).unwrap();
        write(packets);
    });
    queues.register(address, handler).unwrap();
    let tested = Tested::new(queues, address);
    tested.submit(1);
    assert!(driver.queues.lock()[0].is_none() && tested.queues.hardware(address).is_err());
}
