//! stat(2) and its variants. The tree and memfds are ordinary files; a client must see character devices.
//! Unsafe: C signatures, and the caller's struct that is corrected.

use super::{absolute, hooks, look};
use crate::devices::{self, Kept};
use crate::entry;
use crate::files::File;
use crate::next;
use crate::process::Process;
use libc::{AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_NOFOLLOW, c_char, c_int, c_uint};
use simkfd::contract::FileKind;

type Stat = libc::stat;

// `stat64` and `stat` are one struct on 64-bit hosts. The `x` forms are what programs call that were built against
// glibc before 2.33; their first argument is the struct's version, of which 64-bit hosts have one.
hooks! {
    /// stat(2)
    fn stat(path: *const c_char, buf: *mut Stat) -> c_int { stat_at(AT_FDCWD, path, buf, 0) }
    /// stat(2), large file form
    fn stat64(path: *const c_char, buf: *mut Stat) -> c_int { stat_at(AT_FDCWD, path, buf, 0) }
    /// lstat(2)
    fn lstat(path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW)
    }
    /// lstat(2), large file form
    fn lstat64(path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW)
    }
    /// fstat(2)
    fn fstat(fd: c_int, buf: *mut Stat) -> c_int { stat_of(fd, buf) }
    /// fstat(2), large file form
    fn fstat64(fd: c_int, buf: *mut Stat) -> c_int { stat_of(fd, buf) }
    /// fstatat(2)
    fn fstatat(dir: c_int, path: *const c_char, buf: *mut Stat, flags: c_int) -> c_int {
        stat_at(dir, path, buf, flags)
    }
    /// fstatat(2), large file form
    fn fstatat64(dir: c_int, path: *const c_char, buf: *mut Stat, flags: c_int) -> c_int {
        stat_at(dir, path, buf, flags)
    }
    /// stat(2), old form
    fn __xstat(_version: c_int, path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, 0)
    }
    /// stat(2), old large file form
    fn __xstat64(_version: c_int, path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, 0)
    }
    /// lstat(2), old form
    fn __lxstat(_version: c_int, path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW)
    }
    /// lstat(2), old large file form
    fn __lxstat64(_version: c_int, path: *const c_char, buf: *mut Stat) -> c_int {
        stat_at(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW)
    }
    /// fstat(2), old form
    fn __fxstat(_version: c_int, fd: c_int, buf: *mut Stat) -> c_int { stat_of(fd, buf) }
    /// fstat(2), old large file form
    fn __fxstat64(_version: c_int, fd: c_int, buf: *mut Stat) -> c_int { stat_of(fd, buf) }
    /// fstatat(2), old form
    fn __fxstatat(_version: c_int, dir: c_int, path: *const c_char, buf: *mut Stat, flags: c_int) -> c_int {
        stat_at(dir, path, buf, flags)
    }
    /// fstatat(2), old large file form
    fn __fxstatat64(_version: c_int, dir: c_int, path: *const c_char, buf: *mut Stat, flags: c_int) -> c_int {
        stat_at(dir, path, buf, flags)
    }
    /// statx(2)
    fn statx(dir: c_int, path: *const c_char, flags: c_int, mask: c_uint, buf: *mut libc::statx) -> c_int {
        stat_extended(dir, path, flags, mask, buf)
    }
}

/// Type and permissions of a device node as udev makes it.
const DEVICE_MODE: u32 = libc::S_IFCHR | 0o660;

/// # Safety
/// As for fstatat(2).
unsafe fn stat_at(dir: c_int, path: *const c_char, buf: *mut Stat, flags: c_int) -> c_int {
    // SAFETY: the caller's arguments but for the path.
    let result = unsafe { look(path, -1, |path| next::fstatat(dir, path, buf, flags)) };
    if result == 0 {
        // SAFETY: fstatat filled the caller's struct.
        unsafe { correct(buf, number_of(dir, path, flags)) };
    }
    result
}

/// # Safety
/// As for fstat(2).
unsafe fn stat_of(fd: c_int, buf: *mut Stat) -> c_int {
    // SAFETY: the caller's arguments.
    let result = unsafe { next::fstat(fd, buf) };
    if result == 0 {
        // SAFETY: fstat filled the caller's struct.
        unsafe { correct(buf, device_behind(fd).and_then(number)) };
    }
    result
}

/// # Safety
/// `buf` points to a filled struct.
unsafe fn correct(buf: *mut Stat, number: Option<(u32, u32)>) {
    if let Some((major, minor)) = number {
        // SAFETY: by this function's own contract.
        let stat = unsafe { &mut *buf };
        stat.st_mode = DEVICE_MODE;
        stat.st_rdev = libc::makedev(major, minor);
    }
}

/// # Safety
/// As for statx(2).
unsafe fn stat_extended(
    dir: c_int,
    path: *const c_char,
    flags: c_int,
    mask: c_uint,
    buf: *mut libc::statx,
) -> c_int {
    // SAFETY: the caller's arguments but for the path.
    let result = unsafe { look(path, -1, |path| next::statx(dir, path, flags, mask, buf)) };
    // SAFETY: `path` is the caller's.
    let number = if result == 0 { unsafe { number_of(dir, path, flags) } } else { None };
    if let Some((major, minor)) = number {
        // SAFETY: statx filled the caller's struct.
        let stat = unsafe { &mut *buf };
        stat.stx_mode = DEVICE_MODE as u16;
        (stat.stx_rdev_major, stat.stx_rdev_minor) = (major, minor);
    }
    result
}

/// The number of the device file that the path names, or that `dir` is when the path is empty and may be.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn number_of(dir: c_int, path: *const c_char, flags: c_int) -> Option<(u32, u32)> {
    // SAFETY: by this function's own contract.
    let empty = path.is_null() || unsafe { *path } == 0;
    if empty && flags & AT_EMPTY_PATH != 0 {
        return device_behind(dir).and_then(number);
    }
    // SAFETY: by this function's own contract.
    let text = unsafe { absolute(path) }?;
    entry::enter()?.number_at(text)
}

fn number(kind: FileKind) -> Option<(u32, u32)> {
    Some(entry::enter()?.number_of(kind))
}

fn device_behind(fd: c_int) -> Option<FileKind> {
    let _face = entry::enter()?;
    match devices::file_of(Process::current(), fd) {
        Kept::File(_, File::Kernel { kind, .. } | File::Inherited(kind)) => kind,
        _ => None,
    }
}
