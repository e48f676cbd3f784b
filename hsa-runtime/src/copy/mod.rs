//! Copies and fills: by the SDMA engines of GPUs, or for the host's memory by threads.
//!
//! Touches `signal`, `events`, `memory` and `driver`. Answers to upstream's `amd_blit_sdma.cpp` and to the Dma* functions
//! of `amd_gpu_agent.cpp` and `amd_cpu_agent.cpp`.
//!
//! * [`packet`] is the engines' language, [`job`] a call in it.
//! * [`ring`] is the memory that an engine reads, [`engine`] takes jobs from any thread. An engine is made for the first
//!   job that it gets.
//! * [`route`] tells which engine carries what. [`host`] copies without one.
#![deny(unsafe_code)]

pub mod engine;
pub mod host;
pub mod job;
pub mod packet;
#[allow(unsafe_code, reason = "memory that an engine reads")]
mod ring;
pub mod route;

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use self::{
    engine::Engine,
    host::HostCopies,
    job::{Habits, Job},
    packet::Dialect,
    ring::Ring,
};
use crate::{
    agent::{Agent, link, machine::Machine},
    boundary::Error,
    driver::queue::{Priority, Reader, Wanted},
    events::Events,
    memory::{Owned, Wish},
};

/// What carries copies, between `hsa_init` and the last `hsa_shut_down`.
#[derive(Default)]
pub struct Copies {
    /// By agent and number; `None` where the driver refused.
    engines: HashMap<(usize, usize), OnceLock<Option<Arc<Engine>>>>,
    /// Copies of the host's memory.
    pub host: HostCopies,
    timed: AtomicBool,
}

impl Copies {
    /// For these agents; nothing is asked of the driver yet.
    pub fn new(agents: &[Agent]) -> Self {
        let gpus = agents.iter().filter(|agent| !agent.is_cpu());
        let numbers = gpus.flat_map(|gpu| (0..route::numbers(gpu)).map(|number| (gpu.index, number)));
        Self { engines: numbers.map(|key| (key, OnceLock::new())).collect(), ..Self::default() }
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
    }
}

impl Machine {
    /// Has an engine of a GPU do a job.
    ///
    /// # Errors
    /// `OutOfResources` if there is no such engine; `NotInitialized` after the end.
    pub fn submit(
        &self,
        events: &Arc<Events>,
        gpu: &Agent,
        number: usize,
        job: &Job<'_>,
    ) -> Result<(), Error> {
        let engine = self.engine(events, gpu, number).ok_or(Error::OutOfResources)?;
        if job.timed {
            job.completion.begin_copy(gpu.index);
        }
        engine.submit(job, events)
    }

    /// The engine of a GPU, made if it is not there; `None` if that cannot be.
    pub fn engine(&self, events: &Events, gpu: &Agent, number: usize) -> Option<&Arc<Engine>> {
        let place = self.copies.engines.get(&(gpu.index, number))?;
        let make = || {
            let dialect = route::dialect(self, gpu)?;
            if let Some(first) = route::predecessor(gpu, number) {
                self.engine(events, gpu, first);
            }
            self.make_engine(events, gpu, dialect, route::reader(self, gpu, number)).ok()
        };
        place.get_or_init(make).as_ref()
    }

    fn make_engine(
        &self,
        events: &Events,
        gpu: &Agent,
        dialect: Dialect,
        reader: Reader,
    ) -> Result<Arc<Engine>, Error> {
        let first = self
            .cpus()
            .next()
            .map_or_else(Default::default, |cpu| self.links.between(gpu.node.id, cpu.node.id));
        let habits = Habits {
            dialect,
            atomics: first.atomics_64,
            flushes_host_data: dialect.flushes_host_data
                && self.config.copies.flush_host_data
                && first.kind != link::Kind::Xgmi,
        };
        let node = gpu.node.id;
        let wanted = Wanted { node, reader, priority: Priority::Highest, ring: 0, ring_bytes: 0 };
        let memory = self.ring_memory(gpu)?;
        let ring = Ring::new(Arc::clone(&self.driver), memory, &wanted, dialect.shortest_submission)?;
        Engine::new(habits, ring, events)
    }

    /// Memory of the host that a GPU reaches, uncached.
    fn ring_memory(&self, gpu: &Agent) -> Result<Owned, Error> {
        let cpu = self.nearest_cpu(gpu).ok_or(Error::OutOfResources)?;
        let pool = cpu.pools.clone().find(|&pool| self.pools[pool].kernarg).ok_or(Error::OutOfResources)?;
        let wish = Wish { executable: true, ..Wish::default() };
        let memory = Owned::new(self, self.allocate(pool, ring::BYTES, wish)?);
        self.allow_access(memory.address(), &[gpu])?;
        Ok(memory)
    }
}
