//! Exceptions: raised to a debugger, asked for by it, and sent on to the runtime. Mirrors the first part of
//! amdkfd/kfd_debug.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use crate::contract::{Call, Errno};
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// `kfd_dbg_ev_raise` of something that happened to the process as a whole.
pub(super) fn raise_process(target: &mut Target, mask: u64) {
    if target.process().runtime.traps {
        target.process().runtime.exceptions |= mask;
        tell(target, mask);
    }
}

/// Tells of a queue that was made; that it is new stands in its own status from the start.
pub(crate) fn queue_created(call: &mut Call) {
    let id = call.process;
    if call.process().runtime.traps {
        tell(&mut Target { call, id }, kfd_ec_mask(EC_QUEUE_NEW));
    }
}

/// Tells of a queue that is gone, as something that happened to its device.
pub(crate) fn queue_destroyed(call: &mut Call, device: usize) {
    let (id, mask) = (call.process, kfd_ec_mask(EC_DEVICE_QUEUE_DELETE));
    if call.process().runtime.traps {
        call.process().devices[device].debug.exceptions |= mask;
        tell(&mut Target { call, id }, mask);
    }
}

pub(super) fn tell(target: &mut Target, mask: u64) {
    if target.process().runtime.enabled & mask != 0 {
        target.notify();
    }
}

/// `kfd_dbg_set_enabled_debug_exception_mask`: what is enabled late is told late.
pub(super) fn set_enabled(target: &mut Target, mask: u64) {
    let process = target.process();
    let queues = process.queues.all_mut().fold(0, |all, queue| all | queue.exceptions);
    let devices = process.devices.iter().fold(0, |all, device| all | device.debug.exceptions);
    let pending = process.runtime.exceptions | queues | devices;
    process.runtime.enabled = mask;
    if mask & pending != 0 {
        target.notify();
    }
}

/// `kfd_dbg_ev_query_debug_event`: the first source with an exception that is enabled: queues, the newest first, then
/// devices, then the process. `EAGAIN` when there is none.
pub(super) fn query_event(
    target: &mut Target,
    args: &mut kfd_ioctl_dbg_trap_query_debug_event_args,
) -> Result<(), Errno> {
    let clear = args.exception_mask;
    *args = kfd_ioctl_dbg_trap_query_debug_event_args::default();
    let process = target.process();
    let enabled = process.runtime.enabled;
    let devices = &mut process.devices;
    let found = process.queues.newest_first().find(|(_, queue)| queue.exceptions & enabled != 0);
    let status = if let Some((id, queue)) = found {
        (args.queue_id, args.gpu_id) = (id, devices[queue.device].node_id);
        &mut queue.exceptions
    } else if let Some(device) = devices.iter_mut().find(|one| one.debug.exceptions & enabled != 0) {
        args.gpu_id = device.node_id;
        &mut device.debug.exceptions
    } else if process.runtime.exceptions & enabled != 0 {
        &mut process.runtime.exceptions
    } else {
        return Err(Errno::EAGAIN);
    };
    args.exception_mask = *status;
    *status &= !clear;
    Ok(())
}

/// `kfd_dbg_trap_query_exception_info`: `EINVAL` for an unknown code or source, `ENODATA` when it has not occurred.
pub(super) fn query_info(
    target: &mut Target,
    args: &mut kfd_ioctl_dbg_trap_query_exception_info_args,
) -> Result<(), Errno> {
    if args.info_ptr == 0 {
        return Err(Errno::EINVAL);
    }
    let mask = match args.exception_code {
        code @ 1..=64 => kfd_ec_mask(code),
        _ => return Err(Errno::EINVAL),
    };
    if *status(target, mask, args.source_id)? & mask == 0 {
        return Err(Errno::ENODATA);
    }
    let mut told = 0;
    if args.exception_code == EC_PROCESS_RUNTIME {
        let info = target.process().runtime.info.to_bytes();
        let copied = (args.info_size as usize).min(info.len());
        target.call.host.write_user(args.info_ptr, &info[..copied])?;
        told = kfd_runtime_info::SIZE as u32;
    }
    args.info_size = told;
    if args.clear_exception != 0 {
        *status(target, mask, args.source_id)? &= !mask;
    }
    Ok(())
}

/// Where an exception of this kind is kept.
fn status<'t>(target: &'t mut Target, mask: u64, source: u32) -> Result<&'t mut u64, Errno> {
    let process = target.process();
    if mask & KFD_EC_MASK_QUEUE != 0 {
        process.queues.get(source).map(|queue| &mut queue.exceptions).ok_or(Errno::EINVAL)
    } else if mask & KFD_EC_MASK_DEVICE != 0 {
        let device = process.device_of_node(source)?;
        Ok(&mut process.devices[device].debug.exceptions)
    } else if mask & KFD_EC_MASK_PROCESS != 0 {
        Ok(&mut process.runtime.exceptions)
    } else {
        Err(Errno::EINVAL)
    }
}

/// `kfd_dbg_send_exception_to_runtime`: `ENODEV` for a memory violation on a device that the process does not have.
pub(super) fn send_to_runtime(
    target: &mut Target,
    args: &kfd_ioctl_dbg_trap_send_runtime_event_args,
) -> Result<(), Errno> {
    let mut left = args.exception_mask;
    if left & kfd_ec_mask(EC_DEVICE_MEMORY_VIOLATION) != 0 {
        let device = target.process().device(args.gpu_id).map_err(|_| Errno::ENODEV)?;
        target.process().devices[device].evicted = true;
        // Without data of a fault, kfd_signal_vm_fault_event says that it is imprecise.
        let data = kfd_hsa_memory_exception_data { imprecise: 1, gpu_id: args.gpu_id, ..Default::default() };
        target.process().events.signal_memory_exception(&data.to_bytes());
        left &= !kfd_ec_mask(EC_DEVICE_MEMORY_VIOLATION);
    }
    if left & kfd_ec_mask(EC_PROCESS_RUNTIME) != 0 {
        target.process().runtime.release();
        left &= !kfd_ec_mask(EC_PROCESS_RUNTIME);
    }
    if left != 0 {
        report_in_save_area(target, args.queue_id, left);
    }
    target.call.wake();
    Ok(())
}

/// `send_exception_work_handler`: the queue's save area names a word that takes the exceptions, and an event. What it
/// can not read or write it passes over.
pub(super) fn report_in_save_area(target: &mut Target, queue: u32, mask: u64) {
    let Some(area) = target.process().queues.get(queue).map(|queue| queue.properties.save_area) else {
        return;
    };
    let host = target.call.host;
    let mut header = [0; kfd_context_save_area_header::SIZE];
    if host.read_user(area, &mut header).is_err() {
        return;
    }
    let header = kfd_context_save_area_header::get(&header);
    let mut word = [0; 8];
    if host.read_user(header.err_payload_addr, &mut word).is_ok() {
        let all = u64::from_ne_bytes(word) | mask;
        // put_user's result is not looked at there either.
        let _ = host.write_user(header.err_payload_addr, &all.to_ne_bytes());
    }
    target.process().events.set_signal(header.err_event_id);
}
