//! Shapes, formats, parts of images, and the life of handles.

use super::*;
use crate::driver::fake::FakeDriver;

fn format(
    order: hsa_ext_image_channel_order_t,
    kind: hsa_ext_image_channel_type_t,
) -> hsa_ext_image_format_t {
    hsa_ext_image_format_t { channel_type: kind.0, channel_order: order.0 }
}

/// A descriptor of these sizes.
pub(super) fn described(geometry: hsa_ext_image_geometry_t, sizes: [usize; 4]) -> hsa_ext_image_descriptor_t {
    let [width, height, depth, array_size] = sizes;
    let format = format(HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8);
    hsa_ext_image_descriptor_t { geometry, width, height, depth, array_size, format }
}

/// A place, or a size.
pub(super) fn at(x: u32, y: u32, z: u32) -> hsa_dim3_t {
    hsa_dim3_t { x, y, z }
}

/// A plane of 70 by 50 texels.
pub(super) fn plane(generation: Generation, row_pitch: usize, slice_pitch: usize) -> Result<Shape, Error> {
    let described = described(HSA_EXT_IMAGE_GEOMETRY_2D, [70, 50, 0, 0]);
    Shape::new(generation, &described, row_pitch, slice_pitch)
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
    let layers = described(HSA_EXT_IMAGE_GEOMETRY_2DA, [70, 50, 0, 3]);
    let of_layers = |generation| Shape::new(generation, &layers, 1024, 0).is_ok();
    assert_eq!([Generation::Gfx9, Generation::Gfx11, Generation::Gfx12].map(of_layers), [true, false, false]);
    for (row, slice) in [(280, 0), (256, 0), (640, 0), (512, 512 * 49)] {
        assert_eq!(pitch(Generation::Gfx11, row, slice), wrong, "{row} {slice}");
    }
}

#[test]
fn what_is_too_large_or_nothing_is_refused() {
    let refusal = |geometry, sizes| {
        Shape::new(Generation::Gfx11, &described(geometry, sizes), 0, 0).err().map(|error| error as u32)
    };
    let size = Some(Error::ImageSizeUnsupported as u32);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [16384, 16384, 1, 1]), None);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [16385, 1, 1, 1]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_2D, [1, 1, 2, 1]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_1DA, [1, 1, 1, 8193]), size);
    assert_eq!(refusal(HSA_EXT_IMAGE_GEOMETRY_3D, [0, 1, 1, 1]), size);
    assert_eq!(refusal(hsa_ext_image_geometry_t(9), [1, 1, 1, 1]), Some(Error::InvalidArgument as u32));
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
}

#[test]
fn parts_are_boxes_of_bytes() {
    let image = |geometry, sizes| {
        let shape = Shape::new(Generation::Gfx11, &described(geometry, sizes), 0, 0).unwrap();
        Image::new(0, shape, 0x10_0000)
    };
    let volume = image(HSA_EXT_IMAGE_GEOMETRY_3D, [70, 50, 3, 0]);
    let part = volume.part(at(2, 1, 1), at(68, 49, 2)).unwrap().unwrap();
    assert_eq!((part.place.start, part.place.pitch, part.place.slice), (0x10_0008 + 512 * 51, 512, 512 * 50));
    let close = part.memory(7, 0, 0);
    assert_eq!((close.start, close.pitch, close.slice), (7, 272, 272 * 49));
    let copy = part.copy(part.place, part.memory(7, 300, 20000));
    assert_eq!((copy.width, copy.height, copy.depth, copy.source.slice), (272, 49, 2, 20000));
    assert_eq!(volume.part(at(3, 1, 1), at(68, 49, 2)), Err(Error::InvalidArgument));
    assert_eq!(volume.part(at(u32::MAX, 0, 0), at(u32::MAX, 1, 1)), Err(Error::InvalidArgument));
    assert_eq!(volume.part(at(3, 1, 1), at(68, 0, 2)), Ok(None));
    // Of an array of rows the second number chooses the layer.
    let rows = image(HSA_EXT_IMAGE_GEOMETRY_1DA, [70, 0, 0, 6]);
    let part = rows.part(at(0, 4, 0), at(70, 2, 1)).unwrap().unwrap();
    let copy = part.copy(part.memory(0, 400, 9999), part.place);
    assert_eq!((copy.source.start, copy.source.pitch, copy.target.pitch), (0x10_0000 + 4 * 512, 512, 400));
    assert_eq!((copy.height, copy.depth), (2, 1));
    assert_eq!(rows.part(at(0, 0, 1), at(70, 2, 1)), Err(Error::InvalidArgument));
}

