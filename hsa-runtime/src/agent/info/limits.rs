//! What an agent's programming model allows: hsa.h's own attributes.
#![forbid(unsafe_code)]

use super::{Answer, Subject, low};
use crate::{abi::*, boundary::Value, cache, extension, handle, isa::limit};

/// Packets of the smallest queue.
pub const LEAST_QUEUE: u32 = 64;
/// Packets of the largest queue: 8 MiB of them.
pub const LARGEST_QUEUE: u32 = 0x2_0000;

pub(super) fn get(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let Subject { agent, machine } = subject;
    let p = &agent.node.properties;
    let caches = &machine.caches[agent.caches.clone()];
    let sizes = if agent.is_cpu() { cache::sizes_of_cpu(caches) } else { cache::sizes_of_gpu(caches) };
    let full = agent.is_cpu() || p.cpu_cores_count > 0;
    let near = HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR;
    Some(match attribute {
        HSA_AGENT_INFO_FEATURE => {
            value.write(hsa_agent_feature_t(subject.gpu_or_zero(|_| HSA_AGENT_FEATURE_KERNEL_DISPATCH.0)))
        }
        HSA_AGENT_INFO_MACHINE_MODEL => value.write(HSA_MACHINE_MODEL_LARGE),
        HSA_AGENT_INFO_PROFILE => value.write(if full { HSA_PROFILE_FULL } else { HSA_PROFILE_BASE }),
        HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE => value.write(near),
        HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES => value.write(near),
        HSA_AGENT_INFO_FAST_F16_OPERATION => {
            value.write::<bool>(subject.gpu_or_zero(|gpu| gpu.isa.has_fast_f16()))
        }
        HSA_AGENT_INFO_WAVEFRONT_SIZE => value.write::<u32>(subject.gpu_or_zero(|_| low(p.wave_front_size))),
        HSA_AGENT_INFO_WORKGROUP_MAX_DIM => {
            value.write::<[u16; 3]>(subject.gpu_or_zero(|_| limit::WORKGROUP))
        }
        HSA_AGENT_INFO_WORKGROUP_MAX_SIZE => {
            value.write::<u32>(subject.gpu_or_zero(|_| limit::WORKGROUP_SIZE))
        }
        HSA_AGENT_INFO_GRID_MAX_DIM => value.write::<[u32; 3]>(subject.gpu_or_zero(|_| limit::AGENT_GRID)),
        HSA_AGENT_INFO_GRID_MAX_SIZE => value.write::<u32>(subject.gpu_or_zero(|_| u32::MAX)),
        HSA_AGENT_INFO_FBARRIER_MAX_SIZE => value.write::<u32>(subject.gpu_or_zero(|_| limit::FBARRIERS)),
        HSA_AGENT_INFO_QUEUES_MAX => value.write::<u32>(subject.gpu_or_zero(|_| machine.config.max_queues)),
        HSA_AGENT_INFO_QUEUE_MIN_SIZE => value.write::<u32>(subject.gpu_or_zero(|_| LEAST_QUEUE)),
        HSA_AGENT_INFO_QUEUE_MAX_SIZE => value.write::<u32>(subject.gpu_or_zero(|_| LARGEST_QUEUE)),
        HSA_AGENT_INFO_QUEUE_TYPE => value.write(HSA_QUEUE_TYPE_MULTI),
        HSA_AGENT_INFO_CACHE_SIZE => value.write::<[u32; cache::LEVELS]>(sizes),
        _ => return code(subject, attribute, value),
    })
}

/// What code an agent runs, and what else it knows.
fn code(subject: Subject, attribute: hsa_agent_info_t, value: Value) -> Answer {
    let Subject { agent, machine } = subject;
    Some(match attribute {
        HSA_AGENT_INFO_ISA => {
            value.write(agent.gpu.as_ref().map_or(hsa_isa_t { handle: 0 }, |gpu| handle::isa(gpu.isa)))
        }
        HSA_AGENT_INFO_EXTENSIONS => {
            value.write(if agent.is_cpu() { extension::NONE } else { extension::of_agent(&machine.config) })
        }
        _ => return None,
    })
}
