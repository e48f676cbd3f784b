//! What the GPUs see of the kernel, and what they tell it: the run list and the page tables, which they read whenever
//! an ioctl has changed them, and interrupts. A machine whose GPUs nobody plays is never asked. Mirrors what amdkfd's
//! kfd_packet_manager.c and kfd_interrupt.c hand over. Touches nothing but memory.
#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use super::{Backing, Call, Clock, Context, FileId, Host, Kernel, ProcessId, State, gpu_clock, smi};
use crate::memory::{GPU_PAGE, Storage};
use crate::queue;
use crate::uapi::kfd::kfd_hsa_memory_exception_data;
use crate::uapi::kfd_flags::{KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE, KFD_IOCTL_SVM_FLAG_GPU_RO, kfd_ec_mask};
use crate::uapi::layout::Layout;

/// What a GPU is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuFacts {
    /// `gfx_target_version` of its node.
    pub gfx: u32,
    /// Compute units.
    pub compute_units: u32,
    /// Shader engines.
    pub shader_engines: u32,
}

/// What the packets of a queue are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueFormat {
    /// AQL packets.
    Aql,
    /// PM4 packets.
    Pm4,
    /// SDMA packets.
    Sdma,
}

/// A queue of the run list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunningQueue {
    /// Its id in the process.
    pub id: u32,
    /// Tells it from an earlier queue with the id.
    pub age: u64,
    /// What it holds.
    pub format: QueueFormat,
    /// Address and bytes of the ring.
    pub ring: (u64, u64),
    /// Address of the read pointer.
    pub read_pointer: u64,
    /// Where the doorbell is: in the doorbells' memory, at a byte offset.
    pub doorbell: (Backing, u64),
    /// It is to run, not only to stay.
    pub active: bool,
    /// It was given global wave sync.
    pub global_sync: bool,
    /// How often the driver has taken it off the hardware and put it back.
    pub remaps: u64,
}

/// What a mapped range shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Memory of the host's making, from a byte offset on.
    Backing(Backing, u64),
    /// The process's own memory at an address.
    User(u64),
}

/// A range of a GPU's address space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MappedRange {
    /// First address.
    pub address: u64,
    /// Bytes.
    pub bytes: u64,
    /// What is there.
    pub shown: Shown,
    /// It may be written.
    pub writable: bool,
}

/// A GPU as one process has set it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GpuView {
    /// The run list.
    pub queues: Vec<RunningQueue>,
    /// The page tables: allocations by address, and the SVM ranges behind them.
    pub ranges: Vec<MappedRange>,
    /// Microseconds between two traps of waves by the host, if there are any.
    pub sampling: Option<u32>,
}

/// A page fault of a GPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageFault {
    /// The address.
    pub address: u64,
    /// Something is mapped there, but may not be written.
    pub read_only: bool,
}

impl Kernel {
    /// The GPU nodes, in the order of the machine.
    pub fn gpus(&self) -> Vec<GpuFacts> {
        let facts = self.machine.gpus.iter().map(|gpu| {
            let of = |name| gpu.properties.get_u32(name);
            GpuFacts {
                gfx: gpu.gfx,
                compute_units: of("simd_count") / of("simd_per_cu").max(1),
                shader_engines: of("array_count") / of("simd_arrays_per_engine").max(1),
            }
        });
        facts.collect()
    }

    /// A GPU node as the calling process has set it up; empty when it has not.
    pub fn gpu_view(&self, gpu: usize, host: &dyn Host) -> GpuView {
        let mut state = self.state.lock();
        let Some(process) = primary(&state, host) else { return GpuView::default() };
        let mut ranges = ranges(&state, process, gpu);
        ranges.extend(svm_ranges(&state, process, gpu, host.page_size()));
        let doorbell_bytes = self.machine.gpus.get(gpu).map_or(0, |gpu| gpu.doorbell_size());
        let queues = queues(&mut state, process, gpu, doorbell_bytes);
        let sampling = crate::debug::sampling::interval(&state, process, gpu);
        GpuView { queues, ranges, sampling }
    }

    /// A GPU node's counter, in its ticks.
    pub fn gpu_counter(&self, gpu: usize, host: &dyn Host) -> u64 {
        let ns = host.clock_ns(Clock::Boottime);
        self.machine.gpus.get(gpu).map_or(0, |gpu| gpu_clock(gpu, ns))
    }

    /// The process's trap handler on a GPU and its memory, once AMDKFD_IOC_SET_TRAP_HANDLER has named one.
    pub fn trap_handler(&self, gpu: usize, host: &dyn Host) -> Option<(u64, u64)> {
        let mut handler = None;
        self.on_behalf(host, |call| handler = Some(call.process().devices[gpu].trap_handler));
        handler.filter(|(code, _)| *code != 0)
    }

    /// `kfd_signal_event_interrupt`: an interrupt that names an event, or 0.
    pub fn interrupt(&self, event: u32, host: &dyn Host) {
        if host.loses_interrupt() {
            return;
        }
        self.on_behalf(host, |call| {
            let host = call.host;
            if call.process().events.interrupt(event, host) {
                call.wake();
            }
        });
    }

