//! Image resources (T#): what they describe, and where a texel is. Answers to upstream's
//! image/resource_nv.h and resource_gfx11.h, to addrlib's sizes of blocks, and to its HwlComputeSurfaceInfoLinear for
//! levels, which are simulated in linear mode only. Touches `format`.
//!
//! In tiled modes the blocks stand where the hardware has them, so that an image takes the memory that addrlib
//! reserves. Within a block the texels are in the order of interleaved coordinates; the hardware's order depends on
//! its number of pipes. Only image instructions look there, and they agree.

use super::format::{Format, Generation};

/// What kind of image a resource says it is.
mod kind {
    pub const VOLUME: u32 = 10;
    pub const ONE: u32 = 8;
    pub const TWO: u32 = 9;
}

/// A resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Address of the first texel.
    pub base: u64,
    /// How texels are coded.
    pub format: Format,
    /// Columns, rows, and slices or layers of the largest level in memory.
    pub size: [u32; 3],
    /// Levels that instructions reach.
    pub levels: u32,
    /// The first layer.
    pub first_layer: u32,
    /// Where each component of the result comes from ([`Format::selected`]).
    pub select: [u32; 4],
    /// The largest of them, of which it is one of as many and one more in memory.
    first_level: u32,
    last_in_memory: u32,
    pitch: u32,
    /// Bytes of a layer, in linear mode.
    slice: u64,
    mode: u32,
    volume: bool,
}

impl Resource {
    /// From the eight words. Nothing where the format is not simulated or levels are shown that there are not.
    pub fn new(words: [u32; 8], generation: Generation) -> Option<Self> {
        let field = |word: usize, low: u32, width: u32| words[word] >> low & ((1 << width) - 1);
        let width_of_format = if generation == Generation::Gfx10 { 9 } else { 8 };
        let format = Format::new(generation, field(1, 20, width_of_format))?;
        let (mode, kind) = (field(3, 20, 5), field(3, 28, 4));
        let width = (field(1, 30, 2) | field(2, 0, 12) << 2) + 1;
        let (first_level, last_level) = (field(3, 12, 4), field(3, 16, 4));
        let last_in_memory = if generation == Generation::Gfx10 { field(5, 4, 4) } else { field(1, 16, 4) };
        // Neither samples are simulated, nor how levels are tiled.
        let levels = first_level..=last_level;
        if kind == 0 || kind > 13 || levels.is_empty() || last_level > last_in_memory {
            return None;
        }
        if mode != 0 && last_in_memory > 0 {
            return None;
        }
        let given = field(4, 0, 14) + 1;
        let flat = matches!(kind, kind::ONE | kind::TWO);
        let resource = Self {
            base: (u64::from(words[0]) | u64::from(field(1, 0, 8)) << 32) << 8,
            format,
            size: [width, field(2, 14, 14) + 1, if flat { 1 } else { field(4, 0, 13) + 1 }],
            levels: last_level - first_level + 1,
            first_layer: if kind == kind::VOLUME { 0 } else { field(4, 16, 13) },
            select: [0, 3, 6, 9].map(|low| field(3, low, 3)),
            first_level,
            last_in_memory,
            // The pitch stands where others have the number of layers; several levels have none.
            pitch: if flat && last_in_memory == 0 { given } else { 0 },
            slice: 0,
            mode,
            volume: kind == kind::VOLUME,
        };
        Some(Self { slice: (0..=last_in_memory).map(|number| resource.room(number)).sum(), ..resource })
    }

    /// A level as an image of its own, counted from the largest that instructions reach.
    pub fn level(&self, number: u32) -> Option<Self> {
        if number >= self.levels {
            return None;
        }
        let number = self.first_level + number;
        let [x, y, z] = self.size.map(|size| (size >> number).max(1));
        let smaller: u64 = (number + 1..=self.last_in_memory).map(|other| self.room(other)).sum();
        Some(Self {
            base: self.base + smaller,
            size: [x, y, if self.volume { z } else { self.size[2] }],
            levels: 1,
            first_level: 0,
            last_in_memory: 0,
            pitch: self.row(number),
            ..*self
        })
    }

    /// Columns from row to row of a level in memory: so many as 256 bytes are, or a multiple.
    fn row(&self, number: u32) -> u32 {
        let granule = (256 / self.format.bytes().next_power_of_two()).max(1);
        let width = self.size[0].div_ceil(1 << number);
        if self.pitch > width { self.pitch } else { width.next_multiple_of(granule) }
    }

    /// Bytes of a level in memory, of each layer.
    fn room(&self, number: u32) -> u64 {
        let rows = self.size[1].div_ceil(1 << number);
        u64::from(self.row(number)) * u64::from(rows) * u64::from(self.format.bytes())
    }

    /// The address of a texel, which must be within the image, of one level.
    pub fn address(&self, at: [u32; 3]) -> u64 {
        let bytes = u64::from(self.format.bytes());
        if self.mode == 0 {
            let [x, y, z] = at.map(u64::from);
            return self.base + z * self.slice + (y * u64::from(self.row(0)) + x) * bytes;
        }
        let block = self.block();
        let blocks = [0, 1, 2].map(|axis| u64::from(self.size[axis].div_ceil(1 << block[axis])));
        let [x, y, z] = [0, 1, 2].map(|axis| u64::from(at[axis] >> block[axis]));
        let number = (z * blocks[1] + y) * blocks[0] + x;
        let texels = 1u64 << block.iter().sum::<u32>();
        self.base + (number * texels + interleaved(at, block)) * bytes
    }

