//! Comparisons: a bit a lane. `v_cmpx_*` are the same, written to EXEC. Touches only `half` and `float`.

// NaN is why: `!(a >= b)` is not `a < b`, and `a < b || a > b` is not `a != b`.
#![allow(clippy::neg_cmp_op_on_partial_ord, clippy::double_comparisons)]

use super::float::Float;
use super::{Alu, narrow, wide};
use crate::exec::half::F16;
use std::num::FpCategory;

macro_rules! integers {
    ($($row:ident $type:ty: $f:literal $lt:literal $eq:literal $le:literal $gt:literal $ne:literal $ge:literal $t:literal;)+) => {
        /// Integers of 16, 32 and 64 bits.
        pub const INTEGERS: &[Alu] = &[$(
            $row!($lt, |a: $type, b: $type| -> bool { a < b }),
            $row!($eq, |a: $type, b: $type| -> bool { a == b }),
            $row!($le, |a: $type, b: $type| -> bool { a <= b }),
            $row!($gt, |a: $type, b: $type| -> bool { a > b }),
            $row!($ne, |a: $type, b: $type| -> bool { a != b }),
            $row!($ge, |a: $type, b: $type| -> bool { a >= b }),
        )+];
        /// Comparisons whose answer is always the same.
        pub const CONSTANT: &[Alu] = &[$(
            $row!($f, |_a: $type, _b: $type| -> bool { false }),
            $row!($t, |_a: $type, _b: $type| -> bool { true }),
        )+];
    };
}
integers! {
    narrow i16: "v_cmp_f_i16" "v_cmp_lt_i16" "v_cmp_eq_i16" "v_cmp_le_i16" "v_cmp_gt_i16" "v_cmp_ne_i16" "v_cmp_ge_i16" "v_cmp_t_i16";
    narrow u16: "v_cmp_f_u16" "v_cmp_lt_u16" "v_cmp_eq_u16" "v_cmp_le_u16" "v_cmp_gt_u16" "v_cmp_ne_u16" "v_cmp_ge_u16" "v_cmp_t_u16";
    narrow i32: "v_cmp_f_i32" "v_cmp_lt_i32" "v_cmp_eq_i32" "v_cmp_le_i32" "v_cmp_gt_i32" "v_cmp_ne_i32" "v_cmp_ge_i32" "v_cmp_t_i32";
    narrow u32: "v_cmp_f_u32" "v_cmp_lt_u32" "v_cmp_eq_u32" "v_cmp_le_u32" "v_cmp_gt_u32" "v_cmp_ne_u32" "v_cmp_ge_u32" "v_cmp_t_u32";
    wide i64: "v_cmp_f_i64" "v_cmp_lt_i64" "v_cmp_eq_i64" "v_cmp_le_i64" "v_cmp_gt_i64" "v_cmp_ne_i64" "v_cmp_ge_i64" "v_cmp_t_i64";
    wide u64: "v_cmp_f_u64" "v_cmp_lt_u64" "v_cmp_eq_u64" "v_cmp_le_u64" "v_cmp_gt_u64" "v_cmp_ne_u64" "v_cmp_ge_u64" "v_cmp_t_u64";
}

