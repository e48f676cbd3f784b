//! Queues: made, changed, destroyed. Answers to upstream's `hsa.cpp` and `hsa_ext_amd.cpp`.
#![forbid(unsafe_code)]

use core::{ffi::c_int, ptr};

use crate::{
    abi::*,
    agent::{
        Agent,
        info::{self, limits},
        machine::Machine,
    },
    boundary::{
        BoundQueueHandler, Data, Error, InterceptHandler, List, Out, OutList, QueueHandler, QueueNotifier,
        Then, Value,
    },
    driver::queue::Priority,
    handle,
    queue::{Queues, build::Request},
    runtime,
};

/// The address of a queue as programs get it.
pub(super) fn pointer(address: u64) -> *mut hsa_queue_t {
    ptr::with_exposed_provenance_mut(address as usize)
}

/// What of a queue that is asked for is the same whoever sees its packets first: its agent, and its request; none for
/// the queue of cooperative dispatches. The sizes of segments are hints, and that of group memory has no use.
pub(super) fn asked(
    machine: &Machine,
    agent: hsa_agent_t,
    (packets, kind): (u32, hsa_queue_type32_t),
    handler: Option<BoundQueueHandler>,
    private_bytes: u32,
) -> Result<(&Agent, Option<Request>), Error> {
    if !packets.is_power_of_two() || kind > HSA_QUEUE_TYPE_COOPERATIVE.0 {
        return Err(Error::InvalidArgument);
    }
    let agent = machine.agent(agent)?;
    if agent.npu.is_some() {
        return Err(refusal_of_npu(packets, kind));
    }
    if agent.is_cpu() {
        return Err(Error::Generic);
    }
    if kind == HSA_QUEUE_TYPE_COOPERATIVE.0 {
        return Ok((agent, None));
    }
    match packets {
        ..limits::LEAST_QUEUE => return Err(Error::InvalidArgument),
        limits::LEAST_QUEUE..=limits::LARGEST_QUEUE => {}
        _ => return Err(Error::OutOfResources),
    }
    // The largest number leaves it to the runtime, which waits for a dispatch that needs any.
    let private = if private_bytes == u32::MAX { 0 } else { private_bytes };
    Ok((agent, Some(Request { packets, handler, private, ..Request::default() })))
}

/// A neural processor has no queues: upstream waits for their commands in a way that only AMD's own driver has.
fn refusal_of_npu(packets: u32, kind: hsa_queue_type32_t) -> Error {
    let is_known = packets == info::npu::PACKETS || kind != HSA_QUEUE_TYPE_SINGLE.0;
    if is_known { Error::InvalidQueueCreation } else { Error::InvalidArgument }
}

#[allow(clippy::too_many_arguments, reason = "those of the C function")]
pub fn create(
    agent: hsa_agent_t,
    packets: u32,
    kind: hsa_queue_type32_t,
    handler: Option<QueueHandler>,
    data: Data,
    private_bytes: u32,
    _group_bytes: u32,
    queue: Out<*mut hsa_queue_t>,
) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    queue.check()?;
    let handler = handler.map(|handler| handler.bind(data));
    let (agent, request) = asked(&machine, agent, (packets, kind), handler, private_bytes)?;
    let (made, is_shared) = match request {
        Some(request) => (queues.create(agent, &request)?, false),
        None => queues.create_cooperative(agent)?,
    };
    queue.write(pointer(made.address()))?;
    let agent = machine.handle_of(agent);
    Ok(Then(move || {
        if is_shared {
            announce(&queues, made.address(), agent);
        }
        HSA_STATUS_SUCCESS
    }))
}

/// Tells a tool of a queue for all, which is the runtime's own. Under no lock and no guard.
pub(super) fn announce(queues: &Queues, address: u64, agent: hsa_agent_t) {
    if let Some(notifier) = queues.notifier.get() {
        notifier.call(address, agent);
    }
}

