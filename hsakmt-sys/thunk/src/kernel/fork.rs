//! Notices that the process has forked.
//!
//! amdkfd serves only the process that opened `/dev/kfd` (`kfd_ioctl`: EBADF otherwise), so a child must begin anew.
//! Touches `pthread_atfork` and two atomics. Answers to `child_fork_handler` in upstream's `openclose.c`.

use std::sync::{
    Once,
    atomic::{AtomicI32, AtomicU64, Ordering},
};

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// A descriptor that a child does not keep.
static PRIVATE: AtomicI32 = AtomicI32::new(NONE);
const NONE: i32 = -1;

/// Runs in the child between fork and its return: only what is async-signal-safe.
extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    let private = PRIVATE.swap(NONE, Ordering::Relaxed);
    if private != NONE {
        // SAFETY: the parent's owner has withdrawn it before closing it; in the child nobody will use it.
        unsafe { libc::close(private) };
    }
}

/// Children that are made by fork from now on do not keep this descriptor, for which close-on-exec is not enough. There
/// is one at most; its owner withdraws it, by `None`, before closing it.
pub fn close_in_child(descriptor: Option<i32>) {
    // The handler is there when the process has counted once.
    let _ = generation();
    PRIVATE.store(descriptor.unwrap_or(NONE), Ordering::Relaxed);
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
    use std::os::fd::IntoRawFd;

    #[test]
    #[cfg_attr(miri, ignore = "Miri does not fork")]
    fn a_child_does_not_keep_what_is_its_parents_alone() {
        let (kept, private) = nix::unistd::pipe().unwrap();
        let (kept, private) = (kept.into_raw_fd(), private.into_raw_fd());
        // SAFETY: it asks whether a descriptor is open.
        let is_open = |descriptor| unsafe { libc::fcntl(descriptor, libc::F_GETFD) } != -1;
        close_in_child(Some(private));
        // SAFETY: the child calls only `fcntl` and `_exit`.
        let child = unsafe { libc::fork() };
        if child == 0 {
            // SAFETY: ends the child without running the test harness's handlers.
            unsafe { libc::_exit(i32::from(!is_open(kept) || is_open(private))) };
        }
        close_in_child(None);
        let mut status = 0;
        // SAFETY: `status` outlives the call.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!((libc::WEXITSTATUS(status), is_open(private)), (0, true));
    }

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
