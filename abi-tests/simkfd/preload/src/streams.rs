//! SMI event streams: named pipes in the machine's tree, of which the client has a descriptor for reading and writing,
//! so that read, poll and epoll need no hook; write has one. A table that all processes map tells who listens to what,
//! so that each hears of the others. (The name is read as a pipe's, where the real file has none.)
//! Unsafe: pipes are made and used by libc calls; atomic access to the mapping.

use crate::arena::run_folder;
use crate::entry;
use crate::next;
use crate::usage::{is_alive, map_shared};
use libc::c_int;
use simkfd::contract::{Errno, FileId, Listener, StreamId};
use std::collections::HashMap;
use std::env;
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Streams that can be open on a machine at a time.
const SLOTS: usize = 64;
/// `KFD_MAX_KFIFO_SIZE`
const PIPE_BYTES: c_int = 8192;

/// The table. All zeros, as a new file is, means: nobody listens.
#[repr(C)]
struct Table {
    slots: [Slot; SLOTS],
}

#[repr(C)]
struct Slot {
    /// The process that has it, or 0.
    owner: AtomicU32,
    suser: AtomicU32,
    gpu: AtomicU64,
    events: AtomicU64,
}

/// This process's streams, and its way to all.
#[derive(Default)]
pub struct Streams {
    /// The slots of this process's own, by file.
    own: Mutex<HashMap<FileId, usize>>,
    table: OnceLock<&'static Table>,
}

impl Streams {
    /// Makes a stream; the client's descriptor, which survives exec (kfd_smi_event_open).
    pub fn open(&self, file: FileId, listener: Listener) -> Result<c_int, Errno> {
        let slot = self.table().claim(std::process::id(), listener).ok_or(Errno::ENOMEM)?;
        let opened = open_pipe(&path_of(std::process::id(), slot));
        match opened {
            Ok(_) => drop(self.own().insert(file, slot)),
            Err(_) => self.table().slots[slot].owner.store(0, Ordering::Release),
        }
        opened
    }

    /// All streams of living processes.
    pub fn listeners(&self) -> Vec<(StreamId, Listener)> {
        let slots = self.table().slots.iter().enumerate();
        slots.filter_map(|(i, slot)| Some((StreamId(i as u64), slot.listener()?))).collect()
    }

    /// Puts a message in, all of it or nothing.
    pub fn put(&self, stream: StreamId, message: &[u8]) {
        let slot = stream.0 as usize;
        let owner = self.table().slots[slot].owner.load(Ordering::Acquire);
        let Some(path) = c_path(&path_of(owner, slot)) else { return };
        // SAFETY: the path is NUL-terminated; the message, shorter than PIPE_BUF, is as long as it says.
        unsafe {
            let flags = libc::O_WRONLY | libc::O_NONBLOCK | libc::O_CLOEXEC;
            let pipe = next::openat(libc::AT_FDCWD, path.as_ptr(), flags, 0);
            if pipe != -1 {
                next::write(pipe, message.as_ptr().cast(), message.len());
                next::close(pipe);
            }
        }
    }

    /// A client writes to a stream: the mask, of which the kernel takes no more. `EFAULT` for less (`kfd_smi_ev_write`).
    /// `None`: the file is no stream.
    pub fn write(&self, file: FileId, bytes: &[u8]) -> Option<Result<usize, Errno>> {
        let slot = *self.own().get(&file)?;
        let Some(mask) = bytes.first_chunk() else { return Some(Err(Errno::EFAULT)) };
        self.table().slots[slot].events.store(u64::from_ne_bytes(*mask), Ordering::Release);
        Some(Ok(mask.len()))
    }

    /// Whether this process has any stream.
    pub fn any(&self) -> bool {
        !self.own().is_empty()
    }

    /// Gives a stream back.
    pub fn close(&self, file: FileId) {
        if let Some(slot) = self.own().remove(&file) {
            let _ = std::fs::remove_file(path_of(std::process::id(), slot));
            self.table().slots[slot].owner.store(0, Ordering::Release);
        }
    }

