//! The trace: one line a call on a device file, with its arguments by their names in the kernel's headers.
//!
//! ```text
//! 4711 open /dev/kfd -> fd=0x3
//! 4711 kfd ALLOC_MEMORY_OF_GPU va_addr=0x7f.. size=0x1000 gpu_id=0x82a0 flags=0x.. -> 0 handle=0x.. mmap_offset=0x..
//! 4711 kfd MAP_MEMORY_TO_GPU handle=0x.. n_devices=0x1 device_ids_array=[0x82a0] -> 0 n_success=0x1
//! 4711 mmap kfd len=0x2000 prot=0x3 offset=0x.. -> addr=0x7f..
//! 4711 renderD128 AMDGPU_INFO return_pointer=0x.. return_size=0x1c0 query=0x16 -> 0
//! 4711 kfd CREATE_QUEUE ... -> EINVAL
//! 4711 munmap addr=0x7f.. len=0x2000
//! 4711 close kfd
//! ```
//!
//! The process id comes first. What the caller hands in stands before the arrow; behind it the result (an errno by
//! name) and, on success, what the kernel gives back. `compare` makes two traces of the same program equal line by
//! line. Touches the trace file, and the caller's memory through [`Host`](crate::contract::Host).
#![forbid(unsafe_code)]

mod canonical;
mod coverage;
mod decode;
mod diff;
mod fields;

use crate::contract::{Errno, FileKind};
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{self, Path, PathBuf};

pub use coverage::{Coverage, coverage_table};
pub use decode::{Call, ioctl_name};
pub use diff::compare;

/// A trace file. Lines of several threads and processes do not mix: each is one write to a file opened for
/// appending.
pub struct Tracer {
    path: PathBuf,
}

impl Tracer {
    /// Makes the file if it is not there; a trace that is there is added to, for children write on.
    pub fn create(path: &Path) -> io::Result<Tracer> {
        let tracer = Tracer { path: path::absolute(path)? };
        tracer.open()?;
        Ok(tracer)
    }

    /// Writes a line. A trace that cannot be written (disk full) loses it; the client must not notice.
    pub fn line(&self, text: &str) {
        self.text(&format!("{} {text}\n", std::process::id()));
    }

    fn text(&self, text: &str) {
        let _ = self.open().and_then(|mut file| file.write_all(text.as_bytes()));
    }

    /// Opened for each line: a descriptor kept open in the client would be one that the client may close and reuse.
    fn open(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.path)
    }
}

/// What a trace calls an open file: the device's file name, or `file` for what an ioctl made.
pub fn device_name(kind: Option<FileKind>) -> String {
    match kind {
        Some(FileKind::Kfd) => "kfd".into(),
        Some(FileKind::Render { minor }) => format!("renderD{minor}"),
        Some(FileKind::Accel { minor }) => format!("accel{minor}"),
        None => "file".into(),
    }
}

/// The line of an open.
pub fn open_line(kind: FileKind, result: Result<i32, Errno>) -> String {
    let folder = match kind {
        FileKind::Kfd => "/dev",
        FileKind::Render { .. } => "/dev/dri",
        FileKind::Accel { .. } => "/dev/accel",
    };
    let result = result.map_or_else(|errno| errno.to_string(), |fd| format!("fd={fd:#x}"));
    format!("open {folder}/{} -> {result}", device_name(Some(kind)))
}

/// The line of a file's release, with its last descriptor.
pub fn close_line(kind: Option<FileKind>) -> String {
    format!("close {}", device_name(kind))
}

/// The line of an munmap, or of a mapping that replaces one of a device file, in bytes.
pub fn munmap_line(addr: u64, len: u64) -> String {
    format!("munmap addr={addr:#x} len={len:#x}")
}

/// The line of an mmap; `len` and `offset` in bytes, `result` the address.
pub fn mmap_line(
    kind: Option<FileKind>,
    len: u64,
    prot: i32,
    offset: u64,
    result: Result<u64, Errno>,
) -> String {
    let result = result.map_or_else(|errno| errno.to_string(), |addr| format!("addr={addr:#x}"));
    format!("mmap {} len={len:#x} prot={prot:#x} mmap_offset={offset:#x} -> {result}", device_name(kind))
}
