//! The amdkfd/amdgpu contract as one state machine: open, close, ioctl, mmap, with the kernel's checks and errno
//! values. Pure: the calling process is behind [`Host`], the machine's facts behind a directory tree. Mirrors
//! drivers/gpu/drm/amd/amdkfd and the parts of amdgpu that compute programs reach.
#![forbid(unsafe_code)]

mod errno;
mod host;

use std::path::Path;

pub use errno::Errno;
pub use host::{Backing, Clock, FileId, Host};

/// Which device file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// /dev/kfd
    Kfd,
    /// /dev/dri/renderD`minor`
    Render {
        /// The DRM minor, 128 and up.
        minor: u32,
    },
}

/// What an mmap of a device file maps: a window of host memory, to be mapped MAP_SHARED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapTarget {
    /// The memory.
    pub backing: Backing,
    /// Byte offset of the window in it.
    pub offset: u64,
}

/// The simulated kernel: all devices, processes and open files of one machine. Every method may be called from
/// any thread; `AMDKFD_IOC_WAIT_EVENTS` blocks its caller only.
pub struct Kernel {}

impl Kernel {
    /// Starts the kernel of the machine that `tree` describes. The error is one line that names the bad file.
    pub fn boot(_tree: &Path) -> Result<Self, String> {
        Ok(Kernel {})
    }

    /// Opens a device file. `ENOENT`/`ENODEV`: the machine has no such device.
    pub fn open(&self, _kind: FileKind, _host: &dyn Host) -> Result<FileId, Errno> {
        Err(Errno::ENODEV)
    }

    /// Drops an open file, when its last descriptor is closed.
    pub fn close(&self, _file: FileId, _host: &dyn Host) {}

    /// Serves an ioctl; `arg` is the caller's third argument as it stands.
    pub fn ioctl(&self, _file: FileId, _request: u32, _arg: u64, _host: &dyn Host) -> Result<i32, Errno> {
        Err(Errno::ENOTTY)
    }

    /// Serves an mmap of an open file: lengths and `offset` in bytes, `prot` and `flags` as in mmap(2).
    pub fn mmap(
        &self,
        _file: FileId,
        _len: u64,
        _prot: i32,
        _flags: i32,
        _offset: u64,
        _host: &dyn Host,
    ) -> Result<MapTarget, Errno> {
        Err(Errno::ENODEV)
    }

    /// A text report: ioctl counts, and everything asked for that is not implemented on lines that begin with
    /// `NOT IMPLEMENTED: `.
    pub fn report(&self) -> String {
        String::new()
    }
}
