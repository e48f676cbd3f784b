//! One ioctl in service: the machine, the locked state, the caller. The helpers are the look-ups that nearly every
//! handler of amdkfd begins with. Touches nothing but memory.
#![forbid(unsafe_code)]

use parking_lot::MutexGuard;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::process::{Process, ProcessId};
use super::state::State;
use super::{Errno, FileId, Host};
use crate::topology::{Gpu, Machine};
use crate::uapi::layout::{Layout, Plain};

/// What a handler works with.
pub(crate) struct Call<'a> {
    pub machine: &'a Machine,
    pub host: &'a dyn Host,
    pub state: MutexGuard<'a, State>,
    /// Counts how often an event may have changed; sleepers watch it.
    pub changes: &'a AtomicU32,
    pub file: FileId,
    pub process: ProcessId,
}

impl<'a> Call<'a> {
    /// Lets those look again who wait for events.
    pub fn wake(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.host.wake(self.changes);
    }

    /// Lets go of the state until an event may have changed or the time is over. `EINTR`: a signal came first.
    pub fn sleep(&mut self, timeout: Option<Duration>) -> Result<(), Errno> {
        let (host, changes) = (self.host, self.changes);
        let seen = changes.load(Ordering::SeqCst);
        MutexGuard::unlocked(&mut self.state, || host.sleep(changes, seen, timeout))
    }

    /// The calling process.
    pub fn process(&mut self) -> &mut Process {
        self.state.processes.get_mut(&self.process).expect("a file's process lives as long as the file")
    }

    /// The device of the calling process with a KFD id; `EINVAL` when it has none such.
    pub fn device(&mut self, gpu_id: u32) -> Result<usize, Errno> {
        self.process().device(gpu_id)
    }

    /// The same, and that a VM was acquired on it; `ENODEV` when not.
    pub fn bound_device(&mut self, gpu_id: u32) -> Result<(usize, FileId), Errno> {
        let device = self.device(gpu_id)?;
        Ok((device, self.process().vm(device)?))
    }

    /// The GPU node of a device of the calling process.
    pub fn gpu(&mut self, device: usize) -> &'a Gpu {
        let gpu = self.process().devices[device].gpu;
        &self.machine.gpus[gpu]
    }

    /// `memdup_array_user`: an array of the caller's.
    pub fn read_array<T: Plain>(&self, addr: u64, count: u32) -> Result<Vec<T>, Errno> {
        let size = size_of::<T>();
        let bytes = size.checked_mul(count as usize).ok_or(Errno::EOVERFLOW)?;
        // kmalloc refuses more than KMALLOC_MAX_SIZE (4 MiB with 4 KiB pages); no honest array comes near it.
        if bytes > 4 << 20 {
            return Err(Errno::ENOMEM);
        }
        let mut raw = vec![0; bytes];
        self.host.read_user(addr, &mut raw)?;
        Ok(raw.chunks_exact(size).map(T::get).collect())
    }

    /// `copy_to_user` of whole structs, one after the other.
    pub fn write_array<T: Layout>(&self, addr: u64, values: &[T]) -> Result<(), Errno> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_bytes()).collect();
        self.host.write_user(addr, &bytes)
    }
}

/// `access_ok`. Assumed: user space is the lower half of the addresses, as on every 64-bit host of amdkfd.
pub(crate) fn access_ok(addr: u64, bytes: u64) -> bool {
    addr.checked_add(bytes).is_some_and(|end| end <= 1 << 63)
}
