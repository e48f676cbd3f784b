//! One session: stopped or started, and the thread that takes samples and tells the client.
//!
//! Touches `driver` and threads. The thread looks every millisecond while the session runs; waves interrupt nobody. Else it
//! sleeps. It alone takes samples, so that what a flush waits for has been told when the thread says so.
#![forbid(unsafe_code)]

use std::{
    sync::Arc,
    thread::{self, JoinHandle, ThreadId},
    time::{Duration, Instant},
};

use hsakmt_thunk::{kernel::thread as quiet, topology::model::Node};
use parking_lot::{Condvar, Mutex, MutexGuard};

use super::{buffer::Halves, stock::Stock};
use crate::{
    agent::machine::Machine,
    boundary::{BoundSamplesReady, Error},
};

const THREAD: &str = "hsa-sampling";
/// How often the thread looks.
const LOOK: Duration = Duration::from_millis(1);

/// A session.
pub struct Session {
    /// Of which GPU, among the agents.
    pub agent: usize,
    /// The driver's number for it.
    pub trace: u32,
    machine: Arc<Machine>,
    /// Whether it runs. Held while the driver is told so.
    running: Mutex<bool>,
    orders: Arc<(Mutex<Orders>, Condvar)>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread is told.
#[derive(Default)]
struct Orders {
    looks: bool,
    ends: bool,
    /// How often all samples were asked for, and how far the thread has come with that.
    asked: u64,
    told: u64,
    /// Which thread it is.
    id: Option<ThreadId>,
}

/// What the thread works with.
struct Work {
    machine: Arc<Machine>,
    agent: usize,
    halves: Arc<Halves>,
    stock: Stock,
    client: BoundSamplesReady,
}

impl Session {
    /// A session that does not run yet, and its thread.
    ///
    /// # Errors
    /// `OutOfResources` when there can be no thread.
    pub fn start(
        machine: Arc<Machine>,
        agent: usize,
        trace: u32,
        halves: Arc<Halves>,
        (stock, client): (Stock, BoundSamplesReady),
    ) -> Result<Arc<Self>, Error> {
        let orders = Arc::<(Mutex<Orders>, Condvar)>::default();
        let work = Work { machine: Arc::clone(&machine), agent, halves, stock, client };
        let seen = Arc::clone(&orders);
        let thread = quiet::spawn(THREAD, move || work.run(&seen)).map_err(|_| Error::OutOfResources)?;
        orders.0.lock().id = Some(thread.thread().id());
        let thread = Mutex::new(Some(thread));
        Ok(Arc::new(Self { agent, trace, machine, running: Mutex::default(), orders, thread }))
    }

    /// Begins to sample, if it does not.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    pub fn run(&self) -> Result<(), Error> {
        let mut running = self.running.lock();
        if !*running {
            self.machine.driver.start_sampling(self.node(), self.trace)?;
            *running = true;
            drop(self.order(|orders| orders.looks = true));
        }
        Ok(())
    }

    /// Samples no more, if it did. When this returns, no wave writes any.
    ///
    /// # Errors
    /// `Generic` when the driver refuses.
    pub fn stop(&self) -> Result<(), Error> {
        let mut running = self.running.lock();
        if *running {
            self.machine.driver.stop_sampling(self.node(), self.trace)?;
            *running = false;
            drop(self.order(|orders| orders.looks = false));
        }
        Ok(())
    }

    /// Has the client hear of all samples that there are, and waits until it has.
    ///
    /// # Errors
    /// `Generic` from within the client's function, which would wait for itself.
    pub fn flush(&self) -> Result<(), Error> {
        if self.is_within() {
            return Err(Error::Generic);
        }
        let mut orders = self.order(|orders| orders.asked += 1);
        let mine = orders.asked;
        while orders.told < mine && !orders.ends {
            self.orders.1.wait(&mut orders);
        }
        Ok(())
    }

    /// Ends the thread, of a session that does not run. From within the client's function the thread ends after that.
    pub fn end(&self) {
        drop(self.order(|orders| orders.ends = true));
        let thread = self.thread.lock().take().filter(|_| !self.is_within());
        // It panics never.
        let _ = thread.map(JoinHandle::join);
    }

    fn node(&self) -> &Node {
        &self.machine.agents[self.agent].node
    }

    fn is_within(&self) -> bool {
        self.orders.0.lock().id == Some(thread::current().id())
    }

    fn order(&self, change: impl FnOnce(&mut Orders)) -> MutexGuard<'_, Orders> {
        let mut orders = self.orders.0.lock();
        change(&mut orders);
        self.orders.1.notify_all();
        orders
    }
}

impl Work {
    fn run(mut self, (orders, changed): &(Mutex<Orders>, Condvar)) {
        let mut last = Instant::now();
        loop {
            let mut now = orders.lock();
            if now.looks && !now.ends && now.asked == now.told {
                changed.wait_for(&mut now, LOOK);
            }
            while !now.looks && !now.ends && now.asked == now.told {
                changed.wait(&mut now);
            }
            let (asked, all) = (now.asked, now.asked > now.told);
            if now.ends {
                return;
            }
            drop(now);
            self.look(last.elapsed(), all);
            last = Instant::now();
            orders.lock().told = asked;
            changed.notify_all();
        }
    }

    fn look(&mut self, over: Duration, all: bool) {
        if self.stock.has_room() {
            let Self { machine, agent, halves, stock, .. } = self;
            let agent = &machine.agents[*agent];
            for sample in stock.add(over, |samples| halves.take(samples)) {
                // A driver that does not tell its clocks leaves the GPU's time.
                sample.timestamp = machine.system_tick(agent, sample.timestamp).unwrap_or(sample.timestamp);
            }
        }
        self.stock.tell(&self.client, all);
    }
}
