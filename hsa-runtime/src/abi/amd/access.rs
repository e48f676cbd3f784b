//! Who may access a memory pool, and over which links (hsa_ext_amd.h).

use crate::abi::c_enum;

c_enum! {
    /// Whether an agent may access a pool.
    hsa_amd_memory_pool_access_t: u32 {
        HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED = 0,
        HSA_AMD_MEMORY_POOL_ACCESS_ALLOWED_BY_DEFAULT = 1,
        HSA_AMD_MEMORY_POOL_ACCESS_DISALLOWED_BY_DEFAULT = 2,
    }
}

c_enum! {
    /// Kind of a link between agent and memory.
    hsa_amd_link_info_type_t: u32 {
        HSA_AMD_LINK_INFO_TYPE_HYPERTRANSPORT = 0,
        HSA_AMD_LINK_INFO_TYPE_QPI = 1,
        HSA_AMD_LINK_INFO_TYPE_PCIE = 2,
        HSA_AMD_LINK_INFO_TYPE_INFINBAND = 3,
        HSA_AMD_LINK_INFO_TYPE_XGMI = 4,
    }
}

/// One hop between agent and memory; latency in ns, bandwidth in MB/s.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_pool_link_info_t {
    pub min_latency: u32,
    pub max_latency: u32,
    pub min_bandwidth: u32,
    pub max_bandwidth: u32,
    pub atomic_support_32bit: bool,
    pub atomic_support_64bit: bool,
    pub coherent_support: bool,
    pub link_type: hsa_amd_link_info_type_t,
    pub numa_distance: u32,
}

c_enum! {
    /// Attributes of `hsa_amd_agent_memory_pool_get_info`.
    hsa_amd_agent_memory_pool_info_t: u32 {
        HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS = 0,
        HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS = 1,
        HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO = 2,
    }
}
