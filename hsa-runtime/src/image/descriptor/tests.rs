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
        sampler(Generation::Gfx11, [repeat, border, edge], 0, 1).unwrap(),
        [0x80b0, 0xfff << 12, 0x50_0000, 0]
    );
    assert_eq!(sampler(Generation::Gfx11, [repeat; 3], 1, 0).unwrap(), [0, 0xfff << 12, 0, 0]);
    assert_eq!(sampler(Generation::Gfx12, [repeat; 3], 1, 0).unwrap()[1], 0xfff << 13);
    assert!(
        sampler(Generation::Gfx11, [5, 0, 0], 0, 0).is_err()
            && sampler(Generation::Gfx11, [0; 3], 0, 2).is_err()
    );
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
    let words = laid_out(Generation::Gfx11, &plane, [u32::MAX; 8], 0x1234_5678_9a00).unwrap();
    assert_eq!((words[0], words[1]), (0x3456_789a, 0xf2af_ff12));
    assert_eq!((words[3], &words[8..11]), (0xffff_ffac, &[2, 8, 70][..]));
    // 0xffff_ffff_ff00 and the image's address.
    assert_eq!((words[6] >> 24, words[7]), (0x99, 0x1234_5678));
    assert!(laid_out(Generation::Gfx9, &plane, [u32::MAX; 8], 0).is_none(), "no format of gfx9");
    let mut of_gfx9 = [0; 8];
    of_gfx9[1] = 4 << 20;
    assert!(laid_out(Generation::Gfx9, &plane, of_gfx9, 0).is_some(), "four bytes, too");
    let buffer = described(HSA_EXT_IMAGE_GEOMETRY_1DB, [70, 0, 0, 0]);
    assert!(laid_out(Generation::Gfx11, &buffer, [0; 8], 0).is_none());
}
