//! Shapes, resources and samplers by the fields of their words, and the life of handles.

use super::*;
use crate::{abi::*, driver::fake::FakeDriver};

fn format(
    order: hsa_ext_image_channel_order_t,
    kind: hsa_ext_image_channel_type_t,
) -> hsa_ext_image_format_t {
    hsa_ext_image_format_t { channel_type: kind.0, channel_order: order.0 }
}

fn descriptor(geometry: hsa_ext_image_geometry_t, sizes: [usize; 4]) -> hsa_ext_image_descriptor_t {
    let [width, height, depth, array_size] = sizes;
    let format = format(HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8);
    hsa_ext_image_descriptor_t { geometry, width, height, depth, array_size, format }
}

fn plane(generation: Generation, row_pitch: usize, slice_pitch: usize) -> Result<Shape, Error> {
    let descriptor = descriptor(HSA_EXT_IMAGE_GEOMETRY_2D, [70, 50, 0, 0]);
    Shape::new(generation, &descriptor, row_pitch, slice_pitch)
}

#[test]
fn rows_begin_at_multiples_of_256_bytes() {
    let shape = plane(Generation::Gfx11, 0, 0).unwrap();
    assert_eq!((shape.pitch, shape.size(), shape.alignment()), (128, 512 * 50, 256));
}

#[test]
fn longer_rows_need_hardware_that_can_be_told() {
    let pitch =
        |generation, row, slice| plane(generation, row, slice).map(|shape| shape.pitch).map_err(|e| e as u32);
    let wrong = Err(Error::ImagePitchUnsupported as u32);
    assert_eq!(pitch(Generation::Gfx11, 1024, 1024 * 50), Ok(256));
    assert_eq!(pitch(Generation::Gfx10, 1024, 0), wrong);
    assert_eq!(pitch(Generation::Gfx10, 512, 512 * 50), Ok(128));
    for (row, slice) in [(280, 0), (256, 0), (640, 0), (512, 512 * 49)] {
        assert_eq!(pitch(Generation::Gfx11, row, slice), wrong, "{row} {slice}");
    }
}

#[test]
fn what_is_too_large_or_nothing_is_refused() {
    let refusal = |geometry, sizes| {
        Shape::new(Generation::Gfx11, &descriptor(geometry, sizes), 0, 0).err().map(|error| error as u32)
    };
    let size = Some(Error::ImageSizeUnsupported as u32);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [16384, 16384, 1, 1]), None);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [16385, 1, 1, 1]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [1, 1, 2, 1]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_1DA, [1, 1, 1, 8193]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_3D, [0, 1, 1, 1]), size);
    assert_eq!(refusal(hsa_ext_image_geometry_t(9), [1, 1, 1, 1]), Some(Error::InvalidArgument as u32));
}

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
    let layers = descriptor(HSA_EXT_IMAGE_GEOMETRY_2DA, [8, 8, 0, 5]);
    let words = resource(&Shape::new(Generation::Gfx11, &layers, 0, 0).unwrap(), 0);
    assert_eq!((words[4], words[3] >> 28), (4, 13));
}

#[test]
fn buffers_count_texels() {
    let buffer = descriptor(HSA_EXT_IMAGE_GEOMETRY_1DB, [1000, 0, 0, 0]);
    let shape = Shape::new(Generation::Gfx11, &buffer, 0, 0).unwrap();
    let words = resource(&shape, 0x7fff_1234_5600);
    assert_eq!(words[..4], [0x1234_5600, 0x7fff | 4 << 16, 1000, 0xfac | 42 << 12]);
    assert_eq!(shape.size(), 4096);
}

#[test]
fn formats_are_those_of_the_hardware() {
    let geometry = HSA_EXT_IMAGE_GEOMETRY_2D;
    let can = |order, kind| capability(format(order, kind), geometry);
    assert_eq!(can(HSA_EXT_IMAGE_CHANNEL_ORDER_R, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT), 7);
    assert_eq!(can(HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8), 1);
    assert_eq!(can(HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16), 3);
    assert_eq!(can(HSA_EXT_IMAGE_CHANNEL_ORDER_RGB, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT), 0);
    assert_eq!(can(HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA, HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16), 0);
    let all = || (0..20).flat_map(|order| (0..16).map(move |kind| (order, kind)));
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
fn samplers_hold_modes_and_filters() {
    let (repeat, border) =
        (HSA_EXT_SAMPLER_ADDRESSING_MODE_REPEAT.0, HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_BORDER.0);
    let edge = HSA_EXT_SAMPLER_ADDRESSING_MODE_CLAMP_TO_EDGE.0;
    assert_eq!(sampler([repeat, border, edge], 0, 1).unwrap(), [0x80b0, 0xfff << 12, 0x50_0000, 0]);
    assert_eq!(sampler([repeat; 3], 1, 0).unwrap(), [0, 0xfff << 12, 0, 0]);
    assert!(sampler([5, 0, 0], 0, 0).is_err() && sampler([0; 3], 0, 2).is_err());
}

#[test]
fn handles_are_of_one_kind_and_die_once() {
    let (driver, images) = (FakeDriver::default(), Images::default());
    let shape = plane(Generation::Gfx11, 0, 0).unwrap();
    let at = |data| Image { gpu: 0, shape, data };
    assert_eq!(images.create(&driver, at(0x1080)), Err(Error::InvalidArgument));
    let image = images.create(&driver, at(0x1000)).unwrap();
    let sampler = images.create_sampler(&driver, [0; 4]).unwrap();
    assert!(image != sampler && image % 64 == 0 && sampler % 64 == 0);
    assert_eq!(
        (images.destroy(sampler), images.destroy_sampler(image)),
        (Err(Error::InvalidArgument), Err(Error::InvalidArgument))
    );
    assert_eq!((images.destroy(image), images.destroy(image)), (Ok(()), Err(Error::InvalidArgument)));
    assert_eq!(images.create(&driver, at(0)), Ok(image), "its place is free again");
}
