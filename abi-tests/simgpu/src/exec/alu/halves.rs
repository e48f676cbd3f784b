//! Operations of 16 bits, which leave the other half of the register alone. Touches only `half` and `float`.

use super::float::{larger, middle, smaller, split64};
use super::value::Pair;
use super::{Alu, narrow};
use crate::exec::half::{F16, fma16};

/// Integers.
pub const INTEGERS: &[Alu] = &[
    narrow!("v_mov_b16", |a: u16| -> u16 { a }),
    narrow!("v_not_b16", |a: u16| -> u16 { !a }),
    narrow!("v_and_b16", |a: u16, b: u16| -> u16 { a & b }),
    narrow!("v_or_b16", |a: u16, b: u16| -> u16 { a | b }),
    narrow!("v_xor_b16", |a: u16, b: u16| -> u16 { a ^ b }),
    narrow!("v_add_nc_u16", |a: u16, b: u16| -> u16 { a.wrapping_add(b) }),
    narrow!("v_sub_nc_u16", |a: u16, b: u16| -> u16 { a.wrapping_sub(b) }),
    narrow!("v_add_nc_i16", |a: u16, b: u16| -> u16 { a.wrapping_add(b) }),
    narrow!("v_sub_nc_i16", |a: u16, b: u16| -> u16 { a.wrapping_sub(b) }),
    narrow!("v_mul_lo_u16", |a: u16, b: u16| -> u16 { a.wrapping_mul(b) }),
    narrow!("v_lshlrev_b16", |a: u16, b: u16| -> u16 { b << (a & 15) }),
    narrow!("v_lshrrev_b16", |a: u16, b: u16| -> u16 { b >> (a & 15) }),
    narrow!("v_ashrrev_i16", |a: u16, b: i16| -> i16 { b >> (a & 15) }),
    narrow!("v_min_u16", |a: u16, b: u16| -> u16 { a.min(b) }),
    narrow!("v_max_u16", |a: u16, b: u16| -> u16 { a.max(b) }),
    narrow!("v_min_i16", |a: i16, b: i16| -> i16 { a.min(b) }),
    narrow!("v_max_i16", |a: i16, b: i16| -> i16 { a.max(b) }),
    narrow!("v_min3_u16", |a: u16, b: u16, c: u16| -> u16 { a.min(b).min(c) }),
    narrow!("v_max3_u16", |a: u16, b: u16, c: u16| -> u16 { a.max(b).max(c) }),
    narrow!("v_min3_i16", |a: i16, b: i16, c: i16| -> i16 { a.min(b).min(c) }),
    narrow!("v_max3_i16", |a: i16, b: i16, c: i16| -> i16 { a.max(b).max(c) }),
    narrow!("v_med3_u16", |a: u16, b: u16, c: u16| -> u16 { a.max(b).min(a.min(b).max(c)) }),
    narrow!("v_med3_i16", |a: i16, b: i16, c: i16| -> i16 { a.max(b).min(a.min(b).max(c)) }),
    narrow!("v_mad_u16", |a: u16, b: u16, c: u16| -> u16 { a.wrapping_mul(b).wrapping_add(c) }),
    narrow!("v_mad_i16", |a: u16, b: u16, c: u16| -> u16 { a.wrapping_mul(b).wrapping_add(c) }),
    narrow!("v_pack_b32_f16", |a: F16, b: F16| -> Pair { Pair([a.0, b.0]) }),
    narrow!("v_cndmask_b16", |a: F16, b: F16, mask: bool| -> F16 { if mask { b } else { a } }),
];

/// A function of f16 by way of f64, where one operation is exact enough that rounding it again is rounding once.
fn by(a: F16, b: F16, f: impl Fn(f64, f64) -> f64) -> F16 {
    F16::nearest(f(a.f64(), b.f64()))
}

/// `value * 2^exponent`.
fn scaled(value: F16, exponent: i16) -> F16 {
    F16::nearest(value.f64() * 2f64.powi(i32::from(exponent.clamp(-64, 64))))
}

/// The part behind the point, below 1 always.
fn fraction(a: F16) -> F16 {
    let value = a.f64();
    let rest = F16::nearest(value - value.floor());
    if rest.0 == 0x3c00 { F16(0x3bff) } else { rest }
}

/// The quotient of special operands, or the one that was computed.
fn fixed(quotient: F16, divisor: F16, dividend: F16) -> F16 {
    let exact = dividend.f64() / divisor.f64();
    let sign = (divisor.0 ^ dividend.0) & 0x8000;
    if exact.is_nan() || exact == 0.0 || exact.is_infinite() {
        F16::nearest(exact)
    } else {
        F16(quotient.0 & 0x7fff | sign)
    }
}

/// Floats.
pub const FLOATS: &[Alu] = &[
    narrow!("v_add_f16", |a: F16, b: F16| -> F16 { by(a, b, |a, b| a + b) }),
    narrow!("v_sub_f16", |a: F16, b: F16| -> F16 { by(a, b, |a, b| a - b) }),
    narrow!("v_subrev_f16", |a: F16, b: F16| -> F16 { by(b, a, |a, b| a - b) }),
    narrow!("v_mul_f16", |a: F16, b: F16| -> F16 { by(a, b, |a, b| a * b) }),
    narrow!("v_fma_f16", |a: F16, b: F16, c: F16| -> F16 { fma16(a, b, c) }),
    narrow!("v_fmac_f16", |a: F16, b: F16, c: F16| -> F16 { fma16(a, b, c) }),
    narrow!("v_fmaak_f16", |a: F16, b: F16, c: F16| -> F16 { fma16(a, b, c) }),
    narrow!("v_fmamk_f16", |a: F16, k: F16, b: F16| -> F16 { fma16(a, k, b) }),
    narrow!("v_min_f16", |a: F16, b: F16| -> F16 { smaller(a, b) }),
    narrow!("v_max_f16", |a: F16, b: F16| -> F16 { larger(a, b) }),
    narrow!("v_min3_f16", |a: F16, b: F16, c: F16| -> F16 { smaller(smaller(a, b), c) }),
    narrow!("v_max3_f16", |a: F16, b: F16, c: F16| -> F16 { larger(larger(a, b), c) }),
    narrow!("v_med3_f16", |a: F16, b: F16, c: F16| -> F16 { middle(a, b, c) }),
    narrow!("v_minmax_f16", |a: F16, b: F16, c: F16| -> F16 { larger(smaller(a, b), c) }),
    narrow!("v_maxmin_f16", |a: F16, b: F16, c: F16| -> F16 { smaller(larger(a, b), c) }),
    narrow!("v_trunc_f16", |a: F16| -> F16 { F16::nearest(a.f64().trunc()) }),
    narrow!("v_ceil_f16", |a: F16| -> F16 { F16::nearest(a.f64().ceil()) }),
    narrow!("v_floor_f16", |a: F16| -> F16 { F16::nearest(a.f64().floor()) }),
    narrow!("v_rndne_f16", |a: F16| -> F16 { F16::nearest(a.f64().round_ties_even()) }),
    narrow!("v_fract_f16", |a: F16| -> F16 { fraction(a) }),
    narrow!("v_ldexp_f16", |a: F16, b: i16| -> F16 { scaled(a, b) }),
    narrow!("v_frexp_mant_f16", |a: F16| -> F16 { F16::nearest(split64(a.f64()).0) }),
    narrow!("v_frexp_exp_i16_f16", |a: F16| -> i16 { split64(a.f64()).1 as i16 }),
    narrow!("v_div_fixup_f16", |a: F16, b: F16, c: F16| -> F16 { fixed(a, b, c) }),
];
