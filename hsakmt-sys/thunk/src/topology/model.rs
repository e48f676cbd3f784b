//! The machine as the kernel describes it: one immutable snapshot, plain data, no C layout.
//!
//! Answers to Linux `drivers/gpu/drm/amd/amdkfd/kfd_topology.c` (`node_show` and friends); field names are the
//! kernel's property names. The C structs of hsakmttypes.h are made from this in `abi`.

use std::fmt;

/// Number of a node in the *visible* set: what `hsaKmt*` calls and HSA's driver node id use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NodeId(pub u32);

/// The kernel's `gpu_id` of a node; 0 is a node without a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GpuId(pub u32);

/// A GFX instruction-set version, for example 11.0.0 or 9.0.10 (gfx90a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GfxVersion {
    /// Major version, decimal.
    pub major: u32,
    /// Minor version, decimal.
    pub minor: u32,
    /// Stepping; one hexadecimal digit in names.
    pub stepping: u32,
}

impl GfxVersion {
    /// From the kernel's `gfx_target_version`: major * 10000 + minor * 100 + stepping.
    #[must_use]
    pub const fn from_kernel(value: u32) -> Self {
        Self { major: value / 10_000, minor: value / 100 % 100, stepping: value % 100 }
    }
}

impl fmt::Display for GfxVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gfx{}{:x}{:x}", self.major, self.minor, self.stepping)
    }
}

/// One consistent reading of `/sys/devices/virtual/kfd/kfd/topology`.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// `generation_id`, equal before and after the reading.
    pub generation: u32,
    /// `system_properties`.
    pub system: System,
    /// Nodes that the kernel shows, visible or not.
    pub kernel_nodes: u32,
    /// Visible nodes in the kernel's order; `nodes[i].id == NodeId(i)`.
    pub nodes: Vec<Node>,
}

/// `system_properties`.
#[derive(Clone, Copy, Debug, Default)]
pub struct System {
    /// `platform_oem`.
    pub platform_oem: u64,
    /// `platform_id`.
    pub platform_id: u64,
    /// `platform_rev`.
    pub platform_rev: u64,
}

/// One topology node: a CPU socket, a GPU, or (old APUs) both.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// Number in the visible set.
    pub id: NodeId,
    /// Directory number under `nodes/`; differs from `id` when nodes are hidden or skipped.
    pub kernel_index: u32,
    /// `gpu_id`.
    pub gpu_id: GpuId,
    /// Text of the node's `name` file: the kernel's name of the ASIC, empty for CPUs.
    pub asic_name: String,
    /// What people call it: the CPU's model name, or the card's marketing name.
    pub marketing_name: String,
    /// `properties`, every key the kernel wrote.
    pub properties: Properties,
    /// GFX version after overrides; `None` for a node without GPU.
    pub gfx: Option<GfxVersion>,
    /// GFX version as the kernel told it, before HSA_OVERRIDE_GFX_VERSION.
    pub kernel_gfx: Option<GfxVersion>,
    /// Memory banks.
    pub memory: Vec<MemoryBank>,
    /// Caches: the GPU's from KFD, the CPU's from `/sys/devices/system`.
    pub caches: Vec<Cache>,
    /// `io_links` followed by `p2p_links`, then the indirect links the thunk adds; `to`/`from` are visible ids.
    pub links: Vec<Link>,
    /// Whether the kernel tells peer links; if no node does, indirect links are worked out here.
    pub has_peer_links: bool,
    /// What the DRM driver tells of the GPU; `None` for CPUs.
    pub drm: Option<DrmInfo>,
}

/// HSA_CAPABILITY bit: the kernel's shared virtual memory serves this GPU.
pub const SVM_API_SUPPORTED: u64 = 1 << 27;
/// HSA_CAPABILITY bit: the scheduler's firmware can stop and resume queues for a debugger.
pub const DEBUG_SUPPORTED_FIRMWARE: u64 = 1 << 29;

/// Values of AMDGPU_INFO_DEV_INFO (amdgpu_drm.h) that KFD does not give.
#[derive(Clone, Copy, Debug, Default)]
pub struct DrmInfo {
    /// `family`: AMDGPU_FAMILY_*.
    pub family: u32,
    /// `external_rev`.
    pub external_rev: u32,
    /// `chip_rev`: the ASIC revision.
    pub chip_rev: u32,
    /// `pci_rev`: PCI revision, which with the device id selects the marketing name.
    pub pci_rev: u32,
    /// `gpu_counter_freq`, kHz.
    pub counter_frequency_khz: u32,
    /// `num_tcc_blocks`.
    pub tcc_blocks: u32,
    /// `ids_flags`: AMDGPU_IDS_FLAGS_*.
    pub ids_flags: u64,
}

