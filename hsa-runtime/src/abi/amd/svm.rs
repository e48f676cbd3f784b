//! Shared virtual memory of hsa_ext_amd.h.

use core::ffi::c_void;

use crate::abi::c_enum;

/// Called when the memory is freed.
pub type hsa_amd_deallocation_callback_t =
    Option<unsafe extern "C-unwind" fn(ptr: *mut c_void, user_data: *mut c_void)>;

c_enum! {
    /// Values of HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG.
    hsa_amd_svm_model_t: u32 {
        HSA_AMD_SVM_GLOBAL_FLAG_FINE_GRAINED = 0,
        HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED = 1,
        HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE = 2,
    }
}

c_enum! {
    /// Attributes of a range of shared virtual memory.
    hsa_amd_svm_attribute_t: u32 {
        HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG = 0,
        HSA_AMD_SVM_ATTRIB_READ_ONLY = 1,
        HSA_AMD_SVM_ATTRIB_HIVE_LOCAL = 2,
        HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY = 3,
        HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION = 4,
        HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION = 5,
        HSA_AMD_SVM_ATTRIB_READ_MOSTLY = 6,
        HSA_AMD_SVM_ATTRIB_GPU_EXEC = 7,
        HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE = 0x200,
        HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE = 0x201,
        HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS = 0x202,
        HSA_AMD_SVM_ATTRIB_ACCESS_QUERY = 0x203,
    }
}

/// An attribute and its value.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_amd_svm_attribute_pair_t {
    pub attribute: u64,
    pub value: u64,
}
