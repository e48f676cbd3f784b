//! sim.toml: what the simulated kernel must know beyond sysfs. Touches nothing but memory. The field names of
//! a GPU are those of struct drm_amdgpu_info_device (amdgpu_drm.h) and of AMDGPU_INFO_MEMORY.
#![forbid(unsafe_code)]

use serde::Serialize;

use super::card::Card;
use super::processors::NumaNode;
use super::spec::Kernel;
use super::tables;
use crate::topology::Npu;

/// The whole file.
#[derive(Serialize)]
struct Sim<'a> {
    kernel: KernelFacts<'a>,
    memory: Memory,
    #[serde(rename = "gpu")]
    gpus: Vec<GpuFacts>,
    #[serde(rename = "npu", skip_serializing_if = "Vec::is_empty")]
    npus: Vec<Npu>,
}

#[derive(Serialize)]
struct KernelFacts<'a> {
    release: &'a str,
    kfd_version: [u32; 2],
    drm_version: [u32; 3],
    #[serde(skip_serializing_if = "Option::is_none")]
    xnack: Option<bool>,
    #[serde(skip_serializing_if = "<[u32]>::is_empty")]
    sampling: &'a [u32],
}

#[derive(Serialize)]
struct Memory {
    total_bytes: u64,
    ttm_limit_bytes: u64,
}

/// One KFD node of a card.
#[derive(Serialize)]
struct GpuFacts {
    node: usize,
    render_minor: u32,
    device_id: u32,
    chip_rev: u32,
    external_rev: u32,
    pci_rev: u32,
    family: u32,
    ids_flags: u64,
    counter_frequency_khz: u32,
    max_memory_clock_khz: u64,
    cu_masks: Vec<u32>,
    num_tcc_blocks: u64,
    mall_size: u64,
    vram_bit_width: u32,
    vram_bytes: u64,
    visible_vram_bytes: u64,
    gtt_bytes: u64,
    gfx_target_version: u32,
}

/// AMDGPU_IDS_FLAGS_FUSION.
const FUSION: u64 = 1;

/// The text of sim.toml. `cards` are those of the GPU nodes, partition by partition; they follow the processors.
pub fn text(kernel: &Kernel, numa: &[NumaNode<'_>], gpus: &[(&Card<'_>, u32)], npus: Vec<Npu>) -> String {
    let total_bytes: u64 = numa.iter().map(|node| node.spec.memory_kib << 10).sum();
    // An APU without a memory of its own shows the TTM limit as its memory bank; by default it is half of the
    // memory.
    let shared = gpus.iter().filter(|(card, _)| card.spec.carve_out_kib.is_some());
    let limit = shared.map(|(card, partition)| card.memory(*partition)).max();
    let ttm_limit_bytes = limit.unwrap_or(total_bytes / 2);
    let sim = Sim {
        kernel: KernelFacts {
            release: &kernel.release,
            kfd_version: kernel.kfd_version,
            drm_version: kernel.drm_version,
            xnack: kernel.xnack,
            sampling: &kernel.sampling,
        },
        memory: Memory { total_bytes, ttm_limit_bytes },
        gpus: gpus
            .iter()
            .enumerate()
            .map(|(index, (card, partition))| facts(numa.len() + index, card, *partition, ttm_limit_bytes))
            .collect(),
        npus,
    };
    // Plain numbers and strings always serialise.
    toml::to_string(&sim).unwrap_or_default()
}

fn facts(node: usize, card: &Card<'_>, partition: u32, ttm_limit_bytes: u64) -> GpuFacts {
    let (spec, asic) = (card.spec, card.asic);
    let khz = |mhz: u32| u64::from(mhz) * 1000;
    GpuFacts {
        node,
        render_minor: card.minor + partition,
        device_id: spec.device_id,
        chip_rev: spec.revision,
        external_rev: asic.external_rev + spec.revision,
        pci_rev: spec.pci_rev,
        family: asic.family,
        ids_flags: if asic.apu { FUSION } else { 0 },
        counter_frequency_khz: asic.xclk_khz,
        max_memory_clock_khz: khz(spec.memory_type[1]),
        cu_masks: card.cu_masks(partition),
        num_tcc_blocks: tcc_blocks(card),
        mall_size: cache_kib(card, 3) << 10,
        vram_bit_width: spec.memory_type[0],
        vram_bytes: card.vram(),
        visible_vram_bytes: spec.visible_kib.map_or(card.vram(), |kib| kib << 10),
        gtt_bytes: ttm_limit_bytes,
        gfx_target_version: asic.target,
    }
}

/// `max_texture_channel_caches`: from gfx_v7_0.c and gfx_v8_0.c; assumed to be channels of 256 KiB from gfx9
/// on.
fn tcc_blocks(card: &Card<'_>) -> u64 {
    match card.asic.name {
        "carrizo" => 2,
        "kaveri" => 4,
        "polaris10" | "tonga" => 8,
        "hawaii" | "fiji" => 16,
        _ => cache_kib(card, 2) / 256,
    }
}

fn cache_kib(card: &Card<'_>, level: u32) -> u64 {
    let types = tables::cache_types(card.asic, card.spec);
    types.iter().find(|kind| kind.level == level).map_or(0, |kind| u64::from(kind.kib))
}
