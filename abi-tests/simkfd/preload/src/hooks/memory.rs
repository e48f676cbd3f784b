//! mmap(2), munmap(2), and the NUMA policy of mappings. Unsafe: C signatures.

use super::hooks;
use crate::devices::{self, Mapping};
use crate::entry;
use crate::next;
use libc::{c_int, c_long, c_uint, c_ulong, c_void, off_t, size_t};

type Address = *mut c_void;

hooks! {
    /// mmap(2)
    fn mmap(addr: Address, len: size_t, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> Address {
        map(fd, Mapping { addr, len, prot, flags, offset })
    }
    /// mmap(2), large file form
    fn mmap64(addr: Address, len: size_t, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> Address {
        map(fd, Mapping { addr, len, prot, flags, offset })
    }
    /// munmap(2)
    fn munmap(addr: Address, len: size_t) -> c_int {
        unmapping(addr, len);
        next::munmap(addr, len)
    }
    /// syscall(2), by which others than libnuma call mbind
    fn syscall(number: c_long, a: c_long, b: c_long, c: c_long, d: c_long, e: c_long, f: c_long) -> c_long {
        match (number == libc::SYS_mbind).then(entry::enter).flatten() {
                Some(_) => 0,
                None => next::syscall(number, a, b, c, d, e, f),
            }
    }
    /// mbind(2), which libnuma defines. The machine's NUMA nodes are not the host's, so there is nothing to bind to.
    fn mbind(
        addr: Address,
        len: c_ulong,
        mode: c_int,
        nodes: *const c_ulong,
        max_node: c_ulong,
        flags: c_uint,
    ) -> c_long {
        match entry::enter() {
            Some(_) => 0,
            None => next::mbind(addr, len, mode, nodes, max_node, flags),
        }
    }
}

/// Tells the kernel what goes, before it goes, as MMU notifiers do.
fn unmapping(addr: Address, len: size_t) {
    if let Some(face) = entry::enter() {
        devices::unmapping(&face, addr as u64, len as u64);
    }
}

/// # Safety
/// As for mmap(2).
unsafe fn map(fd: c_int, mapping: Mapping) -> Address {
    if mapping.flags & libc::MAP_FIXED != 0 {
        unmapping(mapping.addr, mapping.len);
    }
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
        None => {
            // SAFETY: by this function's own contract.
            let address = unsafe { next::mmap(addr, len, prot, flags, fd, offset) };
            if address != libc::MAP_FAILED && flags & libc::MAP_FIXED == 0 {
                // What was here before has gone: libc itself takes memory away without a call that is seen.
                unmapping(address, len);
            }
            address
        }
    }
}
