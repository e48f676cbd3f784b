//! Buffers by handle, as upstream's headers have them since June 2026 (rocm-systems pull requests 6471 and 6926).
//!
//! The earlier `HsaExternalHandleDesc` had the descriptor where `type` is now, so a caller from before is refused.

use super::{HsaAMDGPUDeviceHandle, structs};
use std::ffi::c_void;

/// `HsaMemoryObjectHandle`.
pub type HsaMemoryObjectHandle = *mut c_void;

/// `HsaMemoryMapFlags`.
pub mod memory_access {
    pub const RO: u32 = 1;
    pub const WO: u32 = 2;
    pub const RW: u32 = 3;
}

/// `HsaExternalHandleType`.
pub mod external_handle {
    pub const DMA_BUF: u32 = 2;
    pub const FABRIC: u32 = 3;
}

/// `HsaHandleImportFlags`: bits.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HsaHandleImportFlags(pub u32);

impl HsaHandleImportFlags {
    pub const IPC_HANDLE: u32 = 1;
    pub const SYS_MEM: u32 = 1 << 1;
    pub const UPDATE_METADATA: u32 = 1 << 2;

    /// Whether a bit is set.
    #[must_use]
    pub const fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }
}

/// `HsaHandleExportFlags`: none so far.
pub type HsaHandleExportFlags = u32;

structs! {
    HsaFabricHandle: 16 { handle: [u64; 2] = 0 }
    /// Of the union, `fabric` is the largest member; the others are `dmabuf_fd`, an `i64`, and `buf_handle`.
    HsaHandleImportDesc: 40 {
        device_handle: HsaAMDGPUDeviceHandle = 0, r#type: u32 = 8, fabric: HsaFabricHandle = 12,
        mem: *mut c_void = 28, metadata: u32 = 36,
    }
    HsaHandleImportResult: 24 {
        buf_handle: HsaMemoryObjectHandle = 0, dmabuf_fd: i32 = 8, alloc_size: u64 = 12, metadata: u32 = 20,
    }
    HsaHandleExportDesc: 28 {
        device_handle: HsaAMDGPUDeviceHandle = 0, r#type: u32 = 8, buf_handle: HsaMemoryObjectHandle = 12,
        size: u64 = 20,
    }
    /// A union: `dmabuf_fd`, an `i32`, and `fabric`.
    HsaMemoryExportResult: 16 { fabric: HsaFabricHandle = 0 }
}
