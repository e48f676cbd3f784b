//! Files whose content is not the host's: a memfd with the content as the machine has it (/proc/self/maps), or as the
//! fault plan has it, so that reads go wrong; for stdio a stream of
//! our own, for libc's own streams read by a call that no hook sees.
//! Unsafe: fopencookie(3) and its callbacks.

use crate::devices;
use crate::entry;
use crate::files::File;
use crate::host;
use crate::next;
use crate::process::Process;
use libc::{FILE, c_char, c_int, c_void, off64_t, size_t, ssize_t};
use simkfd::contract::Errno;
use simkfd::faults::Distortion;
use std::fs;
use std::io::{Seek, Write};
use std::os::fd::{FromRawFd, IntoRawFd};
use std::ptr;

/// Opens the distorted form of the file at `place`. The descriptor is the caller's.
pub fn open(place: &str, distortion: Distortion, cloexec: bool) -> Result<c_int, Errno> {
    let content = fs::read(place).map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EIO)))?;
    let content = distorted(content, distortion);
    let fd = devices::install(Process::current(), File::Distorted(distortion), c"simkfd-file", cloexec)?;
    filled(fd, &content)
}

/// Opens what the process has mapped, as the machine tells it. `None`: the path is not that file, or nothing of the machine's
/// is mapped.
pub fn open_maps(path: &str, cloexec: bool) -> Option<Result<c_int, Errno>> {
    let own = path.strip_prefix("/proc/")?.strip_suffix("/maps")?;
    let is_own = own == "self" || own.parse() == Ok(std::process::id());
    let process = Process::current();
    if !is_own || process.mappings().is_empty() {
        return None;
    }
    let content = fs::read_to_string("/proc/self/maps").ok()?;
    let content = process.mappings().told(&content);
    Some(host::memfd(c"simkfd-maps", cloexec).and_then(|fd| filled(fd, content.as_bytes())))
}

/// Fills a descriptor that was just made.
fn filled(fd: c_int, content: &[u8]) -> Result<c_int, Errno> {
    // SAFETY: the descriptor is ours, and nobody else's.
    let mut file = unsafe { fs::File::from_raw_fd(fd) };
    let written = file.write_all(content).and_then(|()| file.rewind());
    written.map_err(|_| Errno::EIO)?;
    Ok(file.into_raw_fd())
}

/// The content as the plan has it. A number that is none stays as it is.
fn distorted(mut content: Vec<u8>, distortion: Distortion) -> Vec<u8> {
    match distortion {
        Distortion::Fail(_) | Distortion::Short(_) => content,
        Distortion::Truncate(bytes) => {
            content.truncate(bytes);
            content
        }
        Distortion::Bump(by) => {
            let number = std::str::from_utf8(&content).ok().and_then(|text| text.trim().parse::<u64>().ok());
            number.map_or(content, |number| format!("{}\n", number.wrapping_add(by)).into_bytes())
        }
    }
}

/// How a read of `len` bytes goes: with how many, or with what error.
pub fn limit(distortion: Distortion, len: usize) -> Result<usize, Errno> {
    match distortion {
        Distortion::Fail(errno) => Err(errno),
        Distortion::Short(bytes) => Ok(len.min(bytes)),
        Distortion::Truncate(_) | Distortion::Bump(_) => Ok(len),
    }
}

/// A stdio stream over such a descriptor, for reading; null with errno when there is no memory. Its fileno(3) fails,
/// so that a reader which goes round stdio fails too.
pub fn stream(fd: c_int, distortion: Distortion) -> *mut FILE {
    let cookie = Box::into_raw(Box::new(Stream { fd, distortion }));
    let functions = CookieFunctions { read: Some(read), write: None, seek: Some(seek), close: Some(close) };
    // SAFETY: the callbacks take the cookie as what it is, and `close` frees it.
    let stream = unsafe { fopencookie(cookie.cast(), c"r".as_ptr(), functions) };
    if stream.is_null() {
        // SAFETY: nobody else has the cookie.
        unsafe { close(cookie.cast()) };
    }
    stream
}

struct Stream {
    fd: c_int,
    distortion: Distortion,
}

/// cookie_io_functions_t
#[repr(C)]
struct CookieFunctions {
    read: Option<unsafe extern "C" fn(*mut c_void, *mut c_char, size_t) -> ssize_t>,
    write: Option<unsafe extern "C" fn(*mut c_void, *const c_char, size_t) -> ssize_t>,
    seek: Option<unsafe extern "C" fn(*mut c_void, *mut off64_t, c_int) -> c_int>,
    close: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
}

unsafe extern "C" {
    fn fopencookie(cookie: *mut c_void, mode: *const c_char, functions: CookieFunctions) -> *mut FILE;
}

unsafe extern "C" fn read(cookie: *mut c_void, buf: *mut c_char, len: size_t) -> ssize_t {
    // SAFETY: the cookie is the one that `stream` made, not yet closed.
    let stream = unsafe { &*cookie.cast::<Stream>() };
    match limit(stream.distortion, len) {
        // SAFETY: `buf` has room for `len` bytes, and this is no more.
        Ok(len) => unsafe { next::read(stream.fd, buf.cast(), len) },
        Err(errno) => {
            entry::set_errno(errno.0);
            -1
        }
    }
}

unsafe extern "C" fn seek(cookie: *mut c_void, offset: *mut off64_t, whence: c_int) -> c_int {
    // SAFETY: the cookie is the one that `stream` made; `offset` is stdio's own.
    let reached = unsafe { libc::lseek64((*cookie.cast::<Stream>()).fd, ptr::read(offset), whence) };
    if reached < 0 {
        return -1;
    }
    // SAFETY: as above.
    unsafe { ptr::write(offset, reached) };
    0
}

unsafe extern "C" fn close(cookie: *mut c_void) -> c_int {
    // SAFETY: stdio closes a stream once; the cookie came from Box::into_raw.
    let stream = unsafe { Box::from_raw(cookie.cast::<Stream>()) };
    devices::discard(stream.fd);
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_distorted_as_planned() {
        let of = |text: &str, distortion| distorted(text.as_bytes().to_vec(), distortion);
        assert_eq!(of("41\n", Distortion::Bump(2)), b"43\n");
        assert_eq!(of("abc", Distortion::Bump(2)), b"abc");
        assert_eq!(of("abcdef", Distortion::Truncate(2)), b"ab");
        assert_eq!(of("abcdef", Distortion::Short(2)), b"abcdef");
    }

    #[test]
    fn reads_are_limited_as_planned() {
        assert_eq!(limit(Distortion::Short(7), 100), Ok(7));
        assert_eq!(limit(Distortion::Bump(1), 100), Ok(100));
        assert_eq!(limit(Distortion::Fail(Errno::EIO), 100), Err(Errno::EIO));
    }
}
