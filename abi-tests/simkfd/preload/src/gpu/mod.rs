//! The simulated GPUs under this process's kernel: what its ioctls change in page tables and run list is followed here,
//! so that queues run. On when `SIMKFD_GPU` is 1. Unsafe: memory is mapped for the GPUs, which is a promise.

mod driver;
mod report;
mod window;

use std::collections::{BTreeMap, btree_map::Entry};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::process::Process;
use driver::{Interrupts, with_signals_blocked};
use report::Report;
use simgpu::device::gpu::{Gfx, Gpu};
use simgpu::device::machine::{Driver, Kind, Machine, QueueFacts};
use simgpu::device::vm::{Mapping, Permissions, Vm};
use simgpu::shaders::ShaderEngines;
use simkfd::contract::{
    Backing, Errno, GpuFacts, GpuView, Host, Incident, Kernel, MappedRange, QueueFormat, RunningQueue, Shown,
};
use simkfd::trace::Tracer;
use window::Window;

/// The ioctls after which a GPU looks at the kernel again.
const CHANGING: [&str; 14] = [
    "MAP_MEMORY_TO_GPU",
    "UNMAP_MEMORY_FROM_GPU",
    "FREE_MEMORY_OF_GPU",
    "CREATE_QUEUE",
    "UPDATE_QUEUE",
    "DESTROY_QUEUE",
    "ALLOC_QUEUE_GWS",
    "DBG_TRAP",
    "CRIU_OP",
    "AMDGPU_GEM_VA",
    "GEM_CLOSE",
    "SVM",
    "SET_XNACK_MODE",
    "PC_SAMPLE",
];

/// How the GPUs run, from the environment.
pub struct Settings {
    /// SIMGPU_SEED: each dispatch has one thread, and its workgroups and waves an order by this number.
    pub seed: Option<u64>,
    /// SIMGPU_REPORT: where it is written what the GPUs have done.
    pub report: Option<PathBuf>,
    /// SIMGPU_PACKETS: where each packet is written down that a queue has come to.
    pub packets: Option<Tracer>,
}

/// The GPUs, by their index in the machine, that this process has set anything up on.
#[derive(Default)]
pub struct Gpus {
    boards: Mutex<BTreeMap<usize, Board>>,
}

/// One GPU and what of the kernel's state it has followed.
struct Board {
    memory: Arc<Vm>,
    machine: Machine,
    interrupts: Arc<Interrupts>,
    shaders: Arc<ShaderEngines>,
    /// Mapped ranges by address.
    ranges: BTreeMap<u64, Followed>,
    doorbells: Option<(Backing, Window)>,
    /// Queues by id.
    queues: BTreeMap<u32, RunningQueue>,
}

/// A mapped range.
struct Followed {
    range: MappedRange,
    /// The mapping that shows it to us when it is not the process's own.
    _window: Option<Window>,
    /// Some of it has gone with the process's memory.
    torn: bool,
}

impl Gpus {
    /// Whether an ioctl of this name can have changed what a GPU sees.
    pub fn concerns(name: Option<&str>) -> bool {
        name.is_some_and(|name| CHANGING.contains(&name))
    }

    /// Follows what the kernel has changed. When this returns, what is unmapped or destroyed is used no more, and what
    /// is new can be used. A GPU that hangs with a queue that is to leave the hardware is reset; what the ioctl that wanted
    /// it to leave answers then.
    pub fn follow(
        &self,
        process: &'static Process,
        kernel: &'static Kernel,
        settings: &Settings,
    ) -> Result<(), Errno> {
        let mut answer = Ok(());
        // Looking under the lock: a thread with an older view must not undo what a newer one did.
        let mut boards = self.boards();
        for (index, facts) in kernel.gpus().into_iter().enumerate() {
            let view = kernel.gpu_view(index, process);
            if view != GpuView::default() || boards.contains_key(&index) {
                let new = || Board::new(index, facts, process, kernel, settings);
                let board = boards.entry(index).or_insert_with(new);
                if !board.follow(&view, process) {
                    answer = Err(unanswered(facts));
                    board.interrupts.note_reset();
                    kernel.happen(index, Incident::GpuReset, process);
                    board.follow(&kernel.gpu_view(index, process), process);
                }
            }
        }
        answer
    }

