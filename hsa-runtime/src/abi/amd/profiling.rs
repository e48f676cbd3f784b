//! Coherency, profiling and signal types of hsa_ext_amd.h.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Coherence of an APU's accesses to system memory.
    hsa_amd_coherency_type_t: u32 {
        HSA_AMD_COHERENCY_TYPE_COHERENT = 0,
        HSA_AMD_COHERENCY_TYPE_NONCOHERENT = 1,
    }
}

c_enum! {
    /// Bits: flags of `hsa_amd_portable_export_dmabuf_v2`.
    hsa_amd_dma_buf_mapping_type_t: u32 {
        HSA_AMD_DMABUF_MAPPING_TYPE_NONE = 0,
        HSA_AMD_DMABUF_MAPPING_TYPE_PCIE = 1,
    }
}

/// Start and end of a dispatch, in system clock ticks.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_profiling_dispatch_time_t {
    pub start: u64,
    pub end: u64,
}

/// Start and end of a copy, in system clock ticks.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_profiling_async_copy_time_t {
    pub start: u64,
    pub end: u64,
}

c_enum! {
    /// Bits: what `hsa_amd_agent_preload` leaves out.
    hsa_amd_agent_preload_flag_t: u32 {
        HSA_AMD_AGENT_PRELOAD_SKIP_CLOCK_SYNC = 1 << 0,
        HSA_AMD_AGENT_PRELOAD_SKIP_BLITS = 1 << 1,
    }
}

c_enum! {
    /// Bits: attributes of `hsa_amd_signal_create`.
    hsa_amd_signal_attribute_t: u32 {
        HSA_AMD_SIGNAL_AMD_GPU_ONLY = 1,
        HSA_AMD_SIGNAL_IPC = 2,
    }
}

/// Called when a signal meets its condition; true keeps the handler registered.
pub type hsa_amd_signal_handler =
    Option<unsafe extern "C-unwind" fn(value: hsa_signal_value_t, arg: *mut c_void) -> bool>;

/// Handle of signals that were created together. Only the newest clients know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_amd_signal_batch_t {
    pub handle: u64,
}
