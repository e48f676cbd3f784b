//! Address watch points, of which a GPU node has four for all processes. Mirrors `kfd_dbg_trap_set_dev_address_watch`
//! and its counterpart. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use crate::contract::Errno;
use crate::uapi::kfd_flags::MAX_WATCH_ADDRESSES;

/// The device that an operation on watch points names; `ENODEV` when the process has none such.
pub(super) fn device(target: &mut Target, gpu_id: u32) -> Result<usize, Errno> {
    target.process().device_of_node(gpu_id).map_err(|_| Errno::ENODEV)
}

/// `kfd_dbg_get_dev_watch_id`: the lowest free watch point; `ENOMEM` when there is none.
pub(super) fn set(target: &mut Target, device: usize) -> Result<u32, Errno> {
    let node = target.process().devices[device].gpu;
    let used = target.call.state.watch_points.entry(node).or_default();
    let id = used.trailing_ones();
    if id >= MAX_WATCH_ADDRESSES {
        return Err(Errno::ENOMEM);
    }
    *used |= 1 << id;
    target.process().devices[device].debug.watch_points |= 1 << id;
    Ok(id)
}

/// `kfd_dbg_trap_clear_dev_address_watch`: `EINVAL` for a watch point that is not the process's.
pub(super) fn clear(target: &mut Target, device: usize, id: u32) -> Result<(), Errno> {
    let owned = target.process().devices[device].debug.watch_points;
    if id >= MAX_WATCH_ADDRESSES || owned >> id & 1 == 0 {
        return Err(Errno::EINVAL);
    }
    free(target, device, 1 << id);
    Ok(())
}

/// `kfd_dbg_clear_process_address_watch`
pub(super) fn clear_all(target: &mut Target) {
    for device in 0..target.process().devices.len() {
        free(target, device, u32::MAX);
    }
}

fn free(target: &mut Target, device: usize, ids: u32) {
    let owner = &mut target.process().devices[device];
    let (node, freed) = (owner.gpu, owner.debug.watch_points & ids);
    owner.debug.watch_points &= !freed;
    if let Some(used) = target.call.state.watch_points.get_mut(&node) {
        *used &= !freed;
    }
}
