//! Queues: created with their buffers, updated, destroyed.
//!
//! Touches `driver` and `memory`. Answers to upstream's `queues.c` and Linux `kfd_ioctl_create_queue`. A queue id is
//! looked up, never followed: a stale one is an error. `buffers` holds the memory that queues own.
#![forbid(unsafe_code)]

mod buffers;

use crate::{
    abi::queue_type as abi_type,
    doorbell::Doorbells,
    driver::{Driver, failed},
    error::{Error, Result, Status},
    event::Events,
    kernel::{Attached, Errno},
    memory::{Gpu, Memory},
    topology::model::{NodeId, Snapshot},
    uapi::kfd::{
        kfd_ioctl_alloc_queue_gws_args, kfd_ioctl_create_queue_args, kfd_ioctl_destroy_queue_args,
        kfd_ioctl_get_queue_wave_state_args, kfd_ioctl_set_cu_mask_args, kfd_ioctl_set_trap_handler_args,
        kfd_ioctl_update_queue_args, minor, queue_type,
    },
};
use buffers::Buffers;
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    mem::offset_of,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The driver's priorities for HSA_QUEUE_PRIORITY -3 to 3.
const PRIORITIES: [u32; 7] = [0, 3, 5, 7, 9, 11, 15];

/// A queue as asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Description {
    /// GPU.
    pub node: NodeId,
    /// `HSA_QUEUE_TYPE`.
    pub kind: u32,
    /// Share of the hardware, 0 to 100.
    pub percentage: u32,
    /// `HSA_QUEUE_PRIORITY`.
    pub priority: i64,
    /// SDMA engine, with `HSA_QUEUE_SDMA_BY_ENG_ID`.
    pub engine: u32,
    /// Ring.
    pub ring: u64,
    /// Bytes of the ring.
    pub ring_size: u64,
    /// Address of the read pointer; AQL queues only, others get one.
    pub read_pointer: u64,
    /// Address of the write pointer.
    pub write_pointer: u64,
    /// Address of the error payload; 0 for none.
    pub error_reason: u64,
    /// Event to raise with an error; 0 for none.
    pub error_event: u32,
}

/// A created queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// Id, unique in the process.
    pub id: u64,
    /// Address of the doorbell.
    pub doorbell: u64,
    /// Address of the read pointer.
    pub read_pointer: u64,
    /// Address of the write pointer.
    pub write_pointer: u64,
}

/// Where a queue's waves are saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saved {
    /// Address of the area.
    pub address: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Those of them that are one die's, without what a debugger has there.
    pub die_bytes: u32,
}

/// State of a queue's save area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveState {
    /// Address of the header.
    pub header: u64,
    /// Address of the control stack's top.
    pub control_stack_top: u64,
    /// Bytes of the control stack in use.
    pub control_stack_used: u64,
    /// Address of the wave state.
    pub wave_state: u64,
    /// Bytes of it in use.
    pub wave_state_used: u64,
    /// Compute units, as a mask: address and number of bits.
    pub cu_mask: (u64, u32),
}

#[derive(Default)]
struct Queue {
    kernel_id: u32,
    buffers: Buffers,
    /// Bytes as the driver rounds them, and as it may, too.
    control_stack: [u64; 2],
    /// Bytes of the save area for one die.
    save_area_bytes: u32,
    /// Doorbell and write pointer, of an AQL queue.
    bell: Option<(u64, u64)>,
    cu_mask: Box<[u32]>,
}

/// The queues of a process. Thread-safe.
pub struct Queues {
    driver: Arc<Driver>,
    topology: Arc<Snapshot>,
    doorbells: Doorbells,
    queues: Mutex<BTreeMap<u64, Queue>>,
    next: AtomicU64,
}

impl Queues {
    pub(crate) fn new(driver: Arc<Driver>, topology: Arc<Snapshot>) -> Self {
        let doorbells = Doorbells::new(Arc::clone(&driver));
        Self { driver, topology, doorbells, queues: Mutex::default(), next: AtomicU64::new(1) }
    }

    /// Creates a queue.
    ///
    /// # Errors
    /// `InvalidParameter` for an unknown type or priority, `InvalidNodeUnit`, `NoMemory` for its buffers, `Error` when
    /// the driver refuses.
    pub fn create(&self, memory: &Memory, events: &Events, wanted: &Description) -> Result<Created> {
        let priority = driver_priority(wanted.priority)?;
        let gpu = memory.gpu_of(wanted.node).ok_or(Status::InvalidNodeUnit)?;
        let kind = self.driver_type(wanted.kind)?;
        events.map_page_to(memory, gpu.id)?;
        let mut queue = Queue { cu_mask: self.full_mask(wanted.node), ..Default::default() };
        let created = self.create_with(memory, gpu, wanted, kind, priority, &mut queue);
        if created.is_err() {
            self.release(memory, queue.buffers);
        } else if let Ok(created) = &created {
            queue.bell =
                (kind == queue_type::COMPUTE_AQL).then_some((created.doorbell, created.write_pointer));
            self.queues.lock().insert(created.id, queue);
        }
        created
    }

