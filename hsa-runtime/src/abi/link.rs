//! What debuggers read: `struct r_debug` and `struct link_map` as glibc's `link.h` has them. All fields are atomics, since
//! the process goes on while somebody reads.

use core::{
    ffi::{c_char, c_void},
    sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, AtomicUsize},
};

/// `struct r_debug`. All zero until there is something to read.
#[repr(C)]
pub struct r_debug {
    /// Version of the protocol.
    pub r_version: AtomicI32,
    /// First of the list.
    pub r_map: AtomicPtr<link_map>,
    /// Address of the function that is called before and after the list changes.
    pub r_brk: AtomicUsize,
    /// RT_CONSISTENT, RT_ADD or RT_DELETE.
    pub r_state: AtomicI32,
    /// Unused here.
    pub r_ldbase: AtomicUsize,
}

impl r_debug {
    /// As it is before anything is known.
    pub const fn new() -> Self {
        Self {
            r_version: AtomicI32::new(0),
            r_map: AtomicPtr::new(core::ptr::null_mut()),
            r_brk: AtomicUsize::new(0),
            r_state: AtomicI32::new(0),
            r_ldbase: AtomicUsize::new(0),
        }
    }
}

/// `struct link_map`: a code object in memory.
#[repr(C)]
#[derive(Default)]
pub struct link_map {
    /// Where it is, less where it was linked for.
    pub l_addr: AtomicU64,
    /// Its URI.
    pub l_name: AtomicPtr<c_char>,
    /// Its dynamic section: of no use to a debugger of GPUs.
    pub l_ld: AtomicPtr<c_void>,
    /// The next of the list.
    pub l_next: AtomicPtr<link_map>,
    /// The one before.
    pub l_prev: AtomicPtr<link_map>,
}

/// The list may be read.
pub const RT_CONSISTENT: i32 = 0;
/// Something is going to be in the list.
pub const RT_ADD: i32 = 1;
/// Something is going to be in the list no more.
pub const RT_DELETE: i32 = 2;

const _: () = assert!(size_of::<r_debug>() == 40 && size_of::<link_map>() == 40);
