//! The neural processors that amdxdna knows. Touches nothing. Answers to amdxdna_ids (amdxdna_pci_drv.c) and
//! npu1_regs.c to npu6_regs.c; what the firmware tells (tiles, versions) is assumed from AMD's descriptions: columns of
//! one shim tile, one or more memory tiles and four cores.
#![forbid(unsafe_code)]

/// A device.
pub struct NpuKind {
    /// PCI device id and revision.
    pub id: (u32, u32),
    /// `default_vbnv`: the driver's name of it.
    pub name: &'static str,
    /// Version of the AI engine.
    pub aie_version: [u32; 2],
    /// Columns of tiles.
    pub columns: u16,
    /// `first_col`
    pub first_column: u32,
    /// `COL_ALIGN_NATURE`
    pub aligns_columns: bool,
    /// `dev_heap_max_size`
    pub heap_limit: u64,
}

/// All of them that aie2_pci.c drives.
pub const NPUS: &[NpuKind] = &[
    NpuKind {
        id: (0x1502, 0),
        name: "RyzenAI-npu1",
        aie_version: [1, 1],
        columns: 5,
        first_column: 1,
        aligns_columns: false,
        heap_limit: 64 << 20,
    },
    newer((0x17f0, 0x10), "RyzenAI-npu4"),
    newer((0x17f0, 0x11), "RyzenAI-npu5"),
    newer((0x17f0, 0x20), "RyzenAI-npu6"),
];

const fn newer(id: (u32, u32), name: &'static str) -> NpuKind {
    NpuKind {
        id,
        name,
        aie_version: [2, 1],
        columns: 8,
        first_column: 0,
        aligns_columns: true,
        heap_limit: 512 << 20,
    }
}
