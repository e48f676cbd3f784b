//! The finalizer: hsa_ext_finalize.h. Upstream ships none; the names remain.

use core::ffi::{c_char, c_void};

use crate::abi::*;

/// Head of a BRIG module; opaque here.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct BrigModuleHeader {
    _opaque: [u8; 0],
}

/// A BRIG module.
pub type BrigModule_t = *mut BrigModuleHeader;

c_enum! {
    /// Statuses of the finalizer.
    hsa_ext_finalizer_status_t of hsa_status_t {
        HSA_EXT_STATUS_ERROR_INVALID_PROGRAM = 0x2000,
        HSA_EXT_STATUS_ERROR_INVALID_MODULE = 0x2001,
        HSA_EXT_STATUS_ERROR_INCOMPATIBLE_MODULE = 0x2002,
        HSA_EXT_STATUS_ERROR_MODULE_ALREADY_INCLUDED = 0x2003,
        HSA_EXT_STATUS_ERROR_SYMBOL_MISMATCH = 0x2004,
        HSA_EXT_STATUS_ERROR_FINALIZATION_FAILED = 0x2005,
        HSA_EXT_STATUS_ERROR_DIRECTIVE_MISMATCH = 0x2006,
    }
}

/// A module to finalize.
pub type hsa_ext_module_t = BrigModule_t;

/// Handle of a program to finalize.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct hsa_ext_program_t {
    pub handle: u64,
}

c_enum! {
    /// Attributes of `hsa_ext_program_get_info`.
    hsa_ext_program_info_t: u32 {
        HSA_EXT_PROGRAM_INFO_MACHINE_MODEL = 0,
        HSA_EXT_PROGRAM_INFO_PROFILE = 1,
        HSA_EXT_PROGRAM_INFO_DEFAULT_FLOAT_ROUNDING_MODE = 2,
    }
}

c_enum! {
    /// Call conventions of the finalizer.
    hsa_ext_finalizer_call_convention_t: i32 {
        HSA_EXT_FINALIZER_CALL_CONVENTION_AUTO = -1,
    }
}

/// Control directives given to the finalizer.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_control_directives_t {
    pub control_directives_mask: u64,
    pub break_exceptions_mask: u16,
    pub detect_exceptions_mask: u16,
    pub max_dynamic_group_size: u32,
    pub max_flat_grid_size: u64,
    pub max_flat_workgroup_size: u32,
    pub reserved1: u32,
    pub required_grid_size: [u64; 3],
    pub required_workgroup_size: hsa_dim3_t,
    pub required_dim: u8,
    pub reserved2: [u8; 75],
}

/// Extension table of the finalizer 1.0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_finalizer_1_00_pfn_t {
    pub hsa_ext_program_create: Option<
        unsafe extern "C-unwind" fn(
            machine_model: hsa_machine_model_t,
            profile: hsa_profile_t,
            default_float_rounding_mode: hsa_default_float_rounding_mode_t,
            options: *const c_char,
            program: *mut hsa_ext_program_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_program_destroy:
        Option<unsafe extern "C-unwind" fn(program: hsa_ext_program_t) -> hsa_status_t>,
    pub hsa_ext_program_add_module: Option<
        unsafe extern "C-unwind" fn(program: hsa_ext_program_t, module: hsa_ext_module_t) -> hsa_status_t,
    >,
    pub hsa_ext_program_iterate_modules: Option<
        unsafe extern "C-unwind" fn(
            program: hsa_ext_program_t,
            callback: Option<
                unsafe extern "C-unwind" fn(
                    program: hsa_ext_program_t,
                    module: hsa_ext_module_t,
                    data: *mut c_void,
                ) -> hsa_status_t,
            >,
            data: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_program_get_info: Option<
        unsafe extern "C-unwind" fn(
            program: hsa_ext_program_t,
            attribute: hsa_ext_program_info_t,
            value: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_program_finalize: Option<
        unsafe extern "C-unwind" fn(
            program: hsa_ext_program_t,
            isa: hsa_isa_t,
            call_convention: i32,
            control_directives: hsa_ext_control_directives_t,
            options: *const c_char,
            code_object_type: hsa_code_object_type_t,
            code_object: *mut hsa_code_object_t,
        ) -> hsa_status_t,
    >,
}
