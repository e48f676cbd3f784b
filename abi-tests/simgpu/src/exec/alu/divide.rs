//! The three steps by which compilers divide: scale away from the edges, multiply back, repair special cases.
//! Touches only `float` and `round`. Every branch is the manual's.

use super::float::{Float, scale32, scale64};
use super::round::{Exact, Round};
use super::{Alu, carry, narrow, wide, wide_carry};

/// The rows.
pub const TABLE: &[Alu] = &[
    carry!("v_div_scale_f32", |a: f32, b: f32, c: f32| -> f32 { scaled32(a, b, c) }),
    wide_carry!("v_div_scale_f64", |a: f64, b: f64, c: f64| -> f64 { scaled64(a, b, c) }),
    narrow!("v_div_fmas_f32", |a: f32, b: f32, c: f32, scaled: bool| -> f32 {
        multiplied32(a, b, c, scaled)
    }),
    wide!("v_div_fmas_f64", |a: f64, b: f64, c: f64, scaled: bool| -> f64 { multiplied64(a, b, c, scaled) }),
    narrow!("v_div_fixup_f32", |a: f32, b: f32, c: f32| -> f32 { fixed32(a, b, c) }),
    wide!("v_div_fixup_f64", |a: f64, b: f64, c: f64| -> f64 { fixed64(a, b, c) }),
];

fn exponent32(value: f32) -> i32 {
    (value.to_bits() >> 23 & 0xff) as i32
}

fn exponent64(value: f64) -> i32 {
    (value.to_bits() >> 52 & 0x7ff) as i32
}

/// A quotient rounded to f32 that is below all normal numbers.
fn tiny32(dividend: f32, divisor: f32) -> bool {
    (dividend / divisor).is_subnormal()
}

fn scaled32(value: f32, divisor: f32, dividend: f32) -> (f32, bool) {
    let up = |when: bool| if when { scale32(value, 64) } else { value };
    let scales = |other: f32| value.to_bits() == other.to_bits();
    if divisor == 0.0 || dividend == 0.0 {
        (f32::NAN, false)
    } else if exponent32(dividend) - exponent32(divisor) >= 96 {
        (up(scales(divisor)), true)
    } else if divisor.is_subnormal() {
        (up(true), false)
    } else if tiny32(1.0, divisor) && tiny32(dividend, divisor) {
        // The manual prints 64, but such a divisor would become infinite.
        (if scales(divisor) { scale32(value, -64) } else { value }, true)
    } else if tiny32(1.0, divisor) {
        (scale32(value, -64), false)
    } else if tiny32(dividend, divisor) {
        (up(scales(dividend)), true)
    } else {
        (up(exponent32(dividend) <= 23), false)
    }
}

fn scaled64(value: f64, divisor: f64, dividend: f64) -> (f64, bool) {
    let up = |when: bool| if when { scale64(value, 128) } else { value };
    let scales = |other: f64| value.to_bits() == other.to_bits();
    let tiny = |dividend: f64| (dividend / divisor).is_subnormal();
    if divisor == 0.0 || dividend == 0.0 {
        (f64::NAN, false)
    } else if exponent64(dividend) - exponent64(divisor) >= 768 {
        (up(scales(divisor)), true)
    } else if divisor.is_subnormal() {
        (up(true), false)
    } else if tiny(1.0) && tiny(dividend) {
        (if scales(divisor) { scale64(value, -128) } else { value }, true)
    } else if tiny(1.0) {
        (scale64(value, -128), false)
    } else if tiny(dividend) {
        (up(scales(dividend)), true)
    } else {
        (up(exponent64(dividend) <= 53), false)
    }
}

/// The last multiplication: undoes the scaling where VCC says that there was some.
fn multiplied32(a: f32, b: f32, c: f32, scaled: bool) -> f32 {
    if !scaled {
        return a.mul_add(b, c);
    }
    // Rounded once, behind the scaling.
    let sum = Exact::fused(a.into(), b.into(), c.into());
    sum.scaled(if exponent32(c) > 127 { 64 } else { -64 }).f32(Round::Nearest)
}

