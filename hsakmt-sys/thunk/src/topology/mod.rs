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

pub use read::read;
