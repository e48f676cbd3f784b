//! Memory and signals shared with other processes. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;
use std::os::fd::IntoRawFd;

use super::{memory::pointer, signal};
use crate::{
    abi::*,
    boundary::{Error, In, List, Out},
    memory::ipc::{Kind, Shared, Ticket, fetch},
    runtime,
    signal::Parts,
};

pub fn create(address: *mut c_void, bytes: usize, handle: Out<hsa_amd_ipc_memory_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    handle.check()?;
    if address.is_null() {
        return Err(Error::InvalidArgument);
    }
    let ticket = machine.share(address.addr() as u64, bytes as u64)?;
    handle.write(hsa_amd_ipc_memory_t { handle: ticket.words() })
}

pub fn attach(
    handle: In<hsa_amd_ipc_memory_t>,
    bytes: usize,
    number: u32,
    agents: List<hsa_agent_t>,
    place: Out<*mut c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    place.check()?;
    let words = handle.optional().ok_or(Error::InvalidArgument)?.handle;
    let agents = agents.read(number)?;
    let agents: Vec<_> = agents.iter().map(|&agent| machine.cpu_or_gpu(agent)).collect::<Result<_, _>>()?;
    let ticket = Ticket::from_words(words, Kind::Memory).ok_or(Error::InvalidArgument)?;
    place.write(pointer(machine.take_in(ticket, bytes as u64, &agents)?))
}

pub fn detach(place: *mut c_void) -> Result<(), Error> {
    runtime::machine()?.heap.let_go(place.addr() as u64)
}

/// One ticket a signal, however often it is asked for.
pub fn create_signal(signal: hsa_signal_t, handle: Out<hsa_amd_ipc_signal_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    handle.check()?;
    let signal = signal::find(signal)?;
    let (exports, address) = (&machine.heap.exports, signal.handle().handle);
    let known = exports.find(address).map_or_else(
        || {
            let Parts { file, bell } = signal.parts()?;
            let shared = Shared::new(vec![file.into_raw_fd(), bell.into_raw_fd()], 0);
            exports.add(Kind::Signal, (address, machine.driver.page_size()), shared)
        },
        Ok,
    );
    handle.write(hsa_amd_ipc_signal_t { handle: known?.words() })
}

/// Each time another handle, and each to be destroyed.
pub fn attach_signal(handle: In<hsa_amd_ipc_signal_t>, signal: Out<hsa_signal_t>) -> Result<(), Error> {
    let (page, events) = (runtime::machine()?.driver.page_size(), runtime::events()?);
    let words = handle.optional().ok_or(Error::InvalidArgument)?.handle;
    signal.check()?;
    let ticket = Ticket::from_words(words, Kind::Signal).filter(|ticket| ticket.bytes() == page);
    let ticket = ticket.ok_or(Error::InvalidArgument)?;
    let shared = fetch(ticket).ok_or(Error::InvalidArgument)?;
    let attached = events.signals.attach(Parts::copied(shared.descriptors())?)?;
    signal.write(attached.handle())
}
