//! System events of hsa_ext_amd.h.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Kind of a system event.
    hsa_amd_event_type_t: u32 {
        HSA_AMD_GPU_MEMORY_FAULT_EVENT = 0,
        HSA_AMD_GPU_HW_EXCEPTION_EVENT = 1,
        HSA_AMD_GPU_MEMORY_ERROR_EVENT = 2,
        HSA_AMD_SYSTEM_SHUTDOWN_EVENT = 3,
    }
}

c_enum! {
    /// Bits: why an access faulted.
    hsa_amd_memory_fault_reason_t: u32 {
        HSA_AMD_MEMORY_FAULT_PAGE_NOT_PRESENT = 1 << 0,
        HSA_AMD_MEMORY_FAULT_READ_ONLY = 1 << 1,
        HSA_AMD_MEMORY_FAULT_NX = 1 << 2,
        HSA_AMD_MEMORY_FAULT_HOST_ONLY = 1 << 3,
        HSA_AMD_MEMORY_FAULT_DRAMECC = 1 << 4,
        HSA_AMD_MEMORY_FAULT_IMPRECISE = 1 << 5,
        HSA_AMD_MEMORY_FAULT_SRAMECC = 1 << 6,
        HSA_AMD_MEMORY_FAULT_HANG = 0x8000_0000,
    }
}

/// A memory fault.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_gpu_memory_fault_info_t {
    pub agent: hsa_agent_t,
    pub virtual_address: u64,
    pub fault_reason_mask: u32,
}

c_enum! {
    /// Bits: why an operation on memory was wrong.
    hsa_amd_memory_error_reason_t: u32 {
        HSA_AMD_MEMORY_ERROR_MEMORY_IN_USE = 1 << 0,
    }
}

/// A wrong operation on memory.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_gpu_memory_error_info_t {
    pub agent: hsa_agent_t,
    pub virtual_address: u64,
    pub error_reason_mask: u32,
}

c_enum! {
    /// Bits: how the GPU was reset.
    hsa_amd_hw_exception_reset_type_t: u32 {
        HSA_AMD_HW_EXCEPTION_RESET_TYPE_OTHER = 1 << 0,
    }
}

c_enum! {
    /// Bits: why the GPU was reset.
    hsa_amd_hw_exception_reset_cause_t: u32 {
        HSA_AMD_HW_EXCEPTION_CAUSE_GPU_HANG = 1 << 0,
        HSA_AMD_HW_EXCEPTION_CAUSE_ECC = 1 << 1,
    }
}

/// A hardware exception.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_gpu_hw_exception_info_t {
    pub agent: hsa_agent_t,
    pub reset_type: hsa_amd_hw_exception_reset_type_t,
    pub reset_cause: hsa_amd_hw_exception_reset_cause_t,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_event_t_anonymous0 {
    pub memory_fault: hsa_amd_gpu_memory_fault_info_t,
    pub hw_exception: hsa_amd_gpu_hw_exception_info_t,
    pub memory_error: hsa_amd_gpu_memory_error_info_t,
}

/// A system event; `event_type` says which member is valid.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_event_t {
    pub event_type: hsa_amd_event_type_t,
    pub anonymous0: hsa_amd_event_t_anonymous0,
}

/// Called on a system event.
pub type hsa_amd_system_event_callback_t =
    Option<unsafe extern "C-unwind" fn(event: *const hsa_amd_event_t, data: *mut c_void) -> hsa_status_t>;
