//! The loader extension, hsa_ven_amd_loader.h: functions that are not exported and stand in no API table; programs get
//! them from `hsa_system_get_major_extension_table` alone.

use core::ffi::c_void;

use super::define::default;
use crate::abi::*;

default! {
    () hsa_ven_amd_loader_query_host_address(
        device_address: *const c_void, host_address: *mut *const c_void
    ) -> hsa_status_t => loader::query_host_address
}
default! {
    () hsa_ven_amd_loader_query_segment_descriptors(
        segment_descriptors: *mut hsa_ven_amd_loader_segment_descriptor_t, num_segment_descriptors: *mut usize
    ) -> hsa_status_t => loader::query_segments
}
default! {
    () hsa_ven_amd_loader_query_executable(
        device_address: *const c_void, executable: *mut hsa_executable_t
    ) -> hsa_status_t => loader::query_executable
}
default! {
    () hsa_ven_amd_loader_executable_iterate_loaded_code_objects(
        executable: hsa_executable_t,
        callback: Option<unsafe extern "C-unwind" fn(executable: hsa_executable_t,
            loaded_code_object: hsa_loaded_code_object_t, data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => loader::iterate_loaded
}
default! {
    () hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded_code_object: hsa_loaded_code_object_t, attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
        value: *mut c_void
    ) -> hsa_status_t => loader::loaded_get_info
}
default! {
    () hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(
        file: hsa_file_t, offset: usize, size: usize, code_object_reader: *mut hsa_code_object_reader_t
    ) -> hsa_status_t => reader::create_from_part
}
default! {
    () hsa_ven_amd_loader_iterate_executables(
        callback: Option<unsafe extern "C-unwind" fn(executable: hsa_executable_t,
            data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => loader::iterate_executables
}
