//! Which release's structures the caller has.
//!
//! libhsakmt.so.1 was shared up to ROCm 6.2, so whoever links it has 6.2's structures. ROCr 7 takes the thunk from
//! libdtif.so (HSA_ENABLE_DTIF=1) and has 7.0's. The name that this library was loaded by tells the two apart: nothing
//! in a call does.

use std::{
    ffi::{CStr, c_void},
    sync::OnceLock,
};

/// A release's structures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Up to 6.2.
    Rocm6,
    /// 7.0 and newer, which appended fields only.
    Rocm7,
}

/// Bytes of HsaNodeProperties in 7.0; later fields are not written, since a caller may not have them.
pub const NODE_PROPERTIES_7_0: usize = 368;

/// The caller's layout.
pub fn of_caller() -> Layout {
    static LAYOUT: OnceLock<Layout> = OnceLock::new();
    *LAYOUT.get_or_init(|| if loaded_as().contains("libdtif") { Layout::Rocm7 } else { Layout::Rocm6 })
}

fn loaded_as() -> String {
    let mut info = libc::Dl_info {
        dli_fname: std::ptr::null(),
        dli_fbase: std::ptr::null_mut(),
        dli_sname: std::ptr::null(),
        dli_saddr: std::ptr::null_mut(),
    };
    let here: *const c_void = (loaded_as as fn() -> String) as *const c_void;
    // SAFETY: the address is a function of this library, and `info` outlives the call.
    let found = unsafe { libc::dladdr(here, &raw mut info) } != 0;
    if !found || info.dli_fname.is_null() {
        return String::new();
    }
    // SAFETY: the loader's own string, which lives as long as this library.
    unsafe { CStr::from_ptr(info.dli_fname) }.to_string_lossy().into_owned()
}
