//! The shader registers that SET_SH_REG writes, and the dispatch that they describe. Numbers are those of
//! gc_10_1_0_offset.h and gc_11_0_0_offset.h, counted from the first shader register. Pure.
#![forbid(unsafe_code)]

use crate::device::dispatch::{Dispatch, Scratch};
use crate::device::gpu::{Gpu, MAX_WORKGROUP};
use crate::device::stream::{Error, field};

/// Registers between PACKET3_SET_SH_REG_START and _END.
const COUNT: usize = 0x400;

const START_X: usize = 0x204;
const NUM_THREAD_X: usize = 0x207;
const PGM_LO: usize = 0x20c;
const SCRATCH_BASE_LO: usize = 0x210;
const PGM_RSRC1: usize = 0x212;
const PGM_RSRC2: usize = 0x213;
const TMPRING_SIZE: usize = 0x218;
const PGM_RSRC3: usize = 0x228;
const USER_DATA_0: usize = 0x240;

/// Bits of COMPUTE_DISPATCH_INITIATOR, the last word of the packet.
mod initiator {
    pub const SHADER_ENABLE: u32 = 1 << 0;
    pub const PARTIAL_GROUPS: u32 = 1 << 1;
    pub const START_AT_ZERO: u32 = 1 << 2;
    pub const THREAD_DIMENSIONS: u32 = 1 << 5;
    pub const WAVE32: u32 = 1 << 15;
}

/// The shader registers.
#[derive(Clone, Debug)]
pub(super) struct Registers(Box<[u32; COUNT]>);

impl Default for Registers {
    fn default() -> Self {
        Self(Box::new([0; COUNT]))
    }
}

impl Registers {
    /// SET_SH_REG and SET_SH_REG_INDEX
    pub fn set(&mut self, packet: &[u32]) -> Result<(), Error> {
        let (first, values) = (field(packet[1], 0, 16) as usize, &packet[2..]);
        let registers = self.0.get_mut(first..first + values.len()).ok_or(Error::Packet(packet[0]))?;
        registers.copy_from_slice(values);
        Ok(())
    }

    /// What a DISPATCH_DIRECT starts.
    pub fn dispatch(&self, packet: &[u32], gpu: &Gpu) -> Result<Dispatch, Error> {
        let refused = Error::Packet(packet[0]);
        let asked = |bit: u32| packet[4] & bit != 0;
        let rsrc = [PGM_RSRC1, PGM_RSRC2, PGM_RSRC3].map(|register| self.0[register]);
        let start_zero = asked(initiator::START_AT_ZERO) || self.0[START_X..START_X + 3] == [0; 3];
        let workgroup = [0, 1, 2].map(|axis| field(self.0[NUM_THREAD_X + axis], 0, 16));
        let items: u64 = workgroup.iter().map(|size| u64::from(*size)).product();
        // Assumed: the dispatcher takes no more than the packet processor lets AQL have.
        let fits = (1..=u64::from(MAX_WORKGROUP)).contains(&items);
        if !asked(initiator::SHADER_ENABLE) || !start_zero || !fits {
            return Err(refused);
        }
        let users = (field(rsrc[1], 1, 5) as usize).min(16);
        let dispatch = Dispatch {
            gfx: gpu.gfx,
            entry: self.address(PGM_LO),
            rsrc,
            wave32: asked(initiator::WAVE32),
            grid: self.grid(packet, workgroup).ok_or(refused)?,
            workgroup,
            lds_bytes: field(rsrc[1], 15, 9) * 512,
            user_sgprs: self.0[USER_DATA_0..USER_DATA_0 + users].to_vec(),
            scratch: self.scratch(gpu),
            packet: 0,
        };
        dispatch.resident_groups().map_err(|_| refused)?;
        Ok(dispatch)
    }

    /// Work-items in each dimension: the packet counts workgroups, of which the last may be partial, or work-items.
    fn grid(&self, packet: &[u32], workgroup: [u32; 3]) -> Option<[u32; 3]> {
        let mut grid = [packet[1], packet[2], packet[3]];
        if packet[4] & initiator::THREAD_DIMENSIONS != 0 {
            return Some(grid);
        }
        for axis in 0..3 {
            let partial = field(self.0[NUM_THREAD_X + axis], 16, 16);
            let last = if packet[4] & initiator::PARTIAL_GROUPS != 0 { partial } else { workgroup[axis] };
            let whole = grid[axis].saturating_sub(1).checked_mul(workgroup[axis])?;
            grid[axis] = if grid[axis] == 0 { 0 } else { whole.checked_add(last)? };
        }
        Some(grid)
    }

    fn scratch(&self, gpu: &Gpu) -> Option<Scratch> {
        let base = self.address(SCRATCH_BASE_LO);
        Scratch::from_register(base, self.0[TMPRING_SIZE], gpu.gfx, gpu.shader_engines)
    }

    /// An address in units of 256 bytes, in two registers.
    fn address(&self, low: usize) -> u64 {
        (u64::from(self.0[low]) | u64::from(self.0[low + 1]) << 32) << 8
    }
}
