//! Text under `/sys` becomes one immutable snapshot of nodes, caches and links.
//!
//! `read` makes the snapshot, `node` reads one node, `cpu` and `cpu_cache` what KFD does not tell of CPUs, `link` finds
//! the links that old kernels leave out, `asic` names the hardware, `skip` tells of nodes that were left out.
//! Touches files through `kernel`. Answers to upstream's `topology.c` and Linux `kfd_topology.c`.
#![forbid(unsafe_code)]

pub mod asic;
pub mod cpu;
mod cpu_cache;
mod link;
pub mod model;
mod node;
mod read;
mod skip;

#[cfg(test)]
mod tests;

use model::{NodeId, Snapshot};
pub use read::read;

/// The CPU node that a GPU hangs on, if it has memory.
#[must_use]
pub fn direct_cpu(topology: &Snapshot, gpu: NodeId) -> Option<NodeId> {
    let cpu = link::direct_cpu(&topology.nodes, gpu.0 as usize)?;
    let has_memory = topology.nodes[cpu].memory.iter().any(|bank| bank.size_in_bytes > 0);
    has_memory.then_some(NodeId(cpu as u32))
}
