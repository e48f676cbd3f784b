//! SMI event streams: pairs of connected sockets, of which the client has one end and the kernel the other, so that
//! read, poll and epoll need no hook. (Unlike the real file, a stream can also be waited for to be written to.)
//! Unsafe: the sockets are made and used by libc calls.

use crate::devices;
use crate::entry;
use libc::c_int;
use simkfd::contract::{Errno, FileId};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The kernel's ends, by file.
#[derive(Default)]
pub struct Streams {
    ends: Mutex<HashMap<FileId, c_int>>,
}

impl Streams {
    /// Makes a stream; the client's end.
    pub fn open(&self, file: FileId) -> Result<c_int, Errno> {
        let mut ends = [-1; 2];
        // The kernel gives a descriptor that survives exec (kfd_smi_event_open), and its own end is moved.
        let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK;
        // SAFETY: there is room for two descriptors.
        if unsafe { libc::socketpair(libc::AF_UNIX, kind, 0, ends.as_mut_ptr()) } != 0 {
            return Err(Errno(entry::errno()));
        }
        let [kernels, clients] = ends;
        self.ends().insert(file, devices::out_of_the_way(kernels));
        Ok(clients)
    }

    /// How many bytes a write to a stream takes: the mask. `EFAULT` for fewer (`kfd_smi_ev_write`).
    pub fn accepted(bytes: usize) -> Result<usize, Errno> {
        let mask = size_of::<u64>();
        if bytes < mask { Err(Errno::EFAULT) } else { Ok(mask) }
    }

    /// Whether a file is a stream.
    pub fn has(&self, file: FileId) -> bool {
        self.ends().contains_key(&file)
    }

    /// Whether there is any stream.
    pub fn any(&self) -> bool {
        !self.ends().is_empty()
    }

    /// Puts a message in.
    pub fn put(&self, file: FileId, message: &[u8]) {
        if let Some(end) = self.ends().get(&file) {
            // SAFETY: the message is as long as it says.
            unsafe { libc::send(*end, message.as_ptr().cast(), message.len(), libc::MSG_NOSIGNAL) };
        }
    }

    /// Takes what the client wrote.
    pub fn take(&self, file: FileId) -> Vec<u8> {
        let Some(end) = self.ends().get(&file).copied() else { return Vec::new() };
        let mut bytes = vec![0; 4096];
        // SAFETY: there is room for so many bytes.
        let length = unsafe { libc::recv(end, bytes.as_mut_ptr().cast(), bytes.len(), 0) };
        bytes.truncate(usize::try_from(length).unwrap_or(0));
        bytes
    }

    /// Closes the kernel's end.
    pub fn close(&self, file: FileId) {
        if let Some(end) = self.ends().remove(&file) {
            devices::discard(end);
        }
    }

    fn ends(&self) -> MutexGuard<'_, HashMap<FileId, c_int>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
