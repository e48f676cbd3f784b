//! The argument structs of include/uapi/linux/kfd_ioctl.h (KFD 1.23). Touches nothing.
#![forbid(unsafe_code)]

use super::layout::c_structs;

c_structs! {
    /// AMDKFD_IOC_GET_VERSION
    kfd_ioctl_get_version_args: 8 { major_version: u32, minor_version: u32 }

    /// AMDKFD_IOC_CREATE_QUEUE. 88 bytes before KFD 1.17, which added the last two fields.
    kfd_ioctl_create_queue_args: 96 {
        ring_base_address: u64, write_pointer_address: u64, read_pointer_address: u64, doorbell_offset: u64,
        ring_size: u32, gpu_id: u32, queue_type: u32, queue_percentage: u32, queue_priority: u32, queue_id: u32,
        eop_buffer_address: u64, eop_buffer_size: u64, ctx_save_restore_address: u64,
        ctx_save_restore_size: u32, ctl_stack_size: u32, sdma_engine_id: u32, metadata_ring_size: u32,
    }

    /// AMDKFD_IOC_DESTROY_QUEUE
    kfd_ioctl_destroy_queue_args: 8 { queue_id: u32, pad: u32 }

    /// AMDKFD_IOC_UPDATE_QUEUE
    kfd_ioctl_update_queue_args: 24 {
        ring_base_address: u64, queue_id: u32, ring_size: u32, queue_percentage: u32, queue_priority: u32,
    }

    /// AMDKFD_IOC_SET_CU_MASK
    kfd_ioctl_set_cu_mask_args: 16 { queue_id: u32, num_cu_mask: u32, cu_mask_ptr: u64 }

    /// AMDKFD_IOC_GET_QUEUE_WAVE_STATE
    kfd_ioctl_get_queue_wave_state_args: 24 {
        ctl_stack_address: u64, ctl_stack_used_size: u32, save_area_used_size: u32, queue_id: u32, pad: u32,
    }

    /// AMDKFD_IOC_AVAILABLE_MEMORY
    kfd_ioctl_get_available_memory_args: 16 { available: u64, gpu_id: u32, pad: u32 }

    /// AMDKFD_IOC_SET_MEMORY_POLICY
    kfd_ioctl_set_memory_policy_args: 32 {
        alternate_aperture_base: u64, alternate_aperture_size: u64,
        gpu_id: u32, default_policy: u32, alternate_policy: u32, misc_process_flag: u32,
    }

    /// AMDKFD_IOC_GET_CLOCK_COUNTERS
    kfd_ioctl_get_clock_counters_args: 40 {
        gpu_clock_counter: u64, cpu_clock_counter: u64, system_clock_counter: u64, system_clock_freq: u64,
        gpu_id: u32, pad: u32,
    }

    /// One element of what AMDKFD_IOC_GET_PROCESS_APERTURES(_NEW) fills.
    kfd_process_device_apertures: 56 {
        lds_base: u64, lds_limit: u64, scratch_base: u64, scratch_limit: u64, gpuvm_base: u64, gpuvm_limit: u64,
        gpu_id: u32, pad: u32,
    }

    /// AMDKFD_IOC_GET_PROCESS_APERTURES
    kfd_ioctl_get_process_apertures_args: 400 {
        process_apertures: [kfd_process_device_apertures; 7], num_of_nodes: u32, pad: u32,
    }

    /// AMDKFD_IOC_GET_PROCESS_APERTURES_NEW
    kfd_ioctl_get_process_apertures_new_args: 16 {
        kfd_process_device_apertures_ptr: u64, num_of_nodes: u32, pad: u32,
    }

    /// AMDKFD_IOC_DBG_REGISTER_DEPRECATED
    kfd_ioctl_dbg_register_args: 8 { gpu_id: u32, pad: u32 }

    /// AMDKFD_IOC_DBG_UNREGISTER_DEPRECATED
    kfd_ioctl_dbg_unregister_args: 8 { gpu_id: u32, pad: u32 }

    /// AMDKFD_IOC_DBG_ADDRESS_WATCH_DEPRECATED
    kfd_ioctl_dbg_address_watch_args: 16 { content_ptr: u64, gpu_id: u32, buf_size_in_bytes: u32 }

    /// AMDKFD_IOC_DBG_WAVE_CONTROL_DEPRECATED
    kfd_ioctl_dbg_wave_control_args: 16 { content_ptr: u64, gpu_id: u32, buf_size_in_bytes: u32 }

    /// AMDKFD_IOC_CREATE_EVENT
    kfd_ioctl_create_event_args: 32 {
        event_page_offset: u64, event_trigger_data: u32, event_type: u32, auto_reset: u32, node_id: u32,
        event_id: u32, event_slot_index: u32,
    }

    /// AMDKFD_IOC_DESTROY_EVENT
    kfd_ioctl_destroy_event_args: 8 { event_id: u32, pad: u32 }

    /// AMDKFD_IOC_SET_EVENT
    kfd_ioctl_set_event_args: 8 { event_id: u32, pad: u32 }

    /// AMDKFD_IOC_RESET_EVENT
    kfd_ioctl_reset_event_args: 8 { event_id: u32, pad: u32 }

    /// What a memory event reports (`failure` flattened to four words).
    kfd_hsa_memory_exception_data: 32 {
        NotPresent: u32, ReadOnly: u32, NoExecute: u32, imprecise: u32, va: u64, gpu_id: u32, ErrorType: u32,
    }

    /// What a hardware exception event reports.
    kfd_hsa_hw_exception_data: 16 { reset_type: u32, reset_cause: u32, memory_lost: u32, gpu_id: u32 }

    /// One element of AMDKFD_IOC_WAIT_EVENTS's array. The union of exception data and last_event_age is left as
    /// the words it is made of.
    kfd_event_data: 48 { union_data: [u64; 4], kfd_event_data_ext: u64, event_id: u32, pad: u32 }

    /// AMDKFD_IOC_WAIT_EVENTS
    kfd_ioctl_wait_events_args: 24 {
        events_ptr: u64, num_events: u32, wait_for_all: u32, timeout: u32, wait_result: u32,
    }

    /// AMDKFD_IOC_SET_SCRATCH_BACKING_VA
    kfd_ioctl_set_scratch_backing_va_args: 16 { va_addr: u64, gpu_id: u32, pad: u32 }

    /// AMDKFD_IOC_GET_TILE_CONFIG
    kfd_ioctl_get_tile_config_args: 40 {
        tile_config_ptr: u64, macro_tile_config_ptr: u64, num_tile_configs: u32, num_macro_tile_configs: u32,
        gpu_id: u32, gb_addr_config: u32, num_banks: u32, num_ranks: u32,
    }

    /// AMDKFD_IOC_SET_TRAP_HANDLER
    kfd_ioctl_set_trap_handler_args: 24 { tba_addr: u64, tma_addr: u64, gpu_id: u32, pad: u32 }

    /// AMDKFD_IOC_ACQUIRE_VM
    kfd_ioctl_acquire_vm_args: 8 { drm_fd: u32, gpu_id: u32 }

    /// AMDKFD_IOC_ALLOC_MEMORY_OF_GPU
    kfd_ioctl_alloc_memory_of_gpu_args: 40 {
        va_addr: u64, size: u64, handle: u64, mmap_offset: u64, gpu_id: u32, flags: u32,
    }

    /// AMDKFD_IOC_FREE_MEMORY_OF_GPU
    kfd_ioctl_free_memory_of_gpu_args: 8 { handle: u64 }

    /// AMDKFD_IOC_MAP_MEMORY_TO_GPU
    kfd_ioctl_map_memory_to_gpu_args: 24 {
        handle: u64, device_ids_array_ptr: u64, n_devices: u32, n_success: u32,
    }

    /// AMDKFD_IOC_UNMAP_MEMORY_FROM_GPU
    kfd_ioctl_unmap_memory_from_gpu_args: 24 {
        handle: u64, device_ids_array_ptr: u64, n_devices: u32, n_success: u32,
    }

    /// AMDKFD_IOC_ALLOC_QUEUE_GWS
    kfd_ioctl_alloc_queue_gws_args: 16 { queue_id: u32, num_gws: u32, first_gws: u32, pad: u32 }

    /// AMDKFD_IOC_GET_DMABUF_INFO
    kfd_ioctl_get_dmabuf_info_args: 32 {
        size: u64, metadata_ptr: u64, metadata_size: u32, gpu_id: u32, flags: u32, dmabuf_fd: u32,
    }

    /// AMDKFD_IOC_IMPORT_DMABUF
    kfd_ioctl_import_dmabuf_args: 24 { va_addr: u64, handle: u64, gpu_id: u32, dmabuf_fd: u32 }

    /// AMDKFD_IOC_EXPORT_DMABUF
    kfd_ioctl_export_dmabuf_args: 16 { handle: u64, flags: u32, dmabuf_fd: u32 }

    /// AMDKFD_IOC_SMI_EVENTS
    kfd_ioctl_smi_events_args: 8 { gpuid: u32, anon_fd: u32 }

    /// AMDKFD_IOC_CRIU_OP
    kfd_ioctl_criu_args: 56 {
        devices: u64, bos: u64, priv_data: u64, priv_data_size: u64, num_devices: u32, num_bos: u32,
        num_objects: u32, pid: u32, op: u32, tail_pad: u32,
    }

    /// A device of a checkpoint.
    kfd_criu_device_bucket: 16 { user_gpu_id: u32, actual_gpu_id: u32, drm_fd: u32, pad: u32 }

    /// A buffer object of a checkpoint.
    kfd_criu_bo_bucket: 48 {
        addr: u64, size: u64, offset: u64, restored_offset: u64, gpu_id: u32, alloc_flags: u32, dmabuf_fd: u32,
        pad: u32,
    }

    /// An attribute of AMDKFD_IOC_SVM.
    kfd_ioctl_svm_attribute: 8 { kind: u32, value: u32 }

    /// The fixed head of AMDKFD_IOC_SVM; `nattr` attributes follow it.
    kfd_ioctl_svm_args: 24 { start_addr: u64, size: u64, op: u32, nattr: u32 }

    /// AMDKFD_IOC_SET_XNACK_MODE
    kfd_ioctl_set_xnack_mode_args: 4 { xnack_enabled: i32 }

    /// AMDKFD_IOC_RUNTIME_ENABLE
    kfd_ioctl_runtime_enable_args: 16 { r_debug: u64, mode_mask: u32, capabilities_mask: u32 }

    /// The debugger's view of the runtime.
    kfd_runtime_info: 16 { r_debug: u64, runtime_state: u32, ttmp_setup: u32 }

    /// AMDKFD_IOC_DBG_TRAP; the union of the operations' arguments is left as the words it is made of.
    kfd_ioctl_dbg_trap_args: 32 { pid: u32, op: u32, union_data: [u64; 3] }

    /// The union's view for KFD_IOC_DBG_TRAP_ENABLE.
    kfd_ioctl_dbg_trap_enable_args: 24 { exception_mask: u64, rinfo_ptr: u64, rinfo_size: u32, dbg_fd: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT.
    kfd_ioctl_dbg_trap_send_runtime_event_args: 16 { exception_mask: u64, gpu_id: u32, queue_id: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE.
    kfd_ioctl_dbg_trap_set_wave_launch_override_args: 16 {
        override_mode: u32, enable_mask: u32, support_request_mask: u32, pad: u32,
    }

    /// The union's view for KFD_IOC_DBG_TRAP_SUSPEND_QUEUES.
    kfd_ioctl_dbg_trap_suspend_queues_args: 24 {
        exception_mask: u64, queue_array_ptr: u64, num_queues: u32, grace_period: u32,
    }

    /// The union's view for KFD_IOC_DBG_TRAP_RESUME_QUEUES.
    kfd_ioctl_dbg_trap_resume_queues_args: 16 { queue_array_ptr: u64, num_queues: u32, pad: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH.
    kfd_ioctl_dbg_trap_set_node_address_watch_args: 24 {
        address: u64, mode: u32, mask: u32, gpu_id: u32, id: u32,
    }

    /// The union's view for KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH.
    kfd_ioctl_dbg_trap_clear_node_address_watch_args: 8 { gpu_id: u32, id: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_SET_FLAGS.
    kfd_ioctl_dbg_trap_set_flags_args: 8 { flags: u32, pad: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT.
    kfd_ioctl_dbg_trap_query_debug_event_args: 16 { exception_mask: u64, gpu_id: u32, queue_id: u32 }

    /// The union's view for KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO.
    kfd_ioctl_dbg_trap_query_exception_info_args: 24 {
        info_ptr: u64, info_size: u32, source_id: u32, exception_code: u32, clear_exception: u32,
    }

    /// The union's view for KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT and _GET_DEVICE_SNAPSHOT, whose `num_queues` and
    /// `num_devices` are the third field.
    kfd_ioctl_dbg_trap_snapshot_args: 24 {
        exception_mask: u64, snapshot_buf_ptr: u64, count: u32, entry_size: u32,
    }

    /// One entry of the debugger's snapshot of queues.
    kfd_queue_snapshot_entry: 64 {
        exception_status: u64, ring_base_address: u64, write_pointer_address: u64, read_pointer_address: u64,
        ctx_save_restore_address: u64, queue_id: u32, gpu_id: u32, ring_size: u32, queue_type: u32,
        ctx_save_restore_area_size: u32, reserved: u32,
    }

    /// One entry of the debugger's snapshot of devices.
    kfd_dbg_device_info_entry: 128 {
        exception_status: u64, lds_base: u64, lds_limit: u64, scratch_base: u64, scratch_limit: u64,
        gpuvm_base: u64, gpuvm_limit: u64, gpu_id: u32, location_id: u32, vendor_id: u32, device_id: u32,
        revision_id: u32, subsystem_vendor_id: u32, subsystem_device_id: u32, fw_version: u32,
        gfx_target_version: u32, simd_count: u32, max_waves_per_simd: u32, array_count: u32,
        simd_arrays_per_engine: u32, num_xcc: u32, capability: u32, debug_prop: u32, capability2: u32, pad: u32,
    }

    /// The front of a save area.
    kfd_context_save_area_header: 40 {
        control_stack_offset: u32, control_stack_size: u32, wave_state_offset: u32, wave_state_size: u32,
        debug_offset: u32, debug_size: u32, err_payload_addr: u64, err_event_id: u32, reserved1: u32,
    }

    /// AMDKFD_IOC_PROFILER; the union is left as the words it is made of.
    kfd_ioctl_profiler_args: 16 { op: u32, union_data: [u32; 3] }

    /// AMDKFD_IOC_PC_SAMPLE of AMD's own driver.
    kfd_ioctl_pc_sample_args: 32 {
        sample_info_ptr: u64, num_sample_info: u32, op: u32, gpu_id: u32, trace_id: u32, flags: u32, version: u32,
    }

    /// How program counters are sampled.
    kfd_pc_sample_info: 40 {
        interval: u64, interval_min: u64, interval_max: u64, flags: u64, method: u32, r#type: u32,
    }
}

const _: () = assert!(kfd_ioctl_create_queue_args_size_before_1_17() == 88);

/// Bytes of `kfd_ioctl_create_queue_args` before KFD 1.17.
pub const fn kfd_ioctl_create_queue_args_size_before_1_17() -> usize {
    core::mem::offset_of!(kfd_ioctl_create_queue_args, sdma_engine_id)
}
