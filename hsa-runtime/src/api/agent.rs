//! Agents. Answers to upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use std::sync::atomic::Ordering::Relaxed;

use crate::{
    abi::*,
    agent::info,
    boundary::{Callback, Data, Error, Out, Then, Value},
    handle, runtime, tools,
};

pub fn iterate(
    callback: Option<Callback<hsa_agent_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    Ok(callback.for_each(machine.agents.iter().map(|agent| machine.handle_of(agent)).collect(), data))
}

pub fn get_info(agent: hsa_agent_t, attribute: hsa_agent_info_t, value: Value) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    info::get(&machine, machine.agent(agent)?, attribute, value)
}

/// No agent reports exceptions.
pub fn get_exception_policies(
    agent: hsa_agent_t,
    profile: hsa_profile_t,
    mask: Out<u16>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    mask.check()?;
    super::isa::check_profile(profile)?;
    machine.agent(agent)?;
    mask.write(0)
}

pub fn iterate_caches(
    agent: hsa_agent_t,
    callback: Option<Callback<hsa_cache_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    if agent.npu.is_some() {
        // It has none, which upstream takes for a mistake.
        return Err(Error::InvalidCache);
    }
    let caches = agent.caches.clone();
    Ok(callback.for_each(caches.map(|index| handle::cache(machine.epoch, index)).collect(), data))
}

pub fn iterate_isas(
    agent: hsa_agent_t,
    callback: Option<Callback<hsa_isa_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let most = if tools::wants_one_isa() { 1 } else { usize::MAX };
    let isas = machine.agent(agent)?.isas().take(most).map(handle::isa).collect();
    Ok(callback.for_each(isas, data))
}

pub fn get_coherency(agent: hsa_agent_t, kind: Out<hsa_amd_coherency_type_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    kind.check()?;
    let gpu = agent.gpu.as_ref().ok_or(Error::InvalidAgent)?;
    kind.write(hsa_amd_coherency_type_t(gpu.coherency.load(Relaxed)))
}

/// Remembered, and nothing else: memory is as coherent as its pool says.
pub fn set_coherency(agent: hsa_agent_t, kind: hsa_amd_coherency_type_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    if !matches!(kind, HSA_AMD_COHERENCY_TYPE_COHERENT | HSA_AMD_COHERENCY_TYPE_NONCOHERENT) {
        return Err(Error::InvalidArgument);
    }
    agent.gpu.as_ref().ok_or(Error::InvalidAgent)?.coherency.store(kind.0, Relaxed);
    Ok(())
}

/// A hint: what the first copy or the first question about times would wait for is done now. The kernels of copies are bytes
/// of ours, and their queue is shared, so that only the clocks are left.
pub fn preload(agent: hsa_agent_t, flags: u64) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let gpu = machine.gpu(agent)?;
    let known = HSA_AMD_AGENT_PRELOAD_SKIP_CLOCK_SYNC.0 | HSA_AMD_AGENT_PRELOAD_SKIP_BLITS.0;
    if flags & !u64::from(known) != 0 {
        return Err(Error::InvalidArgument);
    }
    if flags & u64::from(HSA_AMD_AGENT_PRELOAD_SKIP_CLOCK_SYNC.0) == 0 {
        machine.begin_clock(gpu)?;
    }
    Ok(())
}
