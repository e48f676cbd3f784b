//! Queue priorities and the queue creation descriptor of hsa_ext_amd.h.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Scheduling priority of a queue.
    hsa_amd_queue_priority_t: u32 {
        HSA_AMD_QUEUE_PRIORITY_LOW = 0,
        HSA_AMD_QUEUE_PRIORITY_NORMAL = 1,
        HSA_AMD_QUEUE_PRIORITY_HIGH = 2,
    }
}

c_enum! {
    /// Bits: where `hsa_amd_queue_create` puts a queue's memory.
    hsa_amd_queue_create_flag_t: u32 {
        HSA_AMD_QUEUE_CREATE_SYSTEM_MEM = 0,
        HSA_AMD_QUEUE_CREATE_DEVICE_MEM_RING_BUF = 1 << 0,
        HSA_AMD_QUEUE_CREATE_DEVICE_MEM_QUEUE_DESCRIPTOR = 1 << 1,
    }
}

c_enum! {
    /// Engine that a queue feeds.
    hsa_amd_queue_engine_t: u32 {
        HSA_AMD_QUEUE_ENGINE_COMPUTE = 0,
        HSA_AMD_QUEUE_ENGINE_SDMA = 1,
        HSA_AMD_QUEUE_ENGINE_AIE = 2,
    }
}

/// Parameters of a compute queue.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_compute_queue_params_t {
    pub cu_mask: *const u32,
    pub r#type: hsa_queue_type32_t,
    pub private_segment_size: u32,
    pub cu_mask_count: u32,
    pub reserved: [u32; 3],
}

/// Parameters of an SDMA queue.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_sdma_queue_params_t {
    pub sdma_engine_id: u32,
    pub reserved: [u32; 7],
}

/// Parameters of an AIE queue.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_aie_queue_params_t {
    pub reserved: [u32; 8],
}

/// Parameters of the engine that `engine_type` names.
#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_queue_create_desc_t_engine {
    pub compute: hsa_amd_compute_queue_params_t,
    pub sdma: hsa_amd_sdma_queue_params_t,
    pub aie: hsa_amd_aie_queue_params_t,
    pub reserved: [u8; 32],
}

/// One queue of `hsa_amd_queue_create`; `queue` is written by the call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_queue_create_desc_t {
    pub version: u16,
    pub flags: u16,
    pub engine_type: u8,
    pub reserved_header: [u8; 3],
    pub queue_size_bytes: u32,
    pub priority: hsa_amd_queue_priority_t,
    pub callback: Option<
        unsafe extern "C-unwind" fn(status: hsa_status_t, source: *mut hsa_queue_t, data: *mut c_void),
    >,
    pub callback_data: *mut c_void,
    pub queue: *mut hsa_queue_t,
    pub engine: hsa_amd_queue_create_desc_t_engine,
    pub traffic_class: u32,
    pub reserved: [u8; 20],
}

/// `version` of `hsa_amd_queue_create_desc_t`.
pub const HSA_AMD_QUEUE_CREATE_DESC_VERSION: u16 = 1;
/// The runtime chooses the SDMA engine.
pub const HSA_AMD_SDMA_ENGINE_ID_ANY: u32 = u32::MAX;
/// The runtime chooses the size of the private segment.
pub const HSA_AMD_PRIVATE_SEGMENT_SIZE_DEFAULT: u32 = u32::MAX;
