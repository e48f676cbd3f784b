//! Two 16-bit operations at once, dot products, and f32 arithmetic on f16 sources. The order of additions within a
//! dot product of floats is not documented: ours is high product last. Touches only `half`, `float` and `value`.

use super::float::{larger, smaller};
use super::value::{FloatPair, Mixed, Pair};
use super::{Alu, narrow};
use crate::exec::half::{F16, bf16, fma16};

#[inline(always)]
fn both(a: Pair, b: Pair, f: impl Fn(u16, u16) -> u16) -> Pair {
    Pair([f(a.0[0], b.0[0]), f(a.0[1], b.0[1])])
}

#[inline(always)]
fn floats(a: FloatPair, b: FloatPair, f: impl Fn(F16, F16) -> F16) -> FloatPair {
    FloatPair([f(a.0[0], b.0[0]), f(a.0[1], b.0[1])])
}

fn fused(a: FloatPair, b: FloatPair, c: FloatPair) -> FloatPair {
    FloatPair([fma16(a.0[0], b.0[0], c.0[0]), fma16(a.0[1], b.0[1], c.0[1])])
}

/// Two f16 products and an f32.
fn dot(a: FloatPair, b: FloatPair, c: f32) -> f32 {
    a.0[1].f32().mul_add(b.0[1].f32(), a.0[0].f32().mul_add(b.0[0].f32(), c))
}

fn signed(half: u16) -> u32 {
    i32::from(half as i16) as u32
}

/// Two products of whole numbers and a sum.
fn dot_whole(a: Pair, b: Pair, c: u32, wide: fn(u16) -> u32) -> u32 {
    let product = |at: usize| wide(a.0[at]).wrapping_mul(wide(b.0[at]));
    product(0).wrapping_add(product(1)).wrapping_add(c)
}

fn dot_brain(a: Pair, b: Pair, c: f32) -> f32 {
    bf16(a.0[1]).mul_add(bf16(b.0[1]), bf16(a.0[0]).mul_add(bf16(b.0[0]), c))
}

/// The products of all fields of `BITS` bits and a sum. Fields are signed if the source's sign says so.
fn dot_fields<const BITS: u32, const A: bool, const B: bool>(a: u32, b: u32, c: i32) -> i32 {
    exact_dot::<BITS, A, B>(a, b, c.into()) as i32
}

/// The same, not yet cut to 32 bits.
fn exact_dot<const BITS: u32, const A: bool, const B: bool>(a: u32, b: u32, c: i64) -> i64 {
    let get = |word: u32, at: u32, signed: bool| {
        let top = word << (32 - BITS - at);
        if signed { top as i32 >> (32 - BITS) } else { (top >> (32 - BITS)) as i32 }
    };
    (0..32 / BITS).fold(c, |sum, index| sum + i64::from(get(a, BITS * index, A) * get(b, BITS * index, B)))
}

