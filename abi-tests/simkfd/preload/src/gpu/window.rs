//! A mapping of the kernel's memory that is the GPU's and not the client's. Unsafe: mmap and munmap.

use std::ptr;

use crate::next;
use crate::process::Process;
use simkfd::contract::Backing;

/// A mapping; it ends with the value.
pub struct Window {
    start: *mut libc::c_void,
    bytes: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread.
unsafe impl Send for Window {}

impl Window {
    /// Maps a part of a backing, readable and writable. `None` when there is none such or no room for it.
    pub fn open(process: &Process, backing: Backing, offset: u64, bytes: u64) -> Option<Self> {
        let (fd, first) = process.arena.locate(backing)?;
        let (bytes, offset) = (usize::try_from(bytes).ok()?, i64::try_from(first + offset).ok()?);
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, at an address that the host chooses, of a descriptor of our own.
        let start = unsafe { next::mmap(ptr::null_mut(), bytes, prot, libc::MAP_SHARED, fd, offset) };
        (start != libc::MAP_FAILED).then_some(Self { start, bytes })
    }

    /// Its address.
    pub fn address(&self) -> u64 {
        self.start as u64
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // SAFETY: it was mapped by `open`, and who used it has stopped.
        unsafe { next::munmap(self.start, self.bytes) };
    }
}
