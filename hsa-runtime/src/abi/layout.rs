//! Sizes of every type that C or the hardware shares with us, and the offsets where hardware or padding
//! decides: the facts of abi-tests/golden/abi/hsa-10.0.facts, held at every build. `scripts/abi-check`
//! compares the rest.

use core::mem::{offset_of, size_of};

use crate::abi::*;

const _: () = {
    assert!(size_of::<amd_aql_intercept_marker_t>() == 64);
    assert!(size_of::<amd_control_directives_t>() == 128);
    assert!(size_of::<amd_data_prefetch_t>() == 16);
    assert!(size_of::<amd_kernel_code_t>() == 256);
    assert!(size_of::<amd_launch_descriptor_t>() == 52);
    assert!(size_of::<amd_queue_t>() == 256);
    assert!(size_of::<amd_queue_v2_t>() == 2304);
    assert!(size_of::<amd_runtime_loader_debug_info_t>() == 32);
    assert!(size_of::<amd_signal_t>() == 64);
    assert!(size_of::<hsa_agent_dispatch_packet_t>() == 64);
    assert!(size_of::<hsa_agent_t>() == 8);
    assert!(size_of::<hsa_amd_aie_queue_params_t>() == 32);
    assert!(size_of::<hsa_amd_ais_file_handle_t>() == 8);
    assert!(size_of::<hsa_amd_barrier_value_packet_t>() == 64);
    assert!(size_of::<hsa_amd_clock_counters_t>() == 32);
    assert!(size_of::<hsa_amd_compute_queue_params_t>() == 32);
    assert!(size_of::<hsa_amd_dim3_t>() == 24);
    assert!(size_of::<hsa_amd_event_scratch_alloc_end_t>() == 48);
    assert!(size_of::<hsa_amd_event_scratch_alloc_start_t>() == 32);
    assert!(size_of::<hsa_amd_event_scratch_async_reclaim_end_t>() == 24);
    assert!(size_of::<hsa_amd_event_scratch_async_reclaim_start_t>() == 24);
    assert!(size_of::<hsa_amd_event_scratch_free_end_t>() == 24);
    assert!(size_of::<hsa_amd_event_scratch_free_start_t>() == 24);
    assert!(size_of::<hsa_amd_event_t>() == 32);
    assert!(size_of::<hsa_amd_ext_kernel_dispatch_packet_t>() == 64);
    assert!(size_of::<hsa_amd_ext_perf_hint_t>() == 1);
    assert!(size_of::<hsa_amd_external_semaphore_handle_descriptor_t>() == 16);
    assert!(size_of::<hsa_amd_external_semaphore_t>() == 8);
    assert!(size_of::<hsa_amd_gpu_hw_exception_info_t>() == 16);
    assert!(size_of::<hsa_amd_gpu_memory_error_info_t>() == 24);
    assert!(size_of::<hsa_amd_gpu_memory_fault_info_t>() == 24);
    assert!(size_of::<hsa_amd_hdp_flush_t>() == 16);
    assert!(size_of::<hsa_amd_image_descriptor_t>() == 12);
    assert!(size_of::<hsa_amd_ipc_memory_t>() == 32);
    assert!(size_of::<hsa_amd_memory_access_desc_t>() == 16);
    assert!(size_of::<hsa_amd_memory_copy_op_t>() == 128);
    assert!(size_of::<hsa_amd_memory_pool_link_info_t>() == 28);
    assert!(size_of::<hsa_amd_memory_pool_t>() == 8);
    assert!(size_of::<hsa_amd_metadata_barrier_packet_t>() == 256);
    assert!(size_of::<hsa_amd_metadata_kernel_descriptor_t>() == 48);
    assert!(size_of::<hsa_amd_metadata_kernel_dispatch_packet_t>() == 256);
    assert!(size_of::<hsa_amd_metadata_preload_t>() == 2);
    assert!(size_of::<hsa_amd_pointer_info_t>() == 64);
    assert!(size_of::<hsa_amd_profiling_async_copy_time_t>() == 16);
    assert!(size_of::<hsa_amd_profiling_dispatch_time_t>() == 16);
    assert!(size_of::<hsa_amd_queue_create_desc_t>() == 96);
    assert!(size_of::<hsa_amd_sdma_queue_params_t>() == 32);
    assert!(size_of::<hsa_amd_svm_attribute_pair_t>() == 16);
    assert!(size_of::<hsa_amd_tool_event_none_t>() == 4);
    assert!(size_of::<hsa_amd_tool_event_t>() == 8);
    assert!(size_of::<hsa_amd_vendor_packet_header_t>() == 4);
    assert!(size_of::<hsa_amd_vmem_alloc_handle_t>() == 8);
    assert!(size_of::<hsa_barrier_and_packet_t>() == 64);
    assert!(size_of::<hsa_barrier_or_packet_t>() == 64);
    assert!(size_of::<hsa_cache_t>() == 8);
    assert!(size_of::<hsa_callback_data_t>() == 8);
    assert!(size_of::<hsa_code_object_reader_t>() == 8);
    assert!(size_of::<hsa_code_object_t>() == 8);
    assert!(size_of::<hsa_code_symbol_t>() == 8);
    assert!(size_of::<hsa_dim3_t>() == 12);
    assert!(size_of::<hsa_executable_symbol_t>() == 8);
    assert!(size_of::<hsa_executable_t>() == 8);
    assert!(size_of::<hsa_ext_control_directives_t>() == 144);
    assert!(size_of::<hsa_ext_finalizer_1_00_pfn_t>() == 48);
    assert!(size_of::<hsa_ext_image_data_info_t>() == 16);
    assert!(size_of::<hsa_ext_image_descriptor_t>() == 48);
    assert!(size_of::<hsa_ext_image_descriptor_v2_t>() == 56);
    assert!(size_of::<hsa_ext_image_format_t>() == 8);
    assert!(size_of::<hsa_ext_image_region_t>() == 24);
    assert!(size_of::<hsa_ext_image_t>() == 8);
    assert!(size_of::<hsa_ext_images_1_00_pfn_t>() == 80);
    assert!(size_of::<hsa_ext_images_1_pfn_t>() == 112);
    assert!(size_of::<hsa_ext_program_t>() == 8);
    assert!(size_of::<hsa_ext_sampler_descriptor_t>() == 12);
    assert!(size_of::<hsa_ext_sampler_descriptor_v2_t>() == 24);
    assert!(size_of::<hsa_ext_sampler_t>() == 8);
    assert!(size_of::<hsa_fabric_handle_t>() == 16);
    assert!(size_of::<hsa_isa_t>() == 8);
    assert!(size_of::<hsa_kernel_dispatch_packet_t>() == 64);
    assert!(size_of::<hsa_loaded_code_object_t>() == 8);
    assert!(size_of::<hsa_luid_t>() == 8);
    assert!(size_of::<hsa_pitched_ptr_t>() == 24);
    assert!(size_of::<hsa_queue_t>() == 40);
    assert!(size_of::<hsa_region_t>() == 8);
    assert!(size_of::<hsa_signal_group_t>() == 8);
    assert!(size_of::<hsa_signal_t>() == 8);
    assert!(size_of::<hsa_ven_amd_loader_1_00_pfn_t>() == 24);
    assert!(size_of::<hsa_ven_amd_loader_1_01_pfn_t>() == 40);
    assert!(size_of::<hsa_ven_amd_loader_1_02_pfn_t>() == 48);
    assert!(size_of::<hsa_ven_amd_loader_1_03_pfn_t>() == 56);
    assert!(size_of::<hsa_ven_amd_loader_segment_descriptor_t>() == 64);
    assert!(size_of::<hsa_ven_amd_pc_sampling_1_00_pfn_t>() == 56);
    assert!(size_of::<hsa_ven_amd_pcs_configuration_t>() == 32);
    assert!(size_of::<hsa_ven_amd_pcs_t>() == 8);
    assert!(size_of::<hsa_wavefront_t>() == 8);
    assert!(size_of::<perf_sample_hosttrap_v1_t>() == 64);
    assert!(size_of::<perf_sample_snapshot_v1_t>() == 64);
    assert!(size_of::<scratch_last_used_index_xcc_t>() == 16);
};

