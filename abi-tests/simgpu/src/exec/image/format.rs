//! How texels are coded: which bits belong to which component, and what numbers they are. The formats are those that
//! HIP and OpenCL have images of, numbered as resources name them (`CFMT_*` of upstream's image library; LLVM's
//! `UFMT_*`). Touches `half`.

use crate::exec::half::F16;

/// Which numbers of formats a resource has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// gfx10.
    Gfx10,
    /// gfx11.
    Gfx11,
}

impl Generation {
    /// The bits that the number of a buffer's format has.
    pub fn buffer_formats(self) -> u32 {
        if self == Self::Gfx10 { 0x7f } else { 0x3f }
    }
}

/// What the bits of a component mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// 0 to 1.
    Unorm,
    /// -1 to 1.
    Snorm,
    /// A whole number as a float.
    Uscaled,
    /// The same with a sign.
    Sscaled,
    /// A whole number.
    Uint,
    /// The same with a sign.
    Sint,
    /// f16 or f32.
    Float,
    /// 0 to 1 by the curve of sRGB; the fourth component is linear.
    Srgb,
}
use Numbers::{Float, Sint, Snorm, Srgb, Sscaled, Uint, Unorm, Uscaled};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Bits of each component, x in the lowest ones; 0 where there is none.
    pub bits: [u8; 4],
    /// What they mean.
    pub numbers: Numbers,
}

