//! A GPU as one process sees it: queues that run, each on a thread of its own, so that one that waits for another
//! finds it running. This is the joint to the simulated driver: it attaches and detaches queues, and the machine tells
//! it of interrupts and of queues that stopped. Answers to the hardware scheduler behind amdkfd's
//! kfd_device_queue_manager.c. Touches memory by its trait, and threads.
//!
//! A machine does not outlive a fork: the child has none of its threads, and must forget it without dropping it.
#![forbid(unsafe_code)]

mod runner;
#[cfg(test)]
mod tests;
mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use runner::Runner;
pub use runner::{Kind, QueueFacts, Stop};
use worker::Worker;

use super::dispatch::Dispatch;
use super::gpu::Gpu;
use super::memory::{Fault, Memory};
use super::platform::{Progress, WaveError};
use super::seen::Seen;

/// What the machine tells the simulated driver. Called from the queues' threads, several at once.
pub trait Driver: Send + Sync {
    /// The GPU's constant-rate counter, in its ticks: the one of AMDKFD_IOC_GET_CLOCK_COUNTERS.
    fn clock(&self) -> u64;
    /// An interrupt whose context is the id of an event (`kfd_signal_event_interrupt`), 0 when it names none.
    fn interrupt(&self, event_id: u32);
    /// The process's trap handler and its memory (AMDKFD_IOC_SET_TRAP_HANDLER).
    fn trap_handler(&self) -> Option<(u64, u64)> {
        None
    }
    /// The calling thread will run a queue.
    fn thread_started(&self) {}
    /// A queue has come to a packet, before [`Self::progressed`] hears of it.
    fn packet(&self, _queue: u32, _packet: &Seen<'_>) {}
    /// Hears of progress. What goes wrong then, though the program is right, goes wrong for the queue that made it.
    fn progressed(&self, _what: Progress<'_>) -> Result<(), WaveError> {
        Ok(())
    }
    /// Something that a reader should know, and the hardware would not say.
    fn remark(&self, _what: &str) {}
    /// A queue stopped for good, until it is detached.
    fn stopped(&self, queue: u32, stop: Stop);
}

/// Where the threads of a dispatch come by between two turns of its waves: so it is preempted at any time.
pub trait Gate: Sync {
    /// The calling thread will run waves.
    fn enter(&self);
    /// It will no more.
    fn leave(&self);
    /// Waits while the queue is to rest. False when the dispatch is to be given up, for the queue is taken away.
    fn pass(&self) -> bool;
}

/// What a dispatch knows of its queue.
pub struct QueueContext<'a> {
    /// The process's memory.
    pub memory: &'a dyn Memory,
    /// Where its threads stop when it is to rest.
    pub gate: &'a dyn Gate,
    /// The number of the queue's doorbell.
    pub doorbell: u32,
    /// It was given global wave sync.
    pub global_sync: bool,
}

/// What runs dispatches: the shader engines.
pub trait Shaders: Send + Sync {
    /// Runs a dispatch to its end, or until the queue is preempted.
    fn launch(&self, dispatch: &Dispatch, queue: &QueueContext<'_>) -> Result<(), WaveError>;
    /// Instructions may have changed in memory.
    fn invalidate_code(&self) {}
}

/// The parts of a machine that its queues share.
struct Parts {
    gpu: Gpu,
    memory: Arc<dyn Memory + Send + Sync>,
    driver: Arc<dyn Driver>,
    shaders: Arc<dyn Shaders>,
}

/// One process's view of one GPU. Its methods may be called from any thread.
pub struct Machine {
    parts: Arc<Parts>,
    workers: Mutex<BTreeMap<u32, Worker>>,
}

impl Machine {
    /// A machine without queues.
    pub fn new(
        gpu: Gpu,
        memory: Arc<dyn Memory + Send + Sync>,
        driver: Arc<dyn Driver>,
        shaders: Arc<dyn Shaders>,
    ) -> Self {
        let parts = Arc::new(Parts { gpu, memory, driver, shaders });
        Self { parts, workers: Mutex::default() }
    }

    /// Lets a queue run. Fails when its doorbell or its descriptor cannot be reached.
    pub fn attach(&self, facts: QueueFacts) -> Result<(), Fault> {
        let worker = Worker::start(Arc::clone(&self.parts), facts)?;
        // A queue that had the id is stopped here: the driver gives ids again only after it has detached them.
        self.workers().insert(facts.id, worker);
        Ok(())
    }

    /// Takes a queue away. When this returns it touches memory no more. False when it did not stop by itself: only a
    /// reset of the GPU takes it away.
    pub fn detach(&self, id: u32) -> bool {
        // Out of the map before it is joined: a queue's last interrupt may need the lock.
        let worker = self.workers().remove(&id);
        worker.is_none_or(|worker| !worker.control().hangs())
    }

    /// Stops a queue between two packets or two turns of its waves, or lets it go on (AMDKFD_IOC_UPDATE_QUEUE with a
    /// percentage of 0, or eviction). When this returns from stopping, nothing of it is at work. False when there is no such queue.
    pub fn set_active(&self, id: u32, active: bool) -> bool {
        let control = self.workers().get(&id).map(Worker::control);
        control.inspect(|control| control.set_active(active)).is_some()
    }

    /// Takes a queue off the hardware and puts it back, as for any change of the run list. False when it hangs, so that
    /// only a reset of the GPU takes it off.
    pub fn remap(&self, id: u32) -> bool {
        let control = self.workers().get(&id).map(Worker::control);
        control.is_none_or(|control| {
            control.set_active(false);
            let works = !control.hangs();
            if works {
                control.set_active(true);
            }
            works
        })
    }

    /// Gives a queue global wave sync or takes it away (AMDKFD_IOC_ALLOC_QUEUE_GWS): for its next dispatches.
    pub fn set_global_sync(&self, id: u32, given: bool) {
        self.workers().get(&id).into_iter().for_each(|worker| worker.control().set_global_sync(given));
    }

    /// Wakes queues that sleep between two looks at their doorbells.
    pub fn wake(&self) {
        self.workers().values().for_each(|worker| worker.control().wake());
    }

    fn workers(&self) -> MutexGuard<'_, BTreeMap<u32, Worker>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
