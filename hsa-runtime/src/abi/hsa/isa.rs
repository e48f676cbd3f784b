//! Instruction sets and wavefronts of hsa.h.

use crate::abi::c_enum;

/// Handle of an instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_isa_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_isa_get_info_alt`.
    hsa_isa_info_t: u32 {
        HSA_ISA_INFO_NAME_LENGTH = 0,
        HSA_ISA_INFO_NAME = 1,
        HSA_ISA_INFO_CALL_CONVENTION_COUNT = 2,
        HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE = 3,
        HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT = 4,
        HSA_ISA_INFO_MACHINE_MODELS = 5,
        HSA_ISA_INFO_PROFILES = 6,
        HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES = 7,
        HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES = 8,
        HSA_ISA_INFO_FAST_F16_OPERATION = 9,
        HSA_ISA_INFO_WORKGROUP_MAX_DIM = 12,
        HSA_ISA_INFO_WORKGROUP_MAX_SIZE = 13,
        HSA_ISA_INFO_GRID_MAX_DIM = 14,
        HSA_ISA_INFO_GRID_MAX_SIZE = 16,
        HSA_ISA_INFO_FBARRIER_MAX_SIZE = 17,
    }
}

c_enum! {
    /// Bits: floating point widths.
    hsa_fp_type_t: u32 {
        HSA_FP_TYPE_16 = 1,
        HSA_FP_TYPE_32 = 2,
        HSA_FP_TYPE_64 = 4,
    }
}

c_enum! {
    /// Bits: denormals flushed to zero or kept.
    hsa_flush_mode_t: u32 {
        HSA_FLUSH_MODE_FTZ = 1,
        HSA_FLUSH_MODE_NON_FTZ = 2,
    }
}

c_enum! {
    /// Bits: fused multiply-add with one or two roundings.
    hsa_round_method_t: u32 {
        HSA_ROUND_METHOD_SINGLE = 1,
        HSA_ROUND_METHOD_DOUBLE = 2,
    }
}

/// Handle of a wavefront kind of an instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_wavefront_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_wavefront_get_info`.
    hsa_wavefront_info_t: u32 {
        HSA_WAVEFRONT_INFO_SIZE = 0,
    }
}
