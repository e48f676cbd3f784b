//! Buffers at CPU addresses of the caller's choice.
//!
//! Touches what its room touches. Answers to EnableAccess and RemoveAccess of ROCr's `runtime.cpp` for processors, which
//! leaves holes where a buffer was: here the addresses stay reserved.

use super::{Access, Buffers, Handle, Range, failed};
use crate::{
    error::Result,
    kernel::{Backing, Place},
};

impl Buffers {
    /// Shows a part of a buffer to the CPU, at an address that the caller reserved.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when the driver refuses.
    pub fn show(&self, handle: Handle, range: Range, access: Access) -> Result<()> {
        let fd = self.descriptor(handle.minor)?;
        let offset = self.mmap_offset(handle)? + range.offset;
        let backing = match access {
            Access { read: false, write: false } => Backing::HiddenDevice { fd, offset },
            Access { write: false, .. } => Backing::ReadOnlyDevice { fd, offset },
            // No processor can write what it cannot read.
            Access { .. } => Backing::Device { fd, offset },
        };
        let shown = self.kernel.map(Place::Fixed(range.address), range.size, backing);
        shown.map(drop).map_err(|errno| failed(handle.minor, "mmap", errno))
    }

    /// Hides it again; the addresses stay reserved.
    ///
    /// # Errors
    /// `Error` when the kernel refuses.
    pub fn hide(&self, handle: Handle, range: Range) -> Result<()> {
        let hidden = self.kernel.map(Place::Fixed(range.address), range.size, Backing::Reserved);
        hidden.map(drop).map_err(|errno| failed(handle.minor, "mmap", errno))
    }
}
