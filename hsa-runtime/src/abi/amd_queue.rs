//! Queue descriptor shared with the packet processor: amd_hsa_queue.h.

use crate::abi::*;

/// `amd_queue_properties_t` as it stands in memory.
pub type amd_queue_properties32_t = u32;

c_enum! {
    /// Bit fields of `queue_properties`.
    amd_queue_properties_t: i32 {
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER_SHIFT = 0,
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER_WIDTH = 1,
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER = 1,
        AMD_QUEUE_PROPERTIES_IS_PTR64_SHIFT = 1,
        AMD_QUEUE_PROPERTIES_IS_PTR64_WIDTH = 1,
        AMD_QUEUE_PROPERTIES_IS_PTR64 = 2,
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER_DEBUG_SGPRS_SHIFT = 2,
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER_DEBUG_SGPRS_WIDTH = 1,
        AMD_QUEUE_PROPERTIES_ENABLE_TRAP_HANDLER_DEBUG_SGPRS = 4,
        AMD_QUEUE_PROPERTIES_ENABLE_PROFILING_SHIFT = 3,
        AMD_QUEUE_PROPERTIES_ENABLE_PROFILING_WIDTH = 1,
        AMD_QUEUE_PROPERTIES_ENABLE_PROFILING = 8,
        AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE_SHIFT = 4,
        AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE_WIDTH = 1,
        AMD_QUEUE_PROPERTIES_USE_SCRATCH_ONCE = 16,
        AMD_QUEUE_PROPERTIES_RESERVED1_SHIFT = 5,
        AMD_QUEUE_PROPERTIES_RESERVED1_WIDTH = 27,
        AMD_QUEUE_PROPERTIES_RESERVED1 = -32,
    }
}

/// `amd_queue_capabilities_t` as it stands in memory.
pub type amd_queue_capabilities32_t = u32;

c_enum! {
    /// Bit fields of `caps`.
    amd_queue_capabilities_t: u32 {
        AMD_QUEUE_CAPS_CP_ASYNC_RECLAIM_SHIFT = 0,
        AMD_QUEUE_CAPS_CP_ASYNC_RECLAIM_WIDTH = 1,
        AMD_QUEUE_CAPS_CP_ASYNC_RECLAIM = 1,
        AMD_QUEUE_CAPS_SW_ASYNC_RECLAIM_SHIFT = 1,
        AMD_QUEUE_CAPS_SW_ASYNC_RECLAIM_WIDTH = 1,
        AMD_QUEUE_CAPS_SW_ASYNC_RECLAIM = 2,
    }
}

/// Queue descriptor that the packet processor reads and writes; 256 bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct amd_queue_t {
    pub hsa_queue: hsa_queue_t,
    pub caps: u32,
    pub reserved1: [u32; 3],
    pub write_dispatch_id: u64,
    pub group_segment_aperture_base_hi: u32,
    pub private_segment_aperture_base_hi: u32,
    pub max_cu_id: u32,
    pub max_wave_id: u32,
    pub max_legacy_doorbell_dispatch_id_plus_1: u64,
    pub legacy_doorbell_lock: u32,
    pub reserved2: [u32; 9],
    pub read_dispatch_id: u64,
    pub read_dispatch_id_field_base_byte_offset: u32,
    pub compute_tmpring_size: u32,
    pub scratch_resource_descriptor: [u32; 4],
    pub scratch_backing_memory_location: u64,
    pub reserved3: [u32; 2],
    pub scratch_wave64_lane_byte_size: u32,
    pub queue_properties: amd_queue_properties32_t,
    pub reserved4: [u32; 2],
    pub queue_inactive_signal: hsa_signal_t,
    pub reserved5: [u32; 14],
}

/// Last dispatch index that used scratch, by XCC.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct scratch_last_used_index_xcc_t {
    pub main: u64,
    pub alt: u64,
}

/// `amd_queue_t` with asynchronous scratch reclaim; the packet processor takes it as this when a
/// reclaim bit stands in `caps`.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct amd_queue_v2_t {
    pub hsa_queue: hsa_queue_t,
    pub caps: u32,
    pub reserved1: [u32; 3],
    pub write_dispatch_id: u64,
    pub group_segment_aperture_base_hi: u32,
    pub private_segment_aperture_base_hi: u32,
    pub max_cu_id: u32,
    pub max_wave_id: u32,
    pub max_legacy_doorbell_dispatch_id_plus_1: u64,
    pub legacy_doorbell_lock: u32,
    pub reserved2: [u32; 9],
    pub read_dispatch_id: u64,
    pub read_dispatch_id_field_base_byte_offset: u32,
    pub compute_tmpring_size: u32,
    pub scratch_resource_descriptor: [u32; 4],
    pub scratch_backing_memory_location: u64,
    pub scratch_backing_memory_byte_size: u64,
    pub scratch_wave64_lane_byte_size: u32,
    pub queue_properties: amd_queue_properties32_t,
    pub scratch_max_use_index: u64,
    pub queue_inactive_signal: hsa_signal_t,
    pub alt_scratch_max_use_index: u64,
    pub alt_scratch_resource_descriptor: [u32; 4],
    pub alt_scratch_backing_memory_location: u64,
    pub alt_scratch_dispatch_limit_x: u32,
    pub alt_scratch_dispatch_limit_y: u32,
    pub alt_scratch_dispatch_limit_z: u32,
    pub alt_scratch_wave64_lane_byte_size: u32,
    pub alt_compute_tmpring_size: u32,
    pub reserved5: u32,
    pub scratch_last_used_index: [scratch_last_used_index_xcc_t; 128],
}
