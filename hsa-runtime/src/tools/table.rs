//! The table of callbacks of tool libraries. It stands below the rooms that call them, unlike the other tables. Answers to
//! hsa_api_trace.h.
#![forbid(unsafe_code)]

use crate::{abi::*, boundary::Slots};

/// Callbacks that a tool library sets and the runtime calls; none are set at first.
#[derive(Clone, Copy)]
#[repr(C)]
#[allow(missing_docs, reason = "documented in hsa_api_trace.h")]
pub struct ToolsApiTable {
    pub version: ApiTableVersion,
    pub hsa_amd_tool_scratch_event_alloc_start: hsa_amd_tool_event,
    pub hsa_amd_tool_scratch_event_alloc_end: hsa_amd_tool_event,
    pub hsa_amd_tool_scratch_event_free_start: hsa_amd_tool_event,
    pub hsa_amd_tool_scratch_event_free_end: hsa_amd_tool_event,
    pub hsa_amd_tool_scratch_event_async_reclaim_start: hsa_amd_tool_event,
    pub hsa_amd_tool_scratch_event_async_reclaim_end: hsa_amd_tool_event,
}

const _: () = assert!(size_of::<ToolsApiTable>() == 64);

/// The callbacks of tool libraries.
pub static TOOLS: Slots<ToolsApiTable> = Slots::new(ToolsApiTable {
    version: ApiTableVersion {
        major_id: HSA_TOOLS_API_TABLE_MAJOR_VERSION,
        minor_id: size_of::<ToolsApiTable>() as u32,
        step_id: HSA_TOOLS_API_TABLE_STEP_VERSION,
        reserved: 0,
    },
    hsa_amd_tool_scratch_event_alloc_start: None,
    hsa_amd_tool_scratch_event_alloc_end: None,
    hsa_amd_tool_scratch_event_free_start: None,
    hsa_amd_tool_scratch_event_free_end: None,
    hsa_amd_tool_scratch_event_async_reclaim_start: None,
    hsa_amd_tool_scratch_event_async_reclaim_end: None,
});
