//! What the simulated kernel needs from the outside: the memory, descriptors and clocks of the calling process.
//! The preload face implements it over the real kernel; unit tests implement it over plain vectors.
#![forbid(unsafe_code)]

use super::{Errno, Listener, Place, SharedBuffer};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// An open file of the simulated kernel (a `struct file`, not a descriptor: dup and fork share it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u64);

/// Memory that the host made for the kernel: a memfd in the preload face. The number is the host's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backing(pub u64);

/// A file of the caller's that the kernel keeps. The number is the host's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeldFile(pub i32);

/// An SMI event stream. The number is the host's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamId(pub u64);

/// The clocks that `AMDKFD_IOC_GET_CLOCK_COUNTERS` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `ktime_get_raw_ns`, that is CLOCK_MONOTONIC_RAW.
    MonotonicRaw,
    /// `ktime_get_boottime_ns`, that is CLOCK_BOOTTIME.
    Boottime,
}

/// The calling process and its surroundings. All methods may be called from any thread at the same time.
pub trait Host: Send + Sync {
    /// Copies from the caller's memory. `EFAULT` when any byte cannot be read.
    fn read_user(&self, addr: u64, out: &mut [u8]) -> Result<(), Errno>;

    /// Copies to the caller's memory. `EFAULT` when any byte cannot be written.
    fn write_user(&self, addr: u64, data: &[u8]) -> Result<(), Errno>;

    /// Whether every page of the range is mapped in the caller's address space with read access, and with write
    /// access too when `write` (what `get_user_pages` would find).
    fn range_mapped(&self, addr: u64, bytes: u64, write: bool) -> bool;

    /// The caller's thread group id.
    fn process_id(&self) -> u32;

    /// The host's page size in bytes.
    fn page_size(&self) -> u64;

    /// A clock's value in nanoseconds.
    fn clock_ns(&self, clock: Clock) -> u64;

    /// Sleeps until `word` is no longer `seen`, or as long as `timeout` says; may wake early. `EINTR`: a signal came
    /// in between. By default there are no signals, and it looks every millisecond.
    fn sleep(&self, word: &AtomicU32, seen: u32, timeout: Option<Duration>) -> Result<(), Errno> {
        let until = timeout.map(|timeout| Instant::now() + timeout);
        while word.load(Ordering::SeqCst) == seen && until.is_none_or(|until| Instant::now() < until) {
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Wakes all that sleep on `word`, which was changed before.
    fn wake(&self, _word: &AtomicU32) {}

    /// Makes zero-filled shared memory of `bytes` bytes (sparse: nothing is committed until it is touched).
    fn create_backing(&self, bytes: u64) -> Result<Backing, Errno>;

    /// Gives memory back. Mappings of it that the process still has stay valid.
    fn release_backing(&self, backing: Backing);

    /// Reads from the memory, as the kernel and the GPU see it. The range lies inside it.
    fn read_backing(&self, backing: Backing, offset: u64, out: &mut [u8]);

    /// Writes to the memory, as the kernel and the GPU do. The range lies inside it.
    fn write_backing(&self, backing: Backing, offset: u64, data: &[u8]);

    /// The simulated file behind a descriptor. `None`: open, but not one of the simulated kernel's.
    /// `EBADF`: not open.
    fn file_behind(&self, fd: i32) -> Result<Option<FileId>, Errno>;

    /// Tells other processes of the machine how much memory this one has in use, and adds up what the others have
    /// told: words whose meaning is the kernel's, none where there is no other process.
    fn exchange_usage(&self, _mine: &[u64]) -> Vec<u64> {
        Vec::new()
    }

    /// This process holds memory that it shares with others, which all pay for together while any of them holds it: on
    /// a GPU node system memory, TTM memory, VRAM and VRAM in whole units, of which the first to hold it tells. From then
    /// on [`Host::exchange_usage`] adds them. Whether it does.
    fn hold_shared(&self, _place: &Place, _gpu: usize, _cost: [u64; 4]) -> bool {
        false
    }

    /// It holds such memory no longer.
    fn release_shared(&self, _place: &Place) {}

    /// Leaves a note with such memory, for all who hold it: at most 35 words.
    fn note(&self, _place: &Place, _words: &[u64]) {}

    /// The note, zeros when there is none; `None` when the memory is not held so.
    fn noted(&self, _place: &Place) -> Option<Vec<u64>> {
        None
    }

    /// Makes memory reachable for other processes, for good: its content stays when this process gives it back.
    /// `None` when the host has no way to that.
    fn share_backing(&self, _backing: Backing) -> Option<Place> {
        None
    }

    /// Memory that another process shared. `ENOENT` when there is none at the place.
    fn open_backing(&self, _place: &Place, _bytes: u64) -> Result<Backing, Errno> {
        Err(Errno::ENOENT)
    }

    /// Lets what the descriptor of a dma-buf stands for travel with it, to whatever process it is handed.
    fn describe(&self, _fd: i32, _buffer: &SharedBuffer) {}

    /// What stands behind the descriptor of a dma-buf that another process's kernel exported, or an earlier one of
    /// this process.
    fn shared_behind(&self, _fd: i32) -> Option<SharedBuffer> {
        None
    }

    /// Keeps the file behind a descriptor, whatever it is and whatever becomes of the descriptor (`fget`). `EBADF`:
    /// not open.
    fn hold_file(&self, _fd: i32) -> Result<HeldFile, Errno> {
        Err(Errno::EBADF)
    }

    /// Writes to a kept file (`kernel_write`); what it does not take is lost.
    fn write_file(&self, _file: HeldFile, _bytes: &[u8]) {}

    /// Lets go of a kept file (`fput`).
    fn drop_file(&self, _file: HeldFile) {}

    /// Whether the caller traces another process (`ptrace_parent`).
    fn traces(&self, _pid: u32) -> bool {
        false
    }

    /// Whether another process of the machine has opened /dev/kfd itself.
    fn uses_kfd(&self, _pid: u32) -> bool {
        false
    }

    /// Whether the caller has CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN.
    fn may_checkpoint(&self) -> bool {
        false
    }

    /// Whether the caller has CAP_SYS_ADMIN.
    fn is_admin(&self) -> bool {
        false
    }

    /// Whether an interrupt by which a GPU signals an event gets lost on its way.
    fn loses_interrupt(&self) -> bool {
        false
    }

    /// Makes a descriptor for an SMI event stream: what kernels put in can be read and waited for there (`EAGAIN` when
    /// there is nothing), and the mask that the client writes becomes the listener's. `EMFILE` when there is no
    /// descriptor left.
    fn open_stream(&self, _file: FileId, _listener: Listener) -> Result<i32, Errno> {
        Err(Errno::EMFILE)
    }

    /// All streams of the machine, also those of other processes.
    fn listeners(&self) -> Vec<(StreamId, Listener)> {
        Vec::new()
    }

    /// Puts bytes into a stream. What a client does not read in time is lost, whole messages at a time.
    fn stream_put(&self, _stream: StreamId, _message: &[u8]) {}

    /// Lets go of a stream whose descriptors are closed.
    fn close_stream(&self, _file: FileId) {}

    /// The caller's name as the kernel has it (`task_struct.comm`).
    fn command(&self) -> String {
        "client".to_owned()
    }

    /// Makes a new descriptor (close-on-exec when asked) for a file that an ioctl created: a dma-buf.
    /// `EMFILE` when the process has no descriptor left.
    fn install_fd(&self, file: FileId, cloexec: bool) -> Result<i32, Errno>;
}