/// The first two words that tell of levels, of the image of a handle.
fn shown(images: &Images, handle: u64) -> [u32; 2] {
    let all = images.all.lock();
    let words = match all[&handle] {
        Entry::Image(image) => image.words(),
        Entry::LaidOut(image) => image.words,
        Entry::Sampler => panic!("a sampler"),
    };
    [words[3] >> 12 & 15, words[3] >> 16 & 15]
}

#[test]
fn levels_are_images_of_their_own() {
    let (driver, images) = (FakeDriver::default(), Images::default());
    let plane = described(HSA_EXT_IMAGE_GEOMETRY_2D, [64, 64, 0, 0]);
    let shape = Shape::with_levels(Generation::Gfx11, &plane, 3).unwrap();
    let whole = images.create(&driver, Image::new(1, shape, 0x1000)).unwrap();
    let level = |gpu, handle, number, format| images.create_level(&driver, gpu, handle, number, format);
    let last = level(1, whole, 2, None).unwrap();
    assert_eq!([whole, last].map(|handle| shown(&images, handle)), [[0, 2], [2, 2]]);
    // The levels that there are in memory, whichever are shown.
    assert_eq!(level(1, last, 1, None).map(|handle| shown(&images, handle)), Ok([1, 1]));
    assert_eq!(level(1, whole, 3, None), Err(Error::InvalidArgument));
    assert_eq!(level(0, whole, 0, None), Err(Error::InvalidArgument));
    let red = |kind| Some(format(HSA_EXT_IMAGE_CHANNEL_ORDER_R, kind));
    let wide = level(1, whole, 0, red(HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT)).unwrap();
    assert_eq!(images.get(wide).unwrap().shape.told.channel_type, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT.0);
    let narrow = level(1, whole, 0, red(HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8));
    assert_eq!(narrow, Err(Error::ImageFormatUnsupported));
    assert_eq!(images.destroy(whole), Ok(()));
    assert_eq!(level(1, whole, 0, None), Err(Error::InvalidArgument));
    assert!(images.get(last).is_ok_and(|image| image.part(at(0, 0, 0), at(16, 16, 1)).is_ok()));
    let sampler = images.create_sampler(&driver, [0; 4]).unwrap();
    assert_eq!(level(1, sampler, 0, None), Err(Error::InvalidArgument));
}

#[test]
fn levels_that_others_have_laid_out() {
    let (driver, images) = (FakeDriver::default(), Images::default());
    let plane = described(HSA_EXT_IMAGE_GEOMETRY_2D, [64, 64, 0, 0]);
    let make = |levels| {
        let generation = Generation::Gfx11;
        let words = laid_out(generation, &plane, levels, [u32::MAX; 8], 0x1000).unwrap();
        let image = LaidOut { gpu: 1, generation, geometry: plane.geometry, levels, words };
        images.create_laid_out(&driver, image).unwrap()
    };
    let several = make(5);
    let level = images.create_level(&driver, 1, several, 4, None).unwrap();
    assert_eq!([several, level].map(|handle| shown(&images, handle)), [[15, 15], [4, 4]]);
    assert_eq!(images.create_level(&driver, 1, several, 5, None), Err(Error::InvalidArgument));
    let other = Some(format(HSA_EXT_IMAGE_CHANNEL_ORDER_RGB, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24));
    assert_eq!(images.create_level(&driver, 1, several, 4, other), Err(Error::ImageFormatUnsupported));
    // Of a single one the words stay as they came.
    let single = images.create_level(&driver, 1, make(1), 0, None).unwrap();
    assert_eq!(shown(&images, single), [15, 15]);
}

#[test]
fn handles_are_of_one_kind_and_die_once() {
    let (driver, images) = (FakeDriver::default(), Images::default());
    let shape = plane(Generation::Gfx11, 0, 0).unwrap();
    let at = |data| Image::new(0, shape, data);
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
