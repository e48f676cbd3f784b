//! Floating point that is defined to the bit, lane by lane.

use super::half;
use super::ieee::{DOUBLE, HALF, Number, Round, SINGLE, converted};
use super::vector::{Row, rows};

/// Orders numbers as minimum and maximum do: -0 before +0.
fn key(value: f64) -> (f64, bool) {
    (value, value.is_sign_positive())
}

/// Minimum (or maximum) of numbers; a quiet NaN gives way to a number.
fn extreme(values: &[f64], largest: bool) -> f64 {
    values.iter().copied().fold(f64::NAN, |best, value| {
        if best.is_nan()
            || !value.is_nan() && (key(value) > key(best)) == largest && value.to_bits() != best.to_bits()
        {
            value
        } else {
            best
        }
    })
}

/// Of f16 operands; NaN if one is a signalling NaN.
pub fn half_extreme(values: &[u16], largest: bool) -> u16 {
    match values.iter().any(|&bits| HALF.decode(bits.into()) == Number::Nan { quiet: false }) {
        true => 0x7e00,
        false => {
            half::nearest(extreme(&values.iter().map(|&bits| half::value(bits)).collect::<Vec<_>>(), largest))
        }
    }
}

fn single_extreme(values: &[f32], largest: bool) -> f32 {
    let signals = |value: &f32| SINGLE.decode(value.to_bits().into()) == Number::Nan { quiet: false };
    match values.iter().any(signals) {
        true => f32::NAN,
        false => extreme(&values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>(), largest) as f32,
    }
}

fn double_extreme(values: &[f64], largest: bool) -> f64 {
    let signals = |value: &f64| DOUBLE.decode(value.to_bits()) == Number::Nan { quiet: false };
    if values.iter().any(signals) { f64::NAN } else { extreme(values, largest) }
}

/// A whole number near an f64: toward zero, and one further where the rule says so of number and whole number.
fn whole(value: f64, further: impl Fn(f64, f64) -> f64) -> f64 {
    if value.is_nan() || value.abs() >= 4503599627370496.0 {
        return value;
    }
    let cut = value as i64 as f64;
    (cut + further(value, cut)).copysign(value)
}

fn ceil(value: f64) -> f64 {
    whole(value, |value, cut| if value > cut { 1.0 } else { 0.0 })
}
fn floor(value: f64) -> f64 {
    whole(value, |value, cut| if value < cut { -1.0 } else { 0.0 })
}
fn trunc(value: f64) -> f64 {
    whole(value, |_, _| 0.0)
}
fn even(value: f64) -> f64 {
    whole(value, |value, cut| {
        let rest = (value - cut).abs();
        let odd = cut as i64 % 2 != 0;
        if rest > 0.5 || rest == 0.5 && odd { 1f64.copysign(value) } else { 0.0 }
    })
}

fn both(lane: [u32; 3], function: impl Fn([u16; 3]) -> u16) -> u32 {
    let half = |shift: u32| u32::from(function(lane.map(|word| (word >> shift) as u16)));
    half(0) | half(16) << 16
}

fn single(bits: u16) -> f32 {
    half::value(bits) as f32
}

/// `2^n` times a fraction from a half to one: the fraction's bits, and n.
fn split(number: Number) -> (Number, i32) {
    match number {
        Number::Finite(negative, whole, doubled) if whole > 0 => {
            let length = 128 - whole.leading_zeros() as i32;
            (Number::Finite(negative, whole, -length), doubled + length)
        }
        other => (other, 0),
    }
}

