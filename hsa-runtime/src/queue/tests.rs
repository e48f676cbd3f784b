//! Queues of a driver without a kernel: the test is the packet processor.
#![forbid(unsafe_code)]

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use hsakmt_thunk::topology::model::Snapshot;

use super::*;
use crate::{
    agent::{discovery, fixture},
    boundary::BoundQueueHandler,
    config::Config,
    driver::{
        Driver,
        fake::FakeDriver,
        queue::{Priority, Reader},
    },
    events::{
        patience::Hint,
        wait::{self, Condition, Limits, Want},
    },
    handle::Epoch,
    signal::{Kind, Signals, find},
};

mod counted;
mod intercept;
mod spreading;

/// The queues of a machine with one GPU, whose driver has so many bytes.
fn queues(bytes: u64, config: &[(&str, &str)]) -> (Arc<Queues>, Arc<FakeDriver>) {
    let driver = Arc::new(FakeDriver { room: AtomicU64::new(bytes), ..FakeDriver::default() });
    let (mut gpu, _) = fixture::gpu(1, (11, 0, 0), 1 << 30);
    (gpu.properties.max_slots_scratch_cu, gpu.properties.num_gws) = (2, 64);
    let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30), gpu], ..Default::default() };
    let config =
        Config::new(|name| config.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_string()));
    let shared = Arc::clone(&driver) as Arc<dyn Driver>;
    let machine = Arc::new(discovery::discover(config, shared, &snapshot, false, Epoch::new(1)));
    let signals = Signals::new(Arc::clone(&driver) as Arc<dyn Driver>);
    let events = Arc::new(Events::open(signals, Arc::clone(&machine)));
    (Arc::new(Queues::open(machine, events)), driver)
}

fn request(handler: Option<BoundQueueHandler>) -> Request {
    Request { packets: 64, handler, ..Request::default() }
}

impl Queues {
    fn gpu(&self) -> &Agent {
        self.machine.gpus().next().unwrap()
    }
}

/// A handler that sends what it hears.
fn listener() -> (BoundQueueHandler, mpsc::Receiver<(hsa_status_t, u64)>) {
    let (sender, receiver) = mpsc::channel();
    let handler = BoundQueueHandler::own(move |status, queue| {
        let _ = sender.send((status, queue));
    });
    (handler, receiver)
}

/// Does as the packet processor does with a dispatch of `groups` workgroups of 64 work-items that lacks scratch memory;
/// whether it can go on.
fn lacks_scratch(queue: &Queue, private: u32, groups: u32) -> bool {
    let page = &queue.parts.page;
    let number = page.write_dispatch_id.fetch_add(1, SeqCst);
    let packet = &queue.parts.ring.packets()[number as usize % 64];
    for (word, value) in [(1, 1 << 16 | 64), (2, 1), (3, 64 * groups), (4, 1), (5, 1), (6, private)] {
        packet.0[word].store(value, SeqCst);
    }
    packet.0[0].store(HSA_PACKET_TYPE_KERNEL_DISPATCH.0, SeqCst);
    page.read_dispatch_id.store(number, SeqCst);
    says(queue, errors::inactive::NO_SCRATCH)
}

/// Sets the signal that says that the queue cannot go on, and waits until it can or is stopped.
fn says(queue: &Queue, code: i64) -> bool {
    let signal = queue.parts.inactive.0;
    signal.change(|value| value.store(code, SeqCst));
    loop {
        if signal.load() == 0 {
            return true;
        }
        if queue.is_suspended() {
            return false;
        }
        thread::yield_now();
    }
}

#[test]
fn a_queue_is_described_before_the_driver_has_it() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    let wanted = driver.queues.lock()[0].as_ref().unwrap().wanted;
    let page = &queue.parts.page;
    queues.create(queues.gpu(), &request(None)).unwrap();
    assert_eq!(driver.traps.lock().iter().map(|(gpu, _)| *gpu).collect::<Vec<_>>(), [101], "once");
    let Reader::Compute { read_index, write_index, errors } = wanted.reader else { panic!("{wanted:?}") };
    assert_eq!((read_index, write_index), (queue.address() + 128, queue.address() + 56));
    assert_eq!(errors.0, queue.parts.reported.0.value().as_ptr().addr() as u64);
    assert_eq!((page.base_address.load(SeqCst), wanted.ring_bytes), (wanted.ring, 4096));
    assert_eq!((page.max_cu_id.load(SeqCst), page.group_segment_aperture_base_hi.load(SeqCst)), (59, 1));
    let doorbell = hsa_signal_t { handle: page.doorbell_signal.load(SeqCst) };
    assert!(find(doorbell).unwrap().is_doorbell());
    queues.destroy(queue.address()).unwrap();
    assert_eq!(queues.destroy(queue.address()).err(), Some(Error::InvalidQueue));
    assert!(driver.queues.lock()[0].is_none());
    queues.end();
}

