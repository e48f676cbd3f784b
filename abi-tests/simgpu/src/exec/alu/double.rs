//! f64 operations that IEEE 754 defines to the bit. Touches only `float`.

use super::float::{larger, scale64, smaller, split64};
use super::{Alu, wide};

/// The rows.
pub const TABLE: &[Alu] = &[
    wide!("v_add_f64", |a: f64, b: f64| -> f64 { a + b }),
    wide!("v_mul_f64", |a: f64, b: f64| -> f64 { a * b }),
    wide!("v_fma_f64", |a: f64, b: f64, c: f64| -> f64 { a.mul_add(b, c) }),
    wide!("v_min_f64", |a: f64, b: f64| -> f64 { smaller(a, b) }),
    wide!("v_max_f64", |a: f64, b: f64| -> f64 { larger(a, b) }),
    wide!("v_trunc_f64", |a: f64| -> f64 { a.trunc() }),
    wide!("v_ceil_f64", |a: f64| -> f64 { a.ceil() }),
    wide!("v_floor_f64", |a: f64| -> f64 { a.floor() }),
    wide!("v_rndne_f64", |a: f64| -> f64 { a.round_ties_even() }),
    wide!("v_fract_f64", |a: f64| -> f64 { fraction(a) }),
    wide!("v_ldexp_f64", |a: f64, b: i32| -> f64 { scale64(a, b) }),
    wide!("v_frexp_mant_f64", |a: f64| -> f64 { split64(a).0 }),
    wide!("v_frexp_exp_i32_f64", |a: f64| -> i32 { split64(a).1 }),
    wide!("v_trig_preop_f64", |a: f64, b: u32| -> f64 { piece_of_two_by_pi(a, b) }),
];

fn fraction(a: f64) -> f64 {
    (a - a.floor()).min(f64::from_bits(0x3fef_ffff_ffff_ffff)) + if a.is_finite() { 0.0 } else { f64::NAN }
}

/// 2/pi after the point, 1216 bits, the highest first.
const TWO_BY_PI: [u64; 19] = [
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
];

/// 53 bits of 2/pi, so far down that with `a` they make the part of the product below a full turn. `segment` counts
/// pieces of 53 bits; large arguments skip what only gives whole turns.
fn piece_of_two_by_pi(a: f64, segment: u32) -> f64 {
    let exponent = (a.to_bits() >> 52 & 0x7ff) as i32;
    let skipped = (segment & 31) as i32 * 53 + (exponent - 1077).max(0);
    // The digits stand behind the point of a number whose first bit, before it, is 0: 2/pi is below 1.
    let bits = (0..53).fold(0u64, |bits, place| bits << 1 | bit_of_two_by_pi(skipped + place - 1));
    let scale = -52 - skipped + if exponent >= 1968 { 128 } else { 0 };
    scale64(bits as f64, scale)
}

fn bit_of_two_by_pi(place: i32) -> u64 {
    let word = usize::try_from(place / 64).ok().filter(|_| place >= 0).and_then(|index| TWO_BY_PI.get(index));
    word.map_or(0, |word| word >> (63 - place % 64) & 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_add_up_to_two_by_pi() {
        let sum = piece_of_two_by_pi(1.0, 0) + piece_of_two_by_pi(1.0, 1);
        assert_eq!(sum, std::f64::consts::FRAC_2_PI);
        assert!(piece_of_two_by_pi(1.0, 1) < 2f64.powi(-52));
    }
}
