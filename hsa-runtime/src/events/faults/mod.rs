//! Faults of GPUs: who hears of them, and the thread that waits for them.
//!
//! The thread starts with the first queue or function that wants to hear, sleeps in the driver, and ends with the runtime.
//! While nothing happens it looks every ten seconds for what makes no progress, for of a GPU that hangs the driver tells
//! nobody by itself ([`Running::look`]). What it does with a fault, in this order:
//!
//! 1. It takes all queues of the GPU off it: the driver has done so, or will (`kfd_dqm_evict_pasid`, and every reset), and
//!    never puts them back.
//! 2. It writes the [`record`].
//! 3. It calls the handlers of system events; when none of them takes care of it, it writes a core dump for a fault of memory
//!    (`core_dump`), and calls the handlers of the queues' errors: HIP's end the process. When there are none, results would be wrong and nobody would know: it ends the process, as upstream's does.
//! 4. It completes the signals of all packets that are not done, with minus the status: whoever waits returns, and sees
//!    that this is no end of the work. That errors are negative is what hsa_ext_amd.h says of copies, and what newer HIP
//!    takes for failures when it waits. HIP 5.7 takes them for success, and its handler ends the process: so they come
//!    last, lest it say before that all went well.
//! 5. What waits for those signals, on whatever GPU, ends with the error, too, when its turn comes ([`Running::spread`]). The
//!    thread looks for that until there is nothing more of it on its way.
//!
//! Answers to VMFaultHandler and HwExceptionHandler of upstream's `runtime.cpp`.
#![forbid(unsafe_code)]

mod event;
pub mod record;

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use hsakmt_thunk::kernel::thread as quiet;
use parking_lot::Mutex;

use self::record::{Cause, Record};
use crate::{
    abi::*,
    agent::machine::Machine,
    boundary::{BoundEventHandler, Error},
    core_dump::{self, Halt},
    driver::{
        debugging::OwnQueue,
        fault::{Fault, FaultWatch},
    },
    log::complain,
};

/// Its name in lists of threads.
const THREAD: &str = "hsa-faults";

/// How long the thread sleeps between two looks at what will end with an error, at first and at last.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_millis(250);

/// What a queue has left undone that is off its GPU for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its id.
    pub queue: u64,
    /// There were packets that were not done.
    pub busy: bool,
    /// The kernel that it worked at: the address of its descriptor.
    pub kernel: Option<u64>,
    /// How many signals their ends would have changed.
    pub signals: usize,
}

/// A queue that was taken off its GPU. A trait, for the room of queues is above this one.
pub trait Stopped {
    /// What it has left undone.
    fn left(&self) -> Left;
    /// Tells its user; whether there is anybody to be told. To be called without any lock.
    fn tell_user(&self, why: hsa_status_t) -> bool;
    /// Completes its signals with the error.
    fn fail(&self);
}

/// What an error has done to what waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spread {
    /// There is nothing.
    #[default]
    Nothing,
    /// Something will end with it, when what is before that is done.
    Coming,
    /// Something has ended with it.
    Ended,
}

/// What runs on GPUs, likewise.
pub trait Running: Send + Sync {
    /// Takes all queues of the agent at an index off their GPU for ever, for this error; those that were not before. And whether users of
    /// others have heard already.
    fn stop(&self, agent: usize, why: hsa_status_t) -> (Vec<Arc<dyn Stopped>>, bool);
    /// Ends with an error what waits for signals that have one, and is next.
    fn spread(&self, machine: &Machine) -> Spread;
    /// Looks for what makes no progress, and has the driver see whether its GPU hangs. Called again and again.
    fn look(&self, machine: &Machine);
    /// The memory that waves have for themselves, as [`Halt::memory_of_waves`].
    fn memory_of_waves(&self) -> Vec<(u64, u64)>;
    /// Takes all queues that run waves off their GPUs until [`Self::go_on`], and tells of them.
    fn halt(&self, machine: &Machine) -> Vec<OwnQueue>;
    /// Puts those back that were there before.
    fn go_on(&self);
}

/// What the thread and those who want to hear share.
struct Shared {
    machine: Arc<Machine>,
    handlers: Mutex<Vec<BoundEventHandler>>,
    running: Mutex<Vec<Arc<dyn Running>>>,
    /// There are signals with errors.
    failed: AtomicBool,
    /// The thread is to end.
    ending: AtomicBool,
}

/// Who hears of faults.
pub struct Faults {
    shared: Arc<Shared>,
    watch: Mutex<Option<(FaultWatch, JoinHandle<()>)>>,
}

