//! Symbols of code objects that are not loaded, by HSA 1.0's calls.
//!
//! Pure. Answers to upstream's `amd_hsa_code.cpp`, for which kernels of code objects of version 3 and later are variables,
//! namely their descriptors.
#![forbid(unsafe_code)]

use object::elf::{STB_GLOBAL, STT_COMMON, STT_OBJECT};

use super::{
    elf::{Image, Malformed, Symbol},
    symbol::names,
};
use crate::{
    abi::*,
    boundary::{Error, Value},
};

/// The variables of a file, in its order; those that it only declares have no place in it.
///
/// # Errors
/// What of the file is malformed.
pub fn list(bytes: &[u8]) -> Result<Vec<Symbol<'_>>, Malformed> {
    let mut symbols = Image::parse(bytes)?.symbols(true)?;
    symbols.retain(|symbol| matches!(symbol.kind, STT_OBJECT | STT_COMMON));
    Ok(symbols)
}

/// Answers `hsa_code_symbol_get_info`.
///
/// # Errors
/// `InvalidArgument` for an attribute that variables do not have.
pub fn get_info(symbol: &Symbol<'_>, attribute: hsa_code_symbol_info_t, value: Value) -> Result<(), Error> {
    let (module, name) = names(symbol.name);
    let is_program = symbol.binding == STB_GLOBAL;
    match attribute {
        HSA_CODE_SYMBOL_INFO_TYPE => value.write::<hsa_symbol_kind_t>(HSA_SYMBOL_KIND_VARIABLE),
        HSA_CODE_SYMBOL_INFO_NAME_LENGTH => value.write::<u32>(name.len() as u32),
        HSA_CODE_SYMBOL_INFO_NAME => value.write_all(name.as_bytes()),
        HSA_CODE_SYMBOL_INFO_MODULE_NAME_LENGTH => value.write::<u32>(module.len() as u32),
        HSA_CODE_SYMBOL_INFO_MODULE_NAME => value.write_all(module.as_bytes()),
        HSA_CODE_SYMBOL_INFO_LINKAGE => value.write::<hsa_symbol_linkage_t>(if is_program {
            HSA_SYMBOL_LINKAGE_PROGRAM
        } else {
            HSA_SYMBOL_LINKAGE_MODULE
        }),
        HSA_CODE_SYMBOL_INFO_IS_DEFINITION => value.write::<bool>(symbol.kind != STT_COMMON),
        HSA_CODE_SYMBOL_INFO_VARIABLE_ALLOCATION => {
            value.write::<hsa_variable_allocation_t>(HSA_VARIABLE_ALLOCATION_PROGRAM)
        }
        HSA_CODE_SYMBOL_INFO_VARIABLE_SEGMENT => {
            value.write::<hsa_variable_segment_t>(HSA_VARIABLE_SEGMENT_GLOBAL)
        }
        HSA_CODE_SYMBOL_INFO_VARIABLE_ALIGNMENT => value.write::<u32>(symbol.alignment as u32),
        // The attribute has 32 bits, however large the variable is.
        HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE => value.write::<u32>(symbol.size as u32),
        HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST => value.write::<bool>(!symbol.writable),
        _ => Err(Error::InvalidArgument),
    }
}
