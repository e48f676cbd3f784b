//! Code objects of hsa.h (HSA 1.0, deprecated there).

use crate::abi::c_enum;

/// Handle of a code object (HSA 1.0, deprecated).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_code_object_t {
    pub handle: u64,
}

/// Data passed to the allocator of `hsa_code_object_serialize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_callback_data_t {
    pub handle: u64,
}

c_enum! {
    /// Type of a code object (HSA 1.0, deprecated).
    hsa_code_object_type_t: u32 {
        HSA_CODE_OBJECT_TYPE_PROGRAM = 0,
    }
}

c_enum! {
    /// Attributes of `hsa_code_object_get_info`.
    hsa_code_object_info_t: u32 {
        HSA_CODE_OBJECT_INFO_VERSION = 0,
        HSA_CODE_OBJECT_INFO_TYPE = 1,
        HSA_CODE_OBJECT_INFO_ISA = 2,
        HSA_CODE_OBJECT_INFO_MACHINE_MODEL = 3,
        HSA_CODE_OBJECT_INFO_PROFILE = 4,
        HSA_CODE_OBJECT_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 5,
    }
}

/// Handle of a symbol of a code object (HSA 1.0, deprecated).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_code_symbol_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_code_symbol_get_info`.
    hsa_code_symbol_info_t: u32 {
        HSA_CODE_SYMBOL_INFO_TYPE = 0,
        HSA_CODE_SYMBOL_INFO_NAME_LENGTH = 1,
        HSA_CODE_SYMBOL_INFO_NAME = 2,
        HSA_CODE_SYMBOL_INFO_MODULE_NAME_LENGTH = 3,
        HSA_CODE_SYMBOL_INFO_MODULE_NAME = 4,
        HSA_CODE_SYMBOL_INFO_LINKAGE = 5,
        HSA_CODE_SYMBOL_INFO_IS_DEFINITION = 17,
        HSA_CODE_SYMBOL_INFO_VARIABLE_ALLOCATION = 6,
        HSA_CODE_SYMBOL_INFO_VARIABLE_SEGMENT = 7,
        HSA_CODE_SYMBOL_INFO_VARIABLE_ALIGNMENT = 8,
        HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE = 9,
        HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST = 10,
        HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE = 11,
        HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT = 12,
        HSA_CODE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE = 13,
        HSA_CODE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE = 14,
        HSA_CODE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK = 15,
        HSA_CODE_SYMBOL_INFO_KERNEL_CALL_CONVENTION = 18,
        HSA_CODE_SYMBOL_INFO_INDIRECT_FUNCTION_CALL_CONVENTION = 16,
        HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE = 19,
    }
}
