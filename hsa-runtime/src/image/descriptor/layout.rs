//! Resources of images that others have laid out: the words that they come with, for a program's format and address.
//! Answers to PopulateImageSrd with `metadata_amd_t` of upstream's managers.

use super::{
    Generation, levels,
    resource::{format_of_image, kind, selects},
};
use crate::{
    abi::*,
    image::format::{self, Layout},
};

/// The words of an image of so many levels at an address; `None` for a format that the hardware lacks, or whose texels have
/// another size than the layout's, as far as its words tell. Which levels are shown, the layout tells, and on gfx12 how many
/// there are, too.
pub fn laid_out(
    generation: Generation,
    descriptor: &hsa_ext_image_descriptor_t,
    levels: u32,
    layout: [u32; 8],
    data: u64,
) -> Option<[u32; 12]> {
    if descriptor.geometry == HSA_EXT_IMAGE_GEOMETRY_1DB {
        // Buffers have no layout.
        return None;
    }
    let mut words = [0; 12];
    words[..8].copy_from_slice(&layout);
    words[0] = (data >> 8) as u32;
    words[1] = words[1] & !0xff | (data >> 40) as u32 & 0xff;
    words[10] = descriptor.width as u32;
    reformat(generation, &mut words, descriptor.format, descriptor.geometry)?;
    if matches!(descriptor.geometry, HSA_EXT_IMAGE_GEOMETRY_1D | HSA_EXT_IMAGE_GEOMETRY_1DA) {
        words[3] = words[3] & !(15 << 28) | kind(descriptor.geometry) << 28;
    }
    move_metadata(generation, &mut words, data);
    if levels > 1 && generation != Generation::Gfx12 {
        levels::count(generation, &mut words, levels);
    } else if levels > 1 {
        words[11] = levels;
    }
    Some(words)
}

/// Gives the words of an image another format, whose texels have the same size as far as the words tell.
pub fn reformat(
    generation: Generation,
    words: &mut [u32; 12],
    told: hsa_ext_image_format_t,
    geometry: hsa_ext_image_geometry_t,
) -> Option<()> {
    let (format, _) = format::find(told, geometry)?;
    if generation == Generation::Gfx9 && size_of_gfx9(words[1] >> 20 & 63) != Some(format.bytes()) {
        return None;
    }
    let (number, fields) = format_of_image(generation, &format);
    words[1] = words[1] & !fields | number;
    words[3] = words[3] & !0xfff | selects(&format);
    words[8..10].copy_from_slice(&[told.channel_type, told.channel_order]);
    Some(())
}

/// What tells which blocks are compressed comes with its distance from the image: makes an address of it.
fn move_metadata(generation: Generation, words: &mut [u32; 12], data: u64) {
    match generation {
        Generation::Gfx9 => {
            let distance = u64::from(words[5] >> 17 & 0xff) << 40 | u64::from(words[7]) << 8;
            let address = distance.wrapping_add(data);
            words[5] = words[5] & !(0xff << 17) | ((address >> 40) as u32 & 0xff) << 17;
            words[7] = (address >> 8) as u32;
        }
        Generation::Gfx10 | Generation::Gfx103 | Generation::Gfx11 => {
            let distance = u64::from(words[7]) << 16 | u64::from(words[6] >> 24) << 8;
            let address = distance.wrapping_add(data);
            words[6] = words[6] & 0xff_ffff | (address as u32 & 0xff00) << 16;
            words[7] = (address >> 16) as u32;
        }
        Generation::Gfx12 => {}
    }
}

/// Bytes of a texel of gfx9's formats that images are made of here.
fn size_of_gfx9(number: u32) -> Option<u64> {
    use Layout::{Even, Packed555, Packed565, Packed101010};
    let layouts = [
        Even(1, 8),
        Even(1, 16),
        Even(1, 32),
        Even(2, 8),
        Even(2, 16),
        Even(2, 32),
        Even(4, 8),
        Even(4, 16),
        Even(4, 32),
        Packed555,
        Packed565,
        Packed101010,
    ];
    layouts.into_iter().find(|layout| layout.number_of_gfx9() == number).map(Layout::bytes)
}
