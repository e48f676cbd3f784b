//! Queues: rings of AQL packets that GPUs or programs read. Answers to upstream's `queue.h`, `amd_aql_queue.cpp` and
//! `host_queue.cpp`.
//!
//! Touches `driver`, `signal`, `agent` and `events`. What a program does most, taking a packet and ringing, happens in its
//! own code, in `boundary::Indexes` and in `signal`'s doorbells: no lock, no allocation, no system call.
//!
//! * [`ring`] is the only part that makes references to shared memory: the [`descriptor`], which is what `hsa_queue_t *`
//!   points to, and packets; [`buffer`] is that memory.
//! * [`protocol`] is in which order packets are written and read, [`turn`] who does it where it is one thread for all.
//! * [`counted`] are handles of queues that several share.
//! * [`intercept`] is a queue of ours in front of one of the hardware, for tools.
//! * [`build`] puts a queue of the hardware together, [`hardware`] is one, [`mask`] where its waves run, and [`trouble`] what
//!   happens when it cannot go on, for which [`errors`] has the names, [`scratch`] the memory and [`lending`] what is done
//!   with it, [`stopping`] what is then left undone, [`stall`] how it is found that it does not go on, [`gate`] the order at
//!   the end, and [`trap`] what waves run that cannot go on.

pub mod buffer;
pub mod build;
mod counted;
mod descriptor;
mod errors;
#[cfg(fuzzing)]
pub mod fuzz;
mod gate;
pub mod hardware;
mod intercept;
mod lending;
mod mask;
pub mod protocol;
pub mod ring;
mod scratch;
pub mod stall;
mod stopping;
mod trap;
mod trouble;
mod turn;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use hsakmt_thunk::topology::model::NodeId;
use parking_lot::Mutex;

use self::{
    buffer::Buffer,
    build::{OwnSignal, Request},
    counted::Share,
    descriptor::{Descriptor, Packet},
    hardware::Queue,
    intercept::{IDLE, Intercept},
    ring::{Page, Ring},
    scratch::{Shape, pool::Pool},
    trap::TrapHandlers,
};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{BoundInterceptHandler, BoundQueueHandler, BoundQueueNotifier, Error},
    driver::Attributes,
    events::{Events, faults::Running, handlers::Handlers},
    signal::Kind,
};

/// Packets of the queue for cooperative dispatches, of which a GPU has one.
const COOPERATIVE_PACKETS: u32 = 0x4000;

/// A queue, whoever reads it.
#[derive(Clone)]
enum Entry {
    Hardware(Arc<Queue>),
    /// Handlers of tools, and then the hardware.
    Intercept(Arc<Intercept>),
    /// One of the hardware that several share.
    Counted(Arc<Share>),
    /// A program; nothing here but its memory is ours.
    Soft {
        _page: Arc<(Page, Ring)>,
    },
}

impl Entry {
    fn end(&self) {
        match self {
            Self::Hardware(queue) => queue.end(),
            Self::Intercept(queue) => queue.end(),
            Self::Counted(share) => share.end(),
            Self::Soft { .. } => {}
        }
    }

    /// The queue that a GPU reads, if there is one behind it alone.
    fn hardware(&self) -> Option<&Arc<Queue>> {
        match self {
            Self::Hardware(queue) => Some(queue),
            Self::Intercept(queue) => Some(&queue.hardware),
            Self::Counted(_) | Self::Soft { .. } => None,
        }
    }
}

/// All queues, and what has happened to their GPUs.
#[derive(Default)]
struct All {
    /// By the address that programs know.
    entries: Mutex<BTreeMap<u64, Entry>>,
    /// The GPUs that have stopped for ever, by agent, with the error.
    stopped: Mutex<BTreeMap<usize, hsa_status_t>>,
}