/// A handle of a queue that is shared with others of the same priority. No flags are known.
pub fn acquire(
    agent: hsa_agent_t,
    kind: hsa_queue_type_t,
    priority: hsa_amd_queue_priority_t,
    handler: Option<QueueHandler>,
    data: Data,
    _flags: u64,
    queue: Out<*mut hsa_queue_t>,
) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    queue.check()?;
    let priority = self::priority(priority)?;
    if kind != HSA_QUEUE_TYPE_MULTI {
        return Err(Error::InvalidQueueCreation);
    }
    let agent = machine.agent(agent).ok().filter(|agent| agent.is_gpu()).ok_or(Error::InvalidAgent)?;
    queue.write(pointer(queues.acquire(agent, priority, handler.map(|handler| handler.bind(data)))?))
}

pub fn release(queue: *mut hsa_queue_t) -> Result<(), Error> {
    runtime::queues()?.release(given(queue)?)
}

/// A queue whose packets handlers see before a GPU does. Only tools find this function, in the table.
#[allow(clippy::too_many_arguments, reason = "those of the C function")]
pub fn intercept_create(
    agent: hsa_agent_t,
    packets: u32,
    kind: hsa_queue_type32_t,
    handler: Option<QueueHandler>,
    data: Data,
    private_bytes: u32,
    _group_bytes: u32,
    queue: Out<*mut hsa_queue_t>,
) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    queue.check()?;
    let handler = handler.map(|handler| handler.bind(data));
    let (agent, request) = asked(&machine, agent, (packets, kind), handler, private_bytes)?;
    queue.write(pointer(queues.create_intercept(agent, request, handler)?))
}

pub fn intercept_register(
    queue: *mut hsa_queue_t,
    handler: Option<InterceptHandler>,
    data: Data,
) -> Result<(), Error> {
    let queues = runtime::queues()?;
    let handler = handler.ok_or(Error::InvalidArgument)?;
    queues.register(address(queue), handler.bind(data))
}

/// There is one for all tools.
pub fn create_register(notifier: Option<QueueNotifier>, data: Data) -> Result<(), Error> {
    let queues = runtime::queues()?;
    match notifier {
        Some(notifier) => queues.notifier.set(notifier.bind(data)).map_err(|_| Error::Generic),
        None if queues.notifier.get().is_some() => Err(Error::Generic),
        None => Ok(()),
    }
}

pub fn create_soft(
    region: hsa_region_t,
    packets: u32,
    kind: hsa_queue_type32_t,
    features: u32,
    doorbell: hsa_signal_t,
    queue: Out<*mut hsa_queue_t>,
) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    queue.check()?;
    let wrong = region.handle == 0 || doorbell.handle == 0 || features == 0;
    if wrong || !packets.is_power_of_two() || kind > HSA_QUEUE_TYPE_SINGLE.0 {
        return Err(Error::InvalidArgument);
    }
    let region = handle::region_index(machine.epoch, region).ok_or(Error::InvalidRegion)?;
    super::signal::find(doorbell)?;
    queue.write(pointer(queues.create_soft(region, packets, (kind, features), doorbell)?))
}

pub(super) fn address(queue: *const hsa_queue_t) -> u64 {
    queue.addr() as u64
}

/// The address of a queue, where none at all is another error than a wrong one.
fn given(queue: *const hsa_queue_t) -> Result<u64, Error> {
    if queue.is_null() { Err(Error::InvalidArgument) } else { Ok(address(queue)) }
}

pub fn destroy(queue: *mut hsa_queue_t) -> Result<Then<impl FnOnce() -> hsa_status_t>, Error> {
    let ended = runtime::queues()?.destroy(given(queue)?)?;
    Ok(Then(move || {
        ended.iter().for_each(|queue| queue.free_scratch());
        HSA_STATUS_SUCCESS
    }))
}

pub fn inactivate(queue: *mut hsa_queue_t) -> Result<(), Error> {
    runtime::queues()?.inactivate(given(queue)?)
}

