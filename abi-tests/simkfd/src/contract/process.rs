//! `struct kfd_process` and `struct kfd_process_device`: what a process has on the machine and on each GPU. Mirrors
//! amdkfd/kfd_process.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Errno, FileId};
use crate::criu::Restored;
use crate::debug::{DeviceDebug, Runtime};
use crate::event::Events;
use crate::memory::Handles;
use crate::queue::{Doorbells, Queues};
use crate::svm::Ranges;
use crate::topology::Machine;

/// A process of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ProcessId(pub u64);

/// Which of a process's contexts this is (KFD 1.19 brought others than the primary one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// KFD_CONTEXT_ID_PRIMARY: made by the first open, lives as long as the address space.
    Primary,
    /// Made by AMDKFD_IOC_CREATE_PROCESS, lives as long as its file.
    Secondary,
}

/// `struct kfd_process`
pub(crate) struct Process {
    /// The thread group that opened it (`lead_thread`).
    pub pid: u32,
    pub context: Context,
    /// One entry a GPU node, in topology order, without those that the caller's device cgroup does not allow
    /// (`kfd_init_apertures`).
    pub devices: Vec<ProcessDevice>,
    pub events: Events,
    pub queues: Queues,
    pub ranges: Ranges,
    pub runtime: Runtime,
    pub xnack: bool,
    /// Its queues are off the hardware for a checkpoint (`queues_paused`).
    pub paused: bool,
    /// It was restored from a checkpoint, and has not been let go on yet.
    pub restored: Option<Restored>,
    /// How often its queues were taken off the hardware, and not put back (`qpd.evicted` of all its devices).
    pub evictions: u32,
}

/// `struct kfd_process_device`
#[derive(Default)]
pub(crate) struct ProcessDevice {
    /// Index of the GPU node in the machine.
    pub gpu: usize,
    /// `gpu_id` of the node.
    pub node_id: u32,
    /// What user mode calls it (`user_gpu_id`): the same, but in a process that was restored from another machine.
    pub gpu_id: u32,
    /// The render node whose VM the process acquired (`drm_file`).
    pub vm: Option<FileId>,
    pub handles: Handles,
    pub doorbells: Option<Doorbells>,
    /// Second-level trap handler and its memory, as the runtime set them.
    pub trap_handler: (u64, u64),
    /// Address of the scratch backing (`qpd.sh_hidden_private_base`).
    pub scratch_backing: u64,
    /// What a debugger set and is to be told.
    pub debug: DeviceDebug,
    /// Its queues are off the hardware for good (`qpd.evicted`).
    pub evicted: bool,
}

impl Process {
    /// `create_process`
    pub fn new(pid: u32, context: Context, machine: &Machine) -> Self {
        let devices = machine
            .gpus
            .iter()
            .enumerate()
            .filter(|(_, node)| !node.forbidden)
            .map(|(gpu, node)| ProcessDevice {
                gpu,
                node_id: node.id,
                gpu_id: node.id,
                ..ProcessDevice::default()
            })
            .collect();
        Process {
            pid,
            context,
            devices,
            events: Events::default(),
            queues: Queues::default(),
            ranges: Ranges::default(),
            runtime: Runtime::default(),
            xnack: machine.kernel.xnack.unwrap_or_else(|| xnack_mode(machine, false)),
            paused: false,
            restored: None,
            evictions: 0,
        }
    }

    /// `kfd_process_device_data_by_id`: the index of the device; `EINVAL` for an id that the process does not have,
    /// which is what nearly every caller answers.
    pub fn device(&self, gpu_id: u32) -> Result<usize, Errno> {
        let found = self.devices.iter().position(|device| gpu_id != 0 && device.gpu_id == gpu_id);
        found.ok_or(Errno::EINVAL)
    }

    /// `kfd_get_process_device_data`: the index of the device on a node with this id; `EINVAL` when there is none.
    pub fn device_of_node(&self, node_id: u32) -> Result<usize, Errno> {
        let found = self.devices.iter().position(|device| node_id != 0 && device.node_id == node_id);
        found.ok_or(Errno::EINVAL)
    }

    /// `kfd_bind_process_to_device`: `ENODEV` until a VM is acquired.
    pub fn vm(&self, device: usize) -> Result<FileId, Errno> {
        self.devices[device].vm.ok_or(Errno::ENODEV)
    }

    /// Whether the queues on a device are off the hardware.
    pub fn evicted(&self, device: usize) -> bool {
        self.evictions > 0 || self.devices[device].evicted
    }

    /// Whether any VM was acquired (`kgd_process_info`).
    pub fn has_vm(&self) -> bool {
        self.devices.iter().any(|device| device.vm.is_some())
    }
}

/// `kfd_process_xnack_mode`: which XNACK mode all GPUs can follow; `supported` asks for what could be chosen, not
/// for the default.
pub(crate) fn xnack_mode(machine: &Machine, supported: bool) -> bool {
    machine
        .gpus
        .iter()
        .filter(|gpu| gpu.is_soc15())
        .filter(|gpu| !(supported && gpu.xnack_per_process()))
        .all(|gpu| gpu.preempts_on_fault() && !gpu.noretry())
}
