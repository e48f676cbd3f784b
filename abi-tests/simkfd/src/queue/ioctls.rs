//! The ioctls that change or ask about a queue that exists. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::properties;
use crate::contract::{Call, Errno};
use crate::uapi::kfd::{
    kfd_ioctl_alloc_queue_gws_args, kfd_ioctl_get_queue_wave_state_args, kfd_ioctl_set_cu_mask_args,
    kfd_ioctl_update_queue_args,
};

/// Bits of a CU mask that the kernel looks at (`max_num_cus`).
const MAX_CU_MASK_BITS: u32 = 1024;

/// `kfd_ioctl_update_queue`, `pqm_update_queue_properties` and `update_queue`
pub(crate) fn update(call: &mut Call, args: &mut kfd_ioctl_update_queue_args) -> Result<(), Errno> {
    let ring_size = u64::from(properties::check_update(args)?);
    let queue = call.process().queues.get(args.queue_id).ok_or(Errno::EFAULT)?;
    let (device, old, metadata) = (queue.device, queue.buffers.ring, queue.properties.metadata_ring_size);
    let mut ring = old;
    // No ring address disables the queue. Before KFD 1.17 the ring's mapping was not looked at.
    if args.ring_base_address != 0 && call.machine.kfd_at_least(17) {
        let vm = call.process().vm(device)?;
        let space = &mut call.state.render_mut(vm)?.vm;
        let held = space.hold_for_queue(args.ring_base_address, ring_size + metadata);
        ring = Some(held.map_err(|_| Errno::EFAULT)?);
        if let Some(old) = old {
            space.release_for_queue(old);
        }
    }
    let queue = call.process().queues.get(args.queue_id).ok_or(Errno::EFAULT)?;
    queue.buffers.ring = ring;
    queue.properties.ring = args.ring_base_address;
    queue.properties.ring_size = ring_size;
    queue.properties.percentage = args.queue_percentage & 0xff;
    queue.properties.priority = args.queue_priority;
    // Where MES schedules, this queue leaves the hardware for the change, else all that the device has.
    let alone = call.gpu(device).has_mes();
    for (id, queue) in call.process().queues.newest_first().filter(|(_, queue)| queue.device == device) {
        queue.remaps += u64::from(!alone || id == args.queue_id);
    }
    Ok(())
}

/// `kfd_ioctl_set_cu_mask` and `pqm_update_mqd`
pub(crate) fn set_cu_mask(call: &mut Call, args: &mut kfd_ioctl_set_cu_mask_args) -> Result<(), Errno> {
    if args.num_cu_mask % 32 != 0 || args.num_cu_mask == 0 {
        return Err(Errno::EINVAL);
    }
    let words = args.num_cu_mask.min(MAX_CU_MASK_BITS) / 32;
    let mask: Vec<u32> = call.read_array(args.cu_mask_ptr, words)?;
    let queue = call.process().queues.get(args.queue_id).ok_or(Errno::EFAULT)?;
    if queue.masked_for_debugger {
        return Err(Errno::EBUSY);
    }
    let device = queue.device;
    // From gfx10 on CUs work in pairs and are masked in pairs.
    let halved = |word: &u32| (word ^ (word >> 1)) & 0x5555_5555 != 0;
    if call.gpu(device).gfx >= 100000 && mask.iter().any(halved) {
        return Err(Errno::EINVAL);
    }
    if let Some(queue) = call.process().queues.get(args.queue_id) {
        queue.cu_mask = mask;
    }
    Ok(())
}

/// `kfd_ioctl_get_queue_wave_state`: only an inactive compute queue has saved waves.
pub(crate) fn wave_state(
    call: &mut Call,
    args: &mut kfd_ioctl_get_queue_wave_state_args,
) -> Result<(), Errno> {
    let queue = call.process().queues.get(args.queue_id).ok_or(Errno::EFAULT)?;
    let (device, active, end) = (queue.device, queue.is_active(), queue.properties.control_stack_size);
    if queue.properties.kind != super::Kind::Compute {
        return Err(Errno::EINVAL);
    }
    if active && !call.process().evicted(device) {
        return Err(Errno::EINVAL);
    }
    // No wave was saved: nothing is on the control stack, which grows down from its end, and nothing behind it.
    (args.ctl_stack_used_size, args.save_area_used_size) = (0, 0);
    if call.gpu(device).is_soc15() {
        let header = [end, 0, end, 0].map(u32::to_ne_bytes).concat();
        call.host.write_user(args.ctl_stack_address, &header)?;
    }
    Ok(())
}

/// `kfd_ioctl_alloc_queue_gws` and `pqm_set_gws`
pub(crate) fn alloc_gws(call: &mut Call, args: &mut kfd_ioctl_alloc_queue_gws_args) -> Result<(), Errno> {
    let device = call.process().queues.get(args.queue_id).ok_or(Errno::EINVAL)?.device;
    if call.gpu(device).properties.get("num_gws") == 0 {
        return Err(Errno::ENODEV);
    }
    let wanted = args.num_gws != 0;
    args.first_gws = 0;
    match (wanted, call.process().queues.gws_on(device)) {
        (true, true) => return Err(Errno::EBUSY),
        (false, false) => return Err(Errno::EINVAL),
        _ => {}
    }
    if let Some(queue) = call.process().queues.get(args.queue_id) {
        queue.gws = wanted;
    }
    Ok(())
}
