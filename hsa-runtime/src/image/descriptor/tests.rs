//! Words by their fields, at their places in upstream's headers.

use super::*;
use crate::{
    abi::*,
    image::{
        Shape, format,
        tests::{described, plane},
    },
};

/// The fields of `SQ_IMG_RSRC_WORD0` to 4 by their places in the header.
#[test]
fn resources_hold_what_the_shape_says() {
    let words = resource(&plane(Generation::Gfx11, 1024, 0).unwrap(), 0x1234_5678_9a00);
    let field = |word: usize, low: u32, bits: u32| words[word] >> low & ((1 << bits) - 1);
    assert_eq!((words[0], field(1, 0, 8)), (0x3456_789a, 0x12));
    assert_eq!((field(1, 20, 8), field(1, 30, 2) | field(2, 0, 12) << 2), (42, 69));
    assert_eq!((field(2, 14, 14), field(3, 0, 12), field(3, 20, 5), field(3, 28, 4)), (49, 0xfac, 0, 9));
    assert_eq!((field(4, 0, 14), &words[5..8]), (255, &[0; 3][..]));
    assert_eq!(&words[8..11], &[2, 8, 70]);
    let old = resource(&plane(Generation::Gfx10, 0, 0).unwrap(), 0);
    assert_eq!((old[1] >> 20 & 511, old[2] >> 31, old[4]), (56, 1, 0));
    let layers = described(HSA_EXT_IMAGE_GEOMETRY_2DA, [8, 8, 0, 5]);
    let words = resource(&Shape::new(Generation::Gfx11, &layers, 0, 0).unwrap(), 0);
    assert_eq!((words[4], words[3] >> 28), (4, 13));
}

#[test]
fn buffers_count_texels() {
    let buffer = described(HSA_EXT_IMAGE_GEOMETRY_1DB, [1000, 0, 0, 0]);
    let shape = Shape::new(Generation::Gfx11, &buffer, 0, 0).unwrap();
    let words = resource(&shape, 0x7fff_1234_5600);
    assert_eq!(words[..4], [0x1234_5600, 0x7fff | 4 << 16, 1000, 0xfac | 42 << 12]);
    assert_eq!(shape.size(), 4096);
}

#[test]
fn samplers_hold_modes_and_filters() {
    let (repeat, border) =
        (HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT.0, HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER.0);
    let edge = HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE.0;
    assert_eq!(
        sampler(Generation::Gfx11, [repeat, border, edge], 0, [1, 2]).unwrap(),
        [0x80b0, 0xfff << 12, 0x50_0000, 0]
    );
    assert_eq!(sampler(Generation::Gfx11, [repeat; 3], 1, [0, 2]).unwrap(), [0, 0xfff << 12, 0, 0]);
    assert_eq!(sampler(Generation::Gfx12, [repeat; 3], 1, [0, 2]).unwrap()[1], 0xfff << 13);
    assert!(
        sampler(Generation::Gfx11, [5, 0, 0], 0, [0, 0]).is_err()
            && sampler(Generation::Gfx11, [0; 3], 0, [2, 0]).is_err()
    );
}

/// `MIP_FILTER`, at the same place in all generations.
#[test]
fn samplers_tell_how_levels_are_blended() {
    let third = |generation, mode| sampler(generation, [0; 3], 0, [1, mode]).unwrap()[2];
    for generation in [Generation::Gfx9, Generation::Gfx10, Generation::Gfx11, Generation::Gfx12] {
        let filters = [0, 1, 2].map(|mode| third(generation, mode) >> 20);
        assert_eq!(filters, [0x45, 0x85, 5], "point, linear, none");
    }
}

