//! Resource descriptors, which image and buffer instructions read. Pure. Answers to upstream's `resource_nv.h`,
//! `resource_gfx11.h` and PopulateImageSrd of `image_manager_nv.cpp` and `image_manager_gfx11.cpp`.

use super::shape::Shape;
use crate::{abi::*, isa::Isa};

/// Hardware whose descriptors differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// gfx10.1: rows follow each other as closely as they may.
    Gfx10,
    /// gfx10.3.
    Gfx103,
    Gfx11,
}

impl Generation {
    /// That of an instruction set; none if its descriptors are not known here.
    pub fn new(isa: Isa) -> Option<Self> {
        let version = isa.version()?;
        match (version.major, version.minor) {
            (10, 0..=2) => Some(Self::Gfx10),
            (10, _) => Some(Self::Gfx103),
            (11, _) => Some(Self::Gfx11),
            _ => None,
        }
    }

    /// Whether descriptors of single layers hold the distance of rows.
    pub fn has_pitch(self) -> bool {
        self != Self::Gfx10
    }
}

/// The words of an image: eight of the resource, or four of a buffer's; then what compilers of HSAIL read.
pub fn resource(shape: &Shape, data: u64) -> [u32; 12] {
    let mut words = [0; 12];
    if shape.is_buffer() {
        words[..4].copy_from_slice(&buffer(shape, data));
    } else {
        words[..5].copy_from_slice(&image(shape, data));
    }
    words[8..11].copy_from_slice(&[shape.told.channel_type, shape.told.channel_order, shape.width as u32]);
    words
}

fn selects(shape: &Shape) -> u32 {
    let [x, y, z, w] = shape.format.select;
    x | y << 3 | z << 6 | w << 9
}

/// A buffer of records that have a texel each: `SQ_BUF_RSRC_WORD0` to 3.
fn buffer(shape: &Shape, data: u64) -> [u32; 4] {
    let resource_level = u32::from(shape.generation != Generation::Gfx11) << 24;
    [
        data as u32,
        (data >> 32) as u32 & 0xffff | (shape.format.bytes() as u32) << 16,
        shape.width as u32,
        selects(shape) | shape.format.number(shape.generation) << 12 | resource_level,
    ]
}

/// `SQ_IMG_RSRC_TYPE`.
fn kind(geometry: hsa_ext_image_geometry_t) -> u32 {
    match geometry {
        HSA_EXT_IMAGE_GEOMETRY_1D => 8,
        HSA_EXT_IMAGE_GEOMETRY_3D => 10,
        HSA_EXT_IMAGE_GEOMETRY_1DA => 12,
        HSA_EXT_IMAGE_GEOMETRY_2DA | HSA_EXT_IMAGE_GEOMETRY_2DADEPTH => 13,
        _ => 9,
    }
}

/// In which order a border's colour has its components, so that its alpha is where the image's is: `TEX_BC_SWIZZLE`.
fn border(select: [u32; 4]) -> u32 {
    match select {
        [4, 4, 4, 4] | [4, 5, ..] => 0,
        [_, _, 5, 4] => 2,
        [.., 4] => 3,
        [4, ..] => 1,
        [_, 4, ..] => 5,
        [_, _, 4, _] => 4,
        _ => 0,
    }
}

/// An image without levels, in linear mode (`SW_MODE` 0): `SQ_IMG_RSRC_WORD0` to 4; the others are 0.
fn image(shape: &Shape, data: u64) -> [u32; 5] {
    let width = (shape.width - 1) as u32;
    let resource_level = u32::from(shape.generation != Generation::Gfx11) << 31;
    let fourth = match shape.is_flat() {
        true if shape.generation.has_pitch() => shape.pitch - 1,
        _ => shape.layers - 1,
    };
    [
        (data >> 8) as u32,
        (data >> 40) as u32 & 0xff | shape.format.number(shape.generation) << 20 | (width & 3) << 30,
        width >> 2 | ((shape.height - 1) as u32) << 14 | resource_level,
        selects(shape) | border(shape.format.select) << 25 | kind(shape.geometry) << 28,
        fourth as u32,
    ]
}
