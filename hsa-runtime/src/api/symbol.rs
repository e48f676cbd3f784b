//! Symbols of executables. Answers to upstream's `hsa.cpp`. Programs ask a million times: no lock, no allocation.
#![forbid(unsafe_code)]

use super::executable::find;
use crate::{
    abi::*,
    boundary::{Callback2, Callback3, Data, Error, In, Out, Text, Then, Value, call},
    handle,
    loader::{
        addresses,
        executable::{Contents, Executable},
        symbol::{full_name, is_address},
    },
    runtime,
};

/// Deprecated: finds the program's symbol first, and that of `agent` only if there is none.
pub fn get(
    executable: hsa_executable_t,
    module: Text,
    name: Text,
    agent: hsa_agent_t,
    _convention: i32,
    symbol: Out<hsa_executable_symbol_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let name = name.get()?.to_str().map_err(|_| Error::InvalidSymbolName)?;
    symbol.check()?;
    let module = module.optional().map_or(Ok(""), |module| module.to_str());
    let module = module.map_err(|_| Error::InvalidSymbolName)?;
    let (number, executable) = find(&machine, executable)?;
    let contents = executable.contents();
    let full = full_name(module, name);
    let of_agent = || contents.find(full.as_bytes(), Some(handle::agent_index(machine.epoch, agent)?));
    let index = contents.find(full.as_bytes(), None).or_else(of_agent).ok_or(Error::InvalidSymbolName)?;
    symbol.write(handle::symbol(number, index))
}

pub fn get_by_name(
    executable: hsa_executable_t,
    name: Text,
    agent: In<hsa_agent_t>,
    symbol: Out<hsa_executable_symbol_t>,
) -> Result<(), Error> {
    runtime::glance(|machine| {
        let name = name.get()?;
        symbol.check()?;
        let number = handle::executable_number(machine.epoch, executable).ok_or(Error::InvalidExecutable)?;
        let find = |executable: &Executable| {
            let index_of = |agent| handle::agent_index(machine.epoch, agent);
            let agent = match agent.optional() {
                None => None,
                Some(agent) => Some(index_of(agent)?),
            };
            executable.contents().find(name.to_bytes(), agent)
        };
        let index = machine.loader.executables.glance(number, find).ok_or(Error::InvalidExecutable)?;
        symbol.write(handle::symbol(number, index.ok_or(Error::InvalidSymbolName)?))
    })
}

pub fn get_info(
    symbol: hsa_executable_symbol_t,
    attribute: hsa_executable_symbol_info_t,
    value: Value,
) -> hsa_status_t {
    let known = if is_address(attribute) { addresses::get(symbol) } else { None };
    match known {
        Some(address) => value.write::<u64>(address).map_or_else(Into::into, |()| HSA_STATUS_SUCCESS),
        None => get_other_info(symbol, attribute, value),
    }
}

#[cold]
#[inline(never)]
fn get_other_info(
    symbol: hsa_executable_symbol_t,
    attribute: hsa_executable_symbol_info_t,
    value: Value,
) -> hsa_status_t {
    call(|| {
        let machine = runtime::machine()?;
        value.check()?;
        let (number, index) = handle::symbol_place(symbol).ok_or(Error::InvalidExecutableSymbol)?;
        let executable = machine.loader.executables.get(number).ok_or(Error::InvalidExecutableSymbol)?;
        let contents = executable.contents();
        let symbol = contents.symbols.get(index as usize).ok_or(Error::InvalidExecutableSymbol)?;
        let agent =
            symbol.agent.map_or(hsa_agent_t { handle: 0 }, |index| handle::agent(machine.epoch, index));
        symbol.get_info(agent, attribute, value)
    })
}

/// Handles of the symbols that are of the program, or of agents, as `wanted` says.
fn handles(
    number: u32,
    contents: &Contents,
    wanted: impl Fn(Option<usize>) -> bool,
) -> impl Iterator<Item = hsa_executable_symbol_t> {
    let symbols = contents.symbols.iter().enumerate().filter(move |(_, symbol)| wanted(symbol.agent));
    symbols.map(move |(index, _)| handle::symbol(number, index as u32))
}

/// Deprecated: those of the program first.
pub fn iterate(
    executable: hsa_executable_t,
    callback: Option<Callback2<hsa_executable_t, hsa_executable_symbol_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let (number, found) = find(&machine, executable)?;
    let contents = found.contents();
    let of_program = handles(number, &contents, |agent| agent.is_none());
    let symbols = of_program.chain(handles(number, &contents, |agent| agent.is_some()));
    Ok(callback.for_each(symbols.map(|symbol| (executable, symbol)).collect(), data))
}

pub fn iterate_of_agent(
    executable: hsa_executable_t,
    agent: hsa_agent_t,
    callback: Option<Callback3<hsa_executable_t, hsa_agent_t, hsa_executable_symbol_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let index = machine.agent(agent)?.index;
    let (number, found) = find(&machine, executable)?;
    let contents = found.contents();
    let symbols = handles(number, &contents, |of| of == Some(index));
    Ok(callback.for_each(symbols.map(|symbol| (executable, agent, symbol)).collect(), data))
}

pub fn iterate_of_program(
    executable: hsa_executable_t,
    callback: Option<Callback2<hsa_executable_t, hsa_executable_symbol_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let (number, found) = find(&machine, executable)?;
    let contents = found.contents();
    let symbols = handles(number, &contents, |agent| agent.is_none());
    Ok(callback.for_each(symbols.map(|symbol| (executable, symbol)).collect(), data))
}
