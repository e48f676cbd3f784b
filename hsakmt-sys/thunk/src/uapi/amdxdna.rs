//! The requests that this library makes of amdxdna, the driver of neural processors.
//!
//! Touches core only. Answers to `include/uapi/drm/amdxdna_accel.h`.
#![allow(non_camel_case_types, reason = "names are the kernel's")]

use super::{arguments, records};

/// `AMDXDNA_BO_SHARE`: memory that the processor finds at the process's addresses.
pub const AMDXDNA_BO_SHARE: u32 = 1;
/// `AMDXDNA_BO_DEV_HEAP`: memory from which the processor's own is taken.
pub const AMDXDNA_BO_DEV_HEAP: u32 = 2;
/// `AMDXDNA_BO_DEV`: a part of the heap.
pub const AMDXDNA_BO_DEV: u32 = 3;
/// `DRM_AMDXDNA_QUERY_AIE_METADATA`.
pub const DRM_AMDXDNA_QUERY_AIE_METADATA: u32 = 1;
/// `DRM_AMDXDNA_QUERY_AIE_VERSION`.
pub const DRM_AMDXDNA_QUERY_AIE_VERSION: u32 = 2;

arguments! { b'd':
    /// A new buffer.
    amdxdna_drm_create_bo = Iowr 0x43: 32 { flags: u64, vaddr: u64, size: u64, kind: u32, handle: u32 }
    /// Where a buffer is, or can be mapped from.
    amdxdna_drm_get_bo_info = Iowr 0x44: 48 {
        ext: u64, ext_flags: u64, handle: u32, pad: u32, map_offset: u64, vaddr: u64, xdna_addr: u64,
    }
    /// A question about the processor; the answer goes to the buffer.
    amdxdna_drm_get_info = Iowr 0x47: 16 { param: u32, buffer_size: u32, buffer: u64 }
}

records! {
    /// What `DRM_AMDXDNA_QUERY_AIE_VERSION` answers.
    amdxdna_drm_query_aie_version: 8 { major: u32, minor: u32 }
}
