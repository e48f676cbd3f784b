//! What the driver knows of a device before it looks at the card, and how it finds the row of a device.
//! Touches nothing but memory. Answers to kgd2kfd_probe (kfd_device.c). The rows are in `tables/asics.rs`.
#![forbid(unsafe_code)]

use super::tables::ASICS;

/// Version of the graphics core (GC), as KFD_GC_VERSION compares it.
pub type GcVersion = (u8, u8, u8);

/// What the driver knows about one kind of device.
#[derive(Debug)]
pub struct Asic {
    /// The instruction set that it runs.
    pub gfx: &'static str,
    /// Device ids of this row where several chips share an instruction set; empty: all others.
    pub devices: &'static [u32],
    /// `gfx_target_version`.
    pub target: u32,
    /// Version of the graphics core.
    pub gc: GcVersion,
    /// `name` in the topology: amdgpu_asic_name in lower case.
    pub name: &'static str,
    /// AMDGPU_FAMILY_*.
    pub family: u32,
    /// `external_rev_id` of revision 0.
    pub external_rev: u32,
    /// AMD_IS_APU.
    pub apu: bool,
    /// SIMDs of a compute unit, waves of a SIMD, work-items of a wave.
    pub simd: [u32; 3],
    /// Compute units that a shader array was built with.
    pub cu_per_array: u32,
    /// SDMA engines of an undivided card: for PCIe, for XGMI.
    pub sdma_engines: [u32; 2],
    /// User queues of an SDMA engine.
    pub sdma_queues: u32,
    /// Compute queues that the firmware may schedule.
    pub cp_queues: u32,
    /// Reference clock of the GPU's counter in kHz.
    pub xclk_khz: u32,
}

/// The row of a device, if the table has its instruction set.
pub fn lookup(gfx: &str, device_id: u32) -> Option<&'static Asic> {
    ASICS
        .iter()
        .find(|asic| asic.gfx == gfx && (asic.devices.is_empty() || asic.devices.contains(&device_id)))
}

/// The row with a `gfx_target_version`, for trees that were captured and say nothing else.
pub fn by_target(target: u32, device_id: u32) -> Option<&'static Asic> {
    let gfx = ASICS.iter().find(|asic| asic.target == target)?.gfx;
    lookup(gfx, device_id)
}

/// The row of a device on kernels before 5.15, whose topology does not name the instruction set.
pub fn by_old_device(device_id: u32) -> Option<&'static Asic> {
    let gfx = match device_id {
        0x1304..=0x131d => "gfx700",
        0x67a0..=0x67be => "gfx701",
        0x9870..=0x9877 => "gfx801",
        0x6920..=0x6939 => "gfx802",
        0x67c0..=0x67ff | 0x6980..=0x699f | 0x7300..=0x730f => "gfx803",
        0x6860..=0x687f => "gfx900",
        0x15d8 | 0x15dd => "gfx902",
        0x69a0..=0x69af => "gfx904",
        0x66a0..=0x66af => "gfx906",
        0x7388..=0x7390 => "gfx908",
        _ => return None,
    };
    lookup(gfx, device_id)
}

impl Asic {
    /// Whether the core is of the given version or a later one.
    pub fn at_least(&self, gc: GcVersion) -> bool {
        self.gc >= gc
    }

    /// Members of the 9.4.3 group: they share debug masks and the discovery-table cache list.
    pub fn is_gfx9_4_3(&self) -> bool {
        matches!(self.gc, (9, 4, 3 | 4) | (9, 5, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_device_chooses_between_chips_of_one_instruction_set() {
        assert_eq!(lookup("gfx803", 0x7300).unwrap().name, "fiji");
        assert_eq!(lookup("gfx803", 0x67df).unwrap().name, "polaris10");
        assert!(lookup("gfx942", 0x74a0).unwrap().apu);
        assert!(!lookup("gfx942", 0x74a1).unwrap().apu);
        assert!(lookup("gfx9999", 0).is_none());
    }

    #[test]
    fn targets_and_names_agree() {
        for asic in ASICS.iter() {
            let (major, minor, step) = (asic.target / 10_000, asic.target / 100 % 100, asic.target % 100);
            assert_eq!(asic.gfx, format!("gfx{major}{minor}{step:x}"));
        }
    }
}
