//! A driver for tests: answers what it is told to answer, and has memory and events.
#![forbid(unsafe_code)]

mod debugging;
mod memory;
pub mod npu;
mod profiling;
mod svm;
mod virtual_memory;

use std::{
    collections::HashMap,
    mem,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use hsakmt_thunk::topology::model::Node;
use parking_lot::{Condvar, Mutex};

use super::{
    ClockCounters, Driver, Event, Queues, Wait,
    fault::{Fault, FaultWatch},
    queue::{Doorbell, HardwareQueue, Priority, Wanted},
    virtual_memory::{Access, Part, Viewer},
};
use crate::boundary::Error;

/// A driver without a kernel.
#[derive(Debug)]
pub struct FakeDriver {
    /// Version of its interface.
    pub version: (u32, u32),
    /// Bytes it says are available.
    pub available: Result<u64, Error>,
    /// How many events there can be.
    pub events: usize,
    /// Ages of events, as amdkfd counts them; the id is the position.
    pub ages: Mutex<Vec<u64>>,
    /// Ages with which a thread took an event, so that waits without ages find it reset.
    pub taken: Mutex<Vec<u64>>,
    /// One was set.
    pub set: Condvar,
    /// Faults that will be told next.
    pub faults: Mutex<Vec<Fault>>,
    /// Calls that a real driver would make to the kernel.
    pub calls: AtomicU64,
    /// Address of the next allocation.
    pub next: AtomicU64,
    /// Bytes that can still be allocated.
    pub room: AtomicU64,
    /// How many allocations it refuses next.
    pub refusals: AtomicU64,
    /// What is allocated, by address.
    pub blocks: Mutex<HashMap<u64, memory::Block>>,
    /// GPUs find locked memory so many bytes behind its own address; with 0, they use the process's addresses.
    pub alias: u64,
    /// How often memory was locked and unlocked, by the address at which GPUs find it.
    pub locks: Mutex<HashMap<u64, (u32, u32)>>,
    /// Attributes of shared virtual memory that were set last: kind and value.
    pub svm: Mutex<Vec<(u32, u32)>>,
    /// What is shown, to whom.
    pub shown: Mutex<Vec<(Part, Viewer, Access)>>,
    /// GPUs whose waves run the code at an address when they trap.
    pub traps: Mutex<Vec<(u32, u64)>>,
    /// Where waves of GPUs find data of that code, the newest last.
    pub trap_data: Mutex<Vec<u64>>,
    /// Whether it samples.
    pub samples: bool,
    /// What it was told of sampling sessions, by their numbers.
    pub sampled: Mutex<Vec<(&'static str, u32)>>,
    /// Whether GPUs can save their waves.
    pub saves_waves: bool,
    /// The queues there were, by id; `None` for destroyed ones.
    pub queues: Mutex<Vec<Option<FakeQueue>>>,
}

/// A queue of a driver without a kernel.
#[derive(Clone, Debug)]
pub struct FakeQueue {
    /// As it was asked for.
    pub wanted: Wanted,
    /// Its share of the GPU.
    pub percentage: u32,
    /// The compute units that it may use; none set means all.
    pub mask: Vec<u32>,
    /// It has the global wave sync.
    pub wave_sync: bool,
    /// How often it was given a ring, a priority and a share.
    pub updates: usize,
    /// Its doorbell and two indexes.
    words: &'static [AtomicU64; 3],
}

impl Default for FakeDriver {
    fn default() -> Self {
        Self {
            version: (1, 18),
            available: Ok(0),
            events: 4095,
            ages: Mutex::default(),
            taken: Mutex::default(),
            set: Condvar::new(),
            faults: Mutex::default(),
            calls: AtomicU64::new(0),
            next: AtomicU64::new(0x7000_0000_0000),
            room: AtomicU64::new(u64::MAX),
            refusals: AtomicU64::new(0),
            blocks: Mutex::default(),
            alias: 0,
            locks: Mutex::default(),
            svm: Mutex::default(),
            shown: Mutex::default(),
            traps: Mutex::default(),
            trap_data: Mutex::default(),
            samples: true,
            sampled: Mutex::default(),
            saves_waves: true,
            queues: Mutex::default(),
        }
    }
}

impl FakeDriver {
    fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }
}

/// An age that is told in, and read from, a wait for event `id`; waits do not show their event otherwise.
fn event_of(wait: &Wait, ages: &[u64]) -> Option<usize> {
    (0..ages.len()).find(|&id| Wait::new(id as u32, wait.age()) == *wait)
}

impl Driver for FakeDriver {
    fn version(&self) -> (u32, u32) {
        self.version
    }

    fn clock_counters(&self, node: &Node) -> Result<ClockCounters, Error> {
        Ok(ClockCounters { gpu: u64::from(node.gpu_id.0), ..Default::default() })
    }

    fn available_memory(&self, _: &Node) -> Result<u64, Error> {
        self.available
    }

    fn page_size(&self) -> u64 {
        4096
    }

    fn group_base(&self, _: &Node) -> u64 {
        0x1_0000_0000
    }

    fn flush_registers(&self, node: &Node) -> Option<u64> {
        Some(u64::from(node.gpu_id.0) << 16)
    }

    fn allocate_shared(&self, bytes: u64) -> Result<u64, Error> {
        self.call();
        // Aligned to a page by hand, and never freed.
        let words = vec![0_u64; bytes as usize / 8 + 512].leak();
        Ok((words.as_mut_ptr().expose_provenance() as u64).next_multiple_of(4096))
    }

    fn create_event(&self) -> Option<Event> {
        self.call();
        let mut ages = self.ages.lock();
        let id = ages.len();
        ages.push(1);
        (id < self.events).then(|| Event { id: id as u32, trigger: id as u32, slot: 0x1000 + 8 * id as u64 })
    }

    fn set_event(&self, event: &Event) {
        self.call();
        self.ages.lock()[event.id as usize] += 1;
        self.set.notify_all();
    }

    fn wait_events(&self, waits: &mut [Wait], milliseconds: u32) -> Result<(), Error> {
        self.call();
        let end = Instant::now() + Duration::from_millis(milliseconds.into());
        let mut ages = self.ages.lock();
        loop {
            let ids: Vec<usize> = waits.iter().filter_map(|wait| event_of(wait, &ages)).collect();
            let mut rung = false;
            let mut taken = self.taken.lock();
            taken.resize(ages.len(), 1);
            for (wait, &id) in waits.iter_mut().zip(&ids) {
                let told = wait.age();
                rung |= if told == 0 { ages[id] != taken[id] } else { ages[id] != told };
                taken[id] = ages[id];
                *wait = Wait::new(id as u32, if told == 0 { 0 } else { ages[id] });
            }
            drop(taken);
            if rung || self.set.wait_until(&mut ages, end).timed_out() {
                return Ok(());
            }
        }
    }

    fn watch_faults(&self) -> Option<FaultWatch> {
        let event = Event { id: 0, trigger: 0, slot: 0 };
        Some(FaultWatch { memory: event, hardware: event, call: self.create_event()? })
    }

    fn next_faults(&self, watch: &FaultWatch, at_most: Duration) -> Option<Vec<Fault>> {
        let mut ages = self.ages.lock();
        loop {
            if let Some(fault) = self.faults.lock().pop() {
                return Some(vec![fault]);
            }
            let called = mem::replace(&mut ages[watch.call.id as usize], 1) > 1;
            if called || self.set.wait_for(&mut ages, at_most).timed_out() {
                return Some(Vec::new());
            }
        }
    }

    fn unwatch_faults(&self, _: &FaultWatch) {
        self.call();
    }

    fn close(&self) {}
}

impl FakeDriver {
    /// What was written to a queue's doorbell last.
    pub fn rung(&self, queue: &HardwareQueue) -> u64 {
        let queues = self.queues.lock();
        queues[queue.id as usize].as_ref().expect("it is there").words[0].load(Ordering::Relaxed)
    }

    /// Says how far the GPU has read a queue, as its index counts.
    pub fn set_read(&self, queue: usize, index: u64) {
        let queues = self.queues.lock();
        queues[queue].as_ref().expect("it is there").words[1].store(index, Ordering::Release);
    }

    fn change_queue(&self, id: u64, change: impl FnOnce(&mut FakeQueue)) -> Result<(), Error> {
        self.call();
        self.queues.lock().get_mut(id as usize).and_then(Option::as_mut).map(change).ok_or(Error::Generic)
    }
}

impl Queues for FakeDriver {
    fn segment_bases(&self, _: &Node) -> (u64, u64) {
        (0x1_0000_0000, 0x2_0000_0000)
    }

    fn reports_errors(&self) -> bool {
        self.version >= (1, 13)
    }

    fn create_queue(&self, wanted: &Wanted) -> Result<HardwareQueue, Error> {
        self.call();
        let words: &'static [AtomicU64; 3] = Box::leak(Box::default());
        let address = words.as_ptr().expose_provenance() as u64;
        let mut queues = self.queues.lock();
        let id = queues.len() as u64;
        queues.push(Some(FakeQueue {
            wanted: *wanted,
            percentage: 100,
            mask: Vec::new(),
            wave_sync: false,
            updates: 0,
            words,
        }));
        let doorbell = Doorbell::new(address);
        Ok(HardwareQueue { id, doorbell, read_index: address + 8, write_index: address + 16 })
    }

    fn destroy_queue(&self, id: u64) -> Result<(), Error> {
        self.call();
        self.queues.lock().get_mut(id as usize).and_then(Option::take).map(drop).ok_or(Error::Generic)
    }

    fn update_queue(
        &self,
        id: u64,
        percentage: u32,
        priority: Priority,
        ring: u64,
        ring_bytes: u64,
    ) -> Result<(), Error> {
        self.change_queue(id, |queue| {
            queue.percentage = percentage;
            queue.updates += 1;
            queue.wanted = Wanted { priority, ring, ring_bytes, ..queue.wanted };
        })
    }

    fn saves_waves(&self, _: &Node) -> bool {
        self.saves_waves
    }

    fn mask_queue(&self, id: u64, mask: &[u32]) -> Result<(), Error> {
        self.change_queue(id, |queue| queue.mask = mask.to_vec())
    }

    fn set_trap_handler(&self, node: &Node, code: u64, data: u64) -> Result<(), Error> {
        self.call();
        self.trap_data.lock().push(data);
        self.traps.lock().push((node.gpu_id.0, code));
        Ok(())
    }

    fn share_wave_sync(&self, id: u64, wanted: bool) -> Result<(), Error> {
        self.change_queue(id, |queue| queue.wave_sync = wanted)
    }
}