macro_rules! floats {
    ($($row:ident $type:ty, $get:ident, $number:ident: $($name:literal $rule:expr),+;)+) => {
        /// Floats of 16, 32 and 64 bits. The `n` forms are true where the others are false, NaN included.
        pub const FLOATS: &[Alu] = &[$($(
            $row!($name, |a: $type, b: $type| -> bool { let rule: fn($number, $number) -> bool = $rule; rule($get(a), $get(b)) }),
        )+)+];
    };
}
fn half(a: F16) -> f32 {
    a.f32()
}
fn same<T>(a: T) -> T {
    a
}
floats! {
    narrow F16, half, f32:
        "v_cmp_f_f16" |_, _| false,
        "v_cmp_lt_f16" |a, b| a < b,
        "v_cmp_eq_f16" |a, b| a == b,
        "v_cmp_le_f16" |a, b| a <= b,
        "v_cmp_gt_f16" |a, b| a > b,
        "v_cmp_lg_f16" |a, b| a < b || a > b,
        "v_cmp_ge_f16" |a, b| a >= b,
        "v_cmp_o_f16" |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f16" |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f16" |a, b| !(a >= b),
        "v_cmp_nlg_f16" |a, b| !(a < b || a > b),
        "v_cmp_ngt_f16" |a, b| !(a > b),
        "v_cmp_nle_f16" |a, b| !(a <= b),
        "v_cmp_neq_f16" |a, b| a != b,
        "v_cmp_nlt_f16" |a, b| !(a < b),
        "v_cmp_t_f16" |_, _| true;
    narrow f32, same, f32:
        "v_cmp_f_f32" |_, _| false,
        "v_cmp_lt_f32" |a, b| a < b,
        "v_cmp_eq_f32" |a, b| a == b,
        "v_cmp_le_f32" |a, b| a <= b,
        "v_cmp_gt_f32" |a, b| a > b,
        "v_cmp_lg_f32" |a, b| a < b || a > b,
        "v_cmp_ge_f32" |a, b| a >= b,
        "v_cmp_o_f32" |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f32" |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f32" |a, b| !(a >= b),
        "v_cmp_nlg_f32" |a, b| !(a < b || a > b),
        "v_cmp_ngt_f32" |a, b| !(a > b),
        "v_cmp_nle_f32" |a, b| !(a <= b),
        "v_cmp_neq_f32" |a, b| a != b,
        "v_cmp_nlt_f32" |a, b| !(a < b),
        "v_cmp_t_f32" |_, _| true;
    wide f64, same, f64:
        "v_cmp_f_f64" |_, _| false,
        "v_cmp_lt_f64" |a, b| a < b,
        "v_cmp_eq_f64" |a, b| a == b,
        "v_cmp_le_f64" |a, b| a <= b,
        "v_cmp_gt_f64" |a, b| a > b,
        "v_cmp_lg_f64" |a, b| a < b || a > b,
        "v_cmp_ge_f64" |a, b| a >= b,
        "v_cmp_o_f64" |a, b| !a.is_nan() && !b.is_nan(),
        "v_cmp_u_f64" |a, b| a.is_nan() || b.is_nan(),
        "v_cmp_nge_f64" |a, b| !(a >= b),
        "v_cmp_nlg_f64" |a, b| !(a < b || a > b),
        "v_cmp_ngt_f64" |a, b| !(a > b),
        "v_cmp_nle_f64" |a, b| !(a <= b),
        "v_cmp_neq_f64" |a, b| a != b,
        "v_cmp_nlt_f64" |a, b| !(a < b),
        "v_cmp_t_f64" |_, _| true;
}

/// v_cmp_class: which of ten classes, a bit each, beginning with signalling NaN.
fn class(category: FpCategory, negative: bool, signalling: bool) -> u32 {
    let from_zero = match category {
        FpCategory::Nan => return if signalling { 1 } else { 2 },
        FpCategory::Infinite => 3,
        FpCategory::Normal => 2,
        FpCategory::Subnormal => 1,
        FpCategory::Zero => 0,
    };
    1 << if negative { 5 - from_zero } else { 6 + from_zero }
}

fn class16(a: F16) -> u32 {
    let subnormal = a.0 & 0x7c00 == 0 && a.0 & 0x3ff != 0;
    let category = if subnormal { FpCategory::Subnormal } else { a.f32().classify() };
    class(category, a.negative(), a.signalling())
}

/// Tests of the class.
pub const CLASSES: &[Alu] = &[
    narrow!("v_cmp_class_f16", |a: F16, b: u32| -> bool { class16(a) & b != 0 }),
    narrow!("v_cmp_class_f32", |a: f32, b: u32| -> bool {
        class(a.classify(), a.negative(), a.signalling()) & b != 0
    }),
    wide!("v_cmp_class_f64", |a: f64, b: u32| -> bool {
        class(a.classify(), a.negative(), a.signalling()) & b != 0
    }),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_its_bit() {
        let values = [
            0x7f80_0001u32,
            0x7fc0_0000,
            0xff80_0000,
            0xbf80_0000,
            0x8000_0001,
            0x8000_0000,
            0,
            1,
            0x3f80_0000,
            0x7f80_0000,
        ];
        for (bit, value) in values.into_iter().enumerate() {
            let value = f32::from_bits(value);
            assert_eq!(class(value.classify(), value.negative(), value.signalling()), 1 << bit, "{value:e}");
        }
    }
}
