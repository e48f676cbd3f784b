//! Sums and products that are not yet rounded, and the roundings of MODE. Where MODE asks for the nearest number, which
//! is nearly always, the host's arithmetic is used instead. Touches `half` and `float`.

use super::float::split64;
use crate::exec::half::F16;

/// Where a number between two representable ones goes, by the numbers of MODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// To the nearest, ties to even.
    Nearest,
    /// To positive infinity.
    Up,
    /// To negative infinity.
    Down,
    /// To zero.
    Zero,
}

impl Round {
    /// Of a field of two bits.
    pub fn new(bits: u32) -> Self {
        [Self::Nearest, Self::Up, Self::Down, Self::Zero][bits as usize & 3]
    }
}

/// A number as exactly as roundings need it: `(value + rest) * 2^scale`, and whether it is a little more, or less.
#[derive(Clone, Copy, Debug)]
pub struct Exact {
    value: f64,
    rest: f64,
    /// Only the sign counts.
    further: f64,
    scale: i32,
    /// A zero that is what is left of two numbers: its sign is the rounding's.
    cancelled: bool,
}

impl From<f64> for Exact {
    fn from(value: f64) -> Self {
        Self { value, rest: 0.0, further: 0.0, scale: 0, cancelled: false }
    }
}

/// A sum, and what rounding it has cut off.
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let back = sum - a;
    (sum, (a - (sum - back)) + (b - back))
}

