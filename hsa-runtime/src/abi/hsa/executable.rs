//! Executables and their symbols of hsa.h.

use crate::abi::c_enum;

/// Handle of a code object reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_code_object_reader_t {
    pub handle: u64,
}

/// Handle of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_executable_t {
    pub handle: u64,
}

c_enum! {
    /// Whether an executable still takes code objects.
    hsa_executable_state_t: u32 {
        HSA_EXECUTABLE_STATE_UNFROZEN = 0,
        HSA_EXECUTABLE_STATE_FROZEN = 1,
    }
}

/// Handle of a code object loaded into an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_loaded_code_object_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_executable_get_info`.
    hsa_executable_info_t: u32 {
        HSA_EXECUTABLE_INFO_PROFILE = 1,
        HSA_EXECUTABLE_INFO_STATE = 2,
        HSA_EXECUTABLE_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 3,
    }
}

/// Handle of a symbol of an executable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_executable_symbol_t {
    pub handle: u64,
}

c_enum! {
    /// Kind of a symbol.
    hsa_symbol_kind_t: u32 {
        HSA_SYMBOL_KIND_VARIABLE = 0,
        HSA_SYMBOL_KIND_KERNEL = 1,
        HSA_SYMBOL_KIND_INDIRECT_FUNCTION = 2,
    }
}

c_enum! {
    /// Linkage of a symbol.
    hsa_symbol_linkage_t: u32 {
        HSA_SYMBOL_LINKAGE_MODULE = 0,
        HSA_SYMBOL_LINKAGE_PROGRAM = 1,
    }
}

c_enum! {
    /// Whether each agent has its own copy of a variable.
    hsa_variable_allocation_t: u32 {
        HSA_VARIABLE_ALLOCATION_AGENT = 0,
        HSA_VARIABLE_ALLOCATION_PROGRAM = 1,
    }
}

c_enum! {
    /// Segment of a variable.
    hsa_variable_segment_t: u32 {
        HSA_VARIABLE_SEGMENT_GLOBAL = 0,
        HSA_VARIABLE_SEGMENT_READONLY = 1,
    }
}

c_enum! {
    /// Attributes of `hsa_executable_symbol_get_info`; sizes in bytes.
    hsa_executable_symbol_info_t: u32 {
        HSA_EXECUTABLE_SYMBOL_INFO_TYPE = 0,
        HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH = 1,
        HSA_EXECUTABLE_SYMBOL_INFO_NAME = 2,
        HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH = 3,
        HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME = 4,
        HSA_EXECUTABLE_SYMBOL_INFO_AGENT = 20,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS = 21,
        HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE = 5,
        HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION = 17,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION = 6,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT = 7,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT = 8,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE = 9,
        HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST = 10,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT = 22,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE = 11,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT = 12,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE = 13,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE = 14,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK = 15,
        HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_CALL_CONVENTION = 18,
        HSA_EXECUTABLE_SYMBOL_INFO_INDIRECT_FUNCTION_OBJECT = 23,
        HSA_EXECUTABLE_SYMBOL_INFO_INDIRECT_FUNCTION_CALL_CONVENTION = 16,
    }
}
