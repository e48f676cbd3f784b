//! Memory regions of hsa.h.

use crate::abi::c_enum;

c_enum! {
    /// Segment that a region backs.
    hsa_region_segment_t: u32 {
        HSA_REGION_SEGMENT_GLOBAL = 0,
        HSA_REGION_SEGMENT_READONLY = 1,
        HSA_REGION_SEGMENT_PRIVATE = 2,
        HSA_REGION_SEGMENT_GROUP = 3,
        HSA_REGION_SEGMENT_KERNARG = 4,
    }
}

c_enum! {
    /// Bits: coherence of a global region.
    hsa_region_global_flag_t: u32 {
        HSA_REGION_GLOBAL_FLAG_KERNARG = 1,
        HSA_REGION_GLOBAL_FLAG_FINE_GRAINED = 2,
        HSA_REGION_GLOBAL_FLAG_COARSE_GRAINED = 4,
        HSA_REGION_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED = 8,
    }
}

c_enum! {
    /// Attributes of `hsa_region_get_info`; sizes in bytes.
    hsa_region_info_t: u32 {
        HSA_REGION_INFO_SEGMENT = 0,
        HSA_REGION_INFO_GLOBAL_FLAGS = 1,
        HSA_REGION_INFO_SIZE = 2,
        HSA_REGION_INFO_ALLOC_MAX_SIZE = 4,
        HSA_REGION_INFO_ALLOC_MAX_PRIVATE_WORKGROUP_SIZE = 8,
        HSA_REGION_INFO_RUNTIME_ALLOC_ALLOWED = 5,
        HSA_REGION_INFO_RUNTIME_ALLOC_GRANULE = 6,
        HSA_REGION_INFO_RUNTIME_ALLOC_ALIGNMENT = 7,
    }
}
