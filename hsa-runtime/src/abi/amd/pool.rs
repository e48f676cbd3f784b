//! Memory pools of hsa_ext_amd.h.

use crate::abi::c_enum;

/// Head of a vendor image descriptor; `data` goes on past its end.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_image_descriptor_t {
    pub version: u32,
    pub deviceID: u32,
    pub data: [u32; 1],
}

c_enum! {
    /// Segment that a memory pool backs.
    hsa_amd_segment_t: u32 {
        HSA_AMD_SEGMENT_GLOBAL = 0,
        HSA_AMD_SEGMENT_READONLY = 1,
        HSA_AMD_SEGMENT_PRIVATE = 2,
        HSA_AMD_SEGMENT_GROUP = 3,
    }
}

/// Handle of a memory pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_amd_memory_pool_t {
    pub handle: u64,
}

c_enum! {
    /// Bits: coherence of a global pool.
    hsa_amd_memory_pool_global_flag_t: u32 {
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT = 1,
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED = 2,
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED = 4,
        HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED = 8,
    }
}

c_enum! {
    /// Where a pool's memory is.
    hsa_amd_memory_pool_location_t: u32 {
        HSA_AMD_MEMORY_POOL_LOCATION_CPU = 0,
        HSA_AMD_MEMORY_POOL_LOCATION_GPU = 1,
    }
}

c_enum! {
    /// Attributes of `hsa_amd_memory_pool_get_info`; sizes in bytes.
    hsa_amd_memory_pool_info_t: u32 {
        HSA_AMD_MEMORY_POOL_INFO_SEGMENT = 0,
        HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS = 1,
        HSA_AMD_MEMORY_POOL_INFO_SIZE = 2,
        HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED = 5,
        HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE = 6,
        HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT = 7,
        HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL = 15,
        HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE = 16,
        HSA_AMD_MEMORY_POOL_INFO_LOCATION = 17,
        HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE = 18,
    }
}

c_enum! {
    /// Bits: flags of `hsa_amd_memory_pool_allocate`.
    hsa_amd_memory_pool_flag_t: u32 {
        HSA_AMD_MEMORY_POOL_STANDARD_FLAG = 0,
        HSA_AMD_MEMORY_POOL_PCIE_FLAG = 1 << 0,
        HSA_AMD_MEMORY_POOL_CONTIGUOUS_FLAG = 1 << 1,
        HSA_AMD_MEMORY_POOL_EXECUTABLE_FLAG = 1 << 2,
        HSA_AMD_MEMORY_POOL_UNCACHED_FLAG = 1 << 3,
    }
}
