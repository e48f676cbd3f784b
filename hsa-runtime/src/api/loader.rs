//! The loader extension, hsa_ven_amd_loader.h: what profilers and HIP's debugging aids ask of loaded code. Answers to
//! upstream's `hsa_ven_amd_loader.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::executable::find;
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Callback, Callback2, Data, Error, Out, Then, Value},
    handle,
    loader::executable::{Executable, Loaded},
    runtime,
};

/// The code object that stands at an address of an agent, and the number of its executable.
fn at(machine: &Machine, address: u64) -> Option<(u32, Arc<Loaded>)> {
    machine.loader.executables.all().iter().find_map(|(&number, executable)| {
        let contents = executable.contents();
        let loaded = contents.loaded.iter().find(|loaded| loaded.host(address).is_some())?;
        Some((number, Arc::clone(loaded)))
    })
}

pub fn query_host_address(
    device: *const core::ffi::c_void,
    host: Out<*const core::ffi::c_void>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    host.check()?;
    let address = device.addr() as u64;
    let (_, loaded) = at(&machine, address).ok_or(Error::InvalidArgument)?;
    let bytes = loaded.host(address).ok_or(Error::InvalidArgument)?;
    host.write(bytes.as_ptr().cast())
}

pub fn query_executable(
    device: *const core::ffi::c_void,
    executable: Out<hsa_executable_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    executable.check()?;
    let (number, _) = at(&machine, device.addr() as u64).ok_or(Error::InvalidArgument)?;
    executable.write(handle::executable(machine.epoch, number))
}

/// With 0 for the number it tells how many there are; any other number has to be that.
pub fn query_segments(
    segments: Out<hsa_ven_amd_loader_segment_descriptor_t>,
    number: Out<usize>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let asked = number.read()?;
    let wants = segments.check().is_ok();
    if wants != (asked != 0) {
        return Err(Error::InvalidArgument);
    }
    let all: Vec<_> = machine
        .loader
        .executables
        .all()
        .iter()
        .flat_map(|(&number, executable)| descriptors(&machine, number, executable))
        .collect();
    match asked {
        0 => number.write(all.len()),
        _ if asked != all.len() => Err(Error::IncompatibleArguments),
        _ => segments.write_all(&all),
    }
}

fn descriptors(
    machine: &Machine,
    number: u32,
    executable: &Executable,
) -> Vec<hsa_ven_amd_loader_segment_descriptor_t> {
    let executable_handle = handle::executable(machine.epoch, number);
    let describe = |loaded: &Arc<Loaded>| hsa_ven_amd_loader_segment_descriptor_t {
        agent: handle::agent(machine.epoch, loaded.agent),
        executable: executable_handle,
        code_object_storage_type: HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY,
        code_object_storage_base: loaded.file.bytes.as_ptr().cast(),
        code_object_storage_size: loaded.file.bytes.len(),
        code_object_storage_offset: loaded.offset as usize,
        segment_base: core::ptr::without_provenance(loaded.address() as usize),
        segment_size: loaded.image.len(),
    };
    executable.contents().loaded.iter().map(describe).collect()
}

pub fn iterate_loaded(
    executable: hsa_executable_t,
    callback: Option<Callback2<hsa_executable_t, hsa_loaded_code_object_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let (number, found) = find(&machine, executable)?;
    let indices = 0..found.contents().loaded.len() as u32;
    Ok(callback.for_each(indices.map(|index| (executable, handle::loaded(number, index))).collect(), data))
}

pub fn iterate_executables(
    callback: Option<Callback<hsa_executable_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let all = machine.loader.executables.all();
    let handles = all.keys().map(|&number| handle::executable(machine.epoch, number)).collect();
    Ok(callback.for_each(handles, data))
}

pub fn loaded_get_info(
    loaded: hsa_loaded_code_object_t,
    attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    let (number, index) = handle::loaded_place(loaded).ok_or(Error::InvalidCodeObject)?;
    let executable = machine.loader.executables.get(number).ok_or(Error::InvalidCodeObject)?;
    let contents = executable.contents();
    let loaded = contents.loaded.get(index as usize).ok_or(Error::InvalidCodeObject)?;
    match attribute {
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_EXECUTABLE => {
            value.write::<hsa_executable_t>(handle::executable(machine.epoch, number))
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_AGENT => {
            value.write::<hsa_agent_t>(handle::agent(machine.epoch, loaded.agent))
        }
        _ => of_loaded(loaded, attribute, value),
    }
}

fn of_loaded(
    loaded: &Loaded,
    attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
    value: Value,
) -> Result<(), Error> {
    let bytes = &loaded.file.bytes;
    match attribute {
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_KIND => {
            value.write::<u32>(HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_AGENT.0)
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_TYPE => {
            value.write::<u32>(HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY.0)
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_BASE => {
            value.write::<u64>(bytes.as_ptr().addr() as u64)
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_SIZE => {
            value.write::<u64>(bytes.len() as u64)
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA => value.write::<i64>(loaded.moved() as i64),
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_BASE => value.write::<u64>(loaded.address()),
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_SIZE => value.write::<u64>(loaded.image.len() as u64),
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI_LENGTH => {
            value.write::<u32>(loaded.file.uri.len() as u32)
        }
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI => value.write_all(loaded.file.uri.as_bytes()),
        // Storage files: what is loaded is always a copy in memory.
        _ => Err(Error::InvalidArgument),
    }
}
