//! The libc names that this library defines, by family. Each hook decides inside the face where its call leads,
//! leaves the face, and makes one call to libc. Unsafe: C signatures.

mod descriptor;
mod memory;
mod open;
mod path;
mod stat;
mod stdio;
mod system;

use crate::entry;
use libc::{c_char, c_int};
use simkfd::contract::{Errno, FileKind};
use std::ffi::{CStr, CString};

/// Defines libc functions in terms of others: `fn name(arguments) -> result { expression }`.
macro_rules! hooks {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $ret:ty { $($body:tt)* })*) => {$(
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $ty),*) -> $ret {
            // SAFETY: the arguments are the caller's, for a function of the same contract.
            unsafe { $($body)* }
        }
    )*};
}
pub(crate) use hooks;

/// Where a call with a path argument goes.
enum Way {
    /// To libc as it came.
    Host,
    /// To libc with this path.
    Led(CString),
    /// Nowhere.
    Refused(Errno),
}

impl Way {
    fn of(place: Result<Option<String>, Errno>) -> Way {
        match place {
            Ok(None) => Way::Host,
            Ok(Some(place)) => CString::new(place).map_or(Way::Refused(Errno::EINVAL), Way::Led),
            Err(errno) => Way::Refused(errno),
        }
    }

    /// Makes the call. `refused` is what it returns when it is not made.
    fn go<T>(self, path: *const c_char, refused: T, call: impl FnOnce(*const c_char) -> T) -> T {
        match self {
            Way::Host => call(path),
            Way::Led(place) => call(place.as_ptr()),
            Way::Refused(errno) => {
                entry::set_errno(errno.0);
                refused
            }
        }
    }
}

/// The text of an absolute path argument. Others lead where they lead: a relative path below a directory of the tree
/// stays in the tree by itself, and a path that is not UTF-8 is none of the machine's.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn absolute<'a>(path: *const c_char) -> Option<&'a str> {
    if path.is_null() {
        return None;
    }
    // SAFETY: by this function's own contract.
    let text = unsafe { CStr::from_ptr(path) };
    text.to_str().ok().filter(|text| text.starts_with('/'))
}

/// Looks a path up without opening it, and leads the call there.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn look<T>(path: *const c_char, refused: T, call: impl FnOnce(*const c_char) -> T) -> T {
    // SAFETY: by this function's own contract.
    let way = match (unsafe { absolute(path) }, entry::enter()) {
        (Some(text), Some(face)) => Way::of(face.look(text)),
        _ => Way::Host,
    };
    way.go(path, refused, call)
}

/// Leads a call that opens the path.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn lead<T>(path: *const c_char, refused: T, call: impl FnOnce(*const c_char) -> T) -> T {
    // SAFETY: by this function's own contract.
    let way = match (unsafe { absolute(path) }, entry::enter()) {
        (Some(text), Some(face)) => Way::of(face.open(text)),
        _ => Way::Host,
    };
    way.go(path, refused, call)
}

/// The device file that a path of the machine names, if the machine has it.
///
/// # Safety
/// `path` is null or NUL-terminated.
unsafe fn device_at(path: *const c_char) -> Option<FileKind> {
    // SAFETY: by this function's own contract.
    let text = unsafe { absolute(path) }?;
    entry::enter()?.tree.device(text)
}

/// What a function that reports errors by -1 returns.
fn status(result: Result<c_int, Errno>) -> c_int {
    result.unwrap_or_else(|errno| {
        entry::set_errno(errno.0);
        -1
    })
}
