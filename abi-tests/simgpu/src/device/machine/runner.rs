//! A queue of any kind behind one face: doorbell in, steps out, read pointer written. Touches memory by its trait.
#![forbid(unsafe_code)]

use crate::device::aql::{AqlQueue, Halt, QueueError, Ring};
use crate::device::gpu::Gpu;
use crate::device::memory::Fault;
use crate::device::platform::Platform;
use crate::device::pm4::Pm4;
use crate::device::sdma::{Generation, Sdma};
use crate::device::stream::{Engine, Error, Step, Stream};

/// What a queue holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// KFD_IOC_QUEUE_TYPE_COMPUTE_AQL: the doorbell takes packet numbers.
    Aql,
    /// KFD_IOC_QUEUE_TYPE_COMPUTE: the doorbell takes the number of words written.
    Pm4,
    /// KFD_IOC_QUEUE_TYPE_SDMA: the doorbell takes the number of bytes written.
    Sdma,
}

/// What the driver knows of a queue. Addresses are the GPU's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFacts {
    /// The driver's name for it.
    pub id: u32,
    /// What it holds.
    pub kind: Kind,
    /// Where its ring begins.
    pub ring: u64,
    /// The ring's size.
    pub ring_bytes: u64,
    /// Where it tells how far it has read.
    pub read_pointer: u64,
    /// Its doorbell, which the driver has mapped into the machine's memory.
    pub doorbell: u64,
    /// The doorbell's number, by which waves know the queue.
    pub doorbell_number: u32,
}

/// Why a queue stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A packet or a wave of an AQL queue: the driver hands its exception code on.
    Queue(QueueError),
    /// An address that the GPU cannot reach: a memory exception event.
    Memory(Fault),
    /// A PM4 or SDMA packet that the hardware does not have; its header. The engine hangs.
    Packet(u32),
    /// It hangs without a reason that could be told.
    Hang,
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Queue(error) => Self::Queue(error),
            Halt::Memory(fault) => Self::Memory(fault),
            Halt::Hang => Self::Hang,
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Packet(header) => Self::Packet(header),
            other => Halt::from(other).into(),
        }
    }
}

/// A doorbell's value before it is first rung. 0 is what ringing for an AQL queue's first packet stores.
const SILENT: u64 = u64::MAX;

/// A queue at work.
pub(super) struct Runner {
    queue: Queue,
    doorbell: u64,
    /// The doorbell's value when it was last looked at.
    rung: u64,
    read_pointer: u64,
}

enum Queue {
    Aql(Box<AqlQueue>),
    Pm4(Stream, Box<Pm4>, u64),
    Sdma(Stream, Sdma),
}

impl Runner {
    /// Connects a queue and quiets its doorbell.
    pub fn new(gpu: Gpu, facts: &QueueFacts, platform: &dyn Platform) -> Result<Self, Fault> {
        let words = facts.ring_bytes / 4;
        let queue = match facts.kind {
            Kind::Aql => {
                let packets = facts.ring_bytes / 64;
                let ring = Ring { base: facts.ring, packets, read_id: facts.read_pointer };
                Queue::Aql(Box::new(AqlQueue::new(gpu, ring, platform)?))
            }
            Kind::Pm4 => Queue::Pm4(Stream::ring(facts.ring, words), Box::new(Pm4::new(gpu)), words.max(1)),
            Kind::Sdma => {
                let generation = Generation::of_gfx(gpu.gfx.major, gpu.gfx.minor);
                Queue::Sdma(Stream::ring(facts.ring, words), Sdma { generation })
            }
        };
        platform.memory().store64(facts.doorbell, SILENT)?;
        let (doorbell, read_pointer) = (facts.doorbell, facts.read_pointer);
        Ok(Self { queue, doorbell, rung: SILENT, read_pointer })
    }

    /// What is done when the queue goes on after it was stopped.
    pub fn resume(&mut self, platform: &dyn Platform) -> Result<(), Stop> {
        match &self.queue {
            Queue::Aql(queue) => queue.connect(platform).map_err(Stop::Memory),
            _ => Ok(()),
        }
    }

    /// Looks at the doorbell, and does a packet.
    pub fn step(&mut self, platform: &dyn Platform) -> Result<Step, Stop> {
        let rung = platform.memory().load64(self.doorbell).map_err(Stop::Memory)?;
        if rung != self.rung {
            self.rung = rung;
            match &mut self.queue {
                Queue::Aql(queue) => queue.doorbell(rung),
                Queue::Pm4(stream, ..) => stream.written(rung),
                Queue::Sdma(stream, _) => stream.written(rung / 4),
            }
        }
        match &mut self.queue {
            Queue::Aql(queue) => Ok(queue.step(platform)?),
            // The packet processor tells its place in the ring, as a 32-bit number of words.
            Queue::Pm4(stream, engine, words) => step(stream, engine.as_mut(), platform, |read| {
                platform.memory().store32(self.read_pointer, (read % *words) as u32)
            }),
            Queue::Sdma(stream, engine) => {
                step(stream, engine, platform, |read| platform.memory().store64(self.read_pointer, read * 4))
            }
        }
    }
}

/// Does a packet of a stream, and tells how far the ring was read.
fn step(
    stream: &mut Stream,
    engine: &mut impl Engine,
    platform: &dyn Platform,
    tell: impl Fn(u64) -> Result<(), Fault>,
) -> Result<Step, Stop> {
    let before = stream.read();
    let step = stream.step(engine, platform)?;
    if stream.read() != before {
        tell(stream.read()).map_err(Stop::Memory)?;
    }
    Ok(step)
}
