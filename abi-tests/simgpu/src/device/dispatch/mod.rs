//! Dispatches: a grid of workgroups that run one program, as a packet or a set of registers describes it, and what
//! the registers of each wave hold when it starts. Answers to "Initial Kernel Execution State" of LLVM's AMDGPUUsage.
#![forbid(unsafe_code)]

pub mod descriptor;
mod initial;
#[cfg(test)]
mod tests;
mod user;

pub use initial::InitialWave;
pub use user::{Pointers, user_sgprs};

use crate::device::gpu::{Gfx, LDS_GRANULE};

/// Scratch memory that the waves of a dispatch share out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scratch {
    /// Address of the first wave's part.
    pub base: u64,
    /// Bytes of one wave.
    pub wave_bytes: u32,
    /// How many waves may run at once, each with a slot of its own.
    pub slots: u32,
}

impl Scratch {
    /// From COMPUTE_TMPRING_SIZE: nothing when no wave may run. gfx11 counts waves for each shader engine.
    pub fn from_register(base: u64, register: u32, gfx: Gfx, shader_engines: u32) -> Option<Self> {
        let engines = if gfx.major >= 11 { shader_engines.max(1) } else { 1 };
        let size_bits = match gfx.major {
            12.. => 18,
            11 => 15,
            _ => 13,
        };
        let (waves, size) = (register & 0xfff, register >> 12 & ((1 << size_bits) - 1));
        let scratch = Self { base, wave_bytes: size * gfx.scratch_granule(), slots: waves * engines };
        (scratch.slots > 0 && scratch.wave_bytes > 0).then_some(scratch)
    }
}

/// A dispatch, ready to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// The hardware that runs it.
    pub gfx: Gfx,
    /// Address of the first instruction.
    pub entry: u64,
    /// COMPUTE_PGM_RSRC1 to 3: register counts, float modes, which ids the waves get.
    pub rsrc: [u32; 3],
    /// Waves have 32 lanes, not 64.
    pub wave32: bool,
    /// Work-items of the grid in each dimension.
    pub grid: [u32; 3],
    /// Work-items of a workgroup in each dimension; the last ones of a grid may have fewer.
    pub workgroup: [u32; 3],
    /// LDS of a workgroup, in bytes.
    pub lds_bytes: u32,
    /// The first SGPRs of every wave.
    pub user_sgprs: Vec<u32>,
    /// Scratch memory, if the program uses any.
    pub scratch: Option<Scratch>,
    /// The place of its packet in the queue's ring (DispatchPktIndx), which the trap handler finds.
    pub packet: u32,
}

/// Why the hardware cannot run a dispatch at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// Its waves' VGPRs do not fit into the SIMDs that a workgroup may use.
    Registers,
}

impl Dispatch {
    /// Lanes of a wave.
    pub fn lanes(&self) -> u32 {
        if self.wave32 { 32 } else { 64 }
    }

    /// Workgroups in each dimension.
    pub fn groups(&self) -> [u32; 3] {
        [0, 1, 2].map(|axis| self.grid[axis].div_ceil(self.workgroup[axis].max(1)))
    }

    /// Waves of a whole workgroup.
    pub fn waves_per_group(&self) -> u32 {
        let items: u64 = self.workgroup.iter().map(|size| u64::from(*size)).product();
        items.div_ceil(self.lanes().into()) as u32
    }

    /// Work-items of one workgroup in each dimension: at the grid's ends, what is left.
    pub fn size_of_group(&self, group: [u32; 3]) -> [u32; 3] {
        [0, 1, 2].map(|axis| {
            let start = u64::from(group[axis]) * u64::from(self.workgroup[axis]);
            u64::from(self.grid[axis]).saturating_sub(start).min(self.workgroup[axis].into()) as u32
        })
    }

    /// VGPRs of a wave (GRANULATED_WORKITEM_VGPR_COUNT).
    pub fn vgprs(&self) -> u32 {
        let granule = match (self.gfx.major, self.wave32) {
            (10.., true) => 8,
            (9, _) if self.gfx.packed_work_item_ids() => 8,
            _ => 4,
        };
        ((self.rsrc[0] & 0x3f) + 1) * granule
    }

    /// SIMDs that one workgroup's waves may be spread over: those of a compute unit, or of two in WGP mode.
    fn simds(&self) -> u32 {
        let wgp_mode = self.rsrc[0] >> 29 & 1 == 1;
        match self.gfx.has_wgp() {
            true if wgp_mode => 4,
            true => 2,
            false => 4,
        }
    }

    /// How many workgroups a compute unit (or workgroup processor) holds at once.
    pub fn resident_groups(&self) -> Result<u32, TooLarge> {
        let most = if self.gfx.has_wgp() { 256 } else { 512 };
        let waves = self.gfx.waves_per_simd(self.vgprs(), self.wave32) * self.simds();
        let by_waves = waves / self.waves_per_group().max(1);
        if self.vgprs() > most || by_waves == 0 {
            return Err(TooLarge::Registers);
        }
        let lds = (64 << 10) * if self.simds() == 4 && self.gfx.has_wgp() { 2 } else { 1 };
        let by_lds = lds / self.lds_bytes.max(1).next_multiple_of(LDS_GRANULE);
        Ok(by_waves.min(by_lds).max(1))
    }
}