/// An i32 that stays at its limits.
fn limited(value: i64) -> i32 {
    value.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

/// Two multiply-and-adds of 16 bits, each at its limits.
fn multiplied_within(a: Pair, b: Pair, c: Pair, f: impl Fn(u16, u16, u16) -> u16) -> Pair {
    Pair([f(a.0[0], b.0[0], c.0[0]), f(a.0[1], b.0[1], c.0[1])])
}

/// Two multiply-and-adds of 16 bits.
fn multiplied(a: Pair, b: Pair, c: Pair) -> Pair {
    both(both(a, b, u16::wrapping_mul), c, u16::wrapping_add)
}

/// The rows.
pub const TABLE: &[Alu] = &[
    narrow!("v_pk_add_f16", |a: FloatPair, b: FloatPair| -> FloatPair {
        floats(a, b, |a, b| F16::nearest(a.f64() + b.f64()))
    }),
    narrow!("v_pk_mul_f16", |a: FloatPair, b: FloatPair| -> FloatPair {
        floats(a, b, |a, b| F16::nearest(a.f64() * b.f64()))
    }),
    narrow!("v_pk_fma_f16", |a: FloatPair, b: FloatPair, c: FloatPair| -> FloatPair { fused(a, b, c) }),
    narrow!("v_pk_fmac_f16", |a: FloatPair, b: FloatPair, c: FloatPair| -> FloatPair { fused(a, b, c) }),
    narrow!("v_pk_min_f16", |a: FloatPair, b: FloatPair| -> FloatPair { floats(a, b, smaller) }),
    narrow!("v_pk_max_f16", |a: FloatPair, b: FloatPair| -> FloatPair { floats(a, b, larger) }),
    narrow!("v_pk_add_u16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::wrapping_add) }),
    narrow!("v_pk_sub_u16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::wrapping_sub) }),
    narrow!("v_pk_add_i16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::wrapping_add) }),
    narrow!("v_pk_sub_i16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::wrapping_sub) }),
    narrow!("v_pk_mul_lo_u16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::wrapping_mul) }),
    narrow!("v_pk_mad_u16", |a: Pair, b: Pair, c: Pair| -> Pair { multiplied(a, b, c) }),
    narrow!("v_pk_mad_i16", |a: Pair, b: Pair, c: Pair| -> Pair { multiplied(a, b, c) }),
    narrow!("v_pk_min_u16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::min) }),
    narrow!("v_pk_max_u16", |a: Pair, b: Pair| -> Pair { both(a, b, u16::max) }),
    narrow!("v_pk_min_i16", |a: Pair, b: Pair| -> Pair {
        both(a, b, |a, b| (a as i16).min(b as i16) as u16)
    }),
    narrow!("v_pk_max_i16", |a: Pair, b: Pair| -> Pair {
        both(a, b, |a, b| (a as i16).max(b as i16) as u16)
    }),
    narrow!("v_pk_lshlrev_b16", |a: Pair, b: Pair| -> Pair { both(a, b, |a, b| b << (a & 15)) }),
    narrow!("v_pk_lshrrev_b16", |a: Pair, b: Pair| -> Pair { both(a, b, |a, b| b >> (a & 15)) }),
    narrow!("v_pk_ashrrev_i16", |a: Pair, b: Pair| -> Pair {
        both(a, b, |a, b| (b as i16 >> (a & 15)) as u16)
    }),
    narrow!("v_dot2_f32_f16", |a: FloatPair, b: FloatPair, c: f32| -> f32 { dot(a, b, c) }),
    narrow!("v_dot2acc_f32_f16", |a: FloatPair, b: FloatPair, c: f32| -> f32 { dot(a, b, c) }),
    narrow!("v_dot2acc_f32_bf16", |a: Pair, b: Pair, c: f32| -> f32 { dot_brain(a, b, c) }),
    narrow!("v_dot2_f32_bf16", |a: Pair, b: Pair, c: f32| -> f32 { dot_brain(a, b, c) }),
];

/// f32 arithmetic on sources of either width.
pub const MIXED: &[Alu] = &[
    narrow!("v_fma_mix_f32", |a: Mixed, b: Mixed, c: Mixed| -> f32 { a.0.mul_add(b.0, c.0) }),
    narrow!("v_fma_mixlo_f16", |a: Mixed, b: Mixed, c: Mixed| -> F16 {
        F16::nearest(f64::from(a.0.mul_add(b.0, c.0)))
    }),
    narrow!("v_fma_mixhi_f16", |a: Mixed, b: Mixed, c: Mixed| -> F16 {
        F16::nearest(f64::from(a.0.mul_add(b.0, c.0)))
    }),
];

/// Integer dot products. One mnemonic, `v_dot4_i32_iu8`, whose negation bits say which sources are signed; here
/// each has its row: unsigned and signed, first and second source.
pub const INTEGERS: &[Alu] = &[
    narrow!("v_dot2_i32_i16", |a: Pair, b: Pair, c: i32| -> i32 { dot_whole(a, b, c as u32, signed) as i32 }),
    narrow!("v_dot2_u32_u16", |a: Pair, b: Pair, c: u32| -> u32 { dot_whole(a, b, c, u32::from) }),
    narrow!("v_dot4_i32_uu8", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<8, false, false>(a, b, c) }),
    narrow!("v_dot4_i32_us8", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<8, false, true>(a, b, c) }),
    narrow!("v_dot4_i32_su8", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<8, true, false>(a, b, c) }),
    narrow!("v_dot4_i32_ss8", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<8, true, true>(a, b, c) }),
    narrow!("v_dot8_i32_uu4", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<4, false, false>(a, b, c) }),
    narrow!("v_dot8_i32_us4", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<4, false, true>(a, b, c) }),
    narrow!("v_dot8_i32_su4", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<4, true, false>(a, b, c) }),
    narrow!("v_dot8_i32_ss4", |a: u32, b: u32, c: i32| -> i32 { dot_fields::<4, true, true>(a, b, c) }),
];

