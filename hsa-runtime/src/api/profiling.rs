//! When kernels and copies began and ended. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    agent::Agent,
    boundary::{Error, Out},
    runtime,
};

use super::signal;

/// From now on copies tell their times, or do not. The clocks are read now, so that times are between two readings.
pub fn async_copy_enable(enable: bool) -> Result<(), Error> {
    let machine = runtime::machine()?;
    machine.copies.set_timed(enable);
    if enable {
        machine.gpus().try_for_each(|gpu| machine.begin_clock(gpu))?;
    }
    Ok(())
}

/// Fails where the last copy, or none, was not to be timed.
pub fn get_async_copy_time(
    signal: hsa_signal_t,
    time: Out<hsa_amd_profiling_async_copy_time_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    time.check()?;
    let (index, times) = signal::find(signal)?.copy_times().ok_or(Error::Generic)?;
    let agent = machine.agents.get(index).ok_or(Error::Generic)?;
    let (start, end) = if agent.is_cpu() { times } else { machine.system_ticks(agent, times)? };
    time.write(hsa_amd_profiling_async_copy_time_t { start, end })
}

pub fn get_dispatch_time(
    agent: hsa_agent_t,
    signal: hsa_signal_t,
    time: Out<hsa_amd_profiling_dispatch_time_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    time.check()?;
    let agent: &Agent = machine.agent(agent)?;
    let times = signal::find(signal)?.kernel_times();
    let (start, end) = machine.system_ticks(agent, times)?;
    time.write(hsa_amd_profiling_dispatch_time_t { start, end })
}

pub fn convert_tick(agent: hsa_agent_t, tick: u64, system_tick: Out<u64>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    system_tick.check()?;
    system_tick.write(machine.system_tick(machine.agent(agent)?, tick)?)
}
