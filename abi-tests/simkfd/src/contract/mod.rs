//! The amdkfd/amdgpu contract as one state machine: open, close, ioctl, mmap, with the kernel's checks and errno
//! values. Pure: the calling process is behind [`Host`], the machine's facts behind a directory tree. Mirrors
//! drivers/gpu/drm/amd/amdkfd and the parts of amdgpu that compute programs reach; what is assumed about the kernel
//! and not known from its source is marked so.
#![forbid(unsafe_code)]

mod apertures;
mod call;
mod dmabuf;
mod errno;
mod files;
mod hardware;
mod host;
mod idr;
mod incident;
mod kfd;
mod mmap;
mod process;
mod queries;
mod report;
mod shared;
mod smi;
mod state;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicU32;

use parking_lot::{Mutex, MutexGuard};

pub use dmabuf::{dma_buf_ioctl, is_dma_buf_request};
pub use errno::Errno;
pub use hardware::{GpuFacts, GpuView, MappedRange, PageFault, QueueFormat, RunningQueue, Shown};
pub use host::{Backing, Clock, FileId, HeldFile, Host, StreamId};
pub use incident::Incident;
pub use shared::{Place, SharedBuffer};
pub use smi::Listener;

pub(crate) use apertures::of as aperture;
pub(crate) use call::{Call, access_ok};
pub(crate) use files::init_vm;
pub(crate) use idr::lowest_free;
pub(crate) use process::{Context, Process, ProcessDevice, ProcessId, xnack_mode};
pub(crate) use queries::gpu_clock;
pub(crate) use smi::{Migration, of_unmap as unmapped_from_gpu, queues_evicted, queues_restored};
pub(crate) use state::{File, State};

use crate::accel::AccelCall;
use crate::drm::RenderCall;
use crate::topology::Machine;
use crate::uapi::kfd::kfd_ioctl_map_memory_to_gpu_args;
use crate::uapi::layout::{Layout, Plain};

/// Which device file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// /dev/kfd
    Kfd,
    /// /dev/dri/renderD`minor`
    Render {
        /// The DRM minor, 128 and up.
        minor: u32,
    },
    /// /dev/accel/accel`minor`
    Accel {
        /// The minor of DRM's accelerators, from 0.
        minor: u32,
    },
}

/// What an mmap of a device file maps: a window of host memory, to be mapped MAP_SHARED.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapTarget {
    /// The memory.
    pub backing: Backing,
    /// Byte offset of the window in it.
    pub offset: u64,
}

/// The simulated kernel: all devices, processes and open files of one machine. Every method may be called from
/// any thread; `AMDKFD_IOC_WAIT_EVENTS` blocks its caller only. A fork while another thread is inside leaves the
/// child's copy locked: the child boots a kernel of its own.
pub struct Kernel {
    machine: Machine,
    state: Mutex<State>,
    changes: AtomicU32,
}

impl Kernel {
    /// Starts the kernel of the machine that `tree` describes. The error is one line that names the bad file.
    pub fn boot(tree: &Path) -> Result<Self, String> {
        Ok(Kernel::of(Machine::read(tree)?))
    }

    pub(crate) fn of(machine: Machine) -> Self {
        Kernel { machine, state: Mutex::default(), changes: AtomicU32::new(0) }
    }

    /// Opens a device file. `ENODEV`: the machine has no such device; `EINVAL`: KFD without any GPU.
    pub fn open(&self, kind: FileKind, host: &dyn Host) -> Result<FileId, Errno> {
        files::open(&mut self.state.lock(), &self.machine, kind, host)
    }

    /// Drops an open file, when its last descriptor is closed.
    pub fn close(&self, file: FileId, host: &dyn Host) {
        files::close(&mut self.state.lock(), &self.machine, file, host);
    }

    /// Serves an ioctl; `arg` is the caller's third argument as it stands. Positive results are the kernel's own.
    pub fn ioctl(&self, file: FileId, request: u32, arg: u64, host: &dyn Host) -> Result<i32, Errno> {
        let state = self.state.lock();
        match state.files.get(&file) {
            Some(File::Kfd { process }) => {
                let process = *process;
                kfd::serve(&mut self.call(state, file, process, host), request, arg)
            }
            Some(File::Render(render)) => {
                let node = render.gpu;
                let mut call = RenderCall { machine: &self.machine, host, state, file, node };
                crate::drm::serve(&mut call, request, arg)
            }
            Some(File::Accel(_)) => {
                let mut call = AccelCall { machine: &self.machine, host, state, file };
                crate::accel::serve(&mut call, request, arg)
            }
            Some(File::DmaBuf { .. }) => dma_buf_ioctl(request, arg, host),
            Some(File::Smi) => Err(Errno::ENOTTY),
            None => Err(Errno::EBADF),
        }
    }

