//! f32 operations that IEEE 754 defines to the bit. Touches `float` and `simd`.

use super::float::{larger, middle, scale32, smaller, split64};
use super::{Alu, Kind, Run, narrow};

/// A product and a sum, rounded once: of all lanes at once, for most of what kernels do is this.
const fn fused(name: &'static str) -> Alu {
    let run = Run::Narrow(|[a, b, c, _], out| crate::simd::fused(a, b, c, out));
    Alu { name, dst: Kind::Float32, src: &[Kind::Float32; 3], run }
}

/// Multiplication in which 0 wins over infinity and NaN.
#[inline(always)]
fn zero_wins(a: f32, b: f32) -> f32 {
    if a == 0.0 || b == 0.0 { 0.0 } else { a * b }
}

/// The part behind the point, below 1 always.
fn fraction(a: f32) -> f32 {
    (a - a.floor()).min(f32::from_bits(0x3f7f_ffff)) + if a.is_finite() { 0.0 } else { f32::NAN }
}

/// Which coordinate of a cube map is largest, and the two that stay: z before y before x.
fn cube(a: f32, b: f32, c: f32) -> (f32, f32, f32, f32) {
    let (x, y, z) = (a.abs(), b.abs(), c.abs());
    if z >= x && z >= y {
        (if c < 0.0 { 5.0 } else { 4.0 }, if c < 0.0 { -a } else { a }, -b, 2.0 * c)
    } else if y >= x {
        (if b < 0.0 { 3.0 } else { 2.0 }, a, if b < 0.0 { -c } else { c }, 2.0 * b)
    } else {
        (if a < 0.0 { 1.0 } else { 0.0 }, if a < 0.0 { c } else { -c }, -b, 2.0 * a)
    }
}

/// The rows.
pub const TABLE: &[Alu] = &[
    narrow!("v_add_f32", |a: f32, b: f32| -> f32 { a + b }),
    narrow!("v_sub_f32", |a: f32, b: f32| -> f32 { a - b }),
    narrow!("v_subrev_f32", |a: f32, b: f32| -> f32 { b - a }),
    narrow!("v_mul_f32", |a: f32, b: f32| -> f32 { a * b }),
    narrow!("v_mul_dx9_zero_f32", |a: f32, b: f32| -> f32 { zero_wins(a, b) }),
    narrow!("v_mul_legacy_f32", |a: f32, b: f32| -> f32 { zero_wins(a, b) }),
    fused("v_fma_f32"),
    fused("v_fmac_f32"),
    fused("v_fmaak_f32"),
    fused("v_fmamk_f32"),
    narrow!("v_fma_dx9_zero_f32", |a: f32, b: f32, c: f32| -> f32 { zero_product(a, b, c) }),
    narrow!("v_fmac_dx9_zero_f32", |a: f32, b: f32, c: f32| -> f32 { zero_product(a, b, c) }),
    // Rounded twice: gfx10.1's have a product and a sum.
    narrow!("v_mad_f32", |a: f32, b: f32, c: f32| -> f32 { a * b + c }),
    narrow!("v_mac_f32", |a: f32, b: f32, c: f32| -> f32 { a * b + c }),
    narrow!("v_madak_f32", |a: f32, b: f32, c: f32| -> f32 { a * b + c }),
    narrow!("v_madmk_f32", |a: f32, k: f32, b: f32| -> f32 { a * k + b }),
    narrow!("v_mad_legacy_f32", |a: f32, b: f32, c: f32| -> f32 { zero_wins(a, b) + c }),
    narrow!("v_mac_legacy_f32", |a: f32, b: f32, c: f32| -> f32 { zero_wins(a, b) + c }),
    narrow!("v_min_f32", |a: f32, b: f32| -> f32 { smaller(a, b) }),
    narrow!("v_max_f32", |a: f32, b: f32| -> f32 { larger(a, b) }),
    narrow!("v_min3_f32", |a: f32, b: f32, c: f32| -> f32 { smaller(smaller(a, b), c) }),
    narrow!("v_max3_f32", |a: f32, b: f32, c: f32| -> f32 { larger(larger(a, b), c) }),
    narrow!("v_med3_f32", |a: f32, b: f32, c: f32| -> f32 { middle(a, b, c) }),
    narrow!("v_minmax_f32", |a: f32, b: f32, c: f32| -> f32 { larger(smaller(a, b), c) }),
    narrow!("v_maxmin_f32", |a: f32, b: f32, c: f32| -> f32 { smaller(larger(a, b), c) }),
    narrow!("v_trunc_f32", |a: f32| -> f32 { a.trunc() }),
    narrow!("v_ceil_f32", |a: f32| -> f32 { a.ceil() }),
    narrow!("v_floor_f32", |a: f32| -> f32 { a.floor() }),
    narrow!("v_rndne_f32", |a: f32| -> f32 { a.round_ties_even() }),
    narrow!("v_fract_f32", |a: f32| -> f32 { fraction(a) }),
    narrow!("v_ldexp_f32", |a: f32, b: i32| -> f32 { scale32(a, b) }),
    narrow!("v_frexp_mant_f32", |a: f32| -> f32 { split64(f64::from(a)).0 as f32 }),
    narrow!("v_frexp_exp_i32_f32", |a: f32| -> i32 { split64(f64::from(a)).1 }),
    narrow!("v_cubeid_f32", |a: f32, b: f32, c: f32| -> f32 { cube(a, b, c).0 }),
    narrow!("v_cubesc_f32", |a: f32, b: f32, c: f32| -> f32 { cube(a, b, c).1 }),
    narrow!("v_cubetc_f32", |a: f32, b: f32, c: f32| -> f32 { cube(a, b, c).2 }),
    narrow!("v_cubema_f32", |a: f32, b: f32, c: f32| -> f32 { cube(a, b, c).3 }),
];

/// [`zero_wins`] and an addition, rounded once.
fn zero_product(a: f32, b: f32, c: f32) -> f32 {
    if a == 0.0 || b == 0.0 { c } else { a.mul_add(b, c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_below_one() {
        assert_eq!(fraction(-1e-9), f32::from_bits(0x3f7f_ffff));
        assert_eq!(fraction(-1.25), 0.75);
        assert!(fraction(f32::INFINITY).is_nan());
    }
}
