//! What floating point of all widths has in common: minimum and maximum with NaN, scaling, splitting.
//! Touches only `half`.

use crate::exec::half::F16;

/// A float and its bits.
pub trait Float: Copy {
    /// Is it a NaN of either kind?
    fn nan(self) -> bool;
    /// Is it a NaN that traps?
    fn signalling(self) -> bool;
    /// The NaN that does not.
    fn quieted(self) -> Self;
    /// Its sign bit.
    fn negative(self) -> bool;
    /// Compares numbers.
    fn less(self, other: Self) -> bool;
    /// Compares numbers.
    fn same(self, other: Self) -> bool;
}

macro_rules! float {
    ($type:ty, $quiet:expr) => {
        impl Float for $type {
            #[inline(always)]
            fn nan(self) -> bool {
                self.is_nan()
            }
            #[inline(always)]
            fn signalling(self) -> bool {
                self.is_nan() && self.to_bits() & $quiet == 0
            }
            #[inline(always)]
            fn quieted(self) -> Self {
                Self::from_bits(self.to_bits() | $quiet)
            }
            #[inline(always)]
            fn negative(self) -> bool {
                self.is_sign_negative()
            }
            #[inline(always)]
            fn less(self, other: Self) -> bool {
                self < other
            }
            #[inline(always)]
            fn same(self, other: Self) -> bool {
                self == other
            }
        }
    };
}
float!(f32, 1 << 22);
float!(f64, 1 << 51);

impl Float for F16 {
    fn nan(self) -> bool {
        self.0 & 0x7fff > 0x7c00
    }
    fn signalling(self) -> bool {
        self.nan() && self.0 & 0x200 == 0
    }
    fn quieted(self) -> Self {
        Self(self.0 | 0x200)
    }
    fn negative(self) -> bool {
        self.0 >> 15 != 0
    }
    fn less(self, other: Self) -> bool {
        self.f32() < other.f32()
    }
    fn same(self, other: Self) -> bool {
        self.f32() == other.f32()
    }
}

/// The smaller, -0 before +0; a number before a quiet NaN; a signalling NaN before all (MODE.ieee, which is set in
/// every kernel that compilers make).
#[inline(always)]
pub fn smaller<T: Float>(a: T, b: T) -> T {
    choose(a, b, |a, b| a.less(b) || a.same(b) && a.negative())
}

/// The larger, likewise.
#[inline(always)]
pub fn larger<T: Float>(a: T, b: T) -> T {
    choose(a, b, |a, b| b.less(a) || a.same(b) && !a.negative())
}

#[inline(always)]
fn choose<T: Float>(a: T, b: T, first: impl Fn(T, T) -> bool) -> T {
    if a.signalling() {
        a.quieted()
    } else if b.signalling() {
        b.quieted()
    } else if a.nan() {
        b
    } else if b.nan() || first(a, b) {
        a
    } else {
        b
    }
}

/// The middle one of three; the smallest if one is NaN.
#[inline(always)]
pub fn middle<T: Float>(a: T, b: T, c: T) -> T {
    if a.nan() || b.nan() || c.nan() {
        smaller(smaller(a, b), c)
    } else {
        larger(smaller(a, b), smaller(larger(a, b), c))
    }
}

/// `value * 2^exponent`, rounded once.
pub fn scale64(value: f64, exponent: i32) -> f64 {
    // Two steps up cannot round; of steps down only the last may, and it must be the only one that leaves
    // the normal range.
    let exponent = exponent.clamp(-2200, 2200);
    if exponent >= 0 {
        return (0..3).fold(value, |value, step| value * power64((exponent + step) / 3));
    }
    let normal = f64::from_bits(value.to_bits() & !(0x7ff << 52) | 1023 << 52);
    let (fraction, own) = if value == 0.0 || !value.is_finite() {
        return value + 0.0 * value;
    } else if value.is_subnormal() {
        let large = value * power64(54);
        (f64::from_bits(large.to_bits() & !(0x7ff << 52) | 1023 << 52), exponent64(large) - 54)
    } else {
        (normal, exponent64(value))
    };
    let target = own + exponent;
    if target >= -1022 {
        fraction * power64(target)
    } else {
        fraction * power64(-1022) * power64((target + 1022).max(-100))
    }
}

/// `value * 2^exponent`, rounded once.
pub fn scale32(value: f32, exponent: i32) -> f32 {
    if value.is_nan() {
        return value.quieted();
    }
    // Exact in f64, so that the conversion rounds alone.
    (f64::from(value) * power64(exponent.clamp(-600, 600))) as f32
}

/// `2^exponent` for exponents of normal numbers.
fn power64(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// The exponent of a normal number.
fn exponent64(value: f64) -> i32 {
    (value.to_bits() >> 52 & 0x7ff) as i32 - 1023
}

/// A number as a fraction of 0.5 to 1 and a power of two; what is no finite number, and 0, stays, with power 0.
pub fn split64(value: f64) -> (f64, i32) {
    if value == 0.0 || !value.is_finite() {
        return (value, 0);
    }
    let (value, less) = if value.is_subnormal() { (value * power64(54), 54) } else { (value, 0) };
    let exponent = exponent64(value) + 1;
    (f64::from_bits(value.to_bits() & !(0x7ff << 52) | 1022 << 52), exponent - less)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minimum_and_maximum_know_nan_and_zero() {
        let nan = f32::NAN;
        assert_eq!((smaller(nan, 1.0), larger(2.0, nan)), (1.0, 2.0));
        assert!(smaller(0.0, -0.0f32).is_sign_negative() && !larger(-0.0, 0.0f32).is_sign_negative());
        let signalling = f32::from_bits(0x7f80_0001);
        assert_eq!(smaller(signalling, 1.0).to_bits(), 0x7fc0_0001);
        assert_eq!(middle(3.0, 1.0, 2.0), 2.0);
    }

    #[test]
    fn what_is_split_is_scaled_together() {
        for bits in
            [1u64, 0xf_ffff_ffff_ffff, 1 << 52, 0x3ff8 << 48, 0x7fef_ffff_ffff_ffff, 0x8000_0000_0000_0001]
        {
            let value = f64::from_bits(bits);
            let (fraction, exponent) = split64(value);
            assert!((0.5..1.0).contains(&fraction.abs()));
            assert_eq!(scale64(fraction, exponent), value, "{bits:#x}");
        }
    }

    #[test]
    fn scaling_into_denormals_rounds_once() {
        // 1 + 2^-52 at 2^-1075 is just above half of the least denormal.
        let above = f64::from_bits(1.0f64.to_bits() + 1);
        assert_eq!(scale64(above, -1075).to_bits(), 1);
        assert_eq!(scale64(1.0, -1075).to_bits(), 0);
        assert_eq!(scale64(1.5, -1074).to_bits(), 2);
        assert_eq!(scale32(f32::MAX, 1), f32::INFINITY);
        assert_eq!(scale32(1.5, -149).to_bits(), 2);
    }
}
