//! `sim.toml` of a machine tree: what sysfs does not tell. All keys but `kernel.kfd_version` and each GPU's `node`
//! may be missing; keys of other rooms are ignored. Touches nothing.
//!
//! ```toml
//! [kernel]
//! kfd_version = [1, 18]
//! drm_version = [3, 64, 0]
//! xnack = false                  # XNACK mode of a new process; by default as amdgpu.noretry=-1 gives it
//! svm = false                    # built without CONFIG_HSA_AMD_SVM, as Debian's 6.12 is; by default with it
//! sampling = [110000]            # GPUs (gfx_target_version) whose program counters AMD's own driver samples; by default none
//! save_area_granule = 4096       # what sizes of save areas are multiples of; by default as the kernel's age has it
//!
//! [memory]
//! total_bytes = 68719476736      # si_meminfo().totalram; by default the sum of the CPU nodes' memory banks
//! ttm_limit_bytes = 34359738368  # ttm_tt_pages_limit(); by default half of the memory
//!
//! [[gpu]]
//! node = 1                       # directory number under topology/nodes
//! render_minor = 128             # by default the node's drm_render_minor
//! vram_bytes = 51522830336       # gmc.real_vram_size; by default the sum of the node's memory banks
//! # ... the other names of `GpuFacts`
//!
//! [[npu]]
//! minor = 0                      # of the accelerator's node
//! # ... the other names of `Npu`
//!
//! [permissions]
//! "/sys/class/kfd/kfd/topology/nodes/1/gpu_id" = "EPERM"     # as a device cgroup hides a GPU
//! ```
#![forbid(unsafe_code)]

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Facts {
    /// The running kernel.
    pub kernel: KernelFacts,
    /// System memory.
    #[serde(default)]
    pub memory: MemoryFacts,
    /// What DRM knows of each GPU node.
    #[serde(default, rename = "gpu")]
    pub gpus: Vec<GpuFacts>,
    /// What the firmware of each neural processor tells.
    #[serde(default, rename = "npu")]
    pub npus: Vec<Npu>,
    /// Paths that may not be opened, with the errno's name. A node whose `gpu_id` is among them belongs to a device
    /// that the caller's device cgroup does not allow.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
}

/// Versions of the kernel's interfaces.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct KernelFacts {
    /// KFD_IOCTL_MAJOR_VERSION and KFD_IOCTL_MINOR_VERSION.
    pub kfd_version: [u32; 2],
    /// KMS_DRIVER_MAJOR, KMS_DRIVER_MINOR, KMS_DRIVER_PATCHLEVEL.
    #[serde(default = "newest_drm")]
    pub drm_version: [u32; 3],
    /// XNACK mode of a new process.
    pub xnack: Option<bool>,
    /// CONFIG_HSA_AMD_SVM
    pub svm: Option<bool>,
    /// AMD's own driver: the GPUs (`gfx_target_version`) whose program counters it samples.
    #[serde(default)]
    pub sampling: Vec<u32>,
    /// What the sizes of queues' save areas are multiples of, in bytes.
    pub save_area_granule: Option<u32>,
}

fn newest_drm() -> [u32; 3] {
    [3, 64, 0]
}

/// System memory in bytes.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MemoryFacts {
    /// `si_meminfo().totalram`
    pub total_bytes: Option<u64>,
    /// `ttm_tt_pages_limit()`
    pub ttm_limit_bytes: Option<u64>,
}

/// What the DRM driver knows of a GPU node. Names are those of `struct drm_amdgpu_info_device` where it has them;
/// sizes are in bytes, clocks in kHz.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GpuFacts {
    /// Directory number of the node.
    pub node: u32,
    /// Minor of the render node.
    pub render_minor: Option<u32>,
    /// `adev->pdev->device`
    pub device_id: Option<u32>,
    /// `adev->rev_id`
    pub chip_rev: u32,
    /// `adev->external_rev_id`
    pub external_rev: u32,
    /// `adev->pdev->revision`
    pub pci_rev: u32,
    /// `adev->family`: AMDGPU_FAMILY_*
    pub family: u32,
    /// `amdgpu_asic_get_xclk`, in kHz.
    #[serde(alias = "gpu_counter_freq")]
    pub counter_frequency_khz: u32,
    /// AMDGPU_IDS_FLAGS_*; bit 0 says that the GPU is part of an APU.
    pub ids_flags: u64,
    /// `gfx.config.max_texture_channel_caches`
    pub num_tcc_blocks: u32,
    /// `gfx.config.max_hw_contexts`
    pub num_hw_gfx_contexts: u32,
    /// AMDGPU_VRAM_TYPE_*
    pub vram_type: u32,
    /// Active compute units: one mask a shader array, engine by engine.
    pub cu_masks: Vec<u32>,
    /// `amdgpu_dpm_get_mclk`, in kHz; by default the clock of the node's memory bank.
    pub max_memory_clock_khz: Option<u64>,
    /// `gmc.mall_size`
    pub mall_size: u64,
    /// `gmc.real_vram_size`
    pub vram_bytes: Option<u64>,
    /// `gmc.visible_vram_size`
    pub visible_vram_bytes: Option<u64>,
    /// Size of the GTT manager; by default the TTM limit.
    pub gtt_bytes: Option<u64>,
    /// What the driver keeps for itself (`vram_pin_size`).
    pub vram_pinned_bytes: u64,
    /// `adev->apu_prefer_gtt`: allocations of VRAM come from system memory. By default so for an APU whose GTT is
    /// larger than its carve-out.
    pub apu_prefer_gtt: Option<bool>,
    /// amdgpu.noretry as resolved for the device; by default `amdgpu_gmc_noretry_set`'s rule.
    pub noretry: Option<bool>,
    /// For kernels that do not print gfx_target_version.
    pub gfx_target_version: Option<u32>,
}

/// A neural processor: what of `struct amdxdna_dev_info` and of the firmware's answers clients can tell.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Npu {
    /// Minor of the accelerator's node.
    pub minor: u32,
    /// Major and minor version of the AI engine.
    pub aie_version: [u32; 2],
    /// Version of the firmware.
    pub firmware: [u32; 4],
    /// Bytes of a column.
    pub column_bytes: u32,
    /// Columns of tiles.
    pub columns: u16,
    /// Rows of tiles.
    pub rows: u16,
    /// The rows of core tiles: the first one, and how many.
    pub core_rows: [u16; 2],
    /// The rows of memory tiles, likewise.
    pub memory_rows: [u16; 2],
    /// The rows of shim tiles, likewise.
    pub shim_rows: [u16; 2],
    /// The first column of contexts (`first_col`).
    pub first_column: u32,
    /// Contexts begin at multiples of their width (`COL_ALIGN_NATURE`).
    pub aligns_columns: bool,
    /// Bytes that all heaps of a process have together at most (`dev_heap_max_size`).
    pub heap_limit: u64,
}

impl Npu {
    /// AIE2_DEVM_BASE: where devices have their first heap.
    pub const HEAP_BASE: u64 = 0x400_0000;
    /// AIE2_DEVM_SIZE: heaps are multiples of it.
    pub const HEAP_BYTES: u64 = 64 << 20;
}
