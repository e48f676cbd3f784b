//! The memory of one signal: `amd_signal_t` (amd_hsa_signal.h), in which GPUs and other processes write.
//!
//! Every field is an atomic: nobody here ever holds a plain reference to what a GPU may change.
#![forbid(unsafe_code)]

use std::{
    mem::offset_of,
    sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
};

use crate::abi::{AMD_SIGNAL_KIND_DOORBELL, AMD_SIGNAL_KIND_INVALID, AMD_SIGNAL_KIND_USER, amd_signal_t};

/// `amd_signal_t`, and room of the same size behind it: before gfx9, SDMA engines write timestamps only to addresses that
/// 32 divides, and two such addresses are not in `amd_signal_t`.
#[derive(Default)]
#[repr(C, align(128))]
pub struct Block {
    kind: AtomicI64,
    pub value: AtomicI64,
    event_mailbox_ptr: AtomicU64,
    event_id: AtomicU32,
    reserved1: AtomicU32,
    start_ts: AtomicU64,
    end_ts: AtomicU64,
    queue_ptr: AtomicU64,
    reserved3: [AtomicU32; 2],
    behind: [AtomicU64; 8],
}

const _: () = {
    assert!(offset_of!(Block, kind) == offset_of!(amd_signal_t, kind));
    assert!(offset_of!(Block, value) == offset_of!(amd_signal_t, anonymous0));
    assert!(offset_of!(Block, event_mailbox_ptr) == offset_of!(amd_signal_t, event_mailbox_ptr));
    assert!(offset_of!(Block, event_id) == offset_of!(amd_signal_t, event_id));
    assert!(offset_of!(Block, start_ts) == offset_of!(amd_signal_t, start_ts));
    assert!(offset_of!(Block, end_ts) == offset_of!(amd_signal_t, end_ts));
    assert!(offset_of!(Block, queue_ptr) == offset_of!(amd_signal_t, anonymous1));
    assert!(offset_of!(Block, behind) == size_of::<amd_signal_t>());
    assert!(size_of::<Block>() == 128);
};

impl Block {
    /// Makes it a signal that a packet processor may complete. After the value it writes `event` to the mailbox, an
    /// address of the event page, and interrupts; not with a mailbox of 0.
    pub fn begin(&self, value: i64, mailbox: u64, event: u32) {
        self.value.store(value, Ordering::Relaxed);
        self.event_mailbox_ptr.store(mailbox, Ordering::Relaxed);
        self.event_id.store(event, Ordering::Relaxed);
        self.start_ts.store(0, Ordering::Relaxed);
        self.end_ts.store(0, Ordering::Relaxed);
        self.queue_ptr.store(0, Ordering::Relaxed);
        self.kind.store(AMD_SIGNAL_KIND_USER.0.into(), Ordering::Relaxed);
    }

    /// Makes it the doorbell at this address, of the queue whose descriptor is at `queue`.
    pub fn begin_doorbell(&self, doorbell: u64, queue: u64) {
        self.value.store(doorbell as i64, Ordering::Relaxed);
        self.queue_ptr.store(queue, Ordering::Relaxed);
        self.kind.store(AMD_SIGNAL_KIND_DOORBELL.0.into(), Ordering::Relaxed);
    }

    /// Makes it no signal.
    pub fn end(&self) {
        self.kind.store(AMD_SIGNAL_KIND_INVALID.0.into(), Ordering::Relaxed);
    }

    /// The event that a completion sets; 0 for none.
    pub fn event_id(&self) -> u32 {
        self.event_id.load(Ordering::Relaxed)
    }

    /// Its handle.
    pub fn handle(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}