    /// Memory of the process is about to go: no GPU may find it any more, though it is registered.
    pub fn unmapping(&self, addr: u64, bytes: u64) {
        for board in self.boards().values_mut() {
            board.tear(addr, addr.saturating_add(bytes));
        }
    }

    /// The process ends: if there is to be a report, stops all queues, joins their threads, and writes it. Else they run
    /// on, for destructors may wait for them (HIP 7.2's do). Where another thread is changing the GPUs they are left alone.
    pub fn stop(&self, kernel: &Kernel, settings: &Settings) {
        let Some(file) = &settings.report else { return };
        let Ok(mut boards) = self.boards.try_lock() else { return };
        let mut report = Report::default();
        for (index, board) in std::mem::take(&mut *boards) {
            let Board { machine, interrupts, shaders, .. } = board;
            drop(machine);
            report.gpu(index, &interrupts.packets, &shaders.counts());
        }
        report.ioctls(&kernel.report());
        report.write(file);
    }

    fn boards(&self) -> MutexGuard<'_, BTreeMap<usize, Board>> {
        self.boards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where MES schedules, `amdgpu_fence_wait_polling` gives up (`remove_queue_mes`); else `amdkfd_fence_wait_timeout`, in
/// `unmap_queues_cpsch`. That kernels since 6.16 reset a queue alone where they can is not played.
fn unanswered(gpu: GpuFacts) -> Errno {
    if gpu.gfx >= 110000 { Errno::ETIMEDOUT } else { Errno::ETIME }
}

impl Board {
    fn new(
        index: usize,
        facts: GpuFacts,
        process: &'static Process,
        kernel: &'static Kernel,
        settings: &Settings,
    ) -> Self {
        let gpu = Gpu {
            gfx: Gfx::from_kfd(facts.gfx),
            compute_units: facts.compute_units,
            shader_engines: facts.shader_engines,
            // ROCr asks for it on the MI300s only (`AsyncScratchReclaimEnabled`).
            async_scratch_reclaim: (90400..100000).contains(&facts.gfx),
        };
        let memory = Arc::new(Vm::new());
        let interrupts = Arc::new(Interrupts::new(process, kernel, index, settings.report.is_some()));
        let driver: Arc<dyn Driver> = interrupts.clone();
        let counts = settings.report.is_some();
        let shaders = Arc::new(ShaderEngines::new(gpu, Arc::clone(&driver), settings.seed, counts));
        let machine = Machine::new(gpu, Arc::clone(&memory) as _, driver, shaders.clone());
        let (ranges, queues) = (BTreeMap::new(), BTreeMap::new());
        Self { memory, machine, interrupts, shaders, ranges, doorbells: None, queues }
    }

    /// Queues go before their memory, and come after it. False when one could not be taken off the GPU.
    fn follow(&mut self, view: &GpuView, process: &Process) -> bool {
        let Self { machine, queues, shaders, .. } = self;
        // Before queues are remapped: then no wave is in the trap handler for it.
        shaders.sample(view.sampling);
        let mut works = true;
        queues.retain(|id, old| {
            let stays = view.queues.iter().any(|new| (new.id, new.age) == (*id, old.age));
            if !stays {
                works &= machine.detach(*id);
            }
            stays
        });
        self.follow_ranges(&view.ranges, process);
        for queue in &view.queues {
            match self.queues.insert(queue.id, *queue) {
                None => self.attach(queue, process),
                Some(old) => {
                    if old.active && old.remaps != queue.remaps {
                        works &= self.machine.remap(queue.id);
                    }
                    if old.active != queue.active {
                        self.machine.set_active(queue.id, queue.active);
                    }
                }
            }
            self.machine.set_global_sync(queue.id, queue.global_sync);
        }
        works || self.interrupts.was_reset()
    }

