//! Numbers of formats. Answers to the `CFMT_*` of upstream's `resource_nv.h`, `resource_gfx11.h` and `resource_gfx12.h`, which
//! agree on the last two, and to its `FMT_*` and `TYPE_*` for gfx9.

use super::Generation;
use crate::image::format::{
    Format,
    Layout::{self, Even, Packed555, Packed565, Packed101010},
    Numbers::{Float, Sint, Snorm, Srgb, Uint, Unorm},
};

impl Layout {
    /// Its number as gfx9 has it.
    pub fn number_of_gfx9(self) -> u32 {
        match self {
            Even(1, 8) => 1,
            Even(1, 16) => 2,
            Even(2, 8) => 3,
            Even(1, _) => 4,
            Even(2, 16) => 5,
            Packed101010 => 9,
            Even(_, 8) => 10,
            Even(2, _) => 11,
            Even(_, 16) => 12,
            Even(..) => 14,
            Packed565 => 16,
            Packed555 => 17,
        }
    }
}

impl Format {
    /// The number of the layout, and that of what the bits mean, as gfx9 has them.
    pub fn parts(&self) -> [u32; 2] {
        let numbers = match self.numbers {
            Unorm => 0,
            Snorm => 1,
            Uint => 4,
            Sint => 5,
            Float => 7,
            Srgb => 9,
        };
        [self.layout.number_of_gfx9(), numbers]
    }

    /// The one number that resources have for both since gfx10.
    pub fn number(&self, generation: Generation) -> u32 {
        let by = |gfx10, gfx11| if generation >= Generation::Gfx11 { gfx11 } else { gfx10 };
        let first = match self.layout {
            Even(4, 8) if self.numbers == Srgb => return by(130, 66),
            Packed565 => return by(133, 68),
            Packed555 => return by(134, 69),
            Packed101010 => return by(50, 36),
            Even(1, 8) => 1,
            Even(1, 16) => 7,
            Even(2, 8) => 14,
            Even(1, _) => 20,
            Even(2, 16) => 23,
            Even(2, _) => by(62, 48),
            Even(_, 8) => by(56, 42),
            Even(_, 16) => by(65, 51),
            Even(..) => by(75, 61),
        };
        // Components of 32 bits are of three kinds, others of six or seven, of which two are not used here.
        first
            + match (self.numbers, self.layout) {
                (Uint, Even(_, 32)) => 0,
                (Sint, Even(_, 32)) => 1,
                (_, Even(_, 32)) => 2,
                (Unorm | Srgb, _) => 0,
                (Snorm, _) => 1,
                (Uint, _) => 4,
                (Sint, _) => 5,
                (Float, _) => 6,
            }
    }
}