macro_rules! properties {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// The `properties` file of a node; keys the kernel did not write are 0.
        #[derive(Clone, Debug, Default)]
        pub struct Properties {
            $($(#[$doc])* pub $name: u64,)+
        }
        impl Properties {
            /// Sets the property that the kernel calls `key`; false if nobody here knows it.
            pub fn set(&mut self, key: &str, value: u64) -> bool {
                match key {
                    $(stringify!($name) => self.$name = value,)+
                    _ => return false,
                }
                true
            }
        }
    };
}

properties! {
    /// Logical CPUs.
    cpu_cores_count,
    /// SIMDs; 0 for a node without GPU.
    simd_count,
    /// Memory banks that the kernel counts.
    mem_banks_count,
    /// Caches that the kernel counts.
    caches_count,
    /// I/O links that the kernel counts.
    io_links_count,
    /// Peer links that the kernel counts.
    p2p_links_count,
    /// First CPU core's id.
    cpu_core_id_base,
    /// First SIMD's id.
    simd_id_base,
    /// HSA_CAPABILITY bits.
    capability,
    /// HSA_CAPABILITY2 bits.
    capability2,
    /// HSA_DEBUG_PROPERTIES bits.
    debug_prop,
    /// Waves a SIMD holds.
    max_waves_per_simd,
    /// LDS of a compute unit, KiB.
    lds_size_in_kb,
    /// GDS, KiB.
    gds_size_in_kb,
    /// Global wave sync resources.
    num_gws,
    /// Native wavefront size.
    wave_front_size,
    /// SIMD arrays in all.
    array_count,
    /// SIMD arrays a shader engine.
    simd_arrays_per_engine,
    /// Compute units an array.
    cu_per_simd_array,
    /// SIMDs a compute unit.
    simd_per_cu,
    /// Scratch slots a compute unit.
    max_slots_scratch_cu,
    /// GFX version: major * 10000 + minor * 100 + stepping.
    gfx_target_version,
    /// PCI vendor.
    vendor_id,
    /// PCI device.
    device_id,
    /// PCI bus, device, function.
    location_id,
    /// PCI domain.
    domain,
    /// Minor of `/dev/dri/renderD*`.
    drm_render_minor,
    /// XGMI hive; 0 is none.
    hive_id,
    /// SDMA engines for PCIe traffic.
    num_sdma_engines,
    /// SDMA engines for XGMI traffic.
    num_sdma_xgmi_engines,
    /// Queues an SDMA engine holds.
    num_sdma_queues_per_engine,
    /// Compute queues.
    num_cp_queues,
    /// MEC firmware.
    fw_version,
    /// SDMA firmware.
    sdma_fw_version,
    /// Unique id; 0 is none.
    unique_id,
    /// Accelerated compute dies of the partition.
    num_xcc,
    /// Local memory, bytes (old kernels).
    local_mem_size,
    /// Highest engine clock, MHz, of the GPU.
    max_engine_clk_fcompute,
    /// Highest engine clock, MHz, of the CPU.
    max_engine_clk_ccompute,
    /// AMDGPU family.
    family_id,
    /// Context save area of a queue, bytes (kernels that tell).
    cwsr_size,
    /// Control stack of a queue, bytes (kernels that tell).
    ctl_stack_size,
    /// End-of-pipe buffer of a queue, bytes (kernels that tell).
    eop_buffer_size,
    /// Debugger memory per queue, bytes (kernels that tell).
    debug_memory_size,
}

/// `mem_banks/<m>/properties`.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryBank {
    /// HSA_HEAPTYPE: 0 system, 1 public (visible) VRAM, 2 private VRAM, 3 GDS, 4 LDS, 5 scratch, 7 MMIO remap.
    pub heap_type: u32,
    /// Bytes.
    pub size_in_bytes: u64,
    /// HSA_MEMORYPROPERTY bits.
    pub flags: u32,
    /// Bus width, bits.
    pub width: u32,
    /// Highest memory clock, MHz.
    pub mem_clk_max: u32,
}

/// A cache.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    /// First processor that shares it.
    pub processor_id_low: u32,
    /// Level, from 1.
    pub level: u32,
    /// KiB for GPUs, as KFD tells it; bytes for CPUs, as upstream does.
    pub size: u32,
    /// Bytes.
    pub cache_line_size: u32,
    /// Lines a tag.
    pub cache_lines_per_tag: u32,
    /// Ways.
    pub association: u32,
    /// Nanoseconds; 0 if the kernel does not know.
    pub latency: u32,
    /// HsaCacheType bits: 1 data, 2 instruction, 4 CPU, 8 HSACU.
    pub kind: u32,
    /// 1 for each processor that shares the cache: from `processor_id_low` on for GPUs, from id 0 for CPUs.
    pub sibling_map: Vec<u32>,
}

/// A link to another node.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    /// HSA_IOLINKTYPE: 2 PCI Express, 11 XGMI, ...
    pub kind: u32,
    /// Version.
    pub version_major: u32,
    /// Version.
    pub version_minor: u32,
    /// Visible id of the source node.
    pub from: u32,
    /// Visible id of the destination node.
    pub to: u32,
    /// Cost.
    pub weight: u32,
    /// Nanoseconds.
    pub min_latency: u32,
    /// Nanoseconds.
    pub max_latency: u32,
    /// MB/s.
    pub min_bandwidth: u32,
    /// MB/s.
    pub max_bandwidth: u32,
    /// Bytes.
    pub recommended_transfer_size: u32,
    /// Mask of SDMA engines that the kernel recommends.
    pub recommended_sdma_engine_id_mask: u32,
    /// HSA_LINKPROPERTY bits.
    pub flags: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepping_is_one_hexadecimal_digit_of_the_name() {
        let names = [90_010, 110_001, 120_501].map(|value| GfxVersion::from_kernel(value).to_string());
        assert_eq!(names, ["gfx90a", "gfx1101", "gfx1251"]);
    }

    #[test]
    fn unknown_properties_are_told_apart() {
        let mut properties = Properties::default();
        assert!(properties.set("num_xcc", 8) && !properties.set("num_of_tomorrow", 1));
        assert_eq!(properties.num_xcc, 8);
    }
}
