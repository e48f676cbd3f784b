//! Queues made by description: hsa_amd_queue_create, which appends what came after `hsa_queue_create`: masks and priorities
//! from the start, and rings and descriptors in the GPU's own memory. Answers to upstream's `hsa_ext_amd.cpp`; what is
//! right and wrong is as its rocrtst has it.
#![forbid(unsafe_code)]

use core::ptr;

use super::queue;
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{Description, Descriptions, Error, Then},
    driver::queue::Priority,
    pool::Place,
    queue::{
        Queues,
        build::{Places, Request},
    },
    runtime,
};

/// Makes one after the other. Those before the first that cannot be made stay.
pub fn create(
    agent: hsa_agent_t,
    descriptions: Descriptions,
    count: u32,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    if count == 0 {
        return Err(Error::InvalidArgument);
    }
    let mut shared = Vec::new();
    let all = (0..count).try_for_each(|index| {
        let description = descriptions.read(index)?;
        descriptions.tell(index, ptr::null_mut());
        let (address, is_shared) = one(&machine, &queues, agent, &description)?;
        shared.extend(is_shared.then_some(address));
        descriptions.tell(index, queue::pointer(address));
        Ok(())
    });
    Ok(Then(move || {
        shared.iter().for_each(|&address| queue::announce(&queues, address, agent));
        all.map_or_else(Error::into, |()| HSA_STATUS_SUCCESS)
    }))
}

/// The address of a queue, and whether it is one for all that was made now.
fn one(
    machine: &Machine,
    queues: &Queues,
    agent: hsa_agent_t,
    description: &Description,
) -> Result<(u64, bool), Error> {
    let common = description.common();
    let reserved = common.reserved_header.iter().chain(&common.reserved).all(|&byte| byte == 0);
    if common.version != HSA_AMD_QUEUE_CREATE_DESC_VERSION || !reserved {
        return Err(Error::InvalidArgument);
    }
    if machine.agent(agent).map_or(true, Agent::is_cpu) {
        return Err(Error::InvalidAgent);
    }
    match hsa_amd_queue_engine_t(common.engine_type.into()) {
        HSA_AMD_QUEUE_ENGINE_COMPUTE => compute(machine, queues, agent, description),
        HSA_AMD_QUEUE_ENGINE_SDMA => sdma(description),
        // No GPU has one.
        HSA_AMD_QUEUE_ENGINE_AIE => Err(Error::InvalidQueueCreation),
        _ => Err(Error::InvalidArgument),
    }
}

/// Engines for copies are the runtime's: what describes a queue for one is refused as by an agent that has none.
fn sdma(description: &Description) -> Result<(u64, bool), Error> {
    let common = description.common();
    queue::priority(common.priority)?;
    if description.sdma().reserved != [0; 7] || !common.queue_size_bytes.is_power_of_two() {
        return Err(Error::InvalidArgument);
    }
    Err(Error::InvalidQueueCreation)
}

fn compute(
    machine: &Machine,
    queues: &Queues,
    agent: hsa_agent_t,
    description: &Description,
) -> Result<(u64, bool), Error> {
    let (common, compute) = (description.common(), description.compute());
    let (mask, priority) = (description.mask()?, queue::priority(common.priority)?);
    if compute.reserved != [0; 3] || !common.queue_size_bytes.is_power_of_two() {
        return Err(Error::InvalidArgument);
    }
    let shape = (common.queue_size_bytes / size_of::<hsa_kernel_dispatch_packet_t>() as u32, compute.r#type);
    let (agent, request) =
        queue::asked(machine, agent, shape, description.handler(), compute.private_segment_size)?;
    let places = places(machine, agent, common.flags.into())?;
    let Some(request) = request else {
        // One for all: it is as it is.
        if !mask.is_empty() || priority != Priority::Normal || places != Places::default() {
            return Err(Error::InvalidQueueCreation);
        }
        return queues.create_cooperative(agent).map(|(queue, is_new)| (queue.address(), is_new));
    };
    let queue = queues.create(agent, &Request { places, ..request })?;
    let mut changed = if priority == Priority::Normal { Ok(()) } else { queue.set_priority(priority) };
    if !mask.is_empty() {
        changed = changed.and_then(|()| queue.set_mask(agent, &mask).map(drop));
    }
    changed.inspect_err(|_| queues.remove(&queue))?;
    Ok((queue.address(), false))
}

/// Where a queue's memory is to be.
fn places(machine: &Machine, agent: &Agent, flags: u32) -> Result<Places, Error> {
    let has = |bit: hsa_amd_queue_create_flag_t| flags & bit.0 != 0;
    let places = Places {
        local_ring: has(HSA_AMD_QUEUE_CREATE_DEVICE_MEM_RING_BUF),
        local_page: has(HSA_AMD_QUEUE_CREATE_DEVICE_MEM_QUEUE_DESCRIPTOR),
    };
    let known =
        HSA_AMD_QUEUE_CREATE_DEVICE_MEM_RING_BUF.0 | HSA_AMD_QUEUE_CREATE_DEVICE_MEM_QUEUE_DESCRIPTOR.0;
    let reached = machine.visible_pools(agent).any(|pool| {
        let pool = &machine.pools[pool];
        pool.place == Place::Local && pool.host_access
    });
    match places {
        _ if flags & !known != 0 => Err(Error::InvalidArgument),
        places if places == Places::default() || reached => Ok(places),
        // The host does not reach all of the GPU's memory (large BAR).
        _ => Err(Error::InvalidQueueCreation),
    }
}
