//! What ROCr calls after it has taken all names, and before it lets go of the library. Answers to `DtifCreateFunc` and
//! `DtifDestroyFunc` of its `thunk_loader.h`.
//!
//! A simulator behind this interface has an instance to make. The driver behind ours is opened by hsaKmtOpenKFD, which
//! counts, so here is nothing to make; but without an instance hsa_init fails.

use std::{
    ffi::{c_char, c_void},
    ptr,
};

/// Stands for the driver; ROCr only asks whether it is there.
static INSTANCE: u8 = 0;

/// The instance for the client of this name, which is `HSA`; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn DtifCreate(_client: *const c_char) -> *mut c_void {
    ptr::from_ref(&INSTANCE).cast_mut().cast()
}

/// Ends the instance.
#[unsafe(no_mangle)]
pub extern "C" fn DtifDestroy() {}
