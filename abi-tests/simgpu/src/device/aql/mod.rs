//! The AQL packet processor: one queue's ring, from the doorbell to the completion signals. Packets are done strictly
//! one after the other, which is one of the orders that HSA allows; several queues run beside each other. Answers to
//! "AQL Packet Processor" of the HSA system architecture and to amd_aql_queue.cpp of ROCr. Touches memory by its trait.
#![forbid(unsafe_code)]

mod descriptor;
mod error;
mod launch;
mod packet;
mod scratch;
#[cfg(test)]
mod tests;

use std::array;

pub use error::QueueError;

use descriptor::QueueDescriptor;
use launch::{Launch, Place};
use packet::{Body, INVALID, Packet};

use super::gpu::Gpu;
use super::memory::{Fault, read_array, word};
use super::platform::{Platform, Progress, WaveError};
use super::pm4::Pm4;
use super::seen::Seen;
use super::signal::Signal;
use super::stream::{Error, Step, Stream};

/// Where a queue's packets are and how many it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ring {
    /// Address of the first packet.
    pub base: u64,
    /// How many packets fit.
    pub packets: u64,
    /// Address of `read_dispatch_id` in `amd_queue_t`.
    pub read_id: u64,
}

/// Why a queue stopped for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// Something is wrong with a packet or a wave; `queue_inactive_signal` has been set.
    Queue(QueueError),
    /// An address that the GPU could not reach: the driver tells the process by its memory exception event.
    Memory(Fault),
    /// The hardware does no more.
    Hang,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Memory(fault)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        match error {
            Error::Memory(fault) | Error::Wave(WaveError::Memory(fault)) => Self::Memory(fault),
            Error::Packet(_) => Self::Queue(QueueError::UnsupportedVendor),
            Error::Wave(WaveError::Aperture(_)) => Self::Queue(QueueError::Aperture),
            Error::Wave(WaveError::IllegalInstruction(_)) => Self::Queue(QueueError::IllegalInstruction),
            Error::Wave(WaveError::Trap) => Self::Queue(QueueError::Abort),
            Error::Wave(WaveError::Hang) => Self::Hang,
        }
    }
}

/// The packet at hand.
struct Current {
    packet: Packet,
    /// Clock when it was first looked at.
    start: u64,
    /// The indirect buffer of a PM4 packet, as far as it has come.
    stream: Option<Stream>,
}

/// One queue.
pub struct AqlQueue {
    gpu: Gpu,
    ring: Ring,
    descriptor: QueueDescriptor,
    /// Number of the packet at hand.
    read: u64,
    /// Packets below this number have been announced by the doorbell.
    announced: u64,
    current: Option<Current>,
    /// The runtime has been asked through this signal, and answers by making it zero.
    asked: Option<Signal>,
    pm4: Pm4,
    halted: Option<Halt>,
}

impl AqlQueue {
    /// Connects a queue. Fails when its descriptor cannot be read.
    pub fn new(gpu: Gpu, ring: Ring, platform: &dyn Platform) -> Result<Self, Fault> {
        let descriptor = QueueDescriptor::around_read_id(platform, ring.read_id)?;
        let read = platform.memory().load64(descriptor.read_id())?;
        let pm4 = Pm4::new(gpu);
        let ring = Ring { packets: ring.packets.max(1), ..ring };
        let queue = Self {
            gpu,
            ring,
            descriptor,
            read,
            announced: read,
            current: None,
            asked: None,
            pm4,
            halted: None,
        };
        queue.connect(platform)?;
        Ok(queue)
    }

    /// What the firmware does whenever the queue is mapped to hardware again.
    pub fn connect(&self, platform: &dyn Platform) -> Result<(), Fault> {
        if self.gpu.async_scratch_reclaim { self.descriptor.announce_async_reclaim(platform) } else { Ok(()) }
    }

    /// The doorbell was rung with the number of a packet. Several producers may ring in any order: the highest counts.
    pub fn doorbell(&mut self, packet: u64) {
        let end = packet.wrapping_add(1);
        if end.wrapping_sub(self.announced) as i64 > 0 {
            self.announced = end;
        }
    }

    /// Does the packet at hand, or as much of it as can be done. After an error the queue does nothing more.
    pub fn step(&mut self, platform: &dyn Platform) -> Result<Step, Halt> {
        if let Some(halt) = self.halted {
            return Err(halt);
        }
        self.try_step(platform).inspect_err(|halt| {
            self.halted = Some(*halt);
            if let Halt::Queue(error) = halt {
                // A queue that has no signal for it stops silently, as hardware would.
                let _ = self.ask(platform, error.inactive_bit());
            }
        })
    }

    fn try_step(&mut self, platform: &dyn Platform) -> Result<Step, Halt> {
        if let Some(signal) = self.asked {
            if signal.value(platform)? != 0 {
                return Ok(Step::Blocked);
            }
            self.asked = None;
        }
        if self.current.is_none() && !self.fetch(platform)? {
            return Ok(Step::Idle);
        }
        match self.execute(platform)? {
            true => self.complete(platform).map(|()| Step::Done),
            false => Ok(Step::Blocked),
        }
    }

