//! The calling process, as the simulated kernel sees it. Unsafe: it reads and writes the client's memory, by
//! process_vm_readv and process_vm_writev on itself, for which a bad pointer is EFAULT and no fault.

use crate::devices::{self, Kept};
use crate::entry;
use crate::files::File;
use crate::next;
use crate::process::Process;
use libc::{c_int, c_void, iovec};
use simkfd::contract::{Backing, Clock, Errno, FileId, Host};
use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Our own descriptors stay clear of those that the client counts on getting.
const FIRST_OWN_DESCRIPTOR: c_int = 512;

/// The largest page size that Linux uses, so that every backing can be mapped.
const ALIGNMENT: u64 = 64 << 10;

/// All memory that a process's kernel hands out: windows of one sparse memfd, so that a thousand allocations take no
/// thousand descriptors. Offsets are never used twice; memory that is given back reads as zero through mappings
/// that outlive it, where the real kernel would keep its content.
#[derive(Default)]
pub struct Arena {
    windows: Mutex<Windows>,
}

#[derive(Default)]
struct Windows {
    fd: Option<c_int>,
    end: u64,
    sizes: HashMap<Backing, u64>,
}

impl Arena {
    /// The descriptor to map a backing by, and the backing's offset in it.
    pub fn locate(&self, backing: Backing) -> Option<(c_int, u64)> {
        let windows = self.windows();
        windows.sizes.contains_key(&backing).then_some(())?;
        Some((windows.fd?, backing.0))
    }

    fn create(&self, bytes: u64) -> Result<Backing, Errno> {
        let mut windows = self.windows();
        let fd = windows.descriptor()?;
        let backing = Backing(windows.end);
        let end = bytes.checked_next_multiple_of(ALIGNMENT).and_then(|size| size.checked_add(windows.end));
        let end = end.filter(|&end| i64::try_from(end).is_ok()).ok_or(Errno::ENOMEM)?;
        // SAFETY: a descriptor of our own and a number.
        if unsafe { libc::ftruncate(fd, end as i64) } != 0 {
            return Err(Errno::ENOMEM);
        }
        windows.end = end;
        windows.sizes.insert(backing, bytes);
        Ok(backing)
    }

    fn release(&self, backing: Backing) {
        let mut windows = self.windows();
        if let (Some(bytes), Some(fd)) = (windows.sizes.remove(&backing), windows.fd) {
            let punch = libc::FALLOC_FL_PUNCH_HOLE | libc::FALLOC_FL_KEEP_SIZE;
            // SAFETY: a descriptor of our own and numbers. If it fails, memory stays in use until exit.
            unsafe { libc::fallocate(fd, punch, backing.0 as i64, bytes as i64) };
        }
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Windows {
    fn descriptor(&mut self) -> Result<c_int, Errno> {
        if self.fd.is_none() {
            self.fd = Some(out_of_the_way(memfd(c"simkfd-memory", true)?));
        }
        self.fd.ok_or(Errno::ENOMEM)
    }
}

/// Makes an empty memfd.
pub fn memfd(name: &CStr, cloexec: bool) -> Result<c_int, Errno> {
    let flags = if cloexec { libc::MFD_CLOEXEC } else { 0 };
    // SAFETY: `name` is NUL-terminated.
    match unsafe { libc::memfd_create(name.as_ptr(), flags) } {
        -1 => Err(Errno(entry::errno())),
        fd => Ok(fd),
    }
}

/// Moves a descriptor of our own up; where the limit does not allow it, it stays.
fn out_of_the_way(fd: c_int) -> c_int {
    // SAFETY: a descriptor of our own, which nobody else knows yet.
    match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, FIRST_OWN_DESCRIPTOR) } {
        -1 => fd,
        moved => {
            devices::discard(fd);
            moved
        }
    }
}

