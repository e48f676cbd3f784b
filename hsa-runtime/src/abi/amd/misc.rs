//! Queue attributes, direct storage and logging of hsa_ext_amd.h.

use core::ffi::{c_int, c_void};

use crate::abi::c_enum;

c_enum! {
    /// Attributes of `hsa_amd_queue_get_info`.
    hsa_queue_info_attribute_t: u32 {
        HSA_AMD_QUEUE_INFO_AGENT = 0,
        HSA_AMD_QUEUE_INFO_DOORBELL_ID = 1,
        HSA_QUEUE_INFO_USE_COUNT = 2,
        HSA_QUEUE_INFO_HW_ID = 3,
        HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_DISPATCH_PKT_VERSION_MAJOR = 4,
        HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_DISPATCH_PKT_VERSION_MINOR = 5,
        HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_BARRIER_PKT_VERSION_MAJOR = 6,
        HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_BARRIER_PKT_VERSION_MINOR = 7,
        HSA_AMD_QUEUE_INFO_PREFETCH_METADATA_RING_BUFFER = 8,
        HSA_AMD_QUEUE_INFO_PROPERTIES = 9,
        HSA_AMD_QUEUE_INFO_VM_FAULT_STATUS = 10,
        HSA_AMD_QUEUE_INFO_VM_FAULT_ADDRESS = 11,
        HSA_AMD_QUEUE_INFO_VM_FAULT_REASON = 12,
        HSA_AMD_QUEUE_INFO_ENGINE_TYPE = 13,
        HSA_AMD_QUEUE_INFO_SDMA_ENGINE_ID = 14,
        HSA_AMD_QUEUE_INFO_READ_POINTER = 15,
        HSA_AMD_QUEUE_INFO_WRITE_POINTER = 16,
    }
}

#[derive(Clone, Copy)]
#[repr(C)]
pub union hsa_amd_ais_file_handle_t_anonymous0 {
    pub handle: *mut c_void,
    pub fd: c_int,
    pub pad: [u8; 8],
}

/// An open file for direct storage access.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct hsa_amd_ais_file_handle_t {
    pub anonymous0: hsa_amd_ais_file_handle_t_anonymous0,
}

c_enum! {
    /// Bit numbers of `hsa_amd_enable_logging`.
    hsa_amd_log_flag_t: u32 {
        HSA_AMD_LOG_FLAG_BLIT_KERNEL_PKTS = 0,
        HSA_AMD_LOG_FLAG_AQL = 0,
        HSA_AMD_LOG_FLAG_SDMA = 1,
        HSA_AMD_LOG_FLAG_INFO = 2,
    }
}

/// Version of the AMD extension that these types describe (HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR).
pub const HSA_AMD_INTERFACE_VERSION_MAJOR: u16 = 1;
/// Version of the AMD extension that these types describe (HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR).
pub const HSA_AMD_INTERFACE_VERSION_MINOR: u16 = 31;
