//! amdkfd: argument structures, records and flags.
//!
//! Touches core only. Answers to `include/uapi/linux/kfd_ioctl.h` of Linux 7.2 (interface 1.23).
#![allow(non_camel_case_types, reason = "names are the kernel's")]

use super::{arguments, records};

/// Interface major version that this library speaks (`KFD_IOCTL_MAJOR_VERSION`).
pub const KFD_IOCTL_MAJOR_VERSION: u32 = 1;

arguments! { b'K':
    /// Interface version.
    kfd_ioctl_get_version_args = Ior 0x01: 8 { major_version: u32, minor_version: u32 }
    /// Create a queue.
    kfd_ioctl_create_queue_args = Iowr 0x02: 96 {
        ring_base_address: u64, write_pointer_address: u64, read_pointer_address: u64, doorbell_offset: u64,
        ring_size: u32, gpu_id: u32, queue_type: u32, queue_percentage: u32, queue_priority: u32, queue_id: u32,
        eop_buffer_address: u64, eop_buffer_size: u64, ctx_save_restore_address: u64,
        ctx_save_restore_size: u32, ctl_stack_size: u32, sdma_engine_id: u32, metadata_ring_size: u32,
    }
    /// Destroy a queue.
    kfd_ioctl_destroy_queue_args = Iowr 0x03: 8 { queue_id: u32, pad: u32 }
    /// Default and alternate cache policy of a GPU.
    kfd_ioctl_set_memory_policy_args = Iow 0x04: 32 {
        alternate_aperture_base: u64, alternate_aperture_size: u64,
        gpu_id: u32, default_policy: u32, alternate_policy: u32, misc_process_flag: u32,
    }
    /// GPU and system clocks, read together.
    kfd_ioctl_get_clock_counters_args = Iowr 0x05: 40 {
        gpu_clock_counter: u64, cpu_clock_counter: u64, system_clock_counter: u64, system_clock_freq: u64,
        gpu_id: u32, pad: u32,
    }
    /// Change a queue.
    kfd_ioctl_update_queue_args = Iow 0x07: 24 {
        ring_base_address: u64, queue_id: u32, ring_size: u32, queue_percentage: u32, queue_priority: u32,
    }
    /// Create an event.
    kfd_ioctl_create_event_args = Iowr 0x08: 32 {
        event_page_offset: u64, event_trigger_data: u32, event_type: u32, auto_reset: u32, node_id: u32,
        event_id: u32, event_slot_index: u32,
    }
    /// Destroy an event.
    kfd_ioctl_destroy_event_args = Iow 0x09: 8 { event_id: u32, pad: u32 }
    /// Set an event from the CPU.
    kfd_ioctl_set_event_args = Iow 0x0a: 8 { event_id: u32, pad: u32 }
    /// Reset an event.
    kfd_ioctl_reset_event_args = Iow 0x0b: 8 { event_id: u32, pad: u32 }
    /// Wait for one or all of several events.
    kfd_ioctl_wait_events_args = Iowr 0x0c: 24 {
        events_ptr: u64, num_events: u32, wait_for_all: u32, timeout: u32, wait_result: u32,
    }
    /// Where a GPU's scratch memory begins.
    kfd_ioctl_set_scratch_backing_va_args = Iowr 0x11: 16 { va_addr: u64, gpu_id: u32, pad: u32 }
    /// Tiling registers (up to gfx8).
    kfd_ioctl_get_tile_config_args = Iowr 0x12: 40 {
        tile_config_ptr: u64, macro_tile_config_ptr: u64, num_tile_configs: u32, num_macro_tile_configs: u32,
        gpu_id: u32, gb_addr_config: u32, num_banks: u32, num_ranks: u32,
    }
    /// Second-level trap handler.
    kfd_ioctl_set_trap_handler_args = Iow 0x13: 24 { tba_addr: u64, tma_addr: u64, gpu_id: u32, pad: u32 }
    /// Apertures of every GPU.
    kfd_ioctl_get_process_apertures_new_args = Iowr 0x14: 16 {
        kfd_process_device_apertures_ptr: u64, num_of_nodes: u32, pad: u32,
    }
    /// Binds a render node's address space to this process's.
    kfd_ioctl_acquire_vm_args = Iow 0x15: 8 { drm_fd: u32, gpu_id: u32 }
    /// Allocate memory of a GPU.
    kfd_ioctl_alloc_memory_of_gpu_args = Iowr 0x16: 40 {
        va_addr: u64, size: u64, handle: u64, mmap_offset: u64, gpu_id: u32, flags: u32,
    }
    /// Free it.
    kfd_ioctl_free_memory_of_gpu_args = Iow 0x17: 8 { handle: u64 }
    /// Map it to GPUs.
    kfd_ioctl_map_memory_to_gpu_args = Iowr 0x18: 24 {
        handle: u64, device_ids_array_ptr: u64, n_devices: u32, n_success: u32,
    }
    /// Unmap it from GPUs.
    kfd_ioctl_unmap_memory_from_gpu_args = Iowr 0x19: 24 {
        handle: u64, device_ids_array_ptr: u64, n_devices: u32, n_success: u32,
    }
    /// Compute units that a queue may use; `num_cu_mask` counts bits.
    kfd_ioctl_set_cu_mask_args = Iow 0x1a: 16 { queue_id: u32, num_cu_mask: u32, cu_mask_ptr: u64 }
    /// How much of a queue's save area is in use.
    kfd_ioctl_get_queue_wave_state_args = Iowr 0x1b: 24 {
        ctl_stack_address: u64, ctl_stack_used_size: u32, save_area_used_size: u32, queue_id: u32, pad: u32,
    }
    /// What a dma-buf is.
    kfd_ioctl_get_dmabuf_info_args = Iowr 0x1c: 32 {
        size: u64, metadata_ptr: u64, metadata_size: u32, gpu_id: u32, flags: u32, dmabuf_fd: u32,
    }
    /// Import a dma-buf.
    kfd_ioctl_import_dmabuf_args = Iowr 0x1d: 24 { va_addr: u64, handle: u64, gpu_id: u32, dmabuf_fd: u32 }
    /// Global wave sync resources for a queue.
    kfd_ioctl_alloc_queue_gws_args = Iowr 0x1e: 16 { queue_id: u32, num_gws: u32, first_gws: u32, pad: u32 }
    /// A descriptor that delivers system management events.
    kfd_ioctl_smi_events_args = Iowr 0x1f: 8 { gpuid: u32, anon_fd: u32 }
    /// Attributes of shared virtual memory; `nattr` attributes follow.
    kfd_ioctl_svm_args = Iowr 0x20: 24 { start_addr: u64, size: u64, op: u32, nattr: u32 }
    /// Retry of page faults; a negative value asks.
    kfd_ioctl_set_xnack_mode_args = Iowr 0x21: 4 { xnack_enabled: i32 }
    /// Memory that a GPU still has.
    kfd_ioctl_get_available_memory_args = Iowr 0x23: 16 { available: u64, gpu_id: u32, pad: u32 }
    /// Export an allocation as a dma-buf.
    kfd_ioctl_export_dmabuf_args = Iowr 0x24: 16 { handle: u64, flags: u32, dmabuf_fd: u32 }
    /// Tells the kernel, and through it a debugger, of the runtime.
    kfd_ioctl_runtime_enable_args = Iowr 0x25: 16 { r_debug: u64, mode_mask: u32, capabilities_mask: u32 }
    /// Debugger operations. The last four fields are those of ENABLE (`rinfo_ptr`, `rinfo_size`, `dbg_fd`), the
    /// snapshots (`snapshot_buf_ptr`, `num_queues` or `num_devices`, `entry_size`) and SUSPEND_QUEUES
    /// (`queue_array_ptr`, `num_queues`, `grace_period`); other operations see them otherwise.
    kfd_ioctl_dbg_trap_args = Iowr 0x26: 32 {
        pid: u32, op: u32, exception_mask: u64, pointer: u64, count: u32, size: u32,
    }
    /// Import memory that another process shares; of AMD's own kernel, not Linux.
    kfd_ioctl_ipc_import_handle_args = Iowr 0x80: 48 {
        handle: u64, va_addr: u64, mmap_offset: u64, share_handle: [u32; 4], gpu_id: u32, flags: u32,
    }
    /// Share memory with other processes; of AMD's own kernel, not Linux.
    kfd_ioctl_ipc_export_handle_args = Iowr 0x81: 32 {
        handle: u64, share_handle: [u32; 4], gpu_id: u32, flags: u32,
    }
    /// Streaming performance monitor; of AMD's own kernel, not Linux.
    kfd_ioctl_spm_args = Iowr 0x84: 32 {
        dest_buf: u64, buf_size: u32, op: u32, timeout: u32, gpu_id: u32, bytes_copied: u32, has_data_loss: u32,
    }
    /// Sampling of program counters; of AMD's own kernel, not Linux.
    kfd_ioctl_pc_sample_args = Iowr 0x85: 32 {
        sample_info_ptr: u64, num_sample_info: u32, op: u32, gpu_id: u32, trace_id: u32, flags: u32, reserved: u32,
    }
    /// Files to and from GPU memory; of AMD's own kernel, not Linux. The answer, a count of bytes and a status, lies over
    /// the first two fields.
    kfd_ioctl_ais_args = Iowr 0x87: 40 {
        handle: u64, handle_offset: u64, file_offset: i64, size: u64, op: u32, fd: i32,
    }
}