/// The same for f64.
fn multiplied64(a: f64, b: f64, c: f64, scaled: bool) -> f64 {
    if !scaled {
        return a.mul_add(b, c);
    }
    Exact::fused(a, b, c).scaled(if exponent64(c) > 1023 { 128 } else { -128 }).f64(Round::Nearest)
}

/// What a quotient of special operands is, or `None` for ordinary ones.
fn special(divisor: f64, dividend: f64) -> Option<f64> {
    let sign = if divisor.is_sign_negative() != dividend.is_sign_negative() { -1.0 } else { 1.0 };
    if divisor == 0.0 && dividend == 0.0 || divisor.is_infinite() && dividend.is_infinite() {
        Some(f64::from_bits(0xfff8 << 48))
    } else if divisor == 0.0 || dividend.is_infinite() {
        Some(f64::INFINITY * sign)
    } else if divisor.is_infinite() || dividend == 0.0 {
        Some(0.0 * sign)
    } else {
        None
    }
}

fn fixed32(quotient: f32, divisor: f32, dividend: f32) -> f32 {
    let sign = (divisor.to_bits() ^ dividend.to_bits()) & 0x8000_0000;
    if dividend.nan() {
        dividend.quieted()
    } else if divisor.nan() {
        divisor.quieted()
    } else if let Some(value) = special(f64::from(divisor), f64::from(dividend)) {
        value as f32
    } else if exponent32(dividend) - exponent32(divisor) < -150 {
        f32::from_bits(sign)
    } else if quotient.is_nan() {
        // The steps before went over the top of the range.
        f32::from_bits(f32::INFINITY.to_bits() | sign)
    } else {
        f32::from_bits(quotient.abs().to_bits() | sign)
    }
}

fn fixed64(quotient: f64, divisor: f64, dividend: f64) -> f64 {
    let sign = (divisor.to_bits() ^ dividend.to_bits()) & 1 << 63;
    if dividend.nan() {
        dividend.quieted()
    } else if divisor.nan() {
        divisor.quieted()
    } else if let Some(value) = special(divisor, dividend) {
        value
    } else if exponent64(dividend) - exponent64(divisor) < -1075 {
        f64::from_bits(sign)
    } else if quotient.is_nan() {
        // The steps before went over the top of the range.
        f64::from_bits(f64::INFINITY.to_bits() | sign)
    } else {
        f64::from_bits(quotient.abs().to_bits() | sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sequence that LLVM makes of an f32 division.
    fn divide(dividend: f32, divisor: f32) -> f32 {
        let (low, _) = scaled32(divisor, divisor, dividend);
        let (high, flag) = scaled32(dividend, divisor, dividend);
        let first = 1.0 / low;
        let error = (-low).mul_add(first, 1.0);
        let first = error.mul_add(first, first);
        let guess = high * first;
        let error = (-low).mul_add(guess, high);
        let guess = error.mul_add(first, guess);
        let error = (-low).mul_add(guess, high);
        fixed32(multiplied32(error, first, guess, flag), divisor, dividend)
    }

    #[test]
    fn the_three_steps_divide() {
        let edges =
            [0u32, 1, 0x7f_ffff, 0x80_0000, 0x3f80_0000, 0x3f80_0001, 0x4049_0fdb, 0x7f7f_ffff, 0x7f80_0000];
        for a in edges.iter().flat_map(|&a| [a, a | 0x8000_0000]).map(f32::from_bits) {
            for b in edges.map(f32::from_bits) {
                let (ours, theirs) = (divide(a, b), a / b);
                assert!(
                    ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan(),
                    "{a:e} / {b:e}: {ours:e}"
                );
            }
        }
    }
}