/// The queues between `hsa_init` and the last `hsa_shut_down`.
pub struct Queues {
    machine: Arc<Machine>,
    events: Arc<Events>,
    /// Of the queues' own signals.
    handlers: Handlers,
    /// Scratch memory, by agent.
    scratch: HashMap<usize, Arc<Pool>>,
    all: Arc<All>,
    traps: TrapHandlers,
    /// Queues for cooperative dispatches, and how often each was created, by agent.
    cooperative: Mutex<HashMap<usize, (Arc<Queue>, u32)>>,
    counted: counted::Pools,
    next_id: AtomicU64,
    /// Who hears of queues that nobody asked for by themselves.
    pub notifier: OnceLock<BoundQueueNotifier>,
}

impl Queues {
    /// None yet; no thread starts, and the driver is not asked for anything.
    pub fn open(machine: Arc<Machine>, events: Arc<Events>) -> Self {
        let keep = machine.config.scratch_kept;
        let pool =
            |gpu: &Agent| Pool::new(Arc::clone(&machine.driver), gpu.node.clone(), Shape::new(gpu), keep);
        let scratch: HashMap<usize, Arc<Pool>> =
            machine.gpus().map(|gpu| (gpu.index, Arc::new(pool(gpu)))).collect();
        let pools: Vec<Weak<Pool>> = scratch.values().map(Arc::downgrade).collect();
        machine.heap.set_reserve(move || {
            pools.iter().filter_map(Weak::upgrade).filter(|pool| pool.shrink()).count() > 0
        });
        let all = Arc::<All>::default();
        events.faults.watch_over(Arc::clone(&all) as Arc<dyn Running>);
        Self {
            handlers: Handlers::new(events.signals, "hsa-queues"),
            scratch,
            events,
            all,
            traps: TrapHandlers::new(&machine),
            cooperative: Mutex::default(),
            counted: counted::Pools::default(),
            next_id: AtomicU64::new(0),
            notifier: OnceLock::new(),
            machine,
        }
    }

    /// Makes a queue that a GPU reads. With the first one, faults of GPUs are listened to.
    ///
    /// # Errors
    /// `OutOfResources`; `Generic` for an agent that is no GPU.
    pub fn create(&self, agent: &Agent, request: &Request) -> Result<Arc<Queue>, Error> {
        let scratch = self.scratch.get(&agent.index).ok_or(Error::Generic)?;
        self.events.faults.start()?;
        self.traps.install(&self.machine, agent);
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let queue = Queue::new(&self.machine, agent, self.events.signals, scratch, request, id)?;
        self.traps.add(&*self.machine.driver, &queue);
        if !self.machine.config.skip_first_mask {
            queue.begin_mask(agent);
        }
        let queue = Arc::new(queue);
        trouble::watch(&queue, &self.machine, &self.events, &self.handlers).inspect_err(|_| queue.end())?;
        self.all.entries.lock().insert(queue.address(), Entry::Hardware(Arc::clone(&queue)));
        self.all.stop_late(&queue);
        Ok(queue)
    }

    /// Has waves of a GPU write samples to what begins at an address, when the host makes them trap, or to nowhere at 0.
    ///
    /// # Errors
    /// `Generic` for a GPU whose waves cannot, or when the driver refuses.
    pub fn sample(&self, agent: &Agent, to: u64) -> Result<(), Error> {
        self.traps.sample(&self.machine, agent, to)
    }

    /// The queue for cooperative dispatches of a GPU: one for all who want it, since its hardware is there but once. Also
    /// whether it was made now.
    ///
    /// # Errors
    /// `InvalidQueueCreation` if the GPU has no such hardware, `OutOfResources`.
    pub fn create_cooperative(&self, agent: &Agent) -> Result<(Arc<Queue>, bool), Error> {
        let mut cooperative = self.cooperative.lock();
        if let Some((queue, users)) = cooperative.get_mut(&agent.index) {
            *users += 1;
            return Ok((Arc::clone(queue), false));
        }
        let queue = self.create_lone_cooperative(agent, None)?;
        cooperative.insert(agent.index, (Arc::clone(&queue), 1));
        Ok((queue, true))
    }

