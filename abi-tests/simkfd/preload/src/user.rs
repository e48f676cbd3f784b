//! The client's memory, as copy_from_user and copy_to_user of the kernel's linux/uaccess.h see it: a bad pointer is EFAULT
//! and no fault. Unsafe: it hands addresses of the client's to system calls.
//!
//! By process_vm_readv and process_vm_writev on itself. qemu-user has neither, but refuses bad pointers of other calls as
//! the kernel does: there a file carries the bytes.

use crate::devices;
use crate::entry;
use crate::host;
use libc::{c_void, iovec};
use simkfd::contract::Errno;
use std::ptr;

/// Copies from the client's memory.
pub fn read(addr: u64, out: &mut [u8]) -> Result<(), Errno> {
    let client = iovec { iov_base: ptr::with_exposed_provenance_mut(addr as usize), iov_len: out.len() };
    let ours = iovec { iov_base: out.as_mut_ptr().cast(), iov_len: out.len() };
    // SAFETY: `ours` is `out`; the kernel checks the client's.
    let copied = unsafe { libc::process_vm_readv(libc::getpid(), &ours, 1, &client, 1, 0) };
    if copied == -1 && entry::errno() == libc::ENOSYS {
        // SAFETY: likewise.
        return unsafe { through_a_file(client.iov_base, ours.iov_base, out.len()) };
    }
    if copied == out.len() as isize { Ok(()) } else { Err(Errno::EFAULT) }
}

/// Copies to the client's memory.
pub fn write(addr: u64, data: &[u8]) -> Result<(), Errno> {
    let client = iovec { iov_base: ptr::with_exposed_provenance_mut(addr as usize), iov_len: data.len() };
    let ours = iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
    // SAFETY: `ours` is `data`, which is only read; the kernel checks the client's.
    let copied = unsafe { libc::process_vm_writev(libc::getpid(), &ours, 1, &client, 1, 0) };
    if copied == -1 && entry::errno() == libc::ENOSYS {
        // SAFETY: likewise.
        return unsafe { through_a_file(ours.iov_base, client.iov_base, data.len()) };
    }
    if copied == data.len() as isize { Ok(()) } else { Err(Errno::EFAULT) }
}

/// # Safety
/// What of the two is not the client's is memory of ours with so many bytes, and what is written there is not borrowed.
unsafe fn through_a_file(from: *const c_void, to: *mut c_void, bytes: usize) -> Result<(), Errno> {
    let file = host::memfd(c"client", true)?;
    // SAFETY: the caller's promise; pwrite and pread check addresses of the client's.
    let copied = unsafe {
        libc::pwrite(file, from, bytes, 0) == bytes as isize
            && libc::pread(file, to, bytes, 0) == bytes as isize
    };
    devices::discard(file);
    if copied { Ok(()) } else { Err(Errno::EFAULT) }
}