    /// Serves an ioctl that maps or unmaps memory, for so many of its devices only, and fails. What it fails with is
    /// the caller's affair when it would have succeeded. Any other ioctl is not served at all.
    pub fn ioctl_partly(
        &self,
        file: FileId,
        request: u32,
        arg: u64,
        devices: u32,
        host: &dyn Host,
    ) -> Result<(), Errno> {
        if devices == 0 || !kfd::takes_devices(&self.machine, request) {
            return Ok(());
        }
        let mut bytes = vec![0; kfd_ioctl_map_memory_to_gpu_args::SIZE];
        host.read_user(arg, &mut bytes)?;
        let wanted = kfd_ioctl_map_memory_to_gpu_args::get(&bytes);
        let fewer = kfd_ioctl_map_memory_to_gpu_args { n_devices: wanted.n_devices.min(devices), ..wanted };
        host.write_user(arg, &fewer.to_bytes())?;
        let done = self.ioctl(file, request, arg, host);
        host.read_user(arg, &mut bytes)?;
        let told = kfd_ioctl_map_memory_to_gpu_args::get(&bytes);
        host.write_user(
            arg,
            &kfd_ioctl_map_memory_to_gpu_args { n_devices: wanted.n_devices, ..told }.to_bytes(),
        )?;
        done.map(drop)
    }

    /// What an ioctl on another process's /dev/kfd ends with: `ENOTTY` where the kernel does not know the number,
    /// `EBADF` where it does.
    pub fn refusal(&self, request: u32) -> Errno {
        kfd::known(&self.machine, request).map_or(Errno::ENOTTY, |_| Errno::EBADF)
    }

    /// Serves an mmap of an open file: lengths and `offset` in bytes, `prot` and `flags` as in mmap(2).
    pub fn mmap(
        &self,
        file: FileId,
        len: u64,
        prot: i32,
        flags: i32,
        offset: u64,
        host: &dyn Host,
    ) -> Result<MapTarget, Errno> {
        let state = self.state.lock();
        let len = len.checked_next_multiple_of(host.page_size()).ok_or(Errno::ENOMEM)?;
        match state.files.get(&file) {
            Some(File::Kfd { process }) => {
                let process = *process;
                mmap::kfd(&mut self.call(state, file, process, host), len, offset)
            }
            Some(File::Render(_)) => mmap::render(state, file, len, mmap::Protection { prot, flags }, offset),
            Some(File::Accel(client)) => crate::accel::map(client, len, offset),
            Some(File::DmaBuf { object }) => mmap::object(&state, *object, len, offset),
            Some(File::Smi) => Err(Errno::ENODEV),
            None => Err(Errno::EBADF),
        }
    }

    /// Tells the kernel where a mapping of a file was made: accelerators find buffers by the process's addresses.
    pub fn mapped(&self, file: FileId, offset: u64, addr: u64) {
        if let Some(File::Accel(client)) = self.state.lock().files.get_mut(&file) {
            crate::accel::mapped(client, offset, addr);
        }
    }

    /// Tells the kernel that the calling process unmapped or replaced a range of its address space, as MMU
    /// notifiers do: SVM ranges end with the memory that they describe.
    pub fn unmapped(&self, addr: u64, bytes: u64, host: &dyn Host) {
        files::unmapped(&mut self.state.lock(), addr, bytes, host);
    }

    /// The calling process ends (`kfd_process_destroy_pdds`): those who listen are told. A process that is killed has
    /// nobody to tell it.
    pub fn process_ends(&self, host: &dyn Host) {
        self.on_behalf(host, smi::process_ends);
    }

    /// A text report: ioctl counts, what has not been given back, and everything asked for that is not implemented on
    /// lines that begin with `NOT IMPLEMENTED: `.
    pub fn report(&self) -> String {
        let state = self.state.lock();
        state.left().into_iter().filter(|(_, count)| *count > 0).fold(
            state.report.text(),
            |mut text, (what, count)| {
                let _ = writeln!(text, "{count:8} left: {what}");
                text
            },
        )
    }

    fn call<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        file: FileId,
        process: ProcessId,
        host: &'a dyn Host,
    ) -> Call<'a> {
        Call { machine: &self.machine, host, state, changes: &self.changes, file, process }
    }
}