    /// Page tables change in one step: who copies at this moment is not to miss a range that is only divided anew.
    fn follow_ranges(&mut self, wanted: &[MappedRange], process: &Process) {
        let by_address: BTreeMap<u64, &MappedRange> =
            wanted.iter().map(|range| (range.address, range)).collect();
        let stays = |known: &Followed| {
            !known.torn && by_address.get(&known.range.address).is_some_and(|range| **range == known.range)
        };
        let (stay, gone): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.ranges).into_iter().partition(|(_, known)| stays(known));
        self.ranges = stay;
        let mut new = Vec::new();
        for range in wanted {
            let Entry::Vacant(place) = self.ranges.entry(range.address) else { continue };
            if let Some((mapping, window)) = shown(range, process) {
                new.push(mapping);
                place.insert(Followed { range: *range, _window: window, torn: false });
            }
        }
        let places: Vec<_> = gone.values().map(|known| (known.range.address, known.range.bytes)).collect();
        // SAFETY: each window is ours and lives until the range has left the page tables, as those of `gone` do after this;
        // the process's own memory was mapped a moment ago, and `tear` comes before it goes. Nobody has Rust references to
        // either.
        unsafe { self.memory.change(&places, &new) };
    }

    /// The process's memory from `addr` to `end` goes. What else there is of its ranges stays mapped; whether the kernel keeps
    /// them is seen when it is followed next.
    fn tear(&mut self, addr: u64, end: u64) {
        for known in self.ranges.values_mut() {
            let (range, Shown::User(start)) = (known.range, known.range.shown) else { continue };
            let (first, last) = (start.max(addr), (start + range.bytes).min(end));
            if first < last {
                self.memory.unmap(range.address + (first - start), last - first);
                known.torn = true;
            }
        }
    }

    /// Lets a queue run. One whose descriptor or doorbell cannot be reached stays dead, as on hardware.
    fn attach(&mut self, queue: &RunningQueue, process: &Process) {
        let (backing, offset) = queue.doorbell;
        let Some(page) = self.doorbell_page(backing, process) else { return };
        let facts = QueueFacts {
            id: queue.id,
            kind: match queue.format {
                QueueFormat::Aql => Kind::Aql,
                QueueFormat::Pm4 => Kind::Pm4,
                QueueFormat::Sdma => Kind::Sdma,
            },
            ring: queue.ring.0,
            ring_bytes: queue.ring.1,
            read_pointer: queue.read_pointer,
            doorbell: page + offset,
            doorbell_number: (offset / 8) as u32,
        };
        let attached = with_signals_blocked(|| self.machine.attach(facts));
        if attached.is_ok() && !queue.active {
            self.machine.set_active(queue.id, false);
        }
    }

    /// Where the doorbells are for the GPU: at the address that they have in the process.
    fn doorbell_page(&mut self, backing: Backing, process: &Process) -> Option<u64> {
        if self.doorbells.as_ref().is_none_or(|(known, _)| *known != backing) {
            let window = Window::open(process, backing, 0, DOORBELL_BYTES)?;
            let at = window.address();
            // SAFETY: the window is ours and lives as long as the board.
            unsafe { self.memory.map(at, DOORBELL_BYTES, at, Permissions { write: true }) };
            self.doorbells = Some((backing, window));
        }
        self.doorbells.as_ref().map(|(_, window)| window.address())
    }
}

/// How a range is mapped, and by which window; `None` where its memory is not there now, which is tried again the next time.
fn shown(range: &MappedRange, process: &Process) -> Option<(Mapping, Option<Window>)> {
    let mapped = |start, write| process.range_mapped(start, range.bytes, write);
    let mut permissions = Permissions { write: range.writable };
    let (host, window) = match range.shown {
        Shown::User(start) => {
            permissions.write &= mapped(start, true);
            if !permissions.write && !mapped(start, false) {
                return None;
            }
            (start, None)
        }
        Shown::Backing(backing, offset) => {
            let window = Window::open(process, backing, offset, range.bytes)?;
            (window.address(), Some(window))
        }
    };
    Some((Mapping { address: range.address, bytes: range.bytes, host, permissions }, window))
}

/// 1024 doorbells of 8 bytes, which is what a process has on gfx9 and later.
const DOORBELL_BYTES: u64 = 8192;