/// Formats of one layout whose numbers follow each other: the first one's number, the bits, and what they are.
type Family = (u32, [u8; 4], &'static [Numbers]);

const NARROW: &[Numbers] = &[Unorm, Snorm, Uscaled, Sscaled, Uint, Sint];
const HALF: &[Numbers] = &[Unorm, Snorm, Uscaled, Sscaled, Uint, Sint, Float];
const WORD: &[Numbers] = &[Uint, Sint, Float];

const BOTH: &[Family] = &[
    (1, [8, 0, 0, 0], NARROW),
    (7, [16, 0, 0, 0], HALF),
    (14, [8, 8, 0, 0], NARROW),
    (20, [32, 0, 0, 0], WORD),
    (23, [16, 16, 0, 0], HALF),
];

const GFX10: &[Family] = &[
    (44, [2, 10, 10, 10], NARROW),
    (50, [10, 10, 10, 2], NARROW),
    (56, [8, 8, 8, 8], NARROW),
    (62, [32, 32, 0, 0], WORD),
    (65, [16, 16, 16, 16], HALF),
    (72, [32, 32, 32, 0], WORD),
    (75, [32, 32, 32, 32], WORD),
    (128, [8, 0, 0, 0], &[Srgb]),
    (129, [8, 8, 0, 0], &[Srgb]),
    (130, [8, 8, 8, 8], &[Srgb]),
    (133, [5, 6, 5, 0], &[Unorm]),
    (134, [5, 5, 5, 1], &[Unorm]),
    (135, [1, 5, 5, 5], &[Unorm]),
    (141, [24, 8, 0, 0], &[Unorm, Uint]),
    (143, [8, 24, 0, 0], &[Unorm, Uint]),
];

const GFX11: &[Family] = &[
    (32, [2, 10, 10, 10], &[Unorm, Snorm, Uint, Sint]),
    (36, [10, 10, 10, 2], NARROW),
    (42, [8, 8, 8, 8], NARROW),
    (48, [32, 32, 0, 0], WORD),
    (51, [16, 16, 16, 16], HALF),
    (58, [32, 32, 32, 0], WORD),
    (61, [32, 32, 32, 32], WORD),
    (64, [8, 0, 0, 0], &[Srgb]),
    (65, [8, 8, 0, 0], &[Srgb]),
    (66, [8, 8, 8, 8], &[Srgb]),
    (68, [5, 6, 5, 0], &[Unorm]),
    (69, [5, 5, 5, 1], &[Unorm]),
    (70, [1, 5, 5, 5], &[Unorm]),
    (76, [24, 8, 0, 0], &[Unorm, Uint]),
    (78, [8, 24, 0, 0], &[Unorm, Uint]),
];

impl Format {
    /// The format of a number, if it is one of these.
    pub fn new(generation: Generation, number: u32) -> Option<Self> {
        let own = if generation == Generation::Gfx10 { GFX10 } else { GFX11 };
        BOTH.iter().chain(own).find_map(|&(first, bits, kinds)| {
            let numbers = *kinds.get(number.checked_sub(first)? as usize)?;
            Some(Self { bits, numbers })
        })
    }

    /// Bytes of a texel.
    pub fn bytes(&self) -> u32 {
        self.bits.iter().map(|&bits| u32::from(bits)).sum::<u32>() / 8
    }

    /// Whether components stay whole numbers in registers.
    pub fn whole(&self) -> bool {
        matches!(self.numbers, Uint | Sint)
    }

    /// The result's components of a texel's: 0 zero, 1 one, 4 to 7 a component.
    pub fn selected(&self, select: [u32; 4], texel: [u32; 4]) -> [u32; 4] {
        let one = if self.whole() { 1 } else { 1f32.to_bits() };
        select.map(|select| match select {
            4..=7 => texel[select as usize - 4],
            1 => one,
            _ => 0,
        })
    }

    /// The texel's components of those that are stored.
    pub fn placed(&self, select: [u32; 4], components: [u32; 4]) -> [u32; 4] {
        let mut texel = [0; 4];
        // Where two have the same place, the first counts.
        for (select, component) in select.into_iter().zip(components).rev() {
            if let 4..=7 = select {
                texel[select as usize - 4] = component;
            }
        }
        texel
    }

    /// A texel's components as registers hold them: an f32 or a whole number each, 0 where there is none.
    pub fn unpack(&self, texel: u128) -> [u32; 4] {
        let mut low = 0;
        [0, 1, 2, 3].map(|index: usize| {
            let bits = u32::from(self.bits[index]);
            let value = (texel >> low) as u32 & mask(bits);
            low += bits;
            if bits == 0 { 0 } else { self.widened(value, bits, index) }
        })
    }

    fn widened(&self, value: u32, bits: u32, index: usize) -> u32 {
        let signed = (value << (32 - bits)) as i32 >> (32 - bits);
        let most = f64::from(mask(bits));
        let float = match self.numbers {
            Uint => return value,
            Sint => return signed as u32,
            Float if bits == 32 => return value,
            Float => F16(value as u16).f32(),
            Uscaled => value as f32,
            Sscaled => signed as f32,
            Snorm => (f64::from(signed) / f64::from(mask(bits - 1))).max(-1.0) as f32,
            Srgb if index < 3 => linear(f64::from(value) / most) as f32,
            Unorm | Srgb => (f64::from(value) / most) as f32,
        };
        float.to_bits()
    }

    /// The texel of components as registers hold them. What does not fit is limited; sRGB is stored as it comes.
    pub fn pack(&self, components: [u32; 4]) -> u128 {
        let mut low = 0;
        self.bits.iter().zip(components).fold(0, |texel, (&bits, component)| {
            let bits = u32::from(bits);
            let value = if bits == 0 { 0 } else { self.narrowed(component, bits) };
            low += bits;
            texel | u128::from(value & mask(bits)) << (low - bits)
        })
    }

    fn narrowed(&self, component: u32, bits: u32) -> u32 {
        let (most, top) = (mask(bits), mask(bits - 1));
        // `as` saturates and makes 0 of NaN, as the hardware does.
        let value = f64::from(f32::from_bits(component));
        match self.numbers {
            Uint => component.min(most),
            Sint => (component as i32).clamp(-(top as i32) - 1, top as i32) as u32,
            Float if bits == 32 => component,
            Float => u32::from(F16::nearest(value).0),
            Uscaled => (value as u32).min(most),
            Sscaled => (value as i32).clamp(-(top as i32) - 1, top as i32) as u32,
            Snorm => (value.clamp(-1.0, 1.0) * f64::from(top)).round_ties_even() as i32 as u32,
            Unorm | Srgb => (value.clamp(0.0, 1.0) * f64::from(most)).round_ties_even() as u32,
        }
    }
}

fn mask(bits: u32) -> u32 {
    if bits == 0 { 0 } else { u32::MAX >> (32 - bits) }
}

/// The curve of IEC 61966-2-1.
fn linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(bits: [u8; 4], numbers: Numbers) -> Format {
        Format { bits, numbers }
    }

    #[test]
    fn numbers_name_the_same_formats_as_the_generations_do() {
        let of = |generation, number| Format::new(generation, number);
        assert_eq!(of(Generation::Gfx11, 42), of(Generation::Gfx10, 56));
        assert_eq!(of(Generation::Gfx11, 63), Some(format([32; 4], Float)));
        assert_eq!(of(Generation::Gfx10, 71), Some(format([16; 4], Float)));
        assert_eq!((of(Generation::Gfx11, 0), of(Generation::Gfx11, 30)), (None, None));
    }

    #[test]
    fn what_is_unpacked_is_packed_again() {
        for number in (1..80).filter(|number| !(64..=66).contains(number)) {
            let Some(format) = Format::new(Generation::Gfx11, number) else { continue };
            // No NaN, and no least snorm, of which there are two.
            for texel in [0u128, 0x1234_0567_0345_1234_5678_1a3b_4c5d_0061] {
                let texel = texel & (u128::MAX >> (128 - 8 * format.bytes()));
                assert_eq!(format.pack(format.unpack(texel)), texel, "{format:?}");
            }
        }
    }

    #[test]
    fn components_are_chosen_and_put_back() {
        let (format, select) = (format([8; 4], Unorm), [6, 5, 4, 1]);
        assert_eq!(format.selected(select, [1, 2, 3, 4]), [3, 2, 1, 1f32.to_bits()]);
        assert_eq!(format.placed(select, [3, 2, 1, 9]), [1, 2, 3, 0]);
    }

    #[test]
    fn what_does_not_fit_is_limited() {
        let packed = |numbers, value: f32| format([8, 0, 0, 0], numbers).pack([value.to_bits(), 0, 0, 0]);
        assert_eq!([packed(Unorm, 7.0), packed(Unorm, f32::NAN), packed(Snorm, -7.0)], [255, 0, 0x81]);
        assert_eq!(format([8, 0, 0, 0], Sint).pack([-300i32 as u32, 0, 0, 0]), 0x80);
        assert_eq!(format([8, 0, 0, 0], Snorm).unpack(0x80)[0], (-1f32).to_bits());
        assert_eq!(format([8, 0, 0, 0], Srgb).unpack(0xff)[0], 1f32.to_bits());
    }
}
