//! libdrm_amdgpu's device handles, for callers that pass them to libdrm themselves (ROCr up to 7.2).
//!
//! This library does not link libdrm: it takes the copy that the caller has loaded, or loads it when first asked.

use super::{Fd, fork};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    ffi::{c_int, c_void},
    ptr,
};

/// `amdgpu_device_initialize` of libdrm's `amdgpu.h`.
type Initialize = unsafe extern "C" fn(c_int, *mut u32, *mut u32, *mut *mut c_void) -> c_int;

/// The handle of a render node, as an address; `None` without libdrm or when it refuses. Made once for a process.
pub fn of(minor: u32, render: Fd) -> Option<u64> {
    static HANDLES: Mutex<BTreeMap<(u64, u32), u64>> = Mutex::new(BTreeMap::new());
    let key = (fork::generation(), minor);
    let mut handles = HANDLES.lock();
    if let Some(handle) = handles.get(&key) {
        return Some(*handle);
    }
    let initialize = find()?;
    let (mut drm_major, mut drm_minor, mut handle) = (0, 0, ptr::null_mut());
    // SAFETY: the symbol is libdrm's, whose prototype this is; the places outlive the call.
    let failed =
        unsafe { initialize(render.0, &raw mut drm_major, &raw mut drm_minor, &raw mut handle) } != 0;
    if failed || handle.is_null() {
        return None;
    }
    handles.insert(key, handle as u64);
    Some(handle as u64)
}

fn find() -> Option<Initialize> {
    let name = c"amdgpu_device_initialize";
    // SAFETY: the name is a C string.
    let mut symbol = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    if symbol.is_null() {
        // SAFETY: the name is a C string; libdrm has no constructors that could disturb the process.
        let library =
            unsafe { libc::dlopen(c"libdrm_amdgpu.so.1".as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if library.is_null() {
            return None;
        }
        // SAFETY: the library is open and stays so.
        symbol = unsafe { libc::dlsym(library, name.as_ptr()) };
    }
    if symbol.is_null() {
        return None;
    }
    // SAFETY: libdrm's symbol of this name is a function of this type.
    Some(unsafe { std::mem::transmute::<*mut c_void, Initialize>(symbol) })
}
