//! Memory that the kernel moves between host and GPUs. Answers to upstream's `hsa_ext_amd.cpp` and to SvmPrefetch of its
//! `runtime.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;
use std::sync::{Arc, atomic::Ordering::SeqCst};

use super::signal::find;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{BoundFunction, BoundHandler, Error, List, OutList},
    events::wait::{Condition, Want},
    runtime,
    signal::Signal,
};

/// Several at once, or none of them.
pub fn set(
    address: *mut c_void,
    bytes: usize,
    pairs: List<hsa_amd_svm_attribute_pair_t>,
    number: usize,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let pairs = pairs.read(u32::try_from(number).map_err(|_| Error::InvalidArgument)?)?;
    machine.set_svm(machine.pages(address.addr() as u64, bytes as u64)?, &pairs)
}

/// The values go where the questions were.
pub fn get(
    address: *mut c_void,
    bytes: usize,
    pairs: OutList<hsa_amd_svm_attribute_pair_t>,
    number: usize,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let mut values = pairs.read(u32::try_from(number).map_err(|_| Error::InvalidArgument)?)?;
    if values.is_empty() {
        return Ok(());
    }
    machine.get_svm(machine.pages(address.addr() as u64, bytes as u64)?, &mut values)?;
    pairs.write(&values);
    Ok(())
}

/// After all of `signals` are 0, by the thread of handlers; then `done` is counted down, unless it is no signal.
pub fn prefetch(
    address: *mut c_void,
    bytes: usize,
    agent: hsa_agent_t,
    number: u32,
    signals: List<hsa_signal_t>,
    done: hsa_signal_t,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let range = machine.pages(address.addr() as u64, bytes as u64)?;
    let gpu = machine.cpu_or_gpu(agent)?.node.gpu_id.0;
    move_after(machine, vec![(range, gpu)], signals.read(number)?, done)
}

/// What stands in memory that was reserved as plain memory is not needed any more: it goes to the host, where it costs no GPU
/// anything.
pub fn discard(
    addresses: List<*mut c_void>,
    bytes: List<usize>,
    count: u32,
    number: u32,
    signals: List<hsa_signal_t>,
    done: hsa_signal_t,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let ranges = plain_ranges(&machine, &addresses.read(count)?, &bytes.read(count)?)?;
    let moves = ranges.into_iter().map(|range| (range, HOST)).collect();
    move_after(machine, moves, signals.read(number)?, done)
}

/// The same for what is to be in the memory of an agent next, one for each range.
#[allow(clippy::too_many_arguments, reason = "those of the C function")]
pub fn discard_and_prefetch(
    addresses: List<*mut c_void>,
    bytes: List<usize>,
    count: u32,
    agents: List<hsa_agent_t>,
    agent_count: u32,
    number: u32,
    signals: List<hsa_signal_t>,
    done: hsa_signal_t,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let ranges = plain_ranges(&machine, &addresses.read(count)?, &bytes.read(count)?)?;
    if agent_count != count {
        return Err(Error::InvalidArgument);
    }
    let agents = agents.read(count)?;
    let gpus = agents.iter().map(|&agent| Ok(machine.cpu_or_gpu(agent)?.node.gpu_id.0));
    let gpus = gpus.collect::<Result<Vec<_>, Error>>()?;
    move_after(machine, ranges.into_iter().zip(gpus).collect(), signals.read(number)?, done)
}

/// The kernel's number of the host's memory.
const HOST: u32 = 0;

/// The pages of ranges, each of which is plain memory from `hsa_amd_vmem_address_reserve`; of one at least.
fn plain_ranges(
    machine: &Machine,
    addresses: &[*mut c_void],
    bytes: &[usize],
) -> Result<Vec<(u64, u64)>, Error> {
    if addresses.is_empty() {
        return Err(Error::InvalidArgument);
    }
    let plain = |(address, &bytes): (&*mut c_void, &usize)| {
        let (address, bytes) = (address.addr() as u64, bytes as u64);
        let found = machine.heap.vmem.reservation(address).filter(|(_, found)| !found.registered);
        let (start, found) = found.ok_or(Error::InvalidArgument)?;
        if bytes == 0 || bytes > start + found.bytes - address {
            return Err(Error::InvalidArgument);
        }
        machine.pages(address, bytes)
    };
    addresses.iter().zip(bytes).map(plain).collect()
}

/// Moves ranges to the memories of the kernel's numbers when all of `signals` are 0; then counts `done` down.
fn move_after(
    machine: Arc<Machine>,
    moves: Vec<((u64, u64), u32)>,
    signals: Vec<hsa_signal_t>,
    done: hsa_signal_t,
) -> Result<(), Error> {
    let signals = signals.into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let done = if done.handle == 0 { None } else { Some(find(done)?) };
    let move_them = move || {
        for &(range, place) in &moves {
            // A range that the kernel does not move is where it was, and as good; the signal tells that it was tried.
            let _ = machine.prefetch(range, place);
        }
        if let Some(signal) = done {
            signal.change(|value| value.fetch_sub(1, SeqCst));
        }
    };
    after(signals, Arc::new(move_them))
}

/// Lets the thread of handlers call a function when signals are 0, looking at one after the other.
fn after(mut signals: Vec<Signal>, function: Arc<dyn Fn() + Send + Sync>) -> Result<(), Error> {
    let events = runtime::events()?;
    let Some(signal) = signals.pop() else {
        return events.handlers.call(BoundFunction::own(move || function()));
    };
    let want = Want { signal, condition: Condition::Equal, compare: 0 };
    let next = move |_| {
        // What is destroyed meanwhile nobody waits for any more, nor for what comes after it.
        let _ = after(signals.clone(), Arc::clone(&function));
        false
    };
    events.handlers.add(want, BoundHandler::own(next))
}
