//! Sums of differences, and packing, lane by lane.

use super::half;
use super::vector::{Row, rows};

fn bytes(word: u32) -> [i64; 4] {
    word.to_le_bytes().map(i64::from)
}

/// The sum of differences; of a masked one bytes whose reference is 0 do not count.
fn differences(a: u32, b: u32, masked: bool) -> u32 {
    let terms = (0..4).map(|at| (bytes(a)[at], bytes(b)[at]));
    terms.map(|(a, b)| if masked && b == 0 { 0 } else { (a - b).unsigned_abs() as u32 }).sum()
}

fn four(a: u64, b: u32, c: u64, masked: bool) -> u64 {
    let sum = |at: usize| {
        let part = u32::from_le_bytes(a.to_le_bytes()[at..at + 4].try_into().expect("four bytes"));
        let start = u16::from_le_bytes(c.to_le_bytes()[2 * at..2 * at + 2].try_into().expect("two bytes"));
        (differences(part, b, masked) + u32::from(start)) & 0xffff
    };
    (0..4).map(|at| u64::from(sum(at)) << (16 * at)).sum()
}

/// A number of 16 bits for -1 (or 0) to 1; 0 for NaN.
fn normal(bits: u16, least: f64, most: f64) -> u16 {
    let value = half::value(bits);
    if value.is_nan() {
        return 0;
    }
    let exact = value.max(least).min(1.0) * most;
    let below = exact.floor();
    let up = exact - below > 0.5 || exact - below == 0.5 && below as i64 % 2 != 0;
    (below as i64 + i64::from(up)) as u16
}

fn saturated(word: u32) -> u16 {
    let half = |shift: u32| i32::from((word >> shift) as u16 as i16).clamp(0, 255) as u16;
    half(0) + 256 * half(16)
}

pub const ROWS: &[Row] = rows! {
    "v_sad_u16" "d:u32 a:u32 b:u32 c:u32" |x| {
        let term = |shift: u32| i64::from((x.u()[0] >> shift) as u16) - i64::from((x.u()[1] >> shift) as u16);
        (term(0).abs() + term(16).abs() + i64::from(x.u()[2])) as u32
    };
    "v_sad_hi_u8" "d:u32 a:u32 b:u32 c:u32" |x| {
        (u64::from(differences(x.u()[0], x.u()[1], false)) * 65536 + u64::from(x.u()[2])) as u32
    };
    "v_msad_u8" "d:u32 a:u32 b:u32 c:u32" |x| {
        (u64::from(differences(x.u()[0], x.u()[1], true)) + u64::from(x.u()[2])) as u32
    };
    "v_qsad_pk_u16_u8" "d:u64 a:u64 b:u32 c:u64" |x| four(x.a, x.u()[1], x.c, false);
    "v_mqsad_pk_u16_u8" "d:u64 a:u64 b:u32 c:u64" |x| four(x.a, x.u()[1], x.c, true);
    "v_lerp_u8" "d:u32 a:u32 b:u32 c:u32" |x| {
        let byte = |at: usize| (bytes(x.u()[0])[at] + bytes(x.u()[1])[at] + bytes(x.u()[2])[at] % 2) / 2;
        (0..4).map(|at| (byte(at) as u32) << (8 * at)).sum::<u32>()
    };
    "v_sat_pk_u8_i16" "d:u16 a:u32" |x| saturated(x.u()[0]);
    "v_cvt_norm_i16_f16" "d:u16 a:f16" |x| normal(x.h()[0], -1.0, 32767.0);
    "v_cvt_norm_u16_f16" "d:u16 a:f16" |x| normal(x.h()[0], 0.0, 65535.0);
    "v_cvt_pk_norm_i16_f16" "d:u32 a:f16 b:f16" |x| {
        u32::from(normal(x.h()[0], -1.0, 32767.0)) | u32::from(normal(x.h()[1], -1.0, 32767.0)) << 16
    };
    "v_cvt_pk_norm_u16_f16" "d:u32 a:f16 b:f16" |x| {
        u32::from(normal(x.h()[0], 0.0, 65535.0)) | u32::from(normal(x.h()[1], 0.0, 65535.0)) << 16
    };
    "v_dot2_f16_f16" "d:f16 a:u32 b:u32 c:f16" |x| {
        let half = |word: u32, shift: u32| half::value((word >> shift) as u16);
        let product = |shift: u32| half(x.u()[0], shift) * half(x.u()[1], shift);
        half::nearest(product(0) + product(16) + half::value(x.h()[2]))
    };
};
