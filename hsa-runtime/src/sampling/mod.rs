//! Sessions that sample program counters: the driver makes waves trap, the trap handler writes where they are, and a thread
//! tells the client.
//!
//! Touches `driver`, `queue` and `agent`. Answers to upstream's `pcs_runtime.cpp` and to PcSamplingCreate, -Start, -Stop,
//! -Flush and -Destroy of its `amd_gpu_agent.cpp`. Only AMD's own driver samples. Samples that hardware takes at random
//! (STOCHASTIC_V1) are not written: no handler of ours reads the registers that they are in.
//!
//! * [`buffer`] is where waves write; [`stock`] is when clients are told; [`session`] has the thread that does it.
#![forbid(unsafe_code)]

mod buffer;
mod session;
mod stock;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;

pub use self::session::Session;
use self::{buffer::Halves, stock::Stock};
use crate::{
    abi::{hsa_ven_amd_pcs_t, perf_sample_hosttrap_v1_t},
    agent::{Agent, machine::Machine},
    boundary::{BoundSamplesReady, Error},
    driver::profiling::HsaPcSamplingInfo,
    handle,
    log::complain,
    queue::Queues,
};

/// Bytes of a sample.
pub const SAMPLE: usize = size_of::<perf_sample_hosttrap_v1_t>();
/// Fewest places of each half that waves write to: many waves trap at once.
const LEAST: usize = 1024;

/// What a client wants.
#[derive(Clone, Copy)]
pub struct Wish {
    /// How, and how often, in the driver's words.
    pub way: HsaPcSamplingInfo,
    /// How many samples it wants to hear of at once.
    pub samples: usize,
    /// How long it takes until it copies them.
    pub latency: Duration,
}

/// All sessions.
pub struct Sessions {
    machine: Arc<Machine>,
    queues: Arc<Queues>,
    all: Mutex<BTreeMap<u32, Arc<Session>>>,
    next: AtomicU32,
}

impl Sessions {
    /// None yet.
    pub fn new(machine: Arc<Machine>, queues: Arc<Queues>) -> Self {
        Self { machine, queues, all: Mutex::default(), next: AtomicU32::new(1) }
    }

    /// Makes a session, which does not run yet; of the driver's with the number `existing`, if there is one.
    ///
    /// # Errors
    /// `OutOfResources`, also when the GPU has one: upstream has one for each way of sampling. `Generic` when the driver
    /// does not sample so.
    pub fn create(
        &self,
        gpu: &Agent,
        wish: &Wish,
        existing: Option<u32>,
        client: BoundSamplesReady,
    ) -> Result<hsa_ven_amd_pcs_t, Error> {
        let mut all = self.all.lock();
        if all.values().any(|session| session.agent == gpu.index) {
            return Err(Error::OutOfResources);
        }
        let driver = &self.machine.driver;
        let trace = existing.map_or_else(|| driver.create_sampling(&gpu.node, wish.way), Ok)?;
        let session = self.begin(gpu, wish, trace, client).inspect_err(|_| {
            // What the client hears of is why the rest failed.
            let _ = existing.is_none().then(|| driver.destroy_sampling(&gpu.node, trace));
        })?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        all.insert(number, session);
        Ok(handle::sampling(self.machine.epoch, number))
    }

    /// The part of a session that is ours.
    fn begin(
        &self,
        gpu: &Agent,
        wish: &Wish,
        trace: u32,
        client: BoundSamplesReady,
    ) -> Result<Arc<Session>, Error> {
        let host = self.machine.nearest_cpu(gpu).ok_or(Error::OutOfResources)?.node.id;
        let most = (self.machine.config.sampling_memory as usize / SAMPLE).min(Halves::MOST);
        let places = (wish.samples / 2).max(LEAST).min(most);
        let halves = Arc::new(Halves::new(&self.machine.driver, (host, gpu.node.id), places)?);
        self.queues.sample(gpu, halves.address()).inspect_err(|_| {
            complain(&format!("agent {} has no trap handler that writes samples", gpu.name()));
        })?;
        let stock = Stock::new(wish.samples, wish.latency);
        let session = Session::start(Arc::clone(&self.machine), gpu.index, trace, halves, (stock, client));
        session.inspect_err(|_| self.forget(gpu))
    }

    /// Waves write to nowhere again. A refusal means that the process's memory is gone already.
    fn forget(&self, gpu: &Agent) {
        let _ = self.queues.sample(gpu, 0);
    }

    /// The session of a handle.
    ///
    /// # Errors
    /// `InvalidArgument`.
    pub fn find(&self, session: hsa_ven_amd_pcs_t) -> Result<Arc<Session>, Error> {
        let number = handle::sampling_number(self.machine.epoch, session);
        let all = self.all.lock();
        number.and_then(|number| all.get(&number)).cloned().ok_or(Error::InvalidArgument)
    }

    /// Ends the session of a handle; samples that the client has not heard of are lost.
    ///
    /// # Errors
    /// `InvalidArgument`; `Generic` when the driver does not stop: then the session stays.
    pub fn destroy(&self, session: hsa_ven_amd_pcs_t) -> Result<(), Error> {
        let number = handle::sampling_number(self.machine.epoch, session).ok_or(Error::InvalidArgument)?;
        self.find(session)?.stop()?;
        // Of two threads that destroy it, one does.
        let session = self.all.lock().remove(&number).ok_or(Error::InvalidArgument)?;
        self.close(&session)
    }

    fn close(&self, session: &Session) -> Result<(), Error> {
        session.end();
        let gpu = &self.machine.agents[session.agent];
        self.forget(gpu);
        self.machine.driver.destroy_sampling(&gpu.node, session.trace)
    }

    /// Ends all of them, while the driver and the queues are still there.
    pub fn end(&self) {
        // Clients' functions may look for their sessions meanwhile.
        let all = std::mem::take(&mut *self.all.lock());
        for session in all.into_values() {
            // Nobody hears of what the driver refuses.
            let _ = session.stop();
            let _ = self.close(&session);
        }
    }
}

#[cfg(test)]
mod tests;