#[test]
fn scratch_memory_is_given_when_a_dispatch_lacks_it_and_kept() {
    let (queues, _) = queues(u64::MAX, &[]);
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    assert!(lacks_scratch(&queue, 16, 1));
    let page = &queue.parts.page;
    let first = page.scratch_backing_memory_location.load(SeqCst);
    // 16 bytes for 64 work-items, of 60 compute units with two waves.
    assert_eq!(page.scratch_backing_memory_byte_size.load(SeqCst), 120 * 1024);
    assert_eq!((page.scratch_wave64_lane_byte_size.load(SeqCst), first % 4096), (16, 0));
    assert!(lacks_scratch(&queue, 64, 1));
    assert_eq!(page.scratch_wave64_lane_byte_size.load(SeqCst), 64);
    assert_ne!(page.scratch_backing_memory_location.load(SeqCst), first);
    queues.end();
}

#[test]
fn scratch_memory_for_one_dispatch_is_taken_back_and_others_wait_for_it() {
    let (queues, _) = queues(400_000, &[("HSA_SCRATCH_SINGLE_LIMIT", "1")]);
    let create = || queues.create(queues.gpu(), &request(None)).unwrap();
    let (one, two) = (create(), create());
    let once = AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE.0 as u32;
    let is_once = |queue: &Queue| queue.parts.page.queue_properties.load(SeqCst) & once != 0;
    assert!(lacks_scratch(&one, 1024, 2) && is_once(&one));
    thread::scope(|scope| {
        let waiting = scope.spawn(|| lacks_scratch(&two, 1024, 2));
        while two.parts.inactive.0.load() == 0 {
            thread::yield_now();
        }
        assert!(says(&one, errors::inactive::SCRATCH_FREE));
        assert!(waiting.join().unwrap() && is_once(&two));
    });
    while is_once(&one) {
        thread::yield_now();
    }
    assert_eq!(one.parts.page.compute_tmpring_size.load(SeqCst), 0);
    queues.end();
}

#[test]
fn an_error_stops_the_queue_and_its_handler_may_destroy_it() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let (handler, heard) = listener();
    let queue = queues.create(queues.gpu(), &request(Some(handler))).unwrap();
    assert!(!lacks_scratch(&queue, u32::MAX, 1));
    assert_eq!(heard.recv(), Ok((HSA_STATUS_ERROR_OUT_OF_RESOURCES, queue.address())));
    assert_eq!(driver.queues.lock()[0].as_ref().unwrap().percentage, 0);
    assert_eq!(queue.set_priority(Priority::High), Err(Error::InvalidQueue));
    // What the driver tells; the handler destroys the queue of which it hears.
    static DONE: OnceLock<bool> = OnceLock::new();
    let own = Arc::clone(&queues);
    let handler = BoundQueueHandler::own(move |_, queue| _ = DONE.set(own.destroy(queue).is_ok()));
    let queue = queues.create(queues.gpu(), &request(Some(handler))).unwrap();
    queue.parts.reported.0.change(|value| value.store(1 << 19, SeqCst));
    assert!(DONE.wait());
    queues.end();
}

/// Puts a packet of a kind in, whose end is to change a signal; the packet processor has not looked at it.
fn waits(queue: &Queue, kind: hsa_packet_type_t, kernel: u64, completion: hsa_signal_t) {
    let page = &queue.parts.page;
    let number = page.write_dispatch_id.fetch_add(1, SeqCst);
    let packet = &queue.parts.ring.packets()[number as usize % 64];
    for (word, value) in [(8, kernel), (14, completion.handle)] {
        packet.0[word].store(value as u32, SeqCst);
        packet.0[word + 1].store((value >> 32) as u32, SeqCst);
    }
    packet.0[0].store(kind.0, SeqCst);
}

