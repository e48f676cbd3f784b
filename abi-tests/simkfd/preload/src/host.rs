//! The calling process, as the simulated kernel sees it. Unsafe: it asks libc.

use crate::devices::{self, Kept};
use crate::entry;
use crate::files::File;
use crate::maps;
use crate::next;
use crate::process::Process;
use crate::shared;
use crate::user;
use libc::c_int;
use simkfd::contract::{
    Backing, Clock, Errno, FileId, FileKind, HeldFile, Host, Listener, Place, SharedBuffer, StreamId,
};
use std::ffi::{CStr, CString};
use std::ptr;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Makes an empty memfd.
pub fn memfd(name: &CStr, cloexec: bool) -> Result<c_int, Errno> {
    let flags = if cloexec { libc::MFD_CLOEXEC } else { 0 };
    // SAFETY: `name` is NUL-terminated.
    match unsafe { libc::memfd_create(name.as_ptr(), flags) } {
        -1 => Err(Errno(entry::errno())),
        fd => Ok(fd),
    }
}

/// Makes an empty memfd that can be neither read (`EBADF`) nor written (`EPERM`).
pub fn sealed(name: &CStr, cloexec: bool) -> Result<c_int, Errno> {
    // SAFETY: `name` is NUL-terminated.
    let fd = unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    if fd == -1 {
        return Err(Errno(entry::errno()));
    }
    let again = CString::new(format!("/proc/self/fd/{fd}")).map_err(|_| Errno::EINVAL)?;
    let flags = libc::O_WRONLY | if cloexec { libc::O_CLOEXEC } else { 0 };
    // SAFETY: a descriptor of our own, and a path that is NUL-terminated.
    let opened = unsafe {
        libc::fcntl(fd, libc::F_ADD_SEALS, libc::F_SEAL_WRITE | libc::F_SEAL_GROW);
        next::openat(libc::AT_FDCWD, again.as_ptr(), flags, 0)
    };
    let errno = entry::errno();
    devices::discard(fd);
    if opened == -1 { Err(Errno(errno)) } else { Ok(opened) }
}

const CAP_SYS_ADMIN: u64 = 1 << 21;
const CAP_CHECKPOINT_RESTORE: u64 = 1 << 40;

/// The calling thread's effective capabilities; none when they can not be told.
fn capabilities() -> u64 {
    /// `_LINUX_CAPABILITY_VERSION_3`, which has two words of each set.
    const VERSION: u32 = 0x2008_0522;
    // Of each word the effective, the permitted and the inheritable set. The zero asks for this thread's.
    let (header, mut words) = ([VERSION, 0], [[0u32; 3]; 2]);
    // SAFETY: structs of the size that the version asks for.
    let failed = unsafe { libc::syscall(libc::SYS_capget, header.as_ptr(), words.as_mut_ptr()) } != 0;
    if failed { 0 } else { u64::from(words[1][0]) << 32 | u64::from(words[0][0]) }
}

impl Host for Process {
    fn read_user(&self, addr: u64, out: &mut [u8]) -> Result<(), Errno> {
        user::read(addr, out)
    }

    fn write_user(&self, addr: u64, data: &[u8]) -> Result<(), Errno> {
        user::write(addr, data)
    }

