//! Code objects by the calls of HSA 1.0, which know no readers. Answers to upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::executable::{find, told};
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Bytes, Error, Out, Serializer, Text, Then, Value},
    handle,
    loader::{code_object::CodeObject, reader::File},
    runtime,
};

/// The number and the bytes of a code object.
pub(super) fn file(machine: &Machine, object: hsa_code_object_t) -> Result<(u32, Arc<File>), Error> {
    let number = handle::code_object_number(machine.epoch, object);
    let found = number.and_then(|number| Some((number, machine.loader.objects.get(number)?)));
    found.ok_or(Error::InvalidCodeObject)
}

/// A copy, whatever is in it: what is no code object is not loaded. No option of upstream's is defined.
pub fn deserialize(
    serialized: Bytes,
    size: usize,
    _options: Text,
    object: Out<hsa_code_object_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let bytes = serialized.get(size)?;
    object.check()?;
    let number = machine.loader.objects.add(File::from_memory(bytes)?).ok_or(Error::OutOfResources)?;
    object.write(handle::code_object(machine.epoch, number))
}

/// The bytes, in memory that the caller's function finds.
pub fn serialize(
    object: hsa_code_object_t,
    serializer: Option<Serializer>,
    data: hsa_callback_data_t,
    _options: Text,
    serialized: Out<*mut core::ffi::c_void>,
    size: Out<usize>,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let serializer = serializer.ok_or(Error::InvalidArgument)?;
    serialized.check()?;
    size.check()?;
    let (_, file) = file(&machine, object)?;
    Ok(Then(move || serializer.give(&file.bytes, data, serialized, size)))
}

/// What was loaded of it stays.
pub fn destroy(object: hsa_code_object_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let number = handle::code_object_number(machine.epoch, object);
    let removed = number.and_then(|number| machine.loader.objects.remove(number));
    removed.map(drop).ok_or(Error::InvalidCodeObject)
}

/// All but the instruction set stood in notes of versions before 3, which nothing makes any more.
pub fn get_info(
    object: hsa_code_object_t,
    attribute: hsa_code_object_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    let (_, file) = file(&machine, object)?;
    let code = CodeObject::parse(&file.bytes).map_err(told)?;
    match attribute {
        HSA_CODE_OBJECT_INFO_ISA => value.write::<hsa_isa_t>(handle::isa(code.built.isa)),
        HSA_CODE_OBJECT_INFO_VERSION
        | HSA_CODE_OBJECT_INFO_MACHINE_MODEL
        | HSA_CODE_OBJECT_INFO_PROFILE
        | HSA_CODE_OBJECT_INFO_DEFAULT_FLOAT_ROUNDING_MODE => Err(Error::InvalidCodeObject),
        _ => Err(Error::InvalidArgument),
    }
}

/// Deprecated options are not looked at.
pub fn load(
    executable: hsa_executable_t,
    agent: hsa_agent_t,
    object: hsa_code_object_t,
    _options: Text,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let (_, executable) = find(&machine, executable)?;
    let (_, file) = file(&machine, object)?;
    let agent = machine.agent(agent)?;
    executable.load(agent, &file, &*machine).map(drop).map_err(told)
}
