//! Argument structs and constants of drm/drm.h and drm/amdgpu_drm.h that compute programs reach on a render node,
//! laid out for 64-bit hosts (amdkfd serves no others). Touches nothing.
#![forbid(unsafe_code)]

use super::layout::c_structs;

c_structs! {
    /// DRM_IOCTL_VERSION
    drm_version: 64 {
        version_major: i32, version_minor: i32, version_patchlevel: i32, hole: i32,
        name_len: u64, name: u64, date_len: u64, date: u64, desc_len: u64, desc: u64,
    }

    /// DRM_IOCTL_GET_CAP
    drm_get_cap: 16 { capability: u64, value: u64 }

    /// DRM_IOCTL_GEM_CLOSE
    drm_gem_close: 8 { handle: u32, pad: u32 }

    /// DRM_IOCTL_PRIME_HANDLE_TO_FD and DRM_IOCTL_PRIME_FD_TO_HANDLE
    drm_prime_handle: 12 { handle: u32, flags: u32, fd: i32 }

    /// DRM_IOCTL_AMDGPU_INFO; the union of the queries' arguments is left as the words it is made of.
    drm_amdgpu_info: 32 { return_pointer: u64, return_size: u32, query: u32, union_data: [u32; 4] }

    /// DRM_IOCTL_AMDGPU_GEM_MMAP: a handle in, an offset out.
    drm_amdgpu_gem_mmap: 8 { handle_or_addr_ptr: u64 }

    /// DRM_IOCTL_AMDGPU_GEM_METADATA (`data` flattened).
    drm_amdgpu_gem_metadata: 288 {
        handle: u32, op: u32, flags: u64, tiling_info: u64, data_size_bytes: u32, data: [u32; 64], tail_pad: u32,
    }

    /// DRM_IOCTL_AMDGPU_GEM_OP. 16 bytes before `num_entries`.
    drm_amdgpu_gem_op: 24 { handle: u32, op: u32, value: u64, num_entries: u32, padding: u32 }

    /// What AMDGPU_GEM_OP_GET_GEM_CREATE_INFO fills (`struct drm_amdgpu_gem_create_in`).
    drm_amdgpu_gem_create_in: 32 { bo_size: u64, alignment: u64, domains: u64, domain_flags: u64 }

    /// DRM_IOCTL_AMDGPU_GEM_VA. 40 bytes before the timeline fields.
    drm_amdgpu_gem_va: 64 {
        handle: u32, pad: u32, operation: u32, flags: u32, va_address: u64, offset_in_bo: u64, map_size: u64,
        vm_timeline_point: u64, vm_timeline_syncobj_out: u32, num_syncobj_handles: u32,
        input_fence_syncobj_handles: u64,
    }

    /// DRM_IOCTL_SYNCOBJ_CREATE
    drm_syncobj_create: 8 { handle: u32, flags: u32 }

    /// DRM_IOCTL_SYNCOBJ_DESTROY
    drm_syncobj_destroy: 8 { handle: u32, pad: u32 }

    /// DRM_IOCTL_SYNCOBJ_TIMELINE_WAIT. 40 bytes before the deadline.
    drm_syncobj_timeline_wait: 48 {
        handles: u64, points: u64, timeout_nsec: u64, count_handles: u32, flags: u32, first_signaled: u32, pad: u32,
        deadline_nsec: u64,
    }

    /// AMDGPU_INFO_VRAM_GTT
    drm_amdgpu_info_vram_gtt: 24 { vram_size: u64, vram_cpu_accessible_size: u64, gtt_size: u64 }

    /// One heap of AMDGPU_INFO_MEMORY.
    drm_amdgpu_heap_info: 32 {
        total_heap_size: u64, usable_heap_size: u64, heap_usage: u64, max_allocation: u64,
    }

    /// AMDGPU_INFO_MEMORY
    drm_amdgpu_memory_info: 96 {
        vram: drm_amdgpu_heap_info, cpu_accessible_vram: drm_amdgpu_heap_info, gtt: drm_amdgpu_heap_info,
    }

    /// AMDGPU_INFO_HW_IP_INFO
    drm_amdgpu_info_hw_ip: 40 {
        hw_ip_version_major: u32, hw_ip_version_minor: u32, capabilities_flags: u64, ib_start_alignment: u32,
        ib_size_alignment: u32, available_rings: u32, ip_discovery_version: u32, userq_num_slots: u32, tail_pad: u32,
    }

    /// AMDGPU_INFO_DEV_INFO
    drm_amdgpu_info_device: 440 {
        device_id: u32, chip_rev: u32, external_rev: u32, pci_rev: u32, family: u32, num_shader_engines: u32,
        num_shader_arrays_per_engine: u32, gpu_counter_freq: u32, max_engine_clock: u64, max_memory_clock: u64,
        cu_active_number: u32, cu_ao_mask: u32, cu_bitmap: [u32; 16], enabled_rb_pipes_mask: u32,
        num_rb_pipes: u32, num_hw_gfx_contexts: u32, pcie_gen: u32, ids_flags: u64, virtual_address_offset: u64,
        virtual_address_max: u64, virtual_address_alignment: u32, pte_fragment_size: u32, gart_page_size: u32,
        ce_ram_size: u32, vram_type: u32, vram_bit_width: u32, vce_harvest_config: u32,
        gc_double_offchip_lds_buf: u32, prim_buf_gpu_addr: u64, pos_buf_gpu_addr: u64, cntl_sb_buf_gpu_addr: u64,
        param_buf_gpu_addr: u64, prim_buf_size: u32, pos_buf_size: u32, cntl_sb_buf_size: u32,
        param_buf_size: u32, wave_front_size: u32, num_shader_visible_vgprs: u32, num_cu_per_sh: u32,
        num_tcc_blocks: u32, gs_vgt_table_depth: u32, gs_prim_buffer_depth: u32, max_gs_waves_per_vgt: u32,
        pcie_num_lanes: u32, cu_ao_bitmap: [u32; 16], high_va_offset: u64, high_va_max: u64,
        pa_sc_tile_steering_override: u32, pad: u32, tcc_disabled_mask: u64, min_engine_clock: u64,
        min_memory_clock: u64, tcp_cache_size: u32, num_sqc_per_wgp: u32, sqc_data_cache_size: u32,
        sqc_inst_cache_size: u32, gl1c_cache_size: u32, gl2c_cache_size: u32, mall_size: u64,
        enabled_rb_pipes_mask_hi: u32, shadow_size: u32, shadow_alignment: u32, csa_size: u32,
        csa_alignment: u32, userq_ip_mask: u32,
    }
}

