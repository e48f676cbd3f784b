//! Directories, links, access checks. Unsafe: C signatures, and the caller's buffers that hold a path of the tree
//! where the client must see the machine's.

use super::{absolute, device_at, hooks, lead, look, status};
use crate::entry;
use crate::next::{self, Compare, Filter};
use libc::{AT_EACCESS, AT_FDCWD, DIR, c_char, c_int, c_void, dirent, size_t, ssize_t};
use simkfd::contract::Errno;
use std::ffi::CStr;
use std::ptr;

hooks! {
    /// opendir(3)
    fn opendir(path: *const c_char) -> *mut DIR { lead(path, ptr::null_mut(), |path| next::opendir(path)) }
    /// scandir(3)
    fn scandir(path: *const c_char, list: *mut *mut *mut dirent, filter: Filter, compare: Compare) -> c_int {
        lead(path, -1, |path| next::scandir(path, list, filter, compare))
    }
    /// scandir(3), large file form
    fn scandir64(path: *const c_char, list: *mut *mut *mut dirent, filter: Filter, compare: Compare) -> c_int {
        lead(path, -1, |path| next::scandir(path, list, filter, compare))
    }
    /// chdir(2)
    fn chdir(path: *const c_char) -> c_int { look(path, -1, |path| next::chdir(path)) }
    /// getxattr(2), by which `ls -l` looks for access lists
    fn getxattr(path: *const c_char, name: *const c_char, value: *mut c_void, size: size_t) -> ssize_t {
        look(path, -1, |path| next::getxattr(path, name, value, size))
    }
    /// lgetxattr(2)
    fn lgetxattr(path: *const c_char, name: *const c_char, value: *mut c_void, size: size_t) -> ssize_t {
        look(path, -1, |path| next::lgetxattr(path, name, value, size))
    }
    /// listxattr(2)
    fn listxattr(path: *const c_char, list: *mut c_char, size: size_t) -> ssize_t {
        look(path, -1, |path| next::listxattr(path, list, size))
    }
    /// llistxattr(2)
    fn llistxattr(path: *const c_char, list: *mut c_char, size: size_t) -> ssize_t {
        look(path, -1, |path| next::llistxattr(path, list, size))
    }
    /// access(2)
    fn access(path: *const c_char, mode: c_int) -> c_int { access_at(AT_FDCWD, path, mode, 0) }
    /// euidaccess(3)
    fn euidaccess(path: *const c_char, mode: c_int) -> c_int { access_at(AT_FDCWD, path, mode, AT_EACCESS) }
    /// eaccess(3)
    fn eaccess(path: *const c_char, mode: c_int) -> c_int { access_at(AT_FDCWD, path, mode, AT_EACCESS) }
    /// faccessat(2)
    fn faccessat(dir: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int {
        access_at(dir, path, mode, flags)
    }
    /// readlink(2)
    fn readlink(path: *const c_char, buf: *mut c_char, size: size_t) -> ssize_t {
        read_link(AT_FDCWD, path, buf, size)
    }
    /// readlink(2) as _FORTIFY_SOURCE calls it
    fn __readlink_chk(path: *const c_char, buf: *mut c_char, size: size_t, _room: size_t) -> ssize_t {
        read_link(AT_FDCWD, path, buf, size)
    }
    /// readlinkat(2)
    fn readlinkat(dir: c_int, path: *const c_char, buf: *mut c_char, size: size_t) -> ssize_t {
        read_link(dir, path, buf, size)
    }
    /// readlinkat(2) as _FORTIFY_SOURCE calls it
    fn __readlinkat_chk(dir: c_int, path: *const c_char, buf: *mut c_char, size: size_t, _room: size_t) -> ssize_t {
        read_link(dir, path, buf, size)
    }
    /// realpath(3)
    fn realpath(path: *const c_char, out: *mut c_char) -> *mut c_char { real_path(path, out) }
    /// realpath(3) as _FORTIFY_SOURCE calls it
    fn __realpath_chk(path: *const c_char, out: *mut c_char, _room: size_t) -> *mut c_char {
        real_path(path, out)
    }
    /// canonicalize_file_name(3)
    fn canonicalize_file_name(path: *const c_char) -> *mut c_char { real_path(path, ptr::null_mut()) }
}

/// # Safety
/// As for faccessat(2).
unsafe fn access_at(dir: c_int, path: *const c_char, mode: c_int, flags: c_int) -> c_int {
    // SAFETY: by this function's own contract.
    if let Some(errno) = unsafe { denied(path, mode) } {
        return status(Err(errno));
    }
    // SAFETY: the caller's arguments but for the path.
    unsafe { look(path, -1, |path| next::faccessat(dir, path, mode, flags)) }
}

/// Why a file of the machine may not be used so, whoever asks.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn denied(path: *const c_char, mode: c_int) -> Option<Errno> {
    // SAFETY: by this function's own contract.
    let (text, device) = unsafe { (absolute(path)?, device_at(path)) };
    let face = entry::enter()?;
    let forbidden = face.forbidden(text).filter(|_| mode & (libc::R_OK | libc::W_OK) != 0);
    forbidden.or_else(|| {
        let place = device.and(face.tree.lead(text))?;
        // R_OK and W_OK are the permission bits themselves.
        face.permits(&place, mode as u32 & 6).err()
    })
}

/// # Safety
/// As for readlinkat(2).
unsafe fn read_link(dir: c_int, path: *const c_char, buf: *mut c_char, size: size_t) -> ssize_t {
    // SAFETY: the caller's arguments but for the path.
    let length = unsafe { look(path, -1, |path| next::readlinkat(dir, path, buf, size)) };
    let Ok(filled) = usize::try_from(length) else { return length };
    // SAFETY: readlinkat filled so many bytes of the caller's buffer.
    let target = unsafe { std::slice::from_raw_parts_mut(buf.cast::<u8>(), filled) };
    match name_of(target) {
        Some(name) if name.len() <= filled => {
            target[..name.len()].copy_from_slice(name.as_bytes());
            name.len() as ssize_t
        }
        _ => length,
    }
}

/// # Safety
/// As for realpath(3).
unsafe fn real_path(path: *const c_char, out: *mut c_char) -> *mut c_char {
    // SAFETY: the caller's arguments but for the path.
    let result = unsafe { look(path, ptr::null_mut(), |path| next::realpath(path, out)) };
    if result.is_null() {
        return result;
    }
    // SAFETY: a path that realpath(3) returns is NUL-terminated.
    let text = unsafe { CStr::from_ptr(result) }.to_bytes();
    if let Some(name) = name_of(text).filter(|name| name.len() <= text.len()) {
        // SAFETY: the buffer held the longer text and its NUL.
        unsafe {
            ptr::copy_nonoverlapping(name.as_ptr(), result.cast::<u8>(), name.len());
            *result.add(name.len()) = 0;
        }
    }
    result
}

/// The client's name of a path in the tree.
fn name_of(path: &[u8]) -> Option<String> {
    let path = std::str::from_utf8(path).ok()?;
    entry::enter()?.tree.name_of(path)
}
