//! The life of the runtime: `hsa_init` and `hsa_shut_down`, their count, and the machine between them.
//!
//! Touches every room below. Answers to Acquire, Release and Load of upstream's `runtime.cpp`. Queries take no lock:
//! they load the machine from one atomic. Nothing is made before the first `hsa_init`, nothing runs at exit.
#![forbid(unsafe_code)]

use std::{
    cell::RefCell,
    collections::HashMap,
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use hsakmt_thunk::kernel::{environment, fork};
use parking_lot::ReentrantMutex;

use crate::{
    abi::r_debug,
    agent::{discovery, machine::Machine},
    arch::pause,
    boundary::Error,
    config::Config,
    copy::failing::Engines,
    driver::{kfd::Kfd, npu},
    events::Events,
    handle::{Epoch, Shelf},
    loader::{addresses, debug::LinkMap},
    queue::Queues,
    sampling::Sessions,
    signal::Signals,
    tools::Tool,
};

/// Most `hsa_init` without `hsa_shut_down`: the count is an `int` in upstream, and programs test for the overflow.
const MOST: u32 = i32::MAX as u32;

/// The runtime in one process. A child made by fork gets a new one: the driver serves only the process that opened it,
/// and another thread of the parent may have held the lock.
pub struct Life {
    /// Which process it is of.
    process: u64,
    /// Held through the whole of a start or an end, tool libraries' functions included: an `hsa_init` of another thread
    /// may not return before they are in the tables. They themselves may call `hsa_init`, hence reentrant.
    state: ReentrantMutex<RefCell<State>>,
}

/// What calls find while the count is not 0.
pub struct Open {
    /// Which process it is of.
    process: u64,
    /// What queries see.
    pub machine: Arc<Machine>,
    /// What waits.
    pub events: Arc<Events>,
    /// What GPUs read.
    pub queues: Arc<Queues>,
    /// What samples program counters.
    pub sampling: Sessions,
}

/// What changes at starts and ends.
#[derive(Default)]
struct State {
    /// `hsa_init` without `hsa_shut_down`.
    count: u32,
    /// The driver, once opened: for ever, because the kernel ties the process's address space to the descriptors that
    /// the first start opened (kfd_process_device_init_vm), and keeps it until the process ends.
    kfd: Option<Kfd>,
    /// The signals' memory, made once and kept like the driver.
    signals: Option<&'static Signals>,
    /// The tool libraries at work.
    tools: Vec<Tool>,
}

static LIFE: ArcSwapOption<Life> = ArcSwapOption::const_empty();

/// By itself, so that few instructions lead to all of it.
static OPEN: Shelf<Open> = Shelf::new();

/// The life of this process.
fn life() -> Arc<Life> {
    let process = fork::generation();
    loop {
        let current = LIFE.load();
        if let Some(life) = current.as_ref().filter(|life| life.process == process) {
            return Arc::clone(life);
        }
        let new = Life { process, state: ReentrantMutex::default() };
        // The parent's is never ended here: what it would close or unmap is the parent's.
        mem::forget(current.clone());
        LIFE.compare_and_swap(&current, Some(Arc::new(new)));
    }
}

/// Does something about the runtime's life while no other thread does.
pub fn alone<T>(act: impl FnOnce(&Life) -> T) -> T {
    let life = life();
    let _door = life.state.lock();
    act(&life)
}

/// The machine, between `hsa_init` and the last `hsa_shut_down`.
///
/// # Errors
/// `NotInitialized`.
pub fn machine() -> Result<Arc<Machine>, Error> {
    find(|open| &open.machine)
}

/// What waits, between the same.
///
/// # Errors
/// `NotInitialized`.
pub fn events() -> Result<Arc<Events>, Error> {
    find(|open| &open.events)
}

/// The queues, between the same.
///
/// # Errors
/// `NotInitialized`.
pub fn queues() -> Result<Arc<Queues>, Error> {
    find(|open| &open.queues)
}

/// All of them.
///
/// # Errors
/// `NotInitialized`.
pub fn open() -> Result<Arc<Open>, Error> {
    find(|open| open)
}

/// Answers from the machine without keeping it: for what takes few instructions, and calls nobody.
///
/// # Errors
/// `NotInitialized`, or that of `answer`.
#[inline]
pub fn glance<R>(answer: impl FnOnce(&Machine) -> Result<R, Error>) -> Result<R, Error> {
    let ours = |open: &Arc<Open>| (open.process == fork::generation()).then(|| answer(&open.machine));
    OPEN.read(ours).unwrap_or(Err(Error::NotInitialized))
}

#[inline]
fn find<T>(part: impl Fn(&Arc<Open>) -> &Arc<T>) -> Result<Arc<T>, Error> {
    let ours = |open: &Arc<Open>| (open.process == fork::generation()).then(|| Arc::clone(part(open)));
    OPEN.read(ours).ok_or(Error::NotInitialized)
}

impl Life {
    /// Counts one user more. The first one finds the machine, which is the answer then; `r_debug` is where
    /// debuggers look.
    ///
    /// # Errors
    /// `OutOfResources` if there is no driver, `RefcountOverflow`.
    pub fn enter(&self, r_debug: &'static r_debug) -> Result<Option<Arc<Machine>>, Error> {
        let state = self.state.lock();
        let mut state = state.borrow_mut();
        let started = match state.count {
            MOST => return Err(Error::RefcountOverflow),
            0 => Some(Arc::new(start(&mut state.kfd, r_debug)?)),
            _ => None,
        };
        if let Some(machine) = &started {
            if state.signals.is_none() {
                // The first start of this process.
                OPEN.renew();
                addresses::clear();
            }
            let signals = *state.signals.get_or_insert_with(|| Signals::new(Arc::clone(&machine.driver)));
            signals.set_interrupts(machine.config.interrupts);
            signals.set_longest_wait(machine.config.longest_wait);
            let events = Arc::new(Events::open(signals, Arc::clone(machine)));
            events.faults.watch_over(Arc::new(Engines(Arc::downgrade(machine))));
            let queues = Arc::new(Queues::open(Arc::clone(machine), Arc::clone(&events)));
            let sampling = Sessions::new(Arc::clone(machine), Arc::clone(&queues));
            let open = Open { process: self.process, machine: Arc::clone(machine), events, queues, sampling };
            OPEN.put(Some(Arc::new(open)));
        }
        state.count += 1;
        Ok(started)
    }

    /// Counts one user less. After the last one, queries find no machine; what there is to end is the answer.
    ///
    /// # Errors
    /// `NotInitialized`.
    pub fn leave(&self) -> Result<Option<End>, Error> {
        let state = self.state.lock();
        let mut state = state.borrow_mut();
        state.count = state.count.checked_sub(1).ok_or(Error::NotInitialized)?;
        if state.count > 0 {
            return Ok(None);
        }
        addresses::clear();
        let tools = mem::take(&mut state.tools);
        Ok(OPEN.put(None).map(|open| End { open, tools }))
    }

    /// Keeps the tool libraries that work until the end.
    pub fn keep_tools(&self, tools: Vec<Tool>) {
        self.state.lock().borrow_mut().tools = tools;
    }
}

/// What the last `hsa_shut_down` has to end.
pub struct End {
    /// What calls found: to be ended when the tools have, queues first.
    pub open: Arc<Open>,
    /// The tools that were at work: to be told, and unloaded when the rest is done.
    pub tools: Vec<Tool>,
}

fn start(kfd: &mut Option<Kfd>, r_debug: &'static r_debug) -> Result<Machine, Error> {
    static STARTS: AtomicU64 = AtomicU64::new(0);
    let variables: HashMap<String, String> = environment::variables().into_iter().collect();
    let config = Config::new(|name| variables.get(name).cloned());
    pause::choose(config.mwaitx);
    let driver = match kfd {
        // The machine may have changed since: partitions, or a GPU that was taken away.
        Some(driver) => {
            driver.look_again()?;
            driver
        }
        None => kfd.insert(Kfd::open()?),
    };
    let debugger = LinkMap::new(r_debug);
    driver.enable(debugger.address(), config.debug)?;
    let xnack = driver.settle_xnack(config.xnack);
    let topology = driver.topology();
    let epoch = Epoch::new(STARTS.fetch_add(1, Ordering::Relaxed));
    let mut machine = discovery::discover(config, Arc::new(driver.clone()), &topology, xnack, epoch);
    machine.loader.debugger = Some(Arc::new(debugger));
    if let Some(npu) = npu::find() {
        machine.add_npu(npu);
    }
    Ok(machine)
}
