//! Regions, HSA 1.0's view of memory pools. Answers to upstream's `hsa.cpp` and VisitRegion of its agents.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{Callback, Data, Error, Then, Value},
    handle,
    pool::{Grain, Place, info},
    runtime,
};

/// Calls back with the regions that an agent can reach: its own, then the system's, the fine-grained ones first. A
/// neural processor has its own only.
pub fn iterate(
    agent: hsa_agent_t,
    callback: Option<Callback<hsa_region_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let regions = reachable(&machine, machine.agent(agent)?);
    Ok(callback
        .for_each(regions.into_iter().map(|index| handle::region(machine.epoch, index)).collect(), data))
}

fn reachable(machine: &Machine, agent: &Agent) -> Vec<usize> {
    let own = machine.visible_pools(agent).filter(|_| !agent.is_cpu());
    if agent.npu.is_some() {
        return own.collect();
    }
    let system = |fine: bool| {
        let wanted = move |index: &usize| {
            let pool = &machine.pools[*index];
            pool.place == Place::System && (pool.grain == Grain::Fine) == fine
        };
        (0..machine.pools.len()).filter(wanted)
    };
    own.chain(system(true)).chain(system(false)).collect()
}

pub fn get_info(region: hsa_region_t, attribute: hsa_region_info_t, value: Value) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    info::of_region(&machine, machine.region(region)?, attribute, value)
}
