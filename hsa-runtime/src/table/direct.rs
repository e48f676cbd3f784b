//! Exports without a slot. Upstream has none for the image functions either; the others are known from newer
//! clients (batches of signals, vmem information) or from upstream's test of it (discard and prefetch), and
//! where their slots will be is not.

use core::ffi::c_void;

use super::define::entries;
use crate::abi::*;

entries! {
    fn hsa_amd_image_get_info_max_dim(
        agent: hsa_agent_t, attribute: hsa_agent_info_t, value: *mut c_void
    ) -> hsa_status_t => image::get_info_max_dim;
    fn hsa_amd_signal_batch_create(
        count: u32, initial_values: *const hsa_signal_value_t, num_consumers: u32,
        consumers: *const hsa_agent_t, attributes: u64, pool: hsa_amd_memory_pool_t,
        batch: *mut hsa_amd_signal_batch_t, signals: *mut hsa_signal_t
    ) -> hsa_status_t => signal_batch::create;
    fn hsa_amd_signal_batch_destroy(
        batch: hsa_amd_signal_batch_t
    ) -> hsa_status_t => signal_batch::destroy;
    fn hsa_amd_svm_discard_and_prefetch_batch_async(
        ptrs: *mut *mut c_void, sizes: *mut usize, count: u32, agents: *const hsa_agent_t, num_agents: u32,
        num_dep_signals: u32, dep_signals: *const hsa_signal_t, completion_signal: hsa_signal_t
    ) -> hsa_status_t => svm::discard_and_prefetch;
    fn hsa_amd_vmem_get_vmem_info(
        memory_handle: hsa_amd_vmem_alloc_handle_t, info: *mut hsa_amd_vmem_handle_info_t
    ) -> hsa_status_t => missing;
    fn hsa_ext_image_create_v2(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_v2_t,
        image_data: *const c_void, access_permission: hsa_access_permission_t, image: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::create_v2;
    fn hsa_ext_image_data_get_info_v2(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_v2_t,
        access_permission: hsa_access_permission_t, image_data_info: *mut hsa_ext_image_data_info_t
    ) -> hsa_status_t => image::get_info_v2;
    fn hsa_ext_image_destroy_v2(agent: hsa_agent_t, image: hsa_ext_image_t) -> hsa_status_t => image::destroy;
    fn hsa_ext_image_mipmap_array_get_level(
        agent: hsa_agent_t, mipmapped_array: *const hsa_ext_image_t, mip_level: u32,
        image_descriptor: *const hsa_ext_image_descriptor_v2_t, level_image_out: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::get_level;
}
