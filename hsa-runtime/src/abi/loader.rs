//! Loader extension: hsa_ven_amd_loader.h.

use core::ffi::c_void;

use crate::abi::*;

c_enum! {
    /// Where a code object's bytes are.
    hsa_ven_amd_loader_code_object_storage_type_t: u32 {
        HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_NONE = 0,
        HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_FILE = 1,
        HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY = 2,
    }
}

/// One loaded segment.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_loader_segment_descriptor_t {
    pub agent: hsa_agent_t,
    pub executable: hsa_executable_t,
    pub code_object_storage_type: hsa_ven_amd_loader_code_object_storage_type_t,
    pub code_object_storage_base: *const c_void,
    pub code_object_storage_size: usize,
    pub code_object_storage_offset: usize,
    pub segment_base: *const c_void,
    pub segment_size: usize,
}

c_enum! {
    /// Kind of a loaded code object.
    hsa_ven_amd_loader_loaded_code_object_kind_t: u32 {
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_PROGRAM = 1,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_AGENT = 2,
    }
}

c_enum! {
    /// Attributes of `hsa_ven_amd_loader_loaded_code_object_get_info`.
    hsa_ven_amd_loader_loaded_code_object_info_t: u32 {
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_EXECUTABLE = 1,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_KIND = 2,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_AGENT = 3,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_TYPE = 4,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_BASE = 5,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_SIZE = 6,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_FILE = 7,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA = 8,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_BASE = 9,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_SIZE = 10,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI_LENGTH = 11,
        HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI = 12,
    }
}

/// Extension table of the loader 1.0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_loader_1_00_pfn_t {
    pub hsa_ven_amd_loader_query_host_address: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            host_address: *mut *const c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_segment_descriptors: Option<
        unsafe extern "C-unwind" fn(
            segment_descriptors: *mut hsa_ven_amd_loader_segment_descriptor_t,
            num_segment_descriptors: *mut usize,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_executable: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            executable: *mut hsa_executable_t,
        ) -> hsa_status_t,
    >,
}

/// Extension table of the loader 1.1.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_loader_1_01_pfn_t {
    pub hsa_ven_amd_loader_query_host_address: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            host_address: *mut *const c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_segment_descriptors: Option<
        unsafe extern "C-unwind" fn(
            segment_descriptors: *mut hsa_ven_amd_loader_segment_descriptor_t,
            num_segment_descriptors: *mut usize,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_executable: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            executable: *mut hsa_executable_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_executable_iterate_loaded_code_objects: Option<
        unsafe extern "C-unwind" fn(
            executable: hsa_executable_t,
            callback: Option<
                unsafe extern "C-unwind" fn(
                    executable: hsa_executable_t,
                    loaded_code_object: hsa_loaded_code_object_t,
                    data: *mut c_void,
                ) -> hsa_status_t,
            >,
            data: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_loaded_code_object_get_info: Option<
        unsafe extern "C-unwind" fn(
            loaded_code_object: hsa_loaded_code_object_t,
            attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
            value: *mut c_void,
        ) -> hsa_status_t,
    >,
}

/// Extension table of the loader 1.2.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_loader_1_02_pfn_t {
    pub hsa_ven_amd_loader_query_host_address: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            host_address: *mut *const c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_segment_descriptors: Option<
        unsafe extern "C-unwind" fn(
            segment_descriptors: *mut hsa_ven_amd_loader_segment_descriptor_t,
            num_segment_descriptors: *mut usize,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_executable: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            executable: *mut hsa_executable_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_executable_iterate_loaded_code_objects: Option<
        unsafe extern "C-unwind" fn(
            executable: hsa_executable_t,
            callback: Option<
                unsafe extern "C-unwind" fn(
                    executable: hsa_executable_t,
                    loaded_code_object: hsa_loaded_code_object_t,
                    data: *mut c_void,
                ) -> hsa_status_t,
            >,
            data: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_loaded_code_object_get_info: Option<
        unsafe extern "C-unwind" fn(
            loaded_code_object: hsa_loaded_code_object_t,
            attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
            value: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size: Option<
        unsafe extern "C-unwind" fn(
            file: hsa_file_t,
            offset: usize,
            size: usize,
            code_object_reader: *mut hsa_code_object_reader_t,
        ) -> hsa_status_t,
    >,
}

/// Extension table of the loader 1.3.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ven_amd_loader_1_03_pfn_t {
    pub hsa_ven_amd_loader_query_host_address: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            host_address: *mut *const c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_segment_descriptors: Option<
        unsafe extern "C-unwind" fn(
            segment_descriptors: *mut hsa_ven_amd_loader_segment_descriptor_t,
            num_segment_descriptors: *mut usize,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_query_executable: Option<
        unsafe extern "C-unwind" fn(
            device_address: *const c_void,
            executable: *mut hsa_executable_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_executable_iterate_loaded_code_objects: Option<
        unsafe extern "C-unwind" fn(
            executable: hsa_executable_t,
            callback: Option<
                unsafe extern "C-unwind" fn(
                    executable: hsa_executable_t,
                    loaded_code_object: hsa_loaded_code_object_t,
                    data: *mut c_void,
                ) -> hsa_status_t,
            >,
            data: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_loaded_code_object_get_info: Option<
        unsafe extern "C-unwind" fn(
            loaded_code_object: hsa_loaded_code_object_t,
            attribute: hsa_ven_amd_loader_loaded_code_object_info_t,
            value: *mut c_void,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size: Option<
        unsafe extern "C-unwind" fn(
            file: hsa_file_t,
            offset: usize,
            size: usize,
            code_object_reader: *mut hsa_code_object_reader_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ven_amd_loader_iterate_executables: Option<
        unsafe extern "C-unwind" fn(
            callback: Option<
                unsafe extern "C-unwind" fn(executable: hsa_executable_t, data: *mut c_void) -> hsa_status_t,
            >,
            data: *mut c_void,
        ) -> hsa_status_t,
    >,
}
