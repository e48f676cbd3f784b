//! What the GPUs tell the kernel. Unsafe: signal masks.

use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::Builder;

use super::report::Packets;
use crate::entry;
use crate::process::Process;
use simgpu::device::machine::{Driver, Stop};
use simgpu::device::memory::{Access, Fault, Reason};
use simgpu::device::platform::{Progress, WaveError};
use simgpu::device::seen::Seen;
use simkfd::contract::{Incident, Kernel, PageFault};
use simkfd::faults::{Mishap, Work};

/// The interrupt line of one GPU.
pub struct Interrupts {
    process: &'static Process,
    kernel: &'static Kernel,
    gpu: usize,
    /// Packets are counted.
    counts: bool,
    /// How many there were.
    pub packets: Packets,
    /// It was reset.
    reset: AtomicBool,
}

impl Interrupts {
    /// Those of a GPU by its index. `counts`: its packets are counted.
    pub fn new(process: &'static Process, kernel: &'static Kernel, gpu: usize, counts: bool) -> Self {
        let (packets, reset) = (Packets::default(), AtomicBool::new(false));
        Self { process, kernel, gpu, counts, packets, reset }
    }

    /// Whether the GPU was reset: what hung does not any more.
    pub fn was_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// It is reset now.
    pub fn note_reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Lets the plan's incident happen.
    fn happen(&self, incident: Incident) {
        self.reset.fetch_or(matches!(incident, Incident::GpuReset | Incident::SramEcc), Ordering::Relaxed);
        let (process, kernel, gpu) = (self.process, self.kernel, self.gpu);
        self.follow_after(move || kernel.happen(gpu, incident, process));
    }

    /// Changes what the GPU sees of the kernel, on a thread of its own: a queue cannot wait until it is itself taken away.
    fn follow_after(&self, change: impl FnOnce() + Send + 'static) {
        let (process, kernel) = (self.process, self.kernel);
        let work = move || {
            entry::stay_inside();
            change();
            let settings = entry::inside(|face| face.gpu.as_ref()).flatten();
            settings.into_iter().for_each(|settings| _ = process.gpus.follow(process, kernel, settings));
        };
        if Builder::new().name("simgpu-incident".into()).spawn(work).is_err() {
            self.remark("no thread for what happens to the queues");
        }
    }
}

impl Driver for Interrupts {
    fn clock(&self) -> u64 {
        self.kernel.gpu_counter(self.gpu, self.process)
    }

    fn interrupt(&self, event_id: u32) {
        self.kernel.interrupt(event_id, self.process);
    }

    fn stopped(&self, queue: u32, stop: Stop) {
        match stop {
            Stop::Queue(error) => self.kernel.queue_exception(queue, error.exception_code(), self.process),
            Stop::Memory(fault) => {
                // What Linux writes into its log (`gmc_v11_0_process_interrupt`).
                self.remark(&format!("queue {queue}: page fault, {fault}"));
                let read_only = fault.reason == Reason::Permission;
                let fault = PageFault { address: fault.address, read_only };
                // Who hears of it at once may find other queues still on their way off the hardware.
                self.kernel.page_fault(self.gpu, fault, self.process);
                self.follow_after(|| {});
            }
            // Nobody hears of it: the GPU is reset when the queue cannot be taken away (`unmap_queues_cpsch`).
            Stop::Packet(header) => {
                self.remark(&format!("queue {queue}: no packet has the header {header:#010x}"));
            }
            Stop::Hang => {}
        }
    }

    fn packet(&self, queue: u32, packet: &Seen<'_>) {
        if self.counts {
            self.packets.count(packet.processor, packet.name);
        }
        if let Some(Some(trace)) = entry::inside(|face| face.gpu.as_ref()?.packets.as_ref()) {
            trace.line(&format!("gpu={} queue={queue} {packet}", self.gpu));
        }
    }

    fn progressed(&self, what: Progress<'_>) -> Result<(), WaveError> {
        let (work, count) = match what {
            Progress::Instructions(count) => (Work::Instructions, count),
            Progress::Packet(_) => (Work::Packets, 1),
        };
        let planned = entry::inside(|face| face.faults.mishap(self.gpu, work, count)).flatten();
        let not_there = |address| Fault { address, access: Access::Read, reason: Reason::NotPresent };
        match planned {
            None => Ok(()),
            Some(Mishap::MemoryFault(address)) => Err(WaveError::Memory(not_there(address))),
            Some(Mishap::IllegalInstruction) => Err(WaveError::IllegalInstruction(0)),
            Some(Mishap::Hang) => Err(WaveError::Hang),
            Some(Mishap::Incident(incident)) => {
                self.happen(incident);
                Err(WaveError::Hang)
            }
        }
    }

    fn trap_handler(&self) -> Option<(u64, u64)> {
        self.kernel.trap_handler(self.gpu, self.process)
    }

    fn remark(&self, what: &str) {
        eprintln!("simkfd: GPU {}: {what}", self.gpu);
    }

    fn thread_started(&self) {
        entry::stay_inside();
    }
}

/// Runs with all signals blocked, for threads inherit that: the client's handlers are not for threads of ours.
pub fn with_signals_blocked<T>(work: impl FnOnce() -> T) -> T {
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: sigfillset fills `all`, and pthread_sigmask `before`.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let result = work();
    // SAFETY: `before` was filled above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    result
}
