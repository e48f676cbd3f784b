//! Arithmetic whose result is not rounded to the nearest number: what MODE asks for in a few programs. One lane at a
//! time. What has no row here rounds to the nearest always: mixed precision to f16, dot products, matrices, and what is
//! approximate. Touches `round` and `half`.

use super::round::{Exact, Round};
use crate::exec::half::F16;

/// An operation on the bits of a lane's sources.
pub type Rounded = fn([u64; 4], Round) -> u64;

fn single(bits: u64) -> f64 {
    f32::from_bits(bits as u32).into()
}

fn half(bits: u64) -> f64 {
    F16(bits as u16).f64()
}

/// The same on two halves of a word.
fn packed(x: [u64; 4], round: Round, operation: Rounded) -> u64 {
    operation(x.map(|word| word & 0xffff), round) | operation(x.map(|word| word >> 16), round) << 16
}

fn f16(exact: Exact, round: Round) -> u64 {
    exact.f16(round).0.into()
}

fn f32(exact: Exact, round: Round) -> u64 {
    exact.f32(round).to_bits().into()
}

fn f64(exact: Exact, round: Round) -> u64 {
    exact.f64(round).to_bits()
}

/// The rounded form of an operation, if its result depends on MODE.
pub fn find(name: &str) -> Option<Rounded> {
    Some(match name {
        "v_add_f32" => |x, round| f32(Exact::sum(single(x[0]), single(x[1])), round),
        "v_sub_f32" => |x, round| f32(Exact::sum(single(x[0]), -single(x[1])), round),
        "v_subrev_f32" => |x, round| f32(Exact::sum(single(x[1]), -single(x[0])), round),
        "v_mul_f32" => |x, round| f32(Exact::product(single(x[0]), single(x[1])), round),
        "v_fma_f32" | "v_fmac_f32" | "v_fmaak_f32" | "v_fmamk_f32" | "v_fma_mix_f32" => fused,
        "v_mad_f32" | "v_mac_f32" | "v_madak_f32" | "v_madmk_f32" => twice,
        "v_add_f64" => |x, round| f64(Exact::sum(f64::from_bits(x[0]), f64::from_bits(x[1])), round),
        "v_mul_f64" => |x, round| f64(Exact::product(f64::from_bits(x[0]), f64::from_bits(x[1])), round),
        "v_fma_f64" => |x, round| {
            f64(Exact::fused(f64::from_bits(x[0]), f64::from_bits(x[1]), f64::from_bits(x[2])), round)
        },
        "v_add_f16" => |x, round| f16(Exact::sum(half(x[0]), half(x[1])), round),
        "v_sub_f16" => |x, round| f16(Exact::sum(half(x[0]), -half(x[1])), round),
        "v_subrev_f16" => |x, round| f16(Exact::sum(half(x[1]), -half(x[0])), round),
        "v_mul_f16" => |x, round| f16(Exact::product(half(x[0]), half(x[1])), round),
        "v_fma_f16" | "v_fmac_f16" | "v_fmaak_f16" | "v_fmamk_f16" => fused_halves,
        "v_pk_add_f16" => {
            |x, round| packed(x, round, |x, round| f16(Exact::sum(half(x[0]), half(x[1])), round))
        }
        "v_pk_mul_f16" => {
            |x, round| packed(x, round, |x, round| f16(Exact::product(half(x[0]), half(x[1])), round))
        }
        "v_pk_fma_f16" | "v_pk_fmac_f16" => |x, round| packed(x, round, fused_halves),
        "v_cvt_f32_i32" => |x, round| f32(Exact::from(f64::from(x[0] as u32 as i32)), round),
        "v_cvt_f32_u32" => |x, round| f32(Exact::from(f64::from(x[0] as u32)), round),
        "v_cvt_f32_f64" => |x, round| f32(Exact::from(f64::from_bits(x[0])), round),
        "v_cvt_f16_f32" => |x, round| f16(Exact::from(single(x[0])), round),
        "v_cvt_f16_i16" => |x, round| f16(Exact::from(f64::from(x[0] as u16 as i16)), round),
        "v_cvt_f16_u16" => |x, round| f16(Exact::from(f64::from(x[0] as u16)), round),
        "v_ldexp_f32" => |x, round| f32(scaled(single(x[0]), x[1] as u32 as i32), round),
        "v_ldexp_f64" => |x, round| f64(scaled(f64::from_bits(x[0]), x[1] as u32 as i32), round),
        "v_ldexp_f16" => |x, round| f16(scaled(half(x[0]), i32::from(x[1] as u16 as i16)), round),
        _ => return None,
    })
}

fn fused(x: [u64; 4], round: Round) -> u64 {
    f32(Exact::fused(single(x[0]), single(x[1]), single(x[2])), round)
}

/// The product is rounded, and then the sum.
fn twice(x: [u64; 4], round: Round) -> u64 {
    let product = Exact::product(single(x[0]), single(x[1])).f32(round);
    f32(Exact::sum(product.into(), single(x[2])), round)
}

fn fused_halves(x: [u64; 4], round: Round) -> u64 {
    f16(Exact::fused(half(x[0]), half(x[1]), half(x[2])), round)
}

fn scaled(value: f64, by: i32) -> Exact {
    Exact::from(value).scaled(by.clamp(-5000, 5000))
}
