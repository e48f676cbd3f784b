//! The kernel as the thunk sees it: files, devices, address space. A trait, so that every other room runs on a fake.
//!
//! With `linux`, `bytes`, `fork` and `environment` the only room with system calls and `unsafe`; everything above is
//! safe Rust. Answers to `libhsakmt.c` (`hsakmt_ioctl`) and `openclose.c` of upstream.

mod bytes;
pub mod drm_handle;
pub mod environment;
#[cfg(test)]
pub mod fake;
pub mod fork;
mod linux;
pub mod thread;

use crate::uapi::{Argument, Record, Request};
use std::path::Path;

pub use bytes::{bytes_of, bytes_of_argument, bytes_of_mut, read_back};
pub use linux::Linux;
pub use nix::errno::Errno;

/// The number of this process.
#[must_use]
pub fn process_id() -> u32 {
    std::process::id()
}

/// O_CLOEXEC of this architecture.
pub const CLOSE_ON_EXEC: u32 = libc::O_CLOEXEC as u32;

/// An open file descriptor; closed by [`Kernel::close`], not by dropping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fd(pub i32);

/// A buffer that an ioctl's argument points to.
pub struct Attached<'a> {
    /// Byte offset, in the argument, of the 64-bit pointer.
    pub pointer_at: usize,
    /// What it points to.
    pub bytes: &'a mut [u8],
}

impl<'a> Attached<'a> {
    /// A slice of records behind the pointer at `pointer_at`.
    pub fn new<T: Record>(pointer_at: usize, records: &'a mut [T]) -> Self {
        Self { pointer_at, bytes: bytes_of_mut(records) }
    }
}

/// Where a mapping goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Wherever the kernel likes.
    Anywhere,
    /// At this address if it is free; otherwise anywhere.
    Hint(u64),
    /// At this address, which must be free: EEXIST otherwise.
    Free(u64),
    /// At this address, replacing what is there: the caller reserved it.
    Fixed(u64),
}

/// What a mapping shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backing {
    /// Nothing: inaccessible address space.
    Reserved,
    /// Zeroed pages of this process.
    Anonymous,
    /// The same, for which no memory is set aside before they are touched.
    Sparse,
    /// The device memory behind `fd` at `offset`, readable and writable.
    Device {
        /// Device.
        fd: Fd,
        /// What the driver calls the mmap offset.
        offset: u64,
    },
    /// The same, readable only.
    ReadOnlyDevice {
        /// Device.
        fd: Fd,
        /// What the driver calls the mmap offset.
        offset: u64,
    },
    /// The same, without access from the CPU.
    HiddenDevice {
        /// Device.
        fd: Fd,
        /// What the driver calls the mmap offset.
        offset: u64,
    },
}

/// Advice about a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// A forked child does not get the range: the driver serves only the process that opened it.
    DontFork,
    /// Huge pages are welcome.
    HugePages,
}

/// Everything asked of the operating system. Implementations are thread-safe and may be called from any thread.
pub trait Kernel: Send + Sync {
    /// Opens a device for reading and writing, closed on exec.
    ///
    /// # Errors
    /// The kernel's.
    fn open(&self, path: &Path) -> Result<Fd, Errno>;

    /// Closes a descriptor.
    fn close(&self, fd: Fd);

    /// Issues a request and returns what the kernel does, 0 for most; `argument` has its size, and each of `attached` is
    /// put behind its pointer. Repeated while the kernel answers EINTR or EAGAIN.
    ///
    /// # Errors
    /// The kernel's.
    fn ioctl(
        &self,
        fd: Fd,
        request: Request,
        argument: &mut [u8],
        attached: &mut [Attached<'_>],
    ) -> Result<i32, Errno>;

    /// Maps `length` bytes and returns the address.
    ///
    /// # Errors
    /// The kernel's.
    fn map(&self, place: Place, length: u64, backing: Backing) -> Result<u64, Errno>;

    /// Unmaps a range.
    ///
    /// # Errors
    /// The kernel's.
    fn unmap(&self, address: u64, length: u64) -> Result<(), Errno>;

    /// Gives advice on a range.
    ///
    /// # Errors
    /// The kernel's.
    fn advise(&self, address: u64, length: u64, advice: Advice) -> Result<(), Errno>;

    /// Prefers (or, with `strictly`, demands) memory of a NUMA node for a range not yet touched.
    ///
    /// # Errors
    /// The kernel's.
    fn bind(&self, address: u64, length: u64, numa_node: u32, strictly: bool) -> Result<(), Errno>;

    /// Writes into memory that [`Kernel::map`] returned, in 64-bit stores: device memory takes no others everywhere.
    fn store(&self, address: u64, words: &[u64]);

    /// Reads a byte of every page: memory that is not there faults here, where the cause is near.
    fn touch(&self, address: u64, length: u64);

    /// The whole of a small file.
    ///
    /// # Errors
    /// The kernel's, at opening or reading.
    fn read(&self, path: &Path) -> Result<Vec<u8>, Errno>;

    /// Names in a directory, in the kernel's order.
    ///
    /// # Errors
    /// The kernel's.
    fn list(&self, path: &Path) -> Result<Vec<String>, Errno>;

    /// Bytes of a page.
    fn page_size(&self) -> u64;
}

impl dyn Kernel + '_ {
    /// Issues the request that belongs to `argument`.
    ///
    /// # Errors
    /// The kernel's.
    pub fn call<T: Argument>(&self, fd: Fd, argument: &mut T) -> Result<(), Errno> {
        self.call_with(fd, argument, &mut [])
    }

    /// The same with buffers that the argument points to.
    ///
    /// # Errors
    /// The kernel's.
    pub fn call_with<T: Argument>(
        &self,
        fd: Fd,
        argument: &mut T,
        attached: &mut [Attached<'_>],
    ) -> Result<(), Errno> {
        self.ioctl(fd, T::REQUEST, bytes::argument_mut(argument), attached).map(drop)
    }
}
