//! The DRM requests that this library makes itself, without libdrm: what identifies a render node, and buffers.
//!
//! Touches core only. Answers to `include/uapi/drm/drm.h` and `include/uapi/drm/amdgpu_drm.h`.
#![allow(non_camel_case_types, reason = "names are the kernel's")]

use super::{arguments, records};

/// `AMDGPU_INFO_DEV_INFO`.
pub const AMDGPU_INFO_DEV_INFO: u32 = 0x16;
/// `AMDGPU_INFO_MEMORY`.
pub const AMDGPU_INFO_MEMORY: u32 = 0x19;
/// `AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY`; the value is in ms, 0 for at once and `u32::MAX` for never.
pub const AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY: u32 = 0;
/// `AMDGPU_IDS_FLAGS_FUSION`: an APU.
pub const AMDGPU_IDS_FLAGS_FUSION: u64 = 0x1;

/// The version of amdgpu since which AMDGPU_GEM_VA has the timeline fields: 3.64, Linux 6.16. Older drivers accept
/// them and do nothing about them.
pub const VM_TIMELINE_SINCE: (i32, i32) = (3, 64);
/// `DRM_RDWR`, which is O_RDWR.
pub const DRM_RDWR: u32 = 2;
/// `AMDGPU_GEM_METADATA_OP_SET_METADATA`.
pub const AMDGPU_GEM_METADATA_OP_SET_METADATA: u32 = 1;
/// `AMDGPU_GEM_METADATA_OP_GET_METADATA`.
pub const AMDGPU_GEM_METADATA_OP_GET_METADATA: u32 = 2;
/// `AMDGPU_GEM_OP_GET_GEM_CREATE_INFO`.
pub const AMDGPU_GEM_OP_GET_GEM_CREATE_INFO: u32 = 0;
/// `AMDGPU_VA_OP_MAP`.
pub const AMDGPU_VA_OP_MAP: u32 = 1;
/// `AMDGPU_VA_OP_UNMAP`.
pub const AMDGPU_VA_OP_UNMAP: u32 = 2;
/// `AMDGPU_VM_PAGE_READABLE`.
pub const AMDGPU_VM_PAGE_READABLE: u32 = 1 << 1;
/// `AMDGPU_VM_PAGE_WRITEABLE`.
pub const AMDGPU_VM_PAGE_WRITEABLE: u32 = 1 << 2;
/// `DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT`.
pub const DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT: u32 = 1 << 1;

arguments! { b'd':
    /// Driver name and version.
    drm_version = Iowr 0x00: 64 {
        version_major: i32, version_minor: i32, version_patchlevel: i32, pad: u32,
        name_len: u64, name: u64, date_len: u64, date: u64, desc_len: u64, desc: u64,
    }
    /// Gives a buffer's handle back.
    drm_gem_close = Iow 0x09: 8 { handle: u32, pad: u32 }
    /// A dma-buf for a handle (`drm_prime_handle`).
    drm_prime_handle_to_fd = Iowr 0x2d: 12 { handle: u32, flags: u32, fd: i32 }
    /// A handle for a dma-buf (`drm_prime_handle`).
    drm_prime_fd_to_handle = Iowr 0x2e: 12 { handle: u32, flags: u32, fd: i32 }
    /// Where a buffer begins for mmap of the render node: the handle in, the offset out.
    drm_amdgpu_gem_mmap = Iowr 0x41: 8 { handle_or_addr_ptr: u64 }
    /// What goes with a buffer: flags, tiling and up to 256 bytes, here in two halves.
    drm_amdgpu_gem_metadata = Iowr 0x46: 288 {
        handle: u32, op: u32, flags: u64, tiling_info: u64, data_size_bytes: u32, data: [u32; 32],
        second_half: [u32; 32], pad: u32,
    }
    /// Maps a buffer in the file's GPU address space, or unmaps it.
    drm_amdgpu_gem_va = Iow 0x48: 64 {
        handle: u32, _pad: u32, operation: u32, flags: u32, va_address: u64, offset_in_bo: u64, map_size: u64,
        vm_timeline_point: u64, vm_timeline_syncobj_out: u32, num_syncobj_handles: u32,
        input_fence_syncobj_handles: u64,
    }
    /// A question about a buffer; the answer goes to where `value` points.
    drm_amdgpu_gem_op = Iowr 0x50: 16 { handle: u32, op: u32, value: u64 }
    /// Makes a sync object.
    drm_syncobj_create = Iowr 0xbf: 8 { handle: u32, flags: u32 }
    /// Waits for points of timelines, until the monotonic clock shows `timeout_nsec`.
    drm_syncobj_timeline_wait = Iowr 0xca: 40 {
        handles: u64, points: u64, timeout_nsec: i64, count_handles: u32, flags: u32, first_signaled: u32, pad: u32,
    }
    /// A query to amdgpu; the answer goes to `return_pointer`.
    drm_amdgpu_info = Iow 0x45: 32 { return_pointer: u64, return_size: u32, query: u32, detail: [u32; 4] }
    /// An option of this process; Linux after 7.2.
    drm_amdgpu_proc_options = Iowr 0x5a: 8 { op: u32, value: u32 }
}

records! {
    /// One kind of memory.
    drm_amdgpu_heap_info: 32 {
        total_heap_size: u64, usable_heap_size: u64, heap_usage: u64, max_allocation: u64,
    }
    /// A GPU's memory, the part of it that processors see, and the system's that GPUs may use.
    drm_amdgpu_memory_info: 96 {
        vram: drm_amdgpu_heap_info, cpu_accessible_vram: drm_amdgpu_heap_info, gtt: drm_amdgpu_heap_info,
    }
    /// How a buffer was made.
    drm_amdgpu_gem_create_in: 32 { bo_size: u64, alignment: u64, domains: u64, domain_flags: u64 }
    /// The first part of `drm_amdgpu_info_device`; older kernels fill less of it and leave the rest 0.
    drm_amdgpu_info_device: 336 {
        device_id: u32, chip_rev: u32, external_rev: u32, pci_rev: u32, family: u32,
        num_shader_engines: u32, num_shader_arrays_per_engine: u32, gpu_counter_freq: u32,
        max_engine_clock: u64, max_memory_clock: u64,
        cu_active_number: u32, cu_ao_mask: u32, cu_bitmap: [u32; 16],
        enabled_rb_pipes_mask: u32, num_rb_pipes: u32, num_hw_gfx_contexts: u32, pcie_gen: u32,
        ids_flags: u64, virtual_address_offset: u64, virtual_address_max: u64,
        virtual_address_alignment: u32, pte_fragment_size: u32, gart_page_size: u32, ce_ram_size: u32,
        vram_type: u32, vram_bit_width: u32, vce_harvest_config: u32, gc_double_offchip_lds_buf: u32,
        prim_buf_gpu_addr: u64, pos_buf_gpu_addr: u64, cntl_sb_buf_gpu_addr: u64, param_buf_gpu_addr: u64,
        prim_buf_size: u32, pos_buf_size: u32, cntl_sb_buf_size: u32, param_buf_size: u32,
        wave_front_size: u32, num_shader_visible_vgprs: u32, num_cu_per_sh: u32, num_tcc_blocks: u32,
        gs_vgt_table_depth: u32, gs_prim_buffer_depth: u32, max_gs_waves_per_vgt: u32, pcie_num_lanes: u32,
        cu_ao_bitmap: [u32; 16],
    }
}
