//! The few DRM requests that identify a render node, without libdrm.
//!
//! Touches core only. Answers to `include/uapi/drm/drm.h` and `include/uapi/drm/amdgpu_drm.h`.
#![allow(non_camel_case_types, reason = "names are the kernel's")]

use super::{arguments, records};

/// `AMDGPU_INFO_DEV_INFO`.
pub const AMDGPU_INFO_DEV_INFO: u32 = 0x16;
/// `AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY`; the value is in ms, 0 for at once and `u32::MAX` for never.
pub const AMDGPU_PROC_OPTIONS_OP_KFD_SIGBUS_DELAY: u32 = 0;
/// `AMDGPU_IDS_FLAGS_FUSION`: an APU.
pub const AMDGPU_IDS_FLAGS_FUSION: u64 = 0x1;

arguments! { b'd':
    /// Driver name and version.
    drm_version = Iowr 0x00: 64 {
        version_major: i32, version_minor: i32, version_patchlevel: i32, pad: u32,
        name_len: u64, name: u64, date_len: u64, date: u64, desc_len: u64, desc: u64,
    }
    /// A query to amdgpu; the answer goes to `return_pointer`.
    drm_amdgpu_info = Iow 0x45: 32 { return_pointer: u64, return_size: u32, query: u32, detail: [u32; 4] }
    /// An option of this process; Linux after 7.2.
    drm_amdgpu_proc_options = Iowr 0x5a: 8 { op: u32, value: u32 }
}

records! {
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
