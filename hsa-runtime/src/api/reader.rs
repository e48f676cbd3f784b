//! Code object readers. Answers to upstream's `hsa.cpp` and `hsa_ven_amd_loader.cpp`.
#![forbid(unsafe_code)]

use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{Bytes, Descriptor, Error, Out},
    handle,
    loader::reader::File,
    runtime,
};

pub fn create_from_file(file: Descriptor, reader: Out<hsa_code_object_reader_t>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    reader.check()?;
    register(&machine, File::from_file(&file.duplicate()?, &file.path(), 0, 0)?, reader)
}

/// Of the loader extension: a part of a file.
pub fn create_from_part(
    file: Descriptor,
    offset: usize,
    size: usize,
    reader: Out<hsa_code_object_reader_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    reader.check()?;
    if size == 0 {
        return Err(Error::InvalidCodeObject);
    }
    register(&machine, File::from_file(&file.duplicate()?, &file.path(), offset as u64, size)?, reader)
}

pub fn create_from_memory(
    memory: Bytes,
    size: usize,
    reader: Out<hsa_code_object_reader_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let memory = memory.get(size)?;
    reader.check()?;
    register(&machine, File::from_memory(memory)?, reader)
}

fn register(machine: &Machine, file: File, reader: Out<hsa_code_object_reader_t>) -> Result<(), Error> {
    let number = machine.loader.readers.add(file).ok_or(Error::OutOfResources)?;
    reader.write(handle::reader(machine.epoch, number))
}

/// What was loaded by way of the reader stays.
pub fn destroy(reader: hsa_code_object_reader_t) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let number = handle::reader_number(machine.epoch, reader);
    let removed = number.and_then(|number| machine.loader.readers.remove(number));
    removed.map(drop).ok_or(Error::InvalidCodeObjectReader)
}
