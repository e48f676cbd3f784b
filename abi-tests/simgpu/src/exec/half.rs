//! f16 and bfloat16, which Rust has no stable type for: to and from f32 and f64, with all denormals.
//! Touches nothing.

/// An f16 by its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct F16(pub u16);

impl F16 {
    /// Its value; each f16 is an f32.
    pub fn f32(self) -> f32 {
        let bits = u32::from(self.0);
        let (sign, exponent, fraction) = ((bits & 0x8000) << 16, bits >> 10 & 31, bits & 0x3ff);
        match exponent {
            0 => f32::from_bits((fraction as f32 * 2f32.powi(-24)).to_bits() | sign),
            31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
            _ => f32::from_bits(sign | (exponent + 112) << 23 | fraction << 13),
        }
    }

    /// Its value; each f16 is an f64.
    pub fn f64(self) -> f64 {
        f64::from(self.f32())
    }

    /// The nearest f16, ties to even.
    pub fn nearest(value: f64) -> Self {
        Self::round(value, |fraction, rest, half| rest > half || rest == half && fraction & 1 != 0)
    }

    /// The f16 next to zero: what does not fit becomes the largest number, not infinity.
    pub fn toward_zero(value: f64) -> Self {
        let cut = Self::round(value, |_, _, _| false);
        if value.is_finite() && cut.0 & 0x7fff == 0x7c00 { Self(cut.0 & 0x8000 | 0x7bff) } else { cut }
    }

    fn round(value: f64, up: impl Fn(u64, u64, u64) -> bool) -> Self {
        let bits = value.to_bits();
        let sign = (bits >> 48) as u16 & 0x8000;
        if value.is_nan() {
            return Self(sign | 0x7e00 | (bits >> 42) as u16 & 0x3ff);
        }
        let exponent = (bits >> 52 & 0x7ff) as i32 - 1023;
        if exponent > 15 {
            return Self(sign | 0x7c00);
        }
        // Fraction bits that do not fit; denormals (below 2^-14) lose one more for each step.
        let drop = 42 + (-14 - exponent).max(0);
        if drop > 54 {
            return Self(sign | u16::from(value != 0.0 && up(0, 0, 1)));
        }
        let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
        let kept = mantissa >> drop;
        let rest = mantissa & ((1 << drop) - 1);
        let kept = kept + u64::from(up(kept, rest, 1 << (drop - 1)));
        // The hidden bit counts as one step of the exponent, so a carry out of the fraction does the right thing.
        let base = if exponent < -14 { 0 } else { (exponent + 14) as u64 } << 10;
        Self(sign | (base + kept) as u16)
    }
}

/// `a * b + c` with one rounding.
pub fn fma16(a: F16, b: F16, c: F16) -> F16 {
    let (product, addend) = (a.f64() * b.f64(), c.f64());
    F16::nearest(sum_to_odd(product, addend))
}

/// A sum whose last bit tells that something was lost, so that rounding it again is rounding once.
fn sum_to_odd(a: f64, b: f64) -> f64 {
    let sum = a + b;
    let back = sum - a;
    let lost = (a - (sum - back)) + (b - back);
    if lost == 0.0 || !sum.is_finite() || !lost.is_finite() || sum.to_bits() & 1 != 0 {
        return sum;
    }
    let away = (lost > 0.0) == (sum > 0.0);
    f64::from_bits(if away { sum.to_bits() + 1 } else { sum.to_bits() - 1 })
}

/// A bfloat16's value: the upper half of an f32.
pub fn bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The nearest bfloat16, ties to even.
pub fn to_bf16(value: f32) -> u16 {
    let bits = value.to_bits();
    if value.is_nan() {
        return (bits >> 16) as u16 | 0x40;
    }
    ((u64::from(bits) + 0x7fff + u64::from(bits >> 16 & 1)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_f16_comes_back_from_f64() {
        for bits in 0..=u16::MAX {
            let value = F16(bits);
            let expected = if value.f64().is_nan() { bits | 0x200 } else { bits };
            assert_eq!(F16::nearest(value.f64()).0, expected, "{bits:#x}");
        }
    }

    #[test]
    fn half_way_goes_to_even() {
        for bits in 0..0x7bffu16 {
            let between = (F16(bits).f64() + F16(bits + 1).f64()) / 2.0;
            assert_eq!(F16::nearest(between).0, bits + (bits & 1), "{bits:#x}");
            assert_eq!(F16::toward_zero(-between).0, bits | 0x8000, "{bits:#x}");
        }
    }

    #[test]
    fn too_large_is_infinite_or_the_largest() {
        assert_eq!(F16::nearest(65520.0).0, 0x7c00);
        assert_eq!(F16::nearest(65519.9).0, 0x7bff);
        assert_eq!(F16::toward_zero(1e9).0, 0x7bff);
        assert_eq!(F16::nearest(-1e-9).0, 0x8000);
    }

    #[test]
    fn fma_rounds_once() {
        // 1 + 2^-11 is half way between two f16: the addend's last bit decides.
        let (one, tiny) = (F16::nearest(1.0), F16::nearest(2f64.powi(-24)));
        let product = F16::nearest(2f64.powi(-11));
        assert_eq!(fma16(one, product, one).0, one.0);
        let above = F16(product.0 + 1);
        assert_eq!(fma16(one, above, one).0, one.0 + 1);
        assert_eq!(fma16(tiny, tiny, product).0, product.0);
    }
}