records! {
    /// Apertures of one GPU.
    kfd_process_device_apertures: 56 {
        lds_base: u64, lds_limit: u64, scratch_base: u64, scratch_limit: u64, gpuvm_base: u64, gpuvm_limit: u64,
        gpu_id: u32, pad: u32,
    }
    /// One awaited event. `data` is the union of `kfd_hsa_memory_exception_data` (fault flags, address, GPU, error
    /// type), `kfd_hsa_hw_exception_data` and the 64-bit event age.
    kfd_event_data: 48 { data: [u32; 8], kfd_event_data_ext: u64, event_id: u32, pad: u32 }
    /// What the kernel knows of the runtime of a debugged process.
    kfd_runtime_info: 16 { r_debug: u64, runtime_state: u32, ttmp_setup: u32 }
    /// A queue of a debugged process.
    kfd_queue_snapshot_entry: 64 {
        exception_status: u64, ring_base_address: u64, write_pointer_address: u64, read_pointer_address: u64,
        ctx_save_restore_address: u64, queue_id: u32, gpu_id: u32, ring_size: u32, queue_type: u32,
        ctx_save_restore_area_size: u32, reserved: u32,
    }
    /// A GPU of a debugged process.
    kfd_dbg_device_info_entry: 120 {
        exception_status: u64, lds_base: u64, lds_limit: u64, scratch_base: u64, scratch_limit: u64,
        gpuvm_base: u64, gpuvm_limit: u64, gpu_id: u32, location_id: u32, vendor_id: u32, device_id: u32,
        revision_id: u32, subsystem_vendor_id: u32, subsystem_device_id: u32, fw_version: u32,
        gfx_target_version: u32, simd_count: u32, max_waves_per_simd: u32, array_count: u32,
        simd_arrays_per_engine: u32, num_xcc: u32, capability: u32, debug_prop: u32,
    }
    /// One attribute of shared virtual memory.
    kfd_ioctl_svm_attribute: 8 { kind: u32, value: u32 }
}

