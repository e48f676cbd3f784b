//! The facts about a GPU that its command processors need. Pure.
#![forbid(unsafe_code)]

/// A gfx version: 11.0.0 of gfx1100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gfx {
    /// Generation.
    pub major: u32,
    /// Family within it.
    pub minor: u32,
    /// Member of the family.
    pub stepping: u32,
}

impl Gfx {
    /// From amdkfd's decimal `gfx_target_version`: 110000 is gfx1100.
    pub fn from_kfd(version: u32) -> Self {
        Self { major: version / 10000, minor: version / 100 % 100, stepping: version % 100 }
    }

    fn is(self, major: u32, minor: u32, stepping: u32) -> bool {
        self == Self { major, minor, stepping }
    }

    /// Each wave finds its scratch memory in a register that the hardware sets: on gfx11 and in the MI300s.
    pub fn architected_flat_scratch(self) -> bool {
        self.major >= 11 || self.major == 9 && self.minor >= 4
    }

    /// The three work-item ids come in ten bits each of v0.
    pub fn packed_work_item_ids(self) -> bool {
        self.major >= 11 || self.is(9, 0, 10) || self.major == 9 && self.minor >= 4
    }

    /// SGPRs can be loaded from the kernel's arguments before it starts.
    pub fn preloads_arguments(self) -> bool {
        self.is(9, 0, 10) || self.major == 9 && self.minor >= 4
    }

    /// Bytes in which COMPUTE_TMPRING_SIZE counts a wave's scratch.
    pub fn scratch_granule(self) -> u32 {
        if self.major >= 11 { 256 } else { 1024 }
    }

    /// Workgroup processors of two compute units, and waves of 32 lanes.
    pub fn has_wgp(self) -> bool {
        self.major >= 10
    }

    /// VGPRs of a SIMD, for each lane of a wave of 32 (gfx10 and later) or of 64.
    fn vgprs_per_simd(self) -> u32 {
        match (self.major, self.minor, self.stepping) {
            (11, 0, 0 | 1) | (11, 5, 1) | (12, ..) => 1536,
            (10 | 11, ..) => 1024,
            (9, 0, 10) | (9, 4.., _) => 512,
            _ => 256,
        }
    }

    /// VGPRs are handed out in multiples of this, for each lane of such a wave.
    fn vgpr_granule(self, wave32: bool) -> u32 {
        let wide = match self.vgprs_per_simd() {
            1536 => 24,
            1024 if self.major == 10 && self.minor < 3 => 8,
            1024 => 16,
            _ => 8,
        };
        if self.has_wgp() && !wave32 { wide / 2 } else { wide }
    }

    /// How many waves a SIMD can hold.
    fn wave_slots(self) -> u32 {
        match (self.major, self.minor) {
            (10, 0..=2) => 20,
            (10.., _) => 16,
            (9, 4..) => 8,
            _ if self.is(9, 0, 10) => 8,
            _ => 10,
        }
    }

    /// How many waves that need `vgprs` registers a SIMD can hold.
    pub fn waves_per_simd(self, vgprs: u32, wave32: bool) -> u32 {
        let lanes = if self.has_wgp() && !wave32 { 2 } else { 1 };
        let needed = vgprs.max(1).next_multiple_of(self.vgpr_granule(wave32));
        (self.vgprs_per_simd() / lanes / needed).min(self.wave_slots())
    }
}

/// LDS that one workgroup may have, in bytes.
pub const MAX_LDS_BYTES: u32 = 64 << 10;
/// LDS is handed out in multiples of this.
pub const LDS_GRANULE: u32 = 512;
/// Work-items that a workgroup may have (HSA_AGENT_INFO_WORKGROUP_MAX_SIZE).
pub const MAX_WORKGROUP: u32 = 1024;

/// A GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// Its instruction set.
    pub gfx: Gfx,
    /// Compute units.
    pub compute_units: u32,
    /// Shader engines (`array_count` of the node over its XCCs).
    pub shader_engines: u32,
    /// Its firmware reclaims scratch memory without stopping the queue (AMD_QUEUE_CAPS_CP_ASYNC_RECLAIM).
    pub async_scratch_reclaim: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_decimal() {
        assert_eq!(Gfx::from_kfd(110_000), Gfx { major: 11, minor: 0, stepping: 0 });
        assert_eq!(Gfx::from_kfd(90_010), Gfx { major: 9, minor: 0, stepping: 10 });
        assert_eq!(Gfx::from_kfd(100_103), Gfx { major: 10, minor: 1, stepping: 3 });
    }

    /// LLVM's AMDGPUUsage and `IsaInfo::getNumWavesPerEUWithNumVGPRs` count the same.
    #[test]
    fn waves_by_registers() {
        let [navi31, navi21, navi10] = [110_000, 100_300, 100_100].map(Gfx::from_kfd);
        assert_eq!(navi31.waves_per_simd(256, true), 5, "264 after rounding");
        assert_eq!(navi31.waves_per_simd(96, true), 16);
        assert_eq!(navi31.waves_per_simd(192, false), 4);
        assert_eq!(navi21.waves_per_simd(256, true), 4);
        assert_eq!(navi21.waves_per_simd(1, true), 16);
        assert_eq!(navi10.waves_per_simd(1, true), 20);
        assert_eq!(Gfx::from_kfd(90_010).waves_per_simd(512, false), 1);
    }
}
