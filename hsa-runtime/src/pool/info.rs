//! Attributes of pools and regions, and of an agent's way to a pool.
//!
//! Pure. Answers to GetInfo, GetPoolInfo and GetAgentPoolInfo of upstream's `amd_memory_region.cpp`; types as in
//! hsa.h and hsa_ext_amd.h.
#![forbid(unsafe_code)]

use super::{
    Grain, Place, Pool,
    access::{self, Access},
};
use crate::{
    abi::*,
    agent::{Agent, link::Link, machine::Machine},
    boundary::{Error, Value},
    driver::npu::Part,
};

/// Bytes of the blocks that VRAM is handed out of, and so of the allocations that waste none of it.
pub const BLOCK: u64 = 2 << 20;

/// Writes the value of an attribute of a pool.
///
/// # Errors
/// `InvalidArgument` for an unknown attribute, or one that the group segment lacks.
pub fn of_pool(
    machine: &Machine,
    pool: &Pool,
    attribute: hsa_amd_memory_pool_info_t,
    value: Value,
) -> Result<(), Error> {
    let fragments = !machine.config.disable_fragments;
    match attribute {
        HSA_AMD_MEMORY_POOL_INFO_SEGMENT
        | HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS
        | HSA_AMD_MEMORY_POOL_INFO_SIZE
        | HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED
        | HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE
        | HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT => {
            of_region(machine, pool, hsa_region_info_t(attribute.0), value)
        }
        HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL => {
            value.write::<bool>(matches!(pool.place, Place::System | Place::Npu(_)))
        }
        HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE => {
            of_region(machine, pool, HSA_REGION_INFO_ALLOC_MAX_SIZE, value)
        }
        HSA_AMD_MEMORY_POOL_INFO_LOCATION => match pool.place {
            Place::System | Place::Npu(_) => value.write(HSA_AMD_MEMORY_POOL_LOCATION_CPU),
            Place::Local => value.write(HSA_AMD_MEMORY_POOL_LOCATION_GPU),
            Place::Group => Err(Error::InvalidArgument),
        },
        HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE => value.write::<usize>(match pool.place {
            Place::Local if fragments => BLOCK as usize,
            Place::Npu(Part::Heap) => 0,
            _ => granule(machine, pool),
        }),
        _ => Err(Error::InvalidArgument),
    }
}

/// Writes the value of an attribute of a region.
///
/// # Errors
/// `InvalidArgument` for an unknown attribute.
pub fn of_region(
    machine: &Machine,
    pool: &Pool,
    attribute: hsa_region_info_t,
    value: Value,
) -> Result<(), Error> {
    let segment =
        if pool.place == Place::Group { HSA_REGION_SEGMENT_GROUP } else { HSA_REGION_SEGMENT_GLOBAL };
    match attribute {
        HSA_REGION_INFO_SEGMENT => value.write::<hsa_region_segment_t>(segment),
        HSA_REGION_INFO_GLOBAL_FLAGS => value.write::<u32>(flags(pool)),
        HSA_REGION_INFO_SIZE => value.write::<usize>(pool.size as usize),
        HSA_REGION_INFO_ALLOC_MAX_SIZE => value.write::<usize>(largest(machine, pool)),
        HSA_REGION_INFO_RUNTIME_ALLOC_ALLOWED => value.write::<bool>(pool.place != Place::Group),
        HSA_REGION_INFO_RUNTIME_ALLOC_GRANULE | HSA_REGION_INFO_RUNTIME_ALLOC_ALIGNMENT => {
            value.write::<usize>(granule(machine, pool))
        }
        other => match hsa_amd_region_info_t(other.0) {
            HSA_AMD_REGION_INFO_HOST_ACCESSIBLE => {
                value.write::<bool>(matches!(pool.place, Place::System | Place::Npu(Part::Shared)))
            }
            HSA_AMD_REGION_INFO_BASE => value.write::<usize>(base(machine, pool)),
            HSA_AMD_REGION_INFO_BUS_WIDTH => value.write::<u32>(pool.bus_width),
            HSA_AMD_REGION_INFO_MAX_CLOCK_FREQUENCY => value.write::<u32>(pool.clock),
            _ => Err(Error::InvalidArgument),
        },
    }
}

