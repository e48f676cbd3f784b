//! Operations for pictures and sound: sums of differences, packing of bytes and of numbers from -1 to 1. Halves of
//! words are taken here: outside of VOP3P no modifier chooses them.
//! Touches `half` and `value`.

use super::value::Pair;
use super::{Alu, narrow, wide};
use crate::exec::half::{F16, bf16, to_bf16};

/// The sum of differences of four bytes; with `masked`, of those whose reference is not 0.
fn differences(bytes: u32, reference: u32, masked: bool) -> u32 {
    let pairs = bytes.to_le_bytes().into_iter().zip(reference.to_le_bytes());
    pairs.filter(|(_, b)| !masked || *b != 0).map(|(a, b)| u32::from(a.abs_diff(b))).sum()
}

/// Four sums of 16 bits, of four bytes each, from each of the lower four bytes on.
fn four(bytes: u64, reference: u32, sums: u64, masked: bool) -> u64 {
    (0..4).fold(0, |all, at| {
        let sum = (sums >> (16 * at)) as u32 & 0xffff;
        let sum = sum.wrapping_add(differences((bytes >> (8 * at)) as u32, reference, masked));
        all | u64::from(sum as u16) << (16 * at)
    })
}

fn average(a: u32, b: u32, up: u32) -> u32 {
    let byte = |word: u32, at: u32| word >> (8 * at) & 0xff;
    (0..4).fold(0, |word, at| word | (byte(a, at) + byte(b, at) + (byte(up, at) & 1)) >> 1 << (8 * at))
}

/// -1 to 1, or 0 to 1, as 16 bits.
fn normal(value: F16, least: f32, most: f32) -> u16 {
    (value.f32().clamp(least, 1.0) * most).round_ties_even() as i32 as u16
}

fn halves(word: u32) -> [u16; 2] {
    [word as u16, (word >> 16) as u16]
}

fn limited(half: u16) -> u16 {
    (half as i16).clamp(0, 0xff) as u16
}

/// The rows.
pub const TABLE: &[Alu] = &[
    narrow!("v_sad_u16", |a: u32, b: u32, c: u32| -> u32 {
        let difference = |at: usize| u32::from(halves(a)[at].abs_diff(halves(b)[at]));
        difference(0).wrapping_add(difference(1)).wrapping_add(c)
    }),
    narrow!("v_sad_hi_u8", |a: u32, b: u32, c: u32| -> u32 {
        (differences(a, b, false) << 16).wrapping_add(c)
    }),
    narrow!("v_msad_u8", |a: u32, b: u32, c: u32| -> u32 { differences(a, b, true).wrapping_add(c) }),
    wide!("v_qsad_pk_u16_u8", |a: u64, b: u32, c: u64| -> u64 { four(a, b, c, false) }),
    wide!("v_mqsad_pk_u16_u8", |a: u64, b: u32, c: u64| -> u64 { four(a, b, c, true) }),
    narrow!("v_lerp_u8", |a: u32, b: u32, c: u32| -> u32 { average(a, b, c) }),
    narrow!("v_sat_pk_u8_i16", |a: u32| -> u16 {
        let [low, high] = halves(a);
        limited(low) | limited(high) << 8
    }),
    narrow!("v_cvt_norm_i16_f16", |a: F16| -> u16 { normal(a, -1.0, 32767.0) }),
    narrow!("v_cvt_norm_u16_f16", |a: F16| -> u16 { normal(a, 0.0, 65535.0) }),
    narrow!("v_cvt_pk_norm_i16_f16", |a: F16, b: F16| -> Pair {
        Pair([a, b].map(|value| normal(value, -1.0, 32767.0)))
    }),
    narrow!("v_cvt_pk_norm_u16_f16", |a: F16, b: F16| -> Pair {
        Pair([a, b].map(|value| normal(value, 0.0, 65535.0)))
    }),
    narrow!("v_dot2_f16_f16", |a: u32, b: u32, c: F16| -> F16 {
        let product = |at: usize| F16(halves(a)[at]).f64() * F16(halves(b)[at]).f64();
        F16::nearest(product(0) + product(1) + c.f64())
    }),
    narrow!("v_dot2_bf16_bf16", |a: u32, b: u32, c: u16| -> u16 {
        let product = |at: usize| f64::from(bf16(halves(a)[at])) * f64::from(bf16(halves(b)[at]));
        to_bf16((product(0) + product(1) + f64::from(bf16(c))) as f32)
    }),
];
