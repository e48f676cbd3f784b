//! AMDKFD_IOC_CRIU_OP: a process is paused, counted, written down, and let go on. Mirrors `kfd_ioctl_criu` of
//! amdkfd/kfd_chardev.c. Of restoring there is only the first check. Touches nothing but memory.
#![forbid(unsafe_code)]

mod checkpoint;
mod data;
mod objects;
#[cfg(test)]
mod tests;

use crate::contract::{Call, Errno, queues_evicted, queues_restored};
use crate::uapi::kfd::kfd_ioctl_criu_args;
use crate::uapi::kfd_flags::{
    KFD_CRIU_OP_CHECKPOINT, KFD_CRIU_OP_PROCESS_INFO, KFD_CRIU_OP_RESTORE, KFD_CRIU_OP_RESUME,
    KFD_CRIU_OP_UNPAUSE, KFD_QUEUE_EVICTION_CRIU_CHECKPOINT,
};
use checkpoint::Census;

/// `kfd_ioctl_criu`
pub(crate) fn serve(call: &mut Call, args: &mut kfd_ioctl_criu_args) -> Result<(), Errno> {
    match args.op {
        KFD_CRIU_OP_PROCESS_INFO => process_info(call, args),
        KFD_CRIU_OP_CHECKPOINT => checkpoint::write(call, args),
        KFD_CRIU_OP_UNPAUSE => unpause(call),
        KFD_CRIU_OP_RESTORE => restore(call, args),
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

/// `criu_restore`
fn restore(call: &mut Call, args: &kfd_ioctl_criu_args) -> Result<(), Errno> {
    let missing = [args.devices, args.priv_data, args.priv_data_size, args.num_devices.into()].contains(&0);
    if missing || (args.num_bos > 0 && args.bos == 0) {
        return Err(Errno::EINVAL);
    }
    call.state.report.not_implemented("CRIU_OP to restore a process");
    Err(Errno::EOPNOTSUPP)
}

/// `criu_resume`: the target is looked up first, and must have been restored (`amdgpu_amdkfd_criu_resume`). Other
/// processes have kernels of their own here, so they are not found.
fn resume(call: &mut Call, pid: u32) -> Result<(), Errno> {
    let known = call.state.processes.values().any(|process| process.pid == pid);
    if known { Err(Errno::EINVAL) } else { Err(Errno::ESRCH) }
}
