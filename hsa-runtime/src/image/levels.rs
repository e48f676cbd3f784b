//! Images of several levels, and how these lie in linear mode. Pure. Answers to `ComputeMaxMipLevels` of upstream's
//! `image_runtime.cpp`, to `HwlComputeSurfaceInfoLinear` of addrlib for gfx9 to gfx11, and to `GetMipOffset` for gfx12.
//!
//! All of these generations have levels in linear mode. Every layer, and every slice of a volume, holds all levels, also
//! those of which a volume has fewer slices. Sizes in memory are rounded up, the hardware's are rounded down.
//!
//! * gfx9: the first level comes first, and rows of all levels are as long as those of the first.
//! * Since gfx10 the last level comes first, and each has rows of its own length. gfx12 leaves the place of rows that are
//!   multiples of 256 bytes, but goes from row to row in steps of 128.

use super::{Generation, Shape, shape::ALIGNMENT};
use crate::{abi::*, boundary::Error};

/// Most levels, of the longest side that there is: descriptors have room for one more.
const MOST: u32 = 15;

/// Bytes that rows begin at multiples of on gfx12, where the hardware finds their distance by itself.
const ROW_OF_GFX12: u64 = 128;

/// A level of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Texels of a row.
    pub width: u64,
    /// Rows of a layer.
    pub height: u64,
    /// Layers or slices.
    pub layers: u64,
    /// Texels from one row to the next.
    pub pitch: u64,
    /// Bytes from where a layer begins.
    pub offset: u64,
}

/// Most levels: down to a single texel.
pub fn most(descriptor: &hsa_ext_image_descriptor_t) -> u32 {
    let hsa_ext_image_descriptor_t { geometry, width, height, depth, .. } = *descriptor;
    let longest = match geometry {
        HSA_EXT_IMAGE_GEOMETRY_1DB => 1,
        HSA_EXT_IMAGE_GEOMETRY_1D | HSA_EXT_IMAGE_GEOMETRY_1DA => width,
        HSA_EXT_IMAGE_GEOMETRY_3D => width.max(height).max(depth),
        _ => width.max(height),
    };
    (longest.max(1).ilog2() + 1).min(MOST)
}

impl Shape {
    /// Checks a descriptor of an image of so many levels; 0 is one, too.
    ///
    /// # Errors
    /// `InvalidArgument` for more levels than there can be, `ImageSizeUnsupported` for those of a buffer, and those of
    /// [`Shape::new`].
    pub fn with_levels(
        generation: Generation,
        descriptor: &hsa_ext_image_descriptor_t,
        levels: usize,
    ) -> Result<Self, Error> {
        if levels > 1 && descriptor.geometry == HSA_EXT_IMAGE_GEOMETRY_1DB {
            return Err(Error::ImageSizeUnsupported);
        }
        let levels = checked(descriptor, levels)?;
        let mut shape = Self::new(generation, descriptor, 0, 0)?;
        if levels > 1 {
            shape.levels = levels;
            shape.pitch = shape.row(0);
            shape.slice = (0..levels).map(|number| shape.footprint(number)).sum();
        }
        Ok(shape)
    }

    /// A level that there is.
    pub fn level(&self, number: u32) -> Level {
        let before = match self.generation {
            Generation::Gfx9 => 0..number,
            _ => number + 1..self.levels,
        };
        let least = |size: u64| (size >> number).max(1);
        let is_volume = self.geometry == HSA_EXT_IMAGE_GEOMETRY_3D;
        Level {
            width: least(self.width),
            height: least(self.height),
            layers: if is_volume { least(self.layers) } else { self.layers },
            pitch: if number == 0 { self.pitch } else { self.row(number) },
            offset: before.map(|other| self.footprint(other)).sum(),
        }
    }

    /// Rows that the levels of a layer have together.
    pub fn rows(&self) -> u64 {
        (0..self.levels).map(|number| halved(self.height, number)).sum()
    }

    /// Texels from one row of a level to the next, where the hardware finds that by itself.
    pub(super) fn row(&self, number: u32) -> u64 {
        let (level, alignment) = match self.generation {
            Generation::Gfx9 => (0, ALIGNMENT),
            Generation::Gfx12 => (number, ROW_OF_GFX12),
            _ => (number, ALIGNMENT),
        };
        let bytes = self.format.bytes();
        (halved(self.width, level) * bytes).next_multiple_of(alignment) / bytes
    }

    /// Bytes that a level takes of each layer.
    pub(super) fn footprint(&self, number: u32) -> u64 {
        (self.row(number) * self.format.bytes()).next_multiple_of(ALIGNMENT) * halved(self.height, number)
    }
}

/// As many levels as are asked for, 0 being one.
///
/// # Errors
/// `InvalidArgument` for more than there can be.
pub fn checked(descriptor: &hsa_ext_image_descriptor_t, levels: usize) -> Result<u32, Error> {
    let levels = u32::try_from(levels).map_err(|_| Error::InvalidArgument)?;
    if levels > most(descriptor) { Err(Error::InvalidArgument) } else { Ok(levels.max(1)) }
}

/// A size halved so many times, rounded up.
fn halved(size: u64, times: u32) -> u64 {
    size.div_ceil(1 << times)
}

#[cfg(test)]
mod tests;
