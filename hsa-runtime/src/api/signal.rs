//! Signals: made, destroyed, loaded, changed. Answers to upstream's `hsa.cpp` and `hsa_ext_amd.cpp`.
//!
//! Every change is of the strongest memory order, which is what `signal::protocol` needs, so that the functions for the
//! weaker ones are the same.
#![forbid(unsafe_code)]

use std::{
    collections::BTreeSet,
    process,
    sync::atomic::{AtomicI64, Ordering::SeqCst},
};

use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Error, List, Out},
    log::complain,
    runtime,
    signal::{self, Kind, Near, Signal, Signals},
};

pub fn create(
    initial: i64,
    num_consumers: u32,
    consumers: List<hsa_agent_t>,
    signal: Out<hsa_signal_t>,
) -> Result<(), Error> {
    amd_create(initial, num_consumers, consumers, 0, signal)
}

/// Signals for GPUs alone interrupt nobody, and so it is with those of which no processor is a consumer.
pub fn amd_create(
    initial: i64,
    num_consumers: u32,
    consumers: List<hsa_agent_t>,
    attributes: u64,
    signal: Out<hsa_signal_t>,
) -> Result<(), Error> {
    let signals = signal::open().ok_or(Error::NotInitialized)?;
    signal.check()?;
    if attributes & u64::from(HSA_AMD_SIGNAL_IPC.0) != 0 {
        return signal.write(signals.create_shared(initial)?.handle());
    }
    let kind = match kind_without_consumers(signals, attributes) {
        // Of others nobody asks who the consumers are, as upstream does not.
        Kind::Interrupt if num_consumers > 0 => {
            kind_for(&consumers.read(num_consumers)?, &*runtime::machine()?)?
        }
        kind => kind,
    };
    signal.write(signals.create(initial, kind)?.handle())
}

fn kind_without_consumers(signals: &Signals, attributes: u64) -> Kind {
    let silent = attributes & u64::from(HSA_AMD_SIGNAL_AMD_GPU_ONLY.0) != 0 || !signals.interrupts();
    if silent { Kind::Silent } else { Kind::Interrupt }
}

/// The kind that these attributes and consumers ask for.
pub(super) fn kind_of(
    signals: &Signals,
    machine: &Machine,
    attributes: u64,
    consumers: &[hsa_agent_t],
) -> Result<Kind, Error> {
    match kind_without_consumers(signals, attributes) {
        Kind::Interrupt if !consumers.is_empty() => kind_for(consumers, machine),
        kind => Ok(kind),
    }
}

fn kind_for(consumers: &[hsa_agent_t], machine: &Machine) -> Result<Kind, Error> {
    let handles: BTreeSet<u64> = consumers.iter().map(|agent| agent.handle).collect();
    if handles.len() != consumers.len() {
        return Err(Error::InvalidArgument);
    }
    let for_host = machine.cpus().any(|cpu| handles.contains(&machine.handle_of(cpu).handle));
    Ok(if for_host { Kind::Interrupt } else { Kind::Silent })
}

/// A queue's doorbell goes with the queue.
pub fn destroy(signal: hsa_signal_t) -> Result<(), Error> {
    let signal = find(signal)?;
    if signal.is_doorbell() {
        return Err(Error::InvalidSignal);
    }
    if signal.kind() == Kind::Shared {
        // At the end of the runtime nothing is handed out any more.
        runtime::machine().iter().for_each(|machine| machine.heap.exports.forget(signal.handle().handle));
    }
    signal.destroy()
}

/// The signal of a handle, for functions that answer with a status.
///
/// # Errors
/// `NotInitialized`; `InvalidArgument` for no handle at all, `InvalidSignal` for a wrong one.
pub(super) fn find(signal: hsa_signal_t) -> Result<Signal, Error> {
    signal::open().ok_or(Error::NotInitialized)?;
    if signal.handle == 0 {
        return Err(Error::InvalidArgument);
    }
    signal::find(signal)
}