    fn range_mapped(&self, addr: u64, bytes: u64, write: bool) -> bool {
        addr.checked_add(bytes).is_some_and(|end| maps::cover(addr, end, write))
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

    fn sleep(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) -> Result<(), Errno> {
        let timeout = timeout.map(|left| libc::timespec {
            tv_sec: left.as_secs() as libc::time_t,
            tv_nsec: left.subsec_nanos().into(),
        });
        let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
        let wait = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
        // SAFETY: the word and the timeout outlive the call. The client's signal handlers may run in it.
        let failed = entry::outside(|| unsafe {
            libc::syscall(libc::SYS_futex, word.as_ptr(), wait, seen, timeout) == -1
        });
        // Whether a handler wants calls to be restarted (SA_RESTART) is heeded by the host's kernel when there is no
        // timeout. When there is one, the call ends here, and the real one would go on.
        if failed && entry::errno() == libc::EINTR { Err(Errno::EINTR) } else { Ok(()) }
    }

    fn wake(&self, word: &AtomicU32) {
        let wake = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
        // SAFETY: the word's address is all that is used.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), wake, i32::MAX) };
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

    fn exchange_usage(&self, mine: &[u64]) -> Vec<u64> {
        let mut sums = self.usage.exchange(mine);
        self.objects.add_costs(&mut sums);
        sums
    }

    fn hold_shared(&self, place: &Place, gpu: usize, cost: [u64; 4]) -> bool {
        self.objects.hold(place, gpu, cost)
    }

    fn release_shared(&self, place: &Place) {
        self.objects.release(place);
    }

    fn note(&self, place: &Place, words: &[u64]) {
        self.objects.note(place, words);
    }

    fn noted(&self, place: &Place) -> Option<Vec<u64>> {
        self.objects.noted(place)
    }

    fn share_backing(&self, backing: Backing) -> Option<Place> {
        self.arena.share(backing)
    }

    fn open_backing(&self, place: &Place, bytes: u64) -> Result<Backing, Errno> {
        self.arena.open(place, bytes)
    }

    fn describe(&self, fd: i32, buffer: &SharedBuffer) {
        shared::describe(fd, buffer);
    }

    fn shared_behind(&self, fd: i32) -> Option<SharedBuffer> {
        shared::behind(fd)
    }

    fn file_behind(&self, fd: i32) -> Result<Option<FileId>, Errno> {
        match devices::file_of(self, fd) {
            Kept::NotOpen => Err(Errno::EBADF),
            Kept::File(_, File::Kernel { id, .. }) => Ok(Some(id)),
            Kept::File(..) | Kept::Foreign => Ok(None),
        }
    }

    fn hold_file(&self, fd: i32) -> Result<HeldFile, Errno> {
        // SAFETY: no memory is involved.
        match unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, devices::FIRST_OWN_DESCRIPTOR) } {
            -1 => Err(Errno(entry::errno())),
            held => Ok(HeldFile(held)),
        }
    }

    fn write_file(&self, file: HeldFile, bytes: &[u8]) {
        // SAFETY: the bytes are as long as they say.
        unsafe { libc::write(file.0, bytes.as_ptr().cast(), bytes.len()) };
    }

    fn drop_file(&self, file: HeldFile) {
        devices::discard(file.0);
    }

    fn traces(&self, pid: u32) -> bool {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        tracer.is_some_and(|tracer| tracer.trim() == self.process_id().to_string())
    }

    fn uses_kfd(&self, pid: u32) -> bool {
        devices::opened_by(self, pid, FileKind::Kfd)
    }

    fn may_checkpoint(&self) -> bool {
        capabilities() & (CAP_SYS_ADMIN | CAP_CHECKPOINT_RESTORE) != 0
    }

    fn is_admin(&self) -> bool {
        capabilities() & CAP_SYS_ADMIN != 0
    }

    fn loses_interrupt(&self) -> bool {
        entry::inside(|face| face.faults.loses_interrupt()).unwrap_or(false)
    }

    fn open_stream(&self, file: FileId, listener: Listener) -> Result<i32, Errno> {
        let fd = self.streams.open(file, listener)?;
        devices::enter(self, File::Kernel { id: file, kind: None }, fd)
    }

    fn listeners(&self) -> Vec<(StreamId, Listener)> {
        self.streams.listeners()
    }

    fn stream_put(&self, stream: StreamId, message: &[u8]) {
        self.streams.put(stream, message);
    }

    fn close_stream(&self, file: FileId) {
        self.streams.close(file);
    }

    fn command(&self) -> String {
        std::fs::read_to_string("/proc/self/comm").unwrap_or_default().trim_end().to_owned()
    }

    fn install_fd(&self, file: FileId, cloexec: bool) -> Result<i32, Errno> {
        devices::install(self, File::Kernel { id: file, kind: None }, c"simkfd", cloexec)
    }
}
