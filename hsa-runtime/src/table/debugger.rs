//! `_amdgpu_r_debug`, the one exported datum: the debugger (rocdbgapi) finds it by name and follows the loaded code
//! objects from it. Laid out as glibc's `struct r_debug` (link.h), which is what upstream exports.

use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize};

use core::ffi::c_void;

/// `struct r_debug`. Zero until the loader publishes its first code object: version 0 tells a debugger that there
/// is nothing to read.
#[repr(C)]
pub struct RDebug {
    /// Version of the protocol.
    pub r_version: AtomicI32,
    /// First `struct link_map`.
    pub r_map: AtomicPtr<c_void>,
    /// Address of the function that is called before and after the list changes.
    pub r_brk: AtomicUsize,
    /// RT_CONSISTENT, RT_ADD or RT_DELETE.
    pub r_state: AtomicI32,
    /// Unused here.
    pub r_ldbase: AtomicUsize,
}

/// The datum. Programs may take a copy relocation on it, so its size is ABI and it must start out as zeros.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the name is ABI")]
pub static _amdgpu_r_debug: RDebug = RDebug {
    r_version: AtomicI32::new(0),
    r_map: AtomicPtr::new(core::ptr::null_mut()),
    r_brk: AtomicUsize::new(0),
    r_state: AtomicI32::new(0),
    r_ldbase: AtomicUsize::new(0),
};

const _: () = assert!(size_of::<RDebug>() == 40);
