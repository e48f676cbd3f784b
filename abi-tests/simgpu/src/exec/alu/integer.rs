//! Integer operations of 32 and 64 bits. Touches nothing beyond its macros.

use super::{Alu, carry, narrow, wide, wide_carry};

fn low24(value: u32) -> u32 {
    value & 0xff_ffff
}

fn signed24(value: u32) -> i32 {
    (value << 8) as i32 >> 8
}

/// Bits `offset..offset + width` of a value; both counts are of 5 bits.
fn field(value: u32, offset: u32, width: u32) -> u32 {
    value >> (offset & 31) & (1u32 << (width & 31)).wrapping_sub(1)
}

fn signed_field(value: i32, offset: u32, width: u32) -> i32 {
    let (offset, width) = (offset & 31, width & 31);
    if width == 0 {
        return 0;
    }
    // Bits above the register are copies of its sign.
    let wide = i64::from(value) >> offset << (64 - width);
    (wide >> (64 - width)) as i32
}

fn byte(value: u32, index: u32) -> u32 {
    value >> (8 * index) & 0xff
}

/// v_perm_b32's choice of one byte of eight; from 8 on signs and constants.
fn chosen(high: u32, low: u32, selector: u32) -> u32 {
    let both = u64::from(high) << 32 | u64::from(low);
    match selector {
        0..=7 => (both >> (8 * selector)) as u32 & 0xff,
        8..=11 => (both >> (16 * (selector - 8) + 15) & 1) as u32 * 0xff,
        12 => 0,
        _ => 0xff,
    }
}

fn permute(high: u32, low: u32, selectors: u32) -> u32 {
    (0..4).fold(0, |word, index| word | chosen(high, low, byte(selectors, index)) << (8 * index))
}

fn differences(a: u32, b: u32) -> u32 {
    (0..4).map(|index| byte(a, index).abs_diff(byte(b, index))).sum()
}

fn median<T: Ord + Copy>(a: T, b: T, c: T) -> T {
    a.max(b).min(a.min(b).max(c))
}

