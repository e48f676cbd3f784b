//! One consistent reading of the whole topology.
//!
//! The generation is the kernel's sequence lock: equal before and after means that nothing changed in between
//! (`kfd_topology.c`: `sys_props.generation_count`). Touches files through `kernel`.

use super::{
    cpu::CpuInfo,
    cpu_cache, link,
    model::{NodeId, Snapshot, System},
    node::Context,
    skip::{Fault, Skip, lines},
};
use crate::{
    config::{Config, Override},
    error::{Error, Result, Status},
    kernel::{Errno, Kernel},
    message::{self, Level},
    render::RenderNodes,
    sysfs,
};
use std::path::{Path, PathBuf};

/// Where the kernel shows the topology.
const ROOT: &str = "/sys/devices/virtual/kfd/kfd/topology";

/// Readings before giving up: a machine that changes faster than this is not one to run on.
const ATTEMPTS: u32 = 16;

/// Reads the topology. Unusable nodes are left out, with one line for each cause.
///
/// # Errors
/// `Error` when there is no readable topology, when it does not come to rest, or when an override is no version.
pub fn read(kernel: &dyn Kernel, config: &Config, render: &RenderNodes) -> Result<Snapshot> {
    let root = Path::new(ROOT);
    for _ in 0..ATTEMPTS {
        let generation = generation(kernel, root)?;
        let (snapshot, skips) = attempt(kernel, config, render, root, generation)?;
        if self::generation(kernel, root)? == generation {
            report(&skips);
            return Ok(snapshot);
        }
    }
    Err(Error::new(Status::Error, format!("{ROOT}/generation_id: still changing after {ATTEMPTS} readings")))
}

fn report(skips: &[Skip]) {
    let (hidden, broken): (Vec<Skip>, Vec<Skip>) =
        skips.iter().cloned().partition(|skip| skip.fault.is_cgroup());
    for line in lines(&broken) {
        message::print(Level::Always, format_args!("{line}"));
    }
    // Whoever wrote the cgroup wanted this.
    for line in lines(&hidden) {
        message::print(Level::Info, format_args!("{line}"));
    }
}

fn unreadable(path: &Path, errno: Errno) -> Error {
    let remedy =
        if errno == Errno::ENOENT { "load amdgpu (modprobe amdgpu)" } else { "check its permissions" };
    Error::new(Status::Error, format!("{}: {errno:?} ({}); {remedy}", path.display(), errno.desc()))
}

fn text(kernel: &dyn Kernel, path: &Path) -> Result<String> {
    let bytes = kernel.read(path).map_err(|errno| unreadable(path, errno))?;
    Ok(sysfs::text(bytes))
}

fn generation(kernel: &dyn Kernel, root: &Path) -> Result<u32> {
    let path = root.join("generation_id");
    let number = sysfs::number(&text(kernel, &path)?);
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| Error::new(Status::Error, format!("{}: not a number", path.display())))
}

fn system(kernel: &dyn Kernel, root: &Path) -> Result<System> {
    let path = root.join("system_properties");
    let content = text(kernel, &path)?;
    if content.trim().is_empty() {
        return Err(Error::new(Status::Error, format!("{}: empty", path.display())));
    }
    let mut system = System::default();
    for (name, value) in sysfs::pairs(&content) {
        match name {
            "platform_oem" => system.platform_oem = value,
            "platform_id" => system.platform_id = value,
            "platform_rev" => system.platform_rev = value,
            _ => {}
        }
    }
    Ok(system)
}

fn node_numbers(kernel: &dyn Kernel, directory: &Path) -> Result<Vec<u32>> {
    let names = kernel.list(directory).map_err(|errno| unreadable(directory, errno))?;
    let mut numbers: Vec<u32> = names.iter().filter_map(|name| sysfs::numbered(name, "")).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn attempt(
    kernel: &dyn Kernel,
    config: &Config,
    render: &RenderNodes,
    root: &Path,
    generation: u32,
) -> Result<(Snapshot, Vec<Skip>)> {
    let system = system(kernel, root)?;
    let directory = root.join("nodes");
    let cpus = CpuInfo::read(kernel);
    let context = Context { kernel, render, cpus: &cpus };
    let mut skips = Vec::new();
    let mut raw = Vec::new();
    let numbers = node_numbers(kernel, &directory)?;
    let kernel_nodes = numbers.len() as u32;
    for kernel_index in numbers {
        match context.read(&node_directory(&directory, kernel_index), kernel_index) {
            Ok(node) => raw.push(node),
            Err(fault) => skips.push(Skip { kernel_index, fault }),
        }
    }
    let mut snapshot = Snapshot { generation, system, kernel_nodes, nodes: link::resolve(raw) };
    apply_overrides(&mut snapshot, config)?;
    for (position, node) in snapshot.nodes.iter_mut().enumerate() {
        node.id = NodeId(position as u32);
        if !config.use_svm {
            node.properties.capability &= !super::model::SVM_API_SUPPORTED;
        }
    }
    cpu_cache::fill(kernel, &cpus, &mut snapshot.nodes);
    link::add_indirect(&mut snapshot.nodes);
    Ok((snapshot, skips))
}

fn node_directory(nodes: &Path, kernel_index: u32) -> PathBuf {
    nodes.join(kernel_index.to_string())
}

/// HSA_OVERRIDE_GFX_VERSION for all GPUs, HSA_OVERRIDE_GFX_VERSION_<node> for one.
fn apply_overrides(snapshot: &mut Snapshot, config: &Config) -> Result<()> {
    for (position, node) in snapshot.nodes.iter_mut().enumerate().filter(|(_, node)| node.gfx.is_some()) {
        match config.override_of(position as u32) {
            None => {}
            Some(Override::Version(gfx)) => node.gfx = Some(*gfx),
            Some(Override::Invalid(text)) => {
                let message = format!(
                    "HSA_OVERRIDE_GFX_VERSION: '{text}' is not major.minor.stepping, for example 10.3.0"
                );
                return Err(Error::new(Status::Error, message));
            }
        }
    }
    Ok(())
}

/// Reads a small text file of a node.
pub(super) fn node_text(kernel: &dyn Kernel, path: &Path) -> std::result::Result<String, Fault> {
    let bytes = kernel.read(path).map_err(|errno| Fault::errno(path, errno))?;
    Ok(sysfs::text(bytes))
}