const _: () = {
    assert!(offset_of!(hsa_queue_t, r#type) == 0);
    assert!(offset_of!(hsa_queue_t, features) == 4);
    assert!(offset_of!(hsa_queue_t, base_address) == 8);
    assert!(offset_of!(hsa_queue_t, doorbell_signal) == 16);
    assert!(offset_of!(hsa_queue_t, size) == 24);
    assert!(offset_of!(hsa_queue_t, reserved1) == 28);
    assert!(offset_of!(hsa_queue_t, id) == 32);
};

const _: () = {
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, workgroup_size_x) == 4);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, workgroup_size_y) == 6);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, workgroup_size_z) == 8);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, reserved0) == 10);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, grid_size_x) == 12);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, grid_size_y) == 16);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, grid_size_z) == 20);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, private_segment_size) == 24);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, group_segment_size) == 28);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, kernel_object) == 32);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, kernarg_address) == 40);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, reserved2) == 48);
    assert!(offset_of!(hsa_kernel_dispatch_packet_t, completion_signal) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_agent_dispatch_packet_t, header) == 0);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, r#type) == 2);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, reserved0) == 4);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, return_address) == 8);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, arg) == 16);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, reserved2) == 48);
    assert!(offset_of!(hsa_agent_dispatch_packet_t, completion_signal) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_barrier_and_packet_t, header) == 0);
    assert!(offset_of!(hsa_barrier_and_packet_t, reserved0) == 2);
    assert!(offset_of!(hsa_barrier_and_packet_t, reserved1) == 4);
    assert!(offset_of!(hsa_barrier_and_packet_t, dep_signal) == 8);
    assert!(offset_of!(hsa_barrier_and_packet_t, reserved2) == 48);
    assert!(offset_of!(hsa_barrier_and_packet_t, completion_signal) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, header) == 0);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, reserved0) == 4);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, signal) == 8);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, value) == 16);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, mask) == 24);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, cond) == 32);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, reserved1) == 36);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, reserved2) == 40);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, reserved3) == 48);
    assert!(offset_of!(hsa_amd_barrier_value_packet_t, completion_signal) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, header) == 0);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, amd_format) == 2);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, setup) == 3);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, workgroup_size_x) == 4);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, workgroup_size_y) == 6);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, workgroup_size_z) == 8);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, reserved0) == 10);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_count_x) == 12);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_count_y) == 16);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_count_z) == 18);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_size_x) == 20);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_size_y) == 21);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, cluster_size_z) == 22);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, perf_hint) == 23);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, private_segment_size) == 24);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, group_segment_size) == 28);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, kernel_object) == 32);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, kernarg_address) == 40);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, dep_signal) == 48);
    assert!(offset_of!(hsa_amd_ext_kernel_dispatch_packet_t, completion_signal) == 56);
};