    fn create_lone_cooperative(
        &self,
        agent: &Agent,
        handler: Option<BoundQueueHandler>,
    ) -> Result<Arc<Queue>, Error> {
        if agent.node.properties.num_gws == 0 {
            return Err(Error::InvalidQueueCreation);
        }
        let request = Request { packets: COOPERATIVE_PACKETS, handler, ..Request::default() };
        let queue = self.create(agent, &request)?;
        queue.make_cooperative().inspect_err(|_| self.remove(&queue))?;
        Ok(queue)
    }

    /// Makes a queue whose packets handlers see before a GPU does. Without a request it has the GPU's hardware for
    /// cooperative dispatches, for itself alone. `handler` hears of errors.
    ///
    /// # Errors
    /// As [`Self::create`] and [`Self::create_cooperative`].
    pub fn create_intercept(
        &self,
        agent: &Agent,
        request: Option<Request>,
        handler: Option<BoundQueueHandler>,
    ) -> Result<u64, Error> {
        let hardware = match request {
            Some(request) => self.create(agent, &request)?,
            None => self.create_lone_cooperative(agent, handler)?,
        };
        let queue = self.intercept(agent, &hardware).inspect_err(|_| self.remove(&hardware))?;
        let address = queue.address();
        let mut all = self.all.entries.lock();
        all.remove(&hardware.address());
        all.insert(address, Entry::Intercept(queue));
        Ok(address)
    }

    fn intercept(&self, agent: &Agent, hardware: &Arc<Queue>) -> Result<Arc<Intercept>, Error> {
        let host = self.machine.nearest_cpu(agent).ok_or(Error::OutOfResources)?.node.id;
        let attributes = Attributes { host: true, ..Attributes::default() };
        let memory = self.host_memory((host, &[agent.node.id]), hardware.packets() as u32, attributes)?;
        let signals = self.events.signals;
        let kind = if signals.interrupts() { Kind::Interrupt } else { Kind::Silent };
        let doorbell = OwnSignal(signals.create_heard(IDLE, kind)?);
        Intercept::new(memory, doorbell, Arc::clone(hardware), &self.events.handlers)
    }

    /// Adds a handler to a queue that was made for such.
    ///
    /// # Errors
    /// `InvalidQueue`.
    pub fn register(&self, address: u64, handler: BoundInterceptHandler) -> Result<(), Error> {
        match self.all.entries.lock().get(&address) {
            Some(Entry::Intercept(queue)) => queue.register(handler),
            _ => return Err(Error::InvalidQueue),
        }
        Ok(())
    }

