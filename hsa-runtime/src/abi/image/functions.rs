//! The extension tables: every function of images by its pointer, in the order of `hsa_system_get_extension_table`.

use core::ffi::c_void;

use crate::abi::*;

/// Extension table of images 1.0.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_images_1_00_pfn_t {
    pub hsa_ext_image_get_capability: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t>,
    pub hsa_ext_image_copy: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            src_offset: *const hsa_dim3_t,
            dst_image: hsa_ext_image_t,
            dst_offset: *const hsa_dim3_t,
            range: *const hsa_dim3_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_import: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_memory: *const c_void,
            src_row_pitch: usize,
            src_slice_pitch: usize,
            dst_image: hsa_ext_image_t,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_export: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            dst_memory: *mut c_void,
            dst_row_pitch: usize,
            dst_slice_pitch: usize,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_clear: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image: hsa_ext_image_t,
            data: *const c_void,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> hsa_status_t>,
}

/// Extension table of images 1.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_ext_images_1_pfn_t {
    pub hsa_ext_image_get_capability: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t>,
    pub hsa_ext_image_copy: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            src_offset: *const hsa_dim3_t,
            dst_image: hsa_ext_image_t,
            dst_offset: *const hsa_dim3_t,
            range: *const hsa_dim3_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_import: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_memory: *const c_void,
            src_row_pitch: usize,
            src_slice_pitch: usize,
            dst_image: hsa_ext_image_t,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_export: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            src_image: hsa_ext_image_t,
            dst_memory: *mut c_void,
            dst_row_pitch: usize,
            dst_slice_pitch: usize,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_clear: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image: hsa_ext_image_t,
            data: *const c_void,
            image_region: *const hsa_ext_image_region_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_destroy:
        Option<unsafe extern "C-unwind" fn(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> hsa_status_t>,
    pub hsa_ext_image_get_capability_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            geometry: hsa_ext_image_geometry_t,
            image_format: *const hsa_ext_image_format_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            capability_mask: *mut u32,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_data_get_info_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            access_permission: hsa_access_permission_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            image_data_row_pitch: usize,
            image_data_slice_pitch: usize,
            image_data_info: *mut hsa_ext_image_data_info_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_image_create_with_layout: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            image_descriptor: *const hsa_ext_image_descriptor_t,
            image_data: *const c_void,
            access_permission: hsa_access_permission_t,
            image_data_layout: hsa_ext_image_data_layout_t,
            image_data_row_pitch: usize,
            image_data_slice_pitch: usize,
            image: *mut hsa_ext_image_t,
        ) -> hsa_status_t,
    >,
    pub hsa_ext_sampler_create_v2: Option<
        unsafe extern "C-unwind" fn(
            agent: hsa_agent_t,
            sampler_descriptor: *const hsa_ext_sampler_descriptor_v2_t,
            sampler: *mut hsa_ext_sampler_t,
        ) -> hsa_status_t,
    >,
}
