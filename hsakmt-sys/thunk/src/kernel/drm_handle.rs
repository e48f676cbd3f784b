//! libdrm_amdgpu's device handles, for callers that pass them to libdrm themselves (ROCr up to 7.2).
//!
//! This library does not link libdrm: it takes the copy that the caller has loaded, or loads it when first asked.

use super::{Fd, fork};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    ffi::{CStr, c_int, c_void},
    ptr::{self, NonNull},
};

/// `amdgpu_device_initialize` of libdrm's `amdgpu.h`.
type Initialize = unsafe extern "C" fn(c_int, *mut u32, *mut u32, *mut *mut c_void) -> c_int;

/// The handles given out, by process and render node.
static HANDLES: Mutex<BTreeMap<(u64, u32), u64>> = Mutex::new(BTreeMap::new());

/// The handle of a render node, as an address; `None` without libdrm or when it refuses. Made once for a process.
pub fn of(minor: u32, render: Fd) -> Option<u64> {
    let key = (fork::generation(), minor);
    let mut handles = HANDLES.lock();
    if let Some(handle) = handles.get(&key) {
        return Some(*handle);
    }
    let initialize = find(c"amdgpu_device_initialize")?;
    // SAFETY: libdrm's symbol of this name is a function of this type.
    let initialize = unsafe { std::mem::transmute::<*mut c_void, Initialize>(initialize.as_ptr()) };
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

/// The render node of a handle of [`of`]; `None` for anything else.
pub fn minor(handle: u64) -> Option<u32> {
    let generation = fork::generation();
    let handles = HANDLES.lock();
    let known = handles.iter().find(|((process, _), known)| (*process, **known) == (generation, handle));
    known.map(|((_, minor), _)| *minor)
}

/// A symbol of libdrm_amdgpu, from the copy that is loaded, or one loaded now.
fn find(name: &CStr) -> Option<NonNull<c_void>> {
    // SAFETY: the name is a C string.
    let symbol = NonNull::new(unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) });
    if symbol.is_some() {
        return symbol;
    }
    // SAFETY: the name is a C string; libdrm has no constructors that could disturb the process.
    let library = NonNull::new(unsafe {
        libc::dlopen(c"libdrm_amdgpu.so.1".as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL)
    })?;
    // SAFETY: the library is open and stays so.
    NonNull::new(unsafe { libc::dlsym(library.as_ptr(), name.as_ptr()) })
}
