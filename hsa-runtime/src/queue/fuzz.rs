//! What the fuzz target of packets reaches: queues without a GPU, whose packet processor says what the input says.
#![forbid(unsafe_code)]

use std::sync::OnceLock;

use hsakmt_thunk::topology::model::Snapshot;

use super::*;
use crate::{
    agent::{discovery, fixture},
    boundary::{AqlPacket, BoundQueueHandler},
    config::Config,
    driver::{Driver, fake::FakeDriver},
    handle::Epoch,
    signal::{Listener as _, Signals},
};

/// A driver that leaves errors to the packet processor.
const OLD: (u32, u32) = (1, 12);

/// Memory of the GPU: less than what all of its waves can want.
const MEMORY: u64 = 64 << 20;

/// What a hostile program and a packet processor do to one queue.
pub struct Step<'a> {
    /// One of two queues of the hardware, or an intercepted one.
    pub queue: u8,
    /// What is written over the ring from its start.
    pub ring: &'a [u32],
    /// The indexes: how far packets are read and, as far as a program says, written.
    pub read: u64,
    pub write: u64,
    /// What the packet processor says.
    pub code: i64,
}

/// Does one step after the other. Whatever the packets say, the queue goes on or is stopped.
pub fn packets<'a>(steps: impl Iterator<Item = Step<'a>>) {
    static OPEN: OnceLock<Open> = OnceLock::new();
    let open = OPEN.get_or_init(Open::new);
    for step in steps {
        match open.queues.get(usize::from(step.queue % 3)) {
            Some(queue) => {
                step.write(&queue.parts.page, &queue.parts.ring);
                queue.handle_inactive(&open.machine, step.code);
            }
            None => open.intercept(&step),
        }
    }
    for queue in &open.queues {
        queue.handle_inactive(&open.machine, errors::inactive::SCRATCH_FREE);
    }
}

impl Step<'_> {
    fn write(&self, page: &Page, ring: &Ring) {
        for (packet, words) in ring.packets().iter().zip(self.ring.chunks(16)) {
            for (place, &word) in packet.0.iter().zip(words) {
                place.store(word, Ordering::Relaxed);
            }
            // Markers are functions, which a program can call by itself.
            if AqlPacket(std::array::from_fn(|word| packet.0[word].load(Ordering::Relaxed))).is_marker() {
                packet.0[0].store(0, Ordering::Relaxed);
            }
        }
        page.read_dispatch_id.store(self.read, Ordering::Relaxed);
        page.write_dispatch_id.store(self.write, Ordering::Relaxed);
    }
}

/// Queues that stay for ever.
struct Open {
    machine: Arc<Machine>,
    queues: [Arc<Queue>; 2],
    front: Arc<Intercept>,
}

impl Open {
    fn new() -> Self {
        let machine = machine();
        let signals = Signals::new(Arc::clone(&machine.driver));
        let queues =
            Queues::open(Arc::clone(&machine), Arc::new(Events::open(signals, Arc::clone(&machine))));
        let gpu = machine.gpus().next().expect("the machine has one");
        let request =
            Request { packets: 64, handler: Some(BoundQueueHandler::own(|_, _| ())), ..Request::default() };
        let [one, two, behind] =
            [(); 3].map(|()| queues.create(gpu, &request).expect("there is room for it"));
        let front = queues.intercept(gpu, &behind).expect("there is room for it");
        Self { queues: [one, two], front, machine }
    }

    /// A program rings, when the hardware has read as far as the code says.
    fn intercept(&self, step: &Step<'_>) {
        let read = &self.front.hardware.parts.page.read_dispatch_id;
        read.store(step.code as u64, Ordering::Relaxed);
        step.write(&self.front.page, &self.front.ring);
        self.front.rung();
    }
}

fn machine() -> Arc<Machine> {
    let driver = FakeDriver { version: OLD, room: MEMORY.into(), ..FakeDriver::default() };
    let (mut gpu, _) = fixture::gpu(1, (11, 0, 0), 1 << 30);
    gpu.properties.max_slots_scratch_cu = 32;
    let snapshot = Snapshot { nodes: vec![fixture::cpu(0, 1 << 30), gpu], ..Default::default() };
    let driver = Arc::new(driver) as Arc<dyn Driver>;
    Arc::new(discovery::discover(Config::new(|_| None), driver, &snapshot, false, Epoch::new(1)))
}