    fn place(&self) -> Place {
        let index = self.read % self.ring.packets;
        let address = self.ring.base.wrapping_add(index * packet::BYTES);
        Place { id: self.read, address, index: index as u32 }
    }

    /// Reads the next packet, once it is announced and its header is written: that may be after the doorbell, when
    /// another producer has taken a later packet.
    fn fetch(&mut self, platform: &dyn Platform) -> Result<bool, Halt> {
        let address = self.place().address;
        if self.read == self.announced || packet::kind(platform.memory().load32(address)?) == INVALID {
            return Ok(false);
        }
        let bytes = read_array(platform.memory(), address)?;
        let packet = Packet::decode(&bytes).map_err(Halt::Queue)?;
        let words: [u32; packet::BYTES as usize / 4] = array::from_fn(|at| word(&bytes, at * 4));
        let (name, memory) = (packet.body.name(), platform.memory());
        let seen = Seen { processor: "AQL", name: &name, words: &words, memory };
        platform.progressed(Progress::Packet(&seen)).map_err(Error::Wave)?;
        let stream = (packet.body == Body::Pm4).then(|| Stream::buffer(address + 4, 4));
        self.current = Some(Current { packet, start: platform.clock(), stream });
        Ok(true)
    }

    /// Does what the packet says; false when it has to wait.
    fn execute(&mut self, platform: &dyn Platform) -> Result<bool, Halt> {
        let place = self.place();
        let Some(current) = &mut self.current else { return Ok(true) };
        match &mut current.packet.body {
            Body::Barrier { any, signals } => Ok(barrier(platform, *any, signals)?),
            Body::BarrierValue { signal, value, mask, condition } => {
                Ok(signal.is_null() || holds(signal.value(platform)? & *mask, *condition, *value))
            }
            Body::Pm4 => {
                let Some(stream) = &mut current.stream else { return Ok(true) };
                loop {
                    match stream.step(&mut self.pm4, platform)? {
                        Step::Done => {}
                        end => return Ok(end == Step::Idle),
                    }
                }
            }
            Body::Kernel(kernel) => {
                let kernel = *kernel;
                match launch::prepare(platform, &self.gpu, self.descriptor, &kernel, place)? {
                    Launch::Ready(dispatch) => platform.launch(&dispatch).map_err(Error::Wave)?,
                    Launch::Refused(error) => return Err(Halt::Queue(error)),
                    Launch::NeedsScratch { wave32 } => {
                        self.ask(platform, scratch::INSUFFICIENT[usize::from(wave32)])?;
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    /// Frees the packet's slot, then tells of its end: who hears of it may take the queue away.
    fn complete(&mut self, platform: &dyn Platform) -> Result<(), Halt> {
        let Some(Current { packet, start, .. }) = self.current.take() else { return Ok(()) };
        let end = platform.clock();
        let used_scratch = matches!(packet.body, Body::Kernel(kernel) if kernel.private_bytes > 0);
        if used_scratch && self.descriptor.scratch_once(platform)? {
            self.ask(platform, scratch::RECLAIM)?;
        }
        let timed = !packet.completion.is_null() && self.descriptor.profiling(platform)?;
        platform.memory().update32(self.place().address, &mut |word| word & !0xff | INVALID)?;
        self.read = self.read.wrapping_add(1);
        platform.memory().store64(self.descriptor.read_id(), self.read)?;
        if timed {
            packet.completion.store_times(platform, start, end)?;
        }
        if !packet.completion.is_null() {
            packet.completion.decrement(platform)?;
        }
        Ok(())
    }

    /// Asks the runtime for something by `queue_inactive_signal`, and waits for its answer before going on.
    fn ask(&mut self, platform: &dyn Platform, value: i64) -> Result<(), Fault> {
        let signal = self.descriptor.inactive_signal(platform)?;
        self.asked = Some(signal);
        signal.store(platform, value)
    }
}

/// Looks at a barrier's signals. One that was seen at zero stays seen, whatever becomes of it.
fn barrier(platform: &dyn Platform, any: bool, signals: &mut [Signal; 5]) -> Result<bool, Fault> {
    let mut seen = signals.iter().all(|signal| signal.is_null());
    for signal in signals.iter_mut().filter(|signal| !signal.is_null()) {
        if signal.value(platform)? == 0 {
            *signal = Signal(0);
            seen = true;
        }
    }
    Ok(if any { seen } else { signals.iter().all(|signal| signal.is_null()) })
}

/// `hsa_signal_condition_t`: EQ, NE, LT, GTE.
fn holds(value: i64, condition: u32, reference: i64) -> bool {
    match condition {
        0 => value == reference,
        1 => value != reference,
        2 => value < reference,
        _ => value >= reference,
    }
}
