//! Operating system handles of hsa.h.

use core::ffi::c_int;

/// An operating system handle: a file descriptor on Linux.
pub type hsa_handle_t = c_int;

/// Flags of `hsa_amd_interop_map_buffer`.
pub type hsa_interop_map_flag_t = u32;

/// A Windows adapter identifier; unused on Linux.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct hsa_luid_t {
    pub low: u32,
    pub high: u32,
}

/// No flag.
pub const HSA_INTEROP_MAP_FLAG_NONE: hsa_interop_map_flag_t = 0;
/// The handle is a Windows KMT handle.
pub const HSA_INTEROP_MAP_FLAG_KMT_HANDLE: hsa_interop_map_flag_t = 1;
