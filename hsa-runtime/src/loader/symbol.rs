//! Symbols of executables, and what programs ask of them.
//!
//! Pure. Answers to SymbolImpl, KernelSymbol and VariableSymbol of upstream's `loader/executable.cpp`.
#![forbid(unsafe_code)]

use std::borrow::Cow;

use super::code_object::{Definition, Kernel, Kind};
use crate::{
    abi::*,
    boundary::{Error, Value},
};

/// Alignment of kernel arguments in bytes: the least that HSA allows.
const KERNARG_ALIGNMENT: u32 = 16;

/// HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE, which hsa.h does not repeat for executables; upstream answers it.
const WAVEFRONT_SIZE: hsa_executable_symbol_info_t =
    hsa_executable_symbol_info_t(HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE.0);

/// Divides the name of a module from that of its symbol.
const SEPARATOR: char = ':';

/// Stands between the two where a program passes them apart.
const MODULE_SEPARATOR: &str = "::";

/// The module's name, and the name in it.
pub fn names(full: &str) -> (&str, &str) {
    match (full.find(SEPARATOR), full.rfind(SEPARATOR)) {
        (Some(first), Some(last)) => (&full[..first], &full[last + 1..]),
        _ => ("", full),
    }
}

/// The whole name.
pub fn full_name<'a>(module: &str, name: &'a str) -> Cow<'a, str> {
    if module.is_empty() { name.into() } else { [module, MODULE_SEPARATOR, name].concat().into() }
}

/// Whether a symbol's address is asked for: one address, whichever of the two kinds it is asked as. So does upstream.
#[inline]
pub fn is_address(attribute: hsa_executable_symbol_info_t) -> bool {
    matches!(
        attribute,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT | HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS
    )
}

/// A symbol of an executable.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// Its name, with that of its module if it has one.
    pub name: Box<str>,
    /// Index of the agent that it is of; `None` if it is of the whole program.
    pub agent: Option<usize>,
    /// Where it is in the agent's memory.
    pub address: u64,
    size: u64,
    global: bool,
    kind: SymbolKind,
}

#[derive(Clone, Debug)]
enum SymbolKind {
    Kernel(Kernel),
    Variable {
        alignment: u32,
        constant: bool,
        allocation: hsa_variable_allocation_t,
        segment: hsa_variable_segment_t,
    },
}

impl Symbol {
    /// A symbol of a code object that was loaded for `agent`, `moved` bytes from where it was linked for.
    pub fn loaded(definition: &Definition<'_>, agent: usize, moved: u64) -> Self {
        let kind = match definition.kind {
            Kind::Kernel(kernel) => SymbolKind::Kernel(kernel),
            // Upstream calls variables of code objects of version 2 and later ones of the program, all of them.
            Kind::Variable { alignment, constant } => SymbolKind::Variable {
                alignment,
                constant,
                allocation: HSA_VARIABLE_ALLOCATION_PROGRAM,
                segment: HSA_VARIABLE_SEGMENT_GLOBAL,
            },
        };
        Self {
            name: definition.name.into(),
            agent: Some(agent),
            address: definition.address.wrapping_add(moved),
            size: definition.size,
            global: definition.global,
            kind,
        }
    }

    /// A variable that the program has somewhere itself. Nobody tells its size.
    pub fn external(name: &str, agent: Option<usize>, segment: hsa_variable_segment_t, address: u64) -> Self {
        let allocation =
            if agent.is_some() { HSA_VARIABLE_ALLOCATION_AGENT } else { HSA_VARIABLE_ALLOCATION_PROGRAM };
        let kind = SymbolKind::Variable { alignment: 0, constant: false, allocation, segment };
        Self { name: name.into(), agent, address, size: 0, global: true, kind }
    }

    fn names(&self) -> (&str, &str) {
        names(&self.name)
    }

    /// Answers `hsa_executable_symbol_get_info`; `agent` is the handle of the symbol's agent, 0 if it has none.
    ///
    /// # Errors
    /// `InvalidArgument` for an attribute that this kind of symbol does not have.
    pub fn get_info(
        &self,
        agent: hsa_agent_t,
        attribute: hsa_executable_symbol_info_t,
        value: Value,
    ) -> Result<(), Error> {
        match attribute {
            HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH => value.write::<u32>(self.names().1.len() as u32),
            HSA_EXECUTABLE_SYMBOL_INFO_NAME => value.write_all(self.names().1.as_bytes()),
            HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH => value.write::<u32>(self.names().0.len() as u32),
            HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME => value.write_all(self.names().0.as_bytes()),
            HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE => value.write::<hsa_symbol_linkage_t>(self.linkage()),
            HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION => value.write::<bool>(true),
            HSA_EXECUTABLE_SYMBOL_INFO_AGENT => value.write::<hsa_agent_t>(agent),
            _ if is_address(attribute) => value.write::<u64>(self.address),
            HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_CALL_CONVENTION => value.write::<u32>(0),
            _ => match &self.kind {
                SymbolKind::Kernel(kernel) => kernel_info(kernel, attribute, value),
                SymbolKind::Variable { .. } => self.variable_info(attribute, value),
            },
        }
    }

    fn linkage(&self) -> hsa_symbol_linkage_t {
        if self.global { HSA_SYMBOL_LINKAGE_PROGRAM } else { HSA_SYMBOL_LINKAGE_MODULE }
    }

    fn variable_info(&self, attribute: hsa_executable_symbol_info_t, value: Value) -> Result<(), Error> {
        let SymbolKind::Variable { alignment, constant, allocation, segment } = self.kind else {
            return Err(Error::InvalidArgument);
        };
        match attribute {
            HSA_EXECUTABLE_SYMBOL_INFO_TYPE => value.write::<hsa_symbol_kind_t>(HSA_SYMBOL_KIND_VARIABLE),
            HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION => {
                value.write::<hsa_variable_allocation_t>(allocation)
            }
            HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT => value.write::<hsa_variable_segment_t>(segment),
            HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT => value.write::<u32>(alignment),
            // The attribute has 32 bits, however large the variable is.
            HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE => value.write::<u32>(self.size as u32),
            HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST => value.write::<bool>(constant),
            _ => Err(Error::InvalidArgument),
        }
    }
}

fn kernel_info(kernel: &Kernel, attribute: hsa_executable_symbol_info_t, value: Value) -> Result<(), Error> {
    match attribute {
        HSA_EXECUTABLE_SYMBOL_INFO_TYPE => value.write::<hsa_symbol_kind_t>(HSA_SYMBOL_KIND_KERNEL),
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE => value.write::<u32>(kernel.kernarg),
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT => value.write::<u32>(KERNARG_ALIGNMENT),
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE => value.write::<u32>(kernel.group),
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE => value.write::<u32>(kernel.private),
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK => value.write::<bool>(kernel.dynamic_stack),
        WAVEFRONT_SIZE => value.write::<u32>(kernel.wavefront),
        _ => Err(Error::InvalidArgument),
    }
}
