//! Queues of the hardware that several users share, each by a handle of his own. Answers to upstream's
//! `counted_queue_manager.cpp`.
//!
//! Of a GPU's hardware queues a few are for each priority; who wants one gets that with the fewest users. A handle is a
//! copy of the hardware queue's descriptor but for the indexes: those of the hardware's are found through it
//! (`boundary::Indexes`). Hardware queues stay until the end of the runtime: streams come and go, and a queue takes long.
#![forbid(unsafe_code)]

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

use parking_lot::Mutex;

use super::{Entry, Queues, Request, gate::Gate, hardware::Queue, ring::Page};
use crate::{
    abi::hsa_status_t,
    agent::{Agent, info::limits},
    boundary::{BoundQueueHandler, Error},
    driver::{Attributes, queue::Priority},
};

/// The hardware queues of each agent and priority.
pub type Pools = Mutex<HashMap<(usize, Priority), Vec<Arc<Queue>>>>;

/// Who shares a queue, and hears of its errors.
pub struct User {
    address: u64,
    handler: Option<BoundQueueHandler>,
    gate: Gate,
}

impl User {
    /// Tells him of an error, unless he is about to leave; whether he wants to hear.
    pub fn tell(&self, why: hsa_status_t) -> bool {
        let Some(handler) = &self.handler else { return false };
        if let Some(_inside) = self.gate.enter() {
            handler.call(why, self.address);
        }
        true
    }
}

/// A user's handle.
pub struct Share {
    /// What the address is of.
    _page: Page,
    pub queue: Arc<Queue>,
    user: Arc<User>,
}

impl Share {
    fn new(page: Page, queue: Arc<Queue>, handler: Option<BoundQueueHandler>) -> Self {
        let shared = &queue.parts.page;
        page.describe_as(shared);
        page.base_address.store(shared.base_address.load(Ordering::Relaxed), Ordering::Relaxed);
        page.doorbell_signal.store(shared.doorbell_signal.load(Ordering::Relaxed), Ordering::Relaxed);
        page.indexes_at.store(queue.address(), Ordering::Relaxed);
        let user = Arc::new(User { address: page.address(), handler, gate: Gate::default() });
        queue.users.lock().push(Arc::clone(&user));
        Self { _page: page, queue, user }
    }

    /// Its user leaves: when this returns, nobody calls his handler.
    pub fn end(&self) {
        self.queue.users.lock().retain(|user| !Arc::ptr_eq(user, &self.user));
        self.user.gate.shut();
    }
}

impl Queues {
    /// A handle of a shared queue with a priority.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn acquire(
        &self,
        agent: &Agent,
        priority: Priority,
        handler: Option<BoundQueueHandler>,
    ) -> Result<u64, Error> {
        let host = self.machine.nearest_cpu(agent).ok_or(Error::OutOfResources)?.node.id;
        let attributes = Attributes { host: true, ..Attributes::default() };
        let page = self.page((host, &[agent.node.id]), attributes)?;
        let address = page.address();
        let mut pools = self.counted.lock();
        let pool = pools.entry((agent.index, priority)).or_default();
        let fewest = pool.iter().min_by_key(|queue| queue.users.lock().len());
        let queue = match fewest.filter(|_| pool.len() >= self.machine.config.counted.queues) {
            Some(queue) => Arc::clone(queue),
            None => {
                let queue = self.new_shared(agent, priority)?;
                pool.push(Arc::clone(&queue));
                queue
            }
        };
        let share = Share::new(page, queue, handler);
        self.all.entries.lock().insert(address, Entry::Counted(Arc::new(share)));
        Ok(address)
    }

    fn new_shared(&self, agent: &Agent, priority: Priority) -> Result<Arc<Queue>, Error> {
        let packets = self.machine.config.counted.packets.clamp(limits::LEAST_QUEUE, limits::LARGEST_QUEUE);
        let request = Request { packets, ..Request::default() };
        let queue = self.create(agent, &request)?;
        queue.set_priority(priority).inspect_err(|_| self.remove(&queue))?;
        queue.set_profiling(true);
        Ok(queue)
    }

    /// Gives a handle back.
    ///
    /// # Errors
    /// `InvalidQueue` if there is no queue at the address, `Generic` if it is of another kind.
    pub fn release(&self, address: u64) -> Result<(), Error> {
        let share = {
            let mut all = self.all.entries.lock();
            let Entry::Counted(share) = all.get(&address).cloned().ok_or(Error::InvalidQueue)? else {
                return Err(Error::Generic);
            };
            all.remove(&address);
            share
        };
        share.end();
        Ok(())
    }

    /// How many share the queue of a handle; none if it is a queue of another kind.
    ///
    /// # Errors
    /// `InvalidQueue` if there is none at the address.
    pub fn users(&self, address: u64) -> Result<Option<usize>, Error> {
        match self.all.entries.lock().get(&address) {
            Some(Entry::Counted(share)) => Ok(Some(share.queue.users.lock().len())),
            Some(_) => Ok(None),
            None => Err(Error::InvalidQueue),
        }
    }
}
