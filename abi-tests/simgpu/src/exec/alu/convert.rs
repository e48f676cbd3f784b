//! Conversions. Rust's `as` from float to integer is what the hardware does: toward zero, saturating, NaN to 0.
//! Touches only `half` and `value`.

use super::value::{FloatPair, Pair};
use super::{Alu, narrow, wide};
use crate::exec::half::F16;

/// -8 to 7 as sixteenths.
fn sixteenths(bits: u32) -> f32 {
    ((bits << 28) as i32 >> 28) as f32 / 16.0
}

fn normal(value: f32, most: f32) -> f32 {
    (value.clamp(-1.0, 1.0) * most).round_ties_even()
}

/// Puts a byte, rounded and saturated, into a word.
fn byte_into(value: f32, index: u32, word: u32) -> u32 {
    let at = 8 * (index & 3);
    word & !(0xff << at) | u32::from(value.round_ties_even() as u8) << at
}

/// The rows.
pub const TABLE: &[Alu] = &[
    narrow!("v_cvt_f32_i32", |a: i32| -> f32 { a as f32 }),
    narrow!("v_cvt_f32_u32", |a: u32| -> f32 { a as f32 }),
    narrow!("v_cvt_i32_f32", |a: f32| -> i32 { a as i32 }),
    narrow!("v_cvt_u32_f32", |a: f32| -> u32 { a as u32 }),
    narrow!("v_cvt_nearest_i32_f32", |a: f32| -> i32 { (a + 0.5).floor() as i32 }),
    narrow!("v_cvt_floor_i32_f32", |a: f32| -> i32 { a.floor() as i32 }),
    narrow!("v_cvt_off_f32_i4", |a: u32| -> f32 { sixteenths(a) }),
    narrow!("v_cvt_f32_ubyte0", |a: u32| -> f32 { (a & 0xff) as f32 }),
    narrow!("v_cvt_f32_ubyte1", |a: u32| -> f32 { (a >> 8 & 0xff) as f32 }),
    narrow!("v_cvt_f32_ubyte2", |a: u32| -> f32 { (a >> 16 & 0xff) as f32 }),
    narrow!("v_cvt_f32_ubyte3", |a: u32| -> f32 { (a >> 24) as f32 }),
    narrow!("v_cvt_pk_u8_f32", |a: f32, b: u32, c: u32| -> u32 { byte_into(a, b, c) }),
    narrow!("v_cvt_f16_f32", |a: f32| -> F16 { F16::nearest(f64::from(a)) }),
    narrow!("v_cvt_f32_f16", |a: F16| -> f32 { a.f32() }),
    narrow!("v_cvt_f16_u16", |a: u16| -> F16 { F16::nearest(f64::from(a)) }),
    narrow!("v_cvt_f16_i16", |a: i16| -> F16 { F16::nearest(f64::from(a)) }),
    narrow!("v_cvt_u16_f16", |a: F16| -> u16 { a.f32() as u16 }),
    narrow!("v_cvt_i16_f16", |a: F16| -> i16 { a.f32() as i16 }),
    narrow!("v_cvt_i32_i16", |a: i16| -> i32 { i32::from(a) }),
    narrow!("v_cvt_u32_u16", |a: u16| -> u32 { u32::from(a) }),
    narrow!("v_cvt_pk_rtz_f16_f32", |a: f32, b: f32| -> FloatPair {
        FloatPair([F16::toward_zero(f64::from(a)), F16::toward_zero(f64::from(b))])
    }),
    narrow!("v_cvt_pk_i16_i32", |a: i32, b: i32| -> Pair {
        Pair([a, b].map(|value| value.clamp(-0x8000, 0x7fff) as u16))
    }),
    narrow!("v_cvt_pk_u16_u32", |a: u32, b: u32| -> Pair {
        Pair([a, b].map(|value| value.min(0xffff) as u16))
    }),
    narrow!("v_cvt_pk_i16_f32", |a: f32, b: f32| -> Pair { Pair([a, b].map(|value| value as i16 as u16)) }),
    narrow!("v_cvt_pk_u16_f32", |a: f32, b: f32| -> Pair { Pair([a, b].map(|value| value as u16)) }),
    narrow!("v_cvt_pk_norm_i16_f32", |a: f32, b: f32| -> Pair {
        Pair([a, b].map(|value| normal(value, 32767.0) as i16 as u16))
    }),
    narrow!("v_cvt_pk_norm_u16_f32", |a: f32, b: f32| -> Pair {
        Pair([a, b].map(|value| normal(value.max(0.0), 65535.0) as u16))
    }),
    wide!("v_cvt_f64_i32", |a: i32| -> f64 { f64::from(a) }),
    wide!("v_cvt_f64_u32", |a: u32| -> f64 { f64::from(a) }),
    wide!("v_cvt_f64_f32", |a: f32| -> f64 { f64::from(a) }),
    wide!("v_cvt_f32_f64", |a: f64| -> f32 { a as f32 }),
    wide!("v_cvt_i32_f64", |a: f64| -> i32 { a as i32 }),
    wide!("v_cvt_u32_f64", |a: f64| -> u32 { a as u32 }),
];
