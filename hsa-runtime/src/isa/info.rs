//! Attributes of instruction sets, `hsa_isa_get_info_alt`.
//!
//! Pure. Answers to Isa::GetInfo of upstream's `isa.cpp`; types as in hsa.h.
#![forbid(unsafe_code)]

use super::{Isa, limit};
use crate::{
    abi::*,
    boundary::{Error, Value},
};

/// Writes the value of an attribute.
///
/// # Errors
/// `InvalidArgument` for an unknown attribute.
pub fn get(isa: Isa, attribute: hsa_isa_info_t, value: Value) -> Result<(), Error> {
    // Indexed by hsa_machine_model_t, hsa_profile_t and hsa_default_float_rounding_mode_t.
    let only_large = [false, true];
    let profiles = [true, isa.has_full_profile()];
    let only_near = [false, false, true];
    match attribute {
        HSA_ISA_INFO_NAME_LENGTH => value.write::<u32>(isa.to_string().len() as u32 + 1),
        HSA_ISA_INFO_NAME => value.write_all::<u8>(format!("{isa}\0").as_bytes()),
        // Deprecated, and the same for every target.
        HSA_ISA_INFO_CALL_CONVENTION_COUNT => value.write::<u32>(1),
        HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE => value.write::<u32>(64),
        HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT => value.write::<u32>(40),
        HSA_ISA_INFO_MACHINE_MODELS => value.write::<[bool; 2]>(only_large),
        HSA_ISA_INFO_PROFILES => value.write::<[bool; 2]>(profiles),
        HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES
        | HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES => value.write::<[bool; 3]>(only_near),
        HSA_ISA_INFO_FAST_F16_OPERATION => value.write::<bool>(isa.has_fast_f16()),
        HSA_ISA_INFO_WORKGROUP_MAX_DIM => value.write::<[u16; 3]>(limit::WORKGROUP),
        HSA_ISA_INFO_WORKGROUP_MAX_SIZE => value.write::<u32>(limit::WORKGROUP_SIZE),
        HSA_ISA_INFO_GRID_MAX_DIM => value.write::<[u32; 3]>(limit::GRID),
        HSA_ISA_INFO_GRID_MAX_SIZE => value.write::<u64>(u64::MAX),
        HSA_ISA_INFO_FBARRIER_MAX_SIZE => value.write::<u32>(limit::FBARRIERS),
        _ => Err(Error::InvalidArgument),
    }
}
