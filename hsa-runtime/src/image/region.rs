//! Parts of images as boxes of bytes; of several levels, those of the first that is shown. Pure. Answers to CalcWorkingSize and CalcBufferRowSlicePitchesInPixel of upstream's
//! `blit_kernel.cpp`.

use super::Image;
use crate::{
    abi::*,
    boundary::Error,
    copy::packet::rect::{self, Rect},
};

/// A part of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it is.
    pub place: rect::Image,
    /// Bytes of a row, rows, and layers.
    size: [u64; 3],
}

impl Image {
    /// The part of so many texels at an offset; `None` if that is nothing.
    ///
    /// # Errors
    /// `InvalidArgument` if it is not within the image.
    pub fn part(&self, offset: hsa_dim3_t, range: hsa_dim3_t) -> Result<Option<Part>, Error> {
        let (shape, level) = (&self.shape, self.shape.level(self.levels[0]));
        let [offset, range] = [offset, range].map(|at| [at.x, at.y, at.z].map(u64::from));
        if range.contains(&0) {
            return Ok(None);
        }
        // Layers of a row each are counted along y, as rows are.
        let whole = match shape.geometry {
            HSA_EXT_IMAGE_GEOMETRY_1DA => [level.width, level.layers, 1],
            _ => [level.width, level.height, level.layers],
        };
        if (0..3).any(|axis| offset[axis] + range[axis] > whole[axis]) {
            return Err(Error::InvalidArgument);
        }
        let bytes = shape.format.bytes();
        let slice = shape.slice;
        let pitch = if shape.geometry == HSA_EXT_IMAGE_GEOMETRY_1DA { slice } else { level.pitch * bytes };
        let start = self.data + level.offset + offset[0] * bytes + offset[1] * pitch + offset[2] * slice;
        let place = rect::Image { start, pitch, slice };
        Ok(Some(Part { place, size: [range[0] * bytes, range[1], range[2]] }))
    }
}

impl Part {
    /// Memory that has, or gets, the part's texels: rows and layers as far apart as said, or as close as they can be.
    pub fn memory(&self, start: u64, row_pitch: u64, slice_pitch: u64) -> rect::Image {
        let [width, height, _] = self.size;
        let pitch = row_pitch.max(width);
        rect::Image { start, pitch, slice: slice_pitch.max(pitch.saturating_mul(height)) }
    }

    /// The copy of the part's size.
    pub fn copy(&self, target: rect::Image, source: rect::Image) -> Rect {
        let [width, height, depth] = self.size;
        Rect { target, source, width, height, depth }
    }
}
