//! How waves are launched under a debugger: exceptions that trap from the start, halted launches, precise modes.
//! Kept and told, for no wave is launched here. Mirrors the middle of amdkfd/kfd_debug.c and
//! `validate_trap_override_request` of each generation. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use crate::contract::Errno;
use crate::topology::Gpu;
use crate::uapi::kfd::kfd_ioctl_dbg_trap_set_wave_launch_override_args;
use crate::uapi::kfd_flags::*;

/// uapi/linux/kfd_sysfs.h: HSA_CAP_TRAP_DEBUG_PRECISE_*_OPERATIONS_SUPPORTED and
/// HSA_CAP2_TRAP_DEBUG_LDS_OUT_OF_ADDR_RANGE_SUPPORTED, each with the flag that needs it.
const NEEDED_CAPABILITIES: [(u32, &str, u32); 3] = [
    (KFD_DBG_TRAP_FLAG_SINGLE_MEM_OP, "capability", 0x0004_0000),
    (KFD_DBG_TRAP_FLAG_SINGLE_ALU_OP, "capability", 0x4000_0000),
    (KFD_DBG_TRAP_FLAG_LDS_OUT_OF_ADDR_RANGE, "capability2", 0x0000_0002),
];

/// `kfd_dbg_trap_set_wave_launch_override`: `EACCES` for exceptions that a device does not trap. The mask before, and
/// what all devices can, come back.
pub(super) fn set_override(
    target: &mut Target,
    args: &mut kfd_ioctl_dbg_trap_set_wave_launch_override_args,
) -> Result<(), Errno> {
    let (wanted, bits) = (args.support_request_mask, args.enable_mask);
    args.support_request_mask = u32::MAX;
    for gpu in target.gpus() {
        validate_override(gpu, args.override_mode, &mut args.support_request_mask)?;
    }
    if wanted & !args.support_request_mask != 0 {
        return Err(Errno::EACCES);
    }
    for device in &mut target.process().devices {
        let before = device.debug.launch_override;
        device.debug.launch_override = (bits & wanted) | (before & !wanted);
        args.enable_mask = before;
    }
    Ok(())
}

/// `validate_trap_override_request`: `EINVAL` or `EPERM` for a mode that the generation does not know.
fn validate_override(gpu: &Gpu, mode: u32, supported: &mut u32) -> Result<(), Errno> {
    let on_start_and_end = KFD_DBG_TRAP_MASK_TRAP_ON_WAVE_START | KFD_DBG_TRAP_MASK_TRAP_ON_WAVE_END;
    // With one set of registers for all VMIDs, replacing the others' exceptions is out of the question.
    if !super::session::has_registers_per_vmid(gpu) {
        *supported &= KFD_DBG_TRAP_MASK_DBG_ADDRESS_WATCH;
        return if mode == KFD_DBG_TRAP_OVERRIDE_OR { Ok(()) } else { Err(Errno::EINVAL) };
    }
    *supported &= match gpu.gfx {
        120000.. => KFD_DBG_TRAP_MASK_EXCEPTIONS | on_start_and_end,
        _ => KFD_DBG_TRAP_MASK_EXCEPTIONS,
    };
    // gfx11 adds these to what others can, from GC 11.0.4 on.
    if (110100..120000).contains(&gpu.gfx) {
        *supported |= on_start_and_end;
    }
    let known = matches!(mode, KFD_DBG_TRAP_OVERRIDE_OR | KFD_DBG_TRAP_OVERRIDE_REPLACE);
    if known { Ok(()) } else { Err(Errno::EPERM) }
}

/// `kfd_dbg_trap_set_wave_launch_mode`
pub(super) fn set_mode(target: &mut Target, mode: u8) -> Result<(), Errno> {
    let known = matches!(
        mode,
        KFD_DBG_TRAP_WAVE_LAUNCH_MODE_NORMAL
            | KFD_DBG_TRAP_WAVE_LAUNCH_MODE_HALT
            | KFD_DBG_TRAP_WAVE_LAUNCH_MODE_DEBUG
    );
    if !known {
        return Err(Errno::EINVAL);
    }
    target.process().devices.iter_mut().for_each(|device| device.debug.launch_mode = mode);
    Ok(())
}

/// `kfd_dbg_trap_set_flags`: `EACCES` for what a device can not. The flags before come back, in either case.
pub(super) fn set_flags(target: &mut Target, flags: &mut u32) -> Result<(), Errno> {
    let wanted = std::mem::replace(flags, target.process().runtime.flags);
    for gpu in target.gpus() {
        let lacks = |(flag, property, bit): &(u32, &str, u32)| {
            wanted & flag != 0 && gpu.properties.get_u32(property) & bit == 0
        };
        if NEEDED_CAPABILITIES.iter().any(lacks) {
            return Err(Errno::EACCES);
        }
    }
    target.process().runtime.flags = wanted;
    Ok(())
}

/// What the end of a session does to the three.
pub(super) fn reset(target: &mut Target) {
    let process = target.process();
    process.runtime.flags = 0;
    for device in &mut process.devices {
        (device.debug.launch_mode, device.debug.launch_override) = (KFD_DBG_TRAP_WAVE_LAUNCH_MODE_NORMAL, 0);
    }
}
