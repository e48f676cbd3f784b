//! Memory of the process's own for GPUs. Answers to upstream's `hsa_ext_amd.cpp` and `hsa.cpp`.
#![forbid(unsafe_code)]

use core::ffi::{c_int, c_void};

use super::memory::pointer;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Error, List, Out},
    handle,
    pool::Place,
    runtime,
};

/// Like coarse-grained memory of the host.
pub fn lock(
    address: *mut c_void,
    bytes: usize,
    agents: List<hsa_agent_t>,
    number: c_int,
    place: Out<*mut c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let range = Range::new(address, bytes, agents, number, place)?;
    match machine.locking_pool() {
        Some(index) => range.lock(&machine, index),
        // Where GPUs use the host's memory as it is there is nothing to lock.
        None => place.write(address),
    }
}

/// Like memory of a pool of the host. No flag is defined, and newer upstream ignores all.
pub fn lock_to_pool(
    address: *mut c_void,
    bytes: usize,
    agents: List<hsa_agent_t>,
    number: c_int,
    pool: hsa_amd_memory_pool_t,
    _flags: u32,
    place: Out<*mut c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let range = Range::new(address, bytes, agents, number, place)?;
    let index = handle::pool_index(machine.epoch, pool).ok_or(Error::InvalidMemoryPool)?;
    if machine.pool(pool)?.place != Place::System {
        return Err(Error::InvalidMemoryPool);
    }
    range.lock(&machine, index)
}

/// What is not locked stays as it is.
pub fn unlock(address: *mut c_void) -> Result<(), Error> {
    runtime::machine()?.heap.unlock(address.addr() as u64);
    Ok(())
}

/// HSA 1.0's hint that agents will use memory. Those that need to be told are told by `lock`.
pub fn register(address: *mut c_void, bytes: usize) -> Result<(), Error> {
    runtime::machine()?;
    if bytes == 0 && !address.is_null() { Err(Error::InvalidArgument) } else { Ok(()) }
}

/// Takes the hint back.
pub fn deregister(_address: *mut c_void, _bytes: usize) -> Result<(), Error> {
    runtime::machine().map(drop)
}

/// What is to be locked, with the arguments checked.
struct Range<'a> {
    address: *mut c_void,
    bytes: usize,
    agents: List<'a, hsa_agent_t>,
    number: u32,
    place: Out<'a, *mut c_void>,
}

impl<'a> Range<'a> {
    fn new(
        address: *mut c_void,
        bytes: usize,
        agents: List<'a, hsa_agent_t>,
        number: c_int,
        place: Out<'a, *mut c_void>,
    ) -> Result<Self, Error> {
        if bytes == 0 || address.is_null() {
            return Err(Error::InvalidArgument);
        }
        place.write(core::ptr::null_mut())?;
        let number = u32::try_from(number).map_err(|_| Error::InvalidArgument)?;
        if agents.is_null() != (number == 0) {
            return Err(Error::InvalidArgument);
        }
        Ok(Self { address, bytes, agents, number, place })
    }

    fn lock(self, machine: &Machine, index: usize) -> Result<(), Error> {
        let agents = self.agents.iter(self.number)?.map(|agent| machine.cpu_or_gpu(agent));
        agents.clone().try_for_each(|agent| agent.map(drop))?;
        let address = self.address.expose_provenance() as u64;
        let found = machine.lock(index, address, self.bytes as u64, agents.flatten())?;
        self.place.write(if found == address { self.address } else { pointer(found) })
    }
}