    /// Makes a queue that a program reads, in memory of a region of the host's.
    ///
    /// # Errors
    /// `OutOfResources`; `InvalidRegion` if the host does not reach the region's memory.
    pub fn create_soft(
        &self,
        region: usize,
        packets: u32,
        (kind, features): (u32, u32),
        doorbell: hsa_signal_t,
    ) -> Result<u64, Error> {
        let pool =
            self.machine.pools.get(region).filter(|pool| pool.host_access).ok_or(Error::InvalidRegion)?;
        let gpus: Vec<NodeId> = self.machine.gpus().map(|gpu| gpu.node.id).collect();
        let attributes = Attributes { host: true, uncached: pool.kernarg, ..Attributes::default() };
        let (page, ring) = self.host_memory((pool.node, &gpus), packets, attributes)?;
        page.kind.store(kind, Ordering::Relaxed);
        page.features.store(features, Ordering::Relaxed);
        page.size.store(packets, Ordering::Relaxed);
        page.base_address.store(ring.address(), Ordering::Relaxed);
        page.doorbell_signal.store(doorbell.handle, Ordering::Relaxed);
        page.id.store(self.next_id.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        page.set_property(AMD_QUEUE_PROPERTIES_IS_PTR64, true);
        let address = page.address();
        self.all.entries.lock().insert(address, Entry::Soft { _page: Arc::new((page, ring)) });
        Ok(address)
    }

    /// A descriptor and a ring of a node's memory, for the GPUs of others.
    fn host_memory(
        &self,
        (at, to): (NodeId, &[NodeId]),
        packets: u32,
        attributes: Attributes,
    ) -> Result<(Page, Ring), Error> {
        let bytes = u64::from(packets) * Packet::BYTES;
        let ring = Ring::new(Buffer::new(&self.machine.driver, at, to, bytes, attributes)?, packets);
        Ok((self.page((at, to), attributes)?, ring.ok_or(Error::OutOfResources)?))
    }

    /// A descriptor, likewise.
    fn page(&self, (at, to): (NodeId, &[NodeId]), attributes: Attributes) -> Result<Page, Error> {
        let bytes = size_of::<Descriptor>() as u64;
        Page::new(Buffer::new(&self.machine.driver, at, to, bytes, attributes)?).ok_or(Error::OutOfResources)
    }

    /// The queue at an address, which a GPU reads; of one that handlers see first, the one behind it.
    ///
    /// # Errors
    /// `InvalidQueue`.
    pub fn hardware(&self, address: u64) -> Result<Arc<Queue>, Error> {
        let all = self.all.entries.lock();
        all.get(&address).and_then(Entry::hardware).cloned().ok_or(Error::InvalidQueue)
    }

    /// The same, or the one that a handle at the address shares with others: to be asked, not to be changed.
    ///
    /// # Errors
    /// `InvalidQueue`.
    pub fn shared(&self, address: u64) -> Result<Arc<Queue>, Error> {
        let all = self.all.entries.lock();
        let queue = all.get(&address).and_then(|entry| match entry {
            Entry::Counted(share) => Some(&share.queue),
            entry => entry.hardware(),
        });
        queue.cloned().ok_or(Error::InvalidQueue)
    }

    /// Stops the queue at an address for ever. One that a program reads has nothing to be stopped.
    ///
    /// # Errors
    /// `InvalidQueue` if there is none, or it is shared.
    pub fn inactivate(&self, address: u64) -> Result<(), Error> {
        let entry = self.all.entries.lock().get(&address).cloned();
        match entry.ok_or(Error::InvalidQueue)? {
            Entry::Hardware(queue) => queue.inactivate(),
            Entry::Intercept(queue) => queue.inactivate(),
            Entry::Counted(_) => return Err(Error::InvalidQueue),
            Entry::Soft { .. } => {}
        }
        Ok(())
    }

    /// Destroys the queue at an address; a cooperative one with the last of those who created it. Handlers of signals that
    /// are due are called before. Of the answer, if it is one, the scratch memory is still to be freed.
    ///
    /// # Errors
    /// `InvalidQueue` if there is none, or it is shared and to be released.
    pub fn destroy(&self, address: u64) -> Result<Option<Arc<Queue>>, Error> {
        if matches!(self.all.entries.lock().get(&address), None | Some(Entry::Counted(_))) {
            return Err(Error::InvalidQueue);
        }
        self.events.handlers.settle();
        {
            let mut cooperative = self.cooperative.lock();
            let found = cooperative.iter_mut().find(|(_, (queue, _))| queue.address() == address);
            if let Some((&agent, (_, users))) = found {
                *users -= 1;
                if *users > 0 {
                    return Ok(None);
                }
                cooperative.remove(&agent);
            }
        }
        // Of two threads that destroy it, one does.
        let entry = self.all.entries.lock().remove(&address).ok_or(Error::InvalidQueue)?;
        entry.end();
        Ok(entry.hardware().cloned())
    }

    /// Destroys a queue that nobody knows yet.
    pub fn remove(&self, queue: &Queue) {
        self.all.entries.lock().remove(&queue.address());
        queue.end();
    }

    /// Ends all queues, while the driver is still there, and the thread that handles their errors.
    pub fn end(&self) {
        self.cooperative.lock().clear();
        self.counted.lock().clear();
        let all = std::mem::take(&mut *self.all.entries.lock());
        all.into_values().for_each(|entry| entry.end());
        self.handlers.end();
    }
}

#[cfg(test)]
mod tests;
