//! sim.toml of a real machine: versions, and what the driver tells of each GPU by ioctl only. The keys are those of
//! `topology::facts`. Touches the device files.
#![forbid(unsafe_code)]

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use serde::Serialize;

use super::ioctl;
use crate::uapi::drm::{
    AMDGPU_INFO_DEV_INFO, AMDGPU_INFO_MEMORY, drm_amdgpu_info_device, drm_amdgpu_memory_info, drm_version,
};
use crate::uapi::kfd::{kfd_ioctl_get_version_args, kfd_ioctl_set_xnack_mode_args};
use crate::uapi::table;

/// Number of each ioctl in `uapi::table`.
const GET_VERSION: u8 = 0x01;
const SET_XNACK_MODE: u8 = 0x21;
const DRM_VERSION: u8 = 0x00;

#[derive(Serialize)]
struct Facts {
    kernel: KernelFacts,
    memory: MemoryFacts,
    #[serde(rename = "gpu")]
    gpus: Vec<GpuFacts>,
}

#[derive(Serialize)]
struct KernelFacts {
    release: String,
    kfd_version: [u32; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    drm_version: Option<[u32; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    svm: Option<bool>,
}

#[derive(Serialize)]
struct MemoryFacts {
    #[serde(skip_serializing_if = "Option::is_none")]
    total_bytes: Option<u64>,
}

#[derive(Serialize)]
struct GpuFacts {
    node: u32,
    render_minor: u32,
    device_id: u32,
    chip_rev: u32,
    external_rev: u32,
    pci_rev: u32,
    family: u32,
    counter_frequency_khz: u32,
    ids_flags: u64,
    num_tcc_blocks: u32,
    num_hw_gfx_contexts: u32,
    vram_type: u32,
    mall_size: u64,
    vram_bytes: u64,
    visible_vram_bytes: u64,
    gtt_bytes: u64,
}

/// The text of sim.toml. A line of `notes` says what could not be found out.
pub fn facts(root: &Path, notes: &mut Vec<String>) -> String {
    let mut noted = |path: &Path, error: io::Error| notes.push(format!("{}: {error}", path.display()));
    let kfd = root.join("dev/kfd");
    let kfd_version = kfd_version(&kfd).map_err(|error| noted(&kfd, error)).unwrap_or_default();
    let mut drm_version = None;
    let mut gpus = Vec::new();
    for (node, minor) in render_nodes(root) {
        let path = root.join(format!("dev/dri/renderD{minor}"));
        match gpu(&path, node, minor) {
            Ok((version, facts)) => {
                drm_version = Some(version);
                gpus.push(facts);
            }
            Err(error) => noted(&path, error),
        }
    }
    let release = fs::read_to_string(root.join("proc/sys/kernel/osrelease")).unwrap_or_default();
    let kernel = KernelFacts { release: release.trim().to_owned(), kfd_version, drm_version, svm: svm(&kfd) };
    let facts = Facts { kernel, memory: MemoryFacts { total_bytes: total_bytes(root) }, gpus };
    // Plain numbers and strings always serialise.
    toml::to_string(&facts).unwrap_or_default()
}

fn total_bytes(root: &Path) -> Option<u64> {
    let text = fs::read_to_string(root.join("proc/meminfo")).ok()?;
    let kib = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    kib.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// The topology's GPU nodes as (node, minor of the render node).
fn render_nodes(root: &Path) -> Vec<(u32, u32)> {
    let nodes = root.join("sys/devices/virtual/kfd/kfd/topology/nodes");
    let entries = fs::read_dir(&nodes).into_iter().flatten().flatten();
    let minor = |node: u32| {
        let text = fs::read_to_string(nodes.join(format!("{node}/properties"))).ok()?;
        let minor = text.lines().find_map(|line| line.strip_prefix("drm_render_minor "))?.parse().ok()?;
        (minor != 0).then_some((node, minor))
    };
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<(u32, u32)> = numbers.filter_map(minor).collect();
    found.sort_unstable();
    found
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

fn kfd_version(path: &Path) -> io::Result<[u32; 2]> {
    let request = table::kfd(GET_VERSION).map(|entry| entry.kfd_request()).unwrap_or_default();
    let version: kfd_ioctl_get_version_args = ioctl::filled(&open(path)?, request)?;
    Ok([version.major_version, version.minor_version])
}

/// Whether the kernel was built with CONFIG_HSA_AMD_SVM: one that was always lets a process do without XNACK.
fn svm(path: &Path) -> Option<bool> {
    let request = table::kfd(SET_XNACK_MODE)?.kfd_request();
    match ioctl::filled::<kfd_ioctl_set_xnack_mode_args>(&open(path).ok()?, request) {
        Ok(_) => Some(true),
        Err(error) => (error.raw_os_error() == Some(libc::EPERM)).then_some(false),
    }
}

fn gpu(path: &Path, node: u32, render_minor: u32) -> io::Result<([u32; 3], GpuFacts)> {
    let file = open(path)?;
    let request = table::drm(DRM_VERSION).map(|entry| entry.drm_request()).unwrap_or_default();
    let version: drm_version = ioctl::filled(&file, request)?;
    let device: drm_amdgpu_info_device = ioctl::query(&file, AMDGPU_INFO_DEV_INFO)?;
    let memory: drm_amdgpu_memory_info = ioctl::query(&file, AMDGPU_INFO_MEMORY)?;
    let facts = GpuFacts {
        node,
        render_minor,
        device_id: device.device_id,
        chip_rev: device.chip_rev,
        external_rev: device.external_rev,
        pci_rev: device.pci_rev,
        family: device.family,
        counter_frequency_khz: device.gpu_counter_freq,
        ids_flags: device.ids_flags,
        num_tcc_blocks: device.num_tcc_blocks,
        num_hw_gfx_contexts: device.num_hw_gfx_contexts,
        vram_type: device.vram_type,
        mall_size: device.mall_size,
        vram_bytes: memory.vram.total_heap_size,
        visible_vram_bytes: memory.cpu_accessible_vram.total_heap_size,
        gtt_bytes: memory.gtt.total_heap_size,
    };
    let version = [version.version_major, version.version_minor, version.version_patchlevel];
    Ok((version.map(|number| number as u32), facts))
}
