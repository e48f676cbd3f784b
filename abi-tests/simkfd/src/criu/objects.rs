//! The queues, events and ranges of shared virtual memory of a checkpoint. Mirrors `kfd_process_get_queue_info` and
//! the `kfd_criu_checkpoint_*` of amdkfd/kfd_process_queue_manager.c, kfd_events.c and kfd_svm.c. Touches nothing but
//! memory.
#![forbid(unsafe_code)]

use super::data::*;
use crate::contract::{Call, Errno};
use crate::queue::{Kind, Queue};
use crate::svm;
use crate::topology::Gpu;
use crate::uapi::kfd::kfd_ioctl_svm_attribute;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

/// What is told of every range, before the access of each device.
pub(super) const COMMON: [u32; 4] = [
    KFD_IOCTL_SVM_ATTR_PREFERRED_LOC,
    KFD_IOCTL_SVM_ATTR_PREFETCH_LOC,
    KFD_IOCTL_SVM_ATTR_SET_FLAGS,
    KFD_IOCTL_SVM_ATTR_GRANULARITY,
];

/// How many there are, and the bytes that tell of them.
pub(super) fn count(call: &mut Call) -> (usize, usize) {
    let queues = queues(call);
    let images: usize =
        queues.iter().map(|(gpu, _, queue)| image(gpu, queue).iter().sum::<u32>() as usize).sum();
    let process = call.process();
    let (events, ranges) = (process.events.iter().len(), process.ranges.parts(0, u64::MAX).len());
    let range = kfd_criu_svm_range_priv_data::SIZE
        + (COMMON.len() + process.devices.len()) * kfd_ioctl_svm_attribute::SIZE;
    let bytes = queues.len() * kfd_criu_queue_priv_data::SIZE + images;
    (queues.len() + events + ranges, bytes + events * kfd_criu_event_priv_data::SIZE + ranges * range)
}

/// All of them, in the order of the private data.
pub(super) fn write(call: &mut Call) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::new();
    for (gpu, id, queue) in queues(call) {
        let gpu_id = call.process().devices[queue.device].gpu_id;
        bytes.extend(checkpoint_queue(gpu, gpu_id, id, &queue)?);
    }
    bytes.extend(events(call));
    for (first, last, _) in call.process().ranges.parts(0, u64::MAX) {
        bytes.extend(range(call, first, last)?);
    }
    Ok(bytes)
}

/// Device by device, the newest first.
fn queues<'m>(call: &mut Call<'m>) -> Vec<(&'m Gpu, u32, Queue)> {
    let machine = call.machine;
    let process = call.process();
    let mut queues: Vec<_> = process.queues.newest_first().map(|(id, queue)| (id, queue.clone())).collect();
    queues.sort_by_key(|(_, queue)| queue.device);
    let gpu = |queue: &Queue| &machine.gpus[process.devices[queue.device].gpu];
    queues.into_iter().map(|(id, queue)| (gpu(&queue), id, queue)).collect()
}

/// Bytes of an MQD: those of the structs of amd/include (`mqd_size_from_queue_type`).
pub(super) fn mqd_size(gpu: &Gpu, compute: bool) -> u32 {
    match gpu.gfx {
        100000..110000 if !compute => 520,
        80000.. if compute => 2048,
        _ => 512,
    }
}

/// Bytes of a queue's MQD and of its control stack, for all its XCCs (`get_queue_checkpoint_info`). From gfx10 on
/// control stacks are left out.
fn image(gpu: &Gpu, queue: &Queue) -> [u32; 2] {
    let compute = queue.properties.kind == Kind::Compute;
    let stack = match gpu.gfx {
        80000..100000 if compute => queue.properties.control_stack_size,
        _ => 0,
    };
    [mqd_size(gpu, compute), stack].map(|bytes| bytes * gpu.xccs() as u32)
}

