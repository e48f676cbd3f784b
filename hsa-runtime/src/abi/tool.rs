//! Events for tool libraries: hsa_amd_tool.h.

use crate::abi::*;

c_enum! {
    /// Bits: how scratch was allocated.
    hsa_amd_event_scratch_alloc_flag_t: u32 {
        HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_NONE = 0,
        HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_USE_ONCE = 1 << 0,
        HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_ALT = 1 << 1,
    }
}

c_enum! {
    /// Kind of a tool event.
    hsa_amd_tool_event_kind_t: u32 {
        HSA_AMD_TOOL_EVENT_MIN = 0,
        HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_START = 1,
        HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_END = 2,
        HSA_AMD_TOOL_EVENT_SCRATCH_FREE_START = 3,
        HSA_AMD_TOOL_EVENT_SCRATCH_FREE_END = 4,
        HSA_AMD_TOOL_EVENT_SCRATCH_ASYNC_RECLAIM_START = 5,
        HSA_AMD_TOOL_EVENT_SCRATCH_ASYNC_RECLAIM_END = 6,
        HSA_AMD_TOOL_EVENT_MAX = 7,
    }
}

/// The part that all tool events have.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_tool_event_none_t {
    pub kind: hsa_amd_tool_event_kind_t,
}

/// A scratch allocation begins.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_alloc_start_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
    pub dispatch_id: u64,
}

/// A scratch allocation is done; size in bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_alloc_end_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
    pub dispatch_id: u64,
    pub size: usize,
    pub num_slots: usize,
}

/// A scratch release begins.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_free_start_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
}

/// A scratch release is done.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_free_end_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
}

/// An asynchronous reclaim begins.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_async_reclaim_start_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
}

/// An asynchronous reclaim is done.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_event_scratch_async_reclaim_end_t {
    pub kind: hsa_amd_tool_event_kind_t,
    pub queue: *const hsa_queue_t,
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
}

/// A tool event; each member begins with its kind.
#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_tool_event_t {
    pub none: *const hsa_amd_tool_event_none_t,
    pub scratch_alloc_start: *const hsa_amd_event_scratch_alloc_start_t,
    pub scratch_alloc_end: *const hsa_amd_event_scratch_alloc_end_t,
    pub scratch_free_start: *const hsa_amd_event_scratch_free_start_t,
    pub scratch_free_end: *const hsa_amd_event_scratch_free_end_t,
    pub scratch_async_reclaim_start: *const hsa_amd_event_scratch_async_reclaim_start_t,
    pub scratch_async_reclaim_end: *const hsa_amd_event_scratch_async_reclaim_end_t,
}

/// Called by the runtime on a tool event.
pub type hsa_amd_tool_event = Option<unsafe extern "C-unwind" fn(hsa_amd_tool_event_t) -> hsa_status_t>;
