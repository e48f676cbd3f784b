//! ioctl, read, write and close on descriptors that may be the simulated kernel's. Unsafe: C signatures.

use super::{hooks, status};
use crate::devices::{self, Kept};
use crate::entry;
use crate::files::File;
use crate::process::Process;
use crate::{cookie, next};
use libc::{c_int, c_uint, c_ulong, c_void, off_t, size_t, ssize_t};
use simkfd::contract::{Errno, FileKind, Host};

hooks! {
    /// ioctl(2)
    fn ioctl(fd: c_int, request: c_ulong, arg: *mut c_void) -> c_int {
        match served(fd, request, arg) {
            Some(result) => status(result),
            None => next::ioctl(fd, request, arg),
        }
    }
    /// read(2)
    fn read(fd: c_int, buf: *mut c_void, len: size_t) -> ssize_t {
        match limit(fd, len) {
            Ok(len) => stream(fd, libc::EBADF, next::read(fd, buf, len)),
            Err(errno) => status(Err(errno)) as ssize_t,
        }
    }
    /// read(2) as _FORTIFY_SOURCE calls it
    fn __read_chk(fd: c_int, buf: *mut c_void, len: size_t, _room: size_t) -> ssize_t { read(fd, buf, len) }
    /// pread(2)
    fn pread(fd: c_int, buf: *mut c_void, len: size_t, offset: off_t) -> ssize_t {
        match limit(fd, len) {
            Ok(len) => stream(fd, libc::EBADF, next::pread(fd, buf, len, offset)),
            Err(errno) => status(Err(errno)) as ssize_t,
        }
    }
    /// pread(2), large file form
    fn pread64(fd: c_int, buf: *mut c_void, len: size_t, offset: off_t) -> ssize_t {
        pread(fd, buf, len, offset)
    }
    /// write(2)
    fn write(fd: c_int, buf: *const c_void, len: size_t) -> ssize_t {
        match to_stream(fd, buf, len) {
            None => stream(fd, libc::EPERM, next::write(fd, buf, len)),
            Some(Ok(written)) => written as ssize_t,
            Some(Err(errno)) => status(Err(errno)) as ssize_t,
        }
    }
    /// pwrite(2)
    fn pwrite(fd: c_int, buf: *const c_void, len: size_t, offset: off_t) -> ssize_t {
        stream(fd, libc::EPERM, next::pwrite(fd, buf, len, offset))
    }
    /// pwrite(2), large file form
    fn pwrite64(fd: c_int, buf: *const c_void, len: size_t, offset: off_t) -> ssize_t {
        pwrite(fd, buf, len, offset)
    }
    /// lseek(2)
    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> off_t {
        if is_kfd(fd) {
            return status(Err(Errno::ESPIPE)).into();
        }
        next::lseek(fd, offset, whence)
    }
    /// lseek(2), large file form
    fn lseek64(fd: c_int, offset: off_t, whence: c_int) -> off_t { lseek(fd, offset, whence) }
    /// close(2)
    fn close(fd: c_int) -> c_int { closing(simulated(fd), || next::close(fd)) }
    /// dup2(2), which closes `new`
    fn dup2(old: c_int, new: c_int) -> c_int { closing(simulated(new), || next::dup2(old, new)) }
    /// dup3(2), which closes `new`
    fn dup3(old: c_int, new: c_int, flags: c_int) -> c_int {
        closing(simulated(new), || next::dup3(old, new, flags))
    }
    /// close_range(2)
    fn close_range(first: c_uint, last: c_uint, flags: c_int) -> c_int {
        closing(true, || next::close_range(first, last, flags))
    }
}

fn served(fd: c_int, request: c_ulong, arg: *mut c_void) -> Option<Result<c_int, Errno>> {
    let face = entry::enter()?;
    // The kernel's request is an unsigned int; callers that passed a negative int have it sign-extended.
    devices::ioctl(&face, fd, request as u32, arg as u64)
}

/// How many bytes a read may give, or what it fails with.
fn limit(fd: c_int, len: usize) -> Result<usize, Errno> {
    let Some(face) = entry::enter() else { return Ok(len) };
    if !face.faults.limits_reads() {
        return Ok(len);
    }
    match devices::file_of(Process::current(), fd) {
        Kept::File(_, File::Distorted(distortion)) => cookie::limit(distortion, len),
        _ => Ok(len),
    }
}

/// The outcome of a write to an SMI event stream. `None`: the descriptor is something else's.
fn to_stream(fd: c_int, buf: *const c_void, len: size_t) -> Option<Result<usize, Errno>> {
    let _face = entry::enter()?;
    let process = Process::current();
    let Kept::File(_, File::Kernel { id, .. }) =
        process.streams.any().then(|| devices::file_of(process, fd))?
    else {
        return None;
    };
    let mut bytes = vec![0; len.min(size_of::<u64>())];
    // Short or out of reach: both are EFAULT.
    let read = process.read_user(buf as u64, &mut bytes);
    process.streams.write(id, if read.is_ok() { &bytes } else { &[] })
}

/// The outcome of reading or writing. /dev/kfd does neither (`EINVAL`: `kfd_fops` has no such operation); the file in
/// its place fails with `errno`, so that calls which succeed need no look at the descriptor.
fn stream(fd: c_int, errno: c_int, outcome: ssize_t) -> ssize_t {
    if outcome == -1 && entry::errno() == errno {
        entry::set_errno(if is_kfd(fd) { Errno::EINVAL.0 } else { errno });
    }
    outcome
}

fn is_kfd(fd: c_int) -> bool {
    let Some(_face) = entry::enter() else { return false };
    let Kept::File(_, file) = devices::file_of(Process::current(), fd) else { return false };
    matches!(file, File::Kernel { kind: Some(FileKind::Kfd), .. } | File::Inherited(Some(FileKind::Kfd)))
}

fn simulated(fd: c_int) -> bool {
    let Some(_face) = entry::enter() else { return false };
    matches!(devices::file_of(Process::current(), fd), Kept::File(..))
}

/// Makes a call that closes descriptors, and tells the kernel if some of them were its own.
fn closing(simulated: bool, call: impl FnOnce() -> c_int) -> c_int {
    let result = call();
    if simulated {
        entry::enter().inspect(|face| devices::reap(face, Process::current()));
    }
    result
}
