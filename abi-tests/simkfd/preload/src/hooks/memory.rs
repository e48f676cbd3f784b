//! mmap(2). Unsafe: C signatures.

use super::hooks;
use crate::devices::{self, Mapping};
use crate::entry;
use crate::next;
use libc::{c_int, c_void, off_t, size_t};

type Address = *mut c_void;

hooks! {
    /// mmap(2)
    fn mmap(addr: Address, len: size_t, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> Address =
        map(fd, Mapping { addr, len, prot, flags, offset });
    /// mmap(2), large file form
    fn mmap64(addr: Address, len: size_t, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> Address =
        map(fd, Mapping { addr, len, prot, flags, offset });
}

/// # Safety
/// As for mmap(2).
unsafe fn map(fd: c_int, mapping: Mapping) -> Address {
    let device = if fd >= 0 && mapping.flags & libc::MAP_ANONYMOUS == 0 { entry::enter() } else { None };
    // SAFETY: by this function's own contract.
    let served = device.and_then(|face| unsafe { devices::map(&face, fd, mapping) });
    let Mapping { addr, len, prot, flags, offset } = mapping;
    match served {
        Some(Ok(address)) => address,
        Some(Err(errno)) => {
            entry::set_errno(errno.0);
            libc::MAP_FAILED
        }
        // SAFETY: by this function's own contract.
        None => unsafe { next::mmap(addr, len, prot, flags, fd, offset) },
    }
}
