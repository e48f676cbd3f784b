//! A GPU node as the driver sees it: the node's sysfs properties, the DRM facts, and what the driver derives from
//! the chip's generation. Touches nothing.
#![forbid(unsafe_code)]

use super::facts::GpuFacts;
use super::properties::Properties;
use super::save_area::SaveArea;
use crate::uapi::drm::AMDGPU_IDS_FLAGS_FUSION;

/// `KFD_MAX_NUM_OF_QUEUES_PER_PROCESS`, also the doorbells of one process on one device.
pub const MAX_QUEUES_PER_PROCESS: u32 = 1024;

/// kfd_topology.h
const HSA_CAP_SVMAPI_SUPPORTED: u32 = 0x0800_0000;

/// A GPU node (`struct kfd_node`).
#[derive(Clone, Debug)]
pub struct Gpu {
    /// `gpu_id` of the node.
    pub id: u32,
    /// Directory number under topology/nodes.
    pub node: u32,
    /// Which physical device the node is part of (`adev`); partitions of one card share it.
    pub device: usize,
    /// Minor of the render node.
    pub render_minor: u32,
    /// `gfx_target_version`: major * 10000 + minor * 100 + stepping.
    pub gfx: u32,
    /// The node's properties file.
    pub properties: Properties,
    /// `sim.toml`'s section, all sizes and flags resolved.
    pub facts: GpuFacts,
    /// Memory of the node, in bytes (`KFD_XCP_MEMORY_SIZE`).
    pub local_bytes: u64,
    /// Whether the processor sees all of it (`kfd_dev_is_large_bar`).
    pub large_bar: bool,
    /// Width of the memory bus in bits.
    pub memory_width: u32,
    /// Highest memory clock.
    pub memory_clock_mhz: u32,
    /// Nodes that the topology links this one to.
    pub peers: Vec<u32>,
    /// The caller's device cgroup does not allow it (`kfd_devcgroup_check_permission`).
    pub forbidden: bool,
}

impl Gpu {
    /// `KFD_IS_SOC15`: gfx9 and later.
    pub fn is_soc15(&self) -> bool {
        self.gfx >= 90000
    }

    /// Compute queues are scheduled by MES firmware: gfx11 and later (`amdgpu_mes` by default).
    pub fn has_mes(&self) -> bool {
        self.gfx >= 110000
    }

    /// The chips of the gfx9.4.3 family (9.4.3, 9.4.4, 9.5.0).
    pub fn is_gfx943(&self) -> bool {
        matches!(self.gfx, 90400 | 90401 | 90402 | 90500)
    }

    /// The part of an APU that has no memory of its own but shares the processor's HBM (MI300A).
    pub fn is_app_apu(&self) -> bool {
        self.is_gfx943() && self.is_apu()
    }

    /// AMD_IS_APU
    pub fn is_apu(&self) -> bool {
        self.facts.ids_flags & AMDGPU_IDS_FLAGS_FUSION != 0
    }

    /// `adev->apu_prefer_gtt`
    pub fn prefers_gtt(&self) -> bool {
        self.facts.apu_prefer_gtt.unwrap_or(false)
    }

    /// `amdgpu_xgmi_same_hive`
    pub fn same_hive(&self, other: &Gpu) -> bool {
        let hive = self.properties.get("hive_id");
        hive != 0 && hive == other.properties.get("hive_id")
    }

    /// `KFD_SUPPORT_XNACK_PER_PROCESS`
    pub fn xnack_per_process(&self) -> bool {
        self.gfx == 90010 || self.is_gfx943() || self.gfx >= 120500
    }

    /// Whether shaders can be preempted during a page fault; not so on gfx10 to gfx12.0.
    pub fn preempts_on_fault(&self) -> bool {
        self.gfx < 100101 || self.gfx >= 120500
    }

    /// `kfd->noretry`: `amdgpu_gmc_noretry_set`'s default for the chip. Vega 10 (9.0.0), Vega 20, MI100, MI200,
    /// MI300 and everything from gfx10.3 on.
    pub fn noretry(&self) -> bool {
        self.facts.noretry.unwrap_or({
            matches!(self.gfx, 90000 | 90006 | 90008 | 90010) || self.is_gfx943() || self.gfx >= 100300
        })
    }

    /// `KFD_IS_SVM_API_SUPPORTED`, which the node's capabilities repeat (HSA_CAP_SVMAPI_SUPPORTED).
    pub fn supports_svm(&self) -> bool {
        self.properties.get_u32("capability") & HSA_CAP_SVMAPI_SUPPORTED != 0
    }

    /// `kfd_doorbell_process_slice`: bytes of doorbells of one process.
    pub fn doorbell_slice(&self, page_size: u64) -> u64 {
        (self.doorbell_size() * u64::from(MAX_QUEUES_PER_PROCESS)).next_multiple_of(page_size)
    }

    /// `device_info.doorbell_size`: bytes of one doorbell.
    pub fn doorbell_size(&self) -> u64 {
        if self.is_soc15() { 8 } else { 4 }
    }

    /// What a compute queue must bring; `granule` is `KernelFacts::save_area_granule`.
    pub fn save_area(&self, page_size: u64, granule: Option<u32>) -> SaveArea {
        SaveArea::of(self.gfx, &self.properties, page_size, granule)
    }

    /// Number of XCCs (`NUM_XCC`).
    pub fn xccs(&self) -> u64 {
        self.properties.get("num_xcc").max(1)
    }

    /// `supports_cwsr`: all but Hawaii, Kaveri and Tonga.
    pub fn saves_waves(&self) -> bool {
        ![70000, 70001, 80002].contains(&self.gfx)
    }

    /// Number of bits of a GPU address: 48 from gfx9 on, before it 40 (assumed: there it also depends on
    /// amdgpu.vm_size).
    pub fn address_bits(&self) -> u32 {
        if self.is_soc15() { 48 } else { 40 }
    }

    /// Size of the address space that user mode manages (`shared_resources.gpuvm_size`): up to AMDGPU_GMC_HOLE_START.
    pub fn gpuvm_size(&self) -> u64 {
        1 << self.address_bits().min(47)
    }
}
