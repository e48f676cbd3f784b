//! Images and samplers: hsa_ext_image.h.

mod data;
mod functions;
mod sampler;

pub use self::{data::*, functions::*, sampler::*};
