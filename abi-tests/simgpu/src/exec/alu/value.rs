//! Types that lanes hold, and how their bits are read. Touches only `half`.

use crate::exec::half::F16;

/// How an operand is read: its width, and what its modifiers and inline constants mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 16 bits of one half of a register.
    Bits16,
    /// An f16 in one half of a register.
    Float16,
    /// 32 bits.
    Bits32,
    /// An f32.
    Float32,
    /// 64 bits.
    Bits64,
    /// An f64.
    Float64,
    /// Two of 16 bits.
    Packed16,
    /// Two f16.
    PackedFloat16,
    /// An f32, or an f16 that is widened, as op_sel_hi says.
    Mixed,
    /// A bit a lane, in a scalar register or VCC.
    Mask,
}

impl Kind {
    /// Whether it is arithmetic of floats.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float16 | Self::Float32 | Self::Float64 | Self::PackedFloat16)
    }

    /// Bits of the register file it takes.
    pub fn bits(self) -> u32 {
        match self {
            Self::Bits16 | Self::Float16 => 16,
            Self::Bits64 | Self::Float64 => 64,
            Self::Mask => 1,
            _ => 32,
        }
    }
}

/// A value a lane may hold.
pub trait Value: Copy {
    /// How it is read.
    const KIND: Kind;
    /// From the lowest of 64 bits.
    fn of(bits: u64) -> Self;
    /// To the lowest of 64 bits.
    fn bits(self) -> u64;
}

macro_rules! integer_values {
    ($($type:ty, $kind:ident, $unsigned:ty);+;) => {$(
        impl Value for $type {
            const KIND: Kind = Kind::$kind;
            #[inline(always)]
            fn of(bits: u64) -> Self { bits as $type }
            #[inline(always)]
            fn bits(self) -> u64 { u64::from(self as $unsigned) }
        }
    )+};
}
integer_values! { u16, Bits16, u16; i16, Bits16, u16; u32, Bits32, u32; i32, Bits32, u32; u64, Bits64, u64; i64, Bits64, u64; }

macro_rules! other_values {
    ($($type:ty, $kind:ident, $of:expr, $bits:expr);+;) => {$(
        impl Value for $type {
            const KIND: Kind = Kind::$kind;
            #[inline(always)]
            fn of(bits: u64) -> Self { ($of)(bits) }
            #[inline(always)]
            fn bits(self) -> u64 { ($bits)(self) }
        }
    )+};
}

/// Two values of 16 bits, the low half first.
#[derive(Clone, Copy)]
pub struct Pair(pub [u16; 2]);

/// Two f16, the low half first.
#[derive(Clone, Copy)]
pub struct FloatPair(pub [F16; 2]);

/// A source of mixed precision, already widened.
#[derive(Clone, Copy)]
pub struct Mixed(pub f32);

other_values! {
    bool, Mask, |bits| bits != 0, u64::from;
    F16, Float16, |bits| F16(bits as u16), |value: F16| u64::from(value.0);
    f32, Float32, |bits| f32::from_bits(bits as u32), |value: f32| u64::from(value.to_bits());
    f64, Float64, f64::from_bits, f64::to_bits;
    Mixed, Mixed, |bits| Self(f32::from_bits(bits as u32)), |value: Mixed| u64::from(value.0.to_bits());
    Pair, Packed16, |bits| Self([bits as u16, (bits >> 16) as u16]), |value: Pair| u64::from(value.0[0]) | u64::from(value.0[1]) << 16;
    FloatPair, PackedFloat16, |bits| Self([F16(bits as u16), F16((bits >> 16) as u16)]),
        |value: FloatPair| u64::from(value.0[0].0) | u64::from(value.0[1].0) << 16;
}
