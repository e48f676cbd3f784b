//! Signal shared with the packet processor: amd_hsa_signal.h.

use crate::abi::*;

/// `amd_signal_kind_t` as it stands in memory.
pub type amd_signal_kind64_t = i64;

c_enum! {
    /// Kind of a signal.
    amd_signal_kind_t: i32 {
        AMD_SIGNAL_KIND_INVALID = 0,
        AMD_SIGNAL_KIND_USER = 1,
        AMD_SIGNAL_KIND_DOORBELL = -1,
        AMD_SIGNAL_KIND_LEGACY_DOORBELL = -2,
    }
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union amd_signal_t_anonymous0 {
    pub value: i64,
    pub hardware_doorbell_ptr: *mut u64,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union amd_signal_t_anonymous1 {
    pub queue_ptr: *mut amd_queue_v2_t,
    pub reserved2: u64,
}

/// Signal that CPU and packet processor share; 64 bytes. Timestamps are in GPU clock ticks.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub struct amd_signal_t {
    pub kind: amd_signal_kind64_t,
    pub anonymous0: amd_signal_t_anonymous0,
    pub event_mailbox_ptr: u64,
    pub event_id: u32,
    pub reserved1: u32,
    pub start_ts: u64,
    pub end_ts: u64,
    pub anonymous1: amd_signal_t_anonymous1,
    pub reserved3: [u32; 2],
}
