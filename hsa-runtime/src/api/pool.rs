//! Memory pools. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    boundary::{Callback, Data, Error, Then, Value},
    handle,
    pool::info,
    runtime,
};

pub fn get_info(
    pool: hsa_amd_memory_pool_t,
    attribute: hsa_amd_memory_pool_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    info::of_pool(&machine, machine.pool(pool)?, attribute, value)
}

pub fn iterate(
    agent: hsa_agent_t,
    callback: Option<Callback<hsa_amd_memory_pool_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let pools = machine.visible_pools(machine.agent(agent)?).map(|index| handle::pool(machine.epoch, index));
    Ok(callback.for_each(pools.collect(), data))
}

pub fn get_agent_info(
    agent: hsa_agent_t,
    pool: hsa_amd_memory_pool_t,
    attribute: hsa_amd_agent_memory_pool_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    info::of_way(&machine, machine.agent(agent)?, machine.pool(pool)?, attribute, value)
}
