//! System attributes and extension identifiers of hsa.h.

use core::ffi::c_int;

use crate::abi::c_enum;

/// Three 32-bit extents.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_dim3_t {
    pub x: u32,
    pub y: u32,
    pub z: u32,
}

c_enum! {
    /// What an agent may do with memory or an image.
    hsa_access_permission_t: u32 {
        HSA_ACCESS_PERMISSION_NONE = 0,
        HSA_ACCESS_PERMISSION_RO = 1,
        HSA_ACCESS_PERMISSION_WO = 2,
        HSA_ACCESS_PERMISSION_RW = 3,
    }
}

/// A POSIX file descriptor.
pub type hsa_file_t = c_int;

c_enum! {
    /// Byte order that the runtime reports.
    hsa_endianness_t: u32 {
        HSA_ENDIANNESS_LITTLE = 0,
        HSA_ENDIANNESS_BIG = 1,
    }
}

c_enum! {
    /// 32-bit (small) or 64-bit (large) pointers.
    hsa_machine_model_t: u32 {
        HSA_MACHINE_MODEL_SMALL = 0,
        HSA_MACHINE_MODEL_LARGE = 1,
    }
}

c_enum! {
    /// HSA profile: base, or full (IEEE denormals, shared page tables).
    hsa_profile_t: u32 {
        HSA_PROFILE_BASE = 0,
        HSA_PROFILE_FULL = 1,
    }
}

c_enum! {
    /// Attributes of `hsa_system_get_info`; those from 0x200 on are AMD's.
    hsa_system_info_t: u32 {
        HSA_SYSTEM_INFO_VERSION_MAJOR = 0,
        HSA_SYSTEM_INFO_VERSION_MINOR = 1,
        HSA_SYSTEM_INFO_TIMESTAMP = 2,
        HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY = 3,
        HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT = 4,
        HSA_SYSTEM_INFO_ENDIANNESS = 5,
        HSA_SYSTEM_INFO_MACHINE_MODEL = 6,
        HSA_SYSTEM_INFO_EXTENSIONS = 7,
        HSA_AMD_SYSTEM_INFO_BUILD_VERSION = 0x200,
        HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED = 0x201,
        HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT = 0x202,
        HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED = 0x203,
        HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED = 0x204,
        HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED = 0x205,
        HSA_AMD_SYSTEM_INFO_XNACK_ENABLED = 0x206,
        HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR = 0x207,
        HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR = 0x208,
        HSA_AMD_SYSTEM_INFO_FABRIC_HANDLES_SUPPORTED = 0x209,
        HSA_AMD_SYSTEM_INFO_HOST_ALLOC_DMA_BUF_SUPPORTED = 0x20A,
    }
}

c_enum! {
    /// Extension identifiers; those from 0x200 on are AMD's.
    hsa_extension_t: u32 {
        HSA_EXTENSION_FINALIZER = 0,
        HSA_EXTENSION_IMAGES = 1,
        HSA_EXTENSION_PERFORMANCE_COUNTERS = 2,
        HSA_EXTENSION_PROFILING_EVENTS = 3,
        HSA_EXTENSION_STD_LAST = 3,
        HSA_AMD_FIRST_EXTENSION = 0x200,
        HSA_EXTENSION_AMD_PROFILER = 0x200,
        HSA_EXTENSION_AMD_LOADER = 0x201,
        HSA_EXTENSION_AMD_AQLPROFILE = 0x202,
        HSA_EXTENSION_AMD_PC_SAMPLING = 0x203,
        HSA_AMD_LAST_EXTENSION = 0x203,
    }
}
