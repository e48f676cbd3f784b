//! The memory of one signal: `amd_signal_t` (amd_hsa_signal.h), in which GPUs and other processes write.
//!
//! Every field is an atomic: nobody here ever holds a plain reference to what a GPU may change.
#![forbid(unsafe_code)]

use std::{
    mem::offset_of,
    sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering},
};

use crate::abi::{AMD_SIGNAL_KIND_DOORBELL, AMD_SIGNAL_KIND_INVALID, AMD_SIGNAL_KIND_USER, amd_signal_t};

/// `amd_signal_t`, and room of the same size behind it for the timestamps of copies: before gfx9, SDMA engines write them
/// only to addresses that 32 divides, and two such addresses are not in `amd_signal_t`.
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
    copy_start_ts: AtomicU64,
    behind1: [AtomicU64; 3],
    copy_end_ts: AtomicU64,
    behind2: [AtomicU64; 3],
}

const _: () = {
    assert!(offset_of!(Block, kind) == offset_of!(amd_signal_t, kind));
    assert!(offset_of!(Block, value) == offset_of!(amd_signal_t, anonymous0));
    assert!(offset_of!(Block, event_mailbox_ptr) == offset_of!(amd_signal_t, event_mailbox_ptr));
    assert!(offset_of!(Block, event_id) == offset_of!(amd_signal_t, event_id));
    assert!(offset_of!(Block, start_ts) == offset_of!(amd_signal_t, start_ts));
    assert!(offset_of!(Block, end_ts) == offset_of!(amd_signal_t, end_ts));
    assert!(offset_of!(Block, queue_ptr) == offset_of!(amd_signal_t, anonymous1));
    assert!(offset_of!(Block, copy_start_ts) == size_of::<amd_signal_t>());
    assert!(offset_of!(Block, copy_end_ts) == size_of::<amd_signal_t>() + 32);
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

    /// Whether it is a signal that programs may change: what another process has shared need not be.
    pub fn is_for_programs(&self) -> bool {
        self.kind.load(Ordering::Relaxed) == AMD_SIGNAL_KIND_USER.0.into()
    }

    /// Makes it no signal.
    pub fn end(&self) {
        self.kind.store(AMD_SIGNAL_KIND_INVALID.0.into(), Ordering::Relaxed);
    }

    /// The event that a completion sets; 0 for none.
    pub fn event_id(&self) -> u32 {
        self.event_id.load(Ordering::Relaxed)
    }

    /// Forgets the times of earlier copies.
    pub fn begin_copy(&self) {
        self.copy_start_ts.store(0, Ordering::Relaxed);
        self.copy_end_ts.store(0, Ordering::Relaxed);
    }

    /// Where an SDMA engine writes when it began and ended.
    pub fn copy_time_addresses(&self) -> (u64, u64) {
        let address = |time: &AtomicU64| time.as_ptr().addr() as u64;
        (address(&self.copy_start_ts), address(&self.copy_end_ts))
    }

    /// When a copy began and ended, in ticks of who did it: an SDMA engine, or else a kernel.
    pub fn copy_times(&self) -> (u64, u64) {
        match self.copy_end_ts.load(Ordering::Acquire) {
            0 => self.kernel_times(),
            end => (self.copy_start_ts.load(Ordering::Relaxed), end),
        }
    }

    /// When a kernel began and ended, in ticks of the GPU.
    pub fn kernel_times(&self) -> (u64, u64) {
        (self.start_ts.load(Ordering::Relaxed), self.end_ts.load(Ordering::Relaxed))
    }

    /// Tells when a copy by the host began and ended, in ticks of the system.
    pub fn set_times(&self, start: u64, end: u64) {
        self.start_ts.store(start, Ordering::Relaxed);
        self.end_ts.store(end, Ordering::Relaxed);
    }

    /// Its handle.
    pub fn handle(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}