const _: () = {
    assert!(offset_of!(amd_queue_t, hsa_queue) == 0);
    assert!(offset_of!(amd_queue_t, caps) == 40);
    assert!(offset_of!(amd_queue_t, reserved1) == 44);
    assert!(offset_of!(amd_queue_t, write_dispatch_id) == 56);
    assert!(offset_of!(amd_queue_t, group_segment_aperture_base_hi) == 64);
    assert!(offset_of!(amd_queue_t, private_segment_aperture_base_hi) == 68);
    assert!(offset_of!(amd_queue_t, max_cu_id) == 72);
    assert!(offset_of!(amd_queue_t, max_wave_id) == 76);
    assert!(offset_of!(amd_queue_t, max_legacy_doorbell_dispatch_id_plus_1) == 80);
    assert!(offset_of!(amd_queue_t, legacy_doorbell_lock) == 88);
    assert!(offset_of!(amd_queue_t, reserved2) == 92);
    assert!(offset_of!(amd_queue_t, read_dispatch_id) == 128);
    assert!(offset_of!(amd_queue_t, read_dispatch_id_field_base_byte_offset) == 136);
    assert!(offset_of!(amd_queue_t, compute_tmpring_size) == 140);
    assert!(offset_of!(amd_queue_t, scratch_resource_descriptor) == 144);
    assert!(offset_of!(amd_queue_t, scratch_backing_memory_location) == 160);
    assert!(offset_of!(amd_queue_t, reserved3) == 168);
    assert!(offset_of!(amd_queue_t, scratch_wave64_lane_byte_size) == 176);
    assert!(offset_of!(amd_queue_t, queue_properties) == 180);
    assert!(offset_of!(amd_queue_t, reserved4) == 184);
    assert!(offset_of!(amd_queue_t, queue_inactive_signal) == 192);
    assert!(offset_of!(amd_queue_t, reserved5) == 200);
};