    /// Powers of two that a block has of columns, rows and slices.
    fn block(&self) -> [u32; 3] {
        let bytes = match self.mode {
            1..=3 => 8,
            4..=7 | 20..=23 => 12,
            28..=31 => 18,
            _ => 16,
        };
        let texels = bytes - self.format.bytes().ilog2();
        // Standard and display order are those of volumes; others lay out each slice by itself.
        if self.volume && matches!(self.mode & 3, 1 | 2) {
            // A kilobyte of texels of 1, 2, 4, 8 and 16 bytes.
            let small = [[4, 3, 3], [3, 3, 3], [3, 3, 2], [3, 2, 2], [2, 2, 2]];
            let small = small[self.format.bytes().ilog2() as usize];
            let (each, rest) = ((bytes - 10) / 3, (bytes - 10) % 3);
            return [small[0] + each, small[1] + each + rest / 2, small[2] + each + u32::from(rest > 0)];
        }
        let columns = texels.div_ceil(2);
        [columns, texels - columns, 0]
    }
}

/// The lower bits of three coordinates in turn, as many of each as a block has.
fn interleaved(at: [u32; 3], block: [u32; 3]) -> u64 {
    let (mut number, mut place) = (0, 0);
    for bit in 0..block.into_iter().max().unwrap_or(0) {
        for axis in (0..3).filter(|&axis| bit < block[axis]) {
            number |= u64::from(at[axis] >> bit & 1) << place;
            place += 1;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A resource as upstream's image library fills it in.
    fn words(format: u32, size: [u32; 3], mode: u32, kind: u32, pitch: u32) -> [u32; 8] {
        let [x, y, z] = size.map(|size| size - 1);
        let select = 4 | 5 << 3 | 6 << 6 | 7 << 9;
        let last = if matches!(kind, 8 | 9) { pitch - 1 } else { z };
        [
            0x10,
            format << 20 | (x & 3) << 30,
            x >> 2 | y << 14,
            select | mode << 20 | kind << 28,
            last,
            0,
            0,
            0,
        ]
    }

    #[test]
    fn rows_are_as_far_apart_as_the_pitch_says() {
        let resource = Resource::new(words(42, [5, 3, 1], 0, 9, 128), Generation::Gfx11).expect("known");
        assert_eq!((resource.size, resource.address([4, 2, 0])), ([5, 3, 1], 0x1000 + (2 * 128 + 4) * 4));
        let layers = Resource::new(words(42, [5, 3, 4], 0, 13, 0), Generation::Gfx11).expect("known");
        assert_eq!(layers.address([0, 1, 2]), 0x1000 + (2 * 3 + 1) * 256);
    }

    /// Four levels of 20 by 6 by 2 texels of four bytes, of which `shown` are reached.
    fn chain(kind: u32, shown: [u32; 2], generation: Generation) -> Option<Resource> {
        let format = if generation == Generation::Gfx10 { 56 } else { 42 };
        let mut words = words(format, [20, 6, 2], 0, kind, 1);
        words[3] |= shown[0] << 12 | shown[1] << 16;
        let (word, low) = if generation == Generation::Gfx10 { (5, 4) } else { (1, 16) };
        words[word] |= 3 << low;
        Resource::new(words, generation)
    }

    /// Rows of a level each are 256 bytes long; there are 1, 2, 3 and 6 of them, the smallest level's first.
    #[test]
    fn the_smallest_level_comes_first() {
        for generation in [Generation::Gfx10, Generation::Gfx11] {
            let volume = chain(10, [0, 3], generation).expect("known");
            let level = |number| volume.level(number).expect("there");
            assert_eq!([0, 1, 3].map(|number| level(number).size), [[20, 6, 2], [10, 3, 1], [2, 1, 1]]);
            let rows = [0, 1, 2, 3].map(|number| (level(number).address([0, 0, 0]) - 0x1000) / 256);
            assert_eq!(rows, [6, 3, 1, 0]);
            assert_eq!(level(0).address([1, 2, 1]), 0x1000 + (12 + 6 + 2) * 256 + 4);
            assert!(volume.level(4).is_none());
        }
    }

    #[test]
    fn levels_are_counted_from_the_first_that_is_shown() {
        let layers = chain(13, [1, 2], Generation::Gfx11).expect("known");
        assert_eq!((layers.levels, layers.level(0).map(|level| level.size)), (2, Some([10, 3, 2])));
        assert!(layers.level(2).is_none());
        assert!(
            chain(13, [1, 4], Generation::Gfx11).is_none() && chain(13, [2, 1], Generation::Gfx11).is_none()
        );
    }

    #[test]
    fn every_texel_of_a_tiled_image_has_a_place_of_its_own() {
        // Format, mode, kind; volumes in thick blocks (64KB_S_X) and in thin ones (64KB_R_X).
        for (format, mode, kind) in
            [(1, 26, 9), (13, 27, 13), (42, 25, 10), (57, 27, 10), (63, 22, 9), (42, 29, 10)]
        {
            let size = [70, 40, if kind == 9 { 1 } else { 5 }];
            let resource =
                Resource::new(words(format, size, mode, kind, 1), Generation::Gfx11).expect("known");
            let block = resource.block();
            let bytes = u64::from(resource.format.bytes());
            let whole: u64 =
                (0..3).map(|axis| u64::from(size[axis].next_multiple_of(1 << block[axis]))).product();
            let mut seen = HashSet::new();
            for z in 0..size[2] {
                for at in (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| [x, y, z])) {
                    let address = resource.address(at);
                    assert!(address >= 0x1000 && address + bytes <= 0x1000 + whole * bytes, "{at:?}");
                    assert!(address % bytes == 0 && seen.insert(address), "{at:?}");
                }
            }
        }
    }
}
