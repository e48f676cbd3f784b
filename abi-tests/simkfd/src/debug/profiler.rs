//! AMDKFD_IOC_PROFILER. Touches nothing but memory.
#![forbid(unsafe_code)]

use crate::contract::{Call, Errno};
use crate::uapi::kfd::kfd_ioctl_profiler_args;
use crate::uapi::kfd_flags::*;

/// `kfd_ioctl_profiler`
pub(crate) fn profiler(call: &mut Call, args: &mut kfd_ioctl_profiler_args) -> Result<(), Errno> {
    match args.op {
        KFD_IOC_PROFILER_VERSION => {
            args.union_data[0] = KFD_IOC_PROFILER_VERSION_NUM;
            Ok(())
        }
        KFD_IOC_PROFILER_PMC => lock_device(call, args.union_data[0], args.union_data[1]),
        KFD_IOC_PROFILER_PTL_CONTROL => {
            call.device(args.union_data[0])?;
            // kfd_ptl_control: only some MI300 have the peak-power limiter that it switches. Assumed: this one not.
            Err(Errno::EOPNOTSUPP)
        }
        _ => Err(Errno::EINVAL),
    }
}

/// `profile_lock_device`. The caller is assumed to be `perfmon_capable`.
fn lock_device(call: &mut Call, gpu_id: u32, lock: u32) -> Result<(), Errno> {
    let device = call.device(gpu_id)?;
    let (card, process) = (call.gpu(device).device, call.process);
    let profilers = &mut call.state.profilers;
    match (lock, profilers.get(&card)) {
        (1, None) => drop(profilers.insert(card, process)),
        (1, Some(holder)) if *holder == process => return Err(Errno::EALREADY),
        (1, Some(_)) => return Err(Errno::EBUSY),
        (0, Some(holder)) if *holder == process => drop(profilers.remove(&card)),
        _ => return Err(Errno::EINVAL),
    }
    Ok(())
}
