//! Memory shared with other processes. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;

use super::memory::pointer;
use crate::{
    abi::*,
    boundary::{Error, In, List, Out},
    memory::ipc::Ticket,
    runtime,
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
    let ticket = Ticket::from_words(words).ok_or(Error::InvalidArgument)?;
    let agents = agents.read(number)?;
    let agents: Vec<_> = agents.iter().map(|&agent| machine.agent(agent)).collect::<Result<_, _>>()?;
    place.write(pointer(machine.take_in(ticket, bytes as u64, &agents)?))
}

pub fn detach(place: *mut c_void) -> Result<(), Error> {
    runtime::machine()?.heap.let_go(place.addr() as u64)
}