/// 32-bit operations.
pub const TABLE: &[Alu] = &[
    narrow!("v_mov_b32", |a: u32| -> u32 { a }),
    narrow!("v_not_b32", |a: u32| -> u32 { !a }),
    narrow!("v_bfrev_b32", |a: u32| -> u32 { a.reverse_bits() }),
    narrow!("v_clz_i32_u32", |a: u32| -> u32 { if a == 0 { u32::MAX } else { a.leading_zeros() } }),
    narrow!("v_ctz_i32_b32", |a: u32| -> u32 { if a == 0 { u32::MAX } else { a.trailing_zeros() } }),
    narrow!("v_cls_i32", |a: u32| -> u32 {
        let same = (a ^ (a as i32 >> 31) as u32).leading_zeros();
        if same == 32 { u32::MAX } else { same }
    }),
    narrow!("v_and_b32", |a: u32, b: u32| -> u32 { a & b }),
    narrow!("v_or_b32", |a: u32, b: u32| -> u32 { a | b }),
    narrow!("v_xor_b32", |a: u32, b: u32| -> u32 { a ^ b }),
    narrow!("v_xnor_b32", |a: u32, b: u32| -> u32 { !(a ^ b) }),
    narrow!("v_add_nc_u32", |a: u32, b: u32| -> u32 { a.wrapping_add(b) }),
    narrow!("v_sub_nc_u32", |a: u32, b: u32| -> u32 { a.wrapping_sub(b) }),
    narrow!("v_subrev_nc_u32", |a: u32, b: u32| -> u32 { b.wrapping_sub(a) }),
    narrow!("v_add_nc_i32", |a: u32, b: u32| -> u32 { a.wrapping_add(b) }),
    narrow!("v_sub_nc_i32", |a: u32, b: u32| -> u32 { a.wrapping_sub(b) }),
    narrow!("v_lshlrev_b32", |a: u32, b: u32| -> u32 { b << (a & 31) }),
    narrow!("v_lshrrev_b32", |a: u32, b: u32| -> u32 { b >> (a & 31) }),
    narrow!("v_ashrrev_i32", |a: u32, b: i32| -> i32 { b >> (a & 31) }),
    narrow!("v_min_i32", |a: i32, b: i32| -> i32 { a.min(b) }),
    narrow!("v_max_i32", |a: i32, b: i32| -> i32 { a.max(b) }),
    narrow!("v_min_u32", |a: u32, b: u32| -> u32 { a.min(b) }),
    narrow!("v_max_u32", |a: u32, b: u32| -> u32 { a.max(b) }),
    narrow!("v_mul_lo_u32", |a: u32, b: u32| -> u32 { a.wrapping_mul(b) }),
    narrow!("v_mul_hi_u32", |a: u32, b: u32| -> u32 { ((u64::from(a) * u64::from(b)) >> 32) as u32 }),
    narrow!("v_mul_hi_i32", |a: i32, b: i32| -> i32 { ((i64::from(a) * i64::from(b)) >> 32) as i32 }),
    narrow!("v_mul_u32_u24", |a: u32, b: u32| -> u32 { low24(a).wrapping_mul(low24(b)) }),
    narrow!("v_mul_i32_i24", |a: u32, b: u32| -> i32 { signed24(a).wrapping_mul(signed24(b)) }),
    narrow!("v_mul_hi_u32_u24", |a: u32, b: u32| -> u32 {
        ((u64::from(low24(a)) * u64::from(low24(b))) >> 32) as u32
    }),
    narrow!("v_mul_hi_i32_i24", |a: u32, b: u32| -> i32 {
        ((i64::from(signed24(a)) * i64::from(signed24(b))) >> 32) as i32
    }),
    narrow!("v_mad_u32_u24", |a: u32, b: u32, c: u32| -> u32 {
        low24(a).wrapping_mul(low24(b)).wrapping_add(c)
    }),
    narrow!("v_mad_i32_i24", |a: u32, b: u32, c: i32| -> i32 {
        signed24(a).wrapping_mul(signed24(b)).wrapping_add(c)
    }),
    narrow!("v_mad_u32_u16", |a: u16, b: u16, c: u32| -> u32 {
        (u32::from(a) * u32::from(b)).wrapping_add(c)
    }),
    narrow!("v_mad_i32_i16", |a: i16, b: i16, c: i32| -> i32 {
        (i32::from(a) * i32::from(b)).wrapping_add(c)
    }),
    narrow!("v_add3_u32", |a: u32, b: u32, c: u32| -> u32 { a.wrapping_add(b).wrapping_add(c) }),
    narrow!("v_lshl_add_u32", |a: u32, b: u32, c: u32| -> u32 { (a << (b & 31)).wrapping_add(c) }),
    narrow!("v_add_lshl_u32", |a: u32, b: u32, c: u32| -> u32 { a.wrapping_add(b) << (c & 31) }),
    narrow!("v_lshl_or_b32", |a: u32, b: u32, c: u32| -> u32 { a << (b & 31) | c }),
    narrow!("v_and_or_b32", |a: u32, b: u32, c: u32| -> u32 { a & b | c }),
    narrow!("v_or3_b32", |a: u32, b: u32, c: u32| -> u32 { a | b | c }),
    narrow!("v_xor3_b32", |a: u32, b: u32, c: u32| -> u32 { a ^ b ^ c }),
    narrow!("v_xad_u32", |a: u32, b: u32, c: u32| -> u32 { (a ^ b).wrapping_add(c) }),
    narrow!("v_bfe_u32", |a: u32, b: u32, c: u32| -> u32 { field(a, b, c) }),
    narrow!("v_bfe_i32", |a: i32, b: u32, c: u32| -> i32 { signed_field(a, b, c) }),
    narrow!("v_bfi_b32", |a: u32, b: u32, c: u32| -> u32 { a & b | !a & c }),
    narrow!("v_bfm_b32", |a: u32, b: u32| -> u32 { ((1u32 << (a & 31)) - 1) << (b & 31) }),
    narrow!("v_bcnt_u32_b32", |a: u32, b: u32| -> u32 { a.count_ones().wrapping_add(b) }),
    narrow!("v_alignbit_b32", |a: u32, b: u32, c: u32| -> u32 {
        ((u64::from(a) << 32 | u64::from(b)) >> (c & 31)) as u32
    }),
    narrow!("v_alignbyte_b32", |a: u32, b: u32, c: u32| -> u32 {
        ((u64::from(a) << 32 | u64::from(b)) >> (8 * (c & 3))) as u32
    }),
    narrow!("v_perm_b32", |a: u32, b: u32, c: u32| -> u32 { permute(a, b, c) }),
    narrow!("v_min3_i32", |a: i32, b: i32, c: i32| -> i32 { a.min(b).min(c) }),
    narrow!("v_max3_i32", |a: i32, b: i32, c: i32| -> i32 { a.max(b).max(c) }),
    narrow!("v_min3_u32", |a: u32, b: u32, c: u32| -> u32 { a.min(b).min(c) }),
    narrow!("v_max3_u32", |a: u32, b: u32, c: u32| -> u32 { a.max(b).max(c) }),
    narrow!("v_med3_i32", |a: i32, b: i32, c: i32| -> i32 { median(a, b, c) }),
    narrow!("v_med3_u32", |a: u32, b: u32, c: u32| -> u32 { median(a, b, c) }),
    narrow!("v_minmax_i32", |a: i32, b: i32, c: i32| -> i32 { a.min(b).max(c) }),
    narrow!("v_maxmin_i32", |a: i32, b: i32, c: i32| -> i32 { a.max(b).min(c) }),
    narrow!("v_minmax_u32", |a: u32, b: u32, c: u32| -> u32 { a.min(b).max(c) }),
    narrow!("v_maxmin_u32", |a: u32, b: u32, c: u32| -> u32 { a.max(b).min(c) }),
    narrow!("v_sad_u32", |a: u32, b: u32, c: u32| -> u32 { a.abs_diff(b).wrapping_add(c) }),
    narrow!("v_sad_u8", |a: u32, b: u32, c: u32| -> u32 { differences(a, b).wrapping_add(c) }),
    narrow!("v_cndmask_b32", |a: u32, b: u32, mask: bool| -> u32 { if mask { b } else { a } }),
];