/// The first level, the last and the largest by their places in each header.
#[test]
fn levels_have_their_fields() {
    let plane = described(HSA_EXT_IMAGE_GEOMETRY_2D, [70, 50, 0, 0]);
    let words = |generation| resource(&Shape::with_levels(generation, &plane, 7).unwrap(), 0);
    let (gfx9, gfx11, gfx12) = (words(Generation::Gfx9), words(Generation::Gfx11), words(Generation::Gfx12));
    for words in [gfx9, words(Generation::Gfx10), words(Generation::Gfx103), gfx11] {
        assert_eq!((words[3] >> 12 & 15, words[3] >> 16 & 15, words[11]), (0, 6, 7));
    }
    assert_eq!((gfx9[5], gfx9[4]), (6 << 28, 101 << 13), "rows of all levels, but one");
    for generation in [Generation::Gfx10, Generation::Gfx103] {
        assert_eq!((words(generation)[5], words(generation)[4]), (6 << 4, 0));
    }
    assert_eq!((gfx11[1] >> 16 & 15, gfx11[4], gfx11[5]), (6, 0, 0), "no pitch");
    assert_eq!((gfx12[1] >> 12 & 31, gfx12[1] >> 25 & 31, gfx12[3] >> 15 & 31), (6, 0, 6));
    let view = |generation| {
        let mut words = words(generation);
        show(generation, &mut words, [3, 3]);
        words
    };
    assert_eq!(view(Generation::Gfx11)[3] ^ gfx11[3], 3 << 12 | (3 ^ 6) << 16);
    assert_eq!(view(Generation::Gfx12)[3] ^ gfx12[3], (3 ^ 6) << 15);
    assert_eq!(view(Generation::Gfx12)[1] ^ gfx12[1], 3 << 25);
}

#[test]
fn gfx9_has_its_fields_elsewhere() {
    let layers = described(HSA_EXT_IMAGE_GEOMETRY_2DA, [70, 50, 0, 5]);
    let shape = Shape::new(Generation::Gfx9, &layers, 1024, 0).unwrap();
    let words = resource(&shape, 0x1234_5678_9a00);
    let field = |word: usize, low: u32, bits: u32| words[word] >> low & ((1 << bits) - 1);
    assert_eq!((field(1, 0, 8), field(1, 20, 6), field(1, 26, 4)), (0x12, 10, 0));
    assert_eq!((field(2, 0, 14), field(2, 14, 14), field(3, 0, 12), field(3, 28, 4)), (69, 49, 0xfac, 13));
    assert_eq!((field(4, 0, 13), field(4, 13, 16), field(4, 29, 3)), (4, 255, 0));
    let buffer = described(HSA_EXT_IMAGE_GEOMETRY_1DB, [1000, 0, 0, 0]);
    let words = resource(&Shape::new(Generation::Gfx9, &buffer, 0, 0).unwrap(), 0);
    assert_eq!(words[3], 0xfac | 10 << 15);
}

#[test]
fn formats_have_numbers_of_their_own() {
    let all = || (0..20).flat_map(|order| (0..16).map(move |kind| (order, kind)));
    let geometry = HSA_EXT_IMAGE_GEOMETRY_2D;
    let found = all().filter_map(|(channel_order, channel_type)| {
        format::find(hsa_ext_image_format_t { channel_type, channel_order }, geometry)
    });
    for (format, _) in found {
        // Of the same layout, each kind of number has a number of its own, and the generations agree on small ones.
        let numbers = [Generation::Gfx10, Generation::Gfx11].map(|generation| format.number(generation));
        assert!(numbers[0] != 0 && (numbers[0] > 30 || numbers[0] == numbers[1]), "{format:?}: {numbers:?}");
    }
}

#[test]
fn layouts_keep_what_is_neither_format_nor_address() {
    let plane = described(HSA_EXT_IMAGE_GEOMETRY_2D, [70, 50, 0, 0]);
    let words = laid_out(Generation::Gfx11, &plane, 1, [u32::MAX; 8], 0x1234_5678_9a00).unwrap();
    assert_eq!((words[0], words[1]), (0x3456_789a, 0xf2af_ff12));
    assert_eq!((words[3], &words[8..11]), (0xffff_ffac, &[2, 8, 70][..]));
    // 0xffff_ffff_ff00 and the image's address.
    assert_eq!((words[6] >> 24, words[7]), (0x99, 0x1234_5678));
    assert!(laid_out(Generation::Gfx9, &plane, 1, [u32::MAX; 8], 0).is_none(), "no format of gfx9");
    let mut of_gfx9 = [0; 8];
    of_gfx9[1] = 4 << 20;
    assert!(laid_out(Generation::Gfx9, &plane, 1, of_gfx9, 0).is_some(), "four bytes, too");
    let buffer = described(HSA_EXT_IMAGE_GEOMETRY_1DB, [70, 0, 0, 0]);
    assert!(laid_out(Generation::Gfx11, &buffer, 1, [0; 8], 0).is_none());
}
