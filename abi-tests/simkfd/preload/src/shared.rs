//! Descriptors of dma-bufs that came from another process, by fork, exec or SCM_RIGHTS. Such a descriptor is a memfd of
//! the exporter's, and its content is the line that tells what it stands for: no registry, and nothing to clean up.
//! Unsafe: descriptors are looked at by libc calls.

use crate::devices::Mapping;
use crate::next;
use crate::process::Process;
use libc::{c_int, c_void};
use simkfd::contract::{Errno, Host, SharedBuffer, dma_buf_ioctl, is_dma_buf_request};
use std::mem::MaybeUninit;

/// The longest line: two words and six numbers.
const LONGEST_LINE: usize = 256;

/// Writes the line into a new dma-buf's memfd. If it fails, the dma-buf stays this process's own.
pub fn describe(fd: c_int, buffer: &SharedBuffer) {
    let line = buffer.to_line();
    // SAFETY: the line is as long as it says.
    unsafe { libc::pwrite(fd, line.as_ptr().cast(), line.len(), 0) };
}

/// The buffer behind a descriptor, if it is a dma-buf of another simulated kernel.
pub fn behind(fd: c_int) -> Option<SharedBuffer> {
    let mut stat = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `stat` has room for the answer.
    let known = unsafe { next::fstat(fd, stat.as_mut_ptr()) } == 0;
    // SAFETY: fstat filled it.
    let stat = known.then(|| unsafe { stat.assume_init() })?;
    // A memfd has no name anywhere. The test spares all others the read.
    if stat.st_nlink != 0 || stat.st_size as usize > LONGEST_LINE {
        return None;
    }
    let mut line = vec![0; LONGEST_LINE];
    // SAFETY: `line` has room for its length.
    let length = unsafe { next::pread(fd, line.as_mut_ptr().cast(), line.len(), 0) };
    line.truncate(usize::try_from(length).ok()?);
    SharedBuffer::from_line(std::str::from_utf8(&line).ok()?)
}

/// Serves an ioctl of such a descriptor. `None`: it is none.
pub fn ioctl(process: &Process, fd: c_int, request: u32, arg: u64) -> Option<Result<c_int, Errno>> {
    if !is_dma_buf_request(request) {
        return None;
    }
    behind(fd)?;
    Some(dma_buf_ioctl(request, arg, process))
}

/// Serves an mmap of such a descriptor, as `dma_buf_mmap`: any part of the buffer. `None`: it is none.
///
/// # Safety
/// As for mmap(2) with the same arguments.
pub unsafe fn map(process: &Process, fd: c_int, mapping: Mapping) -> Option<Result<*mut c_void, Errno>> {
    let buffer = behind(fd)?;
    // SAFETY: by this function's own contract.
    Some(unsafe { map_window(process, &buffer, mapping) })
}

/// # Safety
/// As for mmap(2).
unsafe fn map_window(
    process: &Process,
    buffer: &SharedBuffer,
    mapping: Mapping,
) -> Result<*mut c_void, Errno> {
    let offset = u64::try_from(mapping.offset).map_err(|_| Errno::EOVERFLOW)?;
    let end = (mapping.len as u64).checked_add(offset).ok_or(Errno::EOVERFLOW)?;
    if end > buffer.size.next_multiple_of(process.page_size()) {
        return Err(Errno::EINVAL);
    }
    let backing = process.arena.open(&buffer.place, buffer.size)?;
    let located = process.arena.locate(backing);
    process.arena.release(backing);
    let (memory, start) = located.ok_or(Errno::EINVAL)?;
    // SAFETY: the caller's arguments, over a descriptor and an offset of ours.
    unsafe { mapping.over(memory, start + offset) }
}