/// Operations that saturate: those that have `clamp`.
pub const SATURATING: &[Alu] = &[
    narrow!("v_add_nc_u32 clamp", |a: u32, b: u32| -> u32 { a.saturating_add(b) }),
    narrow!("v_sub_nc_u32 clamp", |a: u32, b: u32| -> u32 { a.saturating_sub(b) }),
    narrow!("v_subrev_nc_u32 clamp", |a: u32, b: u32| -> u32 { b.saturating_sub(a) }),
    narrow!("v_add_nc_i32 clamp", |a: i32, b: i32| -> i32 { a.saturating_add(b) }),
    narrow!("v_sub_nc_i32 clamp", |a: i32, b: i32| -> i32 { a.saturating_sub(b) }),
    narrow!("v_add_nc_u16 clamp", |a: u16, b: u16| -> u16 { a.saturating_add(b) }),
    narrow!("v_sub_nc_u16 clamp", |a: u16, b: u16| -> u16 { a.saturating_sub(b) }),
    narrow!("v_add_nc_i16 clamp", |a: i16, b: i16| -> i16 { a.saturating_add(b) }),
    narrow!("v_sub_nc_i16 clamp", |a: i16, b: i16| -> i16 { a.saturating_sub(b) }),
    narrow!("v_mad_u16 clamp", |a: u16, b: u16, c: u16| -> u16 { a.saturating_mul(b).saturating_add(c) }),
    narrow!("v_mad_i16 clamp", |a: i16, b: i16, c: i16| -> i16 {
        (i32::from(a) * i32::from(b) + i32::from(c)).clamp(-0x8000, 0x7fff) as i16
    }),
    narrow!("v_mad_u32_u16 clamp", |a: u16, b: u16, c: u32| -> u32 {
        (u32::from(a) * u32::from(b)).saturating_add(c)
    }),
    narrow!("v_mad_i32_i16 clamp", |a: i16, b: i16, c: i32| -> i32 {
        (i32::from(a) * i32::from(b)).saturating_add(c)
    }),
    narrow!("v_mad_u32_u24 clamp", |a: u32, b: u32, c: u32| -> u32 {
        low24(a).saturating_mul(low24(b)).saturating_add(c)
    }),
    narrow!("v_mad_i32_i24 clamp", |a: u32, b: u32, c: i32| -> i32 {
        let exact = i64::from(signed24(a)) * i64::from(signed24(b)) + i64::from(c);
        exact.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }),
    narrow!("v_sad_u32 clamp", |a: u32, b: u32, c: u32| -> u32 { a.abs_diff(b).saturating_add(c) }),
    narrow!("v_sad_u8 clamp", |a: u32, b: u32, c: u32| -> u32 { differences(a, b).saturating_add(c) }),
];

