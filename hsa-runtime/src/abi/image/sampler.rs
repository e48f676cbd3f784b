//! Samplers.

use crate::abi::*;

/// Handle of a sampler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_ext_sampler_t {
    pub handle: u64,
}

c_enum! {
    /// What a sampler does outside the image.
    hsa_ext_sampler_addressing_mode_t: u32 {
        HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED = 0,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE = 1,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER = 2,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT = 3,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT = 4,
    }
}

/// `hsa_ext_sampler_addressing_mode_t` with a fixed width.
pub type hsa_ext_sampler_addressing_mode32_t = u32;

c_enum! {
    /// Normalised or pixel coordinates.
    hsa_ext_sampler_coordinate_mode_t: u32 {
        HSA_EXT_SAMPLER_COORDINATE_MODE_UNNORMALIZED = 0,
        HSA_EXT_SAMPLER_COORDINATE_MODE_NORMALIZED = 1,
    }
}

/// `hsa_ext_sampler_coordinate_mode_t` with a fixed width.
pub type hsa_ext_sampler_coordinate_mode32_t = u32;

c_enum! {
    /// How a sampler filters.
    hsa_ext_sampler_filter_mode_t: u32 {
        HSA_EXT_SAMPLER_FILTER_MODE_NEAREST = 0,
        HSA_EXT_SAMPLER_FILTER_MODE_LINEAR = 1,
        HSA_EXT_SAMPLER_FILTER_MODE_NONE = 2,
    }
}

/// `hsa_ext_sampler_filter_mode_t` with a fixed width.
pub type hsa_ext_sampler_filter_mode32_t = u32;

/// A sampler, one addressing mode for all coordinates.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_sampler_descriptor_t {
    pub coordinate_mode: hsa_ext_sampler_coordinate_mode32_t,
    pub filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub address_mode: hsa_ext_sampler_addressing_mode32_t,
}

/// A sampler, one addressing mode a coordinate. The mipmap filter was inserted after release 7.2 (20 to
/// 24 bytes).
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_sampler_descriptor_v2_t {
    pub coordinate_mode: hsa_ext_sampler_coordinate_mode32_t,
    pub filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub mipmap_filter_mode: hsa_ext_sampler_filter_mode32_t,
    pub address_modes: [hsa_ext_sampler_addressing_mode32_t; 3],
}
