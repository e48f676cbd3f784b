//! Batches of signals, as the newest HIP asks for them. Answers to `SignalBatch` of upstream's newest `signal.h`; the header
//! that declares the functions was nowhere to be read, so their refusals are those of the functions that are most alike,
//! `hsa_amd_signal_create` and `hsa_amd_memory_pool_allocate`.
#![forbid(unsafe_code)]

use super::signal::kind_of;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Error, List, Out, OutList},
    handle,
    memory::{Owned, Wish},
    pool::{Place, Pool},
    runtime,
    signal::{self, Signals},
};

/// Makes `count` signals side by side in memory of a pool that the host reaches; without initial values they are 0. The
/// consumers' GPUs reach them: without consumers every GPU, or of memory of a GPU's that one.
#[allow(clippy::too_many_arguments, reason = "those of the C function")]
pub fn create(
    count: u32,
    initial_values: List<i64>,
    num_consumers: u32,
    consumers: List<hsa_agent_t>,
    attributes: u64,
    pool: hsa_amd_memory_pool_t,
    batch: Out<hsa_amd_signal_batch_t>,
    handles: OutList<hsa_signal_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let signals = signal::open().ok_or(Error::NotInitialized)?;
    batch.check()?;
    handles.check()?;
    if count == 0 || attributes & u64::from(HSA_AMD_SIGNAL_IPC.0) != 0 {
        return Err(Error::InvalidArgument);
    }
    let consumers = consumers.read(num_consumers)?;
    let kind = kind_of(signals, &machine, attributes, &consumers)?;
    let index = handle::pool_index(machine.epoch, pool).ok_or(Error::InvalidMemoryPool)?;
    let home = machine.pool(pool)?;
    let memory = allocate(&machine, (index, home), count, &consumers)?;
    // Not before there is memory for as many signals: callers may ask for any number.
    let values =
        if initial_values.is_null() { vec![0; count as usize] } else { initial_values.read(count)? };
    let place = (memory.address(), home.place == Place::Local);
    let (number, made) = signals.create_batch(&values, kind, place, memory);
    handles.write(&made);
    batch.write(handle::signal_batch(machine.epoch, number))
}

fn allocate(
    machine: &Machine,
    (index, pool): (usize, &Pool),
    count: u32,
    consumers: &[hsa_agent_t],
) -> Result<Owned, Error> {
    if !pool.host_access {
        return Err(Error::InvalidMemoryPool);
    }
    let wish = Wish { shared: consumers.is_empty(), ..Wish::default() };
    let memory = Owned::new(machine, machine.allocate(index, Signals::batch_bytes(count), wish)?);
    if !consumers.is_empty() {
        let agents = consumers.iter().map(|&agent| machine.agent(agent)).collect::<Result<Vec<_>, _>>()?;
        machine.allow_access(memory.address(), &agents)?;
    }
    Ok(memory)
}

/// The signals stay, each until it is destroyed.
pub fn destroy(batch: hsa_amd_signal_batch_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let signals = signal::open().ok_or(Error::NotInitialized)?;
    let number = handle::signal_batch_number(machine.epoch, batch).ok_or(Error::InvalidArgument)?;
    signals.destroy_batch(number)
}
