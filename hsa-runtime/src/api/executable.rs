//! Executables. Answers to upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Error, Out, Text, Value},
    copy::Rooms,
    handle,
    loader::{Refusal, executable::Executable, reader::File},
    log::complain,
    runtime,
};

/// The executable of a handle, with its number.
pub(super) fn find(machine: &Machine, executable: hsa_executable_t) -> Result<(u32, Arc<Executable>), Error> {
    let number = handle::executable_number(machine.epoch, executable).ok_or(Error::InvalidExecutable)?;
    let found = machine.loader.executables.get(number).ok_or(Error::InvalidExecutable)?;
    Ok((number, found))
}

/// The status of a refusal, after the line that tells of it.
pub(super) fn told(refusal: Refusal) -> Error {
    complain(&format!("a code object is refused: {}", refusal.reason));
    refusal.error
}

/// Deprecated.
pub fn create(
    profile: hsa_profile_t,
    state: hsa_executable_state_t,
    options: Text,
    executable: Out<hsa_executable_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    super::isa::check_profile(profile)?;
    if !matches!(state, HSA_EXECUTABLE_STATE_UNFROZEN | HSA_EXECUTABLE_STATE_FROZEN) {
        return Err(Error::InvalidArgument);
    }
    let new = Executable::new(profile, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT);
    if state == HSA_EXECUTABLE_STATE_FROZEN {
        new.freeze(machine.loader.debugger.as_ref()).map_err(|refusal| refusal.error)?;
    }
    register(new, options, executable)
}

/// No option of upstream's is defined.
pub fn create_alt(
    profile: hsa_profile_t,
    rounding: hsa_default_float_rounding_mode_t,
    options: Text,
    executable: Out<hsa_executable_t>,
) -> Result<(), Error> {
    runtime::machine()?;
    super::isa::check_profile(profile)?;
    if !matches!(
        rounding,
        HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT
            | HSA_DEFAULT_FLOAT_ROUNDING_MODE_ZERO
            | HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR
    ) {
        return Err(Error::InvalidArgument);
    }
    register(Executable::new(profile, rounding), options, executable)
}

fn register(new: Executable, _options: Text, executable: Out<hsa_executable_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    executable.check()?;
    let number = machine.loader.executables.add(new).ok_or(Error::OutOfResources)?;
    executable.write(handle::executable(machine.epoch, number))
}

pub fn destroy(executable: hsa_executable_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (number, _) = find(&machine, executable)?;
    // Of two threads that destroy it, one does.
    machine.loader.executables.remove(number).map(drop).ok_or(Error::InvalidExecutable)
}

/// Deprecated options are not looked at.
pub fn load(
    executable: hsa_executable_t,
    agent: hsa_agent_t,
    reader: hsa_code_object_reader_t,
    _options: Text,
    loaded: Out<hsa_loaded_code_object_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (number, executable) = find(&machine, executable)?;
    let file = file(&machine, reader)?;
    let agent = machine.agent(agent)?;
    let index = executable.load(agent, &file, &*machine).map_err(told)?;
    // Few ask for it.
    let _ = loaded.write(handle::loaded(number, index as u32));
    Ok(())
}

/// The file of a reader.
fn file(machine: &Machine, reader: hsa_code_object_reader_t) -> Result<Arc<File>, Error> {
    let number = handle::reader_number(machine.epoch, reader);
    number.and_then(|number| machine.loader.readers.get(number)).ok_or(Error::InvalidCodeObjectReader)
}

/// GPUs have no code objects of a whole program; upstream finds no memory for them.
pub fn load_program(
    executable: hsa_executable_t,
    reader: hsa_code_object_reader_t,
    _options: Text,
    _loaded: Out<hsa_loaded_code_object_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    find(&machine, executable)?;
    file(&machine, reader)?;
    Err(Error::OutOfResources)
}

pub fn freeze(executable: hsa_executable_t, _options: Text) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (number, executable) = find(&machine, executable)?;
    executable.freeze(machine.loader.debugger.as_ref()).map_err(told)?;
    executable.make_known(number);
    let (events, queues) = (runtime::events()?, runtime::queues()?);
    let rooms = Rooms { events: &events, queues: &queues };
    for code in &executable.contents().loaded {
        let (gpu, bytes) = (&machine.agents[code.agent], code.image.len() as u64);
        // A GPU on which the runtime gets no queue runs no code either: whoever makes a queue there is told.
        let _ = machine.forget_code_now(rooms, gpu, code.address(), bytes);
    }
    Ok(())
}

pub fn get_info(
    executable: hsa_executable_t,
    attribute: hsa_executable_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    let (_, executable) = find(&machine, executable)?;
    match attribute {
        HSA_EXECUTABLE_INFO_PROFILE => value.write::<hsa_profile_t>(executable.profile),
        HSA_EXECUTABLE_INFO_STATE => value.write::<hsa_executable_state_t>(state(&executable)),
        HSA_EXECUTABLE_INFO_DEFAULT_FLOAT_ROUNDING_MODE => {
            value.write::<hsa_default_float_rounding_mode_t>(executable.rounding)
        }
        _ => Err(Error::InvalidArgument),
    }
}

fn state(executable: &Executable) -> hsa_executable_state_t {
    if executable.contents().frozen { HSA_EXECUTABLE_STATE_FROZEN } else { HSA_EXECUTABLE_STATE_UNFROZEN }
}

pub fn define_global(
    executable: hsa_executable_t,
    name: Text,
    address: *mut core::ffi::c_void,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    define(&machine, executable, name, None, HSA_VARIABLE_SEGMENT_GLOBAL, address)
}

pub fn define_of_agent(
    executable: hsa_executable_t,
    agent: hsa_agent_t,
    name: Text,
    address: *mut core::ffi::c_void,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    define(&machine, executable, name, Some(agent), HSA_VARIABLE_SEGMENT_GLOBAL, address)
}

pub fn define_readonly(
    executable: hsa_executable_t,
    agent: hsa_agent_t,
    name: Text,
    address: *mut core::ffi::c_void,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    define(&machine, executable, name, Some(agent), HSA_VARIABLE_SEGMENT_READONLY, address)
}

fn define(
    machine: &Machine,
    executable: hsa_executable_t,
    name: Text,
    agent: Option<hsa_agent_t>,
    segment: hsa_variable_segment_t,
    address: *mut core::ffi::c_void,
) -> Result<(), Error> {
    let name = name.get()?.to_str().map_err(|_| Error::InvalidSymbolName)?;
    let (_, executable) = find(machine, executable)?;
    let agent = agent.map(|agent| machine.agent(agent)).transpose()?.map(|agent| agent.index);
    executable.define(name, agent, segment, address.addr() as u64).map_err(|refusal| refusal.error)
}

/// Valid whatever is in it: what is not, is not loaded.
pub fn validate(executable: hsa_executable_t, result: Out<u32>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    result.check()?;
    find(&machine, executable)?;
    result.write(0)
}

pub fn validate_alt(executable: hsa_executable_t, _options: Text, result: Out<u32>) -> Result<(), Error> {
    validate(executable, result)
}
