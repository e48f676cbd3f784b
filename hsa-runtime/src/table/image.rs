//! Images, hsa_ext_image.h: the order of `ImageExtTable` in hsa_api_trace.h.

use core::ffi::c_void;

use super::define::entries;
use crate::abi::*;

entries! {
    /// Table of the image extension.
    pub struct ImageExtTable, static IMAGE_EXT,
        version HSA_IMAGE_API_TABLE_MAJOR_VERSION, step HSA_IMAGE_API_TABLE_STEP_VERSION;

    fn hsa_ext_image_get_capability(
        agent: hsa_agent_t, geometry: hsa_ext_image_geometry_t, image_format: *const hsa_ext_image_format_t,
        capability_mask: *mut u32
    ) -> hsa_status_t => image::get_capability;
    fn hsa_ext_image_data_get_info(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_t,
        access_permission: hsa_access_permission_t, image_data_info: *mut hsa_ext_image_data_info_t
    ) -> hsa_status_t => image::get_info;
    fn hsa_ext_image_create(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_t, image_data: *const c_void,
        access_permission: hsa_access_permission_t, image: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::create;
    fn hsa_ext_image_import(
        agent: hsa_agent_t, src_memory: *const c_void, src_row_pitch: usize, src_slice_pitch: usize,
        dst_image: hsa_ext_image_t, image_region: *const hsa_ext_image_region_t
    ) -> hsa_status_t => image_copy::import;
    fn hsa_ext_image_export(
        agent: hsa_agent_t, src_image: hsa_ext_image_t, dst_memory: *mut c_void, dst_row_pitch: usize,
        dst_slice_pitch: usize, image_region: *const hsa_ext_image_region_t
    ) -> hsa_status_t => image_copy::export;
    fn hsa_ext_image_copy(
        agent: hsa_agent_t, src_image: hsa_ext_image_t, src_offset: *const hsa_dim3_t,
        dst_image: hsa_ext_image_t, dst_offset: *const hsa_dim3_t, range: *const hsa_dim3_t
    ) -> hsa_status_t => image_copy::copy;
    fn hsa_ext_image_clear(
        agent: hsa_agent_t, image: hsa_ext_image_t, data: *const c_void,
        image_region: *const hsa_ext_image_region_t
    ) -> hsa_status_t => image_copy::clear;
    fn hsa_ext_image_destroy(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t => image::destroy;
    fn hsa_ext_sampler_create(
        agent: hsa_agent_t, sampler_descriptor: *const hsa_ext_sampler_descriptor_t,
        sampler: *mut hsa_ext_sampler_t
    ) -> hsa_status_t => image::create_sampler;
    fn hsa_ext_sampler_destroy(agent: hsa_agent_t, sampler: hsa_ext_sampler_t) -> hsa_status_t => image::destroy_sampler;
    fn hsa_ext_image_get_capability_with_layout(
        agent: hsa_agent_t, geometry: hsa_ext_image_geometry_t, image_format: *const hsa_ext_image_format_t,
        image_data_layout: hsa_ext_image_data_layout_t, capability_mask: *mut u32
    ) -> hsa_status_t => image::get_capability_with_layout;
    fn hsa_ext_image_data_get_info_with_layout(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_t,
        access_permission: hsa_access_permission_t, image_data_layout: hsa_ext_image_data_layout_t,
        image_data_row_pitch: usize, image_data_slice_pitch: usize,
        image_data_info: *mut hsa_ext_image_data_info_t
    ) -> hsa_status_t => image::get_info_with_layout;
    fn hsa_ext_image_create_with_layout(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_t, image_data: *const c_void,
        access_permission: hsa_access_permission_t, image_data_layout: hsa_ext_image_data_layout_t,
        image_data_row_pitch: usize, image_data_slice_pitch: usize, image: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::create_with_layout;
    fn hsa_ext_sampler_create_v2(
        agent: hsa_agent_t, sampler_descriptor: *const hsa_ext_sampler_descriptor_v2_t,
        sampler: *mut hsa_ext_sampler_t
    ) -> hsa_status_t => image::create_sampler_by_axis;
}

const _: () = assert!(size_of::<ImageExtTable>() == 128);
const _: () = assert!(core::mem::offset_of!(ImageExtTable, hsa_ext_sampler_create_v2) == 120);
