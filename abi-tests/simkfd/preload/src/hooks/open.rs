//! open(2) and its variants. Unsafe: C signatures.

use super::{Way, absolute, hooks, status};
use crate::entry::{self, Entered};
use crate::{cookie, devices, next};
use libc::{AT_FDCWD, c_char, c_int, mode_t};
use simkfd::contract::Errno;

hooks! {
    /// open(2)
    fn open(path: *const c_char, flags: c_int, mode: mode_t) -> c_int { open_at(AT_FDCWD, path, flags, mode) }
    /// open(2), large file form
    fn open64(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(AT_FDCWD, path, flags, mode)
    }
    /// openat(2)
    fn openat(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(dir, path, flags, mode)
    }
    /// openat(2), large file form
    fn openat64(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
        open_at(dir, path, flags, mode)
    }
    /// open(2) as _FORTIFY_SOURCE calls it
    fn __open_2(path: *const c_char, flags: c_int) -> c_int { open_at(AT_FDCWD, path, flags, 0) }
    /// open(2) as _FORTIFY_SOURCE calls it
    fn __open64_2(path: *const c_char, flags: c_int) -> c_int { open_at(AT_FDCWD, path, flags, 0) }
    /// openat(2) as _FORTIFY_SOURCE calls it
    fn __openat_2(dir: c_int, path: *const c_char, flags: c_int) -> c_int { open_at(dir, path, flags, 0) }
    /// openat(2) as _FORTIFY_SOURCE calls it
    fn __openat64_2(dir: c_int, path: *const c_char, flags: c_int) -> c_int { open_at(dir, path, flags, 0) }
    /// creat(2)
    fn creat(path: *const c_char, mode: mode_t) -> c_int { open_at(AT_FDCWD, path, CREATE, mode) }
    /// creat(2), large file form
    fn creat64(path: *const c_char, mode: mode_t) -> c_int { open_at(AT_FDCWD, path, CREATE, mode) }
}

const CREATE: c_int = libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC;

/// # Safety
/// As for openat(2).
unsafe fn open_at(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    // SAFETY: by this function's own contract.
    let way = match (unsafe { absolute(path) }, entry::enter()) {
        (Some(text), Some(face)) => match serve(&face, text, flags) {
            Ok(Served::Here(fd)) => return fd,
            Ok(Served::Elsewhere(place)) => Way::of(Ok(place)),
            Err(errno) => {
                drop(face);
                return status(Err(errno));
            }
        },
        _ => Way::Host,
    };
    // SAFETY: the caller's arguments but for the path, which is NUL-terminated.
    way.go(path, -1, |path| unsafe { next::openat(dir, path, flags, mode) })
}

enum Served {
    /// This is the descriptor.
    Here(c_int),
    /// libc opens the path, or this one in its place.
    Elsewhere(Option<String>),
}

fn serve(face: &Entered, path: &str, flags: c_int) -> Result<Served, Errno> {
    let place = face.open(path)?;
    // Neither reads nor writes: the file itself will do.
    if flags & (libc::O_PATH | libc::O_DIRECTORY) != 0 {
        return Ok(Served::Elsewhere(place));
    }
    let place_or_path = place.as_deref().unwrap_or(path);
    if let Some(kind) = face.tree.device(path) {
        return devices::open(face, kind, place_or_path, flags).map(Served::Here);
    }
    if let Some(distortion) = face.faults.read(path) {
        return cookie::open(place_or_path, distortion, flags & libc::O_CLOEXEC != 0).map(Served::Here);
    }
    if let Some(maps) = cookie::open_maps(path, flags & libc::O_CLOEXEC != 0) {
        return maps.map(Served::Here);
    }
    Ok(Served::Elsewhere(place))
}
