//! The real kernel.
//!
//! System calls go through libc's symbols, never by instruction, so that a preloaded library sees each.

use super::{Advice, Attached, Backing, Errno, Fd, Kernel, Place};
use crate::uapi::Request;
use nix::NixPath as _;
use std::{
    ffi::{CStr, CString, c_int, c_long, c_ulong, c_void},
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt,
    path::Path,
    ptr,
    sync::OnceLock,
};

/// Linux, through libc.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linux;

/// Larger than any file read here: sysfs gives a page, `/proc/cpuinfo` a few hundred bytes a CPU.
const READ_LIMIT: usize = 4 << 20;
/// A page of the common kind, so that one reading and one for the end do for a file of sysfs.
const READ_CHUNK: usize = 4 << 10;

fn open(path: &Path, flags: c_int) -> Result<Fd, Errno> {
    // SAFETY: the path is a C string that outlives the call.
    let open = |path: &CStr| unsafe { libc::open(path.as_ptr(), flags | libc::O_CLOEXEC) };
    loop {
        match Errno::result(path.with_nix_path(open)?) {
            Ok(fd) => return Ok(Fd(fd)),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

fn close(fd: Fd) {
    // SAFETY: closing is memory-safe whatever the number; the caller owns it.
    unsafe { libc::close(fd.0) };
}

fn read_all(fd: Fd) -> Result<Vec<u8>, Errno> {
    let mut content = Vec::with_capacity(READ_CHUNK);
    loop {
        if content.len() == content.capacity() {
            content.reserve(READ_CHUNK);
        }
        let room: &mut [MaybeUninit<u8>] = content.spare_capacity_mut();
        // SAFETY: the kernel writes at most the length of the room into it.
        let count = unsafe { libc::read(fd.0, room.as_mut_ptr().cast(), room.len()) };
        let count = match Errno::result(count) {
            Ok(count) => usize::try_from(count).unwrap_or(0),
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno),
        };
        // SAFETY: the kernel has written `count` bytes behind the content.
        unsafe { content.set_len(content.len() + count) };
        if count == 0 {
            return Ok(content);
        }
        if content.len() > READ_LIMIT {
            return Err(Errno::EFBIG);
        }
    }
}

fn address(address: u64) -> *mut c_void {
    ptr::without_provenance_mut(address as usize)
}

fn length(length: u64) -> Result<usize, Errno> {
    usize::try_from(length).map_err(|_| Errno::ENOMEM)
}

/// Protection, flags, descriptor and offset of a backing.
fn mmap_arguments(backing: Backing) -> (c_int, c_int, c_int, u64) {
    const READ_WRITE: c_int = libc::PROT_READ | libc::PROT_WRITE;
    match backing {
        Backing::Reserved => {
            (libc::PROT_NONE, libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_PRIVATE, -1, 0)
        }
        Backing::Anonymous => (READ_WRITE, libc::MAP_ANONYMOUS | libc::MAP_PRIVATE, -1, 0),
        Backing::Sparse => (READ_WRITE, libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_PRIVATE, -1, 0),
        Backing::ReadOnlyDevice { fd, offset } => (libc::PROT_READ, libc::MAP_SHARED, fd.0, offset),
        Backing::Device { fd, offset } => (READ_WRITE, libc::MAP_SHARED, fd.0, offset),
        Backing::HiddenDevice { fd, offset } => (libc::PROT_NONE, libc::MAP_SHARED, fd.0, offset),
    }
}

impl Kernel for Linux {
    fn open(&self, path: &Path) -> Result<Fd, Errno> {
        open(path, libc::O_RDWR)
    }

    fn close(&self, fd: Fd) {
        close(fd);
    }

    fn ioctl(
        &self,
        fd: Fd,
        request: Request,
        argument: &mut [u8],
        attached: &mut [Attached<'_>],
    ) -> Result<i32, Errno> {
        if argument.len() < request.size() {
            return Err(Errno::EFAULT);
        }
        for buffer in attached {
            let pointer = buffer.bytes.as_mut_ptr() as u64;
            let field = buffer.pointer_at..buffer.pointer_at + size_of::<u64>();
            argument.get_mut(field).ok_or(Errno::EFAULT)?.copy_from_slice(&pointer.to_ne_bytes());
        }
        loop {
            // SAFETY: the kernel reads and writes at most `request.size()` bytes of the argument, checked above, and
            // what its pointers show, which the caller borrows for the call.
            let result = unsafe { libc::ioctl(fd.0, request.0 as _, argument.as_mut_ptr()) };
            match Errno::result(result) {
                Ok(answer) => return Ok(answer),
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    fn map(&self, place: Place, bytes: u64, backing: Backing) -> Result<u64, Errno> {
        let (protection, flags, fd, offset) = mmap_arguments(backing);
        let (at, fixed) = match place {
            Place::Anywhere => (0, 0),
            Place::Hint(at) => (at, 0),
            Place::Free(at) => (at, libc::MAP_FIXED_NOREPLACE),
            Place::Fixed(at) => (at, libc::MAP_FIXED),
        };
        // SAFETY: a mapping replaces nothing, unless MAP_FIXED says so; then the caller reserved the range.
        let mapped = unsafe {
            libc::mmap64(address(at), length(bytes)?, protection, flags | fixed, fd, offset as i64)
        };
        if mapped == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let mapped = mapped as u64;
        // Kernels before 4.17 take MAP_FIXED_NOREPLACE for a hint.
        if matches!(place, Place::Free(_)) && mapped != at {
            self.unmap(mapped, bytes)?;
            return Err(Errno::EEXIST);
        }
        Ok(mapped)
    }

    fn unmap(&self, at: u64, bytes: u64) -> Result<(), Errno> {
        // SAFETY: the caller mapped the range and gives it up.
        Errno::result(unsafe { libc::munmap(address(at), length(bytes)?) }).map(drop)
    }

    fn advise(&self, at: u64, bytes: u64, advice: Advice) -> Result<(), Errno> {
        let advice = match advice {
            Advice::DontFork => libc::MADV_DONTFORK,
            Advice::HugePages => libc::MADV_HUGEPAGE,
        };
        // SAFETY: neither advice changes what this process reads.
        Errno::result(unsafe { libc::madvise(address(at), length(bytes)?, advice) }).map(drop)
    }

    fn bind(&self, at: u64, bytes: u64, numa_node: u32, strictly: bool) -> Result<(), Errno> {
        const WORD: u32 = c_ulong::BITS;
        let mut mask = [0 as c_ulong; 16];
        let word = mask.get_mut((numa_node / WORD) as usize).ok_or(Errno::EINVAL)?;
        *word = 1 << (numa_node % WORD);
        let mode = if strictly { libc::MPOL_BIND } else { libc::MPOL_PREFERRED };
        // The kernel looks at one bit less than it is told (`get_nodes` in mm/mempolicy.c).
        let bits = c_ulong::from(mask.len() as u32 * WORD) + 1;
        // SAFETY: mbind reads the mask and changes only where untouched pages will come from.
        let result = unsafe {
            libc::syscall(
                libc::SYS_mbind,
                address(at),
                length(bytes)?,
                c_long::from(mode),
                mask.as_ptr(),
                bits,
                0 as c_ulong,
            )
        };
        Errno::result(result).map(drop)
    }

    fn store(&self, at: u64, words: &[u64]) {
        let first: *mut u64 = address(at).cast();
        for (index, word) in words.iter().enumerate() {
            // SAFETY: the caller mapped the range writable and page-aligned; volatile, because a device may look on.
            unsafe { first.add(index).write_volatile(*word) };
        }
    }

    fn touch(&self, at: u64, bytes: u64) {
        for page in (at..at.saturating_add(bytes)).step_by(self.page_size() as usize) {
            // SAFETY: the user says that the memory is there; that it may fault is the purpose (HSA_CHECK_USERPTR).
            unsafe { address(page).cast::<u8>().read_volatile() };
        }
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, Errno> {
        let fd = open(path, libc::O_RDONLY)?;
        let content = read_all(fd);
        close(fd);
        content
    }

    fn list(&self, path: &Path) -> Result<Vec<String>, Errno> {
        let path = CString::new(path.as_os_str().as_bytes()).map_err(|_| Errno::EINVAL)?;
        // SAFETY: the path is a C string that outlives the call.
        let directory = unsafe { libc::opendir(path.as_ptr()) };
        if directory.is_null() {
            return Err(Errno::last());
        }
        let mut names = Vec::new();
        loop {
            // SAFETY: the stream is open and used by this thread alone.
            let entry = unsafe { libc::readdir64(directory) };
            if entry.is_null() {
                break;
            }
            // SAFETY: the entry is valid until the next readdir, and its name ends with NUL.
            let name = unsafe { CStr::from_ptr((&raw const (*entry).d_name).cast()) };
            if let Ok(name) = name.to_str() {
                names.push(name.to_owned());
            }
        }
        // SAFETY: opened above, not used again.
        unsafe { libc::closedir(directory) };
        names.retain(|name| name != "." && name != "..");
        Ok(names)
    }

    fn page_size(&self) -> u64 {
        static SIZE: OnceLock<u64> = OnceLock::new();
        *SIZE.get_or_init(|| {
            // SAFETY: takes a number and returns one.
            let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
            u64::try_from(size).unwrap_or(4096)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs::File, os::unix::fs::FileExt};

    #[test]
    #[cfg_attr(miri, ignore = "Miri maps no inaccessible memory")]
    fn memory_is_reserved_filled_and_given_back() {
        let page = Linux.page_size();
        let start = Linux.map(Place::Anywhere, 4 * page, Backing::Reserved).unwrap();
        assert_eq!(Linux.map(Place::Free(start), page, Backing::Anonymous), Err(Errno::EEXIST));
        assert_eq!(Linux.map(Place::Fixed(start), page, Backing::Anonymous), Ok(start));
        Linux.store(start, &[7, 8]);
        Linux.touch(start, page);
        let mut seen = [0; 16];
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut seen, start).unwrap();
        assert_eq!(seen, bytes_of_words(7, 8));
        assert_eq!(Linux.advise(start, page, Advice::DontFork), Ok(()));
        assert_eq!(Linux.advise(start + 1, page, Advice::DontFork), Err(Errno::EINVAL));
        assert_eq!(Linux.unmap(start, 4 * page), Ok(()));
        assert_eq!(Linux.bind(start, page, 1024, true), Err(Errno::EINVAL), "no such NUMA node");
        assert_eq!(Linux.map(Place::Anywhere, 1 << 60, Backing::Reserved), Err(Errno::ENOMEM));
    }

    fn bytes_of_words(first: u64, second: u64) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&first.to_ne_bytes());
        bytes[8..].copy_from_slice(&second.to_ne_bytes());
        bytes
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no devices")]
    fn files_that_are_not_there_or_no_devices_are_told() {
        let missing = Path::new("/proc/self/no such file");
        assert_eq!(Linux.open(missing), Err(Errno::ENOENT));
        assert_eq!(Linux.read(missing), Err(Errno::ENOENT));
        assert_eq!(Linux.list(missing), Err(Errno::ENOENT));
        assert_eq!(Linux.read(Path::new("/proc/self")), Err(Errno::EISDIR));
        assert!(Linux.list(Path::new("/proc/self")).unwrap().contains(&"maps".to_owned()));
        let null = Linux.open(Path::new("/dev/null")).unwrap();
        let request = Request::new(crate::uapi::Direction::Iowr, b'K', 1, 8);
        assert_eq!(Linux.ioctl(null, request, &mut [0; 4], &mut []), Err(Errno::EFAULT));
        assert_eq!(Linux.ioctl(null, request, &mut [0; 8], &mut []), Err(Errno::ENOTTY));
        Linux.close(null);
    }
}
