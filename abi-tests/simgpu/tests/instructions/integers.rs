//! Integers of 16, 32 and 64 bits, lane by lane.

use super::vector::{Row, rows};

/// A field of `width` bits from `offset` on; bits above the register are zero, or its sign.
fn field(value: i128, offset: u32, width: u32, signed: bool) -> u32 {
    let (offset, width) = (offset % 32, width % 32);
    (0..width).fold(0i128, |bits, at| bits | (value >> (offset + at) & 1) << at) as u32
        | if signed && width > 0 && value >> (offset + width - 1) & 1 != 0 { u32::MAX << width } else { 0 }
}

fn low24(value: u32) -> i128 {
    i128::from(value % (1 << 24))
}

fn signed24(value: u32) -> i128 {
    if value >> 23 & 1 != 0 { low24(value) - (1 << 24) } else { low24(value) }
}

fn sum(values: &[u32]) -> u32 {
    values.iter().map(|&value| u64::from(value)).sum::<u64>() as u32
}

fn first_one(mut bits: impl Iterator<Item = u32>, value: u32) -> u32 {
    bits.position(|bit| value >> bit & 1 != 0).map_or(u32::MAX, |at| at as u32)
}

/// One byte of eight by v_perm_b32's selector.
fn chosen(bytes: &[u8], selector: u8) -> u8 {
    let sign = |at: usize| if bytes[at] >> 7 != 0 { 0xff } else { 0 };
    match selector {
        0..=7 => bytes[usize::from(selector)],
        8..=11 => sign(2 * (usize::from(selector) - 8) + 1),
        12 => 0,
        _ => 0xff,
    }
}

fn permuted([high, low, selectors]: [u32; 3]) -> u32 {
    let bytes: Vec<u8> = low.to_le_bytes().into_iter().chain(high.to_le_bytes()).collect();
    u32::from_le_bytes(selectors.to_le_bytes().map(|selector| chosen(&bytes, selector)))
}

/// A difference, and whether it borrowed.
fn difference(a: u32, b: u32, borrow: bool) -> (u32, bool) {
    let exact = i64::from(a) - i64::from(b) - i64::from(borrow);
    (exact as u32, exact < 0)
}

fn dot(lane: [u32; 3], signed: [bool; 2]) -> i32 {
    let byte = |word: u32, at: usize, signed: bool| {
        let byte = word.to_le_bytes()[at];
        if signed { i64::from(byte as i8) } else { i64::from(byte) }
    };
    let products = (0..4).map(|at| byte(lane[0], at, signed[0]) * byte(lane[1], at, signed[1]));
    (products.sum::<i64>() + i64::from(lane[2] as i32)) as i32
}