macro_rules! dots {
    ($($name:literal $bits:literal $a:literal $b:literal;)+) => {
        &[$(narrow!($name, |a: u32, b: u32, c: i32| -> i32 {
            limited(exact_dot::<$bits, $a, $b>(a, b, c.into()))
        })),+]
    };
}

/// Dot products that saturate.
pub const SATURATING_DOTS: &[Alu] = dots! {
    "v_dot4_i32_us8 clamp" 8 false true;
    "v_dot4_i32_su8 clamp" 8 true false;
    "v_dot4_i32_ss8 clamp" 8 true true;
    "v_dot4_i32_uu8 clamp" 8 false false;
    "v_dot8_i32_us4 clamp" 4 false true;
    "v_dot8_i32_su4 clamp" 4 true false;
    "v_dot8_i32_ss4 clamp" 4 true true;
    "v_dot8_i32_uu4 clamp" 4 false false;
};

/// Other operations that saturate; the dot products whose sum has no sign are other mnemonics.
pub const SATURATING: &[Alu] = &[
    narrow!("v_dot4_u32_u8 clamp", |a: u32, b: u32, c: u32| -> u32 {
        exact_dot::<8, false, false>(a, b, c.into()).min(u32::MAX.into()) as u32
    }),
    narrow!("v_dot8_u32_u4 clamp", |a: u32, b: u32, c: u32| -> u32 {
        exact_dot::<4, false, false>(a, b, c.into()).min(u32::MAX.into()) as u32
    }),
    narrow!("v_pk_add_u16 clamp", |a: Pair, b: Pair| -> Pair { both(a, b, u16::saturating_add) }),
    narrow!("v_pk_sub_u16 clamp", |a: Pair, b: Pair| -> Pair { both(a, b, u16::saturating_sub) }),
    narrow!("v_pk_add_i16 clamp", |a: Pair, b: Pair| -> Pair {
        both(a, b, |a, b| (a as i16).saturating_add(b as i16) as u16)
    }),
    narrow!("v_pk_sub_i16 clamp", |a: Pair, b: Pair| -> Pair {
        both(a, b, |a, b| (a as i16).saturating_sub(b as i16) as u16)
    }),
    narrow!("v_pk_mad_u16 clamp", |a: Pair, b: Pair, c: Pair| -> Pair {
        multiplied_within(a, b, c, |a, b, c| a.saturating_mul(b).saturating_add(c))
    }),
    narrow!("v_pk_mad_i16 clamp", |a: Pair, b: Pair, c: Pair| -> Pair {
        multiplied_within(a, b, c, |a, b, c| {
            (i32::from(a as i16) * i32::from(b as i16) + i32::from(c as i16)).clamp(-0x8000, 0x7fff) as u16
        })
    }),
];
