//! What a hardware queue is made of: its memory, its signals, and what its descriptor says before the GPU reads it.
//! Answers to the constructor of upstream's `AqlQueue`.
#![forbid(unsafe_code)]

use std::sync::{Arc, atomic::Ordering};

use hsakmt_thunk::topology::model::NodeId;
use parking_lot::Mutex;

use super::{
    buffer::Buffer,
    descriptor::{Descriptor, Packet},
    ring::{Page, Ring},
    scratch::{
        need::Need,
        pool::{Held, Pool},
        registers::Registers,
    },
};
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{BoundQueueHandler, Error},
    driver::{Attributes, queue::Reader},
    signal::{Kind, Signal, Signals},
};

/// Most bytes of scratch memory that a work-item of any queue can have from the start.
const MOST_PRIVATE: u32 = 262_128;

/// What of a queue is in the GPU's own memory, which the host reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The packets.
    pub local_ring: bool,
    /// The descriptor.
    pub local_page: bool,
}

/// A queue as it is asked for.
#[derive(Clone, Copy, Default)]
pub struct Request {
    /// Packets, a power of two.
    pub packets: u32,
    /// Who hears of errors.
    pub handler: Option<BoundQueueHandler>,
    /// Bytes of scratch memory for each work-item, from the start.
    pub private: u32,
    /// Where it is.
    pub places: Places,
}

/// A signal that is destroyed when dropped.
pub struct OwnSignal(pub Signal);

impl Drop for OwnSignal {
    fn drop(&mut self) {
        // The end of the runtime destroys all signals; a second time is no harm.
        let _ = self.0.destroy();
    }
}

/// What a queue is made of.
pub struct Parts {
    /// The scratch memory that the queue has.
    pub held: Mutex<Option<Held>>,
    /// Set by the packet processor when it cannot go on.
    pub inactive: OwnSignal,
    /// Set by the driver when it finds something wrong.
    pub reported: OwnSignal,
    pub ring: Ring,
    pub page: Page,
}

impl Parts {
    /// Makes them, and describes the queue: debuggers read the descriptor as soon as the driver has the queue.
    ///
    /// # Errors
    /// `OutOfResources`.
    pub fn new(
        machine: &Machine,
        agent: &Agent,
        signals: &'static Signals,
        scratch: &Arc<Pool>,
        request: &Request,
    ) -> Result<Self, Error> {
        let host = machine.nearest_cpu(agent).ok_or(Error::OutOfResources)?.node.id;
        let kind = if signals.interrupts() { Kind::Queue } else { Kind::Silent };
        let memory = ring_memory(machine, agent, host, request)?;
        let first = first_need(scratch, request.private)?;
        let held = first.map(|need| scratch.take(&need, false).map_err(|_| Error::OutOfResources));
        let parts = Self {
            held: Mutex::new(held.transpose()?),
            inactive: OwnSignal(signals.create(0, kind)?),
            reported: OwnSignal(signals.create(0, kind)?),
            ring: Ring::new(memory, request.packets).ok_or(Error::OutOfResources)?,
            page: Page::new(page_memory(machine, agent, host, request)?).ok_or(Error::OutOfResources)?,
        };
        parts.describe(machine, agent);
        let told = match (&first, &*parts.held.lock()) {
            (Some(need), Some(held)) => Registers::new(scratch.shape(), need, held.address(), held.bytes()),
            _ => Registers::none(scratch.shape()),
        };
        parts.page.tell_scratch(&told);
        Ok(parts)
    }

    /// What is to read it.
    pub fn reader(&self, machine: &Machine) -> Reader {
        let reported = self.reported.0;
        let errors = (reported.value().as_ptr().addr() as u64, reported.event_id());
        Reader::Compute {
            read_index: self.page.address() + Descriptor::READ_INDEX,
            write_index: self.page.address() + Descriptor::WRITE_INDEX,
            errors: if machine.driver.reports_errors() { errors } else { (0, 0) },
        }
    }

    fn describe(&self, machine: &Machine, agent: &Agent) {
        let (page, p) = (&*self.page, &agent.node.properties);
        let (group, private) = machine.driver.segment_bases(&agent.node);
        let is_64_bit = AMD_QUEUE_PROPERTIES_IS_PTR64.0 as u32;
        for (word, value) in [
            (&page.kind, HSA_QUEUE_TYPE_MULTI.0),
            (&page.features, HSA_QUEUE_FEATURE_KERNEL_DISPATCH.0),
            (&page.size, self.ring.packets().len() as u32),
            (&page.group_segment_aperture_base_hi, (group >> 32) as u32),
            (&page.private_segment_aperture_base_hi, (private >> 32) as u32),
            (&page.max_cu_id, (agent.compute_units() as u32).wrapping_sub(1)),
            (&page.max_wave_id, (p.max_waves_per_simd as u32 * p.simd_per_cu as u32).wrapping_sub(1)),
            (&page.read_dispatch_id_field_base_byte_offset, Descriptor::READ_INDEX as u32),
            (&page.queue_properties, is_64_bit),
        ] {
            word.store(value, Ordering::Relaxed);
        }
        page.base_address.store(self.ring.address(), Ordering::Relaxed);
        page.queue_inactive_signal.store(self.inactive.0.handle().handle, Ordering::Relaxed);
        page.scratch_max_use_index.store(u64::MAX, Ordering::Relaxed);
        page.alt_scratch_max_use_index.store(u64::MAX, Ordering::Relaxed);
    }
}

fn first_need(scratch: &Pool, private: u32) -> Result<Option<Need>, Error> {
    match private {
        0 => Ok(None),
        1..=MOST_PRIVATE => {
            Need::of_lanes(scratch.shape(), private.into(), 64).map(Some).ok_or(Error::OutOfResources)
        }
        _ => Err(Error::OutOfResources),
    }
}

/// From gfx11 on the scheduler of a GPU, which is no part of the process, reads the write index.
fn page_memory(machine: &Machine, agent: &Agent, host: NodeId, request: &Request) -> Result<Buffer, Error> {
    let local = request.places.local_page;
    let scheduled = !local && agent.gpu.as_ref().is_some_and(|gpu| gpu.isa.major() >= 11);
    let attributes = Attributes { local, host: true, uncached: true, scheduled, ..Attributes::default() };
    let at = if local || scheduled { agent.node.id } else { host };
    Buffer::new(&machine.driver, at, &[agent.node.id], size_of::<Descriptor>() as u64, attributes)
}

/// Packet processors fetch packets as they fetch code.
fn ring_memory(machine: &Machine, agent: &Agent, host: NodeId, request: &Request) -> Result<Buffer, Error> {
    let local = request.places.local_ring;
    let attributes =
        Attributes { local, host: true, uncached: true, executable: true, ..Attributes::default() };
    let at = if local { agent.node.id } else { host };
    Buffer::new(&machine.driver, at, &[agent.node.id], u64::from(request.packets) * Packet::BYTES, attributes)
}