pub const ROWS: &[Row] = rows! {
    "v_mov_b32" "d:u32 a:u32" |x| x.u()[0];
    "v_mov_b16" "d:u16 a:u16" |x| x.h()[0];
    "v_not_b32" "d:u32 a:u32" |x| u32::MAX - x.u()[0];
    "v_bfrev_b32" "d:u32 a:u32" |x| (0..32).fold(0, |bits, at| bits | (x.u()[0] >> at & 1) << (31 - at));
    "v_clz_i32_u32" "d:u32 a:u32" |x| first_one((0..32).rev(), x.u()[0]);
    "v_ctz_i32_b32" "d:u32 a:u32" |x| first_one(0..32, x.u()[0]);
    "v_bcnt_u32_b32" "d:u32 a:u32 b:u32" |x| sum(&[(0..32).map(|at| x.u()[0] >> at & 1).sum(), x.u()[1]]);
    "v_and_b32" "d:u32 a:u32 b:u32" |x| !(!x.u()[0] | !x.u()[1]);
    "v_or_b32" "d:u32 a:u32 b:u32" |x| !(!x.u()[0] & !x.u()[1]);
    "v_xor_b32" "d:u32 a:u32 b:u32" |x| (x.u()[0] | x.u()[1]) - (x.u()[0] & x.u()[1]);
    "v_and_b16" "d:u16 a:u16 b:u16" |x| !(!x.h()[0] | !x.h()[1]);
    "v_or_b16" "d:u16 a:u16 b:u16" |x| !(!x.h()[0] & !x.h()[1]);
    "v_xor_b16" "d:u16 a:u16 b:u16" |x| (x.h()[0] | x.h()[1]) - (x.h()[0] & x.h()[1]);
    "v_or3_b32" "d:u32 a:u32 b:u32 c:u32" |x| x.u()[0] | x.u()[1] | x.u()[2];
    "v_xor3_b32" "d:u32 a:u32 b:u32 c:u32" |x| x.u()[0] ^ x.u()[1] ^ x.u()[2];
    "v_and_or_b32" "d:u32 a:u32 b:u32 c:u32" |x| x.u()[0] & x.u()[1] | x.u()[2];
    "v_bfi_b32" "d:u32 a:u32 b:u32 c:u32" |x| {
        (0..32).fold(0, |bits, at| bits | (x.u()[if x.u()[0] >> at & 1 != 0 { 1 } else { 2 }] >> at & 1) << at)
    };
    "v_bfe_u32" "d:u32 a:u32 b:u32 c:u32" |x| field(x.u()[0].into(), x.u()[1], x.u()[2], false);
    "v_bfe_i32" "d:u32 a:u32 b:u32 c:u32" |x| field(x.i()[0].into(), x.u()[1], x.u()[2], true);
    "v_add_nc_u32" "d:u32 a:u32 b:u32" |x| sum(&x.u()[..2]);
    "v_sub_nc_u32" "d:u32 a:u32 b:u32" |x| difference(x.u()[0], x.u()[1], false).0;
    "v_subrev_nc_u32" "d:u32 a:u32 b:u32" |x| difference(x.u()[1], x.u()[0], false).0;
    "v_add_nc_u16" "d:u16 a:u16 b:u16" |x| sum(&[x.h()[0].into(), x.h()[1].into()]) as u16;
    "v_sub_nc_u16" "d:u16 a:u16 b:u16" |x| difference(x.h()[0].into(), x.h()[1].into(), false).0 as u16;
    "v_add3_u32" "d:u32 a:u32 b:u32 c:u32" |x| sum(&x.u());
    "v_xad_u32" "d:u32 a:u32 b:u32 c:u32" |x| sum(&[x.u()[0] ^ x.u()[1], x.u()[2]]);
    "v_lshl_add_u32" "d:u32 a:u32 b:u32 c:u32" |x| sum(&[x.u()[0] << (x.u()[1] % 32), x.u()[2]]);
    "v_add_lshl_u32" "d:u32 a:u32 b:u32 c:u32" |x| sum(&x.u()[..2]) << (x.u()[2] % 32);
    "v_lshl_or_b32" "d:u32 a:u32 b:u32 c:u32" |x| x.u()[0] << (x.u()[1] % 32) | x.u()[2];
    "v_lshlrev_b16" "d:u16 a:u16 b:u16" |x| (u32::from(x.h()[1]) << (x.h()[0] % 16)) as u16;
    "v_lshrrev_b16" "d:u16 a:u16 b:u16" |x| (u32::from(x.h()[1]) >> (x.h()[0] % 16)) as u16;
    "v_ashrrev_i16" "d:u16 a:u16 b:u16" |x| (i32::from(x.h()[1] as i16) >> (x.h()[0] % 16)) as u16;
    "v_lshlrev_b32" "d:u32 a:u32 b:u32" |x| (x.u()[1] as u64 * (1 << (x.u()[0] % 32))) as u32;
    "v_lshrrev_b32" "d:u32 a:u32 b:u32" |x| (x.u()[1] as u64 / (1 << (x.u()[0] % 32))) as u32;
    "v_ashrrev_i32" "d:u32 a:u32 b:u32" |x| i64::from(x.i()[1]).div_euclid(1 << (x.u()[0] % 32)) as i32;
    "v_lshlrev_b64" "d:u64 a:u32 b:u64" |x| (u128::from(x.b) << (x.u()[0] % 64)) as u64;
    "v_lshrrev_b64" "d:u64 a:u32 b:u64" |x| (u128::from(x.b) >> (x.u()[0] % 64)) as u64;
    "v_ashrrev_i64" "d:u64 a:u32 b:u64" |x| (i128::from(x.b as i64) >> (x.u()[0] % 64)) as i64;
    "v_alignbit_b32" "d:u32 a:u32 b:u32 c:u16" |x| {
        let both = u64::from(x.u()[0]) << 32 | u64::from(x.u()[1]);
        (both >> (x.h()[2] % 32)) as u32
    };
    "v_perm_b32" "d:u32 a:u32 b:u32 c:u32" |x| permuted(x.u());
    "v_pk_lshrrev_b16" "d:u32 a:u32 b:u32" |x| {
        let half = |shift: u32| (x.u()[1] >> shift & 0xffff) >> (x.u()[0] >> shift & 15);
        half(0) | half(16) << 16
    };
    "v_min_i32" "d:u32 a:u32 b:u32" |x| if x.i()[0] < x.i()[1] { x.i()[0] } else { x.i()[1] };
    "v_max_i32" "d:u32 a:u32 b:u32" |x| if x.i()[0] > x.i()[1] { x.i()[0] } else { x.i()[1] };
    "v_min_u32" "d:u32 a:u32 b:u32" |x| if x.u()[0] < x.u()[1] { x.u()[0] } else { x.u()[1] };
    "v_max_u32" "d:u32 a:u32 b:u32" |x| if x.u()[0] > x.u()[1] { x.u()[0] } else { x.u()[1] };
    "v_minmax_i32" "d:u32 a:u32 b:u32 c:u32" |x| std::cmp::max(std::cmp::min(x.i()[0], x.i()[1]), x.i()[2]);
    "v_mul_lo_u32" "d:u32 a:u32 b:u32" |x| (u64::from(x.u()[0]) * u64::from(x.u()[1])) as u32;
    "v_mul_hi_u32" "d:u32 a:u32 b:u32" |x| (u64::from(x.u()[0]) * u64::from(x.u()[1]) / (1 << 32)) as u32;
    "v_mul_hi_i32" "d:u32 a:u32 b:u32" |x| (i64::from(x.i()[0]) * i64::from(x.i()[1])).div_euclid(1 << 32) as i32;
    "v_mul_lo_u16" "d:u16 a:u16 b:u16" |x| (u32::from(x.h()[0]) * u32::from(x.h()[1])) as u16;
    "v_mul_u32_u24" "d:u32 a:u32 b:u32" |x| (low24(x.u()[0]) * low24(x.u()[1])) as u32;
    "v_mul_i32_i24" "d:u32 a:u32 b:u32" |x| (signed24(x.u()[0]) * signed24(x.u()[1])) as u32;
    "v_mul_hi_u32_u24" "d:u32 a:u32 b:u32" |x| ((low24(x.u()[0]) * low24(x.u()[1])) >> 32) as u32;
    "v_mul_hi_i32_i24" "d:u32 a:u32 b:u32" |x| ((signed24(x.u()[0]) * signed24(x.u()[1])) >> 32) as u32;
    "v_mad_u32_u24" "d:u32 a:u32 b:u32 c:u32" |x| {
        (low24(x.u()[0]) * low24(x.u()[1]) + i128::from(x.u()[2])) as u32
    };
    "v_mad_i32_i24" "d:u32 a:u32 b:u32 c:u32" |x| {
        (signed24(x.u()[0]) * signed24(x.u()[1]) + i128::from(x.i()[2])) as u32
    };
    "v_mad_u64_u32" "d:u64 out a:u32 b:u32 c:u64" |x| {
        let exact = u128::from(x.u()[0]) * u128::from(x.u()[1]) + u128::from(x.c);
        (exact as u64, exact >> 64 != 0)
    };
    "v_mad_i64_i32" "d:u64 out a:u32 b:u32 c:u64" |x| {
        let exact = i128::from(x.i()[0]) * i128::from(x.i()[1]) + i128::from(x.c as i64);
        (exact as u64, i64::try_from(exact).is_err())
    };
    "v_dot4_i32_iu8" "d:u32 a:u32 b:u32 c:u32" |x| dot(x.u(), [false, false]);
    "v_add_co_u32" "d:u32 out a:u32 b:u32" |x| {
        (sum(&x.u()[..2]), u64::from(x.u()[0]) + u64::from(x.u()[1]) >= 1 << 32)
    };
    "v_sub_co_u32" "d:u32 out a:u32 b:u32" |x| difference(x.u()[0], x.u()[1], false);
    "v_subrev_co_u32" "d:u32 out a:u32 b:u32" |x| difference(x.u()[1], x.u()[0], false);
    "v_add_co_ci_u32" "d:u32 out a:u32 b:u32 in" |x| {
        let exact = u64::from(x.u()[0]) + u64::from(x.u()[1]) + u64::from(x.bit);
        (exact as u32, exact >= 1 << 32)
    };
    "v_sub_co_ci_u32" "d:u32 out a:u32 b:u32 in" |x| difference(x.u()[0], x.u()[1], x.bit);
    "v_subrev_co_ci_u32" "d:u32 out a:u32 b:u32 in" |x| difference(x.u()[1], x.u()[0], x.bit);
    "v_cndmask_b32" "d:u32 a:u32 b:u32 in" |x| x.u()[usize::from(x.bit)];
    "v_cndmask_b16" "d:u16 a:u16 b:u16 in" |x| x.h()[usize::from(x.bit)];
};
