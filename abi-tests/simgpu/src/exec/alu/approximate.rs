//! Functions whose last bits silicon alone knows: reciprocals, roots, powers, angles. Ours are the host's, correctly
//! rounded where it is easy; each is within the error that the manual allows (1 ulp; 2^-11 turns for angles).
//! Touches only `half`.

use super::{Alu, narrow, wide};
use crate::exec::half::F16;
use std::f64::consts::TAU;

/// The sine of turns; beyond 256 turns the hardware gives up and says 0.
fn sine(turns: f32) -> f32 {
    if turns.abs() > 256.0 { 0.0 } else { (f64::from(turns).fract() * TAU).sin() as f32 }
}

fn cosine(turns: f32) -> f32 {
    if turns.abs() > 256.0 { 1.0 } else { (f64::from(turns).fract() * TAU).cos() as f32 }
}

/// The rows.
pub const TABLE: &[Alu] = &[
    narrow!("v_rcp_f32", |a: f32| -> f32 { 1.0 / a }),
    narrow!("v_rcp_iflag_f32", |a: f32| -> f32 { 1.0 / a }),
    narrow!("v_rsq_f32", |a: f32| -> f32 { (1.0 / f64::from(a).sqrt()) as f32 }),
    narrow!("v_sqrt_f32", |a: f32| -> f32 { a.sqrt() }),
    narrow!("v_exp_f32", |a: f32| -> f32 { f64::from(a).exp2() as f32 }),
    narrow!("v_log_f32", |a: f32| -> f32 { f64::from(a).log2() as f32 }),
    narrow!("v_sin_f32", |a: f32| -> f32 { sine(a) }),
    narrow!("v_cos_f32", |a: f32| -> f32 { cosine(a) }),
    wide!("v_rcp_f64", |a: f64| -> f64 { 1.0 / a }),
    wide!("v_rsq_f64", |a: f64| -> f64 { 1.0 / a.sqrt() }),
    wide!("v_sqrt_f64", |a: f64| -> f64 { a.sqrt() }),
    narrow!("v_rcp_f16", |a: F16| -> F16 { F16::nearest(1.0 / a.f64()) }),
    narrow!("v_rsq_f16", |a: F16| -> F16 { F16::nearest(1.0 / a.f64().sqrt()) }),
    narrow!("v_sqrt_f16", |a: F16| -> F16 { F16::nearest(a.f64().sqrt()) }),
    narrow!("v_exp_f16", |a: F16| -> F16 { F16::nearest(a.f64().exp2()) }),
    narrow!("v_log_f16", |a: F16| -> F16 { F16::nearest(a.f64().log2()) }),
    narrow!("v_sin_f16", |a: F16| -> F16 { F16::nearest(f64::from(sine(a.f32()))) }),
    narrow!("v_cos_f16", |a: F16| -> F16 { F16::nearest(f64::from(cosine(a.f32()))) }),
];