pub const ROWS: &[Row] = rows! {
    "v_add_f16" "d:f16 a:f16 b:f16" |x| half::nearest(half::value(x.h()[0]) + half::value(x.h()[1]));
    "v_sub_f16" "d:f16 a:f16 b:f16" |x| half::nearest(half::value(x.h()[0]) - half::value(x.h()[1]));
    "v_mul_f16" "d:f16 a:f16 b:f16" |x| half::nearest(half::value(x.h()[0]) * half::value(x.h()[1]));
    "v_fma_f16" "d:f16 a:f16 b:f16 c:f16" |x| half::fma(x.h()[0], x.h()[1], x.h()[2]);
    "v_max_f16" "d:f16 a:f16 b:f16" |x| half_extreme(&x.h()[..2], true);
    "v_min_f16" "d:f16 a:f16 b:f16" |x| half_extreme(&x.h()[..2], false);
    "v_fmac_f16" "d:f16 a:f16 b:f16" |x| half::fma(x.h()[0], x.h()[1], x.old as u16);
    "v_maxmin_f16" "d:f16 a:f16 b:f16 c:f16" |x| {
        half_extreme(&[half_extreme(&x.h()[..2], true), x.h()[2]], false)
    };
    "v_ceil_f16" "d:f16 a:f16" |x| half::nearest(ceil(half::value(x.h()[0])));
    "v_floor_f16" "d:f16 a:f16" |x| half::nearest(floor(half::value(x.h()[0])));
    "v_trunc_f16" "d:f16 a:f16" |x| half::nearest(trunc(half::value(x.h()[0])));
    "v_pack_b32_f16" "d:u32 a:f16 b:f16" |x| u32::from(x.h()[0]) | u32::from(x.h()[1]) << 16;
    "v_pk_add_f16" "d:p32 a:u32 b:u32" |x| {
        both(x.u(), |[a, b, _]| half::nearest(half::value(a) + half::value(b)))
    };
    "v_pk_mul_f16" "d:p32 a:u32 b:u32" |x| {
        both(x.u(), |[a, b, _]| half::nearest(half::value(a) * half::value(b)))
    };
    "v_pk_fma_f16" "d:p32 a:u32 b:u32 c:u32" |x| both(x.u(), |[a, b, c]| half::fma(a, b, c));
    "v_dot2_f32_f16" "d:f32 a:u32 b:u32 c:f32" |x| {
        let product = |shift: u32| single((x.u()[0] >> shift) as u16) * single((x.u()[1] >> shift) as u16);
        x.f()[2] + product(0) + product(16)
    };
    "v_add_f32" "d:f32 a:f32 b:f32" |x| x.f()[0] + x.f()[1];
    "v_sub_f32" "d:f32 a:f32 b:f32" |x| x.f()[0] - x.f()[1];
    "v_subrev_f32" "d:f32 a:f32 b:f32" |x| x.f()[1] - x.f()[0];
    "v_mul_f32" "d:f32 a:f32 b:f32" |x| x.f()[0] * x.f()[1];
    "v_fma_f32" "d:f32 a:f32 b:f32 c:f32" |x| x.f()[0].mul_add(x.f()[1], x.f()[2]);
    "v_fmac_f32" "d:f32 a:f32 b:f32" |x| x.f()[0].mul_add(x.f()[1], f32::from_bits(x.old as u32));
    "v_fmaak_f32" "d:f32 a:f32 b:f32 0x40490fdb" |x| x.f()[0].mul_add(x.f()[1], f32::from_bits(0x4049_0fdb));
    "v_fmamk_f32" "d:f32 a:f32 0x40490fdb b:f32" |x| x.f()[0].mul_add(f32::from_bits(0x4049_0fdb), x.f()[1]);
    "v_fma_mix_f32" "d:f32 a:f32 b:f32 c:f32" |x| x.f()[0].mul_add(x.f()[1], x.f()[2]);
    "v_max_f32" "d:f32 a:f32 b:f32" |x| single_extreme(&x.f()[..2], true);
    "v_min_f32" "d:f32 a:f32 b:f32" |x| single_extreme(&x.f()[..2], false);
    "v_max3_f32" "d:f32 a:f32 b:f32 c:f32" |x| {
        single_extreme(&[single_extreme(&x.f()[..2], true), x.f()[2]], true)
    };
    "v_maxmin_f32" "d:f32 a:f32 b:f32 c:f32" |x| {
        single_extreme(&[single_extreme(&x.f()[..2], true), x.f()[2]], false)
    };
    "v_minmax_f32" "d:f32 a:f32 b:f32 c:f32" |x| {
        single_extreme(&[single_extreme(&x.f()[..2], false), x.f()[2]], true)
    };
    "v_ceil_f32" "d:f32 a:f32" |x| ceil(x.f()[0].into()) as f32;
    "v_floor_f32" "d:f32 a:f32" |x| floor(x.f()[0].into()) as f32;
    "v_trunc_f32" "d:f32 a:f32" |x| trunc(x.f()[0].into()) as f32;
    "v_rndne_f32" "d:f32 a:f32" |x| even(x.f()[0].into()) as f32;
    "v_ldexp_f32" "d:f32 a:f32 b:u32" |x| {
        SINGLE.encode(SINGLE.decode(x.a & 0xffff_ffff).scaled(x.i()[1]), Round::Nearest) as u32
    };
    "v_frexp_mant_f32" "d:f32 a:f32" |x| {
        SINGLE.encode(split(SINGLE.decode(x.a & 0xffff_ffff)).0, Round::Nearest) as u32
    };
    "v_add_f64" "d:f64 a:f64 b:f64" |x| x.d()[0] + x.d()[1];
    "v_mul_f64" "d:f64 a:f64 b:f64" |x| x.d()[0] * x.d()[1];
    "v_fma_f64" "d:f64 a:f64 b:f64 c:f64" |x| x.d()[0].mul_add(x.d()[1], x.d()[2]);
    "v_min_f64" "d:f64 a:f64 b:f64" |x| double_extreme(&x.d()[..2], false);
    "v_rndne_f64" "d:f64 a:f64" |x| even(x.d()[0]);
    "v_fract_f64" "d:f64 a:f64" |x| {
        let rest = x.d()[0] - floor(x.d()[0]);
        if rest >= 1.0 { 1.0 - f64::EPSILON / 2.0 } else { rest }
    };
    "v_ldexp_f64" "d:f64 a:f64 b:u32" |x| DOUBLE.encode(DOUBLE.decode(x.a).scaled(x.i()[1]), Round::Nearest);
    "v_frexp_exp_i32_f64" "d:u32 a:f64" |x| split(DOUBLE.decode(x.a)).1;
};