const _: () = {
    assert!(offset_of!(amd_queue_v2_t, hsa_queue) == 0);
    assert!(offset_of!(amd_queue_v2_t, caps) == 40);
    assert!(offset_of!(amd_queue_v2_t, reserved1) == 44);
    assert!(offset_of!(amd_queue_v2_t, write_dispatch_id) == 56);
    assert!(offset_of!(amd_queue_v2_t, group_segment_aperture_base_hi) == 64);
    assert!(offset_of!(amd_queue_v2_t, private_segment_aperture_base_hi) == 68);
    assert!(offset_of!(amd_queue_v2_t, max_cu_id) == 72);
    assert!(offset_of!(amd_queue_v2_t, max_wave_id) == 76);
    assert!(offset_of!(amd_queue_v2_t, max_legacy_doorbell_dispatch_id_plus_1) == 80);
    assert!(offset_of!(amd_queue_v2_t, legacy_doorbell_lock) == 88);
    assert!(offset_of!(amd_queue_v2_t, reserved2) == 92);
    assert!(offset_of!(amd_queue_v2_t, read_dispatch_id) == 128);
    assert!(offset_of!(amd_queue_v2_t, read_dispatch_id_field_base_byte_offset) == 136);
    assert!(offset_of!(amd_queue_v2_t, compute_tmpring_size) == 140);
    assert!(offset_of!(amd_queue_v2_t, scratch_resource_descriptor) == 144);
    assert!(offset_of!(amd_queue_v2_t, scratch_backing_memory_location) == 160);
    assert!(offset_of!(amd_queue_v2_t, scratch_backing_memory_byte_size) == 168);
    assert!(offset_of!(amd_queue_v2_t, scratch_wave64_lane_byte_size) == 176);
    assert!(offset_of!(amd_queue_v2_t, queue_properties) == 180);
    assert!(offset_of!(amd_queue_v2_t, scratch_max_use_index) == 184);
    assert!(offset_of!(amd_queue_v2_t, queue_inactive_signal) == 192);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_max_use_index) == 200);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_resource_descriptor) == 208);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_backing_memory_location) == 224);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_dispatch_limit_x) == 232);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_dispatch_limit_y) == 236);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_dispatch_limit_z) == 240);
    assert!(offset_of!(amd_queue_v2_t, alt_scratch_wave64_lane_byte_size) == 244);
    assert!(offset_of!(amd_queue_v2_t, alt_compute_tmpring_size) == 248);
    assert!(offset_of!(amd_queue_v2_t, reserved5) == 252);
    assert!(offset_of!(amd_queue_v2_t, scratch_last_used_index) == 256);
};

