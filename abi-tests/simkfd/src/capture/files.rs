//! Which files of a machine the clients read (the topology, the driver's and the cards' device files, processors and
//! memory). Touches directories and links below the root.
#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::fs;
use std::path::Path;

/// Paths below the root; `*` stands for any text in a component.
const LISTED: &[&str] = &[
    "dev/dri/*",
    "dev/kfd",
    "proc/cpuinfo",
    "proc/meminfo",
    "proc/modules",
    "sys/bus/pci/devices/*",
    "sys/bus/pci/drivers/amdgpu/*:*",
    "sys/class/kfd/kfd",
    "sys/dev/char/226:*",
    "sys/devices/system/cpu/cpu*/cache/index*/coherency_line_size",
    "sys/devices/system/cpu/cpu*/cache/index*/level",
    "sys/devices/system/cpu/cpu*/cache/index*/number_of_sets",
    "sys/devices/system/cpu/cpu*/cache/index*/physical_line_partition",
    "sys/devices/system/cpu/cpu*/cache/index*/shared_cpu_list",
    "sys/devices/system/cpu/cpu*/cache/index*/shared_cpu_map",
    "sys/devices/system/cpu/cpu*/cache/index*/size",
    "sys/devices/system/cpu/cpu*/cache/index*/type",
    "sys/devices/system/cpu/cpu*/cache/index*/ways_of_associativity",
    "sys/devices/system/cpu/online",
    "sys/devices/system/cpu/possible",
    "sys/devices/system/cpu/present",
    "sys/devices/system/node/node*/cpu*",
    "sys/devices/system/node/node*/distance",
    "sys/devices/system/node/node*/meminfo",
    "sys/devices/system/node/online",
    "sys/devices/system/node/possible",
    "sys/devices/virtual/kfd/kfd/dev",
    "sys/devices/virtual/kfd/kfd/topology/generation_id",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/caches/*/properties",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/gpu_id",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/io_links/*/properties",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/mem_banks/*/properties",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/mem_banks/*/used_memory",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/name",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/p2p_links/*/properties",
    "sys/devices/virtual/kfd/kfd/topology/nodes/*/properties",
    "sys/devices/virtual/kfd/kfd/topology/system_properties",
    "sys/module/amdgpu/initstate",
    "sys/module/amdgpu/version",
];

/// What libdrm reads of a DRM minor's directory.
const MINOR: &[&str] = &["dev", "uevent", "device", "subsystem"];

/// What libdrm and lspci read of the device behind it.
const DEVICE: &[&str] = &[
    "class",
    "device",
    "driver",
    "numa_node",
    "revision",
    "subsystem",
    "subsystem_device",
    "subsystem_vendor",
    "uevent",
    "vendor",
];

/// The listed paths that there are below the root.
pub fn listed(root: &Path) -> Vec<String> {
    LISTED.iter().flat_map(|pattern| expand(root, pattern)).collect()
}

/// Card and render nodes with their devices, below wherever their links in sys/class/drm lead.
pub fn cards(root: &Path) -> Vec<String> {
    let links =
        ["sys/class/drm/renderD*", "sys/class/drm/card*"].iter().flat_map(|pattern| expand(root, pattern));
    // card0-DP-1 is a connector.
    let minors = links.filter(|link| !link.rsplit('/').next().is_some_and(|name| name.contains('-')));
    minors.flat_map(|link| card(root, link)).collect()
}

fn card(root: &Path, link: String) -> Vec<String> {
    let Some(directory) = resolve(root, &link) else { return Vec::new() };
    // .../0000:03:00.0/drm/renderD128
    let device = directory.rsplitn(3, '/').nth(2).map(str::to_owned).unwrap_or_default();
    let minor = MINOR.iter().map(|name| format!("{directory}/{name}"));
    let device = DEVICE.iter().map(|name| format!("{device}/{name}"));
    minor.chain(device).chain([link]).collect()
}

/// Where a link below the root leads, as a path from the root.
fn resolve(root: &Path, link: &str) -> Option<String> {
    let root = fs::canonicalize(root).ok()?;
    let target = fs::canonicalize(root.join(link)).ok()?;
    target.strip_prefix(root).ok()?.to_str().map(str::to_owned)
}

/// The part of a file that the clients need: of the loaded modules, the driver's.
pub fn needed<'a>(path: &str, content: &'a [u8]) -> Cow<'a, [u8]> {
    if path != "proc/modules" {
        return Cow::Borrowed(content);
    }
    let lines = content.split_inclusive(|&byte| byte == b'\n');
    Cow::Owned(lines.filter(|line| line.starts_with(b"amdgpu ")).collect::<Vec<_>>().concat())
}

/// The paths of a pattern that exist, links as links.
fn expand(root: &Path, pattern: &str) -> Vec<String> {
    let mut paths = vec![String::new()];
    for part in pattern.split('/') {
        paths = paths.iter().flat_map(|path| children(root, path, part)).collect();
    }
    paths
}

fn children(root: &Path, path: &str, part: &str) -> Vec<String> {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    if !part.contains('*') {
        let child = join(part);
        return if fs::symlink_metadata(root.join(&child)).is_ok() { vec![child] } else { Vec::new() };
    }
    let entries = fs::read_dir(root.join(path)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| crate::faults::matches(part, name)).map(|name| join(&name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_drivers_line_of_the_modules_is_needed() {
        let modules = b"ext4 1 2 - Live\namdgpu 3 4 - Live\namdgpu_xcp 5 6 - Live\n";
        assert_eq!(needed("proc/modules", modules).as_ref(), b"amdgpu 3 4 - Live\n");
        assert_eq!(needed("proc/cpuinfo", modules).as_ref(), modules);
    }
}
