//! Pointer information, shared memory and imported semaphores of hsa_ext_amd.h.

use core::ffi::{c_int, c_void};

use crate::abi::*;

c_enum! {
    /// What kind of memory a pointer belongs to.
    hsa_amd_pointer_type_t: u32 {
        HSA_EXT_POINTER_TYPE_UNKNOWN = 0,
        HSA_EXT_POINTER_TYPE_HSA = 1,
        HSA_EXT_POINTER_TYPE_LOCKED = 2,
        HSA_EXT_POINTER_TYPE_GRAPHICS = 3,
        HSA_EXT_POINTER_TYPE_IPC = 4,
        HSA_EXT_POINTER_TYPE_RESERVED_ADDR = 5,
        HSA_EXT_POINTER_TYPE_HSA_VMEM = 6,
    }
}

c_enum! {
    /// Bits: how memory was allocated.
    hsa_amd_pointer_info_alloc_flag_t: u32 {
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_EXECUTABLE = 1 << 0,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_CONTIGUOUS = 1 << 1,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_NONPAGED = 1 << 2,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_READONLY = 1 << 3,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_HOST_ACCESS = 1 << 4,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_ATOMIC_FULL = 1 << 5,
        HSA_AMD_POINTER_INFO_ALLOC_FLAG_ATOMIC_PARTIAL = 1 << 6,
    }
}

/// Answer of `hsa_amd_pointer_info`. `size` is set by the caller: only that many bytes are written.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_pointer_info_t {
    pub size: u32,
    pub r#type: hsa_amd_pointer_type_t,
    pub agentBaseAddress: *mut c_void,
    pub hostBaseAddress: *mut c_void,
    pub sizeInBytes: usize,
    pub userData: *mut c_void,
    pub agentOwner: hsa_agent_t,
    pub global_flags: u32,
    pub registered: bool,
    pub alloc_flags: u32,
}

/// Name of shared memory, opaque between processes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_ipc_memory_t {
    pub handle: [u32; 8],
}

c_enum! {
    /// Kind of an imported semaphore handle.
    hsa_amd_external_semaphore_handle_type_t: u32 {
        HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32 = 0,
        HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT = 1,
        HSA_AMD_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD = 2,
    }
}

/// Handle of an imported semaphore.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_amd_external_semaphore_t {
    pub handle: u64,
}

/// Handle in the form that its type names.
#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_external_semaphore_handle_descriptor_t_handle {
    pub win32_handle: *mut c_void,
    pub fd: c_int,
}

/// A semaphore to import.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_external_semaphore_handle_descriptor_t {
    pub r#type: hsa_amd_external_semaphore_handle_type_t,
    pub handle: hsa_amd_external_semaphore_handle_descriptor_t_handle,
}

/// Name of a shared signal, opaque between processes.
pub type hsa_amd_ipc_signal_t = hsa_amd_ipc_memory_t;
