//! Notices that the process has forked.
//!
//! amdkfd serves only the process that opened `/dev/kfd` (`kfd_ioctl`: EBADF otherwise), so a child must begin anew.
//! Touches `pthread_atfork` and one atomic. Answers to `child_fork_handler` in upstream's `openclose.c`.

use std::sync::{
    Once,
    atomic::{AtomicU64, Ordering},
};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Runs in the child between fork and its return: only what is async-signal-safe.
extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// Counts the forks between the first call's process and this one: equal numbers mean the same process.
#[must_use]
#[inline]
pub fn generation() -> u64 {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        // SAFETY: the handler is a function of this library, which is never unloaded (`-z nodelete`). Failure is
        // ENOMEM only; then a child's ioctls fail with EBADF instead of being refused earlier.
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    GENERATION.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "Miri does not fork")]
    fn a_child_is_another_generation_and_its_parent_is_not() {
        let before = generation();
        // SAFETY: the child calls only an atomic load and `_exit`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: ends the child without running the test harness's handlers.
            unsafe { libc::_exit(i32::from(generation() == before)) };
        }
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(libc::WEXITSTATUS(status), 0);
        assert_eq!(generation(), before);
    }
}
