//! Memory that the caller lends for longer than a call.

use core::{ffi::c_void, ptr};

use super::{Error, FromC};

/// An address, at which the caller keeps memory until the work is done for which it passed it.
#[derive(Clone, Copy)]
pub struct Held(*mut c_void);

// SAFETY: what is at the address is the caller's to lend to whichever thread does the work.
unsafe impl Send for Held {}

impl FromC<*mut c_void> for Held {
    unsafe fn from_c(raw: *mut c_void) -> Self {
        Held(raw)
    }
}

impl FromC<*const c_void> for Held {
    unsafe fn from_c(raw: *const c_void) -> Self {
        Held(raw.cast_mut())
    }
}

impl Held {
    /// The address; `InvalidArgument` if the caller passed NULL.
    pub fn address(self) -> Result<u64, Error> {
        if self.0.is_null() { Err(Error::InvalidArgument) } else { Ok(self.0.expose_provenance() as u64) }
    }

    /// Copies so many bytes from `source`, as many as the caller said; the two may overlap.
    pub fn copy_from(self, source: Self, bytes: usize) {
        // SAFETY: by FromC's contract both are valid for so many bytes, until the caller hears that this is done.
        unsafe { ptr::copy(source.0.cast::<u8>(), self.0.cast::<u8>(), bytes) };
    }
}
