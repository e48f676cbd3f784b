//! AMD extension, hsa_ext_amd.h: the order of `AmdExtTable` in hsa_api_trace.h, step 0x12.
//!
//! Only appended to since release 5.7. `hsa_amd_queue_create` and the two external semaphore functions stand
//! before
//! `hsa_amd_image_create_v2`: release 10's header and its profiler agree on that.

use core::ffi::{c_int, c_void};

use super::define::entries;
use crate::abi::*;

entries! {
    /// Table of the AMD extension.
    pub struct AmdExtTable, static AMD_EXT,
        version HSA_AMD_EXT_API_TABLE_MAJOR_VERSION, step HSA_AMD_EXT_API_TABLE_STEP_VERSION;

    fn hsa_amd_coherency_get_type(
        agent: hsa_agent_t, r#type: *mut hsa_amd_coherency_type_t
    ) -> hsa_status_t => agent::get_coherency;
    fn hsa_amd_coherency_set_type(
        agent: hsa_agent_t, r#type: hsa_amd_coherency_type_t
    ) -> hsa_status_t => agent::set_coherency;
    fn hsa_amd_profiling_set_profiler_enabled(
        queue: *mut hsa_queue_t, enable: c_int
    ) -> hsa_status_t => queue::set_profiling;
    fn hsa_amd_profiling_async_copy_enable(enable: bool) -> hsa_status_t => profiling::async_copy_enable;
    fn hsa_amd_profiling_get_dispatch_time(
        agent: hsa_agent_t, signal: hsa_signal_t, time: *mut hsa_amd_profiling_dispatch_time_t
    ) -> hsa_status_t => profiling::get_dispatch_time;
    fn hsa_amd_profiling_get_async_copy_time(
        signal: hsa_signal_t, time: *mut hsa_amd_profiling_async_copy_time_t
    ) -> hsa_status_t => profiling::get_async_copy_time;
    fn hsa_amd_profiling_convert_tick_to_system_domain(
        agent: hsa_agent_t, agent_tick: u64, system_tick: *mut u64
    ) -> hsa_status_t => profiling::convert_tick;
    fn hsa_amd_signal_async_handler(
        signal: hsa_signal_t, cond: hsa_signal_condition_t, value: hsa_signal_value_t,
        handler: hsa_amd_signal_handler, arg: *mut c_void
    ) -> hsa_status_t => signal_wait::async_handler;
    fn hsa_amd_async_function(
        callback: Option<unsafe extern "C-unwind" fn(arg: *mut c_void)>, arg: *mut c_void
    ) -> hsa_status_t => signal_wait::async_function;
    fn hsa_amd_signal_wait_any(
        signal_count: u32, signals: *mut hsa_signal_t, conds: *mut hsa_signal_condition_t,
        values: *mut hsa_signal_value_t, timeout_hint: u64, wait_hint: hsa_wait_state_t,
        satisfying_value: *mut hsa_signal_value_t
    ) -> u32 => signal_wait::any;
    fn hsa_amd_queue_cu_set_mask(
        queue: *const hsa_queue_t, num_cu_mask_count: u32, cu_mask: *const u32
    ) -> hsa_status_t => queue::set_cu_mask;
    fn hsa_amd_memory_pool_get_info(
        memory_pool: hsa_amd_memory_pool_t, attribute: hsa_amd_memory_pool_info_t, value: *mut c_void
    ) -> hsa_status_t => pool::get_info;
    fn hsa_amd_agent_iterate_memory_pools(
        agent: hsa_agent_t,
        callback: Option<unsafe extern "C-unwind" fn(memory_pool: hsa_amd_memory_pool_t,
            data: *mut c_void) -> hsa_status_t>,
        data: *mut c_void
    ) -> hsa_status_t => pool::iterate;
    fn hsa_amd_memory_pool_allocate(
        memory_pool: hsa_amd_memory_pool_t, size: usize, flags: u32, ptr: *mut *mut c_void
    ) -> hsa_status_t => memory::pool_allocate;
    fn hsa_amd_memory_pool_free(ptr: *mut c_void) -> hsa_status_t => memory::free;
    fn hsa_amd_memory_async_copy(
        dst: *mut c_void, dst_agent: hsa_agent_t, src: *const c_void, src_agent: hsa_agent_t, size: usize,
        num_dep_signals: u32, dep_signals: *const hsa_signal_t, completion_signal: hsa_signal_t
    ) -> hsa_status_t => copy::copy;
    fn hsa_amd_memory_async_copy_on_engine(
        dst: *mut c_void, dst_agent: hsa_agent_t, src: *const c_void, src_agent: hsa_agent_t, size: usize,
        num_dep_signals: u32, dep_signals: *const hsa_signal_t, completion_signal: hsa_signal_t,
        engine_id: hsa_amd_sdma_engine_id_t, force_copy_on_sdma: bool
    ) -> hsa_status_t => copy::copy_on_engine;
    fn hsa_amd_memory_copy_engine_status(
        dst_agent: hsa_agent_t, src_agent: hsa_agent_t, engine_ids_mask: *mut u32
    ) -> hsa_status_t => copy::engine_status;
    fn hsa_amd_agent_memory_pool_get_info(
        agent: hsa_agent_t, memory_pool: hsa_amd_memory_pool_t, attribute: hsa_amd_agent_memory_pool_info_t,
        value: *mut c_void
    ) -> hsa_status_t => pool::get_agent_info;
    fn hsa_amd_agents_allow_access(
        num_agents: u32, agents: *const hsa_agent_t, flags: *const u32, ptr: *const c_void
    ) -> hsa_status_t => memory::allow_access;
    fn hsa_amd_memory_pool_can_migrate(
        src_memory_pool: hsa_amd_memory_pool_t, dst_memory_pool: hsa_amd_memory_pool_t, result: *mut bool
    ) -> hsa_status_t => memory::can_migrate;
    fn hsa_amd_memory_migrate(
        ptr: *const c_void, memory_pool: hsa_amd_memory_pool_t, flags: u32
    ) -> hsa_status_t => memory::migrate;
    fn hsa_amd_memory_lock(
        host_ptr: *mut c_void, size: usize, agents: *mut hsa_agent_t, num_agent: c_int,
        agent_ptr: *mut *mut c_void
    ) -> hsa_status_t => lock::lock;
    fn hsa_amd_memory_unlock(host_ptr: *mut c_void) -> hsa_status_t => lock::unlock;
    fn hsa_amd_memory_fill(ptr: *mut c_void, value: u32, count: usize) -> hsa_status_t => transfer::fill;
    fn hsa_amd_interop_map_buffer(
        num_agents: u32, agents: *mut hsa_agent_t, interop_handle: hsa_handle_t, flags: u32,
        size: *mut usize, ptr: *mut *mut c_void, metadata_size: *mut usize, metadata: *mut *const c_void
    ) -> hsa_status_t => share::map;
    fn hsa_amd_interop_unmap_buffer(ptr: *mut c_void) -> hsa_status_t => share::unmap;
    fn hsa_amd_image_create(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_t,
        image_layout: *const hsa_amd_image_descriptor_t, image_data: *const c_void,
        access_permission: hsa_access_permission_t, image: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::create_laid_out;
    fn hsa_amd_pointer_info(
        ptr: *const c_void, info: *mut hsa_amd_pointer_info_t,
        alloc: Option<unsafe extern "C-unwind" fn(usize) -> *mut c_void>, num_agents_accessible: *mut u32,
        accessible: *mut *mut hsa_agent_t
    ) -> hsa_status_t => pointer::info;
    fn hsa_amd_pointer_info_set_userdata(
        ptr: *const c_void, userdata: *mut c_void
    ) -> hsa_status_t => pointer::set_userdata;
    fn hsa_amd_ipc_memory_create(
        ptr: *mut c_void, len: usize, handle: *mut hsa_amd_ipc_memory_t
    ) -> hsa_status_t => ipc::create;
    fn hsa_amd_ipc_memory_attach(
        handle: *const hsa_amd_ipc_memory_t, len: usize, num_agents: u32, mapping_agents: *const hsa_agent_t,
        mapped_ptr: *mut *mut c_void
    ) -> hsa_status_t => ipc::attach;
    fn hsa_amd_ipc_memory_detach(mapped_ptr: *mut c_void) -> hsa_status_t => ipc::detach;
    fn hsa_amd_signal_create(
        initial_value: hsa_signal_value_t, num_consumers: u32, consumers: *const hsa_agent_t,
        attributes: u64, signal: *mut hsa_signal_t
    ) -> hsa_status_t => signal::amd_create;
    fn hsa_amd_ipc_signal_create(
        signal: hsa_signal_t, handle: *mut hsa_amd_ipc_signal_t
    ) -> hsa_status_t => ipc::create_signal;
    fn hsa_amd_ipc_signal_attach(
        handle: *const hsa_amd_ipc_signal_t, signal: *mut hsa_signal_t
    ) -> hsa_status_t => ipc::attach_signal;
    fn hsa_amd_register_system_event_handler(
        callback: hsa_amd_system_event_callback_t, data: *mut c_void
    ) -> hsa_status_t => signal_wait::register_system_event_handler;
    fn hsa_amd_queue_intercept_create(
        agent: hsa_agent_t, size: u32, r#type: hsa_queue_type32_t,
        callback: Option<unsafe extern "C-unwind" fn(status: hsa_status_t, source: *mut hsa_queue_t,
            data: *mut c_void)>,
        data: *mut c_void, private_segment_size: u32, group_segment_size: u32, queue: *mut *mut hsa_queue_t
    ) -> hsa_status_t => queue::intercept_create;
    fn hsa_amd_queue_intercept_register(
        queue: *mut hsa_queue_t, callback: hsa_amd_queue_intercept_handler, user_data: *mut c_void
    ) -> hsa_status_t => queue::intercept_register;
    fn hsa_amd_queue_set_priority(
        queue: *mut hsa_queue_t, priority: hsa_amd_queue_priority_t
    ) -> hsa_status_t => queue::set_priority;
    fn hsa_amd_memory_async_copy_rect(
        dst: *const hsa_pitched_ptr_t, dst_offset: *const hsa_dim3_t, src: *const hsa_pitched_ptr_t,
        src_offset: *const hsa_dim3_t, range: *const hsa_dim3_t, copy_agent: hsa_agent_t,
        dir: hsa_amd_copy_direction_t, num_dep_signals: u32, dep_signals: *const hsa_signal_t,
        completion_signal: hsa_signal_t
    ) -> hsa_status_t => copy::copy_rect;
    fn hsa_amd_runtime_queue_create_register(
        callback: hsa_amd_runtime_queue_notifier, user_data: *mut c_void
    ) -> hsa_status_t => queue::create_register;
    fn hsa_amd_memory_lock_to_pool(
        host_ptr: *mut c_void, size: usize, agents: *mut hsa_agent_t, num_agent: c_int,
        pool: hsa_amd_memory_pool_t, flags: u32, agent_ptr: *mut *mut c_void
    ) -> hsa_status_t => lock::lock_to_pool;
    fn hsa_amd_register_deallocation_callback(
        ptr: *mut c_void, callback: hsa_amd_deallocation_callback_t, user_data: *mut c_void
    ) -> hsa_status_t => pointer::register_deallocation;
    fn hsa_amd_deregister_deallocation_callback(
        ptr: *mut c_void, callback: hsa_amd_deallocation_callback_t
    ) -> hsa_status_t => pointer::deregister_deallocation;
    fn hsa_amd_signal_value_pointer(
        signal: hsa_signal_t, value_ptr: *mut *mut hsa_signal_value_t
    ) -> hsa_status_t => signal::value_pointer;
    fn hsa_amd_svm_attributes_set(
        ptr: *mut c_void, size: usize, attribute_list: *mut hsa_amd_svm_attribute_pair_t,
        attribute_count: usize
    ) -> hsa_status_t => svm::set;
    fn hsa_amd_svm_attributes_get(
        ptr: *mut c_void, size: usize, attribute_list: *mut hsa_amd_svm_attribute_pair_t,
        attribute_count: usize
    ) -> hsa_status_t => svm::get;
    fn hsa_amd_svm_prefetch_async(
        ptr: *mut c_void, size: usize, agent: hsa_agent_t, num_dep_signals: u32,
        dep_signals: *const hsa_signal_t, completion_signal: hsa_signal_t
    ) -> hsa_status_t => svm::prefetch;
    fn hsa_amd_spm_acquire(preferred_agent: hsa_agent_t) -> hsa_status_t => spm::acquire;
    fn hsa_amd_spm_release(preferred_agent: hsa_agent_t) -> hsa_status_t => spm::release;
    fn hsa_amd_spm_set_dest_buffer(
        preferred_agent: hsa_agent_t, size_in_bytes: usize, timeout: *mut u32, size_copied: *mut u32,
        dest: *mut c_void, is_data_loss: *mut bool
    ) -> hsa_status_t => spm::set_destination;
    fn hsa_amd_queue_cu_get_mask(
        queue: *const hsa_queue_t, num_cu_mask_count: u32, cu_mask: *mut u32
    ) -> hsa_status_t => queue::get_cu_mask;
    fn hsa_amd_portable_export_dmabuf(
        ptr: *const c_void, size: usize, dmabuf: *mut c_int, offset: *mut u64
    ) -> hsa_status_t => share::export;
    fn hsa_amd_portable_close_dmabuf(dmabuf: c_int) -> hsa_status_t => share::close;
    fn hsa_amd_vmem_address_reserve(
        va: *mut *mut c_void, size: usize, address: u64, flags: u64
    ) -> hsa_status_t => vmem::reserve;
    fn hsa_amd_vmem_address_free(va: *mut c_void, size: usize) -> hsa_status_t => vmem::free;
    fn hsa_amd_vmem_handle_create(
        pool: hsa_amd_memory_pool_t, size: usize, r#type: hsa_amd_memory_type_t, flags: u64,
        memory_handle: *mut hsa_amd_vmem_alloc_handle_t
    ) -> hsa_status_t => vmem::create;
    fn hsa_amd_vmem_handle_release(memory_handle: hsa_amd_vmem_alloc_handle_t) -> hsa_status_t => vmem::release;
    fn hsa_amd_vmem_map(
        va: *mut c_void, size: usize, in_offset: usize, memory_handle: hsa_amd_vmem_alloc_handle_t,
        flags: u64
    ) -> hsa_status_t => vmem::map;
    fn hsa_amd_vmem_unmap(va: *mut c_void, size: usize) -> hsa_status_t => vmem::unmap;
    fn hsa_amd_vmem_set_access(
        va: *mut c_void, size: usize, desc: *const hsa_amd_memory_access_desc_t, desc_cnt: usize
    ) -> hsa_status_t => vmem::set_access;
    fn hsa_amd_vmem_get_access(
        va: *mut c_void, perms: *mut hsa_access_permission_t, agent_handle: hsa_agent_t
    ) -> hsa_status_t => vmem::get_access;
    fn hsa_amd_vmem_export_shareable_handle(
        dmabuf_fd: *mut c_int, handle: hsa_amd_vmem_alloc_handle_t, flags: u64
    ) -> hsa_status_t => vmem::export;
    fn hsa_amd_vmem_import_shareable_handle(
        dmabuf_fd: c_int, handle: *mut hsa_amd_vmem_alloc_handle_t
    ) -> hsa_status_t => vmem::import;
    fn hsa_amd_vmem_retain_alloc_handle(
        memory_handle: *mut hsa_amd_vmem_alloc_handle_t, addr: *mut c_void
    ) -> hsa_status_t => vmem::retain;
    fn hsa_amd_vmem_get_alloc_properties_from_handle(
        memory_handle: hsa_amd_vmem_alloc_handle_t, pool: *mut hsa_amd_memory_pool_t,
        r#type: *mut hsa_amd_memory_type_t
    ) -> hsa_status_t => vmem::get_properties;
    fn hsa_amd_agent_set_async_scratch_limit(agent: hsa_agent_t, threshold: usize) -> hsa_status_t => queue::set_async_scratch_limit;
    fn hsa_amd_queue_get_info(
        queue: *mut hsa_queue_t, attribute: hsa_queue_info_attribute_t, value: *mut c_void
    ) -> hsa_status_t => queue::get_info;
    fn hsa_amd_vmem_address_reserve_align(
        va: *mut *mut c_void, size: usize, address: u64, alignment: u64, flags: u64
    ) -> hsa_status_t => vmem::reserve_align;
    fn hsa_amd_enable_logging(flags: *mut u8, file: *mut c_void) -> hsa_status_t => system::enable_logging;
    fn hsa_amd_signal_wait_all(
        signal_count: u32, signals: *mut hsa_signal_t, conds: *mut hsa_signal_condition_t,
        values: *mut hsa_signal_value_t, timeout_hint: u64, wait_hint: hsa_wait_state_t,
        satisfying_values: *mut hsa_signal_value_t
    ) -> u32 => signal_wait::all;
    fn hsa_amd_memory_get_preferred_copy_engine(
        dst_agent: hsa_agent_t, src_agent: hsa_agent_t, recommended_ids_mask: *mut u32
    ) -> hsa_status_t => copy::preferred_engine;
    fn hsa_amd_portable_export_dmabuf_v2(
        ptr: *const c_void, size: usize, dmabuf: *mut c_int, offset: *mut u64, flags: u64
    ) -> hsa_status_t => share::export_v2;
    fn hsa_amd_ais_file_write(
        handle: hsa_amd_ais_file_handle_t, device_ptr: *mut c_void, size: u64, file_offset: i64,
        size_copied: *mut u64, status: *mut i32
    ) -> hsa_status_t => file::write;
    fn hsa_amd_ais_file_read(
        handle: hsa_amd_ais_file_handle_t, device_ptr: *mut c_void, size: u64, file_offset: i64,
        size_copied: *mut u64, status: *mut i32
    ) -> hsa_status_t => file::read;
    fn hsa_amd_counted_queue_acquire(
        agent: hsa_agent_t, r#type: hsa_queue_type_t, priority: hsa_amd_queue_priority_t,
        callback: Option<unsafe extern "C-unwind" fn(status: hsa_status_t, source: *mut hsa_queue_t,
            data: *mut c_void)>,
        data: *mut c_void, flags: u64, queue: *mut *mut hsa_queue_t
    ) -> hsa_status_t => queue::acquire;
    fn hsa_amd_counted_queue_release(queue: *mut hsa_queue_t) -> hsa_status_t => queue::release;
    fn hsa_amd_memory_async_batch_copy(
        copy_ops: *const hsa_amd_memory_copy_op_t, num_copy_ops: u32, num_dep_signals: u32,
        dep_signals: *const hsa_signal_t
    ) -> hsa_status_t => copy_batch::batch;
    fn hsa_amd_agent_preload(agent: hsa_agent_t, flags: u64) -> hsa_status_t => agent::preload;
    fn hsa_amd_svm_discard_batch_async(
        ptrs: *mut *mut c_void, sizes: *mut usize, count: u32, num_dep_signals: u32,
        dep_signals: *const hsa_signal_t, completion_signal: hsa_signal_t
    ) -> hsa_status_t => svm::discard;
    fn hsa_amd_signal_get_event_id(signal: hsa_signal_t, event_id: *mut u32) -> hsa_status_t => signal::get_event_id;
    fn hsa_amd_external_semaphore_handle_open(
        agent: hsa_agent_t, desc: *const hsa_amd_external_semaphore_handle_descriptor_t,
        out_sem: *mut hsa_amd_external_semaphore_t
    ) -> hsa_status_t => semaphore::open;
    fn hsa_amd_external_semaphore_handle_close(sem: hsa_amd_external_semaphore_t) -> hsa_status_t => semaphore::close;
    fn hsa_amd_vmem_export_fabric_handle(
        fabric_handle: *mut hsa_fabric_handle_t, handle: hsa_amd_vmem_alloc_handle_t, flags: u64
    ) -> hsa_status_t => vmem::export_fabric;
    fn hsa_amd_vmem_import_fabric_handle(
        fabric_handle: hsa_fabric_handle_t, handle: *mut hsa_amd_vmem_alloc_handle_t
    ) -> hsa_status_t => vmem::import_fabric;
    fn hsa_amd_queue_create(
        agent: hsa_agent_t, descs: *mut hsa_amd_queue_create_desc_t, num_descs: u32
    ) -> hsa_status_t => queue_create::create;
    fn hsa_amd_queue_signal_external_semaphore(
        queue: *mut hsa_queue_t, sem: hsa_amd_external_semaphore_t, value: u64
    ) -> hsa_status_t => semaphore::signal;
    fn hsa_amd_queue_wait_external_semaphore(
        queue: *mut hsa_queue_t, sem: hsa_amd_external_semaphore_t, value: u64
    ) -> hsa_status_t => semaphore::wait;
    fn hsa_amd_image_create_v2(
        agent: hsa_agent_t, image_descriptor: *const hsa_ext_image_descriptor_v2_t,
        image_layout: *const hsa_amd_image_descriptor_t, image_data: *const c_void,
        access_permission: hsa_access_permission_t, image: *mut hsa_ext_image_t
    ) -> hsa_status_t => image::create_laid_out_v2;
    fn hsa_amd_interop_map_buffer_with_size(
        num_agents: u32, agents: *mut hsa_agent_t, interop_handle: hsa_handle_t, flags: u32,
        size_hint: usize, size: *mut usize, ptr: *mut *mut c_void, metadata_size: *mut usize,
        metadata: *mut *const c_void
    ) -> hsa_status_t => share::map_with_size;
}

const _: () = assert!(size_of::<AmdExtTable>() == 744);
const _: () = assert!(core::mem::offset_of!(AmdExtTable, hsa_amd_memory_async_copy_on_engine) == 144);
const _: () = assert!(core::mem::offset_of!(AmdExtTable, hsa_amd_agent_set_async_scratch_limit) == 552);
const _: () = assert!(core::mem::offset_of!(AmdExtTable, hsa_amd_ais_file_read) == 616);
const _: () = assert!(core::mem::offset_of!(AmdExtTable, hsa_amd_queue_create) == 704);
const _: () = assert!(core::mem::offset_of!(AmdExtTable, hsa_amd_interop_map_buffer_with_size) == 736);
