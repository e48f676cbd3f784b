//! AMDKFD_IOC_CRIU_OP: a process is paused, counted, written down, and let go on; another one is made from what was
//! written, and let go on. Mirrors `kfd_ioctl_criu` of amdkfd/kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

mod checkpoint;
mod data;
mod objects;
mod restore;
mod restore_objects;
#[cfg(test)]
mod tests;

use crate::contract::{Call, Context, Errno, Process, queues_evicted, queues_restored};
use crate::uapi::kfd::kfd_ioctl_criu_args;
use crate::uapi::kfd_flags::{
    KFD_CRIU_OP_CHECKPOINT, KFD_CRIU_OP_PROCESS_INFO, KFD_CRIU_OP_RESTORE, KFD_CRIU_OP_RESUME,
    KFD_CRIU_OP_UNPAUSE, KFD_QUEUE_EVICTION_CRIU_CHECKPOINT,
};
use checkpoint::Census;
pub(crate) use restore::Restored;

/// `kfd_ioctl_criu`
pub(crate) fn serve(call: &mut Call, args: &mut kfd_ioctl_criu_args) -> Result<(), Errno> {
    match args.op {
        KFD_CRIU_OP_PROCESS_INFO => process_info(call, args),
        KFD_CRIU_OP_CHECKPOINT => checkpoint::write(call, args),
        KFD_CRIU_OP_UNPAUSE => unpause(call),
        KFD_CRIU_OP_RESTORE => restore::restore(call, args),
        KFD_CRIU_OP_RESUME => resume(call, args.pid),
        _ => Err(Errno::EINVAL),
    }
}

/// `criu_process_info`: the queues stop until the process is let go on, and what it has is counted.
fn process_info(call: &mut Call, args: &mut kfd_ioctl_criu_args) -> Result<(), Errno> {
    if call.process().devices.is_empty() {
        return Err(Errno::ENODEV);
    }
    call.process().evictions += 1;
    call.process().paused = true;
    queues_evicted(call, KFD_QUEUE_EVICTION_CRIU_CHECKPOINT);
    args.pid = call.process().pid;
    let census = Census::take(call);
    (args.num_devices, args.num_bos) = (census.devices, census.bos);
    (args.num_objects, args.priv_data_size) = (census.objects, census.private_bytes);
    Ok(())
}

/// `criu_unpause`
fn unpause(call: &mut Call) -> Result<(), Errno> {
    if !call.process().paused {
        return Err(Errno::EINVAL);
    }
    call.process().evictions -= 1;
    call.process().paused = false;
    queues_restored(call);
    Ok(())
}

/// `criu_resume`: a restored process gets its ranges of shared virtual memory, and its queues run. `ESRCH` for a process
/// that has not opened /dev/kfd; others have kernels of their own here, so they are not found.
fn resume(call: &mut Call, pid: u32) -> Result<(), Errno> {
    let named = |(_, process): &(_, &Process)| process.pid == pid && process.context == Context::Primary;
    let found = call.state.processes.iter().find(named).map(|(id, _)| *id);
    call.process = found.ok_or(Errno::ESRCH)?;
    // kfd_criu_resume_svm forgets the ranges, however it ends; then amdgpu_amdkfd_criu_resume looks at the process.
    let restored = call.process().restored.as_mut().ok_or(Errno::EINVAL)?;
    let ranges = std::mem::take(&mut restored.ranges);
    ranges.iter().try_for_each(|range| restore_objects::resume_range(call, range))?;
    call.process().restored = None;
    // The worker that it schedules finds the pages of user memory, or does without.
    call.process().evictions -= 1;
    queues_restored(call);
    Ok(())
}
