//! A debugger attaches and goes. Mirrors `kfd_dbg_trap_enable`, `_disable`, `_activate` and `_deactivate`. Touches
//! nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use super::{launch, queues, sampling, watch};
use crate::contract::Errno;
use crate::topology::Gpu;
use crate::uapi::kfd::{kfd_ioctl_dbg_trap_enable_args, kfd_runtime_info};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

/// `kfd_dbg_is_per_vmid_supported`: the debug registers are one for each VMID; before, a whole device has one set.
pub(super) fn has_registers_per_vmid(gpu: &Gpu) -> bool {
    gpu.gfx == 90010 || gpu.is_gfx943() || gpu.gfx >= 110000
}

/// `kfd_dbg_has_cwsr_workaround`: GC 11.0.0 to 11.0.3, whose queues run on masked CUs while they are debugged.
/// Assumed of gfx1103, which is GC 11.0.1 or 11.0.4: the former.
pub(crate) fn masks_queues(gpu: &Gpu) -> bool {
    (110000..=110003).contains(&gpu.gfx)
}

/// `kfd_dbg_trap_enable`
pub(super) fn enable(target: &mut Target, args: &mut kfd_ioctl_dbg_trap_enable_args) -> Result<(), Errno> {
    if target.process().runtime.traps {
        return Err(Errno::EALREADY);
    }
    // Assumed of AMD's driver: the refusal's errno, and that it comes here.
    if sampling::is_sampled(&target.call.state, target.id) {
        return Err(Errno::EBUSY);
    }
    for (device, gpu) in target.gpus().into_iter().enumerate() {
        if !gpu.is_soc15() {
            return Err(Errno::ENODEV);
        }
        // Assumed: the firmware is new enough for both at once (kfd_dbg_has_gws_support).
        if target.process().queues.gws_on(device) && masks_queues(gpu) {
            return Err(Errno::EBUSY);
        }
    }
    let file = target.call.host.hold_file(args.dbg_fd as i32)?;
    target.process().runtime.file = Some(file);
    if target.process().runtime.info.runtime_state == DEBUG_RUNTIME_STATE_ENABLED {
        activate(target);
    }
    target.process().runtime.traps = true;
    let info = target.process().runtime.info.to_bytes();
    let copied = (args.rinfo_size as usize).min(kfd_runtime_info::SIZE);
    args.rinfo_size = kfd_runtime_info::SIZE as u32;
    if let Err(error) = target.call.host.write_user(args.rinfo_ptr, &info[..copied]) {
        deactivate(target);
        let_go(target);
        return Err(error);
    }
    Ok(())
}

/// `kfd_dbg_trap_disable`, and `kfd_dbg_clean_exception_status`.
pub(super) fn disable(target: &mut Target) {
    match target.process().runtime.info.runtime_state {
        DEBUG_RUNTIME_STATE_ENABLED => deactivate(target),
        DEBUG_RUNTIME_STATE_DISABLED => {}
        // Ready to be attached to again.
        _ => target.process().runtime.info.runtime_state = DEBUG_RUNTIME_STATE_ENABLED,
    }
    let_go(target);
    let process = target.process();
    process.runtime.debugger = None;
    process.runtime.exceptions = 0;
    process.devices.iter_mut().for_each(|device| device.debug.exceptions = 0);
    process.queues.all_mut().for_each(|queue| queue.exceptions = 0);
}

fn let_go(target: &mut Target) {
    let runtime = &mut target.process().runtime;
    runtime.traps = false;
    if let Some(file) = runtime.file.take() {
        target.call.host.drop_file(file);
    }
}

/// `kfd_dbg_trap_activate`: what hinders it is told by the runtime's state alone; its callers look no further.
pub(super) fn activate(target: &mut Target) {
    if !mask_queues(target) {
        target.process().runtime.info.runtime_state = DEBUG_RUNTIME_STATE_ENABLED_BUSY;
        return;
    }
    let mut taken = Vec::new();
    for (device, gpu) in target.gpus().into_iter().enumerate() {
        let node = target.process().devices[device].gpu;
        let id = target.id;
        let vmids = &mut target.call.state.debug_vmids;
        // reserve_debug_trap_vmid
        if !has_registers_per_vmid(gpu) && vmids.contains_key(&node) {
            vmids.retain(|node, _| !taken.contains(node));
            target.process().runtime.info.runtime_state = DEBUG_RUNTIME_STATE_ENABLED_BUSY;
            unmask_queues(target);
            return;
        }
        if !has_registers_per_vmid(gpu) {
            vmids.insert(node, id);
            taken.push(node);
        }
    }
}

/// `kfd_dbg_set_workaround`: queues whose CUs the user masked can not be masked for the debugger.
fn mask_queues(target: &mut Target) -> bool {
    let masked: Vec<bool> = target.gpus().into_iter().map(masks_queues).collect();
    let queues = target.process().queues.all_mut().filter(|queue| masked[queue.device]);
    let mut queues: Vec<_> = queues.collect();
    if queues.iter().any(|queue| !queue.cu_mask.is_empty()) {
        return false;
    }
    queues.iter_mut().for_each(|queue| queue.masked_for_debugger = true);
    true
}

fn unmask_queues(target: &mut Target) {
    target.process().queues.all_mut().for_each(|queue| queue.masked_for_debugger = false);
}

/// `kfd_dbg_trap_deactivate` of a whole session.
pub(super) fn deactivate(target: &mut Target) {
    queues::resume_all(target);
    watch::clear_all(target);
    launch::reset(target);
    let id = target.id;
    target.call.state.debug_vmids.retain(|_, holder| *holder != id);
    unmask_queues(target);
}
