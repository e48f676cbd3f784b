//! Threads of the libraries, which a program does not know of.

use std::{io, mem::MaybeUninit, ptr, thread};

/// Starts a thread to which no signal of the process is delivered: their handlers are for the program's own threads. It
/// bears `name` in lists of threads.
///
/// # Errors
/// The kernel's.
pub fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<thread::JoinHandle<()>> {
    let thread = thread::Builder::new().name(name.into());
    if cfg!(miri) {
        // It knows no signals.
        return thread.spawn(body);
    }
    let mut all = MaybeUninit::<libc::sigset_t>::uninit();
    let mut before = MaybeUninit::<libc::sigset_t>::uninit();
    // A thread begins with the mask of the one that starts it.
    // SAFETY: both sets outlive the calls, which write them whole; neither call can fail with these arguments.
    unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
    }
    let started = thread.spawn(body);
    // SAFETY: as above; `before` was written.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    started
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(signal: i32) -> bool {
        let mut now = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: asks for the mask, which is written, and looks at it.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, ptr::null(), now.as_mut_ptr());
            libc::sigismember(now.as_ptr(), signal) == 1
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no signal masks")]
    fn no_signal_is_delivered_to_it_and_its_starter_is_as_before() {
        let before = blocks(libc::SIGALRM);
        let quiet = spawn("quiet", || {
            assert_eq!(thread::current().name(), Some("quiet"));
            assert!(blocks(libc::SIGALRM) && blocks(libc::SIGTERM));
        });
        quiet.unwrap().join().unwrap();
        assert_eq!(blocks(libc::SIGALRM), before);
    }
}
