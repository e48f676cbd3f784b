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
        Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicPtr, Ordering},
    },
};

/// What hsaKmtOpenKFD made.
#[derive(Default)]
pub struct Open {
    /// Kept after the last close: the kernel binds address spaces to its descriptors once for a process
    /// (`kfd_process_device_init_vm`), so a second opening must find the same ones.
    pub thunk: Option<Arc<Thunk>>,
    /// Openings without their closing.
    pub count: u64,
    /// Whether the caller holds a snapshot of the topology.
    pub acquired: bool,
    /// Whether it gave one back, so that the next is read anew.
    pub released: bool,
    /// From RUNTIME_ENABLE.
    pub runtime_capabilities: u32,
}

struct Process {
    generation: u64,
    open: RwLock<Open>,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

fn current() -> &'static RwLock<Open> {
    let generation = fork::generation();
    loop {
        let known = CURRENT.load(Ordering::Acquire);
        // SAFETY: a published state is never freed.
        if let Some(process) = unsafe { known.as_ref() }.filter(|process| process.generation == generation) {
            return &process.open;
        }
        let fresh = Box::into_raw(Box::new(Process { generation, open: RwLock::default() }));
        if CURRENT.compare_exchange(known, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: made above, seen by nobody.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

fn read() -> RwLockReadGuard<'static, Open> {
    current().read().unwrap_or_else(PoisonError::into_inner)
}

/// The state, for changing it.
pub fn write() -> RwLockWriteGuard<'static, Open> {
    current().write().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the thunk, or finds it open.
pub fn open(state: &mut Open) -> Result<()> {
    if state.thunk.is_none() {
        let always_executable = layout::of_caller() == Layout::Rocm6;
        let config = Config { always_executable, ..Config::from_environment() };
        state.thunk = Some(Thunk::open(Box::new(Linux), config)?);
    }
    Ok(())
}

/// The open thunk.
pub fn thunk() -> Result<Arc<Thunk>> {
    let state = read();
    let thunk = state.thunk.as_ref().filter(|_| state.count > 0);
    thunk.cloned().ok_or_else(|| Status::KernelIoChannelNotOpened.into())
}

/// The open thunk, for calls that need a snapshot of the topology.
pub fn acquired() -> Result<Arc<Thunk>> {
    let thunk = thunk()?;
    if read().acquired { Ok(thunk) } else { Err(Status::InvalidNodeUnit.into()) }
}

/// Memory and queues.
pub fn services() -> Result<Arc<Services>> {
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
