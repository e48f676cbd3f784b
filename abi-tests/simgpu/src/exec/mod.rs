//! Execution: waves and workgroups on decoded instructions.
//!
//! [`wave`] holds registers; [`alu`] and [`scalar`] say what operations compute; `lower` turns an [`crate::isa::Inst`]
//! into a `step` once, and [`group`] does steps of its waves in turn. [`grid`] runs a whole dispatch. Memory is
//! reached by `device::memory`, and what waves start with is `device::dispatch`'s.
#![forbid(unsafe_code)]

mod access;
pub mod alu;
pub mod bench;
mod buffer;
mod constant;
mod cross;
mod dpp;
pub mod flow;
pub mod grid;
pub mod group;
pub mod half;
pub mod image;
pub mod lanes;
mod lower;
mod matrix;
pub mod object;
pub mod order;
mod parts;
pub mod program;
pub mod sampling;
pub mod scalar;
mod shape;
mod source;
mod space;
mod step;
pub mod sync;
pub mod trap;
mod typed;
mod vector;
pub mod wave;
