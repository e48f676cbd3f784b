//! What the GPUs tell the kernel. Unsafe: signal masks.

use std::mem::MaybeUninit;
use std::ptr;

use crate::entry;
use crate::process::Process;
use simgpu::device::machine::{Driver, Stop};
use simgpu::device::memory::Reason;
use simkfd::contract::{Kernel, PageFault};

/// The interrupt line of one GPU.
pub struct Interrupts {
    pub process: &'static Process,
    pub kernel: &'static Kernel,
    pub gpu: usize,
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
                let read_only = fault.reason == Reason::Permission;
                let fault = PageFault { address: fault.address, read_only };
                self.kernel.page_fault(self.gpu, fault, self.process);
            }
            // Assumed: the engine hangs, and nobody resets it.
            Stop::Packet(header) => {
                eprintln!("simkfd: queue {queue}: no packet has the header {header:#010x}")
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