    /// A page fault that no retry can cure: `kfd_set_dbg_ev_from_interrupt` takes all queues of the process off the GPU,
    /// and nobody puts them back, nor later ones on (`kfd_evict_process_device`), before it tells
    /// (`kfd_signal_vm_fault_event`).
    pub fn page_fault(&self, gpu: usize, fault: PageFault, host: &dyn Host) {
        let Some(gpu_id) = self.machine.gpus.get(gpu).map(|gpu| gpu.id) else { return };
        let data = kfd_hsa_memory_exception_data {
            NotPresent: u32::from(!fault.read_only),
            ReadOnly: u32::from(fault.read_only),
            // Translation knows pages only.
            va: fault.address / GPU_PAGE * GPU_PAGE,
            gpu_id,
            ..Default::default()
        };
        self.on_behalf(host, |call| {
            let host = call.host;
            let told = smi::of_vm_fault(call.process(), gpu, host);
            call.tell(&told);
            let devices = call.process().devices.iter_mut();
            devices.filter(|device| device.gpu == gpu).for_each(|device| device.evicted = true);
            call.process().events.signal_memory_exception(&data.to_bytes());
            call.wake();
        });
    }

    /// `kfd_set_dbg_ev_from_interrupt`: an exception of a queue, by its code (EC_QUEUE_*).
    pub fn queue_exception(&self, queue: u32, code: u32, host: &dyn Host) {
        self.on_behalf(host, |call| crate::debug::queue_exception(call, queue, kfd_ec_mask(code)));
    }

    /// Does something for the calling process that no ioctl of its asked for.
    pub(super) fn on_behalf(&self, host: &dyn Host, work: impl FnOnce(&mut Call)) {
        let state = self.state.lock();
        let Some(process) = primary(&state, host) else { return };
        // No file is involved.
        work(&mut self.call(state, FileId(0), process, host));
    }
}

fn primary(state: &State, host: &dyn Host) -> Option<ProcessId> {
    let pid = host.process_id();
    let mut processes = state.processes.iter();
    let found = processes.find(|(_, one)| one.pid == pid && one.context == Context::Primary);
    found.map(|(id, _)| *id)
}

fn ranges(state: &State, process: ProcessId, gpu: usize) -> Vec<MappedRange> {
    let devices = state.processes.get(&process).map_or(&[][..], |process| &process.devices);
    let vm = devices.iter().find(|device| device.gpu == gpu).and_then(|device| device.vm);
    let Some(render) = vm.and_then(|vm| state.render(vm).ok()) else { return Vec::new() };
    let mapped = render.vm.ranges().filter_map(|(address, bytes, object, offset)| {
        let object = state.objects.get(object);
        let shown = match object.storage {
            Storage::Backing(backing) => Shown::Backing(backing, offset),
            Storage::User(start) => Shown::User(start + offset),
            // Registers are no memory that a GPU reads.
            Storage::Registers => return None,
        };
        let writable = object.alloc_flags & KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE != 0;
        Some(MappedRange { address, bytes, shown, writable })
    });
    mapped.collect()
}

/// `svm_range_map_to_gpus`: the ranges that the GPU may access, at the addresses that they have in the process.
fn svm_ranges(state: &State, process: ProcessId, gpu: usize, page: u64) -> Vec<MappedRange> {
    let Some(process) = state.processes.get(&process) else { return Vec::new() };
    let Some(device) = process.devices.iter().position(|device| device.gpu == gpu) else { return Vec::new() };
    let mapped = process.ranges.accessible(device).map(|(first, last, attributes)| {
        let (address, bytes) = (first * page, (last - first + 1) * page);
        let writable = attributes.flags & KFD_IOCTL_SVM_FLAG_GPU_RO == 0;
        MappedRange { address, bytes, shown: Shown::User(address), writable }
    });
    mapped.collect()
}

fn queues(state: &mut State, process: ProcessId, gpu: usize, doorbell_bytes: u64) -> Vec<RunningQueue> {
    let Some(process) = state.processes.get_mut(&process) else { return Vec::new() };
    let Some(index) = process.devices.iter().position(|device| device.gpu == gpu) else { return Vec::new() };
    let device = &process.devices[index];
    let (evicted, Some(doorbells)) = (process.evicted(index), &device.doorbells) else { return Vec::new() };
    let backing = doorbells.backing;
    let mine = process.queues.newest_first().filter(|(_, queue)| queue.device == index);
    mine.map(|(id, queue)| {
        let properties = &queue.properties;
        RunningQueue {
            id,
            age: queue.age(),
            format: match (properties.kind, properties.aql) {
                (queue::Kind::Compute, true) => QueueFormat::Aql,
                (queue::Kind::Compute, false) => QueueFormat::Pm4,
                _ => QueueFormat::Sdma,
            },
            ring: (properties.ring, properties.ring_size),
            read_pointer: properties.read_pointer,
            doorbell: (backing, u64::from(queue.doorbell) * doorbell_bytes),
            active: queue.is_active() && !evicted,
            global_sync: queue.gws,
            remaps: queue.remaps,
        }
    })
    .collect()
}
