//! User queues: what may be created, which doorbell and which SDMA engine each gets. Accepted queues are kept and
//! can be seen; nothing runs them here. Mirrors amdkfd/kfd_queue.c, kfd_process_queue_manager.c, kfd_doorbell.c and
//! the accounting of kfd_device_queue_manager.c. Touches nothing but memory.
#![forbid(unsafe_code)]

mod buffers;
mod create;
mod doorbells;
mod engines;
pub(crate) mod ioctls;
mod properties;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

pub(crate) use create::{create, destroy, restore};
pub(crate) use doorbells::{Doorbells, doorbells};
pub(crate) use engines::DeviceQueues;

use crate::contract::{Errno, lowest_free};
use crate::memory::ObjectId;
use crate::topology::MAX_QUEUES_PER_PROCESS;
use crate::uapi::kfd_flags::{EC_QUEUE_NEW, kfd_ec_mask};

/// `enum kfd_queue_type`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Compute,
    Sdma,
    SdmaXgmi,
    SdmaByEngine,
}

/// `struct queue_properties`, what user mode gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Properties {
    pub kind: Kind,
    /// The ring holds AQL packets (KFD_QUEUE_FORMAT_AQL).
    pub aql: bool,
    pub ring: u64,
    pub ring_size: u64,
    pub metadata_ring_size: u64,
    pub read_pointer: u64,
    pub write_pointer: u64,
    pub percentage: u32,
    pub priority: u32,
    pub eop_buffer: u64,
    pub eop_buffer_size: u64,
    pub save_area: u64,
    pub save_area_size: u32,
    pub control_stack_size: u32,
    pub sdma_engine: u32,
}

/// The objects that a queue keeps mapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Buffers {
    pub write_pointer: Option<ObjectId>,
    pub read_pointer: Option<ObjectId>,
    pub ring: Option<ObjectId>,
    pub eop: Option<ObjectId>,
    pub save_area: Option<ObjectId>,
    /// The save area is an SVM range: its first and last page.
    pub save_range: Option<(u64, u64)>,
}

/// The numbers that a queue of a checkpoint had, and gets again.
pub(crate) struct Numbers {
    /// Its id in the process.
    pub id: u32,
    /// Its doorbell in the process.
    pub doorbell: u32,
    /// Its number among the SDMA queues of its kind.
    pub sdma: u32,
}

/// `struct queue`
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    /// Index in the process's devices.
    pub device: usize,
    pub properties: Properties,
    pub buffers: Buffers,
    /// Doorbell number within the process.
    pub doorbell: u32,
    /// Number among the SDMA queues of its kind.
    pub sdma: Option<u32>,
    /// It was given global wave sync.
    pub gws: bool,
    /// CU mask, empty when never set.
    pub cu_mask: Vec<u32>,
    /// What a debugger is to be told of it (`exception_status`).
    pub exceptions: u64,
    /// A debugger took it off the hardware.
    pub suspended: bool,
    /// It is being destroyed, and waits for the debugger to resume it.
    pub destroying: bool,
    /// Its CUs are masked for the debugger (`is_dbg_wa`).
    pub masked_for_debugger: bool,
    /// How often it was put back on the hardware.
    pub remaps: u64,
    /// Counts the queues of the process from its first one on.
    age: u64,
}

impl Queue {
    /// `QUEUE_IS_ACTIVE`, but for the eviction of its process from the device.
    pub fn is_active(&self) -> bool {
        self.properties.ring != 0 && self.properties.percentage > 0 && !self.suspended
    }

    /// Which queue of the process it is, counted from its first one on.
    pub fn age(&self) -> u64 {
        self.age
    }

    /// No debugger has looked at it yet.
    pub fn is_new(&self) -> bool {
        self.exceptions & kfd_ec_mask(EC_QUEUE_NEW) != 0
    }
}

/// `struct process_queue_manager`: queue ids are slots, the lowest free one first.
#[derive(Default)]
pub(crate) struct Queues {
    queues: BTreeMap<u32, Queue>,
    made: u64,
}

impl Queues {
    /// `find_available_queue_slot`: `ENOMEM` when there is none. One that is asked for by number
    /// (`assign_queue_slot_by_qid`) must be a slot (`EINVAL`), and free (`ENOSPC`).
    pub fn slot(&self, wanted: Option<u32>) -> Result<u32, Errno> {
        let slot = wanted.unwrap_or_else(|| lowest_free(self.queues.keys(), 0));
        match wanted {
            _ if slot < MAX_QUEUES_PER_PROCESS && !self.queues.contains_key(&slot) => Ok(slot),
            None => Err(Errno::ENOMEM),
            Some(_) if slot < MAX_QUEUES_PER_PROCESS => Err(Errno::ENOSPC),
            Some(_) => Err(Errno::EINVAL),
        }
    }

    /// `get_queue_by_qid`
    pub fn get(&mut self, id: u32) -> Option<&mut Queue> {
        self.queues.get_mut(&id)
    }

    /// Adds a queue in a free slot.
    pub fn put(&mut self, id: u32, queue: Queue) {
        self.made += 1;
        self.queues.insert(id, Queue { age: self.made, ..queue });
    }

    /// All queues, to change them.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Queue> {
        self.queues.values_mut()
    }

    /// All queues with their ids, in the order of the kernel's list.
    pub fn newest_first(&mut self) -> impl Iterator<Item = (u32, &mut Queue)> {
        let mut queues: Vec<_> = self.queues.iter_mut().map(|(id, queue)| (*id, queue)).collect();
        queues.sort_by_key(|(_, queue)| std::cmp::Reverse(queue.age));
        queues.into_iter()
    }

    /// Takes a queue out.
    pub fn take(&mut self, id: u32) -> Option<Queue> {
        self.queues.remove(&id)
    }

    /// How many queues the process has.
    pub fn len(&self) -> usize {
        self.queues.len()
    }

    /// Whether the process has no queue at all.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// How many queues there are on a device (`qpd.queue_count`).
    pub fn count_on(&self, device: usize) -> usize {
        self.queues.values().filter(|queue| queue.device == device).count()
    }

    /// Whether a queue of a device was given global wave sync (`qpd.num_gws`).
    pub fn gws_on(&self, device: usize) -> bool {
        self.queues.values().any(|queue| queue.device == device && queue.gws)
    }
}