/// `2^exponent` within the range of normal numbers.
fn power(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Exponents further apart than this have no bit in common that any rounding looks at.
const APART: i32 = 200;

impl Exact {
    /// `a * b`.
    pub fn product(a: f64, b: f64) -> Self {
        let ((x, of_a), (y, of_b)) = (split64(a), split64(b));
        let value = x * y;
        if !value.is_finite() || value == 0.0 {
            return value.into();
        }
        Self { rest: x.mul_add(y, -value), scale: of_a + of_b, ..value.into() }
    }

    /// `a + b`.
    pub fn sum(a: f64, b: f64) -> Self {
        Self::fused(a, 1.0, b)
    }

    /// `a * b + c`.
    pub fn fused(a: f64, b: f64, c: f64) -> Self {
        let (product, (fraction, exponent)) = (Self::product(a, b), split64(c));
        if !product.value.is_finite() || !c.is_finite() {
            return (product.value + c).into();
        }
        if c == 0.0 || product.value == 0.0 {
            let cancelled =
                c == 0.0 && product.value == 0.0 && c.is_sign_negative() != product.value.is_sign_negative();
            return if c == 0.0 && product.value != 0.0 { product } else { Self { cancelled, ..c.into() } };
        }
        let apart = exponent - product.scale;
        if apart > APART {
            return Self { further: product.value, scale: exponent, ..fraction.into() };
        }
        if apart < -APART {
            return Self { further: fraction, ..product };
        }
        let (high, middle) = two_sum(product.value, fraction * power(apart));
        let (middle, low) = two_sum(middle, product.rest);
        let value = high + middle;
        let (rest, further) = two_sum((high - value) + middle, low);
        Self { value, rest, further, scale: product.scale, cancelled: value == 0.0 }
    }

    /// Times `2^by`.
    pub fn scaled(self, by: i32) -> Self {
        Self { scale: self.scale + by, ..self }
    }

    /// Rounded to f16.
    pub fn f16(self, round: Round) -> F16 {
        if self.value.is_nan() { F16::nearest(self.value) } else { F16(self.encoded(5, 10, round) as u16) }
    }

    /// Rounded to f32.
    pub fn f32(self, round: Round) -> f32 {
        if self.value.is_nan() {
            self.value as f32
        } else {
            f32::from_bits(self.encoded(8, 23, round) as u32)
        }
    }

    /// Rounded to f64.
    pub fn f64(self, round: Round) -> f64 {
        if self.value.is_nan() { self.value } else { f64::from_bits(self.encoded(11, 52, round)) }
    }

    /// The bits of a format with so many bits of exponent and fraction.
    fn encoded(self, exponent_bits: u32, fraction_bits: u32, round: Round) -> u64 {
        let infinity = ((1u64 << exponent_bits) - 1) << fraction_bits;
        let negative = if self.cancelled { round == Round::Down } else { self.value.is_sign_negative() };
        let sign = u64::from(negative) << (exponent_bits + fraction_bits);
        if !self.value.is_finite() {
            return sign | infinity;
        }
        let (whole, exponent) = self.whole(negative);
        let least = 2 - (1 << (exponent_bits - 1));
        // The place of the first bit, and how many bits behind the last that the format has.
        let top = (exponent + self.scale - 1).max(least);
        let drop = top - fraction_bits as i32 - (exponent + self.scale - 63);
        let kept = dropped(whole, drop.clamp(1, 64) as u32, negative, round);
        let bits = u128::from(kept) + (((top - least) as u128) << fraction_bits);
        let to_zero =
            matches!((round, negative), (Round::Zero, _) | (Round::Up, true) | (Round::Down, false));
        let most = if to_zero { infinity - 1 } else { infinity };
        sign | if whole == 0 { 0 } else { bits.min(most.into()) as u64 }
    }

    /// 63 bits, of which the last tells of all that is below, and the exponent of the place in front of them.
    fn whole(self, negative: bool) -> (u64, i32) {
        let (fraction, exponent) = split64(self.value.abs());
        let away = if negative { -1.0 } else { 1.0 };
        // In units of the last bit but one.
        let rest = away * self.rest * power((62 - exponent).clamp(-1000, 1000));
        let (part, further) = (rest - rest.floor(), away * self.further);
        let less = part == 0.0 && further < 0.0;
        let units = (((fraction * power(53)) as i64) << 9) + rest.floor() as i64 - i64::from(less);
        ((units << 1) as u64 | u64::from(part > 0.0 || further != 0.0), exponent)
    }
}

/// A number without its lowest bits, rounded.
fn dropped(whole: u64, bits: u32, negative: bool, round: Round) -> u64 {
    let (kept, rest) = if bits > 63 { (0, whole) } else { (whole >> bits, whole & ((1 << bits) - 1)) };
    let half = 1u128 << (bits - 1);
    let up = match round {
        Round::Nearest => u128::from(rest) > half || u128::from(rest) == half && kept & 1 != 0,
        Round::Up => rest != 0 && !negative,
        Round::Down => rest != 0 && negative,
        Round::Zero => false,
    };
    kept + u64::from(up)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 14] = [
        0.0,
        -0.0,
        1.0,
        -1.5,
        1.000_000_000_000_000_2,
        1e-310,
        -4e-324,
        1e308,
        f64::MAX,
        -f64::MAX,
        3e-200,
        7e200,
        f64::INFINITY,
        0.1,
    ];

    #[test]
    fn to_the_nearest_it_is_as_the_host_does() {
        for a in VALUES {
            for b in VALUES {
                for (exact, host) in [(Exact::sum(a, b), a + b), (Exact::product(a, b), a * b)] {
                    let ours = exact.f64(Round::Nearest);
                    assert!(
                        ours.to_bits() == host.to_bits() || ours.is_nan() && host.is_nan(),
                        "{a:e} {b:e}: {ours:e}"
                    );
                    let narrow = exact.f32(Round::Nearest);
                    // Of an f64 that was rounded before, only what is exact is the same.
                    assert!(
                        exact.rest != 0.0 || narrow.is_nan() || narrow == host as f32,
                        "{a:e} {b:e}: {narrow:e}"
                    );
                }
                for c in VALUES {
                    let (ours, host) = (Exact::fused(a, b, c).f64(Round::Nearest), a.mul_add(b, c));
                    assert!(
                        ours.to_bits() == host.to_bits() || ours.is_nan() && host.is_nan(),
                        "{a:e} {b:e} {c:e}"
                    );
                }
            }
        }
    }

    #[test]
    fn directions_are_those_of_the_numbers() {
        let third = |round| Exact::fused(1.0, 1.0, 1e-30).f32(round).to_bits();
        let [near, up, down, zero] = [Round::Nearest, Round::Up, Round::Down, Round::Zero].map(third);
        assert_eq!([up - near, near - down, near - zero], [1, 0, 0]);
        let large = |round| Exact::product(-1e308, 1e10).f64(round);
        assert_eq!([large(Round::Up), large(Round::Down)], [-f64::MAX, f64::NEG_INFINITY]);
        let tiny = |round| Exact::product(1e-300, 1e-300).f32(round).to_bits();
        assert_eq!([tiny(Round::Up), tiny(Round::Zero)], [1, 0]);
        assert!(Exact::sum(1.5, -1.5).f64(Round::Down).is_sign_negative());
        assert_eq!(Exact::from(65519.0).f16(Round::Up).0, 0x7c00);
    }
}