#[test]
fn a_stopped_queue_completes_what_it_leaves_undone_with_the_error() {
    let (queues, _) = queues(u64::MAX, &[]);
    let (handler, heard) = listener();
    let queue = queues.create(queues.gpu(), &request(Some(handler))).unwrap();
    let signal = || queues.events.signals.create(2, Kind::Interrupt).unwrap();
    let [done, first, second, unwritten] = [signal(), signal(), signal(), signal()];
    waits(&queue, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, done.handle());
    queue.parts.page.read_dispatch_id.store(1, SeqCst);
    waits(&queue, HSA_PACKET_TYPE_BARRIER_AND, 0, first.handle());
    waits(&queue, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x7000_0000_0080, second.handle());
    waits(&queue, HSA_PACKET_TYPE_VENDOR_SPECIFIC, 0, hsa_signal_t { handle: 0xdead });
    waits(&queue, HSA_PACKET_TYPE_INVALID, 0, unwritten.handle());
    thread::scope(|scope| {
        let want = Want { signal: second, condition: Condition::Less, compare: 1 };
        let limits = Limits { timeout: u64::MAX, hint: Hint::Blocked };
        let waiter = scope.spawn(move || wait::one(want, limits));
        queue.parts.reported.0.change(|value| value.store(1 << 3, SeqCst));
        assert_eq!(waiter.join().unwrap(), -0x2a);
    });
    assert_eq!(heard.recv(), Ok((HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION, queue.address())));
    assert_eq!([done, first, unwritten].map(|signal| signal.load()), [2, -0x2a, 2]);
    // What is still being written is the next one.
    while queue.read_index() < 4 {
        thread::yield_now();
    }
    queue.parts.ring.packets()[4].0[0].store(HSA_PACKET_TYPE_BARRIER_OR.0, SeqCst);
    let late = queues.events.signals.create(1, Kind::Interrupt).unwrap();
    let doorbell = hsa_signal_t { handle: queue.parts.page.doorbell_signal.load(SeqCst) };
    for _ in 0..100 {
        waits(&queue, HSA_PACKET_TYPE_BARRIER_AND, 0, late.handle());
        assert!(find(doorbell).unwrap().ring_doorbell(0));
    }
    assert_eq!((queue.read_index(), late.load(), unwritten.load()), (105, -0x2a, -0x2a));
    queues.end();
}

#[test]
fn a_queue_that_makes_no_progress_is_given_to_the_driver_again() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    let done = queues.events.signals.create(1, Kind::Interrupt).unwrap();
    let updates = |looks: usize| {
        (0..looks).for_each(|_| queues.all.look(&queues.machine));
        driver.queues.lock()[0].as_ref().map_or(0, |queue| queue.updates)
    };
    assert_eq!(updates(10), 0, "it has nothing to do");
    waits(&queue, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, done.handle());
    assert_eq!([1, 1, 1, 2].map(updates), [0, 1, 2, 3]);
    assert_eq!(driver.queues.lock()[0].as_ref().map(|queue| queue.percentage), Some(100));
    queue.suspend(HSA_STATUS_ERROR);
    assert_eq!(updates(100), 4, "it is off the GPU");
    queues.end();
}

#[test]
fn a_fault_stops_all_queues_of_its_gpu_once() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let (handler, heard_by) = listener();
    let one = queues.create(queues.gpu(), &request(Some(handler))).unwrap();
    let two = queues.create(queues.gpu(), &request(None)).unwrap();
    let gone = queues.create(queues.gpu(), &request(None)).unwrap();
    gone.end();
    let [done, other] = [1, 2].map(|value| queues.events.signals.create(value, Kind::Interrupt).unwrap());
    waits(&two, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, done.handle());
    waits(&one, HSA_PACKET_TYPE_BARRIER_AND, 0, other.handle());
    let why = HSA_STATUS_ERROR_MEMORY_FAULT;
    let stop = || {
        let (stopped, heard) = queues.all.stop(1, why);
        let left: Vec<_> = stopped.iter().map(|queue| queue.left()).collect();
        (stopped, left.iter().map(|left| (left.queue, left.kernel, left.signals)).collect::<Vec<_>>(), heard)
    };
    assert_eq!(queues.all.of(0).len(), 0, "another agent's");
    let (stopped, mut left, heard) = stop();
    // By address, which is not in order.
    left.sort_unstable();
    assert_eq!((left, heard), (vec![(0, None, 1), (1, Some(0x40), 1)], false));
    assert_eq!(stopped.iter().filter(|queue| queue.tell_user(why)).count(), 1);
    assert_eq!(heard_by.try_recv(), Ok((why, one.address())));
    // A user who destroys it has other uses for its signals.
    queues.destroy(one.address()).unwrap();
    other.store_silently(3);
    stopped.iter().for_each(|queue| queue.fail());
    assert_eq!([done, other].map(|signal| signal.load()), [-0x2b, 3]);
    let shares: Vec<_> = driver.queues.lock().iter().flatten().map(|queue| queue.percentage).collect();
    assert_eq!(shares, [0]);
    // There is nobody left who has heard.
    let (stopped, _, heard) = stop();
    assert!(stopped.is_empty() && !heard);
    let late = queues.create(queues.gpu(), &request(None)).unwrap();
    waits(&late, HSA_PACKET_TYPE_KERNEL_DISPATCH, 0x40, other.handle());
    late.tell(1);
    assert_eq!((other.load(), late.read_index()), (-0x2b, 1));
    queues.end();
}

