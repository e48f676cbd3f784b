//! How levels lie, by addrlib's rules worked out by hand.

use super::*;
use crate::image::{
    Image,
    tests::{at, described},
};

/// 70 by 50 texels of four bytes, of as many levels as there can be.
fn chain(generation: Generation) -> Shape {
    let plane = described(HSA_EXT_IMAGE_GEOMETRY_2D, [70, 50, 0, 0]);
    Shape::with_levels(generation, &plane, 7).unwrap()
}

#[test]
fn the_last_level_comes_first() {
    let shape = chain(Generation::Gfx11);
    let offsets = [0, 1, 2, 3, 4, 5, 6].map(|number| shape.level(number).offset);
    assert_eq!(offsets, [13312, 6912, 3584, 1792, 768, 256, 0]);
    assert_eq!((shape.slice, shape.size(), shape.alignment()), (38912, 38912, 256));
    // Rounded down, although there is room for what is rounded up.
    let level = Level { width: 17, height: 12, layers: 1, pitch: 64, offset: 3584 };
    assert_eq!(shape.level(2), level);
    assert_eq!(shape.level(6), Level { width: 1, height: 1, offset: 0, ..level });
    assert_eq!(chain(Generation::Gfx10).level(2), level);
    assert_eq!(chain(Generation::Gfx103).level(2), level);
}

#[test]
fn rows_of_gfx12_are_closer_than_they_take_room() {
    let shape = chain(Generation::Gfx12);
    assert_eq!([0, 1, 2, 6].map(|number| shape.level(number).pitch), [96, 64, 32, 32]);
    assert_eq!((shape.level(0).offset, shape.slice), (13312, 38912));
    // Of one level it is the same, where the distance of rows cannot be told.
    let layers = described(HSA_EXT_IMAGE_GEOMETRY_2DA, [70, 50, 0, 3]);
    let layers = Shape::new(Generation::Gfx12, &layers, 0, 0).unwrap();
    assert_eq!((layers.pitch, layers.slice, layers.size()), (96, 25600, 3 * 25600));
}

#[test]
fn levels_of_gfx9_are_below_each_other() {
    let shape = chain(Generation::Gfx9);
    assert_eq!((shape.rows(), shape.slice), (102, 102 * 512));
    assert_eq!([0, 1, 2, 6].map(|number| shape.level(number).offset / 512), [0, 50, 75, 101]);
    assert_eq!([0, 1, 6].map(|number| shape.level(number).pitch), [128; 3]);
}

#[test]
fn each_layer_has_all_levels() {
    let size = |geometry, sizes| {
        let shape = Shape::with_levels(Generation::Gfx11, &described(geometry, sizes), 7).unwrap();
        (shape.size(), shape.level(1).layers, shape.level(1).offset)
    };
    assert_eq!(size(HSA_EXT_IMAGE_GEOMETRY_3D, [70, 50, 3, 0]), (3 * 38912, 1, 6912));
    assert_eq!(size(HSA_EXT_IMAGE_GEOMETRY_2DA, [70, 50, 0, 3]), (3 * 38912, 3, 6912));
    // Seven rows of 256 bytes, and as many again for the first.
    assert_eq!(size(HSA_EXT_IMAGE_GEOMETRY_1DA, [70, 0, 0, 5]), (5 * 8 * 256, 5, 5 * 256));
    assert_eq!(size(HSA_EXT_IMAGE_GEOMETRY_1D, [70, 0, 0, 0]), (8 * 256, 1, 5 * 256));
}

#[test]
fn there_are_levels_down_to_one_texel() {
    let most = |geometry, sizes| most(&described(geometry, sizes));
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_2D, [16384, 1, 0, 0]), 15);
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_2D, [63, 64, 0, 0]), 7);
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_2DA, [1, 2, 0, 100]), 2);
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_1DA, [8, 0, 0, 100]), 4);
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_3D, [1, 2, 1000, 0]), 10);
    assert_eq!(most(HSA_EXT_IMAGE_GEOMETRY_1DB, [1000, 0, 0, 0]), 1);
    let made = |geometry, sizes, levels| {
        let shape = Shape::with_levels(Generation::Gfx11, &described(geometry, sizes), levels);
        shape.map(|shape| shape.levels).map_err(|error| error as u32)
    };
    let plane = HSA_EXT_IMAGE_GEOMETRY_2D;
    let (size, argument) = (Error::ImageSizeUnsupported as u32, Error::InvalidArgument as u32);
    assert_eq!([0, 1, 2, 4].map(|levels| made(plane, [8, 8, 0, 0], levels)), [Ok(1), Ok(1), Ok(2), Ok(4)]);
    assert_eq!([5, usize::MAX].map(|levels| made(plane, [8, 8, 0, 0], levels)), [Err(argument); 2]);
    assert_eq!(made(plane, [16385, 8, 0, 0], 2), Err(size));
    assert_eq!(made(HSA_EXT_IMAGE_GEOMETRY_1DB, [8, 0, 0, 0], 2), Err(size));
}

#[test]
fn parts_are_those_of_the_level_that_is_shown() {
    let volume = described(HSA_EXT_IMAGE_GEOMETRY_3D, [70, 50, 3, 0]);
    let shape = Shape::with_levels(Generation::Gfx11, &volume, 7).unwrap();
    let whole = Image::new(0, shape, 0x10_0000);
    let start = |image: Image, range| image.part(at(0, 0, 0), range).map(|part| part.unwrap().place.start);
    assert_eq!(start(whole, at(70, 50, 3)), Ok(0x10_0000 + 13312));
    let level = whole.level(1, None).unwrap();
    let part = level.part(at(1, 2, 0), at(34, 23, 1)).unwrap().unwrap();
    assert_eq!(
        (part.place.start, part.place.pitch, part.place.slice),
        (0x10_0000 + 6912 + 4 + 512, 256, 38912)
    );
    for range in [at(36, 25, 1), at(35, 26, 1), at(35, 25, 2)] {
        assert_eq!(start(level, range), Err(Error::InvalidArgument));
    }
    let rows = described(HSA_EXT_IMAGE_GEOMETRY_1DA, [70, 0, 0, 5]);
    let rows = Image::new(0, Shape::with_levels(Generation::Gfx11, &rows, 7).unwrap(), 0);
    let part = rows.level(6, None).unwrap().part(at(0, 3, 0), at(1, 2, 1)).unwrap().unwrap();
    assert_eq!((part.place.start, part.place.pitch), (3 * 8 * 256, 8 * 256));
}
