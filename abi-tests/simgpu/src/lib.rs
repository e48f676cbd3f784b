//! A simulated AMD GPU: what the queues of simkfd's machines run on.
//!
//! Three rooms and their joint ([`shaders`]): [`isa`] knows instructions (words in, [`isa::Inst`] out), [`exec`] runs
//! them on waves, [`device`] reads queues and starts workgroups. `isa` knows neither of the others; `exec` knows
//! `isa`, and of `device` what memory is ([`device::memory`]) and what a dispatch is ([`device::dispatch`]).
//! `simd` is how `exec` uses what the host has. Nothing here knows the libraries under test: the judge is independent of them.

pub mod device;
pub mod exec;
pub mod isa;
pub mod shaders;
mod simd;
