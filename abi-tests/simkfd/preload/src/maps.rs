//! What the process has mapped: /proc/self/maps, asked for one address at a time (PROCMAP_QUERY, Linux 6.11), or read
//! as a whole where the kernel is older. Unsafe: a descriptor and an ioctl by libc calls.

use crate::{devices, entry, next};
use libc::{c_int, c_ulong};
use simkfd::uapi::ioc::{self, Direction};
use std::fs;

/// `struct procmap_query` of linux/fs.h.
#[repr(C)]
#[derive(Default)]
struct Query {
    size: u64,
    query_flags: u64,
    query_addr: u64,
    vma_start: u64,
    vma_end: u64,
    vma_flags: u64,
    vma_page_size: u64,
    vma_offset: u64,
    inode: u64,
    dev_major: u32,
    dev_minor: u32,
    vma_name_size: u32,
    build_id_size: u32,
    vma_name_addr: u64,
    build_id_addr: u64,
}

/// `PROCMAP_QUERY`
const PROCMAP_QUERY: u32 = ioc::request(Direction::ReadWrite, b'f', 17, size_of::<Query>());
/// `PROCMAP_QUERY_VMA_READABLE`
const READABLE: u64 = 1;
/// `PROCMAP_QUERY_VMA_WRITABLE`
const WRITABLE: u64 = 2;

/// Whether all from `addr` up to `end` can be read, and written too when `write`.
pub fn cover(addr: u64, end: u64, write: bool) -> bool {
    // SAFETY: the path is NUL-terminated.
    let fd = unsafe {
        next::openat(libc::AT_FDCWD, c"/proc/self/maps".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC, 0)
    };
    let mut reached = addr;
    let told = loop {
        if reached >= end {
            break Some(true);
        }
        match mapping_at(fd, reached, write) {
            Ok(last) => reached = last,
            Err(libc::ENOENT) => break Some(false),
            Err(_) => break None,
        }
    };
    devices::discard(fd);
    told.unwrap_or_else(|| {
        covered_by(&fs::read_to_string("/proc/self/maps").unwrap_or_default(), addr, end, write)
    })
}

/// The end of the mapping that covers an address. `ENOENT`: there is none that lets it be read or written.
fn mapping_at(fd: c_int, addr: u64, write: bool) -> Result<u64, c_int> {
    let query_flags = READABLE | if write { WRITABLE } else { 0 };
    let mut query =
        Query { size: size_of::<Query>() as u64, query_flags, query_addr: addr, ..Query::default() };
    // SAFETY: the query is as long as it says, and asks for no name.
    match unsafe { libc::syscall(libc::SYS_ioctl, fd, c_ulong::from(PROCMAP_QUERY), &raw mut query) } {
        0 => Ok(query.vma_end),
        _ => Err(entry::errno()),
    }
}

/// The same by the file's text.
fn covered_by(maps: &str, addr: u64, end: u64, write: bool) -> bool {
    let mut reached = addr;
    for (first, last, readable, writable) in maps.lines().filter_map(mapping) {
        if reached < end && first <= reached && reached < last && readable && (writable || !write) {
            reached = last;
        }
    }
    reached >= end
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
    use super::*;
    use std::ptr;

    #[test]
    fn a_line_of_maps_is_taken_apart() {
        let line = "7f0000000000-7f0000002000 r--p 00000000 00:00 0   /x";
        assert_eq!(mapping(line), Some((0x7f00_0000_0000, 0x7f00_0000_2000, true, false)));
        assert_eq!(mapping("garbage"), None);
    }

    #[test]
    fn both_ways_agree_on_pages_that_can_be_written_read_or_neither() {
        // SAFETY: no precondition.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let both = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: new memory, of which two pages are then protected.
        let start = unsafe {
            let start = libc::mmap(ptr::null_mut(), 3 * page, both, flags, -1, 0);
            libc::mprotect(start.byte_add(page), page, libc::PROT_READ);
            libc::mprotect(start.byte_add(2 * page), page, libc::PROT_NONE);
            start as u64
        };
        let text = fs::read_to_string("/proc/self/maps").unwrap();
        let expected = [(1, true, true), (2, true, false), (3, false, false)];
        for (pages, read, write) in expected {
            let end = start + pages * page as u64;
            for (writing, answer) in [(false, read), (true, write)] {
                assert_eq!(cover(start, end, writing), answer, "{pages} pages");
                assert_eq!(covered_by(&text, start, end, writing), answer, "{pages} pages");
            }
        }
    }
}
