//! Errors of the kernel interface: positive errno values with the numbers of include/uapi/asm-generic/errno*.h,
//! which every Linux architecture that amdkfd builds for shares. Touches nothing.
#![forbid(unsafe_code)]

use std::fmt;

/// A positive errno value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

macro_rules! errnos {
    ($($name:ident = $value:literal),+ $(,)?) => {
        /// The errno values that the simulated kernel answers with, by their kernel names.
        #[allow(missing_docs)]
        impl Errno {
            $(pub const $name: Errno = Errno($value);)+

            /// The kernel's name of the value, when the simulator knows one.
            pub fn name(self) -> Option<&'static str> {
                match self.0 { $($value => Some(stringify!($name)),)+ _ => None }
            }

            /// The value that a name such as `ENOMEM` stands for.
            pub fn from_name(name: &str) -> Option<Errno> {
                match name { $(stringify!($name) => Some(Errno($value)),)+ _ => None }
            }
        }
    };
}

errnos! {
    EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, ENXIO = 6, E2BIG = 7, EBADF = 9, EAGAIN = 11,
    ENOMEM = 12, EACCES = 13, EFAULT = 14, EBUSY = 16, EEXIST = 17, ENODEV = 19, ENOTDIR = 20, EISDIR = 21,
    EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOTTY = 25, EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EPIPE = 32,
    EDOM = 33, ERANGE = 34, EDEADLK = 35, ENAMETOOLONG = 36, ENOSYS = 38, ELOOP = 40, ENODATA = 61,
    ETIME = 62, EOVERFLOW = 75, EOPNOTSUPP = 95, EADDRINUSE = 98, ETIMEDOUT = 110, EALREADY = 114,
    ECANCELED = 125, ENOTSUPP = 524,
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
