//! A queue that a GPU's packet processor reads. Answers to upstream's `amd_aql_queue.cpp`.
#![forbid(unsafe_code)]

use std::sync::{Arc, OnceLock, atomic::Ordering};

use parking_lot::Mutex;

use super::{
    build::{OwnSignal, Parts, Request},
    counted::User,
    gate::Gate,
    mask::{self, Mask},
    protocol,
    scratch::pool::Pool,
    stall::Stall,
    stopping::Remains,
};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{BoundQueueHandler, Error},
    driver::{
        Driver,
        debugging::OwnQueue,
        queue::{Doorbell, HardwareQueue, Priority, Wanted},
    },
    events::faults::Stopped as _,
    log::complain,
    signal::{Listener, Signals},
};

/// What can be changed.
struct Settings {
    priority: Priority,
    /// Compute units, one a bit; none for all.
    mask: Vec<u32>,
    /// Something went wrong: it has no share of the GPU any more.
    suspended: Option<hsa_status_t>,
    /// The driver has it.
    active: bool,
}

/// A queue.
pub struct Queue {
    /// Index of its agent.
    pub agent: usize,
    pub(super) gate: Gate,
    pub(super) handler: Option<BoundQueueHandler>,
    /// Where its scratch memory is from.
    pub(super) scratch: Arc<Pool>,
    pub(super) driver: Arc<dyn Driver>,
    hardware: HardwareQueue,
    settings: Mutex<Settings>,
    /// After an error.
    pub(super) remains: Mutex<Remains>,
    pub(super) stall: Mutex<Stall>,
    own_doorbell: OwnSignal,
    /// The address of the queue that programs know in its place.
    front: OnceLock<u64>,
    /// Those who share it, if it is one that is shared.
    pub(super) users: Mutex<Vec<Arc<User>>>,
    pub(super) parts: Parts,
}