    fn create_with(
        &self,
        memory: &Memory,
        gpu: &Gpu,
        wanted: &Description,
        kind: u32,
        priority: u32,
        queue: &mut Queue,
    ) -> Result<Created> {
        let mut arguments = kfd_ioctl_create_queue_args {
            ring_base_address: wanted.ring,
            write_pointer_address: wanted.write_pointer,
            read_pointer_address: wanted.read_pointer,
            ring_size: u32::try_from(wanted.ring_size).map_err(|_| Status::Error)?,
            gpu_id: gpu.id,
            queue_type: kind,
            queue_percentage: wanted.percentage,
            queue_priority: priority,
            sdma_engine_id: wanted.engine,
            ..Default::default()
        };
        if kind != queue_type::COMPUTE_AQL {
            let pointers = self.allocate_pointers(memory, gpu)?;
            queue.buffers.pointers = Some(pointers);
            (arguments.write_pointer_address, arguments.read_pointer_address) = (pointers, pointers + 8);
        }
        if matches!(kind, queue_type::COMPUTE | queue_type::COMPUTE_AQL) {
            self.add_compute_buffers(memory, gpu, wanted, &mut arguments, queue)?;
        }
        self.ask_for_queue(&mut arguments, queue)?;
        queue.kernel_id = arguments.queue_id;
        self.finish(memory, gpu, &arguments)
    }

    /// Asks once more with the other control stack where the driver may have refused the first.
    fn ask_for_queue(&self, arguments: &mut kfd_ioctl_create_queue_args, queue: &mut Queue) -> Result<()> {
        let [first, other] = queue.control_stack;
        let mut asked = self.driver.call(arguments);
        if asked == Err(Errno::EINVAL) && first != other {
            queue.control_stack = [other; 2];
            arguments.ctl_stack_size = u32::try_from(other).map_err(|_| Status::Error)?;
            asked = self.driver.call(arguments);
        }
        asked.map_err(|errno| failed("CREATE_QUEUE", errno))
    }

    /// A queue is of no use without its doorbell.
    fn finish(&self, memory: &Memory, gpu: &Gpu, made: &kfd_ioctl_create_queue_args) -> Result<Created> {
        let doorbell =
            self.doorbells.address(memory, gpu, made.doorbell_offset, made.queue_id).inspect_err(|_| {
                // The missing doorbell is what the caller hears of.
                let _ = self.destroy_kernel_queue(made.queue_id);
            })?;
        Ok(Created {
            id: self.next.fetch_add(1, Ordering::Relaxed),
            doorbell,
            read_pointer: made.read_pointer_address,
            write_pointer: made.write_pointer_address,
        })
    }

    fn driver_type(&self, kind: u32) -> Result<u32> {
        Ok(match kind {
            abi_type::COMPUTE => queue_type::COMPUTE,
            abi_type::SDMA => queue_type::SDMA,
            abi_type::SDMA_XGMI => queue_type::SDMA_XGMI,
            abi_type::COMPUTE_AQL => queue_type::COMPUTE_AQL,
            abi_type::SDMA_BY_ENG_ID => {
                self.driver.require_minor(minor::SDMA_ENGINE_ID, "SDMA queues by engine")?;
                queue_type::SDMA_BY_ENG_ID
            }
            _ => return Err(Status::InvalidParameter.into()),
        })
    }

    /// Every compute unit, in whole 32-bit words.
    fn full_mask(&self, node: NodeId) -> Box<[u32]> {
        let properties = &self.topology.nodes[node.0 as usize].properties;
        let cus = properties.simd_count.checked_div(properties.simd_per_cu).unwrap_or(0).min(1 << 16);
        let word = |first: u64| (0..32).filter(|bit| first + bit < cus).fold(0, |word, bit| word | 1 << bit);
        (0..cus).step_by(32).map(word).collect()
    }

    fn destroy_kernel_queue(&self, queue_id: u32) -> Result<()> {
        self.driver.ask("DESTROY_QUEUE", &mut kfd_ioctl_destroy_queue_args { queue_id, pad: 0 })
    }

    /// Addresses of an AQL queue's doorbell and write pointer.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue, or one of another type.
    pub fn bell(&self, id: u64) -> Result<(u64, u64)> {
        let queues = self.queues.lock();
        queues.get(&id).and_then(|queue| queue.bell).ok_or(Status::InvalidParameter.into())
    }

    /// Destroys a queue and its buffers.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue, `Error` when the driver refuses; then the queue stays.
    pub fn destroy(&self, memory: &Memory, id: u64) -> Result<()> {
        let mut queues = self.queues.lock();
        let kernel_id = queues.get(&id).ok_or(Status::InvalidParameter)?.kernel_id;
        self.destroy_kernel_queue(kernel_id)?;
        let queue = queues.remove(&id);
        drop(queues);
        if let Some(queue) = queue {
            self.release(memory, queue.buffers);
        }
        Ok(())
    }

