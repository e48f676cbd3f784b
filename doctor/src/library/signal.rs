//! The runtime's signals: waits, and a thread of its own that waits.

use super::{Handle, Library, Result, abi::*, queue};
use std::{
    ffi::c_void,
    ptr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

/// How long a handler may take to hear of a signal.
const PATIENCE: Duration = Duration::from_secs(2);
/// A wait is in pieces of so long, to look for errors between.
const SLICE_NS: u64 = 50_000_000;

impl Library {
    /// A signal.
    ///
    /// # Errors
    /// Its status.
    pub fn signal(&self, value: i64) -> Result<Handle> {
        let mut signal = 0;
        // SAFETY: no consumers are listed; the library writes a handle.
        let status = unsafe { (self.functions.hsa_signal_create)(value, 0, ptr::null(), &raw mut signal) };
        self.check("hsa_signal_create", status).map(|()| signal)
    }

    /// Gives a signal back.
    pub fn destroy(&self, signal: Handle) {
        // SAFETY: a handle that is none is refused.
        unsafe { (self.functions.hsa_signal_destroy)(signal) };
    }

    /// Waits until a signal is below 1; whether it came to that in time.
    ///
    /// # Errors
    /// The status of a queue that has stopped meanwhile.
    pub fn wait(&self, signal: Handle, limit: Duration) -> Result<bool> {
        let begin = Instant::now();
        loop {
            // SAFETY: the signal is the library's. Its clock counts nanoseconds, or a few less.
            let value = unsafe {
                (self.functions.hsa_signal_wait_scacquire)(signal, LESS_THAN, 1, SLICE_NS, BLOCKED)
            };
            self.check("the queue stops", queue::trouble())?;
            if value < 1 || begin.elapsed() > limit {
                return Ok(value < 1);
            }
        }
    }

    /// Has a thread of the library wait for a signal, as HIP's programs do, while `meanwhile` goes on; then lets it hear.
    ///
    /// # Errors
    /// Its status.
    pub fn watch<T>(&self, meanwhile: impl FnOnce() -> T) -> Result<T> {
        let signal = self.signal(1)?;
        let before = HEARD.load(Ordering::Relaxed);
        // SAFETY: the handler takes anything and touches nothing but its count.
        let status = unsafe {
            (self.functions.hsa_amd_signal_async_handler)(signal, LESS_THAN, 1, heard, ptr::null_mut())
        };
        self.check("hsa_amd_signal_async_handler", status)?;
        let answer = meanwhile();
        // SAFETY: the signal is the library's.
        unsafe { (self.functions.hsa_signal_store_screlease)(signal, 0) };
        let begin = Instant::now();
        while HEARD.load(Ordering::Relaxed) == before && begin.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(1));
        }
        self.destroy(signal);
        Ok(answer)
    }
}

/// How often a handler was called.
static HEARD: AtomicUsize = AtomicUsize::new(0);

/// A handler that wants to hear no more.
unsafe extern "C" fn heard(_value: i64, _data: *mut c_void) -> bool {
    HEARD.fetch_add(1, Ordering::Relaxed);
    false
}
