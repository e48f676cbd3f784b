//! What is known of an address, and functions called when memory goes. Answers to upstream's `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::ffi::c_void;

use crate::{
    abi::*,
    boundary::{Allocator, Data, Error, Notifier, Out, Then},
    memory::Origin,
    runtime,
};

/// The agents are told only to callers that want all three: allocator, number and list.
pub fn info(
    address: *const c_void,
    info: Out<hsa_amd_pointer_info_t>,
    allocator: Option<Allocator>,
    number: Out<u32>,
    agents: Out<*mut hsa_agent_t>,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    if address.is_null() {
        return Err(Error::InvalidArgument);
    }
    let wanted = allocator.filter(|_| number.check().is_ok() && agents.check().is_ok());
    let (found, reached) = machine.pointer_info(address.addr() as u64, wanted.is_some());
    info.write_versioned(found)?;
    let wanted = wanted.filter(|_| found.r#type != HSA_EXT_POINTER_TYPE_UNKNOWN);
    Ok(Then(move || wanted.map_or(HSA_STATUS_SUCCESS, |allocator| allocator.give(&reached, agents, number))))
}

/// By the address where the memory begins.
pub fn set_userdata(address: *const c_void, word: *mut c_void) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if address.is_null() {
        return Err(Error::InvalidArgument);
    }
    machine.heap.set_word(address.addr() as u64, word.expose_provenance() as u64)
}

/// Anywhere in memory from a pool.
pub fn register_deallocation(
    address: *mut c_void,
    notifier: Option<Notifier>,
    data: Data,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let notifier = notifier.filter(|_| !address.is_null()).ok_or(Error::InvalidArgument)?;
    let record = machine.heap.containing(address.addr() as u64).ok_or(Error::InvalidAllocation)?;
    let is_pools = matches!(record.origin, Origin::Pool(_));
    if is_pools && record.notify(notifier.bind(data).at(address)) {
        Ok(())
    } else {
        Err(Error::InvalidAllocation)
    }
}

/// Of the same function registered several times for an address, all are taken back.
pub fn deregister_deallocation(address: *mut c_void, notifier: Option<Notifier>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let notifier = notifier.ok_or(Error::InvalidArgument)?;
    let record = machine.heap.containing(address.addr() as u64).ok_or(Error::InvalidArgument)?;
    if record.forget(|known| known.is(notifier, address)) { Ok(()) } else { Err(Error::InvalidArgument) }
}
