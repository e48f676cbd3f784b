//! AMDKFD_IOC_CREATE_QUEUE and _DESTROY_QUEUE. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::engines::SdmaQueue;
use super::{Buffers, Kind, Numbers, Properties, Queue, buffers, doorbells, properties};
use crate::contract::{Call, Errno, FileId};
use crate::uapi::kfd::{kfd_ioctl_create_queue_args, kfd_ioctl_destroy_queue_args};
use crate::uapi::kfd_flags::{EC_QUEUE_NEW, KFD_MMAP_TYPE_DOORBELL, kfd_ec_mask, kfd_mmap_gpu_id};

/// `kfd_ioctl_create_queue`
pub(crate) fn create(call: &mut Call, args: &mut kfd_ioctl_create_queue_args) -> Result<(), Errno> {
    let queue = properties::from_user(args, call.machine.kernel.kfd_version[1])?;
    let device = call.device(args.gpu_id)?;
    let vm = call.process().vm(device).map_err(|_| Errno::ESRCH)?;
    let gpu = call.gpu(device);
    let engines =
        gpu.properties.get_u32("num_sdma_engines") + gpu.properties.get_u32("num_sdma_xgmi_engines");
    if queue.kind == Kind::SdmaByEngine && queue.sdma_engine >= engines {
        return Err(Errno::EINVAL);
    }
    doorbells(call, device)?;
    let held = buffers::acquire(call, device, vm, &queue)?;
    let id = add(call, device, vm, queue, &held, None).inspect_err(|_| buffers::release(call, vm, &held))?;
    let doorbell = u64::from(call.process().queues.get(id).expect("added above").doorbell);
    crate::debug::queue_created(call);
    args.queue_id = id;
    args.doorbell_offset = KFD_MMAP_TYPE_DOORBELL | kfd_mmap_gpu_id(args.gpu_id);
    if gpu.is_soc15() {
        args.doorbell_offset |= doorbell * gpu.doorbell_size();
    }
    Ok(())
}

/// A queue of a checkpoint, with the numbers that it had (`pqm_create_queue` as `kfd_criu_restore_queue` calls it). What
/// it stands on is not looked at, so that MES, which wants the write pointer's memory, refuses it.
pub(crate) fn restore(
    call: &mut Call,
    device: usize,
    queue: Properties,
    numbers: &Numbers,
) -> Result<(), Errno> {
    let vm = call.process().vm(device)?;
    add(call, device, vm, queue, &Buffers::default(), Some(numbers)).map(drop)
}

/// `pqm_create_queue`
fn add(
    call: &mut Call,
    device: usize,
    vm: FileId,
    mut properties: Properties,
    held: &Buffers,
    numbers: Option<&Numbers>,
) -> Result<u32, Errno> {
    let gpu = call.gpu(device);
    let limit = if gpu.is_gfx943() { 255 } else { 127 };
    if call.process().queues.count_on(device) >= limit {
        return Err(Errno::ENOSPC);
    }
    let id = call.process().queues.slot(numbers.map(|numbers| numbers.id))?;
    check_mes(call, gpu.has_mes(), device, vm, held)?;
    let (sdma, doorbell) = allocate(call, device, id, &properties, numbers)?;
    if let Some(sdma) = sdma {
        properties.kind = sdma.kind;
        properties.sdma_engine = sdma.engine;
    }
    let queue = Queue {
        device,
        properties,
        buffers: held.clone(),
        doorbell,
        sdma: sdma.map(|sdma| sdma.id),
        gws: false,
        cu_mask: Vec::new(),
        exceptions: kfd_ec_mask(EC_QUEUE_NEW),
        suspended: false,
        destroying: false,
        masked_for_debugger: call.process().runtime.traps && crate::debug::masks_queues(gpu),
        remaps: 0,
        age: 0,
    };
    call.process().queues.put(id, queue);
    Ok(id)
}

/// `create_queue_cpsch`: the SDMA queue, if it is to be one, and the doorbell.
fn allocate(
    call: &mut Call,
    device: usize,
    id: u32,
    queue: &Properties,
    numbers: Option<&Numbers>,
) -> Result<(Option<SdmaQueue>, u32), Errno> {
    let gpu = call.gpu(device);
    let node = call.process().devices[device].gpu;
    let engines = call.state.device_queues.entry(node).or_default();
    engines.admit()?;
    let sdma = match queue.kind {
        Kind::Compute => None,
        kind => Some(engines.allocate_sdma(gpu, kind, queue.sdma_engine, numbers.map(|known| known.sdma))?),
    };
    let known = numbers.map(|numbers| numbers.doorbell);
    let doorbell = doorbells(call, device).and_then(|doorbells| doorbells.allocate(gpu, id, sdma, known));
    let engines = call.state.device_queues.entry(node).or_default();
    match (doorbell, sdma) {
        (Ok(doorbell), _) => {
            engines.created();
            Ok((sdma, doorbell))
        }
        (Err(error), Some(sdma)) => {
            engines.free_sdma(sdma.kind, sdma.id);
            Err(error)
        }
        (Err(error), None) => Err(error),
    }
}

/// `init_user_queue`: where MES schedules, the write pointer must be memory of the same device.
fn check_mes(call: &mut Call, mes: bool, device: usize, vm: FileId, held: &Buffers) -> Result<(), Errno> {
    // Kernels whose buffers are not acquired looked only at the mapping of the write pointer, which is not modelled.
    if !mes || !call.machine.kfd_at_least(17) {
        return Ok(());
    }
    let object = held.write_pointer.ok_or(Errno::EINVAL)?;
    let owner = call.state.objects.get(object).gpu;
    let gpu = call.process().devices[device].gpu;
    call.state.render(vm)?;
    let same = call.machine.gpus[owner].device == call.machine.gpus[gpu].device;
    if same { Ok(()) } else { Err(Errno::EINVAL) }
}

/// `kfd_ioctl_destroy_queue`
pub(crate) fn destroy(call: &mut Call, args: &mut kfd_ioctl_destroy_queue_args) -> Result<(), Errno> {
    crate::debug::wait_until_resumed(call, args.queue_id)?;
    let queue = call.process().queues.take(args.queue_id).ok_or(Errno::EINVAL)?;
    let gpu = call.gpu(queue.device);
    let device = &mut call.process().devices[queue.device];
    let (node, vm) = (device.gpu, device.vm);
    if let Some(doorbells) = &mut device.doorbells {
        doorbells.free(gpu, queue.properties.kind, queue.doorbell);
    }
    let engines = call.state.device_queues.entry(node).or_default();
    engines.destroyed(queue.properties.kind, queue.sdma);
    if let Some(vm) = vm {
        buffers::release(call, vm, &queue.buffers);
    }
    crate::debug::queue_destroyed(call, queue.device);
    Ok(())
}
