//! Copies between two pieces of the host's memory: a thread each, since each may wait for signals. Answers to
//! CpuAgent::DmaCopy of upstream's `amd_cpu_agent.cpp`.
#![forbid(unsafe_code)]

use std::{sync::atomic::Ordering, thread::JoinHandle};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::Mutex;

use crate::{
    arch::timer,
    boundary::{Error, Held},
    events::{
        patience::Hint,
        wait::{self, Condition, Limits, Want},
    },
    signal::Signal,
};

/// Their name in lists of threads.
const THREAD: &str = "hsa-host-copy";

/// A copy.
pub struct HostCopy {
    pub target: Held,
    pub source: Held,
    pub bytes: usize,
    /// Signals that are to become 0 before.
    pub after: Vec<Signal>,
    /// The signal that becomes one less.
    pub completion: Signal,
    /// The agent whose clock tells when, if that is wanted.
    pub timed_by: Option<usize>,
}

/// The threads.
#[derive(Default)]
pub struct HostCopies(Mutex<Vec<JoinHandle<()>>>);

impl HostCopies {
    /// Begins a copy.
    ///
    /// # Errors
    /// `InvalidSignal` if one was destroyed meanwhile; `OutOfResources` without a thread.
    pub fn start(&self, copy: HostCopy) -> Result<(), Error> {
        let completion = copy.completion;
        completion.retain()?;
        let started = quiet::spawn(THREAD, move || {
            copy.run();
            completion.release();
        });
        let started = started.map_err(|_| {
            completion.release();
            Error::OutOfResources
        })?;
        let mut threads = self.0.lock();
        threads.retain(|thread| !thread.is_finished());
        threads.push(started);
        Ok(())
    }

    /// Waits for all of them; those that wait for signals have to be woken by their destruction.
    pub fn join(&self) {
        let threads = std::mem::take(&mut *self.0.lock());
        threads.into_iter().for_each(|thread| _ = thread.join());
    }
}

impl HostCopy {
    fn run(self) {
        for &signal in &self.after {
            let limits = Limits { timeout: u64::MAX, hint: Hint::Blocked };
            let left = wait::one(Want { signal, condition: Condition::Less, compare: 1 }, limits);
            if !signal.is_live() {
                // What the caller wanted to wait for does not come any more.
                return;
            }
            if left < 0 {
                // What was to come before has failed, and so has this.
                return self.completion.fail(left);
            }
        }
        if let Some(index) = self.timed_by {
            self.completion.begin_copy(index);
        }
        let start = timer::now();
        self.target.copy_from(self.source, self.bytes);
        self.completion.set_times(start, timer::now());
        self.completion.change(|value| value.fetch_sub(1, Ordering::SeqCst));
    }
}
