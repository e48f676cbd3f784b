//! Copies that nobody waits for here. Answers to upstream's `hsa_ext_amd.cpp` and to CopyMemory of its `runtime.cpp`.
#![forbid(unsafe_code)]

use std::sync::Arc;

use super::signal;
use crate::{
    abi::*,
    agent::{Agent, machine::Machine},
    boundary::{Error, Held, In, List, Out},
    copy::{
        Rooms,
        host::HostCopy,
        job::{Job, Move, Work},
        packet::rect::{Image, Rect},
        route::{Carrier, FROM_HOST, Route, TO_HOST},
    },
    runtime::{self, Open},
    signal::Signal,
};

/// What a call is about, beside the memory.
struct Call {
    open: Arc<Open>,
    after: Vec<Signal>,
    completion: Signal,
}

impl Call {
    fn new(count: u32, after: List<hsa_signal_t>, completion: hsa_signal_t) -> Result<Self, Error> {
        let open = runtime::open()?;
        let after = dependencies(count, after)?;
        Ok(Self { open, after, completion: signal::find(completion)? })
    }

    /// Has a carrier do it.
    fn submit(&self, gpu: &Agent, carrier: Carrier, work: Work<'_>) -> Result<(), Error> {
        let timed = self.open.machine.copies.timed();
        let job = Job { after: &self.after, work, completion: self.completion, operations: 1, timed };
        self.open.machine.carry(self.rooms(), gpu, carrier, &[job])
    }

    fn rooms(&self) -> Rooms<'_> {
        Rooms { events: &self.open.events, queues: &self.open.queues }
    }
}

/// The signals that are waited for; NULL exactly where there are none.
pub(super) fn dependencies(count: u32, signals: List<hsa_signal_t>) -> Result<Vec<Signal>, Error> {
    match (signals.is_null(), count) {
        (true, 0) => Ok(Vec::new()),
        (false, 1..) => signals.read(count)?.into_iter().map(signal::find).collect(),
        _ => Err(Error::InvalidArgument),
    }
}

#[expect(clippy::too_many_arguments, reason = "the header's")]
pub fn copy(
    target: Held,
    target_agent: hsa_agent_t,
    source: Held,
    source_agent: hsa_agent_t,
    bytes: usize,
    count: u32,
    after: List<hsa_signal_t>,
    completion: hsa_signal_t,
) -> Result<(), Error> {
    let part = Move { target: target.address()?, source: source.address()?, bytes: bytes as u64 };
    let call = Call::new(count, after, completion)?;
    let machine = &*call.open.machine;
    let agents = (machine.cpu_or_gpu(target_agent)?, machine.cpu_or_gpu(source_agent)?);
    match Route::new(machine, agents.0, agents.1) {
        _ if bytes == 0 => Ok(()),
        Some(route) => call.submit(route.gpu, route.carrier(part.bytes), Work::Moves(&[part])),
        None => machine.copies.host.start(HostCopy {
            target,
            source,
            bytes,
            after: call.after,
            completion: call.completion,
            timed_by: machine.copies.timed().then_some(agents.0.index),
        }),
    }
}

/// By the engine that the caller names; within a GPU only if it insists.
#[expect(clippy::too_many_arguments, reason = "the header's")]
pub fn copy_on_engine(
    target: Held,
    target_agent: hsa_agent_t,
    source: Held,
    source_agent: hsa_agent_t,
    bytes: usize,
    count: u32,
    after: List<hsa_signal_t>,
    completion: hsa_signal_t,
    engine: hsa_amd_sdma_engine_id_t,
    insists: bool,
) -> Result<(), Error> {
    let part = Move { target: target.address()?, source: source.address()?, bytes: bytes as u64 };
    let call = Call::new(count, after, completion)?;
    let machine = &*call.open.machine;
    let agents = (machine.cpu_or_gpu(target_agent)?, machine.cpu_or_gpu(source_agent)?);
    if bytes == 0 {
        return Ok(());
    }
    let route = Route::new(machine, agents.0, agents.1).ok_or(Error::Generic)?;
    call.submit(route.gpu, route.named(engine.0, insists)?, Work::Moves(&[part]))
}