/// Constants of the two headers, under their names there.
#[allow(missing_docs)]
mod constants {
    pub const DRM_IOCTL_BASE: u8 = b'd';
    pub const DRM_COMMAND_BASE: u8 = 0x40;

    pub const DRM_CAP_DUMB_BUFFER: u64 = 0x1;
    pub const DRM_CAP_PRIME: u64 = 0x5;
    pub const DRM_CAP_TIMESTAMP_MONOTONIC: u64 = 0x6;
    pub const DRM_CAP_SYNCOBJ: u64 = 0x13;
    pub const DRM_CAP_SYNCOBJ_TIMELINE: u64 = 0x14;
    pub const DRM_CAP_ATOMIC_ASYNC_PAGE_FLIP: u64 = 0x15;
    pub const DRM_PRIME_CAP_IMPORT: u64 = 1;
    pub const DRM_PRIME_CAP_EXPORT: u64 = 2;

    pub const DRM_SYNCOBJ_CREATE_SIGNALED: u32 = 1 << 0;
    pub const DRM_SYNCOBJ_WAIT_FLAGS_WAIT_ALL: u32 = 1 << 0;
    pub const DRM_SYNCOBJ_WAIT_FLAGS_WAIT_FOR_SUBMIT: u32 = 1 << 1;
    pub const DRM_SYNCOBJ_WAIT_FLAGS_WAIT_AVAILABLE: u32 = 1 << 2;
    pub const DRM_SYNCOBJ_WAIT_FLAGS_WAIT_DEADLINE: u32 = 1 << 3;

    pub const AMDGPU_GEM_DOMAIN_CPU: u64 = 0x1;
    pub const AMDGPU_GEM_DOMAIN_GTT: u64 = 0x2;
    pub const AMDGPU_GEM_DOMAIN_VRAM: u64 = 0x4;
    pub const AMDGPU_GEM_CREATE_CPU_ACCESS_REQUIRED: u64 = 1 << 0;
    pub const AMDGPU_GEM_CREATE_VRAM_CLEARED: u64 = 1 << 3;
    pub const AMDGPU_GEM_CREATE_VRAM_CONTIGUOUS: u64 = 1 << 5;
    pub const AMDGPU_GEM_CREATE_VRAM_WIPE_ON_RELEASE: u64 = 1 << 9;
    pub const AMDGPU_GEM_CREATE_PREEMPTIBLE: u64 = 1 << 11;
    pub const AMDGPU_GEM_CREATE_COHERENT: u64 = 1 << 13;
    pub const AMDGPU_GEM_CREATE_UNCACHED: u64 = 1 << 14;
    pub const AMDGPU_GEM_CREATE_EXT_COHERENT: u64 = 1 << 15;

