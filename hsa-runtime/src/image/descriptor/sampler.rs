//! Sampler descriptors. Answers to `SQ_IMG_SAMP_WORD0` to 3 of upstream's `resource_gfx11.h`, which are gfx9's and gfx10's
//! too, and of `resource_gfx12.h`, and to PopulateSamplerSrd.

use super::Generation;
use crate::{abi::*, boundary::Error};

/// The largest level of detail, in 256ths.
const MOST_DETAIL: u32 = 4095;

/// The four words of a sampler: how coordinates outside are taken along each axis, whether they are counted in texels, and
/// whether texels are blended, and levels: without a filter for these the first is sampled alone.
///
/// # Errors
/// `InvalidArgument` for modes that there are not.
pub fn sampler(
    generation: Generation,
    modes: [hsa_ext_sampler_addressing_mode32_t; 3],
    coordinates: hsa_ext_sampler_coordinate_mode32_t,
    [filter, between_levels]: [hsa_ext_sampler_filter_mode32_t; 2],
) -> Result<[u32; 4], Error> {
    let mut outside = 0;
    for (axis, mode) in modes.into_iter().enumerate() {
        outside |= clamp(mode).ok_or(Error::InvalidArgument)? << (3 * axis);
    }
    let unnormalized = u32::from(coordinates == HSA_EXT_SAMPLER_COORDINATE_MODE_UNNORMALIZED.0);
    let blended = match hsa_ext_sampler_filter_mode_t(filter) {
        HSA_EXT_SAMPLER_FILTER_MODE_NEAREST => 0,
        HSA_EXT_SAMPLER_FILTER_MODE_LINEAR => 1,
        _ => return Err(Error::InvalidArgument),
    };
    let detail = MOST_DETAIL << if generation >= Generation::Gfx12 { 13 } else { 12 };
    // Larger and smaller than the image; along z the hardware does as along the others where nothing is said.
    let filters = blended << 20 | blended << 22 | mip_filter(between_levels) << 26;
    Ok([outside | unnormalized << 15, detail, filters, 0])
}

/// `SQ_TEX_MIP_FILTER`.
fn mip_filter(mode: hsa_ext_sampler_filter_mode32_t) -> u32 {
    match hsa_ext_sampler_filter_mode_t(mode) {
        HSA_EXT_SAMPLER_FILTER_MODE_NEAREST => 1,
        HSA_EXT_SAMPLER_FILTER_MODE_LINEAR => 2,
        _ => 0,
    }
}

/// `SQ_TEX_CLAMP`. A program that says nothing of what is outside gets what costs nothing.
fn clamp(mode: hsa_ext_sampler_addressing_mode32_t) -> Option<u32> {
    Some(match hsa_ext_sampler_addressing_mode_t(mode) {
        HSA_EXT_SAMPLER_ADDRESSING_MODE_UNDEFINED | HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT => 0,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_MIRRORED_REPEAT => 1,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE => 2,
        HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER => 6,
        _ => return None,
    })
}