const _: () = {
    assert!(offset_of!(amd_signal_t, kind) == 0);
    assert!(offset_of!(amd_signal_t, event_mailbox_ptr) == 16);
    assert!(offset_of!(amd_signal_t, event_id) == 24);
    assert!(offset_of!(amd_signal_t, reserved1) == 28);
    assert!(offset_of!(amd_signal_t, start_ts) == 32);
    assert!(offset_of!(amd_signal_t, end_ts) == 40);
    assert!(offset_of!(amd_signal_t, reserved3) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_amd_pointer_info_t, size) == 0);
    assert!(offset_of!(hsa_amd_pointer_info_t, r#type) == 4);
    assert!(offset_of!(hsa_amd_pointer_info_t, agentBaseAddress) == 8);
    assert!(offset_of!(hsa_amd_pointer_info_t, hostBaseAddress) == 16);
    assert!(offset_of!(hsa_amd_pointer_info_t, sizeInBytes) == 24);
    assert!(offset_of!(hsa_amd_pointer_info_t, userData) == 32);
    assert!(offset_of!(hsa_amd_pointer_info_t, agentOwner) == 40);
    assert!(offset_of!(hsa_amd_pointer_info_t, global_flags) == 48);
    assert!(offset_of!(hsa_amd_pointer_info_t, registered) == 52);
    assert!(offset_of!(hsa_amd_pointer_info_t, alloc_flags) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, min_latency) == 0);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, max_latency) == 4);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, min_bandwidth) == 8);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, max_bandwidth) == 12);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, atomic_support_32bit) == 16);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, atomic_support_64bit) == 17);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, coherent_support) == 18);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, link_type) == 20);
    assert!(offset_of!(hsa_amd_memory_pool_link_info_t, numa_distance) == 24);
};

const _: () = {
    assert!(offset_of!(hsa_amd_event_t, event_type) == 0);
};

const _: () = {
    assert!(offset_of!(hsa_amd_gpu_memory_fault_info_t, agent) == 0);
    assert!(offset_of!(hsa_amd_gpu_memory_fault_info_t, virtual_address) == 8);
    assert!(offset_of!(hsa_amd_gpu_memory_fault_info_t, fault_reason_mask) == 16);
};

const _: () = {
    assert!(offset_of!(hsa_amd_queue_create_desc_t, version) == 0);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, flags) == 2);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, engine_type) == 4);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, reserved_header) == 5);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, queue_size_bytes) == 8);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, priority) == 12);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, callback) == 16);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, callback_data) == 24);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, queue) == 32);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, engine) == 40);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, traffic_class) == 72);
    assert!(offset_of!(hsa_amd_queue_create_desc_t, reserved) == 76);
};

const _: () = {
    assert!(offset_of!(hsa_amd_memory_copy_op_t, version) == 0);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, r#type) == 2);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, num_entries) == 4);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, traffic_class) == 6);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, completion_signal) == 8);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, wait) == 64);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, signal) == 96);
    assert!(offset_of!(hsa_amd_memory_copy_op_t, reserved1) == 120);
};

const _: () = {
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, agent) == 0);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, executable) == 8);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, code_object_storage_type) == 16);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, code_object_storage_base) == 24);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, code_object_storage_size) == 32);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, code_object_storage_offset) == 40);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, segment_base) == 48);
    assert!(offset_of!(hsa_ven_amd_loader_segment_descriptor_t, segment_size) == 56);
};

const _: () = {
    assert!(offset_of!(hsa_ven_amd_pcs_configuration_t, method) == 0);
    assert!(offset_of!(hsa_ven_amd_pcs_configuration_t, units) == 4);
    assert!(offset_of!(hsa_ven_amd_pcs_configuration_t, min_interval) == 8);
    assert!(offset_of!(hsa_ven_amd_pcs_configuration_t, max_interval) == 16);
    assert!(offset_of!(hsa_ven_amd_pcs_configuration_t, flags) == 24);
};

const _: () = {
    assert!(offset_of!(hsa_ext_control_directives_t, control_directives_mask) == 0);
    assert!(offset_of!(hsa_ext_control_directives_t, break_exceptions_mask) == 8);
    assert!(offset_of!(hsa_ext_control_directives_t, detect_exceptions_mask) == 10);
    assert!(offset_of!(hsa_ext_control_directives_t, max_dynamic_group_size) == 12);
    assert!(offset_of!(hsa_ext_control_directives_t, max_flat_grid_size) == 16);
    assert!(offset_of!(hsa_ext_control_directives_t, max_flat_workgroup_size) == 24);
    assert!(offset_of!(hsa_ext_control_directives_t, reserved1) == 28);
    assert!(offset_of!(hsa_ext_control_directives_t, required_grid_size) == 32);
    assert!(offset_of!(hsa_ext_control_directives_t, required_workgroup_size) == 56);
    assert!(offset_of!(hsa_ext_control_directives_t, required_dim) == 68);
    assert!(offset_of!(hsa_ext_control_directives_t, reserved2) == 69);
};

