//! Addresses and memory that are joined later. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::ffi::{c_int, c_void};
use std::sync::Arc;

use super::memory::pointer;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Error, List, Out},
    driver::virtual_memory::{Access, Part},
    handle, runtime,
};

/// The machine, if its driver can join addresses and memory.
fn able() -> Result<Arc<Machine>, Error> {
    let machine = runtime::machine()?;
    if machine.has_virtual_memory_api() { Ok(machine) } else { Err(Error::InvalidArgument) }
}

/// Plain memory is to be had with every driver.
pub fn reserve(place: Out<*mut c_void>, bytes: usize, hint: u64, flags: u64) -> Result<(), Error> {
    let machine = if is_plain(flags) { runtime::machine()? } else { able()? };
    reserve_on(&machine, place, bytes, (hint, 0), flags)
}

/// Alignment 0 is a page.
pub fn reserve_align(
    place: Out<*mut c_void>,
    bytes: usize,
    hint: u64,
    alignment: u64,
    flags: u64,
) -> Result<(), Error> {
    reserve_on(&*able()?, place, bytes, (hint, alignment), flags)
}

fn is_plain(flags: u64) -> bool {
    flags & u64::from(HSA_AMD_VMEM_ADDRESS_NO_REGISTER.0) != 0
}

fn reserve_on(
    machine: &Machine,
    place: Out<*mut c_void>,
    bytes: usize,
    (hint, alignment): (u64, u64),
    flags: u64,
) -> Result<(), Error> {
    if bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    place.check()?;
    place.write(pointer(machine.heap.vmem.reserve(bytes as u64, hint, alignment, !is_plain(flags))?))
}

/// Exactly what was reserved.
pub fn free(place: *mut c_void, bytes: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (start, bytes) = range(place, bytes)?;
    machine.heap.vmem.free(start, bytes)
}

/// Addresses, of which there are some.
fn range(place: *mut c_void, bytes: usize) -> Result<(u64, u64), Error> {
    if place.is_null() || bytes == 0 {
        Err(Error::InvalidArgument)
    } else {
        Ok((place.addr() as u64, bytes as u64))
    }
}

/// No flag is defined.
pub fn create(
    pool: hsa_amd_memory_pool_t,
    bytes: usize,
    kind: hsa_amd_memory_type_t,
    _flags: u64,
    memory: Out<hsa_amd_vmem_alloc_handle_t>,
) -> Result<(), Error> {
    let machine = able()?;
    if bytes == 0 || ![MEMORY_TYPE_NONE, MEMORY_TYPE_PINNED].contains(&kind) {
        return Err(Error::InvalidArgument);
    }
    memory.check()?;
    let index = handle::pool_index(machine.epoch, pool).ok_or(Error::InvalidArgument)?;
    let number = machine.create_physical(index, bytes as u64, kind == MEMORY_TYPE_PINNED)?;
    memory.write(handle::physical(machine.epoch, number))
}

/// What is mapped stays until it is unmapped.
pub fn release(memory: hsa_amd_vmem_alloc_handle_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let number = handle::physical_number(machine.epoch, memory).ok_or(Error::InvalidAllocation)?;
    if machine.heap.vmem.handles().release(number) { Ok(()) } else { Err(Error::InvalidAllocation) }
}

/// No flag is defined.
pub fn map(
    place: *mut c_void,
    bytes: usize,
    offset: usize,
    memory: hsa_amd_vmem_alloc_handle_t,
    _flags: u64,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (address, bytes) = range(place, bytes)?;
    let number = handle::physical_number(machine.epoch, memory).ok_or(Error::InvalidArgument)?;
    machine.map_physical(Part { offset: offset as u64, bytes, address }, number)
}

/// One mapping, or several that follow one another.
pub fn unmap(place: *mut c_void, bytes: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (start, bytes) = range(place, bytes)?;
    machine.heap.vmem.unmap(start, bytes)
}

/// Agents that are not named keep the access they have.
pub fn set_access(
    place: *mut c_void,
    bytes: usize,
    wanted: List<hsa_amd_memory_access_desc_t>,
    number: usize,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let range = range(place, bytes)?;
    let number = u32::try_from(number).map_err(|_| Error::InvalidArgument)?;
    if number == 0 {
        return Err(Error::InvalidArgument);
    }
    let wanted = wanted.read(number)?;
    let agents =
        wanted.iter().map(|one| Ok((machine.cpu_or_gpu(one.agent_handle)?, access(one.permissions))));
    machine.show(range, &agents.collect::<Result<Vec<_>, _>>()?)
}