pub fn set_priority(queue: *mut hsa_queue_t, priority: hsa_amd_queue_priority_t) -> Result<(), Error> {
    let queue = runtime::queues()?.hardware(given(queue)?)?;
    queue.set_priority(self::priority(priority)?)
}

pub(super) fn priority(priority: hsa_amd_queue_priority_t) -> Result<Priority, Error> {
    match priority {
        HSA_AMD_QUEUE_PRIORITY_LOW => Ok(Priority::Low),
        HSA_AMD_QUEUE_PRIORITY_NORMAL => Ok(Priority::Normal),
        HSA_AMD_QUEUE_PRIORITY_HIGH => Ok(Priority::High),
        _ => Err(Error::InvalidArgument),
    }
}

pub fn set_cu_mask(queue: *const hsa_queue_t, bits: u32, mask: List<u32>) -> Result<hsa_status_t, Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    let queue = queues.hardware(address(queue))?;
    let words = mask.read(bits / 32)?;
    if bits % 32 != 0 {
        return Err(Error::InvalidArgument);
    }
    let reduced = queue.set_mask(&machine.agents[queue.agent], &words)?;
    Ok(if reduced { HSA_STATUS_CU_MASK_REDUCED } else { HSA_STATUS_SUCCESS })
}

pub fn get_cu_mask(queue: *const hsa_queue_t, bits: u32, mask: OutList<u32>) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    mask.check()?;
    let queue = queues.shared(address(queue))?;
    if bits == 0 || bits % 32 != 0 {
        return Err(Error::InvalidArgument);
    }
    mask.write(&queue.mask(&machine.agents[queue.agent], bits as usize / 32));
    Ok(())
}

pub fn get_info(
    queue: *mut hsa_queue_t,
    attribute: hsa_queue_info_attribute_t,
    value: Value,
) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    if attribute == HSA_QUEUE_INFO_USE_COUNT {
        // Those that are not shared by count say -1.
        let users = queues.users(address(queue)).map_err(|_| Error::InvalidArgument)?;
        return value.write::<i32>(users.map_or(-1, |users| users as i32));
    }
    let queue = queues.shared(address(queue))?;
    match attribute {
        HSA_AMD_QUEUE_INFO_AGENT => {
            value.write::<hsa_agent_t>(machine.handle_of(&machine.agents[queue.agent]))
        }
        HSA_AMD_QUEUE_INFO_DOORBELL_ID => value.write::<u64>(queue.doorbell().address()),
        HSA_QUEUE_INFO_HW_ID => value.write::<u32>(queue.id() as u32),
        HSA_AMD_QUEUE_INFO_ENGINE_TYPE => value.write::<hsa_amd_queue_engine_t>(HSA_AMD_QUEUE_ENGINE_COMPUTE),
        _ => Err(Error::InvalidArgument),
    }
}

/// Whether the packet processor writes down when packets start and end. The clocks are read now, so that times are between
/// two readings.
pub fn set_profiling(queue: *mut hsa_queue_t, on: c_int) -> Result<(), Error> {
    let (machine, queues) = (runtime::machine()?, runtime::queues()?);
    let is_shared = queues.users(address(queue))?.is_some();
    // One that a program reads has no packet processor.
    let Ok(queue) = queues.shared(address(queue)) else { return Ok(()) };
    if on != 0 {
        machine.begin_clock(&machine.agents[queue.agent])?;
    }
    // One that is shared does so always.
    if !is_shared {
        queue.set_profiling(on != 0);
    }
    Ok(())
}

/// Only firmware that takes scratch memory back while a queue runs has such a limit, and none of it is made use of.
pub fn set_async_scratch_limit(agent: hsa_agent_t, _threshold: usize) -> Result<(), Error> {
    let machine = runtime::machine()?;
    let agent = machine.agent(agent)?;
    Err(if agent.is_cpu() { Error::InvalidAgent } else { Error::InvalidArgument })
}