/// The same with a carry besides.
pub const SATURATING_CARRIES: &[Alu] = &[
    carry!("v_add_co_u32 clamp", |a: u32, b: u32| -> u32 { (a.saturating_add(b), a.overflowing_add(b).1) }),
    carry!("v_sub_co_u32 clamp", |a: u32, b: u32| -> u32 { (a.saturating_sub(b), a < b) }),
    carry!("v_subrev_co_u32 clamp", |a: u32, b: u32| -> u32 { (b.saturating_sub(a), b < a) }),
    wide_carry!("v_mad_u64_u32 clamp", |a: u32, b: u32, c: u64| -> u64 {
        let (sum, over) = (u64::from(a) * u64::from(b)).overflowing_add(c);
        (if over { u64::MAX } else { sum }, over)
    }),
    wide_carry!("v_mad_i64_i32 clamp", |a: i32, b: i32, c: i64| -> i64 {
        let exact = i128::from(a) * i128::from(b) + i128::from(c);
        let limited = exact.clamp(i64::MIN.into(), i64::MAX.into());
        (limited as i64, exact != limited)
    }),
];

/// Operations that make, and take, a carry.
pub const CARRIES: &[Alu] = &[
    carry!("v_add_co_u32", |a: u32, b: u32| -> u32 { a.overflowing_add(b) }),
    carry!("v_sub_co_u32", |a: u32, b: u32| -> u32 { a.overflowing_sub(b) }),
    carry!("v_subrev_co_u32", |a: u32, b: u32| -> u32 { b.overflowing_sub(a) }),
    carry!("v_add_co_ci_u32", |a: u32, b: u32, c: bool| -> u32 {
        let sum = u64::from(a) + u64::from(b) + u64::from(c);
        (sum as u32, sum >> 32 != 0)
    }),
    carry!("v_sub_co_ci_u32", |a: u32, b: u32, c: bool| -> u32 {
        let rest = u64::from(a).wrapping_sub(u64::from(b)).wrapping_sub(u64::from(c));
        (rest as u32, rest >> 32 != 0)
    }),
    carry!("v_subrev_co_ci_u32", |a: u32, b: u32, c: bool| -> u32 {
        let rest = u64::from(b).wrapping_sub(u64::from(a)).wrapping_sub(u64::from(c));
        (rest as u32, rest >> 32 != 0)
    }),
    wide_carry!("v_mad_u64_u32", |a: u32, b: u32, c: u64| -> u64 {
        (u64::from(a) * u64::from(b)).overflowing_add(c)
    }),
    wide_carry!("v_mad_i64_i32", |a: i32, b: i32, c: i64| -> i64 {
        let exact = i128::from(a) * i128::from(b) + i128::from(c);
        (exact as i64, exact != i128::from(exact as i64))
    }),
];

/// 64-bit operations.
pub const WIDE: &[Alu] = &[
    wide!("v_lshlrev_b64", |a: u32, b: u64| -> u64 { b << (a & 63) }),
    wide!("v_lshrrev_b64", |a: u32, b: u64| -> u64 { b >> (a & 63) }),
    wide!("v_ashrrev_i64", |a: u32, b: i64| -> i64 { b >> (a & 63) }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_field_is_the_field_with_its_sign() {
        for offset in 0..32 {
            for width in 0..32 {
                let value = 0x9e37_79b9u32;
                let bits = width.min(32 - offset);
                let unsigned = field(value, offset, width);
                let expected = match bits {
                    0 => 0,
                    _ if bits < width => (value as i32) >> offset,
                    _ => (unsigned << (32 - width)) as i32 >> (32 - width),
                };
                assert_eq!(signed_field(value as i32, offset, width), expected, "{offset} {width}");
            }
        }
    }

    #[test]
    fn bytes_are_chosen_of_eight() {
        assert_eq!(permute(0x8877_6655, 0x4433_2211, 0x0c0d_0700), 0x00ff_8811);
        assert_eq!(permute(0x8877_6655, 0x4433_2211, 0x0b0a_0908), 0xff00_0000);
    }
}