    pub const AMDGPU_GEM_METADATA_OP_SET_METADATA: u32 = 1;
    pub const AMDGPU_GEM_METADATA_OP_GET_METADATA: u32 = 2;
    pub const AMDGPU_GEM_OP_GET_GEM_CREATE_INFO: u32 = 0;
    pub const AMDGPU_GEM_OP_SET_PLACEMENT: u32 = 1;
    pub const AMDGPU_GEM_OP_GET_MAPPING_INFO: u32 = 2;

    pub const AMDGPU_VA_OP_MAP: u32 = 1;
    pub const AMDGPU_VA_OP_UNMAP: u32 = 2;
    pub const AMDGPU_VA_OP_CLEAR: u32 = 3;
    pub const AMDGPU_VA_OP_REPLACE: u32 = 4;
    pub const AMDGPU_VM_DELAY_UPDATE: u32 = 1 << 0;
    pub const AMDGPU_VM_PAGE_READABLE: u32 = 1 << 1;
    pub const AMDGPU_VM_PAGE_WRITEABLE: u32 = 1 << 2;
    pub const AMDGPU_VM_PAGE_EXECUTABLE: u32 = 1 << 3;
    pub const AMDGPU_VM_PAGE_PRT: u32 = 1 << 4;
    pub const AMDGPU_VM_MTYPE_MASK: u32 = 0xf << 5;
    pub const AMDGPU_VM_PAGE_NOALLOC: u32 = 1 << 9;

    pub const AMDGPU_INFO_ACCEL_WORKING: u32 = 0x00;
    pub const AMDGPU_INFO_HW_IP_INFO: u32 = 0x02;
    pub const AMDGPU_INFO_HW_IP_COUNT: u32 = 0x03;
    pub const AMDGPU_INFO_TIMESTAMP: u32 = 0x05;
    pub const AMDGPU_INFO_VRAM_USAGE: u32 = 0x10;
    pub const AMDGPU_INFO_GTT_USAGE: u32 = 0x11;
    pub const AMDGPU_INFO_NUM_BYTES_MOVED: u32 = 0x0f;
    pub const AMDGPU_INFO_VRAM_GTT: u32 = 0x14;
    pub const AMDGPU_INFO_READ_MMR_REG: u32 = 0x15;
    pub const AMDGPU_INFO_DEV_INFO: u32 = 0x16;
    pub const AMDGPU_INFO_VIS_VRAM_USAGE: u32 = 0x17;
    pub const AMDGPU_INFO_NUM_EVICTIONS: u32 = 0x18;
    pub const AMDGPU_INFO_MEMORY: u32 = 0x19;
    pub const AMDGPU_INFO_NUM_VRAM_CPU_PAGE_FAULTS: u32 = 0x1e;
    pub const AMDGPU_INFO_VRAM_LOST_COUNTER: u32 = 0x1f;
    /// The last query of the header, AMDGPU_INFO_UQ_FW_AREAS.
    pub const AMDGPU_INFO_LAST: u32 = 0x24;
    pub const AMDGPU_INFO_MMR_SE_INDEX_SHIFT: u32 = 0;
    pub const AMDGPU_INFO_MMR_SE_INDEX_MASK: u32 = 0xff;
    pub const AMDGPU_INFO_MMR_SH_INDEX_SHIFT: u32 = 8;
    pub const AMDGPU_INFO_MMR_SH_INDEX_MASK: u32 = 0xff;

    pub const AMDGPU_HW_IP_GFX: u32 = 0;
    pub const AMDGPU_HW_IP_COMPUTE: u32 = 1;
    pub const AMDGPU_HW_IP_DMA: u32 = 2;
    pub const AMDGPU_HW_IP_NUM: u32 = 10;

    pub const AMDGPU_IDS_FLAGS_FUSION: u64 = 0x1;
}
pub use constants::*;
