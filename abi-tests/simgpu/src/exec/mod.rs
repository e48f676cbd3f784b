//! Execution: waves and workgroups on decoded instructions.
//!
//! [`wave`] holds registers; [`alu`] and [`scalar`] say what operations compute, [`half`] and [`lanes`] on what.
#![forbid(unsafe_code)]

pub mod alu;
pub mod half;
pub mod lanes;
pub mod scalar;
pub mod wave;
