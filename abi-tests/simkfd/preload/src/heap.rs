//! The memory of this library's own values: mappings of its own, never the client's malloc. On a real machine the
//! kernel does not write into a client's heap; if we took blocks that the client has freed, a client that reads one
//! after freeing it would find our text there, and fall over where it gets by on hardware. ROCr 6.1.2 is such a client:
//! while hsa_shut_down destroys an agent, a queue of it locks `scratch_lock_`, which is gone by then.
//! Unsafe: pthread_atfork.

use dlmalloc::GlobalDlmalloc;

#[global_allocator]
static HEAP: GlobalDlmalloc = GlobalDlmalloc;

/// Keeps the heap usable in a forked child. To be called before other fork handlers are registered: theirs allocate,
/// and those of the parent run in reverse order.
pub fn survive_forks() {
    // SAFETY: it registers handlers that take and release the heap's lock; this library is never unloaded.
    unsafe { dlmalloc::enable_alloc_after_fork() };
}