/// The signal of a handle, for functions that can report no error. A wrong handle ends the process, as upstream's; `None`
/// where the runtime is not open, so that what still runs while a program ends does no harm.
#[inline(always)]
pub(super) fn known(signal: hsa_signal_t) -> Option<Signal> {
    signal::find(signal).map_or_else(|_| unknown(signal), Some)
}

#[cold]
fn unknown(signal: hsa_signal_t) -> Option<Signal> {
    signal::open()?;
    complain(&format!("{:#x} is no signal; the function that was called cannot report it", signal.handle));
    process::abort()
}

/// Does something with a signal that is found at once, or else in [`far`]. What is done captures nothing, but gets its value:
/// so nothing is kept on the stack.
#[inline(always)]
fn with<V, T: Default>(signal: hsa_signal_t, value: V, act: impl FnOnce(Near, V) -> T) -> T {
    match signal::find_near(signal) {
        Some(found) => act(found, value),
        None => far(signal, value, |signal, value| act(signal.near(), value)),
    }
}

#[cold]
#[inline(never)]
fn far<V, T: Default>(signal: hsa_signal_t, value: V, act: impl FnOnce(Signal, V) -> T) -> T {
    known(signal).map_or_else(T::default, |signal| act(signal, value))
}

pub fn load(signal: hsa_signal_t) -> i64 {
    with(signal, (), |signal, ()| signal.load())
}

#[inline(always)]
fn change<V, T: Default>(signal: hsa_signal_t, value: V, change: impl FnOnce(&AtomicI64, V) -> T) -> T {
    match signal::find_near(signal) {
        Some(found) => found.change(|word| change(word, value)),
        None => far(signal, value, |signal, value| signal.change(|word| change(word, value))),
    }
}

pub fn store(signal: hsa_signal_t, value: i64) {
    match signal::find_near(signal) {
        Some(found) => _ = found.change(|word| word.swap(value, SeqCst)),
        None => far(signal, value, |signal, value| {
            if !signal.ring_doorbell(value) {
                signal.change(|word| word.swap(value, SeqCst));
            }
        }),
    }
}

pub fn silent_store(signal: hsa_signal_t, value: i64) {
    with(signal, value, Near::store_silently);
}

pub fn and(signal: hsa_signal_t, value: i64) {
    change(signal, value, |word, value| word.fetch_and(value, SeqCst));
}

pub fn or(signal: hsa_signal_t, value: i64) {
    change(signal, value, |word, value| word.fetch_or(value, SeqCst));
}

pub fn xor(signal: hsa_signal_t, value: i64) {
    change(signal, value, |word, value| word.fetch_xor(value, SeqCst));
}

pub fn add(signal: hsa_signal_t, value: i64) {
    change(signal, value, |word, value| word.fetch_add(value, SeqCst));
}

pub fn subtract(signal: hsa_signal_t, value: i64) {
    change(signal, value, |word, value| word.fetch_sub(value, SeqCst));
}

pub fn exchange(signal: hsa_signal_t, value: i64) -> i64 {
    change(signal, value, |word, value| word.swap(value, SeqCst))
}

/// Answers with the value before, whether or not it was the expected one.
pub fn cas(signal: hsa_signal_t, expected: i64, value: i64) -> i64 {
    change(signal, (expected, value), |word, (expected, value)| {
        word.compare_exchange(expected, value, SeqCst, SeqCst).unwrap_or_else(|before| before)
    })
}

/// Only of signals that interrupt nobody: a store past the library would wake nobody up.
pub fn value_pointer(signal: hsa_signal_t, pointer: Out<*mut i64>) -> Result<(), Error> {
    signal::open().ok_or(Error::NotInitialized)?;
    pointer.check()?;
    let signal = find(signal)?;
    match signal.kind() {
        Kind::Silent | Kind::Shared => pointer.write(signal.value().as_ptr()),
        Kind::Interrupt | Kind::Queue => Err(Error::InvalidArgument),
    }
}

pub fn get_event_id(signal: hsa_signal_t, event: Out<u32>) -> Result<(), Error> {
    signal::open().ok_or(Error::NotInitialized)?;
    event.check()?;
    event.write(find(signal)?.event_id())
}
