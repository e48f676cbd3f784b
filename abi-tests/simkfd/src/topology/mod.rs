//! The machine's facts as the driver has them after boot, read once from the machine tree: the KFD topology under
//! sys/devices/virtual/kfd and `sim.toml`. May read files; mirrors what amdkfd/kfd_topology.c publishes.
#![forbid(unsafe_code)]

mod facts;
mod gpu;
mod properties;
mod save_area;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

pub use facts::{Facts, GpuFacts, KernelFacts, MemoryFacts, Npu};
pub use gpu::{Gpu, MAX_QUEUES_PER_PROCESS};
pub use properties::Properties;
pub use save_area::SaveArea;

const NODES: &str = "sys/devices/virtual/kfd/kfd/topology/nodes";

/// Everything that does not change while the machine runs.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Versions of the kernel's interfaces.
    pub kernel: KernelFacts,
    /// `si_meminfo().totalram`, in bytes.
    pub system_bytes: u64,
    /// `ttm_tt_pages_limit()`, in bytes.
    pub ttm_limit_bytes: u64,
    /// Number of nodes, CPU nodes included (`kfd_topology_get_num_devices`).
    pub node_count: u32,
    /// The GPU nodes in topology order.
    pub gpus: Vec<Gpu>,
    /// The neural processors.
    pub npus: Vec<Npu>,
}

/// One node directory.
struct Node {
    number: u32,
    gpu_id: u32,
    properties: Properties,
    bank_bytes: u64,
    /// A bank of heap type FB_PUBLIC: the processor sees all of it.
    public_bank: bool,
    /// Bus width and clock of the last bank: all banks of a GPU are one memory.
    width: u32,
    clock_mhz: u32,
    peers: Vec<u32>,
}

impl Machine {
    /// Reads a tree. The error names the file and what is wrong with it.
    pub fn read(tree: &Path) -> Result<Self, String> {
        let facts: Facts = toml::from_str(&read(&tree.join("sim.toml"))?)
            .map_err(|e| format!("{}: {e}", tree.join("sim.toml").display()))?;
        let nodes = read_nodes(&tree.join(NODES))?;
        let system_bytes = facts.memory.total_bytes.unwrap_or_else(|| {
            nodes.iter().filter(|node| node.gpu_id == 0).map(|node| node.bank_bytes).sum()
        });
        let ttm_limit_bytes = facts.memory.ttm_limit_bytes.unwrap_or(system_bytes / 2);
        let mut machine = Machine {
            kernel: facts.kernel,
            system_bytes,
            ttm_limit_bytes,
            node_count: nodes.len() as u32,
            gpus: Vec::new(),
            npus: facts.npus,
        };
        let mut devices = Vec::new();
        for node in nodes.iter().filter(|node| node.gpu_id != 0) {
            let known = facts.gpus.iter().find(|gpu| gpu.node == node.number).cloned().unwrap_or_default();
            let mut gpu = machine.gpu(node, known, &mut devices)?;
            gpu.forbidden = facts.permissions.keys().any(|path| is_gpu_id(path, node.number));
            machine.gpus.push(gpu);
        }
        Ok(machine)
    }

    /// The GPU node with a KFD id.
    pub fn gpu_by_id(&self, id: u32) -> Option<usize> {
        self.gpus.iter().position(|gpu| id != 0 && gpu.id == id)
    }

    /// The GPU node behind a render minor.
    pub fn gpu_by_minor(&self, minor: u32) -> Option<usize> {
        self.gpus.iter().position(|gpu| gpu.render_minor == minor)
    }

    /// Whether the KFD interface is of this minor version or newer.
    pub fn kfd_at_least(&self, minor: u32) -> bool {
        self.kernel.kfd_version[1] >= minor
    }

