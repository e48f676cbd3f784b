//! The simulated kernel as this process has it, and what a fork does to it: the child gets a fresh one, made
//! wholesale, for the locks of the old one may be held by threads that the child does not have.
//! Unsafe: the pointer to the current process state, pthread_atfork, a destructor.

use crate::arena::Arena;
use crate::entry;
use crate::face::Face;
use crate::files::Files;
use crate::gpu::Gpus;
use crate::heap;
use crate::mappings::Mappings;
use crate::objects::Objects;
use crate::streams::Streams;
use crate::usage::Usage;
use simkfd::contract::Kernel;
use std::cell::Cell;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, Once, OnceLock, PoisonError};

/// The state of one process (by its pid, not of one program: exec starts with nothing).
pub struct Process {
    files: Mutex<Files>,
    kernel: OnceLock<Kernel>,
    /// The memory that the kernel hands out.
    pub arena: Arena,
    mappings: Mutex<Mappings>,
    /// SMI event streams.
    pub streams: Streams,
    /// The GPUs that run its queues.
    pub gpus: Gpus,
    /// What this and other processes have of the machine's memory.
    pub usage: Usage,
    /// The buffers that it has in common with others.
    pub objects: Objects,
}

static CURRENT: AtomicPtr<Process> = AtomicPtr::new(ptr::null_mut());

thread_local! {
    // The parent's file table, held while it forks.
    static HELD: Cell<Option<MutexGuard<'static, Files>>> = const { Cell::new(None) };
}

impl Process {
    fn with(files: Files) -> &'static Process {
        let state = Process {
            files: Mutex::new(files),
            kernel: OnceLock::new(),
            arena: Arena::default(),
            mappings: Mutex::default(),
            streams: Streams::default(),
            gpus: Gpus::default(),
            usage: Usage::default(),
            objects: Objects::default(),
        };
        // Lives for ever: after a fork other threads of the parent may still be in it.
        Box::leak(Box::new(state))
    }

    /// The calling process's state.
    pub fn current() -> &'static Process {
        static START: Once = Once::new();
        START.call_once(|| {
            heap::survive_forks();
            publish(Process::with(Files::default()));
            // SAFETY: the handlers are functions of this library, which is never unloaded.
            unsafe {
                libc::pthread_atfork(Some(before_fork), Some(after_fork_in_parent), Some(after_fork_in_child))
            };
        });
        // SAFETY: only pointers to leaked values are published, the first of them above.
        unsafe { &*CURRENT.load(Ordering::Acquire) }
    }

    /// The open files.
    pub fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What of device files is mapped.
    pub fn mappings(&self) -> MutexGuard<'_, Mappings> {
        self.mappings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The simulated kernel, started when a device file is first opened. A tree that it cannot start from ends the
    /// client with a line on stderr.
    pub fn kernel(&self, face: &Face) -> &Kernel {
        self.kernel.get_or_init(|| match Kernel::boot(Path::new(face.tree.root())) {
            Ok(kernel) => {
                keep_free_from_unmapping();
                kernel
            }
            Err(why) => {
                eprintln!("simkfd: {why}");
                std::process::exit(125)
            }
        })
    }

    /// The simulated kernel, if it was started.
    pub fn started_kernel(&self) -> Option<&Kernel> {
        self.kernel.get()
    }

    /// Lets those know who listen to the GPUs.
    fn end(&self) {
        if let Some(kernel) = self.kernel.get() {
            kernel.process_ends(self);
        }
    }

    /// Prints the kernel's report if it is wanted or names something unimplemented.
    fn report(&self, face: &Face) {
        let Some(kernel) = self.kernel.get() else { return };
        let report = kernel.report();
        let missing = report.lines().any(|line| line.starts_with("NOT IMPLEMENTED"));
        for line in
            report.lines().filter(|line| face.report || missing && line.starts_with("NOT IMPLEMENTED"))
        {
            eprintln!("simkfd: {line}");
        }
    }
}

/// glibc's `free` gives memory back by calls within libc, of which no preloaded library hears; the real kernel does
/// (MMU notifiers), and forgets registered ranges there. So `free` is kept from it: no block is a mapping of its own,
/// there is one heap, and its top is never given back.
fn keep_free_from_unmapping() {
    #[cfg(target_env = "gnu")]
    for (parameter, value) in [(libc::M_MMAP_MAX, 0), (libc::M_ARENA_MAX, 1), (libc::M_TRIM_THRESHOLD, -1)] {
        // SAFETY: thread-safe, and only changes where later blocks come from.
        unsafe { libc::mallopt(parameter, value) };
    }
}

fn publish(state: &'static Process) {
    CURRENT.store(ptr::from_ref(state).cast_mut(), Ordering::Release);
}

extern "C" fn before_fork() {
    entry::inside(|_| HELD.set(Some(Process::current().files())));
}

extern "C" fn after_fork_in_parent() {
    entry::inside(|_| drop(HELD.take()));
}

extern "C" fn after_fork_in_child() {
    entry::inside(|_| {
        if let Some(parents) = HELD.take() {
            publish(Process::with(parents.inherited()));
        }
    });
}

/// After all handlers of `exit`: HIP's wait there for what its queues still hold.
#[used]
#[unsafe(link_section = ".fini_array")]
static AT_EXIT: extern "C" fn() = report_at_exit;

extern "C" fn report_at_exit() {
    entry::inside(|face| {
        if let (Some(kernel), Some(settings)) = (Process::current().started_kernel(), &face.gpu) {
            Process::current().gpus.stop(kernel, settings);
        }
        Process::current().end();
        Process::current().report(face);
        Process::current().usage.leave();
        Process::current().objects.leave();
    });
}
