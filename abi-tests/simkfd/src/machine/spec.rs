//! The machine description: what a TOML file may say, and what it means when it says nothing. Touches nothing
//! but memory. Each field names the kernel value that it becomes; the format as a whole is described in the
//! parent module.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use serde::Deserialize;

/// A whole machine: one boot of one kernel on one set of processors and cards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Where the values come from: an address, or the names of the documents.
    pub source: String,
    /// Architecture of the processors, in Linux's name (`uname -m`). It shapes /proc/cpuinfo and the CPU
    /// links.
    #[serde(default)]
    pub arch: Arch,
    /// The kernel.
    #[serde(default)]
    pub kernel: Kernel,
    /// The NUMA nodes with processors, in order.
    #[serde(rename = "cpu")]
    pub cpus: Vec<Cpu>,
    /// The cards, in the order in which amdgpu probed them.
    #[serde(rename = "gpu", default)]
    pub gpus: Vec<Gpu>,
    /// The neural processors, in the order in which amdxdna probed them.
    #[serde(rename = "npu", default)]
    pub npus: Vec<NpuSpec>,
}

impl Machine {
    /// NUMA distance between two processor nodes.
    pub fn numa_distance(&self) -> u32 {
        let amd = self.cpus.iter().any(|cpu| cpu.vendor == "AuthenticAMD");
        self.kernel.numa_distance.unwrap_or(if amd { 32 } else { 21 })
    }
}

/// Processor architecture.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    /// x86, 64 bits: apicid and model name in cpuinfo, links between sockets in the topology.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// RISC-V, 64 bits: cpuinfo knows harts, no apicid and no model name.
    Riscv64,
}

/// The running kernel, as far as a client can tell kernels apart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kernel {
    /// `uname -r`.
    pub release: String,
    /// Version of the KFD ioctl interface, [major, minor].
    pub kfd_version: [u32; 2],
    /// Version of the amdgpu DRM interface, [major, minor, patch level].
    pub drm_version: [u32; 3],
    /// `amdgpu/version`: only the out-of-tree driver has one.
    pub module_version: Option<String>,
    /// XNACK mode of a new process; by default as the driver's rule for amdgpu.noretry=-1 gives it.
    pub xnack: Option<bool>,
    /// GPUs (`gfx_target_version`) whose program counters the driver samples: AMD's own does, Linux's none.
    pub sampling: Vec<u32>,
    /// `topology/generation_id`; by default, as many as the nodes that were added.
    pub generation: Option<u32>,
    /// `platform_oem`, `platform_id`, `platform_rev` of the ACPI tables; zeros where there is no ACPI.
    pub platform: [u64; 3],
    /// NUMA distance between any two sockets; by default 32 on AMD's, 21 on other processors.
    pub numa_distance: Option<u32>,
    /// CONFIG_HSA_AMD_P2P: links between cards over PCIe.
    pub peer_to_peer: bool,
    /// Whether the cache tables carry line sizes; older kernels show 0.
    pub cache_line_sizes: bool,
    /// Highest cache level that the kernel's tables know: 1 on gfx9 before 5.13.
    pub cache_levels: u32,
    /// Property names which this kernel is too old to print.
    pub absent: Vec<String>,
}

impl Default for Kernel {
    fn default() -> Self {
        Kernel {
            release: "6.17.13".into(),
            kfd_version: [1, 18],
            drm_version: [3, 64, 0],
            module_version: None,
            xnack: None,
            sampling: Vec::new(),
            generation: None,
            platform: [0; 3],
            numa_distance: None,
            peer_to_peer: true,
            cache_line_sizes: true,
            cache_levels: 3,
            absent: Vec::new(),
        }
    }
}