impl Faults {
    pub fn new(machine: Arc<Machine>) -> Self {
        let shared = Shared {
            machine,
            handlers: Mutex::default(),
            running: Mutex::default(),
            failed: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared), watch: Mutex::default() }
    }

    /// Adds a function that hears of every fault from now on.
    ///
    /// # Errors
    /// `OutOfResources` if the driver does not tell of faults, or without a thread.
    pub fn add(&self, handler: BoundEventHandler) -> Result<(), Error> {
        self.start()?;
        self.shared.handlers.lock().push(handler);
        Ok(())
    }

    /// Says what runs on the GPUs from now on, too.
    pub fn watch_over(&self, running: Arc<dyn Running>) {
        self.shared.running.lock().push(running);
    }

    /// Signals have got errors: so will what waits for them, and what waits for that.
    pub fn spread(&self) {
        self.shared.failed.store(true, Ordering::Relaxed);
        // The driver's locks order that before the thread's look.
        if let Some((watch, _)) = &*self.watch.lock() {
            self.shared.machine.driver.set_event(&watch.call);
        }
    }

    /// Writes a core dump, if it is wanted and the first.
    pub fn dump_core(&self) {
        core_dump::write(&self.shared.machine, &*self.shared);
    }

    /// Begins to listen. Whoever starts work on a GPU wants that: without, a fault hangs the process.
    ///
    /// # Errors
    /// As for [`Self::add`].
    pub fn start(&self) -> Result<(), Error> {
        let mut watching = self.watch.lock();
        if watching.is_none() {
            let watch = self.shared.machine.driver.watch_faults().ok_or(Error::OutOfResources)?;
            let shared = Arc::clone(&self.shared);
            let thread = quiet::spawn(THREAD, move || shared.listen(&watch));
            *watching = Some((watch, thread.map_err(|_| Error::OutOfResources)?));
        }
        Ok(())
    }

    /// Ends the thread, unless this is it.
    pub fn end(&self) {
        let Some((watch, thread)) = self.watch.lock().take() else { return };
        let driver = &self.shared.machine.driver;
        self.shared.ending.store(true, Ordering::Relaxed);
        driver.set_event(&watch.call);
        if thread.thread().id() != thread::current().id() {
            // It panics never; a function of the user's that unwinds ends the process.
            let _ = thread.join();
        }
        driver.unwatch_faults(&watch);
    }
}

impl Shared {
    fn listen(&self, watch: &FaultWatch) {
        let every = self.machine.config.stall_check;
        let look_later = || every.and_then(|every| Instant::now().checked_add(every));
        let (mut look, mut coming) = (look_later(), None::<Duration>);
        loop {
            let before = look.map_or(Duration::MAX, |look| look.saturating_duration_since(Instant::now()));
            let at_most = coming.map_or(before, |coming| before.min(coming));
            let Some(faults) = self.machine.driver.next_faults(watch, at_most) else { return };
            if self.ending.load(Ordering::Relaxed) {
                return;
            }
            if !faults.iter().all(|fault| self.is_handled(fault)) {
                process::abort();
            }
            if look.is_some_and(|look| look <= Instant::now()) {
                self.running().iter().for_each(|running| running.look(&self.machine));
                look = look_later();
            }
            let later = coming.map_or(SHORTEST, |coming| (2 * coming).min(LONGEST));
            coming = self.spread().then_some(later);
        }
    }

    fn running(&self) -> Vec<Arc<dyn Running>> {
        self.running.lock().clone()
    }

    /// Spreads errors; whether there is something that will end with one later.
    fn spread(&self) -> bool {
        while self.failed.load(Ordering::Relaxed) {
            let found = self.running().iter().map(|running| running.spread(&self.machine)).max();
            if found != Some(Spread::Ended) {
                return found == Some(Spread::Coming);
            }
        }
        false
    }

    /// Stops what runs, and tells everybody; whether there was anybody. Otherwise one line says what happened.
    fn is_handled(&self, fault: &Fault) -> bool {
        let (id, why) = match fault {
            Fault::Memory(fault) => (fault.gpu_id, HSA_STATUS_ERROR_MEMORY_FAULT),
            Fault::Hardware(exception) => (exception.gpu_id, HSA_STATUS_ERROR),
        };
        let machine = &*self.machine;
        let agent = machine.gpus().find(|gpu| gpu.node.gpu_id.0 == id);
        let (mut stopped, mut heard) = (Vec::new(), false);
        if let Some(agent) = agent {
            for running in self.running() {
                let (now, before) = running.stop(agent.index, why);
                stopped.extend(now);
                heard |= before;
            }
        }
        let left: Vec<Left> = stopped.iter().map(|queue| queue.left()).collect();
        Record { machine, agent, cause: Cause::Fault(fault), left: &left }.write();
        let handle = agent.map_or(hsa_agent_t { handle: 0 }, |agent| machine.handle_of(agent));
        let event = event::event(handle, fault);
        let handlers = self.handlers.lock().clone();
        // All of them hear of it, whatever the others say.
        let answers: Vec<hsa_status_t> = handlers.iter().map(|handler| handler.call(&event)).collect();
        let taken_care_of = answers.contains(&HSA_STATUS_SUCCESS);
        // Of a GPU that was reset there is nothing left to look at.
        if !taken_care_of && matches!(fault, Fault::Memory(_)) {
            core_dump::write(machine, self);
        }
        let tell = || stopped.iter().map(|queue| queue.tell_user(why)).fold(heard, |any, told| any | told);
        let handled = taken_care_of || tell();
        if handled {
            stopped.iter().for_each(|queue| queue.fail());
            self.failed.store(true, Ordering::Relaxed);
        } else {
            complain(&event::line(agent, handle, fault));
        }
        handled
    }
}

impl Halt for Shared {
    fn memory_of_waves(&self) -> Vec<(u64, u64)> {
        self.running().iter().flat_map(|running| running.memory_of_waves()).collect()
    }

    fn halt(&self) -> Vec<OwnQueue> {
        self.running().iter().flat_map(|running| running.halt(&self.machine)).collect()
    }

    fn go_on(&self) {
        self.running().iter().for_each(|running| running.go_on());
    }
}

#[cfg(test)]
mod tests;
