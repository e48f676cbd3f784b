//! Argument structs and constants of drm/amdxdna_accel.h: the driver of neural processors (NPUs). Touches nothing.
#![forbid(unsafe_code)]

use super::layout::c_structs;

c_structs! {
    /// DRM_IOCTL_AMDXDNA_CREATE_HWCTX
    amdxdna_drm_create_hwctx: 56 {
        ext: u64, ext_flags: u64, qos_p: u64, umq_bo: u32, log_buf_bo: u32, max_opc: u32, num_tiles: u32,
        mem_size: u32, umq_doorbell: u32, handle: u32, syncobj_handle: u32,
    }

    /// What `qos_p` points to.
    amdxdna_qos_info: 24 {
        gops: u32, fps: u32, dma_bandwidth: u32, latency: u32, frame_exec_time: u32, priority: u32,
    }

    /// DRM_IOCTL_AMDXDNA_DESTROY_HWCTX
    amdxdna_drm_destroy_hwctx: 8 { handle: u32, pad: u32 }

    /// DRM_IOCTL_AMDXDNA_CONFIG_HWCTX
    amdxdna_drm_config_hwctx: 24 { handle: u32, param_type: u32, param_val: u64, param_val_size: u32, pad: u32 }

    /// The head of what DRM_AMDXDNA_HWCTX_CONFIG_CU points to.
    amdxdna_hwctx_param_config_cu: 8 { num_cus: u16, pad: [u16; 3] }

    /// One of the elements behind that head.
    amdxdna_cu_config: 8 { cu_bo: u32, cu_func: u8, pad: [u8; 3] }

    /// DRM_IOCTL_AMDXDNA_CREATE_BO
    amdxdna_drm_create_bo: 32 { flags: u64, vaddr: u64, size: u64, kind: u32, handle: u32 }

    /// DRM_IOCTL_AMDXDNA_GET_BO_INFO
    amdxdna_drm_get_bo_info: 48 {
        ext: u64, ext_flags: u64, handle: u32, pad: u32, map_offset: u64, vaddr: u64, xdna_addr: u64,
    }

    /// DRM_IOCTL_AMDXDNA_SYNC_BO
    amdxdna_drm_sync_bo: 24 { handle: u32, direction: u32, offset: u64, size: u64 }

    /// DRM_IOCTL_AMDXDNA_WAIT_CMD
    amdxdna_drm_wait_cmd: 16 { hwctx: u32, timeout: u32, seq: u64 }

    /// DRM_IOCTL_AMDXDNA_GET_INFO, and DRM_IOCTL_AMDXDNA_SET_STATE
    amdxdna_drm_get_info: 16 { param: u32, buffer_size: u32, buffer: u64 }

    /// DRM_AMDXDNA_QUERY_AIE_VERSION
    amdxdna_drm_query_aie_version: 8 { major: u32, minor: u32 }

    /// What DRM_AMDXDNA_QUERY_AIE_METADATA tells of one kind of tiles.
    amdxdna_drm_query_aie_tile_metadata: 16 {
        row_count: u16, row_start: u16, dma_channel_count: u16, lock_count: u16, event_reg_count: u16, pad: [u16; 3],
    }

    /// DRM_AMDXDNA_QUERY_AIE_METADATA
    amdxdna_drm_query_aie_metadata: 64 {
        col_size: u32, cols: u16, rows: u16, version: amdxdna_drm_query_aie_version,
        core: amdxdna_drm_query_aie_tile_metadata, mem: amdxdna_drm_query_aie_tile_metadata,
        shim: amdxdna_drm_query_aie_tile_metadata,
    }

    /// DRM_AMDXDNA_QUERY_FIRMWARE_VERSION
    amdxdna_drm_query_firmware_version: 16 { major: u32, minor: u32, patch: u32, build: u32 }
}

/// Constants of the header, under their names there.
#[allow(missing_docs)]
mod constants {
    pub const AMDXDNA_INVALID_ADDR: u64 = !0;
    pub const AMDXDNA_INVALID_DOORBELL_OFFSET: u32 = !0;
    pub const AMDXDNA_BO_SHARE: u32 = 1;
    pub const AMDXDNA_BO_DEV_HEAP: u32 = 2;
    pub const AMDXDNA_BO_DEV: u32 = 3;
    pub const AMDXDNA_BO_CMD: u32 = 4;
    pub const DRM_AMDXDNA_HWCTX_CONFIG_CU: u32 = 0;
    pub const DRM_AMDXDNA_HWCTX_ASSIGN_DBG_BUF: u32 = 1;
    pub const DRM_AMDXDNA_HWCTX_REMOVE_DBG_BUF: u32 = 2;
    pub const DRM_AMDXDNA_QUERY_AIE_METADATA: u32 = 1;
    pub const DRM_AMDXDNA_QUERY_AIE_VERSION: u32 = 2;
    pub const DRM_AMDXDNA_QUERY_FIRMWARE_VERSION: u32 = 8;
    /// The last query of the header, DRM_AMDXDNA_GET_FRAME_BOUNDARY_PREEMPT_STATE.
    pub const DRM_AMDXDNA_GET_LAST: u32 = 13;
}
pub use constants::*;
