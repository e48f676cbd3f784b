//! Questions about extensions, and the tables of their functions. Answers to upstream's `hsa.cpp`.
#![forbid(unsafe_code)]

use std::ffi::c_char;

use crate::{
    abi::hsa_agent_t,
    agent::Agent,
    boundary::{Error, Out, Value},
    extension, runtime, table,
};

pub fn get_name(extension: u16, name: Out<*const c_char>) -> Result<(), Error> {
    runtime::machine()?;
    name.check()?;
    match extension::name(extension) {
        Some(text) => name.write(text.as_ptr()),
        // Upstream names the invalid one and fails.
        None => name.write(c"HSA_EXTENSION_INVALID".as_ptr()).and(Err(Error::InvalidArgument)),
    }
}

pub fn system_supported(extension: u16, major: u16, minor: u16, result: Out<bool>) -> Result<(), Error> {
    runtime::machine()?;
    check(extension)?;
    result.write(extension::is_supported(extension, major, minor))
}

pub fn system_major_supported(
    extension: u16,
    major: u16,
    minor: Out<u16>,
    result: Out<bool>,
) -> Result<(), Error> {
    runtime::machine()?;
    minor.check()?;
    result.check()?;
    let supported = major == 1 && extension::has_table(extension);
    if supported {
        minor.write(0)?;
    }
    result.write(supported)
}

pub fn agent_supported(
    extension: u16,
    agent: hsa_agent_t,
    major: u16,
    minor: u16,
    result: Out<bool>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    check(extension)?;
    result.check()?;
    result.write(answers(machine.agent(agent)?, major) && minor == 0)
}

pub fn agent_major_supported(
    extension: u16,
    agent: hsa_agent_t,
    major: u16,
    minor: Out<u16>,
    result: Out<bool>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    check(extension)?;
    result.check()?;
    let supported = answers(machine.agent(agent)?, major);
    if supported {
        minor.write(0)?;
    }
    result.write(supported)
}

/// Agents speak for every extension alike: GPUs have version 1.0 of each, processors none.
fn answers(agent: &Agent, major: u16) -> bool {
    agent.is_gpu() && major <= 1
}

fn check(extension: u16) -> Result<(), Error> {
    if extension::is_defined(extension) { Ok(()) } else { Err(Error::InvalidArgument) }
}

pub fn get_table(extension: u16, major: u16, minor: u16, functions: Value) -> Result<(), Error> {
    runtime::machine()?;
    functions.check()?;
    let entries = extension::table_entries(extension, major, minor).ok_or(Error::InvalidArgument)?;
    write_table(extension, major, entries, functions)
}

pub fn get_major_table(extension: u16, major: u16, bytes: usize, functions: Value) -> Result<(), Error> {
    runtime::machine()?;
    functions.check()?;
    if bytes == 0 {
        return Err(Error::InvalidArgument);
    }
    write_table(extension, major, bytes / size_of::<usize>(), functions)
}

/// Writes the first `entries` functions of a table, or all if there are fewer.
fn write_table(extension: u16, major: u16, entries: usize, functions: Value) -> Result<(), Error> {
    let table = table::extension_functions(extension, major).ok_or(Error::Generic)?;
    functions.write_all(&table[..entries.min(table.len())])
}
