//! The layout of an image: a structure that is longer than hsa_ext_amd.h declares it. Answers to `metadata_amd_t` of upstream's
//! `resource.h`.

use core::ptr;

use super::FromC;
use crate::abi::*;

/// Where the caller has a layout.
#[derive(Clone, Copy)]
pub struct ImageLayout(*const hsa_amd_image_descriptor_t);

impl FromC<*const hsa_amd_image_descriptor_t> for ImageLayout {
    unsafe fn from_c(raw: *const hsa_amd_image_descriptor_t) -> Self {
        ImageLayout(raw)
    }
}

impl ImageLayout {
    /// Its version, its device, and the eight words of its resource, which every version has; none for NULL.
    pub fn words(self) -> Option<[u32; 10]> {
        // SAFETY: by FromC's contract NULL or a layout, of which these are the beginning.
        (!self.0.is_null()).then(|| unsafe { ptr::read_unaligned(self.0.cast()) })
    }
}
