//! The finalizer, hsa_ext_finalize.h: the order of `FinalizerExtTable` in hsa_api_trace.h.
//!
//! No finalizer exists any more; upstream's functions answer HSA_STATUS_ERROR_NOT_INITIALIZED, and so do ours
//! (hsa_ext_interface.cpp, hsa_ext_null).

use core::ffi::{c_char, c_void};

use super::define::entries;
use crate::abi::*;

entries! {
    /// Table of the finalizer.
    pub struct FinalizerExtTable, static FINALIZER_EXT,
        version HSA_FINALIZER_API_TABLE_MAJOR_VERSION, step HSA_FINALIZER_API_TABLE_STEP_VERSION;

    fn hsa_ext_program_create(
        machine_model: hsa_machine_model_t, profile: hsa_profile_t,
        default_float_rounding_mode: hsa_default_float_rounding_mode_t, options: *const c_char,
        program: *mut hsa_ext_program_t
    ) -> hsa_status_t => absent;
    fn hsa_ext_program_destroy(program: hsa_ext_program_t) -> hsa_status_t => absent;
    fn hsa_ext_program_add_module(
        program: hsa_ext_program_t, module: hsa_ext_module_t
    ) -> hsa_status_t => absent;
    fn hsa_ext_program_iterate_modules(
        program: hsa_ext_program_t,
        callback: Option<unsafe extern "C-unwind" fn(program: hsa_ext_program_t, module: hsa_ext_module_t,
            data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => absent;
    fn hsa_ext_program_get_info(
        program: hsa_ext_program_t, attribute: hsa_ext_program_info_t, value: *mut c_void
    ) -> hsa_status_t => absent;
    fn hsa_ext_program_finalize(
        program: hsa_ext_program_t, isa: hsa_isa_t, call_convention: i32,
        control_directives: hsa_ext_control_directives_t, options: *const c_char,
        code_object_type: hsa_code_object_type_t, code_object: *mut hsa_code_object_t
    ) -> hsa_status_t => absent;
}

const _: () = assert!(size_of::<FinalizerExtTable>() == 64);