impl Queue {
    /// Makes a queue, which runs at once. `id` is its own for ever.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        machine: &Machine,
        agent: &Agent,
        signals: &'static Signals,
        scratch: &Arc<Pool>,
        request: &Request,
        id: u64,
    ) -> Result<Self, Error> {
        let driver = Arc::clone(&machine.driver);
        let parts = Parts::new(machine, agent, signals, scratch, request)?;
        parts.page.id.store(id, Ordering::Relaxed);
        let priority = Priority::Normal;
        let hardware = driver.create_queue(&Wanted {
            node: agent.node.id,
            reader: parts.reader(machine),
            priority,
            ring: parts.ring.address(),
            ring_bytes: parts.ring.bytes(),
        })?;
        let doorbell =
            signals.create_doorbell(hardware.doorbell, parts.page.address()).inspect_err(|_| {
                // What the user hears of is that there are no more signals.
                let _ = driver.destroy_queue(hardware.id);
            })?;
        parts.page.doorbell_signal.store(doorbell.handle().handle, Ordering::Relaxed);
        Ok(Self {
            agent: agent.index,
            gate: Gate::default(),
            handler: request.handler,
            scratch: Arc::clone(scratch),
            driver,
            hardware,
            settings: Mutex::new(Settings { priority, mask: Vec::new(), suspended: None, active: true }),
            remains: Mutex::default(),
            stall: Mutex::default(),
            own_doorbell: OwnSignal(doorbell),
            front: OnceLock::new(),
            users: Mutex::default(),
            parts,
        })
    }

    /// Gives it what HSA_CU_MASK lets it have. A mask that the GPU cannot have is none, as upstream has it.
    pub(super) fn begin_mask(&self, agent: &Agent) {
        if let Err(error) = self.set_mask(agent, &[]) {
            let node = agent.node.kernel_index;
            complain(&format!(
                "HSA_CU_MASK is not applied to a queue of GPU node {node}: {error}; from gfx10 on, compute units come in pairs"
            ));
        }
    }

    /// The address of its descriptor.
    pub fn address(&self) -> u64 {
        self.parts.page.address()
    }

    /// The address that programs know it by.
    pub fn known_as(&self) -> u64 {
        self.front.get().copied().unwrap_or_else(|| self.address())
    }

    /// Programs know another queue, whose packets go to this one.
    pub(super) fn stand_behind(&self, address: u64) {
        // It is done once.
        let _ = self.front.set(address);
    }

    /// Its number, for ever.
    pub fn id(&self) -> u64 {
        self.parts.page.id.load(Ordering::Relaxed)
    }

    /// Its doorbell.
    pub fn doorbell(&self) -> Doorbell {
        self.hardware.doorbell
    }

    /// Takes it from the GPU for ever. When this returns, no packet is worked at any more.
    pub fn inactivate(&self) {
        let mut settings = self.settings.lock();
        if std::mem::take(&mut settings.active) {
            // A driver that cannot has lost the GPU; there is nothing more to wait for.
            let _ = self.driver.destroy_queue(self.hardware.id);
        }
    }

    /// Ends it: nobody calls a handler of it when this returns, nor does the GPU anything. Its scratch memory is left,
    /// so that tools hear of its end under no lock ([`Self::free_scratch`]).
    pub fn end(&self) {
        self.gate.shut();
        self.inactivate();
        // Afterwards its user has other uses for the signals.
        self.fail();
        self.answer_doorbell(None);
        // Those who handle its errors are called once more, find the gate shut, and go.
        for signal in [&self.parts.inactive, &self.parts.reported] {
            signal.0.change(|value| value.store(-1, Ordering::SeqCst));
        }
    }

    /// Gives it no share of the GPU any more, after an error; whether this is the first. When it returns, no packet is
    /// worked at.
    pub(super) fn suspend(&self, why: hsa_status_t) -> bool {
        let mut settings = self.settings.lock();
        let first = settings.suspended.is_none();
        settings.suspended.get_or_insert(why);
        // The driver gives ids of destroyed queues to others.
        if first && settings.active {
            // One that the driver has lost does not run either.
            let _ = self.update(&settings, 0);
        }
        first
    }

    /// Has somebody answer its doorbell in the device's place; or nobody.
    pub(super) fn answer_doorbell(&self, listener: Option<Arc<dyn Listener>>) {
        self.own_doorbell.0.redirect_doorbell(listener);
    }

    /// Whether an error has stopped it.
    pub(super) fn is_suspended(&self) -> bool {
        self.suspended().is_some()
    }

    /// Which error has stopped it.
    pub(super) fn suspended(&self) -> Option<hsa_status_t> {
        self.settings.lock().suspended
    }

    /// Changes its priority.
    ///
    /// # Errors
    /// `InvalidQueue` if an error has stopped it, `OutOfResources` when the driver refuses.
    pub fn set_priority(&self, priority: Priority) -> Result<(), Error> {
        let mut settings = self.settings.lock();
        if settings.suspended.is_some() {
            return Err(Error::InvalidQueue);
        }
        settings.priority = priority;
        self.update(&settings, 100).map_err(|_| Error::OutOfResources)
    }

    /// Has the driver take it off the hardware and put it back.
    pub(super) fn remap(&self) {
        let settings = self.settings.lock();
        if settings.active && settings.suspended.is_none() {
            // Of a GPU that hangs, faults tell.
            let _ = self.update(&settings, 100);
        }
    }

    /// Has the driver take it off the hardware, until [`Self::remap`]. None of a queue that the driver does not have.
    pub(super) fn halt(&self, machine: &Machine) -> Option<OwnQueue> {
        let settings = self.settings.lock();
        if !settings.active {
            return None;
        }
        if settings.suspended.is_none() {
            // What cannot be stopped is told of as it runs.
            let _ = self.update(&settings, 0);
        }
        let (ring, hardware) = (&self.parts.ring, &self.hardware);
        Some(OwnQueue {
            id: hardware.id,
            gpu_id: machine.agents.get(self.agent)?.node.gpu_id.0,
            ring: (ring.address(), ring.bytes()),
            read_index: hardware.read_index,
            write_index: hardware.write_index,
        })
    }

    /// Where its waves are saved, and their scratch memory: addresses and bytes. It takes locks under which the driver is
    /// asked, so not while that has stopped the queue for a debugger.
    pub(super) fn memory_of_waves(&self) -> impl Iterator<Item = (u64, u64)> {
        let scratch = self.parts.held.lock().as_ref().map(|held| (held.address(), held.bytes()));
        self.driver.save_area(self.hardware.id).into_iter().chain(scratch)
    }

    fn update(&self, settings: &Settings, percentage: u32) -> Result<(), Error> {
        let ring = &self.parts.ring;
        let (id, priority) = (self.hardware.id, settings.priority);
        self.driver.update_queue(id, percentage, priority, ring.address(), ring.bytes())
    }

    /// Restricts its waves to compute units; an empty mask is for all. Whether some were wanted that the user does not
    /// let it have.
    ///
    /// # Errors
    /// `InvalidArgument` for half a pair of compute units where they come in pairs, `Generic` when the driver refuses.
    pub fn set_mask(&self, agent: &Agent, wanted: &[u32]) -> Result<bool, Error> {
        let mut settings = self.settings.lock();
        if wanted.is_empty() && settings.mask.is_empty() && mask::allowed(agent).is_empty() {
            return Ok(false);
        }
        let mask = Mask::new(agent, wanted)?;
        self.driver.mask_queue(self.hardware.id, &mask.words)?;
        settings.mask = mask.words;
        Ok(mask.reduced)
    }

    /// The compute units that its waves run on, `words` words of them.
    pub fn mask(&self, agent: &Agent, words: usize) -> Vec<u32> {
        let settings = self.settings.lock();
        let mut mask = if settings.mask.is_empty() { mask::all_units(agent) } else { settings.mask.clone() };
        mask.resize(words, 0);
        mask
    }

    /// Lets all workgroups of a dispatch run at once and wait for each other.
    ///
    /// # Errors
    /// `OutOfResources` when another queue does, or the GPU cannot.
    pub fn make_cooperative(&self) -> Result<(), Error> {
        self.driver.share_wave_sync(self.hardware.id, true)?;
        self.parts.page.kind.store(HSA_QUEUE_TYPE_COOPERATIVE.0, Ordering::Relaxed);
        Ok(())
    }

    /// How many packets its ring holds.
    pub fn packets(&self) -> u64 {
        self.parts.ring.packets().len() as u64
    }

    /// Number of the packet that is worked at.
    pub fn read_index(&self) -> u64 {
        protocol::given_back(&self.parts.page.read_dispatch_id)
    }

    /// Number of the packet behind the last one that was told.
    pub fn write_index(&self) -> u64 {
        self.parts.page.write_dispatch_id.load(Ordering::Relaxed)
    }

    /// Puts a packet where the one of this number goes, which is free. For queues that nobody else writes to.
    pub fn put(&self, number: u64, words: &[u32; 16]) {
        let packets = self.parts.ring.packets();
        let packet = &packets[number as usize % packets.len()];
        protocol::write(&packet.0, words);
    }

    /// The signal that the end of the packet of a number changes.
    pub(super) fn completion(&self, number: u64) -> hsa_signal_t {
        let packets = self.parts.ring.packets();
        packets[number as usize % packets.len()].completion()
    }

    /// Tells the packet processor of the packets before a number.
    pub fn tell(&self, end: u64) {
        let ring = || _ = self.own_doorbell.0.ring_doorbell(end.wrapping_sub(1) as i64);
        protocol::tell(&self.parts.page.write_dispatch_id, end, ring);
    }

    /// Whether the packet processor writes down when packets start and end.
    pub fn set_profiling(&self, on: bool) {
        self.parts.page.set_property(AMD_QUEUE_PROPERTIES_ENABLE_PROFILING, on);
    }
}