/// `criu_checkpoint_queue`. What the simulated hardware keeps of a queue is in no MQD: its image is empty, as is the
/// control stack of a queue that saved no wave.
fn checkpoint_queue(gpu: &Gpu, gpu_id: u32, id: u32, queue: &Queue) -> Result<Vec<u8>, Errno> {
    // checkpoint_mqd: CWSR must be enabled, and MQDs of gfx12 are not saved.
    if !gpu.saves_waves() {
        return Err(Errno::EINVAL);
    }
    if gpu.gfx >= 120000 {
        return Err(Errno::EOPNOTSUPP);
    }
    let (properties, [mqd_size, ctl_stack_size]) = (&queue.properties, image(gpu, queue));
    let data = kfd_criu_queue_priv_data {
        object_type: QUEUE,
        q_address: properties.ring,
        q_size: properties.ring_size,
        read_ptr_addr: properties.read_pointer,
        write_ptr_addr: properties.write_pointer,
        eop_ring_buffer_address: properties.eop_buffer,
        ctx_save_restore_area_address: properties.save_area,
        gpu_id,
        type_: kind(properties.kind),
        format: properties.aql.into(),
        q_id: id,
        priority: properties.priority,
        q_percent: properties.percentage,
        doorbell_id: queue.doorbell,
        gws: queue.gws.into(),
        sdma_id: queue.sdma.unwrap_or(0),
        eop_ring_buffer_size: properties.eop_buffer_size as u32,
        ctx_save_restore_area_size: properties.save_area_size,
        ctl_stack_size,
        mqd_size,
        ..Default::default()
    };
    let mut bytes = data.to_bytes();
    bytes.resize(bytes.len() + (mqd_size + ctl_stack_size) as usize, 0);
    Ok(bytes)
}

/// `enum kfd_queue_type`, whose numbers for these are user mode's own; a queue asked for by engine is of the engine's
/// kind.
fn kind(kind: Kind) -> u32 {
    match kind {
        Kind::Compute => KFD_IOC_QUEUE_TYPE_COMPUTE,
        Kind::Sdma | Kind::SdmaByEngine => KFD_IOC_QUEUE_TYPE_SDMA,
        Kind::SdmaXgmi => KFD_IOC_QUEUE_TYPE_SDMA_XGMI,
    }
}

/// `kfd_criu_checkpoint_events`: the first event also tells of the signal page.
fn events(call: &mut Call) -> Vec<u8> {
    let events = &call.process().events;
    let mut page = events.page_handle().unwrap_or(0);
    let event = |(event_id, event): (u32, &crate::event::Event)| {
        let told = matches!(event.kind, KFD_IOC_EVENT_MEMORY | KFD_IOC_EVENT_HW_EXCEPTION);
        kfd_criu_event_priv_data {
            object_type: EVENT,
            pad: 0,
            user_handle: std::mem::take(&mut page),
            event_id,
            auto_reset: event.auto_reset.into(),
            type_: event.kind,
            signaled: event.signaled.into(),
            union_data: if told { event.data } else { [0; 4] },
        }
    };
    events.iter().map(event).flat_map(Layout::to_bytes).collect()
}

/// `kfd_criu_checkpoint_svm`
fn range(call: &mut Call, first: u64, last: u64) -> Result<Vec<u8>, Errno> {
    let common = COMMON.map(|kind| kfd_ioctl_svm_attribute { kind, value: 0 });
    let access = |value| kfd_ioctl_svm_attribute { kind: KFD_IOCTL_SVM_ATTR_ACCESS, value };
    let mut attributes = common.to_vec();
    attributes.extend(call.process().devices.iter().map(|device| access(device.gpu_id)));
    svm::summarize(call, (first, last), &mut attributes)?;
    let (object_type, size) = (SVM_RANGE, last - first + 1);
    let head = kfd_criu_svm_range_priv_data { object_type, pad: 0, start_addr: first, size };
    let attributes = attributes.into_iter().flat_map(Layout::to_bytes);
    Ok(head.to_bytes().into_iter().chain(attributes).collect())
}
