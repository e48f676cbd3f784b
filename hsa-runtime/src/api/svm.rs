//! Memory that the kernel moves between host and GPUs. Answers to upstream's `hsa_ext_amd.cpp` and to SvmPrefetch of its
//! `runtime.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;
use std::sync::{Arc, atomic::Ordering::SeqCst};

use super::signal::find;
use crate::{
    abi::*,
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
    let gpu = machine.agent(agent)?.node.gpu_id.0;
    let signals = signals.read(number)?.into_iter().map(find).collect::<Result<Vec<_>, _>>()?;
    let done = if done.handle == 0 { None } else { Some(find(done)?) };
    let move_it = move || {
        // A range that the kernel does not move is where it was, and as good; the signal tells that it was tried.
        let _ = machine.prefetch(range, gpu);
        if let Some(signal) = done {
            signal.change(|value| value.fetch_sub(1, SeqCst));
        }
    };
    after(signals, Arc::new(move_it))
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