const _: () = {
    assert!(offset_of!(amd_kernel_code_t, amd_kernel_code_version_major) == 0);
    assert!(offset_of!(amd_kernel_code_t, amd_kernel_code_version_minor) == 4);
    assert!(offset_of!(amd_kernel_code_t, amd_machine_kind) == 8);
    assert!(offset_of!(amd_kernel_code_t, amd_machine_version_major) == 10);
    assert!(offset_of!(amd_kernel_code_t, amd_machine_version_minor) == 12);
    assert!(offset_of!(amd_kernel_code_t, amd_machine_version_stepping) == 14);
    assert!(offset_of!(amd_kernel_code_t, kernel_code_entry_byte_offset) == 16);
    assert!(offset_of!(amd_kernel_code_t, kernel_code_prefetch_byte_offset) == 24);
    assert!(offset_of!(amd_kernel_code_t, kernel_code_prefetch_byte_size) == 32);
    assert!(offset_of!(amd_kernel_code_t, max_scratch_backing_memory_byte_size) == 40);
    assert!(offset_of!(amd_kernel_code_t, compute_pgm_rsrc1) == 48);
    assert!(offset_of!(amd_kernel_code_t, compute_pgm_rsrc2) == 52);
    assert!(offset_of!(amd_kernel_code_t, kernel_code_properties) == 56);
    assert!(offset_of!(amd_kernel_code_t, workitem_private_segment_byte_size) == 60);
    assert!(offset_of!(amd_kernel_code_t, workgroup_group_segment_byte_size) == 64);
    assert!(offset_of!(amd_kernel_code_t, gds_segment_byte_size) == 68);
    assert!(offset_of!(amd_kernel_code_t, kernarg_segment_byte_size) == 72);
    assert!(offset_of!(amd_kernel_code_t, workgroup_fbarrier_count) == 80);
    assert!(offset_of!(amd_kernel_code_t, wavefront_sgpr_count) == 84);
    assert!(offset_of!(amd_kernel_code_t, workitem_vgpr_count) == 86);
    assert!(offset_of!(amd_kernel_code_t, reserved_vgpr_first) == 88);
    assert!(offset_of!(amd_kernel_code_t, reserved_vgpr_count) == 90);
    assert!(offset_of!(amd_kernel_code_t, reserved_sgpr_first) == 92);
    assert!(offset_of!(amd_kernel_code_t, reserved_sgpr_count) == 94);
    assert!(offset_of!(amd_kernel_code_t, debug_wavefront_private_segment_offset_sgpr) == 96);
    assert!(offset_of!(amd_kernel_code_t, debug_private_segment_buffer_sgpr) == 98);
    assert!(offset_of!(amd_kernel_code_t, kernarg_segment_alignment) == 100);
    assert!(offset_of!(amd_kernel_code_t, group_segment_alignment) == 101);
    assert!(offset_of!(amd_kernel_code_t, private_segment_alignment) == 102);
    assert!(offset_of!(amd_kernel_code_t, wavefront_size) == 103);
    assert!(offset_of!(amd_kernel_code_t, call_convention) == 104);
    assert!(offset_of!(amd_kernel_code_t, reserved1) == 108);
    assert!(offset_of!(amd_kernel_code_t, runtime_loader_kernel_symbol) == 120);
    assert!(offset_of!(amd_kernel_code_t, control_directives) == 128);
};

const _: () = {
    assert!(offset_of!(amd_aql_intercept_marker_t, header) == 0);
    assert!(offset_of!(amd_aql_intercept_marker_t, format) == 2);
    assert!(offset_of!(amd_aql_intercept_marker_t, reserved) == 3);
    assert!(offset_of!(amd_aql_intercept_marker_t, callback) == 8);
    assert!(offset_of!(amd_aql_intercept_marker_t, user_data) == 16);
};