/// One NUMA node of processors, or `count` equal ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cpu {
    /// How many nodes of this kind follow one another.
    #[serde(default = "one")]
    pub count: u32,
    /// Product name; `model name` in /proc/cpuinfo on x86. A riscv64 kernel does not know it.
    pub model: String,
    /// `vendor_id` (x86) in /proc/cpuinfo.
    #[serde(default)]
    pub vendor: String,
    /// Processors of the node, hyperthreads counted.
    pub threads: u32,
    /// Hyperthreads of a core.
    #[serde(default = "one")]
    pub threads_per_core: u32,
    /// Highest frequency that cpufreq knows, in MHz; 0 without cpufreq.
    #[serde(default)]
    pub clock_mhz: u32,
    /// Memory of the node that the kernel manages, in KiB.
    pub memory_kib: u64,
    /// Width of the memory in bits and its clock in MHz, from DMI. The kernel fills them in on node 0 only.
    #[serde(default)]
    pub memory_type: [u32; 2],
    /// The caches of one core, nearest first.
    #[serde(default, rename = "cache")]
    pub caches: Vec<CpuCache>,
    /// Node properties that are not as derived.
    #[serde(default)]
    pub properties: BTreeMap<String, u64>,
    /// Further lines of /proc/cpuinfo, [key, value], the same for each processor.
    #[serde(default)]
    pub cpuinfo: Vec<[String; 2]>,
}

/// One cache of a processor.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuCache {
    /// 1, 2 or 3.
    pub level: u32,
    /// Data, Instruction or Unified.
    #[serde(rename = "type")]
    pub kind: CacheKind,
    /// Size in KiB.
    pub kib: u32,
    /// Line size in bytes.
    #[serde(default = "line_of_64")]
    pub line: u32,
    /// Ways of associativity.
    pub ways: u32,
    /// How many processors share one; by default those of a core.
    pub threads: Option<u32>,
}

/// What a processor cache holds, in sysfs's words.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub enum CacheKind {
    /// Data only.
    Data,
    /// Instructions only.
    Instruction,
    /// Both.
    Unified,
}

impl CacheKind {
    /// The word in the sysfs file `type`.
    pub fn word(self) -> &'static str {
        match self {
            CacheKind::Data => "Data",
            CacheKind::Instruction => "Instruction",
            CacheKind::Unified => "Unified",
        }
    }
}

/// One card, or several equal ones: as many as `bdf` has addresses.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gpu {
    /// The instruction set, `gfx1100` and so on: selects the row of the ASIC table.
    pub gfx: String,
    /// PCI device id.
    pub device_id: u32,
    /// PCI revision; with the device id it selects the marketing name in amdgpu.ids.
    #[serde(default)]
    pub pci_rev: u32,
    /// PCI subsystem vendor and device.
    #[serde(default)]
    pub subsystem: [u32; 2],
    /// PCI addresses of the cards, `dddd:bb:dd.f`.
    pub bdf: Vec<String>,
    /// NUMA node of each card; the last one stands for all that follow.
    #[serde(default)]
    pub numa: Vec<u32>,
    /// ASIC revision (`rev_id`).
    #[serde(default)]
    pub revision: u32,
    /// Accelerator dies (XCC) of a card.
    #[serde(default = "one")]
    pub xcc: u32,
    /// KFD nodes that a card is divided into (8 on an MI300X in CPX mode).
    #[serde(default = "one")]
    pub partitions: u32,
    /// Shader engines of one XCC.
    pub shader_engines: u32,
    /// Shader arrays of an engine.
    #[serde(default = "one")]
    pub shader_arrays: u32,
    /// Compute units that an array was built with; by default as the ASIC table says.
    pub cu_per_array: Option<u32>,
    /// Active compute units of one node.
    pub compute_units: u32,
    /// Which compute units are active: one mask an array, engine by engine, XCC by XCC, for a node (all are
    /// alike) or for the whole card. By default they are spread evenly.
    #[serde(default)]
    pub cu_masks: Vec<u32>,
    /// Highest engine clock in MHz.
    #[serde(default)]
    pub clock_mhz: u32,
    /// Memory bank of one node in KiB: the local memory, or what an APU without a carve-out may take.
    pub memory_kib: u64,
    /// Memory bank of the nodes of a card's last memory partition, which carries the driver's reservation; by
    /// default as the others.
    pub last_memory_kib: Option<u64>,
    /// Memory partitions of a divided card (4 in NPS4 mode); by default one for each node.
    pub memory_partitions: Option<u32>,
    /// Memory bus in bits and its clock in MHz.
    #[serde(default)]
    pub memory_type: [u32; 2],
    /// Part of a node's memory bank that the processor sees, in KiB; by default all.
    pub visible_kib: Option<u64>,
    /// Carve-out of an APU in KiB whose memory bank is not that but a share of the system memory
    /// (apu_prefer_gtt).
    pub carve_out_kib: Option<u64>,
    /// Render minor of the first card; by default the one after the card before.
    pub render_minor: Option<u32>,
    /// Cache sizes in KiB that a gfx942 or gfx11+ device tells by its discovery table: level 2, level 3 (0:
    /// none).
    #[serde(default)]
    pub caches_kib: [u32; 2],
    /// Firmware versions: compute micro engine, SDMA.
    #[serde(default)]
    pub firmware: [u32; 2],
    /// Serial number of each card (0: none).
    #[serde(default)]
    pub unique_ids: Vec<Serial>,
    /// KFD's id of each node; by default as the kernel computes it.
    #[serde(default)]
    pub gpu_ids: Vec<u32>,
    /// XGMI hive (0: none).
    #[serde(default)]
    pub hive: Serial,
    /// Bandwidth between two members of the hive in MB/s, [one link, all links].
    #[serde(default)]
    pub xgmi_mbs: [u32; 2],
    /// PCIe bandwidth in MB/s, [slowest, fastest].
    #[serde(default)]
    pub pcie_mbs: [u32; 2],
    /// The link to the processor is XGMI; by default so on gfx942 APUs.
    pub xgmi_to_cpu: Option<bool>,
    /// Whether the path to the processor carries PCIe atomics.
    #[serde(default = "yes")]
    pub pcie_atomics: bool,
    /// What else the driver found usable.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// Node properties that are not as derived.
    #[serde(default)]
    pub properties: BTreeMap<String, u64>,
}