fn access(permission: hsa_access_permission_t) -> Access {
    let has = |bit: hsa_access_permission_t| permission.0 & bit.0 != 0;
    Access { read: has(HSA_ACCESS_PERMISSION_RO), write: has(HSA_ACCESS_PERMISSION_WO) }
}

/// Of a GPU.
pub fn get_access(
    place: *mut c_void,
    permission: Out<hsa_access_permission_t>,
    agent: hsa_agent_t,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if place.is_null() {
        return Err(Error::InvalidArgument);
    }
    permission.write(HSA_ACCESS_PERMISSION_NONE)?;
    let mapping = machine.heap.vmem.mapping(place.addr() as u64).ok_or(Error::InvalidAllocation)?;
    let agent = machine.agent(agent).ok().filter(|agent| agent.is_gpu()).ok_or(Error::InvalidAgent)?;
    permission.write(match mapping.access(agent.index) {
        Access { read: false, write: false } => HSA_ACCESS_PERMISSION_NONE,
        Access { write: false, .. } => HSA_ACCESS_PERMISSION_RO,
        Access { read: false, .. } => HSA_ACCESS_PERMISSION_WO,
        Access { .. } => HSA_ACCESS_PERMISSION_RW,
    })
}

/// No flag is defined; the descriptor is the caller's to close.
pub fn export(dmabuf: Out<c_int>, memory: hsa_amd_vmem_alloc_handle_t, _flags: u64) -> Result<(), Error> {
    let machine = runtime::machine()?;
    dmabuf.write(-1)?;
    let number = handle::physical_number(machine.epoch, memory).ok_or(Error::InvalidAllocation)?;
    let physical = machine.heap.vmem.handles().get(number).ok_or(Error::InvalidAllocation)?;
    dmabuf.write(physical.export()?)
}

/// The descriptor stays the caller's.
pub fn import(dmabuf: c_int, memory: Out<hsa_amd_vmem_alloc_handle_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    memory.check()?;
    if dmabuf < 0 {
        return Err(Error::InvalidArgument);
    }
    memory.write(handle::physical(machine.epoch, machine.import_physical(dmabuf)?))
}

/// Of what is mapped exactly there.
pub fn retain(memory: Out<hsa_amd_vmem_alloc_handle_t>, place: *mut c_void) -> Result<(), Error> {
    let machine = runtime::machine()?;
    memory.check()?;
    if place.is_null() {
        return Err(Error::InvalidArgument);
    }
    let start = place.addr() as u64;
    let vmem = &machine.heap.vmem;
    let mut handles = vmem.handles();
    let (mapping, physical) = vmem.mapped(start).ok_or(Error::InvalidAllocation)?;
    if mapping.start() != start {
        return Err(Error::InvalidAllocation);
    }
    handles.retain(&physical);
    memory.write(handle::physical(machine.epoch, physical.number))
}

/// Pool and kind, as they were asked for.
pub fn get_properties(
    memory: hsa_amd_vmem_alloc_handle_t,
    pool: Out<hsa_amd_memory_pool_t>,
    kind: Out<hsa_amd_memory_type_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    pool.check()?;
    kind.check()?;
    let number = handle::physical_number(machine.epoch, memory).ok_or(Error::InvalidAllocation)?;
    let physical = machine.heap.vmem.handles().get(number).ok_or(Error::InvalidAllocation)?;
    pool.write(handle::pool(machine.epoch, physical.pool))?;
    kind.write(if physical.pinned { MEMORY_TYPE_PINNED } else { MEMORY_TYPE_NONE })
}

/// Names for other hosts need a fabric of GPUs and a request that no public kernel has, as `FABRIC_HANDLES_SUPPORTED` says.
pub fn export_fabric(
    name: Out<hsa_fabric_handle_t>,
    memory: hsa_amd_vmem_alloc_handle_t,
    _flags: u64,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    name.check()?;
    handle::physical_number(machine.epoch, memory).ok_or(Error::InvalidAllocation)?;
    Err(Error::NotSupported)
}

/// As [`export_fabric`].
pub fn import_fabric(
    _name: hsa_fabric_handle_t,
    memory: Out<hsa_amd_vmem_alloc_handle_t>,
) -> Result<(), Error> {
    runtime::machine()?;
    memory.check()?;
    Err(Error::NotSupported)
}