    fn gpu(&self, node: &Node, mut facts: GpuFacts, devices: &mut Vec<(u32, u32)>) -> Result<Gpu, String> {
        let properties = node.properties.clone();
        let gfx = match (properties.get_u32("gfx_target_version"), facts.gfx_target_version) {
            (0, None) => {
                return Err(format!(
                    "node {}: neither properties nor sim.toml tell gfx_target_version",
                    node.number
                ));
            }
            (0, Some(given)) => given,
            (printed, _) => printed,
        };
        let vram = *facts.vram_bytes.get_or_insert(node.bank_bytes);
        facts.visible_vram_bytes.get_or_insert(if node.public_bank { vram } else { vram.min(256 << 20) });
        let gtt = *facts.gtt_bytes.get_or_insert(self.ttm_limit_bytes);
        // amdgpu_ttm_init decides so since the kernels of KFD 1.17 (assumed: the field came without a KFD version).
        let apu = facts.ids_flags & crate::uapi::drm::AMDGPU_IDS_FLAGS_FUSION != 0;
        facts.apu_prefer_gtt.get_or_insert(apu && vram < gtt && self.kfd_at_least(17));
        // Partitions of one card have its PCI address with the partition number in the function (kfd_topology.c).
        let address = (properties.get_u32("domain"), properties.get_u32("location_id") & !7);
        let device = devices.iter().position(|known| *known == address).unwrap_or_else(|| {
            devices.push(address);
            devices.len() - 1
        });
        Ok(Gpu {
            id: node.gpu_id,
            node: node.number,
            device,
            render_minor: facts.render_minor.unwrap_or(properties.get_u32("drm_render_minor")),
            gfx,
            local_bytes: node.bank_bytes,
            large_bar: node.public_bank,
            memory_width: node.width,
            memory_clock_mhz: node.clock_mhz,
            peers: node.peers.clone(),
            forbidden: false,
            properties,
            facts,
        })
    }
}

/// Whether a client's path is that of a node's `gpu_id`, by either of the topology's names.
fn is_gpu_id(path: &str, node: u32) -> bool {
    let folder = path.strip_suffix(&format!("/topology/nodes/{node}/gpu_id"));
    folder.is_some_and(|folder| ["/sys/class/kfd/kfd", "/sys/devices/virtual/kfd/kfd"].contains(&folder))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn read_properties(path: &Path) -> Result<Properties, String> {
    Properties::parse(&read(path)?).map_err(|line| format!("{}: bad line {line:?}", path.display()))
}

/// The numbered entries of a directory in order; none when there is no such directory.
fn numbered(dir: &Path) -> Vec<u32> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut numbers: Vec<u32> =
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    numbers
}

fn read_nodes(dir: &Path) -> Result<Vec<Node>, String> {
    numbered(dir).into_iter().map(|number| read_node(&dir.join(number.to_string()), number)).collect()
}

fn read_node(dir: &Path, number: u32) -> Result<Node, String> {
    let id = dir.join("gpu_id");
    let gpu_id = read(&id)?.trim().parse().map_err(|e| format!("{}: {e}", id.display()))?;
    let mut node = Node {
        number,
        gpu_id,
        properties: read_properties(&dir.join("properties"))?,
        bank_bytes: 0,
        public_bank: false,
        width: 0,
        clock_mhz: 0,
        peers: Vec::new(),
    };
    for bank in numbered(&dir.join("mem_banks")) {
        let bank = read_properties(&dir.join(format!("mem_banks/{bank}/properties")))?;
        // HSA_MEM_HEAP_TYPE_SYSTEM, _FB_PUBLIC and _FB_PRIVATE; LDS, scratch and the rest are no memory of the node.
        match bank.get("heap_type") {
            0 if gpu_id == 0 => node.bank_bytes += bank.get("size_in_bytes"),
            heap @ (1 | 2) if gpu_id != 0 => {
                node.bank_bytes += bank.get("size_in_bytes");
                node.public_bank |= heap == 1;
                (node.width, node.clock_mhz) = (bank.get_u32("width"), bank.get_u32("mem_clk_max"));
            }
            _ => {}
        }
    }
    for kind in ["io_links", "p2p_links"] {
        for link in numbered(&dir.join(kind)) {
            let link = read_properties(&dir.join(format!("{kind}/{link}/properties")))?;
            node.peers.push(link.get_u32("node_to"));
        }
    }
    Ok(node)
}