/// Queue types.
pub mod queue_type {
    /// PM4 compute queue.
    pub const COMPUTE: u32 = 0;
    /// SDMA queue.
    pub const SDMA: u32 = 1;
    /// AQL compute queue.
    pub const COMPUTE_AQL: u32 = 2;
    /// SDMA queue on an engine for XGMI.
    pub const SDMA_XGMI: u32 = 3;
    /// SDMA queue on the engine named (interface 1.17).
    pub const SDMA_BY_ENG_ID: u32 = 4;
}

/// `KFD_IOC_CACHE_POLICY_*`.
pub mod cache_policy {
    /// Coherent with the host.
    pub const COHERENT: u32 = 0;
    /// Cached by the GPU.
    pub const NONCOHERENT: u32 = 1;
}

/// `KFD_IOC_ALLOC_MEM_FLAGS_*`.
pub mod alloc {
    /// Video memory.
    pub const VRAM: u32 = 1 << 0;
    /// System memory of the driver.
    pub const GTT: u32 = 1 << 1;
    /// The process's own pages.
    pub const USERPTR: u32 = 1 << 2;
    /// Doorbell page.
    pub const DOORBELL: u32 = 1 << 3;
    /// Remapped registers.
    pub const MMIO_REMAP: u32 = 1 << 4;
    /// Physically contiguous (interface 1.16).
    pub const CONTIGUOUS: u32 = 1 << 23;
    /// Coherent for device-scope atomics.
    pub const EXT_COHERENT: u32 = 1 << 24;
    /// Not cached.
    pub const UNCACHED: u32 = 1 << 25;
    /// Coherent.
    pub const COHERENT: u32 = 1 << 26;
    /// Mapped twice in a row, for AQL rings of gfx8 and older.
    pub const AQL_QUEUE_MEM: u32 = 1 << 27;
    /// Fail rather than move elsewhere.
    pub const NO_SUBSTITUTE: u32 = 1 << 28;
    /// The host may map it.
    pub const PUBLIC: u32 = 1 << 29;
    /// The GPU may execute it.
    pub const EXECUTABLE: u32 = 1 << 30;
    /// The GPU may write it.
    pub const WRITABLE: u32 = 1 << 31;
}

