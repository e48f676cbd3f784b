//! Memory shared by dma-bufs. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::{
    ffi::{c_int, c_void},
    ptr,
};

use super::memory::pointer;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Descriptor, Error, List, Out},
    runtime,
};

/// For any device.
pub fn export(
    address: *const c_void,
    bytes: usize,
    dmabuf: Out<c_int>,
    offset: Out<u64>,
) -> Result<(), Error> {
    export_v2(address, bytes, dmabuf, offset, 0)
}

/// For the devices that the flags tell.
pub fn export_v2(
    address: *const c_void,
    bytes: usize,
    dmabuf: Out<c_int>,
    offset: Out<u64>,
    flags: u64,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    dmabuf.check()?;
    offset.check()?;
    if address.is_null() || bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    let by_pcie = flags & u64::from(HSA_AMD_DMABUF_MAPPING_TYPE_PCIE.0) != 0;
    let (descriptor, inside) = machine.export(address.addr() as u64, bytes as u64, by_pcie)?;
    dmabuf.write(descriptor)?;
    offset.write(inside)
}

/// Works before `hsa_init` and after `hsa_shut_down`: a descriptor is the process's.
pub fn close(dmabuf: Descriptor) -> Result<(), Error> {
    dmabuf.close()
}

/// What upstream's newest takes for one, whose size it has to be told on other systems.
#[allow(clippy::too_many_arguments, reason = "the C declaration's")]
pub fn map_with_size(
    number: u32,
    agents: List<hsa_agent_t>,
    dmabuf: hsa_handle_t,
    flags: u32,
    _size_hint: usize,
    bytes: Out<usize>,
    place: Out<*mut c_void>,
    metadata_bytes: Out<usize>,
    metadata: Out<*const c_void>,
) -> Result<(), Error> {
    map(number, agents, dmabuf, flags, bytes, place, metadata_bytes, metadata)
}

/// Metadata is for those who ask for it.
#[allow(clippy::too_many_arguments, reason = "the C declaration's")]
pub fn map(
    number: u32,
    agents: List<hsa_agent_t>,
    dmabuf: hsa_handle_t,
    flags: u32,
    bytes: Out<usize>,
    place: Out<*mut c_void>,
    metadata_bytes: Out<usize>,
    metadata: Out<*const c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    bytes.check()?;
    place.check()?;
    if flags != HSA_INTEROP_MAP_FLAG_NONE || number == 0 {
        return Err(Error::InvalidArgument);
    }
    let agents = agents.read(number)?;
    let agents: Vec<_> = agents.iter().map(|&agent| machine.cpu_or_gpu(agent)).collect::<Result<_, _>>()?;
    let taken = machine.heap.import(dmabuf, &Machine::nodes_of(&agents))?;
    let (told, length) = taken.metadata;
    if metadata_bytes.check().is_ok() {
        metadata_bytes.write(length as usize)?;
    }
    if metadata.check().is_ok() {
        metadata.write(ptr::with_exposed_provenance(told as usize))?;
    }
    bytes.write(taken.bytes as usize)?;
    place.write(pointer(taken.address))
}

/// Whatever comes of it, as upstream has it.
pub fn unmap(place: *mut c_void) -> Result<(), Error> {
    let _ = runtime::machine()?.heap.give_back(place.addr() as u64);
    Ok(())
}
