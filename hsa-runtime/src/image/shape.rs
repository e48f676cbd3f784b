//! The shape of an image and how its texels lie in memory: row after row, layer after layer, and in each layer level
//! after level (`levels`). Pure. Answers to `GetImageInfoMaxDimension` and `CalculateImageSizeAndAlignment` of upstream's
//! managers, and to addrlib's linear mode.

use super::{
    Generation,
    format::{self, Format},
};
use crate::{abi::*, boundary::Error};

/// Bytes that rows and layers begin at multiples of: the hardware's rule for linear images.
pub(super) const ALIGNMENT: u64 = 256;

/// A checked image.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub generation: Generation,
    pub geometry: hsa_ext_image_geometry_t,
    pub format: Format,
    /// The format as the program told it, which compilers of HSAIL read back.
    pub told: hsa_ext_image_format_t,
    /// Texels of a row.
    pub width: u64,
    /// Rows of a layer.
    pub height: u64,
    /// Layers or slices.
    pub layers: u64,
    /// Levels, of which each has half of the texels of the one before along every axis.
    pub levels: u32,
    /// Texels from one row to the next, in the first level.
    pub pitch: u64,
    /// Bytes from one layer to the next.
    pub slice: u64,
}

/// Most texels of a row, rows, slices and layers.
fn limits(geometry: hsa_ext_image_geometry_t) -> Option<[usize; 4]> {
    const EDGE: usize = 16384;
    const DEPTH: usize = 8192;
    Some(match geometry {
        HSA_EXT_IMAGE_GEOMETRY_1D => [EDGE, 1, 1, 1],
        HSA_EXT_IMAGE_GEOMETRY_1DA => [EDGE, 1, 1, DEPTH],
        HSA_EXT_IMAGE_GEOMETRY_1DB => [u32::MAX as usize, 1, 1, 1],
        HSA_EXT_IMAGE_GEOMETRY_2D | HSA_EXT_IMAGE_GEOMETRY_2DDEPTH => [EDGE, EDGE, 1, 1],
        HSA_EXT_IMAGE_GEOMETRY_2DA | HSA_EXT_IMAGE_GEOMETRY_2DADEPTH => [EDGE, EDGE, 1, DEPTH],
        HSA_EXT_IMAGE_GEOMETRY_3D => [EDGE, EDGE, DEPTH, 1],
        _ => return None,
    })
}

impl Shape {
    /// Checks a descriptor; pitches are in bytes, 0 leaves them open.
    ///
    /// # Errors
    /// `ImageFormatUnsupported`, `ImageSizeUnsupported`, `ImagePitchUnsupported`; `InvalidArgument` for a geometry that
    /// there is not.
    pub fn new(
        generation: Generation,
        descriptor: &hsa_ext_image_descriptor_t,
        row_pitch: usize,
        slice_pitch: usize,
    ) -> Result<Self, Error> {
        let limits = limits(descriptor.geometry).ok_or(Error::InvalidArgument)?;
        let (format, _) =
            format::find(descriptor.format, descriptor.geometry).ok_or(Error::ImageFormatUnsupported)?;
        let sizes = [descriptor.width, descriptor.height, descriptor.depth, descriptor.array_size];
        if descriptor.width == 0 || sizes.iter().zip(limits).any(|(&size, most)| size > most) {
            return Err(Error::ImageSizeUnsupported);
        }
        let [width, height, depth, layers] = sizes.map(|size| size.max(1) as u64);
        let mut shape = Self {
            generation,
            geometry: descriptor.geometry,
            format,
            told: descriptor.format,
            width,
            height,
            layers: depth * layers,
            levels: 1,
            pitch: width,
            slice: width * format.bytes(),
        };
        if !shape.is_buffer() {
            shape.pitch = shape.pitch(row_pitch as u64)?;
            let given = shape.pitch * height * format.bytes();
            shape.slice = if row_pitch == 0 { shape.footprint(0) } else { given };
            if slice_pitch != 0 && slice_pitch as u64 != shape.slice {
                return Err(Error::ImagePitchUnsupported);
            }
        }
        Ok(shape)
    }

    /// The same with another format, whose texels have the same size.
    ///
    /// # Errors
    /// `ImageFormatUnsupported`.
    pub fn reformatted(mut self, told: hsa_ext_image_format_t) -> Result<Self, Error> {
        let found = format::find(told, self.geometry).map(|(format, _)| format);
        let fits = found.filter(|format| format.bytes() == self.format.bytes());
        (self.format, self.told) = (fits.ok_or(Error::ImageFormatUnsupported)?, told);
        Ok(self)
    }

    /// Whether texels are reached as records of a buffer.
    pub fn is_buffer(&self) -> bool {
        self.geometry == HSA_EXT_IMAGE_GEOMETRY_1DB
    }

    /// Whether it is a single layer.
    pub fn is_flat(&self) -> bool {
        matches!(
            self.geometry,
            HSA_EXT_IMAGE_GEOMETRY_1D | HSA_EXT_IMAGE_GEOMETRY_2D | HSA_EXT_IMAGE_GEOMETRY_2DDEPTH
        )
    }

    /// Whether the hardware is told how far rows are from each other: those of several levels differ.
    pub fn has_pitch(&self) -> bool {
        self.levels == 1 && self.generation.has_pitch(self.is_flat())
    }

    /// Texels from row to row: as few as the hardware allows, or as many as are asked for where it can be told of them.
    fn pitch(&self, asked: u64) -> Result<u64, Error> {
        let bytes = self.format.bytes();
        let least = (self.width * bytes).next_multiple_of(ALIGNMENT);
        let longer = asked > least && asked % ALIGNMENT == 0 && asked / bytes <= 1 << 14;
        match asked {
            0 if self.has_pitch() => Ok(least / bytes),
            0 => Ok(self.row(0)),
            _ if asked == least || self.has_pitch() && longer => Ok(asked / bytes),
            _ => Err(Error::ImagePitchUnsupported),
        }
    }

    /// Bytes of all of it.
    pub fn size(&self) -> u64 {
        (self.slice * self.layers).next_multiple_of(ALIGNMENT)
    }

    /// Bytes that its address is a multiple of.
    pub fn alignment(&self) -> u64 {
        ALIGNMENT
    }
}
