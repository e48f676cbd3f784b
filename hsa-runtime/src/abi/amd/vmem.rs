//! Virtual memory management of hsa_ext_amd.h.

use crate::abi::*;

c_enum! {
    /// Bits: flags of `hsa_amd_vmem_address_reserve`.
    hsa_amd_vmem_address_reserve_flag_t: u32 {
        HSA_AMD_VMEM_ADDRESS_NO_REGISTER = 1 << 0,
    }
}

/// Handle of physical memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_amd_vmem_alloc_handle_t {
    pub handle: u64,
}

c_enum! {
    /// Kind of physical memory.
    hsa_amd_memory_type_t: u32 {
        MEMORY_TYPE_NONE = 0,
        MEMORY_TYPE_PINNED = 1,
    }
}

/// What an agent may do with mapped memory.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_memory_access_desc_t {
    pub permissions: hsa_access_permission_t,
    pub agent_handle: hsa_agent_t,
}

/// Name of memory that other nodes of a fabric can import.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_fabric_handle_t {
    pub handle: [u8; 16],
}

/// Answer of `hsa_amd_vmem_get_vmem_info`. Opaque: no header that was read tells its layout.
#[derive(Debug)]
#[repr(C)]
pub struct hsa_amd_vmem_handle_info_t {
    _opaque: [u8; 0],
}
