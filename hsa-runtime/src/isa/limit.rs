//! Limits of launches that all targets share. Facts of upstream's `isa.cpp`.
#![forbid(unsafe_code)]

/// Work-items of a workgroup along x, y and z.
pub const WORKGROUP: [u16; 3] = [1024; 3];
/// Work-items of a workgroup.
pub const WORKGROUP_SIZE: u32 = 1024;
/// Work-items of a grid along x, y and z, for code of an instruction set.
pub const GRID: [u32; 3] = [i32::MAX as u32, u16::MAX as u32, u16::MAX as u32];
/// The same for an agent: since 1.21 as many along x as a packet can say.
pub const AGENT_GRID: [u32; 3] = [u32::MAX, GRID[1], GRID[2]];
/// Fine barriers of a workgroup.
pub const FBARRIERS: u32 = 32;
