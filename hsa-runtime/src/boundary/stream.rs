//! A stream of the caller's C library, into which messages go.

use core::{ffi::c_void, ptr::NonNull};
use std::io::{self, Write as _};

use libc::FILE;

use super::FromC;

/// A `FILE *`, which the caller keeps open for as long as messages go there; the standard error for NULL.
#[derive(Debug)]
pub struct Stream(Option<NonNull<FILE>>);

// SAFETY: the C library locks a stream while it is written.
unsafe impl Send for Stream {}
// SAFETY: as above.
unsafe impl Sync for Stream {}

impl FromC<*mut c_void> for Stream {
    unsafe fn from_c(raw: *mut c_void) -> Self {
        Self(NonNull::new(raw.cast()))
    }
}

impl Stream {
    /// Writes a text and flushes it. That it cannot be written is no reason to fail.
    pub fn write(&self, text: &str) {
        match self.0 {
            // SAFETY: the stream is open, as the function that took it asks of its caller; the text is in bounds.
            Some(file) => unsafe {
                libc::fwrite(text.as_ptr().cast(), 1, text.len(), file.as_ptr());
                libc::fflush(file.as_ptr());
            },
            None => _ = io::stderr().write_all(text.as_bytes()),
        }
    }
}
