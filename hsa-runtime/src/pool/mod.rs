//! Memory pools: what memory the nodes have and how it behaves. HSA 1.0 calls the same things regions.
//!
//! Pure. Answers to upstream's `amd_memory_region.cpp` and to the region lists of `amd_cpu_agent.cpp`,
//! `amd_gpu_agent.cpp` and `amd_aie_agent.cpp`.
#![forbid(unsafe_code)]

pub mod access;
pub mod info;

use hsakmt_thunk::topology::model::{MemoryBank, Node, NodeId};

use crate::{
    driver::npu::{HEAP_BYTES, Part},
    isa::Isa,
};

/// HSA_HEAPTYPE (hsakmttypes.h) of the banks that become pools.
mod heap {
    pub const SYSTEM: u32 = 0;
    pub const FRAME_BUFFER_PUBLIC: u32 = 1;
    pub const FRAME_BUFFER_PRIVATE: u32 = 2;
}

/// How writes become visible to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// At once, to every agent.
    Fine,
    /// As fine, and device-scope atomics act at system scope.
    ExtendedFine,
    /// At kernel boundaries.
    Coarse,
}

/// Where a pool's memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Host memory.
    System,
    /// A GPU's own memory.
    Local,
    /// The scratchpad of the compute units; nobody can allocate it.
    Group,
    /// Host memory that a neural processor reaches.
    Npu(Part),
}

/// A pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Index of the agent that owns it.
    pub owner: usize,
    /// Node of that agent.
    pub node: NodeId,
    /// Hive of that node; 0 without XGMI.
    pub hive: u64,
    /// Where it is.
    pub place: Place,
    /// How it behaves.
    pub grain: Grain,
    /// Kernel arguments may be there.
    pub kernarg: bool,
    /// Bytes.
    pub size: u64,
    /// The host can reach it.
    pub host_access: bool,
    /// Programs see it.
    pub visible: bool,
    /// Bus width, bits.
    pub bus_width: u32,
    /// Highest clock, MHz.
    pub clock: u32,
}

impl Pool {
    fn new(node: &Node, place: Place, grain: Grain, bank: &MemoryBank) -> Self {
        Self {
            owner: 0,
            node: node.id,
            hive: node.properties.hive_id,
            place,
            grain,
            kernarg: false,
            size: bank.size_in_bytes,
            host_access: matches!(bank.heap_type, heap::SYSTEM | heap::FRAME_BUFFER_PUBLIC),
            visible: true,
            bus_width: bank.width,
            clock: bank.mem_clk_max,
        }
    }
}

/// The pools of a node's processors; a node without system memory has empty ones.
pub fn of_cpu(node: &Node) -> Vec<Pool> {
    let is_system = |bank: &&MemoryBank| bank.heap_type == heap::SYSTEM && bank.size_in_bytes > 0;
    let bank = node.memory.iter().find(is_system).copied().unwrap_or_default();
    let pool = |grain| Pool::new(node, Place::System, grain, &bank);
    let kernarg = Pool { kernarg: true, ..pool(Grain::Fine) };
    let mut pools = vec![pool(Grain::Fine), pool(Grain::ExtendedFine), kernarg];
    // On a node that is CPU and GPU at once every access is coherent.
    if node.properties.simd_count == 0 {
        pools.push(pool(Grain::Coarse));
    }
    pools
}

/// The pools of a node's GPU, which runs `isa`; `fine_grain_pcie` shows fine-grained VRAM without XGMI, too.
pub fn of_gpu(node: &Node, isa: Isa, fine_grain_pcie: bool) -> Vec<Pool> {
    let mut pools = Vec::new();
    let is_local = |bank: &&MemoryBank| {
        matches!(bank.heap_type, heap::FRAME_BUFFER_PUBLIC | heap::FRAME_BUFFER_PRIVATE)
            && bank.size_in_bytes > 0
    };
    for bank in node.memory.iter().filter(is_local) {
        let pool = |grain| Pool::new(node, Place::Local, grain, bank);
        pools.push(pool(Grain::Coarse));
        // gfx12.0 cannot promote device-scope atomics.
        if isa.version().is_none_or(|gfx| (gfx.major, gfx.minor) != (12, 0)) {
            pools.push(pool(Grain::ExtendedFine));
        }
        // Without XGMI a peer's access passes the PCIe bus, where fine grain takes a flush that HSA knows nothing of.
        let visible = node.properties.hive_id != 0 || fine_grain_pcie;
        pools.push(Pool { visible, ..pool(Grain::Fine) });
    }
    let lds = MemoryBank { size_in_bytes: node.properties.lds_size_in_kb * 1024, ..Default::default() };
    if lds.size_in_bytes > 0 {
        pools.push(Pool::new(node, Place::Group, Grain::Coarse, &lds));
    }
    pools
}

/// The pools of a neural processor in a machine with so many bytes: kernel arguments, programs, and everything else.
pub fn of_npu(node: &Node, system: u64) -> Vec<Pool> {
    let pool = |part, size_in_bytes| {
        let bank = MemoryBank { heap_type: heap::SYSTEM, size_in_bytes, ..Default::default() };
        Pool::new(node, Place::Npu(part), Grain::Coarse, &bank)
    };
    let arguments = Pool { kernarg: true, ..pool(Part::Shared, system) };
    vec![arguments, pool(Part::Heap, HEAP_BYTES), pool(Part::Shared, system)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::fixture;

    fn shape(pools: &[Pool]) -> Vec<(Place, Grain, bool, bool)> {
        pools.iter().map(|p| (p.place, p.grain, p.kernarg, p.visible)).collect()
    }

    #[test]
    fn a_cpu_has_four_pools_of_the_same_memory() {
        let pools = of_cpu(&fixture::cpu(0, 64 << 30));
        use {Grain::*, Place::System};
        assert_eq!(
            shape(&pools),
            [
                (System, Fine, false, true),
                (System, ExtendedFine, false, true),
                (System, Fine, true, true),
                (System, Coarse, false, true)
            ]
        );
        assert!(pools.iter().all(|p| p.size == 64 << 30));
    }

    #[test]
    fn the_cpu_of_a_combined_node_has_no_coarse_pool() {
        let mut node = fixture::cpu(0, 8 << 30);
        node.properties.simd_count = 32;
        assert!(of_cpu(&node).iter().all(|p| p.grain != Grain::Coarse));
    }

    #[test]
    fn fine_grained_vram_shows_only_in_a_hive_or_on_request() {
        let (mut node, isa) = fixture::gpu(1, (11, 0, 0), 24 << 30);
        let shows =
            |node: &Node, ask| of_gpu(node, isa, ask).iter().any(|p| p.visible && p.grain == Grain::Fine);
        assert!(!shows(&node, false) && shows(&node, true));
        node.properties.hive_id = 7;
        assert!(shows(&node, false));
    }

    #[test]
    fn gfx12_has_no_extended_pool() {
        let (node, isa) = fixture::gpu(1, (12, 0, 1), 16 << 30);
        assert!(of_gpu(&node, isa, false).iter().all(|p| p.grain != Grain::ExtendedFine));
    }

    #[test]
    fn the_group_segment_is_the_last_pool() {
        let (node, isa) = fixture::gpu(1, (9, 0, 10), 64 << 30);
        let last = of_gpu(&node, isa, false).pop().unwrap();
        assert_eq!((last.place, last.size), (Place::Group, 64 << 10));
    }
}
