//! Agents and caches of hsa.h.

use crate::abi::c_enum;

/// Handle of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_agent_t {
    pub handle: u64,
}

c_enum! {
    /// Bits: what kinds of packets an agent's queues take.
    hsa_agent_feature_t: u32 {
        HSA_AGENT_FEATURE_KERNEL_DISPATCH = 1,
        HSA_AGENT_FEATURE_AGENT_DISPATCH = 2,
    }
}

c_enum! {
    /// Kind of hardware behind an agent.
    hsa_device_type_t: u32 {
        HSA_DEVICE_TYPE_CPU = 0,
        HSA_DEVICE_TYPE_GPU = 1,
        HSA_DEVICE_TYPE_DSP = 2,
        HSA_DEVICE_TYPE_AIE = 3,
    }
}

c_enum! {
    /// Default rounding mode; as a mask where several are supported.
    hsa_default_float_rounding_mode_t: u32 {
        HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT = 0,
        HSA_DEFAULT_FLOAT_ROUNDING_MODE_ZERO = 1,
        HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR = 2,
    }
}

c_enum! {
    /// Attributes of `hsa_agent_get_info`. Values outside this list belong to `hsa_amd_agent_info_t`
    /// (0xA000) and the image extension (0x3000).
    hsa_agent_info_t: u32 {
        HSA_AGENT_INFO_NAME = 0,
        HSA_AGENT_INFO_VENDOR_NAME = 1,
        HSA_AGENT_INFO_FEATURE = 2,
        HSA_AGENT_INFO_MACHINE_MODEL = 3,
        HSA_AGENT_INFO_PROFILE = 4,
        HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 5,
        HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES = 23,
        HSA_AGENT_INFO_FAST_F16_OPERATION = 24,
        HSA_AGENT_INFO_WAVEFRONT_SIZE = 6,
        HSA_AGENT_INFO_WORKGROUP_MAX_DIM = 7,
        HSA_AGENT_INFO_WORKGROUP_MAX_SIZE = 8,
        HSA_AGENT_INFO_GRID_MAX_DIM = 9,
        HSA_AGENT_INFO_GRID_MAX_SIZE = 10,
        HSA_AGENT_INFO_FBARRIER_MAX_SIZE = 11,
        HSA_AGENT_INFO_QUEUES_MAX = 12,
        HSA_AGENT_INFO_QUEUE_MIN_SIZE = 13,
        HSA_AGENT_INFO_QUEUE_MAX_SIZE = 14,
        HSA_AGENT_INFO_QUEUE_TYPE = 15,
        HSA_AGENT_INFO_NODE = 16,
        HSA_AGENT_INFO_DEVICE = 17,
        HSA_AGENT_INFO_CACHE_SIZE = 18,
        HSA_AGENT_INFO_ISA = 19,
        HSA_AGENT_INFO_EXTENSIONS = 20,
        HSA_AGENT_INFO_VERSION_MAJOR = 21,
        HSA_AGENT_INFO_VERSION_MINOR = 22,
        HSA_AGENT_INFO_LAST = 0x7FFF_FFFF,
    }
}

c_enum! {
    /// Bits: how a hardware exception is reported.
    hsa_exception_policy_t: u32 {
        HSA_EXCEPTION_POLICY_BREAK = 1,
        HSA_EXCEPTION_POLICY_DETECT = 2,
    }
}

/// Handle of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_cache_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_cache_get_info`.
    hsa_cache_info_t: u32 {
        HSA_CACHE_INFO_NAME_LENGTH = 0,
        HSA_CACHE_INFO_NAME = 1,
        HSA_CACHE_INFO_LEVEL = 2,
        HSA_CACHE_INFO_SIZE = 3,
    }
}