/// Results of WAIT_EVENTS.
pub mod wait_result {
    /// The wait is over.
    pub const COMPLETE: u32 = 0;
    /// Time is up.
    pub const TIMEOUT: u32 = 1;
}

/// SVM operations.
pub mod svm_op {
    /// Set attributes.
    pub const SET_ATTR: u32 = 0;
    /// Get attributes.
    pub const GET_ATTR: u32 = 1;
}

/// Bits of `mode_mask` of RUNTIME_ENABLE.
pub mod runtime_mode {
    /// Enable rather than disable.
    pub const ENABLE: u32 = 1;
    /// Save trap temporaries.
    pub const TTMP_SAVE: u32 = 2;
}

/// Operations of DBG_TRAP.
pub mod dbg_trap {
    /// Begin debugging.
    pub const ENABLE: u32 = 0;
    /// End it.
    pub const DISABLE: u32 = 1;
    /// Stop queues; the kernel answers how many.
    pub const SUSPEND_QUEUES: u32 = 6;
    /// Let them go on; the kernel answers how many.
    pub const RESUME_QUEUES: u32 = 7;
    /// Queues of the debugged process.
    pub const GET_QUEUE_SNAPSHOT: u32 = 13;
    /// Devices of the debugged process.
    pub const GET_DEVICE_SNAPSHOT: u32 = 14;
}

/// `KFD_EC_MASK(EC_QUEUE_NEW)`: the debugger has not seen the queue yet.
pub const EXCEPTION_QUEUE_NEW: u64 = 1 << 30;

/// States of the runtime (`kfd_dbg_runtime_state`).
pub mod runtime_state {
    /// The kernel knows it.
    pub const ENABLED: u32 = 1;
    /// The kernel is told already.
    pub const ENABLED_BUSY: u32 = 2;
}

/// `KFD_IOC_AIS_*`.
pub mod ais_op {
    /// From a file to memory.
    pub const READ: u32 = 1;
    /// From memory to a file.
    pub const WRITE: u32 = 2;
}

/// `KFD_IOCTL_SPM_OP_*`.
pub mod spm_op {
    /// Take the monitor.
    pub const ACQUIRE: u32 = 0;
    /// Give it back.
    pub const RELEASE: u32 = 1;
    /// Where it writes from now on.
    pub const SET_DEST_BUF: u32 = 2;
}

/// `KFD_IOCTL_PCS_OP_*`.
pub mod pc_sample_op {
    /// What a GPU can do.
    pub const QUERY_CAPABILITIES: u32 = 0;
    /// Create a session.
    pub const CREATE: u32 = 1;
    /// Destroy it.
    pub const DESTROY: u32 = 2;
    /// Start it.
    pub const START: u32 = 3;
    /// Stop it.
    pub const STOP: u32 = 4;
}

/// Interface minor versions that brought something.
pub mod minor {
    /// SMI events on a descriptor.
    pub const SMI_EVENTS: u32 = 3;
    /// Shared virtual memory and XNACK mode.
    pub const SVM: u32 = 5;
    /// Available memory.
    pub const AVAILABLE_MEMORY: u32 = 9;
    /// Save areas through shared virtual memory.
    pub const SVM_SAVE_AREA: u32 = 11;
    /// Export of a dma-buf.
    pub const EXPORT_DMABUF: u32 = 12;
    /// The debugger interface and RUNTIME_ENABLE.
    pub const DEBUGGER: u32 = 13;
    /// Event ages.
    pub const EVENT_AGE: u32 = 14;
    /// Contiguous video memory.
    pub const CONTIGUOUS: u32 = 16;
    /// Sampling of program counters, in AMD's own kernel.
    pub const PC_SAMPLING: u32 = 16;
    /// SDMA queues by engine.
    pub const SDMA_ENGINE_ID: u32 = 17;
}
