//! Texels of colours. Pure. Answers to what stores of image instructions do to the colours of upstream's clear_image kernels,
//! and to FormatPattern and LinearToStandardRGB of `image_manager.cpp`.

use super::format::{
    Format,
    Layout::{Even, Packed555, Packed565, Packed101010},
    Numbers::{Float, Sint, Snorm, Srgb, Uint, Unorm},
};

/// Where the colour's components stand in a descriptor's selection: the texel's first one is 4.
const FIRST: u32 = 4;

/// The texel of a colour, from the lowest byte on: of red, green, blue and alpha as floats or whole numbers, whichever the
/// format's are. What does not fit is limited.
pub fn texel(format: &Format, colour: [u32; 4]) -> u128 {
    let mut low = 0;
    bits(format).into_iter().zip(FIRST..).fold(0, |texel, (bits, component)| {
        // Where two of a colour are read from the same one, the first counts.
        let from = format.select.iter().position(|select| *select == component);
        let value = from.map_or(0, |from| component_of(format, colour[from], from, bits));
        low += bits;
        texel | u128::from(value) << (low - bits)
    })
}

/// Bits of each component that there is.
fn bits(format: &Format) -> Vec<u32> {
    match format.layout {
        Even(components, bits) => vec![bits.into(); components.into()],
        Packed555 => vec![5, 5, 5, 1],
        Packed565 => vec![5, 6, 5],
        Packed101010 => vec![10, 10, 10, 2],
    }
}

/// One component in so many bits.
fn component_of(format: &Format, number: u32, from: usize, bits: u32) -> u32 {
    let most = u32::MAX >> (32 - bits);
    let top = (most >> 1) as i32;
    let value = f64::from(f32::from_bits(number));
    // `as` makes 0 of what is no number.
    let scaled = |value: f64| (value.clamp(0.0, 1.0) * f64::from(most)).round_ties_even() as u32;
    match format.numbers {
        Uint => number.min(most),
        Sint => (number as i32).clamp(-top - 1, top) as u32 & most,
        Float if bits == 32 => number,
        Float => half(value).into(),
        Snorm => (value.clamp(-1.0, 1.0) * f64::from(top)).round_ties_even() as i32 as u32 & most,
        // Alpha is on no curve.
        Srgb if from < 3 => scaled(standard(value)),
        Unorm | Srgb => scaled(value),
    }
}

/// The curve of sRGB, IEC 61966-2-1.
fn standard(value: f64) -> f64 {
    if value < 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(5.0 / 12.0) - 0.055 }
}

/// The nearest f16, ties to even; too large ones become infinity.
fn half(value: f64) -> u16 {
    let sign = if value.is_sign_negative() { 0x8000 } else { 0 };
    let size = value.abs();
    sign | match size {
        _ if size.is_nan() => 0x7e00,
        _ if size >= 65520.0 => 0x7c00,
        // So many of the smallest number: what is rounded up to the next power of two becomes that by itself.
        _ if size < 2f64.powi(-14) => (size * 2f64.powi(24)).round_ties_even() as u16,
        _ => {
            let exponent = (size.to_bits() >> 52) as i32 - 1023;
            let steps = (size * 2f64.powi(10 - exponent)).round_ties_even() as u16;
            ((exponent + 14) as u16) * 1024 + steps
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORDER: [u32; 4] = [4, 5, 6, 7];

    fn floats(colour: [f32; 4]) -> [u32; 4] {
        colour.map(f32::to_bits)
    }

    #[test]
    fn components_are_where_the_format_has_them() {
        let of = |layout, select, colour| texel(&Format { layout, numbers: Unorm, select }, floats(colour));
        let colour = [1.0, 0.0, 0.2, 0.6];
        assert_eq!(of(Even(4, 8), ORDER, colour), 0x9933_00ff);
        assert_eq!(of(Even(4, 8), [6, 5, 4, 7], colour), 0x99ff_0033);
        assert_eq!(of(Even(4, 8), [5, 6, 7, 4], colour), 0x3300_ff99);
        assert_eq!(of(Even(1, 8), [0, 0, 0, 4], colour), 0x99, "of alpha alone");
        assert_eq!(of(Even(1, 8), [4; 4], colour), 0xff, "the first of those that are one");
        assert_eq!(of(Packed565, [6, 5, 4, 1], colour), 31 << 11 | 6);
        assert_eq!(of(Packed555, [6, 5, 4, 1], colour), 31 << 10 | 6, "no bit for alpha");
        assert_eq!(of(Packed101010, [6, 5, 4, 1], colour), 1023 << 20 | 205);
    }

    #[test]
    fn numbers_are_limited_and_rounded() {
        let of = |bits, numbers, number| {
            texel(&Format { layout: Even(1, bits), numbers, select: [4, 0, 0, 1] }, [number, 0, 0, 0])
        };
        let float = |bits, numbers, number: f32| of(bits, numbers, number.to_bits());
        assert_eq!(
            [of(8, Uint, 300), of(16, Uint, 300), of(32, Uint, u32::MAX)],
            [255, 300, u32::MAX.into()]
        );
        assert_eq!([of(8, Sint, -5i32 as u32), of(8, Sint, 300), of(16, Sint, 1 << 31)], [0xfb, 127, 0x8000]);
        assert_eq!([float(8, Snorm, -2.0), float(8, Snorm, 0.5), float(16, Snorm, 1.0)], [0x81, 64, 0x7fff]);
        assert_eq!([float(8, Unorm, f32::NAN), float(8, Unorm, -1.0), float(8, Unorm, 0.5)], [0, 0, 128]);
        assert_eq!([float(8, Srgb, 0.5), float(8, Srgb, 0.001)], [188, 3]);
        assert_eq!(float(32, Float, -0.5), 0xbf00_0000);
    }

    #[test]
    fn halves_are_the_nearest_ones() {
        let table = [
            (0.0, 0),
            (-1.0, 0xbc00),
            (65504.0, 0x7bff),
            (65519.0, 0x7bff),
            (65520.0, 0x7c00),
            (f64::NEG_INFINITY, 0xfc00),
            (2f64.powi(-24), 1),
            (2f64.powi(-25), 0),
            (1023.5 * 2f64.powi(-24), 0x400),
            (1.0 + 2f64.powi(-11), 0x3c00),
            (1.0 + 3.0 * 2f64.powi(-11), 0x3c02),
            (1.999_99, 0x4000),
        ];
        for (value, bits) in table {
            assert_eq!(half(value), bits, "{value}");
        }
        assert_eq!(half(f64::NAN) & 0x7fff, 0x7e00);
    }
}