#[test]
fn masks_are_for_whole_pairs_and_within_the_gpu() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    let gpu = queues.gpu();
    assert_eq!(queue.mask(gpu, 3), [u32::MAX, (1 << 28) - 1, 0]);
    assert_eq!(queue.set_mask(gpu, &[0b0100]), Err(Error::InvalidArgument));
    queue.set_mask(gpu, &[0b1100, u32::MAX, u32::MAX]).unwrap();
    assert_eq!(driver.queues.lock()[0].as_ref().unwrap().mask, [0b1100, (1 << 28) - 1]);
    assert_eq!(queue.mask(gpu, 1), [0b1100]);
    queue.set_mask(gpu, &[]).unwrap();
    assert_eq!(queue.mask(gpu, 2), [u32::MAX, (1 << 28) - 1]);
    queues.end();
}

#[test]
fn the_users_mask_is_there_from_the_start_and_cannot_be_left() {
    let (queues, driver) = queues(u64::MAX, &[("HSA_CU_MASK", "0:0-35")]);
    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
    let gpu = queues.gpu();
    let told = || driver.queues.lock()[0].as_ref().unwrap().mask.clone();
    assert_eq!(told(), [u32::MAX, 0xf]);
    assert_eq!(queue.set_mask(gpu, &[0xff]), Ok(false));
    assert_eq!(queue.set_mask(gpu, &[0, 0xff]), Ok(true));
    assert_eq!((told(), queue.mask(gpu, 3)), (vec![0, 0xf], vec![0, 0xf, 0]));
    queues.end();
}

#[test]
fn a_users_mask_of_half_a_pair_or_skipped_at_first_is_none() {
    for config in [&[("HSA_CU_MASK", "0:1")][..], &[("HSA_CU_MASK", "0:0-3"), ("HSA_CU_MASK_SKIP_INIT", "1")]]
    {
        let (queues, driver) = queues(u64::MAX, config);
        queues.create(queues.gpu(), &request(None)).unwrap();
        assert!(driver.queues.lock()[0].as_ref().unwrap().mask.is_empty());
        queues.end();
    }
}

#[test]
fn the_cooperative_queue_is_there_until_the_last_has_destroyed_it() {
    let (queues, driver) = queues(u64::MAX, &[]);
    let [one, two] = [(); 2].map(|()| queues.create_cooperative(queues.gpu()).unwrap().0.address());
    assert!(one == two && driver.queues.lock()[0].as_ref().unwrap().wave_sync);
    queues.destroy(one).unwrap();
    assert!(queues.hardware(one).is_ok());
    queues.destroy(one).unwrap();
    assert!(queues.hardware(one).is_err());
    queues.end();
}

#[test]
fn nothing_is_left_of_queues_that_many_threads_make() {
    let (queues, driver) = queues(u64::MAX, &[]);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let queue = queues.create(queues.gpu(), &request(None)).unwrap();
                    assert!(lacks_scratch(&queue, 16, 1));
                    queues.destroy(queue.address()).unwrap();
                }
            });
        }
    });
    queues.create(queues.gpu(), &request(None)).unwrap();
    queues.end();
    assert!(driver.queues.lock().iter().all(Option::is_none));
    drop(queues);
    assert_eq!(driver.room.load(SeqCst), u64::MAX);
}
