//! Buffers by handle: dma-bufs taken in on a GPU's render node, mapped there for the CPU and the GPU, given away again.
//!
//! Touches `kernel` and `render`. Answers to `hsaKmtHandleImport` and what works on its result in upstream's `memory.c`
//! of 2026, and to libdrm's `amdgpu_bo.c`, which does the work there. A file has one handle for a buffer, however often
//! that is imported: imports are counted, and the handle is closed with the last. Thread-safe.
//!
//! The handles belong to the file that the process's GPU address space was bound to, so that [`Buffers::map`] maps
//! where queues look. Who imports a buffer into that file in another way (libdrm, on a device handle of this library)
//! has the same handle, and closes it for both.
#![forbid(unsafe_code)]

mod timeline;
mod token;
mod view;

#[cfg(test)]
mod tests;

use crate::{
    error::{Error, Result, Status},
    kernel::{Attached, Backing, CLOSE_ON_EXEC, Errno, Fd, Kernel, Place},
    render::RenderNodes,
    uapi::{
        Argument,
        drm::{
            AMDGPU_GEM_OP_GET_GEM_CREATE_INFO, DRM_RDWR, drm_amdgpu_gem_create_in, drm_amdgpu_gem_mmap,
            drm_amdgpu_gem_op, drm_gem_close, drm_prime_fd_to_handle, drm_prime_handle_to_fd,
        },
    },
};
use parking_lot::Mutex;
use std::{collections::BTreeMap, mem::offset_of, sync::Arc};
use timeline::Timelines;

pub use timeline::{Access, Range};
pub use token::{Import, Wish};

/// A buffer of a render node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Handle {
    /// The render node.
    pub minor: u32,
    /// The kernel's handle in its file; never 0.
    gem: u32,
}

impl Handle {
    /// As one number, not 0.
    #[must_use]
    pub fn bits(self) -> u64 {
        u64::from(self.minor) << 32 | u64::from(self.gem)
    }

    /// Back from the number.
    #[must_use]
    pub fn from_bits(bits: u64) -> Self {
        Self { minor: (bits >> 32) as u32, gem: bits as u32 }
    }
}

/// What is known of a buffer that is held.
#[derive(Default)]
struct Held {
    /// Imports that were not given back.
    imports: u32,
    /// Where the CPU sees it, and its bytes.
    seen: Option<(u64, u64)>,
}

/// The buffers that a process holds.
pub struct Buffers {
    kernel: Arc<dyn Kernel>,
    render: Arc<RenderNodes>,
    /// Locked while handles come and go: the kernel gives a closed one away again at once.
    held: Mutex<BTreeMap<Handle, Held>>,
    timelines: Timelines,
}

impl Buffers {
    /// None held.
    pub(crate) fn new(kernel: Arc<dyn Kernel>, render: Arc<RenderNodes>) -> Self {
        Self { kernel, render, held: Mutex::default(), timelines: Timelines::default() }
    }

    /// Takes a dma-buf in on a render node, or counts that it was. The descriptor stays the caller's.
    ///
    /// # Errors
    /// `Error` when it is no dma-buf that the driver takes.
    pub fn hold(&self, minor: u32, dmabuf: i32) -> Result<Handle> {
        let mut held = self.held.lock();
        let mut arguments = drm_prime_fd_to_handle { fd: dmabuf, ..Default::default() };
        self.ask(minor, "PRIME_FD_TO_HANDLE", &mut arguments)?;
        let handle = Handle { minor, gem: arguments.handle };
        held.entry(handle).or_default().imports += 1;
        Ok(handle)
    }

    /// Bytes, as the kernel has them.
    fn size(&self, handle: Handle) -> Result<u64> {
        let mut made = [drm_amdgpu_gem_create_in::default()];
        let mut arguments = drm_amdgpu_gem_op {
            handle: handle.gem,
            op: AMDGPU_GEM_OP_GET_GEM_CREATE_INFO,
            ..Default::default()
        };
        let answer = Attached::new(offset_of!(drm_amdgpu_gem_op, value), &mut made);
        self.ask_with(handle.minor, "AMDGPU_GEM_OP", &mut arguments, &mut [answer])?;
        Ok(made[0].bo_size)
    }

