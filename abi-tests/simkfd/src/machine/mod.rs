//! A machine description becomes the tree that stands for the machine's root directory. Touches the
//! description and the files below the output directory. Answers to what amdgpu, amdkfd and the rest of the
//! kernel show in /sys, /proc and /dev.
//!
//! A machine is the name of a description in `abi-tests/machines`, a TOML file, a tar of a captured tree, or
//! a directory with one. The format of a description, with every field that most cards need:
//!
//! ```toml
//! source = "https://..."          # where the values come from; more of it in comments
//! arch = "x86_64"                 # or riscv64
//!
//! [kernel]                        # all optional
//! kfd_version = [1, 18]
//! absent = ["capability2"]        # properties that this kernel is too old to print
//!
//! [[cpu]]                         # one NUMA node, or `count` equal ones
//! model = "AMD Ryzen 9 7950X 16-Core Processor"
//! vendor = "AuthenticAMD"
//! threads = 32
//! threads_per_core = 2
//! clock_mhz = 5883
//! memory_kib = 97950900
//!
//! [[cpu.cache]]
//! level = 1
//! type = "Data"
//! kib = 32
//! ways = 8
//!
//! [[gpu]]                         # as many equal cards as `bdf` has addresses
//! gfx = "gfx1100"
//! device_id = 0x744c
//! bdf = ["0000:03:00.0"]
//! shader_engines = 6
//! shader_arrays = 2
//! compute_units = 96
//! memory_kib = 25149440
//! caches_kib = [6144, 98304]
//! properties = { num_gws = 0 }    # any node property that is not as the kernel would derive it
//!
//! [[npu]]                         # a neural processor
//! device_id = 0x1502
//! bdf = "0000:c6:00.1"
//! ```
//!
//! [`spec`] has every field. An unknown key is an error that names the file and the line.
#![forbid(unsafe_code)]

mod asic;
mod caches;
mod capture;
mod card;
mod cpu_files;
mod derive;
mod describe;
mod error;
mod gpu_id;
mod links;
mod node;
mod npu;
mod pci_files;
mod processors;
mod sim_file;
pub mod spec;
mod sysfs;
mod tables;
#[cfg(test)]
mod tests;
mod tree;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

pub use error::Error;

use links::Topology;
use node::Node;
use spec::Machine;
use tree::Tree;

/// Writes the tree of a machine below `out`, which is created where it is missing.
///
/// `spec` is a name in the folder that SIMKFD_MACHINES names (by default the project's), a `.toml` file, a
/// `.tar`, or a directory. What a captured tree lacks is made from what it has; nothing captured is changed.
///
/// # Errors
/// A file that cannot be read or written; a description that is wrong (with file and line); an archive that
/// would write outside of `out`. Files written before the error stay.
pub fn write_tree(spec: &str, out: &Path) -> Result<(), Error> {
    let path = locate(spec)?;
    if path.is_dir() {
        capture::from_directory(&path, out)?;
    } else if path.extension().is_some_and(|extension| extension == "tar") {
        capture::from_tar(&path, out)?;
    } else {
        let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, error))?;
        let machine: Machine = toml::from_str(&text).map_err(|error| Error::parse(&path, error))?;
        let built = build(&machine, true).map_err(|what| Error::invalid(&path, what))?;
        return built.write(out, false);
    }
    complete(&path, out)
}

/// Makes the files around a captured topology.
fn complete(path: &Path, out: &Path) -> Result<(), Error> {
    let text = describe::describe(out)?;
    let machine: Machine = toml::from_str(&text).map_err(|error| Error::parse(path, error))?;
    let built = build(&machine, false).map_err(|what| Error::invalid(path, what))?;
    built.write(out, true)
}

/// The file or directory that `spec` means.
fn locate(spec: &str) -> Result<PathBuf, Error> {
    let path = PathBuf::from(spec);
    if path.exists() {
        return Ok(path);
    }
    let folder = env::var_os("SIMKFD_MACHINES")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../machines"), PathBuf::from);
    let named = folder.join(format!("{spec}.toml"));
    if named.is_file() { Ok(named) } else { Err(Error::invalid(&named, format!("no machine {spec:?}"))) }
}

/// All files of a machine; without `topology`, those around one that was captured.
fn build(machine: &Machine, topology: bool) -> Result<Tree, String> {
    let numa = processors::numa_nodes(machine)?;
    let cards = card::cards(machine)?;
    let kernel = &machine.kernel;
    let mut tree = Tree::default();
    if topology {
        sysfs::add_topology(&mut tree, kernel, &nodes(machine, &numa, &cards)?);
    }
    tree.link("sys/class/kfd/kfd", "sys/devices/virtual/kfd/kfd");
    tree.file("dev/kfd", "");
    cpu_files::add_processors(&mut tree, machine, &numa);
    pci_files::add_cards(&mut tree, &cards);
    pci_files::add_module(&mut tree, kernel);
    let gpus: Vec<_> = cards
        .iter()
        .flat_map(|card| (0..card.spec.partitions).map(move |partition| (card, partition)))
        .collect();
    let npus = npu::add(&mut tree, machine)?;
    tree.file("sim.toml", sim_file::text(kernel, &numa, &gpus, npus));
    Ok(tree)
}

/// The nodes of the topology, processors first.
fn nodes(
    machine: &Machine,
    numa: &[processors::NumaNode<'_>],
    cards: &[card::Card<'_>],
) -> Result<Vec<Node>, String> {
    // cpufreq_quick_get_max(0): every node shows the first processor's frequency.
    let clock_mhz = numa.first().map_or(0, |node| node.spec.clock_mhz);
    let processors =
        numa.iter().enumerate().map(|(index, node)| derive::cpu_node(node, index == 0, clock_mhz));
    let mut topology =
        Topology { nodes: processors.collect::<Result<_, _>>()?, gpus: Vec::new(), cpus: numa.len() };
    topology.link_processors(machine);
    let mut simd_id = derive::FIRST_SIMD_ID;
    for (index, card) in cards.iter().enumerate() {
        for partition in 0..card.spec.partitions {
            let taken: Vec<u32> = topology.nodes.iter().map(|node| node.gpu_id).collect();
            let place = derive::Place { partition, simd_id_base: simd_id, clock_mhz };
            let node = derive::gpu_node(card, &place, &taken, &machine.kernel)?;
            topology.add_gpu(node, card, index, machine.kernel.peer_to_peer);
            simd_id += card.arrays() * card.cu_per_array();
        }
    }
    Ok(topology.nodes)
}