impl Host for Process {
    fn read_user(&self, addr: u64, out: &mut [u8]) -> Result<(), Errno> {
        let local = iovec { iov_base: out.as_mut_ptr().cast(), iov_len: out.len() };
        let remote = iovec { iov_base: addr as *mut c_void, iov_len: out.len() };
        // SAFETY: `local` is `out`; the kernel checks `remote`.
        let copied = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
        if copied == out.len() as isize { Ok(()) } else { Err(Errno::EFAULT) }
    }

    fn write_user(&self, addr: u64, data: &[u8]) -> Result<(), Errno> {
        let local = iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: data.len() };
        let remote = iovec { iov_base: addr as *mut c_void, iov_len: data.len() };
        // SAFETY: `local` is `data`, which is only read; the kernel checks `remote`.
        let copied = unsafe { libc::process_vm_writev(libc::getpid(), &local, 1, &remote, 1, 0) };
        if copied == data.len() as isize { Ok(()) } else { Err(Errno::EFAULT) }
    }

    fn range_mapped(&self, addr: u64, bytes: u64, write: bool) -> bool {
        let Some(end) = addr.checked_add(bytes) else { return false };
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let mut reached = addr;
        for (first, last, readable, writable) in maps.lines().filter_map(mapping) {
            if reached < end && first <= reached && reached < last && readable && (writable || !write) {
                reached = last;
            }
        }
        reached >= end
    }

    fn process_id(&self) -> u32 {
        std::process::id()
    }

    fn page_size(&self) -> u64 {
        // SAFETY: no precondition.
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) as u64 }
    }

    fn clock_ns(&self, clock: Clock) -> u64 {
        let clock = match clock {
            Clock::MonotonicRaw => libc::CLOCK_MONOTONIC_RAW,
            Clock::Boottime => libc::CLOCK_BOOTTIME,
        };
        let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `now` is a timespec of our own.
        unsafe { libc::clock_gettime(clock, &mut now) };
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }

    fn create_backing(&self, bytes: u64) -> Result<Backing, Errno> {
        self.arena.create(bytes)
    }

    fn release_backing(&self, backing: Backing) {
        self.arena.release(backing);
    }

    fn read_backing(&self, backing: Backing, offset: u64, out: &mut [u8]) {
        let Some((fd, start)) = self.arena.locate(backing) else { return };
        // SAFETY: `out` has room for its length. The arena is as long as its last window, so nothing is cut short.
        unsafe { next::pread(fd, out.as_mut_ptr().cast(), out.len(), (start + offset) as i64) };
    }

    fn write_backing(&self, backing: Backing, offset: u64, data: &[u8]) {
        let Some((fd, start)) = self.arena.locate(backing) else { return };
        // SAFETY: `data` is as long as it says. The caller keeps within the window.
        unsafe { libc::pwrite(fd, data.as_ptr().cast(), data.len(), (start + offset) as i64) };
    }

    fn file_behind(&self, fd: i32) -> Result<Option<FileId>, Errno> {
        match devices::file_of(self, fd) {
            Kept::NotOpen => Err(Errno::EBADF),
            Kept::File(_, File::Kernel { id, .. }) => Ok(Some(id)),
            Kept::File(..) | Kept::Foreign => Ok(None),
        }
    }

    fn install_fd(&self, file: FileId, cloexec: bool) -> Result<i32, Errno> {
        devices::install(self, File::Kernel { id: file, kind: None }, c"simkfd", cloexec)
    }
}

/// A line of /proc/self/maps: first and last address, readable, writable.
fn mapping(line: &str) -> Option<(u64, u64, bool, bool)> {
    let (range, rest) = line.split_once(' ')?;
    let (first, last) = range.split_once('-')?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    Some((number(first)?, number(last)?, rest.starts_with('r'), rest.as_bytes().get(1) == Some(&b'w')))
}

#[cfg(test)]
mod tests {
    use super::mapping;

    #[test]
    fn a_line_of_maps_is_taken_apart() {
        let line = "7f0000000000-7f0000002000 r--p 00000000 00:00 0   /x";
        assert_eq!(mapping(line), Some((0x7f00_0000_0000, 0x7f00_0000_2000, true, false)));
        assert_eq!(mapping("garbage"), None);
    }
}
