//! Limits of images. Answers to upstream's `image_runtime.cpp` and the table of `image_lut_kv.cpp`.
#![forbid(unsafe_code)]

use super::{Answer, Subject};
use crate::{abi::*, boundary::Value};

/// Texels along an edge.
const EDGE: u32 = 16384;
/// Slices of a volume, and layers of an array.
const DEPTH: u32 = 8192;
/// Bytes that the pitch of a linear image is a multiple of.
const PITCH: usize = 256;

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let has = subject.gpu_or_zero(|gpu| gpu.isa.has_images());
    let count = |number: u32| if has { number } else { 0 };
    Some(match attribute {
        HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS | HSA_EXT_AGENT_INFO_IMAGE_1DA_MAX_ELEMENTS => {
            value.write::<u32>(count(EDGE))
        }
        HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS => value.write::<u32>(count(u32::MAX)),
        HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DA_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DDEPTH_MAX_ELEMENTS
        | HSA_EXT_AGENT_INFO_IMAGE_2DADEPTH_MAX_ELEMENTS => value.write::<[u32; 2]>([count(EDGE); 2]),
        HSA_EXT_AGENT_INFO_IMAGE_3D_MAX_ELEMENTS => {
            value.write::<[u32; 3]>([count(EDGE), count(EDGE), count(DEPTH)])
        }
        HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS => value.write::<u32>(count(DEPTH)),
        HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES => value.write::<u32>(count(128)),
        HSA_EXT_AGENT_INFO_MAX_IMAGE_RORW_HANDLES => value.write::<u32>(count(64)),
        HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS => value.write::<u32>(count(16)),
        HSA_EXT_AGENT_INFO_IMAGE_SUPPORT => subject.gpu().and_then(|_| value.write::<u32>(u32::from(has))),
        HSA_EXT_AGENT_INFO_IMAGE_LINEAR_ROW_PITCH_ALIGNMENT => {
            subject.gpu().and_then(|_| value.write::<usize>(if has { PITCH } else { 0 }))
        }
        _ => return None,
    })
}
