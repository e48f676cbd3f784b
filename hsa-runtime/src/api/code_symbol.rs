//! Symbols of code objects that are not loaded. Answers to upstream's `hsa.cpp`. Deprecated since HSA 1.1, and rarely asked:
//! the file is read each time.
#![forbid(unsafe_code)]

use super::code_object::file;
use crate::{
    abi::*,
    boundary::{Callback2, Data, Error, Out, Text, Then, Value},
    handle,
    loader::{code_symbol, symbol::full_name},
    runtime,
};

pub fn get(object: hsa_code_object_t, name: Text, symbol: Out<hsa_code_symbol_t>) -> Result<(), Error> {
    find(object, "", name, symbol)
}

pub fn get_from_name(
    object: hsa_code_object_t,
    module: Text,
    name: Text,
    symbol: Out<hsa_code_symbol_t>,
) -> Result<(), Error> {
    let module = module.optional().map_or(Ok(""), |module| module.to_str());
    find(object, module.map_err(|_| Error::InvalidSymbolName)?, name, symbol)
}

fn find(
    object: hsa_code_object_t,
    module: &str,
    name: Text,
    symbol: Out<hsa_code_symbol_t>,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let name = name.get()?.to_str().map_err(|_| Error::InvalidSymbolName)?;
    symbol.check()?;
    let (number, file) = file(&machine, object)?;
    let symbols = code_symbol::list(&file.bytes).map_err(|_| Error::InvalidCodeObject)?;
    let full = full_name(module, name);
    let index = symbols.iter().position(|symbol| symbol.name == full).ok_or(Error::InvalidSymbolName)?;
    symbol.write(handle::code_symbol(number, index as u32))
}

pub fn get_info(
    symbol: hsa_code_symbol_t,
    attribute: hsa_code_symbol_info_t,
    value: Value,
) -> Result<(), Error> {
    let machine = runtime::machine()?;
    value.check()?;
    let (number, index) = handle::code_symbol_place(symbol).ok_or(Error::InvalidCodeSymbol)?;
    let file = machine.loader.objects.get(number).ok_or(Error::InvalidCodeSymbol)?;
    let symbols = code_symbol::list(&file.bytes).map_err(|_| Error::InvalidCodeSymbol)?;
    code_symbol::get_info(symbols.get(index as usize).ok_or(Error::InvalidCodeSymbol)?, attribute, value)
}

pub fn iterate(
    object: hsa_code_object_t,
    callback: Option<Callback2<hsa_code_object_t, hsa_code_symbol_t>>,
    data: Data,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let machine = runtime::machine()?;
    let callback = callback.ok_or(Error::InvalidArgument)?;
    let (number, file) = file(&machine, object)?;
    let count = code_symbol::list(&file.bytes).map_err(|_| Error::InvalidCodeObject)?.len() as u32;
    let symbols = (0..count).map(|index| (object, handle::code_symbol(number, index)));
    Ok(callback.for_each(symbols.collect(), data))
}
