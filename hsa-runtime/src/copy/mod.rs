//! Copies and fills: by the SDMA engines of GPUs, by kernels, or for the host's memory by threads.
//!
//! Touches `signal`, `events`, `memory`, `queue` and `driver`. Answers to upstream's `amd_blit_sdma.cpp` and to the Dma* functions
//! of `amd_gpu_agent.cpp` and `amd_cpu_agent.cpp`.
//!
//! * [`packet`] is the engines' language, [`job`] a call in it.
//! * [`engine`] takes jobs from any thread; it is made for the first one. [`sdma`] is one with its [`ring`], [`kernel`] one
//!   that starts kernels of our own.
//! * [`route`] tells which engine carries what. [`host`] copies without one, [`wait`] is for callers that wait, and
//!   [`failing`] for copies that cannot end.
#![deny(unsafe_code)]

pub mod engine;
pub mod failing;
pub mod host;
pub mod job;
mod kernel;
pub mod packet;
#[allow(unsafe_code, reason = "memory that an engine reads")]
mod ring;
pub mod route;
mod sdma;
pub mod wait;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use self::{
    engine::Engine,
    host::HostCopies,
    job::{Habits, Job},
    kernel::Kernels,
    ring::Ring,
    route::{Carrier, TO_HOST},
    sdma::Sdma,
};
use crate::{
    agent::{Agent, link, machine::Machine},
    boundary::Error,
    driver::queue::{Priority, Wanted},
    events::Events,
    memory::{Owned, Wish},
    queue::Queues,
};

/// An engine, made when it is used first; `None` where that could not be.
type Place<L> = OnceLock<Option<Arc<Engine<L>>>>;

/// What carries copies, between `hsa_init` and the last `hsa_shut_down`.
#[derive(Default)]
pub struct Copies {
    /// SDMA engines, by agent and number.
    engines: BTreeMap<(usize, usize), Place<Sdma>>,
    /// Kernels, by agent.
    kernels: BTreeMap<usize, Place<Kernels>>,
    /// Copies of the host's memory.
    pub host: HostCopies,
    timed: AtomicBool,
}

/// The rooms that engines need.
#[derive(Clone, Copy)]
pub struct Rooms<'a> {
    /// Where engines call for more.
    pub events: &'a Arc<Events>,
    /// Where kernels are started.
    pub queues: &'a Queues,
}

impl Copies {
    /// For these agents; nothing is asked of the driver yet.
    pub fn new(agents: &[Agent]) -> Self {
        let gpus = || agents.iter().filter(|agent| agent.is_gpu());
        let numbers =
            |gpu: &Agent| (0..route::numbers(gpu)).map(|number| (gpu.index, number)).collect::<Vec<_>>();
        Self {
            engines: gpus().flat_map(numbers).map(|key| (key, Place::default())).collect(),
            kernels: gpus().map(|gpu| (gpu.index, Place::default())).collect(),
            ..Self::default()
        }
    }

    /// Whether copies are to tell when they began and ended.
    pub fn timed(&self) -> bool {
        self.timed.load(Ordering::Relaxed)
    }

    /// Sets whether they are.
    pub fn set_timed(&self, timed: bool) {
        self.timed.store(timed, Ordering::Relaxed);
    }

    /// Whether an engine has nothing to do; it has not while there is none.
    pub fn is_idle(&self, gpu: &Agent, number: usize) -> bool {
        let engine = self.engines.get(&(gpu.index, number)).and_then(OnceLock::get);
        engine.and_then(Option::as_ref).is_none_or(|engine| engine.is_idle())
    }

    /// Ends the engines, whatever they are doing.
    pub fn end(&self) {
        self.engines.values().filter_map(|engine| engine.get()?.as_ref()).for_each(|engine| engine.end());
        self.kernels.values().filter_map(|engine| engine.get()?.as_ref()).for_each(|engine| engine.end());
    }
}

impl Machine {
    /// Has a carrier of a GPU do jobs; where there is no such engine, a kernel does them, and the other way round.
    ///
    /// # Errors
    /// `OutOfResources` if nothing can carry it; `NotInitialized` after the end.
    pub fn carry(
        &self,
        rooms: Rooms<'_>,
        gpu: &Agent,
        carrier: Carrier,
        jobs: &[Job<'_>],
    ) -> Result<(), Error> {
        jobs.iter().filter(|job| job.timed).for_each(|job| job.completion.begin_copy(gpu.index));
        let engine = |number| Some(self.engine(rooms, gpu, number)?.submit(jobs, rooms.events));
        let kernels = || Some(self.kernels(rooms, gpu)?.submit(jobs, rooms.events));
        let carried = match carrier {
            Carrier::Engine(number) => engine(number).or_else(kernels),
            Carrier::Kernel => kernels().or_else(|| engine(TO_HOST)),
        };
        carried.unwrap_or(Err(Error::OutOfResources))
    }

    /// The SDMA engine of a GPU, made if it is not there; `None` if that cannot be.
    pub fn engine(&self, rooms: Rooms<'_>, gpu: &Agent, number: usize) -> Option<&Arc<Engine<Sdma>>> {
        let place = self.copies.engines.get(&(gpu.index, number))?;
        place.get_or_init(|| self.make_engine(rooms, gpu, number)).as_ref()
    }

    fn make_engine(&self, rooms: Rooms<'_>, gpu: &Agent, number: usize) -> Option<Arc<Engine<Sdma>>> {
        let dialect = route::dialect(self, gpu)?;
        rooms.events.faults.start().ok()?;
        if let Some(first) = route::predecessor(gpu, number) {
            self.engine(rooms, gpu, first);
        }
        let cpu = self.cpus().next()?;
        let link = self.links.between(gpu.node.id, cpu.node.id);
        let habits = Habits {
            dialect,
            atomics: link.atomics_64,
            flushes_host_data: dialect.flushes_host_data
                && self.config.copies.flush_host_data
                && link.kind != link::Kind::Xgmi,
        };
        let (node, reader) = (gpu.node.id, route::reader(self, gpu, number));
        let wanted = Wanted { node, reader, priority: Priority::Highest, ring: 0, ring_bytes: 0 };
        let memory = self.engine_memory(gpu, ring::BYTES).ok()?;
        let driver = Arc::clone(&self.driver);
        let ring = Ring::new(driver, memory, &wanted, dialect.shortest_submission).ok()?;
        Engine::new(Sdma::new(habits, ring), rooms.events).ok()
    }

    /// The kernels of a GPU, with their queue, likewise.
    fn kernels(&self, rooms: Rooms<'_>, gpu: &Agent) -> Option<&Arc<Engine<Kernels>>> {
        let make = || Engine::new(Kernels::new(self, rooms.queues, gpu).ok()?, rooms.events).ok();
        self.copies.kernels.get(&gpu.index)?.get_or_init(make).as_ref()
    }

    /// Memory of the host that a GPU reaches and executes, uncached.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn engine_memory(&self, gpu: &Agent, bytes: u64) -> Result<Owned, Error> {
        let cpu = self.nearest_cpu(gpu).ok_or(Error::OutOfResources)?;
        let pool = cpu.pools.clone().find(|&pool| self.pools[pool].kernarg).ok_or(Error::OutOfResources)?;
        let wish = Wish { executable: true, ..Wish::default() };
        let memory = Owned::new(self, self.allocate(pool, bytes, wish)?);
        self.allow_access(memory.address(), &[gpu])?;
        Ok(memory)
    }
}
