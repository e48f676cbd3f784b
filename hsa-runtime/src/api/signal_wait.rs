//! Waiting for signals, one, several and groups, and functions that are called when they change. Answers to upstream's
//! `hsa.cpp` and `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::signal::{find, known};
use crate::{
    abi::*,
    boundary::{AsyncFunction, Data, Error, EventHandler, List, Out, OutList, SignalHandler, call},
    events::{
        patience::Hint,
        wait::{self, Condition, Limits, Want},
    },
    handle, runtime, signal,
};

/// What waits for several answer with when the time is over.
const NONE: u32 = u32::MAX;

fn limits(timeout: u64, hint: hsa_wait_state_t) -> Limits {
    Limits { timeout, hint: if hint == HSA_WAIT_STATE_ACTIVE { Hint::Active } else { Hint::Blocked } }
}

/// A condition that there is not is never met, and the wait for it ends at once: upstream's takes all its time.
pub fn one(
    signal: hsa_signal_t,
    compared: hsa_signal_condition_t,
    compare: i64,
    timeout: u64,
    hint: hsa_wait_state_t,
) -> i64 {
    let Some(signal) = known(signal) else { return 0 };
    let Some(condition) = Condition::of(compared) else { return signal.load() };
    let want = Want { signal, condition, compare };
    // Most waits are for what has come already.
    want.met().unwrap_or_else(|| call(|| wait::one(want, limits(timeout, hint))))
}

/// The signals to wait for, each with its position among `handles`: those that are none, or no more, are left out.
/// `None` for a condition that there is not.
fn wants(
    handles: &[hsa_signal_t],
    conditions: &[hsa_signal_condition_t],
    values: &[i64],
) -> Option<(Vec<usize>, Vec<Want>)> {
    signal::open()?;
    let mut found = (Vec::new(), Vec::new());
    for (index, handle) in handles.iter().enumerate() {
        let Ok(signal) = signal::find(*handle) else { continue };
        let (condition, compare) = (Condition::of(conditions[index])?, values[index]);
        found.0.push(index);
        found.1.push(Want { signal, condition, compare });
    }
    Some(found)
}

/// The position of the signal whose condition is met first.
pub fn any(
    count: u32,
    handles: List<hsa_signal_t>,
    conditions: List<hsa_signal_condition_t>,
    values: List<i64>,
    timeout: u64,
    hint: hsa_wait_state_t,
    satisfying: Out<i64>,
) -> u32 {
    let lists = (handles.read(count), conditions.read(count), values.read(count));
    let (Ok(handles), Ok(conditions), Ok(values)) = lists else { return NONE };
    match any_of(&handles, &conditions, &values, limits(timeout, hint)) {
        Some((index, value)) => {
            // NULL is allowed.
            let _ = satisfying.write(value);
            index as u32
        }
        None => NONE,
    }
}

fn any_of(
    handles: &[hsa_signal_t],
    conditions: &[hsa_signal_condition_t],
    values: &[i64],
    limits: Limits,
) -> Option<(usize, i64)> {
    let (indexes, wants) = wants(handles, conditions, values)?;
    let (found, value) = wait::any(&wants, limits)?;
    Some((indexes[found], value))
}

/// 0 when all conditions were met. Signals that are none count as met, with the value 0.
pub fn all(
    count: u32,
    handles: List<hsa_signal_t>,
    conditions: List<hsa_signal_condition_t>,
    values: List<i64>,
    timeout: u64,
    hint: hsa_wait_state_t,
    satisfying: OutList<i64>,
) -> u32 {
    let lists = (handles.read(count), conditions.read(count), values.read(count));
    let (Ok(handles), Ok(conditions), Ok(values)) = lists else { return NONE };
    let Some((indexes, wants)) = wants(&handles, &conditions, &values) else { return NONE };
    let Some(met) = wait::all(&wants, limits(timeout, hint)) else { return NONE };
    let mut told = vec![0; handles.len()];
    for (index, value) in indexes.into_iter().zip(met) {
        told[index] = value;
    }
    satisfying.write(&told);
    0
}

pub fn create_group(
    num_signals: u32,
    signals: List<hsa_signal_t>,
    num_consumers: u32,
    consumers: List<hsa_agent_t>,
    group: Out<hsa_signal_group_t>,
) -> Result<(), Error> {
    let (machine, events) = (runtime::machine()?, runtime::events()?);
    if num_signals == 0 {
        return Err(Error::InvalidArgument);
    }
    group.check()?;
    let signals = signals.read(num_signals)?;
    signals.iter().try_for_each(|&signal| find(signal).map(drop))?;
    consumers.read(num_consumers)?.into_iter().try_for_each(|agent| machine.agent(agent).map(drop))?;
    group.write(handle::signal_group(machine.epoch, events.groups.create(signals.into())))
}

pub fn destroy_group(group: hsa_signal_group_t) -> Result<(), Error> {
    runtime::events()?.groups.destroy(group_number(group)?)
}

fn group_number(group: hsa_signal_group_t) -> Result<u32, Error> {
    let machine = runtime::machine()?;
    handle::signal_group_number(machine.epoch, group).ok_or(Error::InvalidSignalGroup)
}

pub fn any_of_group(
    group: hsa_signal_group_t,
    conditions: List<hsa_signal_condition_t>,
    values: List<i64>,
    hint: hsa_wait_state_t,
    signal: Out<hsa_signal_t>,
    value: Out<i64>,
) -> Result<(), Error> {
    let handles: Arc<[hsa_signal_t]> = runtime::events()?.groups.get(group_number(group)?)?;
    let count = handles.len() as u32;
    let (conditions, values) = (conditions.read(count)?, values.read(count)?);
    signal.check()?;
    let (index, found) =
        any_of(&handles, &conditions, &values, limits(u64::MAX, hint)).ok_or(Error::InvalidArgument)?;
    // NULL is allowed.
    let _ = value.write(found);
    signal.write(handles[index])
}

/// Only for signals whose changes are announced, unless the user has turned interrupts off for all.
pub fn async_handler(
    signal: hsa_signal_t,
    compared: hsa_signal_condition_t,
    compare: i64,
    handler: Option<SignalHandler>,
    data: Data,
) -> Result<(), Error> {
    let events = runtime::events()?;
    let handler = handler.ok_or(Error::InvalidArgument)?;
    let signal = find(signal)?;
    if !signal.kind().interrupts() && events.signals.interrupts() {
        return Err(Error::InvalidSignal);
    }
    let condition = Condition::of(compared).ok_or(Error::InvalidArgument)?;
    events.handlers.add(Want { signal, condition, compare }, handler.bind(data).into())
}

pub fn async_function(function: Option<AsyncFunction>, data: Data) -> Result<(), Error> {
    let events = runtime::events()?;
    events.handlers.call(function.ok_or(Error::InvalidArgument)?.bind(data).into())
}

/// Upstream takes NULL, and calls it at the first fault.
pub fn register_system_event_handler(handler: Option<EventHandler>, data: Data) -> Result<(), Error> {
    let events = runtime::events()?;
    events.faults.add(handler.ok_or(Error::InvalidArgument)?.bind(data))
}