/// The engines for such copies that have nothing to do, or all of them where none is idle: a copy waits in line then, and
/// upstream's OUT_OF_RESOURCES with no bit has its callers wait in another one.
pub fn engine_status(target: hsa_agent_t, source: hsa_agent_t, mask: Out<u32>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let route = route(&machine, target, source)?;
    let candidates = route.candidates();
    let bits = |idle_only: bool| {
        let wanted =
            candidates.iter().filter(|(_, number)| !idle_only || machine.copies.is_idle(route.gpu, *number));
        wanted.fold(0, |mask, (bit, _)| mask | bit)
    };
    let idle = bits(true);
    mask.write(if idle == 0 { bits(false) } else { idle })
}

/// Where the kernel recommends none, all that do.
pub fn preferred_engine(target: hsa_agent_t, source: hsa_agent_t, mask: Out<u32>) -> Result<(), Error> {
    let machine = runtime::machine()?;
    mask.write(route(&machine, target, source)?.preferred())
}

fn route(machine: &Machine, target: hsa_agent_t, source: hsa_agent_t) -> Result<Route<'_>, Error> {
    Route::new(machine, machine.agent(target)?, machine.agent(source)?).ok_or(Error::Generic)
}

/// A box, by an SDMA engine: kernels do not copy such.
#[expect(clippy::too_many_arguments, reason = "the header's")]
pub fn copy_rect(
    target: In<hsa_pitched_ptr_t>,
    target_offset: In<hsa_dim3_t>,
    source: In<hsa_pitched_ptr_t>,
    source_offset: In<hsa_dim3_t>,
    range: In<hsa_dim3_t>,
    agent: hsa_agent_t,
    direction: hsa_amd_copy_direction_t,
    count: u32,
    after: List<hsa_signal_t>,
    completion: hsa_signal_t,
) -> Result<(), Error> {
    let target = target.optional().zip(target_offset.optional()).ok_or(Error::InvalidArgument)?;
    let source = source.optional().zip(source_offset.optional()).ok_or(Error::InvalidArgument)?;
    let range = range.optional().ok_or(Error::InvalidArgument)?;
    if direction == hsaHostToHost {
        return Err(Error::InvalidArgument);
    }
    let call = Call::new(count, after, completion)?;
    let gpu = call.open.machine.gpu(agent)?;
    if [range.x, range.y, range.z].contains(&0) {
        return Ok(());
    }
    let number = if direction == hsaHostToDevice { FROM_HOST } else { TO_HOST };
    call.open.machine.engine(call.rooms(), gpu, number).ok_or(Error::OutOfResources)?;
    let rect = Rect {
        target: image(target, range)?,
        source: image(source, range)?,
        width: range.x.into(),
        height: range.y.into(),
        depth: range.z.into(),
    };
    call.submit(gpu, Carrier::Engine(number), Work::Rect(&rect))
}

/// One side of a box.
///
/// # Errors
/// `InvalidArgument` if the box is not within the rows and layers of the image.
fn image((at, offset): (hsa_pitched_ptr_t, hsa_dim3_t), range: hsa_dim3_t) -> Result<Image, Error> {
    let [x, y, z] = [offset.x, offset.y, offset.z].map(u64::from);
    let (pitch, slice) = (at.pitch as u64, at.slice as u64);
    let is_wide_enough = x + u64::from(range.x) <= pitch;
    let is_high_enough = || slice == 0 || y + u64::from(range.y) <= slice / pitch;
    if !is_wide_enough || !is_high_enough() || range.z > 1 && slice == 0 {
        return Err(Error::InvalidArgument);
    }
    let offset = x.wrapping_add(y.wrapping_mul(pitch)).wrapping_add(z.wrapping_mul(slice));
    Ok(Image { start: (at.base.expose_provenance() as u64).wrapping_add(offset), pitch, slice })
}
