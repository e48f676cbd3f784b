//! The state of this process: the open thunk and its count.
//!
//! A forked child gets a fresh state: the old one's lock may be held by a thread that does not exist there. The old
//! state is left alone, not freed.

use super::layout::{self, Layout};
use hsakmt_thunk::{
    Config, Linux, Result, Services, Status, Thunk,
    kernel::fork,
    topology::model::{Node, NodeId},
};
use std::{
    ptr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering},
    },
};

/// What hsaKmtOpenKFD made. Most calls only ask whether it is open, and take no lock for that.
#[derive(Default)]
pub struct Process {
    generation: u64,
    /// Kept after the last close: the kernel binds address spaces to its descriptors once for a process
    /// (`kfd_process_device_init_vm`), so a second opening must find the same ones.
    thunk: OnceLock<Arc<Thunk>>,
    /// Openings without their closing. Changed under the lock of `rest`, as is `acquired`.
    openings: AtomicU64,
    /// Whether the caller holds a snapshot of the topology.
    acquired: AtomicBool,
    rest: Mutex<Rest>,
}

/// What is only looked at under the lock.
#[derive(Default)]
struct Rest {
    /// Whether a snapshot was given back, so that the next is read anew.
    released: bool,
    /// From RUNTIME_ENABLE.
    runtime_capabilities: u32,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

#[inline]
fn current() -> &'static Process {
    let generation = fork::generation();
    known(CURRENT.load(Ordering::Acquire), generation).unwrap_or_else(|| make(generation))
}

/// The published state, if it is this process's own and not its parent's.
#[inline]
fn known(published: *mut Process, generation: u64) -> Option<&'static Process> {
    // SAFETY: a published state is never freed.
    unsafe { published.as_ref() }.filter(|process| process.generation == generation)
}

#[cold]
fn make(generation: u64) -> &'static Process {
    loop {
        let published = CURRENT.load(Ordering::Acquire);
        if let Some(process) = known(published, generation) {
            return process;
        }
        let fresh = Box::into_raw(Box::new(Process { generation, ..Process::default() }));
        if CURRENT.compare_exchange(published, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: made above, seen by nobody.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

/// The state, for changing it: one thread at a time.
pub struct Change {
    process: &'static Process,
    rest: MutexGuard<'static, Rest>,
}

/// Begins a change.
pub fn change() -> Change {
    let process = current();
    Change { process, rest: process.rest.lock().unwrap_or_else(PoisonError::into_inner) }
}

impl Change {
    /// Opens the thunk, or finds it open, and counts. Returns how often it is open.
    pub fn open(&self) -> Result<u64> {
        if self.process.thunk.get().is_none() {
            let always_executable = layout::of_caller() == Layout::Rocm6;
            let config = Config { always_executable, ..Config::from_environment() };
            // The lock keeps others from setting it meanwhile.
            let _ = self.process.thunk.set(Thunk::open(Box::new(Linux), config)?);
        }
        Ok(self.process.openings.fetch_add(1, Ordering::AcqRel) + 1)
    }

    /// Takes one opening back.
    pub fn close(&self) -> Result<()> {
        let openings = self.process.openings.load(Ordering::Acquire);
        let left = openings.checked_sub(1).ok_or(Status::KernelIoChannelNotOpened)?;
        self.process.openings.store(left, Ordering::Release);
        Ok(())
    }

    /// Takes a snapshot of the topology, or finds the one taken.
    pub fn acquire(&self) -> Result<&'static Thunk> {
        let thunk = self.process.thunk()?;
        if !self.process.acquired.load(Ordering::Acquire) {
            if self.rest.released {
                thunk.reread_topology()?;
            }
            thunk.services()?;
            self.process.acquired.store(true, Ordering::Release);
        }
        Ok(thunk)
    }

    /// Gives the snapshot back.
    pub fn release(&mut self) {
        self.rest.released |= self.process.acquired.swap(false, Ordering::AcqRel);
    }

    /// What the kernel said when it was told of the runtime.
    pub fn runtime_capabilities(&mut self) -> &mut u32 {
        &mut self.rest.runtime_capabilities
    }
}

impl Process {
    #[inline]
    fn thunk(&'static self) -> Result<&'static Thunk> {
        let is_open = self.openings.load(Ordering::Acquire) > 0;
        let thunk = self.thunk.get().filter(|_| is_open);
        thunk.map(AsRef::as_ref).ok_or_else(|| Status::KernelIoChannelNotOpened.into())
    }
}

/// The open thunk.
#[inline]
pub fn thunk() -> Result<&'static Thunk> {
    current().thunk()
}

/// The open thunk, for calls that need a snapshot of the topology.
pub fn acquired() -> Result<&'static Thunk> {
    let process = current();
    let thunk = process.thunk()?;
    if process.acquired.load(Ordering::Acquire) { Ok(thunk) } else { Err(Status::InvalidNodeUnit.into()) }
}

/// Memory and queues.
#[inline]
pub fn services() -> Result<&'static Services> {
    thunk()?.services()
}

/// The kernel id of a node's GPU; 0 for a CPU.
pub fn gpu_id(node: u32) -> Result<u32> {
    Ok(acquired()?.gpu_id(NodeId(node))?.0)
}

/// Looks at a node of the snapshot.
pub fn with_node<T>(node: u32, look: impl FnOnce(&Node) -> T) -> Result<T> {
    acquired()?.with_node(NodeId(node), look)
}

/// The visible node of a GPU.
pub fn node_of_gpu(gpu_id: u32) -> Result<u32> {
    let topology = acquired()?.topology();
    let node = topology.nodes.iter().find(|node| node.gpu_id.0 == gpu_id);
    node.map(|node| node.id.0).ok_or_else(|| Status::InvalidNodeUnit.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// For Miri to run in many orders: what the one thread that publishes has written, all others read.
    #[test]
    fn threads_that_begin_together_find_one_state() {
        let found = thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(current));
            threads.map(|thread| thread.join().unwrap())
        });
        assert!(found.iter().all(|state| ptr::eq(*state, found[0])));
        assert!(thunk().is_err_and(|error| error.status == Status::KernelIoChannelNotOpened));
    }
}