/// Writes the value of an attribute of the way from an agent to a pool.
///
/// # Errors
/// `InvalidArgument` for an unknown attribute.
pub fn of_way(
    machine: &Machine,
    agent: &Agent,
    pool: &Pool,
    attribute: hsa_amd_agent_memory_pool_info_t,
    value: Value,
) -> Result<(), Error> {
    let link = machine.links.between(agent.node.id, pool.node);
    let access = access::of(agent, pool, &link);
    let link = if access == Access::Never || link.hops == 0 { Link::default() } else { link };
    match attribute {
        HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS => value.write::<hsa_amd_memory_pool_access_t>(match access {
            Access::Never => HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED,
            Access::ByDefault => HSA_AMD_MEMORY_POOL_ACCESS_ALLOWED_BY_DEFAULT,
            Access::OnRequest => HSA_AMD_MEMORY_POOL_ACCESS_DISALLOWED_BY_DEFAULT,
        }),
        HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS => value.write::<u32>(link.hops),
        // One element a hop; without hops upstream clears one all the same.
        HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO => {
            value.write::<hsa_amd_memory_pool_link_info_t>(hop(&link))
        }
        _ => Err(Error::InvalidArgument),
    }
}

fn hop(link: &Link) -> hsa_amd_memory_pool_link_info_t {
    hsa_amd_memory_pool_link_info_t {
        min_latency: link.min_latency,
        max_latency: link.max_latency,
        min_bandwidth: link.min_bandwidth,
        max_bandwidth: link.max_bandwidth,
        atomic_support_32bit: link.atomics_32,
        atomic_support_64bit: link.atomics_64,
        coherent_support: link.coherent,
        link_type: hsa_amd_link_info_type_t(link.kind as u32),
        numa_distance: link.distance,
    }
}

fn flags(pool: &Pool) -> u32 {
    let grain = match (pool.place, pool.grain) {
        (Place::Group, _) => 0,
        (_, Grain::Fine) => HSA_REGION_GLOBAL_FLAG_FINE_GRAINED.0,
        (_, Grain::ExtendedFine) => HSA_REGION_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED.0,
        (_, Grain::Coarse) => HSA_REGION_GLOBAL_FLAG_COARSE_GRAINED.0,
    };
    grain | if pool.kernarg { HSA_REGION_GLOBAL_FLAG_KERNARG.0 } else { 0 }
}

/// Bytes that allocations are multiples of and aligned to; 0 if there are none.
fn granule(machine: &Machine, pool: &Pool) -> usize {
    if pool.place == Place::Group { 0 } else { machine.driver.page_size() as usize }
}

/// Bytes of the largest allocation. One of system memory may spread over the memory of all CPUs.
pub fn largest(machine: &Machine, pool: &Pool) -> usize {
    let page = machine.driver.page_size();
    let whole_pages = |pool: &Pool| pool.size - pool.size % page;
    match pool.place {
        Place::System | Place::Npu(_) => {
            let kinds = machine.pools.iter().filter(|pool| pool.place == Place::System && pool.kernarg);
            kinds.map(whole_pages).sum::<u64>() as usize
        }
        Place::Local => whole_pages(pool) as usize,
        Place::Group => 0,
    }
}

fn base(machine: &Machine, pool: &Pool) -> usize {
    match (pool.place, machine.agents.get(pool.owner)) {
        (Place::Group, Some(agent)) => machine.driver.group_base(&agent.node) as usize,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{agent::fixture, pool};

    #[test]
    fn flags_tell_grain_and_kernarg() {
        let told: Vec<_> = pool::of_cpu(&fixture::cpu(0, 1 << 30)).iter().map(flags).collect();
        assert_eq!(told, [2, 8, 3, 4]);
        let (node, isa) = fixture::gpu(1, (9, 0, 10), 1 << 30);
        assert_eq!(pool::of_gpu(&node, isa, false).iter().map(flags).collect::<Vec<_>>(), [4, 8, 2, 0]);
    }
}
