//! What user mode says of a queue, checked as `set_queue_properties_from_user` checks it (amdkfd/kfd_chardev.c).
//! Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Kind, Properties};
use crate::contract::{Errno, access_ok};
use crate::uapi::kfd::{kfd_ioctl_create_queue_args, kfd_ioctl_update_queue_args};
use crate::uapi::kfd_flags::*;

/// The KFD versions of `sdma_engine_id` and `metadata_ring_size`.
const SDMA_BY_ENGINE_SINCE: u32 = 17;
const METADATA_RING_SINCE: u32 = 22;

/// `set_queue_properties_from_user`. A ring that is too small is enlarged, as there, also in what the caller gets
/// back. `minor` is the KFD version: an older kernel does not look at what a newer one added.
pub(crate) fn from_user(args: &mut kfd_ioctl_create_queue_args, minor: u32) -> Result<Properties, Errno> {
    args.ring_size =
        check_ring(args.queue_percentage, args.queue_priority, args.ring_base_address, args.ring_size)?;
    let metadata_ring_size = if minor >= METADATA_RING_SINCE { args.metadata_ring_size } else { 0 };
    if metadata_ring_size != 0 && !metadata_ring_size.is_power_of_two() {
        return Err(Errno::EINVAL);
    }
    let optional = |addr: u64| addr == 0 || access_ok(addr, 4);
    let readable = access_ok(args.read_pointer_address, 4)
        && access_ok(args.write_pointer_address, 4)
        && optional(args.eop_buffer_address)
        && optional(args.ctx_save_restore_address);
    if !readable {
        return Err(Errno::EFAULT);
    }
    let aql = args.queue_type == KFD_IOC_QUEUE_TYPE_COMPUTE_AQL;
    Ok(Properties {
        kind: kind(args.queue_type, minor)?,
        aql,
        ring: args.ring_base_address,
        ring_size: u64::from(args.ring_size),
        metadata_ring_size: if aql { u64::from(metadata_ring_size) } else { 0 },
        read_pointer: args.read_pointer_address,
        write_pointer: args.write_pointer_address,
        percentage: args.queue_percentage & 0xff,
        priority: args.queue_priority,
        eop_buffer: args.eop_buffer_address,
        eop_buffer_size: args.eop_buffer_size,
        save_area: args.ctx_save_restore_address,
        save_area_size: args.ctx_save_restore_size,
        control_stack_size: args.ctl_stack_size,
        sdma_engine: args.sdma_engine_id,
    })
}

/// The checks of `kfd_ioctl_update_queue`; the ring size that counts.
pub(crate) fn check_update(args: &kfd_ioctl_update_queue_args) -> Result<u32, Errno> {
    check_ring(args.queue_percentage, args.queue_priority, args.ring_base_address, args.ring_size)
}

fn check_ring(percentage: u32, priority: u32, ring: u64, size: u32) -> Result<u32, Errno> {
    if percentage & 0xff > KFD_MAX_QUEUE_PERCENTAGE || priority > KFD_MAX_QUEUE_PRIORITY {
        return Err(Errno::EINVAL);
    }
    if ring != 0 && !access_ok(ring, 8) {
        return Err(Errno::EFAULT);
    }
    if size != 0 && !size.is_power_of_two() {
        return Err(Errno::EINVAL);
    }
    Ok(size.max(KFD_MIN_QUEUE_RING_SIZE))
}

fn kind(queue_type: u32, minor: u32) -> Result<Kind, Errno> {
    match queue_type {
        KFD_IOC_QUEUE_TYPE_COMPUTE | KFD_IOC_QUEUE_TYPE_COMPUTE_AQL => Ok(Kind::Compute),
        KFD_IOC_QUEUE_TYPE_SDMA => Ok(Kind::Sdma),
        KFD_IOC_QUEUE_TYPE_SDMA_XGMI => Ok(Kind::SdmaXgmi),
        KFD_IOC_QUEUE_TYPE_SDMA_BY_ENG_ID if minor >= SDMA_BY_ENGINE_SINCE => Ok(Kind::SdmaByEngine),
        _ => Err(Errno::ENOTSUPP),
    }
}
