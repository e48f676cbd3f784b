//! Tables of extension functions, as `hsa_system_get_major_extension_table` hands them out.
//!
//! Only addresses are taken here, nothing is called. Answers to the *_pfn_t structures of hsa_ext_image.h,
//! hsa_ext_finalize.h, hsa_ven_amd_loader.h, hsa_ven_amd_aqlprofile.h and hsa_ven_amd_pc_sampling.h.

use core::{ptr, slice};

use super::{finalizer, image, loader, pc_sampling};
use crate::{
    abi::*,
    tools::aqlprofile::{self, Function},
};

/// The functions of an extension in the order of its newest table, of which every older one is a beginning; `None` if
/// the runtime has none or the version does not fit.
///
/// For images upstream takes the version of its own table, 2; programs written after the specification ask for 1.
pub fn extension_functions(extension: u16, major: u16) -> Option<&'static [Function]> {
    match (hsa_extension_t(u32::from(extension)), major) {
        (HSA_EXTENSION_IMAGES, 1 | 2) => Some(functions(&IMAGES)),
        (HSA_EXTENSION_FINALIZER, 1) => Some(functions(&FINALIZER)),
        (HSA_EXTENSION_AMD_LOADER, 1) => Some(functions(&LOADER)),
        (HSA_EXTENSION_AMD_AQLPROFILE, 1) => aqlprofile::functions(),
        (HSA_EXTENSION_AMD_PC_SAMPLING, 1) => Some(functions(&PC_SAMPLING)),
        _ => None,
    }
}

/// A table that consists of nothing but function pointers.
trait Table {}
impl Table for hsa_ext_images_1_pfn_t {}
impl Table for hsa_ext_finalizer_1_00_pfn_t {}
impl Table for hsa_ven_amd_loader_1_03_pfn_t {}
impl Table for hsa_ven_amd_pc_sampling_1_00_pfn_t {}

fn functions<T: Table>(table: &'static T) -> &'static [Function] {
    // SAFETY: a `Table` is nothing but optional function pointers, which all have one size and representation.
    unsafe { slice::from_raw_parts(ptr::from_ref(table).cast(), size_of::<T>() / size_of::<Function>()) }
}

static IMAGES: hsa_ext_images_1_pfn_t = {
    use image::exports::*;
    hsa_ext_images_1_pfn_t {
        hsa_ext_image_get_capability: Some(hsa_ext_image_get_capability),
        hsa_ext_image_data_get_info: Some(hsa_ext_image_data_get_info),
        hsa_ext_image_create: Some(hsa_ext_image_create),
        hsa_ext_image_destroy: Some(hsa_ext_image_destroy),
        hsa_ext_image_copy: Some(hsa_ext_image_copy),
        hsa_ext_image_import: Some(hsa_ext_image_import),
        hsa_ext_image_export: Some(hsa_ext_image_export),
        hsa_ext_image_clear: Some(hsa_ext_image_clear),
        hsa_ext_sampler_create: Some(hsa_ext_sampler_create),
        hsa_ext_sampler_destroy: Some(hsa_ext_sampler_destroy),
        hsa_ext_image_get_capability_with_layout: Some(hsa_ext_image_get_capability_with_layout),
        hsa_ext_image_data_get_info_with_layout: Some(hsa_ext_image_data_get_info_with_layout),
        hsa_ext_image_create_with_layout: Some(hsa_ext_image_create_with_layout),
        hsa_ext_sampler_create_v2: Some(hsa_ext_sampler_create_v2),
    }
};

static FINALIZER: hsa_ext_finalizer_1_00_pfn_t = {
    use finalizer::exports::*;
    hsa_ext_finalizer_1_00_pfn_t {
        hsa_ext_program_create: Some(hsa_ext_program_create),
        hsa_ext_program_destroy: Some(hsa_ext_program_destroy),
        hsa_ext_program_add_module: Some(hsa_ext_program_add_module),
        hsa_ext_program_iterate_modules: Some(hsa_ext_program_iterate_modules),
        hsa_ext_program_get_info: Some(hsa_ext_program_get_info),
        hsa_ext_program_finalize: Some(hsa_ext_program_finalize),
    }
};

static PC_SAMPLING: hsa_ven_amd_pc_sampling_1_00_pfn_t = {
    use pc_sampling::exports::*;
    hsa_ven_amd_pc_sampling_1_00_pfn_t {
        hsa_ven_amd_pcs_iterate_configuration: Some(hsa_ven_amd_pcs_iterate_configuration),
        hsa_ven_amd_pcs_create: Some(hsa_ven_amd_pcs_create),
        hsa_ven_amd_pcs_create_from_id: Some(hsa_ven_amd_pcs_create_from_id),
        hsa_ven_amd_pcs_destroy: Some(hsa_ven_amd_pcs_destroy),
        hsa_ven_amd_pcs_start: Some(hsa_ven_amd_pcs_start),
        hsa_ven_amd_pcs_stop: Some(hsa_ven_amd_pcs_stop),
        hsa_ven_amd_pcs_flush: Some(hsa_ven_amd_pcs_flush),
    }
};

static LOADER: hsa_ven_amd_loader_1_03_pfn_t = {
    use loader::*;
    hsa_ven_amd_loader_1_03_pfn_t {
        hsa_ven_amd_loader_query_host_address: Some(hsa_ven_amd_loader_query_host_address),
        hsa_ven_amd_loader_query_segment_descriptors: Some(hsa_ven_amd_loader_query_segment_descriptors),
        hsa_ven_amd_loader_query_executable: Some(hsa_ven_amd_loader_query_executable),
        hsa_ven_amd_loader_executable_iterate_loaded_code_objects: Some(
            hsa_ven_amd_loader_executable_iterate_loaded_code_objects,
        ),
        hsa_ven_amd_loader_loaded_code_object_get_info: Some(hsa_ven_amd_loader_loaded_code_object_get_info),
        hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size: Some(
            hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size,
        ),
        hsa_ven_amd_loader_iterate_executables: Some(hsa_ven_amd_loader_iterate_executables),
    }
};
