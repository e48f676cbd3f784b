//! Floats by their definition in whole numbers, for expected values: written without a look at the simulator's.

/// A binary format of IEEE 754.
#[derive(Clone, Copy)]
pub struct Format {
    pub exponent: u32,
    pub fraction: u32,
}

pub const HALF: Format = Format { exponent: 5, fraction: 10 };
pub const SINGLE: Format = Format { exponent: 8, fraction: 23 };
pub const DOUBLE: Format = Format { exponent: 11, fraction: 52 };

/// What bits mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    Nan {
        quiet: bool,
    },
    Infinite(bool),
    /// Negative, a whole number, and how often it is doubled.
    Finite(bool, u128, i32),
}

/// Where a number between two representable ones goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    Nearest,
    Up,
    Down,
    Zero,
}

impl Format {
    fn least(self) -> i32 {
        2 - (1 << (self.exponent - 1))
    }

    fn infinity(self) -> u64 {
        ((1 << self.exponent) - 1) << self.fraction
    }

    fn sign(self, negative: bool) -> u64 {
        u64::from(negative) << (self.exponent + self.fraction)
    }

    pub fn decode(self, bits: u64) -> Number {
        let negative = bits >> (self.exponent + self.fraction) & 1 != 0;
        let (top, rest) =
            (bits >> self.fraction & ((1 << self.exponent) - 1), bits & ((1 << self.fraction) - 1));
        let lowest = self.least() - self.fraction as i32;
        match (top << self.fraction == self.infinity(), top, rest) {
            (true, _, 0) => Number::Infinite(negative),
            (true, ..) => Number::Nan { quiet: rest >> (self.fraction - 1) != 0 },
            (_, 0, _) => Number::Finite(negative, rest.into(), lowest),
            _ => Number::Finite(negative, (rest | 1 << self.fraction).into(), lowest + top as i32 - 1),
        }
    }

    /// The bits of a number, rounded where it must be.
    pub fn encode(self, number: Number, round: Round) -> u64 {
        let (negative, whole, doubled) = match number {
            Number::Nan { .. } => return self.infinity() | 1 << (self.fraction - 1),
            Number::Infinite(negative) => return self.sign(negative) | self.infinity(),
            Number::Finite(negative, 0, _) => return self.sign(negative),
            Number::Finite(negative, whole, doubled) => (negative, whole, doubled),
        };
        let top = (doubled + 127 - whole.leading_zeros() as i32).max(self.least());
        let drop = top - self.fraction as i32 - doubled;
        let up = match round {
            Round::Nearest => None,
            Round::Up => Some(!negative),
            Round::Down => Some(negative),
            Round::Zero => Some(false),
        };
        let kept = if drop <= 0 { whole << -drop } else { dropped(whole, drop as u32, up) };
        let bits = kept + (((top - self.least()) as u128) << self.fraction);
        let over = bits >= self.infinity().into();
        let limited = if over && up == Some(false) {
            self.infinity() - 1
        } else {
            bits.min(self.infinity().into()) as u64
        };
        self.sign(negative) | limited
    }
}

/// A whole number without its lowest bits, rounded away from zero or not, or to the nearest.
fn dropped(whole: u128, bits: u32, up: Option<bool>) -> u128 {
    let (kept, rest) = if bits > 127 { (0, whole) } else { (whole >> bits, whole & ((1 << bits) - 1)) };
    let middle = if bits > 127 { u128::MAX } else { 1u128 << (bits - 1) };
    let nearest = rest > middle || rest == middle && kept & 1 != 0;
    kept + u128::from(rest != 0 && up.unwrap_or(nearest))
}

impl Number {
    /// Doubled so many times.
    pub fn scaled(self, times: i32) -> Self {
        match self {
            Self::Finite(negative, whole, doubled) => {
                Self::Finite(negative, whole, doubled + times.clamp(-5000, 5000))
            }
            other => other,
        }
    }
}

/// Exact sums and products of finite numbers that are not too far apart.
impl std::ops::Add for Number {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (Self::Finite(a, x, at_a), Self::Finite(b, y, at_b)) = (self, other) else { panic!("finite") };
        let lowest = at_a.min(at_b);
        let signed = |negative, whole: u128, at: i32| {
            let whole = (whole << (at - lowest)) as i128;
            if negative { -whole } else { whole }
        };
        let sum = signed(a, x, at_a) + signed(b, y, at_b);
        Self::Finite(sum < 0, sum.unsigned_abs(), lowest)
    }
}

impl std::ops::Mul for Number {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let (Self::Finite(a, x, at_a), Self::Finite(b, y, at_b)) = (self, other) else { panic!("finite") };
        Self::Finite(a != b, x * y, at_a + at_b)
    }
}

/// A float of one format as the nearest one of another.
pub fn converted(bits: u64, from: Format, to: Format) -> u64 {
    to.encode(from.decode(bits), Round::Nearest)
}

#[test]
fn encoding_is_the_reverse_of_decoding() {
    for value in [0.0f64, -1.5, 1e-310, f64::MAX, 4e-324, f64::INFINITY] {
        assert_eq!(DOUBLE.encode(DOUBLE.decode(value.to_bits()), Round::Zero), value.to_bits());
        assert_eq!(
            converted(value.to_bits(), DOUBLE, SINGLE),
            u64::from((value as f32).to_bits()),
            "{value:e}"
        );
    }
}