    fn own(&self) -> MutexGuard<'_, HashMap<FileId, usize>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine's table, or one of this process's own when the tree cannot be written.
    fn table(&self) -> &'static Table {
        self.table.get_or_init(|| {
            // SAFETY: the table consists of atomics, for which every bit pattern is a value, zeros among them.
            unsafe { map_shared("streams").unwrap_or_else(|| Box::leak(Box::new(std::mem::zeroed()))) }
        })
    }
}

impl Table {
    fn claim(&self, pid: u32, listener: Listener) -> Option<usize> {
        let found = self.slots.iter().position(|slot| {
            let seen = slot.owner.load(Ordering::Acquire);
            let free = seen == 0 || !is_alive(seen);
            free && slot.owner.compare_exchange(seen, pid, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        })?;
        let slot = &self.slots[found];
        slot.events.store(listener.events, Ordering::Release);
        slot.gpu.store(listener.gpu as u64, Ordering::Release);
        slot.suser.store(listener.suser.into(), Ordering::Release);
        Some(found)
    }
}

impl Slot {
    fn listener(&self) -> Option<Listener> {
        let pid = self.owner.load(Ordering::Acquire);
        (pid != 0 && is_alive(pid)).then(|| Listener {
            gpu: self.gpu.load(Ordering::Acquire) as usize,
            pid,
            suser: self.suser.load(Ordering::Acquire) != 0,
            events: self.events.load(Ordering::Acquire),
        })
    }
}

/// Where the stream of a slot is. What a killed process left under the name is replaced.
fn path_of(owner: u32, slot: usize) -> PathBuf {
    run_folder().unwrap_or_else(env::temp_dir).join(format!("smi-{owner}-{slot}"))
}

fn c_path(path: &std::path::Path) -> Option<CString> {
    CString::new(path.as_os_str().as_bytes()).ok()
}

fn open_pipe(path: &std::path::Path) -> Result<c_int, Errno> {
    let _ = std::fs::remove_file(path);
    let path = c_path(path).ok_or(Errno::EINVAL)?;
    // SAFETY: the path is NUL-terminated, the descriptor our own.
    unsafe {
        if libc::mkfifo(path.as_ptr(), 0o600) != 0 {
            return Err(Errno(entry::errno()));
        }
        match next::openat(libc::AT_FDCWD, path.as_ptr(), libc::O_RDWR | libc::O_NONBLOCK, 0) {
            -1 => {
                let errno = entry::errno();
                libc::unlink(path.as_ptr());
                Err(Errno(errno))
            }
            pipe => {
                libc::fcntl(pipe, libc::F_SETPIPE_SZ, PIPE_BYTES);
                Ok(pipe)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_live_listen_with_the_mask_that_they_wrote() {
        // SAFETY: all zeros is a valid table.
        let table: &'static Table = Box::leak(Box::new(unsafe { std::mem::zeroed() }));
        let streams = Streams::default();
        assert!(streams.table.set(table).is_ok());
        let own = Listener { gpu: 1, pid: std::process::id(), suser: true, events: 0 };
        streams.own().insert(FileId(7), table.claim(own.pid, own).expect("room"));
        // Process 1 is always there; no pid is this large.
        for pid in [1, u32::MAX >> 1] {
            table.claim(pid, Listener { gpu: 0, pid, suser: false, events: 3 });
        }
        assert_eq!(streams.write(FileId(7), &[1; 7]), Some(Err(Errno::EFAULT)));
        assert_eq!(streams.write(FileId(8), &[1; 8]), None);
        assert_eq!(streams.write(FileId(7), &[1; 9]), Some(Ok(8)));
        let heard: Vec<Listener> = streams.listeners().into_iter().map(|(_, listener)| listener).collect();
        let other = Listener { gpu: 0, pid: 1, suser: false, events: 3 };
        assert_eq!(heard, [Listener { events: 0x0101_0101_0101_0101, ..own }, other]);
        streams.close(FileId(7));
        assert_eq!(streams.listeners().len(), 1);
    }
}
