//! Resource descriptors. Answers to `resource_ai.h` and its successors up to `resource_gfx12.h`, and to PopulateImageSrd of
//! upstream's managers.

use super::{Generation, levels};
use crate::{
    abi::*,
    image::{Shape, format::Format},
};

/// The words of an image: eight of the resource, or four of a buffer's; then what compilers of HSAIL read, and the number
/// of levels if there are several.
pub fn resource(shape: &Shape, data: u64) -> [u32; 12] {
    let mut words = [0; 12];
    match shape.generation {
        _ if shape.is_buffer() => words[..4].copy_from_slice(&buffer(shape, data)),
        Generation::Gfx9 => words[..5].copy_from_slice(&image_of_gfx9(shape, data)),
        _ => words[..5].copy_from_slice(&image(shape, data)),
    }
    words[8..11].copy_from_slice(&[shape.told.channel_type, shape.told.channel_order, shape.width as u32]);
    if shape.levels > 1 {
        levels::count(shape.generation, &mut words, shape.levels);
        levels::show(shape.generation, &mut words, [0, shape.levels - 1]);
    }
    words
}

/// `DST_SEL_X` to `W`.
pub(super) fn selects(format: &Format) -> u32 {
    let [x, y, z, w] = format.select;
    x | y << 3 | z << 6 | w << 9
}

/// gfx10 calls its descriptors version 1.
fn has_resource_level(shape: &Shape) -> bool {
    matches!(shape.generation, Generation::Gfx10 | Generation::Gfx103)
}

/// A buffer of records that have a texel each: `SQ_BUF_RSRC_WORD0` to 3.
fn buffer(shape: &Shape, data: u64) -> [u32; 4] {
    let format = match shape.generation {
        Generation::Gfx9 => {
            let [layout, numbers] = shape.format.parts();
            numbers << 12 | layout << 15
        }
        generation => shape.format.number(generation) << 12,
    };
    [
        data as u32,
        (data >> 32) as u32 & 0xffff | (shape.format.bytes() as u32) << 16,
        shape.width as u32,
        selects(&shape.format) | format | u32::from(has_resource_level(shape)) << 24,
    ]
}

/// `SQ_IMG_RSRC_TYPE`.
pub(super) fn kind(geometry: hsa_ext_image_geometry_t) -> u32 {
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

/// A format in an image's second word, and the bits that it takes there.
pub(super) fn format_of_image(generation: Generation, format: &Format) -> (u32, u32) {
    match generation {
        Generation::Gfx9 => {
            let [layout, numbers] = format.parts();
            (layout << 20 | numbers << 26, 0x3ff << 20)
        }
        Generation::Gfx10 | Generation::Gfx103 => (format.number(generation) << 20, 0x1ff << 20),
        Generation::Gfx11 => (format.number(generation) << 20, 0xff << 20),
        Generation::Gfx12 => (format.number(generation) << 17, 0xff << 17),
    }
}

/// An image in linear mode (`SW_MODE` 0): `SQ_IMG_RSRC_WORD0` to 4; the others are 0 but for levels.
fn image(shape: &Shape, data: u64) -> [u32; 5] {
    let width = (shape.width - 1) as u32;
    let (format, _) = format_of_image(shape.generation, &shape.format);
    let fourth = if shape.has_pitch() { shape.pitch - 1 } else { shape.layers - 1 };
    [
        (data >> 8) as u32,
        (data >> 40) as u32 & 0xff | format | (width & 3) << 30,
        width >> 2 | ((shape.height - 1) as u32) << 14 | u32::from(has_resource_level(shape)) << 31,
        selects(&shape.format) | border(shape.format.select) << 25 | kind(shape.geometry) << 28,
        fourth as u32,
    ]
}

/// The same as gfx9 has it, where the pitch of several levels is the number of all their rows (addrlib's `epitchIsHeight`;
/// upstream's manager puts the length of rows there, Mesa's and PAL's do not).
fn image_of_gfx9(shape: &Shape, data: u64) -> [u32; 5] {
    let (format, _) = format_of_image(shape.generation, &shape.format);
    let pitch = if shape.levels > 1 { shape.rows() } else { shape.pitch };
    [
        (data >> 8) as u32,
        (data >> 40) as u32 & 0xff | format,
        (shape.width - 1) as u32 | ((shape.height - 1) as u32) << 14,
        selects(&shape.format) | kind(shape.geometry) << 28,
        (shape.layers - 1) as u32 | ((pitch - 1) as u32) << 13 | border(shape.format.select) << 29,
    ]
}
