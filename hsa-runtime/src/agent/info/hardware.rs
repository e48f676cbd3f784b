//! What an agent is built of.
#![forbid(unsafe_code)]

use super::{Answer, Subject, flag, low};
use crate::{
    abi::*,
    agent::Agent,
    boundary::{Error, Value},
    config::Config,
    pool::{Place, Pool},
};

/// Bytes of a cache line where the kernel does not tell.
const LINE: u32 = 64;

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let agent = subject.agent;
    let p = &agent.node.properties;
    let clock = if agent.is_cpu() { p.max_engine_clk_ccompute } else { p.max_engine_clk_fcompute };
    let engines = p.array_count.checked_div(p.simd_arrays_per_engine).unwrap_or(0);
    let capability = agent.capability();
    Some(match hsa_amd_agent_info_t(attribute.0) {
        HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT => value.write::<u32>(low(agent.compute_units())),
        HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY => value.write::<u32>(low(clock)),
        HSA_AMD_AGENT_INFO_CACHELINE_SIZE => value.write::<u32>(cache_line(subject)),
        HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS => value.write::<u32>(capability.watch_points()),
        HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU => value.write::<u32>(low(p.simd_per_cu * p.max_waves_per_simd)),
        HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU => value.write::<u32>(low(p.simd_per_cu)),
        HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES => value.write::<u32>(subject.gpu_or_zero(|_| low(engines))),
        HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE => value.write::<u32>(low(p.simd_arrays_per_engine)),
        HSA_AMD_AGENT_INFO_NUM_XCC => value.write::<u32>(subject.gpu_or_zero(|_| low(agent.compute_dies()))),
        HSA_AMD_AGENT_INFO_NUM_SDMA_ENG => {
            value.write::<u32>(subject.gpu_or_zero(|_| low(p.num_sdma_engines)))
        }
        HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG => {
            value.write::<u32>(subject.gpu_or_zero(|_| low(p.num_sdma_xgmi_engines)))
        }
        HSA_AMD_AGENT_INFO_IOMMU_SUPPORT => value.write::<hsa_amd_iommu_version_t>(iommu(agent)),
        HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS => {
            value.write::<bool>(agent.is_cpu() || capability.coherent_host_access())
        }
        HSA_AMD_AGENT_INFO_MEMORY_WIDTH => memory(subject, value, |pool| pool.bus_width),
        HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY => memory(subject, value, |pool| pool.clock),
        HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES => value.write::<[u8; 8]>(memory_properties(agent)),
        HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX => {
            value.write::<u64>(subject.gpu_or_zero(|_| agent.compute_dies() << 32))
        }
        HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT => {
            value.write::<u64>(scratch_limit(agent, &subject.machine.config))
        }
        _ => return None,
    })
}

/// Whether the GPU uses the process's page tables.
fn iommu(agent: &Agent) -> hsa_amd_iommu_version_t {
    let shared = agent.is_gpu() && agent.capability().shares_page_tables();
    if shared { HSA_IOMMU_SUPPORT_V2 } else { HSA_IOMMU_SUPPORT_NONE }
}

fn cache_line(subject: Subject) -> u32 {
    let caches = &subject.machine.caches[subject.agent.caches.clone()];
    let second = caches.iter().find(|cache| subject.agent.is_gpu() && cache.level == 2 && cache.line != 0);
    second.map_or(LINE, |cache| cache.line)
}

/// Writes a fact of the memory that a GPU uses most: its own, or on a combined node the system's.
fn memory(subject: Subject, value: Value, fact: impl Fn(&Pool) -> u32) -> Result<(), Error> {
    subject.gpu()?;
    let own = &subject.machine.pools[subject.agent.pools.clone()];
    let of_node = |pool: &&Pool| pool.node == subject.agent.node.id && pool.place == Place::System;
    let pool = own
        .iter()
        .find(|pool| pool.place == Place::Local)
        .or_else(|| subject.machine.pools.iter().find(of_node));
    value.write::<u32>(pool.map_or(0, fact))
}

/// HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES.
fn memory_properties(agent: &Agent) -> [u8; 8] {
    /// AMDGPU_IDS_FLAGS_FUSION (amdgpu_drm.h): the GPU shares a package and its memory with the CPU.
    const FUSION: u64 = 1;
    let is_apu = agent.is_gpu() && agent.node.drm.is_some_and(|drm| drm.ids_flags & FUSION != 0);
    flag(HSA_AMD_MEMORY_PROPERTY_AGENT_IS_APU.0, is_apu)
}

/// Bytes of scratch above which a dispatch gives it back at once; 0 where the firmware cannot take it back.
fn scratch_limit(agent: &Agent, config: &Config) -> u64 {
    /// Lowest versions of the packet processor that give scratch back while a queue runs, of gfx9.4 and gfx9.5.
    const LEAST_FIRMWARE: [(u32, u64); 2] = [(4, 177), (5, 24)];
    const PER_DIE: u64 = 3 << 30;
    let gfx = agent.gpu.as_ref().and_then(|gpu| gpu.isa.version());
    let firmware = agent.node.properties.fw_version & 0x3ff;
    let able = |minor| LEAST_FIRMWARE.iter().any(|&(of, least)| of == minor && firmware >= least);
    if config.scratch_reclaim && gfx.is_some_and(|gfx| gfx.major == 9 && able(gfx.minor)) {
        config.scratch_limit.unwrap_or(PER_DIE * agent.compute_dies())
    } else {
        0
    }
}