    /// Changes a queue's ring, share and priority.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue or priority, `Error` when the driver refuses.
    pub fn update(&self, id: u64, percentage: u32, priority: i64, ring: u64, ring_size: u64) -> Result<()> {
        let mut arguments = kfd_ioctl_update_queue_args {
            queue_id: self.kernel_id(id)?,
            ring_base_address: ring,
            ring_size: u32::try_from(ring_size).map_err(|_| Status::Error)?,
            queue_percentage: percentage,
            queue_priority: driver_priority(priority)?,
        };
        self.driver.ask("UPDATE_QUEUE", &mut arguments)
    }

    /// The driver's id of a queue.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue.
    pub fn kernel_id(&self, id: u64) -> Result<u32> {
        self.queues
            .lock()
            .get(&id)
            .map(|queue| queue.kernel_id)
            .ok_or_else(|| Status::InvalidParameter.into())
    }

    /// Restricts a queue to compute units; `mask` has whole 32-bit words.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue or an empty mask, `Error` when the driver refuses.
    pub fn set_cu_mask(&self, id: u64, mask: &[u32]) -> Result<()> {
        type Arguments = kfd_ioctl_set_cu_mask_args;
        if mask.is_empty() {
            return Err(Status::InvalidParameter.into());
        }
        let mut words = mask.to_vec();
        let num_cu_mask = u32::try_from(words.len() * 32).map_err(|_| Status::InvalidParameter)?;
        let mut arguments = Arguments { queue_id: self.kernel_id(id)?, num_cu_mask, ..Default::default() };
        let buffer = Attached::new(offset_of!(Arguments, cu_mask_ptr), &mut words);
        self.driver.call_with(&mut arguments, &mut [buffer]).map_err(|errno| failed("SET_CU_MASK", errno))?;
        if let Some(queue) = self.queues.lock().get_mut(&id) {
            queue.cu_mask = words.into();
        }
        Ok(())
    }

    /// Where a queue's waves are saved. Zeros for a queue without.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue.
    pub fn saved(&self, id: u64) -> Result<Saved> {
        let queues = self.queues.lock();
        let queue = queues.get(&id).ok_or(Status::InvalidParameter)?;
        let (address, bytes) = queue.buffers.save_area.map_or((0, 0), |area| (area.start, area.size));
        Ok(Saved { address, bytes, die_bytes: queue.save_area_bytes })
    }

    /// What a queue's save area holds. The driver also writes the area's header, if the queue is stopped.
    ///
    /// # Errors
    /// `InvalidParameter` for no queue, `Error` when it has no save area or the driver refuses.
    pub fn wave_state(&self, id: u64) -> Result<WaveState> {
        let queues = self.queues.lock();
        let queue = queues.get(&id).ok_or(Status::InvalidParameter)?;
        let area = queue.buffers.save_area.ok_or(Status::Error)?.start;
        let mut arguments = kfd_ioctl_get_queue_wave_state_args {
            ctl_stack_address: area,
            queue_id: queue.kernel_id,
            ..Default::default()
        };
        self.driver.ask("GET_QUEUE_WAVE_STATE", &mut arguments)?;
        let wave_state = area + queue.control_stack[0];
        Ok(WaveState {
            header: area,
            control_stack_top: wave_state - u64::from(arguments.ctl_stack_used_size),
            control_stack_used: u64::from(arguments.ctl_stack_used_size),
            wave_state,
            wave_state_used: u64::from(arguments.save_area_used_size),
            cu_mask: (queue.cu_mask.as_ptr() as u64, queue.cu_mask.len() as u32 * 32),
        })
    }

    /// Gives a queue global wave sync resources; returns the first one's number.
    ///
    /// # Errors
    /// `InvalidParameter`, `OutOfResources` when they are in use, `NotSupported` without hardware, `Error`.
    pub fn allocate_gws(&self, id: u64, count: u32) -> Result<u32> {
        let mut arguments = kfd_ioctl_alloc_queue_gws_args {
            queue_id: self.kernel_id(id)?,
            num_gws: count,
            ..Default::default()
        };
        self.driver.call(&mut arguments).map_err(|errno| {
            let status = match errno {
                Errno::EINVAL => Status::InvalidParameter,
                Errno::EBUSY => Status::OutOfResources,
                Errno::ENODEV => Status::NotSupported,
                _ => Status::Error,
            };
            Error { status, ..failed("ALLOC_QUEUE_GWS", errno) }
        })?;
        Ok(arguments.first_gws)
    }

    /// Sets the second-level trap handler of a GPU and its buffer.
    ///
    /// # Errors
    /// `Error` when the driver refuses.
    pub fn set_trap_handler(&self, gpu_id: u32, handler: u64, buffer: u64) -> Result<()> {
        let mut arguments =
            kfd_ioctl_set_trap_handler_args { tba_addr: handler, tma_addr: buffer, gpu_id, pad: 0 };
        self.driver.ask("SET_TRAP_HANDLER", &mut arguments)
    }
}

fn driver_priority(priority: i64) -> Result<u32> {
    let index = usize::try_from(priority + 3).ok();
    index.and_then(|index| PRIORITIES.get(index).copied()).ok_or_else(|| Status::InvalidParameter.into())
}
