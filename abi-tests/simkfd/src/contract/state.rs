//! Everything that changes while the simulated machine runs, behind one lock: files, processes, buffer objects,
//! memory accounts. Touches nothing but memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use super::process::{Process, ProcessId};
use super::{Backing, Errno, FileId, Host};
use crate::accel::AccelFile;
use crate::debug::sampling::Samplers;
use crate::drm::RenderFile;
use crate::memory::{Accounts, Objects};
use crate::queue::DeviceQueues;

/// A `struct file` of the simulated kernel.
pub(crate) enum File {
    /// /dev/kfd: `private_data` is the process.
    Kfd { process: ProcessId },
    /// A render node.
    Render(RenderFile),
    /// An accelerator's node.
    Accel(AccelFile),
    /// A dma-buf, which holds one reference to its buffer object.
    DmaBuf { object: crate::memory::ObjectId },
    /// An SMI event stream, which the host keeps.
    Smi,
}

/// The kernel's mutable state.
#[derive(Default)]
pub(crate) struct State {
    pub files: BTreeMap<FileId, File>,
    next_file: u64,
    pub processes: BTreeMap<ProcessId, Process>,
    next_process: u64,
    pub objects: Objects,
    pub accounts: Accounts,
    /// One entry a GPU node, by its index.
    pub device_queues: BTreeMap<usize, DeviceQueues>,
    /// The register page of each device that user mode may map (`rmmio_remap`), by device.
    mmio: BTreeMap<usize, Backing>,
    /// Which process holds a device's profiler lock (`kfd->profiler_process`), by device.
    pub profilers: BTreeMap<usize, ProcessId>,
    /// Who samples a GPU node, by node.
    pub samplers: BTreeMap<usize, Samplers>,
    /// Which process holds the debugger's VMID of a GPU node (`dqm->trap_debug_vmid`), by node.
    pub debug_vmids: BTreeMap<usize, ProcessId>,
    /// The watch points in use on a GPU node (`kfd_node.alloc_watch_ids`), by node.
    pub watch_points: BTreeMap<usize, u32>,
    /// How often each device was throttled and reset, by its first node (`reset_seq_num`).
    pub throttles: BTreeMap<usize, u64>,
    pub resets: BTreeMap<usize, u32>,
    pub report: super::report::Report,
}

impl State {
    /// Puts a new file in the table.
    pub fn add_file(&mut self, file: File) -> FileId {
        self.next_file += 1;
        let id = FileId(self.next_file);
        self.files.insert(id, file);
        id
    }

    /// Puts a new process in the table.
    pub fn add_process(&mut self, process: Process) -> ProcessId {
        self.next_process += 1;
        let id = ProcessId(self.next_process);
        self.processes.insert(id, process);
        id
    }

    /// What processes have that they can give back, and how many of each.
    pub fn left(&self) -> [(&'static str, usize); 3] {
        let sum = |of: fn(&Process) -> usize| self.processes.values().map(of).sum();
        let memory = |process: &Process| process.devices.iter().map(|of| of.handles.iter().count()).sum();
        [
            ("queues", sum(|process| process.queues.len())),
            ("events", sum(|process| process.events.iter().len())),
            ("memory", sum(memory)),
        ]
    }

    /// An open render node; `EINVAL` for any other file, as `amdgpu_file_to_fpriv`.
    pub fn render(&self, id: FileId) -> Result<&RenderFile, Errno> {
        match self.files.get(&id) {
            Some(File::Render(render)) => Ok(render),
            _ => Err(Errno::EINVAL),
        }
    }

    /// [`State::render`], to change it.
    pub fn render_mut(&mut self, id: FileId) -> Result<&mut RenderFile, Errno> {
        match self.files.get_mut(&id) {
            Some(File::Render(render)) => Ok(render),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The register page of a device, made when it is first asked for.
    pub fn mmio_page(&mut self, device: usize, host: &dyn Host) -> Result<Backing, Errno> {
        if let Some(backing) = self.mmio.get(&device) {
            return Ok(*backing);
        }
        let backing = host.create_backing(host.page_size())?;
        self.mmio.insert(device, backing);
        Ok(backing)
    }
}