    /// Gives an import back; the last takes the buffer from CPU and GPU.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when the driver refuses.
    pub fn release(&self, handle: Handle) -> Result<()> {
        let mut all = self.held.lock();
        let held = all.get_mut(&handle).ok_or(Status::InvalidHandle)?;
        held.imports -= 1;
        if held.imports > 0 {
            return Ok(());
        }
        if let Some((address, size)) = held.seen {
            let _ = self.kernel.unmap(address, size);
        }
        all.remove(&handle);
        let mut arguments = drm_gem_close { handle: handle.gem, ..Default::default() };
        self.ask(handle.minor, "GEM_CLOSE", &mut arguments)
    }

    /// A descriptor of the buffer for others, which the caller closes.
    ///
    /// # Errors
    /// `InvalidHandle`.
    pub fn export(&self, handle: Handle) -> Result<i32> {
        self.check(handle)?;
        let flags = CLOSE_ON_EXEC | DRM_RDWR;
        let mut arguments = drm_prime_handle_to_fd { handle: handle.gem, flags, ..Default::default() };
        let exported = self.ask(handle.minor, "PRIME_HANDLE_TO_FD", &mut arguments);
        exported.map_err(|error| Error { status: Status::InvalidHandle, ..error })?;
        Ok(arguments.fd)
    }

    /// Where the buffer begins for mmap of its render node.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when the driver refuses, as it does for memory of a process.
    pub fn mmap_offset(&self, handle: Handle) -> Result<u64> {
        self.check(handle)?;
        let mut arguments = drm_amdgpu_gem_mmap { handle_or_addr_ptr: in_union(handle.gem) };
        self.ask(handle.minor, "AMDGPU_GEM_MMAP", &mut arguments)?;
        Ok(arguments.handle_or_addr_ptr)
    }

    /// Where the CPU sees the whole buffer; mapped by the first call, until the buffer goes.
    ///
    /// # Errors
    /// `InvalidHandle`; `Error` when the driver refuses.
    pub fn map_for_cpu(&self, handle: Handle) -> Result<u64> {
        let offset = self.mmap_offset(handle)?;
        let fd = self.descriptor(handle.minor)?;
        let mut all = self.held.lock();
        let held = all.get_mut(&handle).ok_or(Status::InvalidHandle)?;
        if let Some((address, _)) = held.seen {
            return Ok(address);
        }
        let size = self.size(handle)?;
        let mapped = self.kernel.map(Place::Anywhere, size, Backing::Device { fd, offset });
        let address = mapped.map_err(|errno| failed(handle.minor, "mmap", errno))?;
        held.seen = Some((address, size));
        Ok(address)
    }

    fn check(&self, handle: Handle) -> Result<()> {
        if self.held.lock().contains_key(&handle) { Ok(()) } else { Err(Status::InvalidHandle.into()) }
    }

    fn descriptor(&self, minor: u32) -> Result<Fd> {
        self.render.get(minor).map_err(|errno| failed(minor, "open", errno))
    }

    fn ask<T: Argument>(&self, minor: u32, name: &str, argument: &mut T) -> Result<()> {
        self.ask_with(minor, name, argument, &mut [])
    }

    fn ask_with<T: Argument>(
        &self,
        minor: u32,
        name: &str,
        argument: &mut T,
        attached: &mut [Attached<'_>],
    ) -> Result<()> {
        let fd = self.descriptor(minor)?;
        self.kernel.call_with(fd, argument, attached).map_err(|errno| failed(minor, name, errno))
    }
}

/// A handle as the first 4 bytes of a union with an address.
fn in_union(handle: u32) -> u64 {
    let [a, b, c, d] = handle.to_ne_bytes();
    u64::from_ne_bytes([a, b, c, d, 0, 0, 0, 0])
}

fn failed(minor: u32, name: &str, errno: Errno) -> Error {
    let path = RenderNodes::path(minor);
    Error::new(Status::Error, format!("{}: {name}: {errno:?} ({})", path.display(), errno.desc()))
}