/// A neural processor (NPU), which amdxdna drives.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NpuSpec {
    /// PCI device id: with the revision it selects the row of the table of such devices.
    pub device_id: u32,
    /// PCI revision.
    #[serde(default)]
    pub pci_rev: u32,
    /// PCI address, `dddd:bb:dd.f`.
    pub bdf: String,
    /// What the driver calls it (`vbnv`); by default the device's name.
    pub name: Option<String>,
}

/// A serial number, in the 16 hexadecimal digits of a UUID: TOML's integers have a sign.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
pub struct Serial(pub u64);

impl TryFrom<String> for Serial {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |_| format!("{text:?} is no hexadecimal number of up to 16 digits");
        u64::from_str_radix(&text, 16).map(Serial).map_err(wrong)
    }
}

/// Abilities that depend on fuses, firmware or the way the kernel was built.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// Shared virtual memory (CONFIG_HSA_AMD_SVM and device memory pages).
    Svm,
    /// ECC on the registers and LDS: `sramecc+`.
    SramEcc,
    /// ECC on the memory.
    MemEcc,
    /// RAS events, whatever is protected.
    Ras,
    /// Firmware new enough for the debugger.
    Debug,
    /// Precise memory exceptions, where the ASIC table does not already say so.
    PreciseMemory,
    /// Single queues can be reset.
    QueueReset,
    /// Single SDMA queues can be reset.
    SdmaQueueReset,
}

fn one() -> u32 {
    1
}

fn line_of_64() -> u32 {
    64
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_errors_that_name_the_line() {
        let text = "source = 'x'\n[[cpu]]\nmodel = 'm'\nthreads = 1\nmemory_kib = 1\nmemory_kb = 2\n";
        let error = toml::from_str::<Machine>(text).unwrap_err().to_string();
        assert!(error.contains("line 6") && error.contains("memory_kb"), "{error}");
    }

    #[test]
    fn a_machine_needs_its_source() {
        let error = toml::from_str::<Machine>("cpu = []").unwrap_err().to_string();
        assert!(error.contains("source"), "{error}");
    }
}
