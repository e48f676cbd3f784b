//! Queues taken off the hardware for a debugger, and put back. Mirrors `suspend_queues` and `resume_queues` of
//! amdkfd/kfd_device_queue_manager.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use crate::contract::{Call, Errno};
use crate::queue::{Kind, Queue};
use crate::topology::MAX_QUEUES_PER_PROCESS;
use crate::uapi::kfd::{kfd_ioctl_dbg_trap_resume_queues_args, kfd_ioctl_dbg_trap_suspend_queues_args};
use crate::uapi::kfd_flags::*;

/// `suspend_queues`: how many queues are suspended now of those that the array names. The others keep
/// KFD_DBG_QUEUE_INVALID_MASK in it: those that do not exist, and new ones that nobody asked about yet.
pub(super) fn suspend(
    target: &mut Target,
    args: &kfd_ioctl_dbg_trap_suspend_queues_args,
) -> Result<i32, Errno> {
    let mut ids = invalid_ids(target, args.num_queues, args.queue_array_ptr)?;
    let mes: Vec<bool> = target.gpus().into_iter().map(|gpu| gpu.has_mes()).collect();
    let mut suspended = 0;
    for id in &mut ids {
        let number = *id & !KFD_DBG_QUEUE_INVALID_MASK;
        let Some(queue) = target.process().queues.get(number) else { continue };
        let busy = !queue.suspended && (queue.is_new() || queue.destroying);
        if !busy {
            queue.suspended = true;
            *id = number;
            suspended += 1;
        }
        // Without MES all queues of the array are cleared, also those that stay.
        if !busy || !mes[queue.device] {
            queue.exceptions &= !args.exception_mask;
        }
    }
    if suspended > 0 {
        write_save_areas(target);
    }
    tell(target, args.queue_array_ptr, &ids);
    Ok(suspended)
}

/// `resume_queues`: how many queues of the array run again; without an array, of all.
pub(super) fn resume(
    target: &mut Target,
    args: &kfd_ioctl_dbg_trap_resume_queues_args,
) -> Result<i32, Errno> {
    if args.queue_array_ptr == 0 {
        return Ok(resume_all(target));
    }
    let mut ids = invalid_ids(target, args.num_queues, args.queue_array_ptr)?;
    let mut resumed = 0;
    for id in &mut ids {
        let number = *id & !KFD_DBG_QUEUE_INVALID_MASK;
        if let Some(queue) = target.process().queues.get(number) {
            queue.suspended = false;
            *id = number;
            resumed += 1;
        }
    }
    target.call.wake();
    tell(target, args.queue_array_ptr, &ids);
    Ok(resumed)
}

/// Puts all queues back.
pub(super) fn resume_all(target: &mut Target) -> i32 {
    let queues = target.process().queues.all_mut();
    let count = queues.map(|queue| queue.suspended = false).count();
    target.call.wake();
    count as i32
}

/// `get_queue_ids` and `q_array_invalidate`. No array for no queue is one that nothing is found in.
fn invalid_ids(target: &Target, count: u32, array: u64) -> Result<Vec<u32>, Errno> {
    if (array == 0 && count > 0) || count > MAX_QUEUES_PER_PROCESS {
        return Err(Errno::EINVAL);
    }
    let ids: Vec<u32> = target.call.read_array(array, count)?;
    Ok(ids.into_iter().map(|id| id | KFD_DBG_QUEUE_INVALID_MASK).collect())
}

/// A failure to write the array is logged there, and nothing else.
fn tell(target: &Target, array: u64, ids: &[u32]) {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_ne_bytes()).collect();
    let _ = target.call.host.write_user(array, &bytes);
}

/// `copy_context_work_handler`: the header of each compute queue's save area says where its waves are. None ran, so
/// both parts are empty and begin at the control stack's end.
fn write_save_areas(target: &mut Target) {
    let compute = |queue: &&mut Queue| queue.properties.kind == Kind::Compute;
    let areas: Vec<_> = target
        .process()
        .queues
        .all_mut()
        .filter(compute)
        .map(|queue| (queue.properties.save_area, queue.properties.control_stack_size))
        .collect();
    for (area, end) in areas {
        let bytes = [end, 0, end, 0].map(u32::to_ne_bytes).concat();
        let _ = target.call.host.write_user(area, &bytes);
    }
}

/// `wait_on_destroy_queue`: a debugged queue goes only after it was resumed. `EBUSY`: another thread destroys it
/// already; `EINTR`: a signal came first.
pub(crate) fn wait_until_resumed(call: &mut Call, id: u32) -> Result<(), Errno> {
    let queue = call.process().queues.get(id).ok_or(Errno::EINVAL)?;
    if std::mem::replace(&mut queue.destroying, true) {
        return Err(Errno::EBUSY);
    }
    while call.process().runtime.traps && call.process().queues.get(id).is_some_and(|queue| queue.suspended) {
        if let Err(error) = call.sleep(None) {
            if let Some(queue) = call.process().queues.get(id) {
                queue.destroying = false;
            }
            return Err(error);
        }
    }
    Ok(())
}
