//! AMDKFD_IOC_DBG_TRAP: a process may debug itself; another one only under ptrace, which is not simulated. Touches
//! nothing but memory.
#![forbid(unsafe_code)]

use crate::contract::{Call, Context, Errno, FileId};
use crate::uapi::kfd::{kfd_ioctl_dbg_trap_args, kfd_ioctl_dbg_trap_enable_args, kfd_runtime_info};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// `kfd_ioctl_set_debug_trap`
pub(crate) fn trap(call: &mut Call, args: &mut kfd_ioctl_dbg_trap_args) -> Result<(), Errno> {
    if call.process().context != Context::Primary {
        return Err(Errno::EOPNOTSUPP);
    }
    check_target(call, args.pid)?;
    let runtime = &mut call.process().runtime;
    if args.op != KFD_IOC_DBG_TRAP_ENABLE && !runtime.traps {
        return Err(Errno::EINVAL);
    }
    if runtime.info.runtime_state != DEBUG_RUNTIME_STATE_ENABLED && needs_runtime(args.op) {
        return Err(Errno::EPERM);
    }
    operate(call, args)
}

/// What the operation does once it is allowed.
fn operate(call: &mut Call, args: &mut kfd_ioctl_dbg_trap_args) -> Result<(), Errno> {
    let runtime = &mut call.process().runtime;
    match args.op {
        KFD_IOC_DBG_TRAP_ENABLE => enable(call, args),
        KFD_IOC_DBG_TRAP_DISABLE => {
            runtime.traps = false;
            Ok(())
        }
        KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED => {
            runtime.exceptions = args.union_data[0];
            Ok(())
        }
        KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT if args.union_data[0] == 0 => Ok(()),
        // kfd_dbg_ev_query_debug_event: no exception ever comes.
        KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT => {
            args.union_data[..2].fill(0);
            Err(Errno::EAGAIN)
        }
        // kfd_ioctl_set_debug_trap looks the device up before anything else.
        KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH | KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH
            if call.machine.gpus.is_empty() =>
        {
            Err(Errno::ENODEV)
        }
        // What these change, they change on each device in turn.
        op if needs_runtime(op) && call.machine.gpus.is_empty() => Ok(()),
        op if op <= KFD_IOC_DBG_TRAP_GET_DEVICE_SNAPSHOT => {
            call.state.report.not_implemented(format!("DBG_TRAP operation {op}"));
            Err(Errno::EINVAL)
        }
        _ => Err(Errno::EINVAL),
    }
}

/// The target must have opened /dev/kfd (`ESRCH`) and be the caller or traced by it (`EPERM`).
fn check_target(call: &mut Call, pid: u32) -> Result<(), Errno> {
    if call.process().pid == pid {
        return Ok(());
    }
    let known = call.state.processes.values().any(|process| process.pid == pid);
    Err(if known { Errno::EPERM } else { Errno::ESRCH })
}

/// Operations on the hardware, which the runtime must have been enabled for.
fn needs_runtime(op: u32) -> bool {
    matches!(
        op,
        KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE
            | KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_MODE
            | KFD_IOC_DBG_TRAP_SUSPEND_QUEUES
            | KFD_IOC_DBG_TRAP_RESUME_QUEUES
            | KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH
            | KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH
            | KFD_IOC_DBG_TRAP_SET_FLAGS
    )
}

/// `kfd_dbg_trap_enable`
fn enable(call: &mut Call, args: &mut kfd_ioctl_dbg_trap_args) -> Result<(), Errno> {
    let mut words = args.union_data.map(u64::to_ne_bytes).concat();
    let mut enable = kfd_ioctl_dbg_trap_enable_args::get(&words);
    if call.process().runtime.traps {
        return Err(Errno::EALREADY);
    }
    // Debugging needs gfx9 and later on every GPU (kfd_dbg_trap_enable's first loop).
    let all_soc15 = call.machine.gpus.iter().all(|gpu| gpu.is_soc15());
    if !all_soc15 {
        return Err(Errno::ENODEV);
    }
    check_debug_fd(call, enable.dbg_fd)?;
    let info = call.process().runtime.info.to_bytes();
    let copied = (enable.rinfo_size as usize).min(kfd_runtime_info::SIZE);
    call.host.write_user(enable.rinfo_ptr, &info[..copied])?;
    enable.rinfo_size = kfd_runtime_info::SIZE as u32;
    let runtime = &mut call.process().runtime;
    (runtime.traps, runtime.exceptions) = (true, enable.exception_mask);
    enable.put(&mut words);
    args.union_data = <[u64; 3]>::get(&words);
    Ok(())
}

/// `fget`: any open descriptor will do for the event notifications.
fn check_debug_fd(call: &Call, fd: u32) -> Result<Option<FileId>, Errno> {
    call.host.file_behind(fd as i32)
}
