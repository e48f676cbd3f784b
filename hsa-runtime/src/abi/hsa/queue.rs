//! Queues of hsa.h.

use core::ffi::c_void;

use crate::abi::*;

/// Handle of a memory region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_region_t {
    pub handle: u64,
}

c_enum! {
    /// Who may submit: several threads, one thread, or a cooperative dispatch.
    hsa_queue_type_t: u32 {
        HSA_QUEUE_TYPE_MULTI = 0,
        HSA_QUEUE_TYPE_SINGLE = 1,
        HSA_QUEUE_TYPE_COOPERATIVE = 2,
    }
}

/// `hsa_queue_type_t` with a fixed width.
pub type hsa_queue_type32_t = u32;

c_enum! {
    /// Bits: packets that a queue takes.
    hsa_queue_feature_t: u32 {
        HSA_QUEUE_FEATURE_KERNEL_DISPATCH = 1 << 0,
        HSA_QUEUE_FEATURE_AGENT_DISPATCH = 1 << 1,
    }
}

/// What a user sees of a queue: the head of `amd_queue_v2_t`. `size` is in packets of 64 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_queue_t {
    pub r#type: hsa_queue_type32_t,
    pub features: u32,
    pub base_address: *mut c_void,
    pub doorbell_signal: hsa_signal_t,
    pub size: u32,
    pub reserved1: u32,
    pub id: u64,
}
