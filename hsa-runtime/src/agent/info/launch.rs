//! What AMD's agents add to the limits of launches.
#![forbid(unsafe_code)]

use super::{Answer, Subject, flag, low};
use crate::{
    abi::*,
    boundary::{Error, Value},
    isa::limit,
};

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let attribute = hsa_amd_agent_info_t(attribute.0);
    let grid = limit::GRID.map(u64::from);
    let gpu_only = |write: &mut dyn FnMut() -> Result<(), Error>| subject.gpu().and_then(|_| write());
    Some(match attribute {
        HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_DIM | HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_DIM => {
            gpu_only(&mut || value.write::<[u64; 3]>(grid))
        }
        HSA_AMD_AGENT_INFO_KERNEL_WG_MAX_SIZE | HSA_AMD_AGENT_INFO_KERNEL_CLUSTER_MAX_SIZE => {
            gpu_only(&mut || value.write::<u64>(grid.iter().product()))
        }
        HSA_AMD_AGENT_INFO_CLUSTER_MAX_DIM => {
            gpu_only(&mut || value.write::<[u64; 3]>([cluster(subject); 3]))
        }
        HSA_AMD_AGENT_INFO_CLUSTER_MAX_SIZE => gpu_only(&mut || value.write::<u64>(cluster(subject))),
        HSA_AMD_AGENT_INFO_MAX_DATA_PREFETCH_REGIONS => gpu_only(&mut || {
            let regions =
                if is_gfx12_5(subject) { AMD_LAUNCH_DESCRIPTOR_MAX_PREFETCH_REGIONS as u32 } else { 0 };
            value.write::<u32>(regions)
        }),
        HSA_AMD_AGENT_INFO_AQL_EXTENSIONS => {
            value.write::<[u8; 8]>(flag(HSA_AMD_AQL_PROPERTY_EXT_DISPATCH.0, is_gfx12_5(subject)))
        }
        HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES => {
            gpu_only(&mut || value.write::<bool>(subject.agent.node.properties.num_gws != 0))
        }
        HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT => {
            gpu_only(&mut || value.write::<u32>(cooperative_units(subject)))
        }
        HSA_AMD_AGENT_INFO_HAS_EXPERT_SCHED_MODE => gpu_only(&mut || {
            let is_gfx12 = subject.agent.gpu.as_ref().is_some_and(|gpu| gpu.isa.major() >= 12);
            value.write::<bool>(is_gfx12 && subject.machine.driver.version() >= (1, 20))
        }),
        // AQL packets go to the hardware as they are.
        HSA_AMD_AGENT_INFO_PM4_EMULATION => gpu_only(&mut || value.write::<bool>(false)),
        _ => return None,
    })
}

fn is_gfx12_5(subject: Subject) -> bool {
    let gfx = subject.agent.gpu.as_ref().and_then(|gpu| gpu.isa.version());
    gfx.is_some_and(|gfx| (gfx.major, gfx.minor) >= (12, 5))
}

/// Workgroups that may be launched together: from gfx12.5 on as many as a shader engine has compute units.
fn cluster(subject: Subject) -> u64 {
    let p = &subject.agent.node.properties;
    if is_gfx12_5(subject) { p.simd_arrays_per_engine * p.cu_per_simd_array } else { 1 }
}

/// Compute units that a cooperative launch can fill.
///
/// On gfx90a one compute unit of each of the eight engines may be busy with something else; programs that know of it
/// ask by HSA_COOP_CU_COUNT. Where HSA_CU_MASK leaves out units, none is promised.
fn cooperative_units(subject: Subject) -> u32 {
    let units = low(subject.agent.compute_units());
    let is_gfx90a = subject.agent.gpu.as_ref().is_some_and(|gpu| gpu.isa.processor() == "gfx90a");
    let is_masked = subject.agent.gpu.as_ref().is_some_and(|gpu| !gpu.units.is_empty());
    match subject.machine.config.cooperative_cu_count {
        true if is_masked => 0,
        true if is_gfx90a => (units & !7).saturating_sub(8),
        _ => units,
    }
}
