//! Memory from pools and regions. Answers to upstream's `hsa.cpp` and `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::{ffi::c_void, ptr};

use crate::{
    abi::*,
    boundary::{self, BoundNotifier, Error, In, List, Out, Then},
    handle,
    memory::Wish,
    runtime,
};

/// The address of an allocation as programs get it.
pub fn pointer(address: u64) -> *mut c_void {
    ptr::with_exposed_provenance_mut(address as usize)
}

/// HSA 1.0's: every GPU reaches what is the host's.
pub fn allocate(region: hsa_region_t, bytes: usize, place: Out<*mut c_void>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    place.check()?;
    machine.region(region)?;
    let index = handle::region_index(machine.epoch, region).ok_or(Error::InvalidRegion)?;
    let wish = Wish { shared: true, ..Wish::default() };
    place.write(pointer(machine.allocate(index, bytes as u64, wish)?))
}

/// Flags that no header defines are ignored, as upstream does.
pub fn pool_allocate(
    pool: hsa_amd_memory_pool_t,
    bytes: usize,
    flags: u32,
    place: Out<*mut c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    place.check()?;
    machine.pool(pool)?;
    let index = handle::pool_index(machine.epoch, pool).ok_or(Error::InvalidMemoryPool)?;
    let has = |flag: hsa_amd_memory_pool_flag_t| flags & flag.0 != 0;
    let wish = Wish {
        pcie: has(HSA_AMD_MEMORY_POOL_PCIE_FLAG),
        contiguous: has(HSA_AMD_MEMORY_POOL_CONTIGUOUS_FLAG),
        executable: has(HSA_AMD_MEMORY_POOL_EXECUTABLE_FLAG),
        shared: false,
    };
    place.write(pointer(machine.allocate(index, bytes as u64, wish)?))
}

/// Of pools and of regions. Who asked for it is told before the memory goes; nothing of it is known any more then.
pub fn free(address: *mut c_void) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let address = address.addr() as u64;
    let record = match machine.heap.withdraw(address) {
        _ if address == 0 => None,
        Err(Error::InvalidAllocation) if machine.npu().is_some_and(|npu| npu.free(address)) => None,
        withdrawn => Some(withdrawn?),
    };
    let notifiers = record.as_ref().map_or_else(Vec::new, |record| record.last_words());
    Ok(Then(move || {
        notifiers.iter().for_each(BoundNotifier::call);
        boundary::call(|| record.map_or(Ok(()), |record| machine.heap.release(&record)))
    }))
}

/// Exactly these agents; no flag is defined.
pub fn allow_access(
    number: u32,
    agents: List<hsa_agent_t>,
    flags: In<u32>,
    address: *const c_void,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if number == 0 || flags.optional().is_some() || address.is_null() {
        return Err(Error::InvalidArgument);
    }
    let agents = agents.read(number)?;
    let agents = agents.iter().map(|&agent| machine.cpu_or_gpu(agent)).collect::<Result<Vec<_>, _>>()?;
    machine.allow_access(address.addr() as u64, &agents)
}

/// HSA 1.0's change of the agent that owns memory, of which no memory here takes notice.
pub fn assign_agent(
    address: *mut c_void,
    agent: hsa_agent_t,
    access: hsa_access_permission_t,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let known = [HSA_ACCESS_PERMISSION_RO, HSA_ACCESS_PERMISSION_WO, HSA_ACCESS_PERMISSION_RW];
    if address.is_null() || !known.contains(&access) {
        return Err(Error::InvalidArgument);
    }
    machine.agent(agent).map(drop)
}

/// No pool's memory moves to another; upstream answers so, too.
pub fn can_migrate(
    from: hsa_amd_memory_pool_t,
    to: hsa_amd_memory_pool_t,
    result: Out<bool>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    result.check()?;
    machine.pool(from)?;
    machine.pool(to)?;
    result.write(false)?;
    Err(Error::OutOfResources)
}

/// As `can_migrate` says.
pub fn migrate(address: *const c_void, pool: hsa_amd_memory_pool_t, flags: u32) -> Result<(), Error> {
    let machine = runtime::machine()?;
    if address.is_null() || flags != 0 {
        return Err(Error::InvalidArgument);
    }
    machine.pool(pool)?;
    Err(Error::OutOfResources)
}