/// A whole number as the nearest float.
fn rounded(value: i64) -> u32 {
    SINGLE.encode(Number::Finite(value < 0, value.unsigned_abs().into(), 0), Round::Nearest) as u32
}

fn exact(value: i64) -> u64 {
    DOUBLE.encode(Number::Finite(value < 0, value.unsigned_abs().into(), 0), Round::Nearest)
}

/// Toward zero, and to the limits of the result; 0 of NaN.
fn limited(value: f64, least: i64, most: i64) -> u32 {
    if value.is_nan() {
        0
    } else if value >= most as f64 {
        most as u32
    } else if value <= least as f64 {
        least as u32
    } else {
        value as i64 as u32
    }
}

const I32: [i64; 2] = [-(1 << 31), (1 << 31) - 1];
const U32: [i64; 2] = [0, (1 << 32) - 1];

/// Between numbers of different kinds.
pub const CONVERSIONS: &[Row] = rows! {
    "v_cvt_f32_i32" "d:f32 a:u32" |x| rounded(x.i()[0].into());
    "v_cvt_f32_u32" "d:f32 a:u32" |x| rounded(x.u()[0].into());
    "v_cvt_f32_ubyte0" "d:f32 a:u32" |x| rounded(x.u()[0].to_le_bytes()[0].into());
    "v_cvt_f32_ubyte1" "d:f32 a:u32" |x| rounded(x.u()[0].to_le_bytes()[1].into());
    "v_cvt_f32_ubyte2" "d:f32 a:u32" |x| rounded(x.u()[0].to_le_bytes()[2].into());
    "v_cvt_f32_ubyte3" "d:f32 a:u32" |x| rounded(x.u()[0].to_le_bytes()[3].into());
    "v_cvt_f64_i32" "d:f64 a:u32" |x| exact(x.i()[0].into());
    "v_cvt_f64_u32" "d:f64 a:u32" |x| exact(x.u()[0].into());
    "v_cvt_i32_f32" "d:u32 a:f32" |x| limited(x.f()[0].into(), I32[0], I32[1]);
    "v_cvt_u32_f32" "d:u32 a:f32" |x| limited(x.f()[0].into(), U32[0], U32[1]);
    "v_cvt_i32_f64" "d:u32 a:f64" |x| limited(x.d()[0], I32[0], I32[1]);
    "v_cvt_f16_f32" "d:f16 a:f32" |x| converted(x.a & 0xffff_ffff, SINGLE, HALF);
    "v_cvt_f32_f16" "d:f32 a:f16" |x| converted(x.a & 0xffff, HALF, SINGLE);
    "v_cvt_f64_f32" "d:f64 a:f32" |x| converted(x.a & 0xffff_ffff, SINGLE, DOUBLE);
    "v_cvt_f32_f64" "d:f32 a:f64" |x| converted(x.a, DOUBLE, SINGLE);
    "v_cvt_f16_i16" "d:f16 a:u16" |x| half::nearest((x.h()[0] as i16).into());
    "v_cvt_f16_u16" "d:f16 a:u16" |x| half::nearest(x.h()[0].into());
    "v_fma_mixlo_f16" "d:p32 a:f32 b:f32 c:f32" |x| x.old as u32 & !0xffff | mixed(x.f());
    "v_fma_mixhi_f16" "d:p32 a:f32 b:f32 c:f32" |x| x.old as u32 & 0xffff | mixed(x.f()) << 16;
};

fn mixed([a, b, c]: [f32; 3]) -> u32 {
    half::nearest(a.mul_add(b, c).into()).into()
}
