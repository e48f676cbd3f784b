//! AMDKFD_IOC_DBG_TRAP: who may debug whom, and which operation is allowed when. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use super::{exceptions, launch, queues, session, snapshot, watch};
use crate::contract::{Call, Context, Errno, Process, ProcessId};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// `kfd_ioctl_set_debug_trap`; suspending and resuming answer with a count.
pub(crate) fn trap(call: &mut Call, args: &mut kfd_ioctl_dbg_trap_args) -> Result<i32, Errno> {
    if call.process().context != Context::Primary {
        return Err(Errno::EOPNOTSUPP);
    }
    let id = find_target(call, args)?;
    let caller = call.process;
    let mut target = Target { call, id };
    let runtime = target.process().runtime;
    if id != caller && runtime.debugger != Some(caller) && !traced(&mut target) {
        return Err(Errno::EPERM);
    }
    if args.op != KFD_IOC_DBG_TRAP_ENABLE && !runtime.traps {
        return Err(Errno::EINVAL);
    }
    if runtime.info.runtime_state != DEBUG_RUNTIME_STATE_ENABLED && needs_runtime(args.op) {
        return Err(Errno::EPERM);
    }
    if args.op == KFD_IOC_DBG_TRAP_ENABLE && id != caller {
        target.process().runtime.debugger = Some(caller);
    }
    operate(&mut target, args)
}

/// The process with the pid (`ESRCH` when it has not opened /dev/kfd, `EPERM` when it has and is not traced). One that
/// the caller traces gets its process by the debugger's first call.
fn find_target(call: &mut Call, args: &kfd_ioctl_dbg_trap_args) -> Result<ProcessId, Errno> {
    let mut processes = call.state.processes.iter();
    let known = |(_, process): &(_, &Process)| process.pid == args.pid && process.context == Context::Primary;
    if let Some((id, _)) = processes.find(known) {
        return Ok(*id);
    }
    match (call.host.traces(args.pid), call.host.uses_kfd(args.pid)) {
        (true, _) if args.op == KFD_IOC_DBG_TRAP_ENABLE => {}
        (_, false) => return Err(Errno::ESRCH),
        (false, true) => return Err(Errno::EPERM),
        (true, true) => return Err(Errno::EINVAL),
    }
    // Each process of a client has a simulated kernel of its own.
    call.state.report.not_implemented("DBG_TRAP on another process does not see what it did before");
    let process = Process::new(args.pid, Context::Primary, call.machine);
    Ok(call.state.add_process(process))
}

fn traced(target: &mut Target) -> bool {
    let pid = target.process().pid;
    target.call.host.traces(pid)
}

/// Operations on the hardware, which the runtime must have been enabled for.
fn needs_runtime(op: u32) -> bool {
    matches!(op, KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE..=KFD_IOC_DBG_TRAP_SET_FLAGS)
}

/// The operation's own arguments, which are copied back whatever comes of it.
fn with<T: Layout, A>(
    target: &mut Target,
    args: &mut kfd_ioctl_dbg_trap_args,
    operation: impl FnOnce(&mut Target, &mut T) -> Result<A, Errno>,
) -> Result<A, Errno> {
    let mut words = args.union_data.map(u64::to_ne_bytes).concat();
    let mut own = T::get(&words);
    let done = operation(target, &mut own);
    own.put(&mut words);
    args.union_data = Plain::get(&words);
    done
}

fn operate(target: &mut Target, args: &mut kfd_ioctl_dbg_trap_args) -> Result<i32, Errno> {
    let first = args.union_data[0];
    match args.op {
        KFD_IOC_DBG_TRAP_SUSPEND_QUEUES => {
            return with(target, args, |target, own| queues::suspend(target, own));
        }
        KFD_IOC_DBG_TRAP_RESUME_QUEUES => {
            return with(target, args, |target, own| queues::resume(target, own));
        }
        KFD_IOC_DBG_TRAP_ENABLE => with(target, args, enable)?,
        KFD_IOC_DBG_TRAP_DISABLE => session::disable(target),
        KFD_IOC_DBG_TRAP_SEND_RUNTIME_EVENT => {
            with(target, args, |target, own| exceptions::send_to_runtime(target, own))?
        }
        KFD_IOC_DBG_TRAP_SET_EXCEPTIONS_ENABLED => exceptions::set_enabled(target, first),
        KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_OVERRIDE => with(target, args, launch::set_override)?,
        KFD_IOC_DBG_TRAP_SET_WAVE_LAUNCH_MODE => {
            // The mode is a u8 there; what is above it is not looked at.
            launch::set_mode(target, u32::get(&first.to_ne_bytes()) as u8)?
        }
        KFD_IOC_DBG_TRAP_SET_NODE_ADDRESS_WATCH => with(target, args, set_watch)?,
        KFD_IOC_DBG_TRAP_CLEAR_NODE_ADDRESS_WATCH => with(target, args, clear_watch)?,
        KFD_IOC_DBG_TRAP_SET_FLAGS => {
            with(target, args, |target, own: &mut kfd_ioctl_dbg_trap_set_flags_args| {
                launch::set_flags(target, &mut own.flags)
            })?
        }
        KFD_IOC_DBG_TRAP_QUERY_DEBUG_EVENT => with(target, args, exceptions::query_event)?,
        KFD_IOC_DBG_TRAP_QUERY_EXCEPTION_INFO => with(target, args, exceptions::query_info)?,
        KFD_IOC_DBG_TRAP_GET_QUEUE_SNAPSHOT => with(target, args, snapshot::queues)?,
        KFD_IOC_DBG_TRAP_GET_DEVICE_SNAPSHOT => with(target, args, snapshot::devices)?,
        _ => return Err(Errno::EINVAL),
    }
    Ok(0)
}

fn enable(target: &mut Target, own: &mut kfd_ioctl_dbg_trap_enable_args) -> Result<(), Errno> {
    session::enable(target, own)?;
    target.process().runtime.enabled = own.exception_mask;
    Ok(())
}

fn set_watch(
    target: &mut Target,
    own: &mut kfd_ioctl_dbg_trap_set_node_address_watch_args,
) -> Result<(), Errno> {
    let device = watch::device(target, own.gpu_id)?;
    // KFD_DEBUGGER_INVALID_WATCH_POINT_ID stands there until one is found.
    own.id = u32::MAX;
    own.id = watch::set(target, device)?;
    Ok(())
}

fn clear_watch(
    target: &mut Target,
    own: &mut kfd_ioctl_dbg_trap_clear_node_address_watch_args,
) -> Result<(), Errno> {
    let device = watch::device(target, own.gpu_id)?;
    watch::clear(target, device, own.id)
}
