//! What tool libraries hear of: the calls of the callbacks that they put into the `ToolsApiTable`.
//!
//! Touches the table alone. Answers to hsa_amd_tool.h and to upstream's `hsa_amd_tool_int.hpp`. Callbacks are functions
//! of the user's: whoever calls these here holds no lock, and is behind no guard.

use core::ptr;

use super::table::TOOLS;
use crate::{abi::*, boundary::load_slot};

/// Scratch memory that a queue has got.
#[derive(Clone, Copy)]
pub struct Lent {
    /// How long it has it.
    pub flags: hsa_amd_event_scratch_alloc_flag_t,
    /// How much that is.
    pub bytes: u64,
    /// How many waves its dispatch has at most at once.
    pub waves: u64,
}

impl Lent {
    /// There was none.
    pub const NOTHING: Self = Self { flags: HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_USE_ONCE, bytes: 0, waves: 0 };
}

/// Scratch memory of the queue at an address is about to be allocated for the dispatch of a number, which says nothing
/// of how yet.
pub fn scratch_alloc_start(queue: u64, dispatch_id: u64) {
    let event = hsa_amd_event_scratch_alloc_start_t {
        kind: HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_START,
        queue: pointer(queue),
        flags: HSA_AMD_EVENT_SCRATCH_ALLOC_FLAG_NONE,
        dispatch_id,
    };
    // SAFETY: a slot of the table of callbacks, which is static.
    let callback = unsafe { load_slot(&raw const (*TOOLS.get()).hsa_amd_tool_scratch_event_alloc_start) };
    tell(callback, hsa_amd_tool_event_t { scratch_alloc_start: &event });
}

/// That has come to an end.
pub fn scratch_alloc_end(queue: u64, dispatch_id: u64, lent: Lent) {
    let event = hsa_amd_event_scratch_alloc_end_t {
        kind: HSA_AMD_TOOL_EVENT_SCRATCH_ALLOC_END,
        queue: pointer(queue),
        flags: lent.flags,
        dispatch_id,
        size: lent.bytes as usize,
        num_slots: lent.waves as usize,
    };
    // SAFETY: as above.
    let callback = unsafe { load_slot(&raw const (*TOOLS.get()).hsa_amd_tool_scratch_event_alloc_end) };
    tell(callback, hsa_amd_tool_event_t { scratch_alloc_end: &event });
}

/// What the queue at an address has is about to be taken from it.
pub fn scratch_free_start(queue: u64, flags: hsa_amd_event_scratch_alloc_flag_t) {
    let event = hsa_amd_event_scratch_free_start_t {
        kind: HSA_AMD_TOOL_EVENT_SCRATCH_FREE_START,
        queue: pointer(queue),
        flags,
    };
    // SAFETY: as above.
    let callback = unsafe { load_slot(&raw const (*TOOLS.get()).hsa_amd_tool_scratch_event_free_start) };
    tell(callback, hsa_amd_tool_event_t { scratch_free_start: &event });
}

/// It has been taken.
pub fn scratch_free_end(queue: u64, flags: hsa_amd_event_scratch_alloc_flag_t) {
    let event = hsa_amd_event_scratch_free_end_t {
        kind: HSA_AMD_TOOL_EVENT_SCRATCH_FREE_END,
        queue: pointer(queue),
        flags,
    };
    // SAFETY: as above.
    let callback = unsafe { load_slot(&raw const (*TOOLS.get()).hsa_amd_tool_scratch_event_free_end) };
    tell(callback, hsa_amd_tool_event_t { scratch_free_end: &event });
}

fn pointer(queue: u64) -> *const hsa_queue_t {
    ptr::with_exposed_provenance(queue as usize)
}

/// Calls a callback, if one is set. What it answers has no use.
fn tell(callback: hsa_amd_tool_event, event: hsa_amd_tool_event_t) {
    if let Some(callback) = callback {
        // SAFETY: hsa_amd_tool.h gives callbacks this signature; the event that it points to lives until it returns.
        unsafe { callback(event) };
    }
}
