//! fopen(3) and its variants. A device file has no place behind stdio: its stream is the tree's empty file.
//! Unsafe: C signatures.

use super::{Way, absolute, hooks, lead};
use crate::entry::{self, Entered};
use crate::{cookie, next};
use libc::{FILE, c_char};
use simkfd::contract::Errno;
use simkfd::faults::Distortion;
use std::ptr;

hooks! {
    /// fopen(3)
    fn fopen(path: *const c_char, mode: *const c_char) -> *mut FILE { open_stream(path, mode) }
    /// fopen(3), large file form
    fn fopen64(path: *const c_char, mode: *const c_char) -> *mut FILE { open_stream(path, mode) }
    /// freopen(3)
    fn freopen(path: *const c_char, mode: *const c_char, stream: *mut FILE) -> *mut FILE {
        lead(path, ptr::null_mut(), |path| next::freopen(path, mode, stream))
    }
    /// freopen(3), large file form
    fn freopen64(path: *const c_char, mode: *const c_char, stream: *mut FILE) -> *mut FILE {
        lead(path, ptr::null_mut(), |path| next::freopen(path, mode, stream))
    }
}

/// # Safety
/// As for fopen(3).
unsafe fn open_stream(path: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: by this function's own contract.
    let way = match (unsafe { absolute(path) }, entry::enter()) {
        (Some(text), Some(face)) => match serve(&face, text) {
            Ok(Served::Here(stream)) => return stream,
            Ok(Served::Elsewhere(place)) => Way::of(Ok(place)),
            Err(errno) => Way::Refused(errno),
        },
        _ => Way::Host,
    };
    // SAFETY: the caller's arguments but for the path, which is NUL-terminated.
    way.go(path, ptr::null_mut(), |path| unsafe { next::fopen(path, mode) })
}

enum Served {
    /// This is the stream.
    Here(*mut FILE),
    /// libc opens the path, or this one in its place.
    Elsewhere(Option<String>),
}

fn serve(face: &Entered, path: &str) -> Result<Served, Errno> {
    let place = face.open(path)?;
    // SAFETY: the descriptor is ours to give away, the mode NUL-terminated.
    let given_away = |fd| Served::Here(unsafe { libc::fdopen(fd, c"r".as_ptr()) });
    if let Some(maps) = cookie::open_maps(path, true) {
        return maps.map(given_away);
    }
    let Some(distortion) = face.faults.read(path) else { return Ok(Served::Elsewhere(place)) };
    let fd = cookie::open(place.as_deref().unwrap_or(path), distortion, true)?;
    Ok(match distortion {
        Distortion::Fail(_) | Distortion::Short(_) => Served::Here(cookie::stream(fd, distortion)),
        Distortion::Truncate(_) | Distortion::Bump(_) => given_away(fd),
    })
}
