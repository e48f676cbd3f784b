//! The ioctls that ask about the interface, the clocks and the process's view of each GPU, or set one value for a
//! device. Mirrors the first half of amdkfd/kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Call, Clock, Errno, apertures};
use crate::topology::Gpu;
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;

/// Entries of `gfx.config.tile_mode_array` and `macrotile_mode_array`.
const TILE_MODES: u32 = 32;
const MACRO_TILE_MODES: u32 = 16;

/// `kfd_ioctl_get_version`
pub(super) fn get_version(call: &mut Call, args: &mut kfd_ioctl_get_version_args) -> Result<(), Errno> {
    [args.major_version, args.minor_version] = call.machine.kernel.kfd_version;
    Ok(())
}

/// `kfd_ioctl_set_memory_policy`. The policy itself changes nothing that user mode can see.
pub(super) fn set_memory_policy(
    call: &mut Call,
    args: &mut kfd_ioctl_set_memory_policy_args,
) -> Result<(), Errno> {
    let known = |policy| matches!(policy, KFD_IOC_CACHE_POLICY_COHERENT | KFD_IOC_CACHE_POLICY_NONCOHERENT);
    if !known(args.default_policy) || !known(args.alternate_policy) {
        return Err(Errno::EINVAL);
    }
    let device = call.device(args.gpu_id)?;
    call.process().vm(device).map_err(|_| Errno::ESRCH)?;
    let alternate = (args.alternate_aperture_base, args.alternate_aperture_size);
    if !call.gpu(device).is_soc15() && !is_ape1(alternate.0, alternate.1) {
        return Err(Errno::EINVAL);
    }
    Ok(())
}

/// `set_cache_memory_policy_vi`: whether the registers of the alternate aperture can say the range. No range is
/// one; gfx9 and later have no alternate aperture and take any.
fn is_ape1(base: u64, size: u64) -> bool {
    const FIXED_BITS: u64 = 0xffff_8000_0000_ffff;
    const LIMIT_ALIGNMENT: u64 = 0xffff;
    let limit = base.wrapping_add(size).wrapping_sub(1);
    size == 0 || (limit > base && base & FIXED_BITS == 0 && limit & FIXED_BITS == LIMIT_ALIGNMENT)
}

/// `kfd_ioctl_set_trap_handler`
pub(super) fn set_trap_handler(
    call: &mut Call,
    args: &mut kfd_ioctl_set_trap_handler_args,
) -> Result<(), Errno> {
    let device = call.device(args.gpu_id)?;
    call.process().vm(device).map_err(|_| Errno::ESRCH)?;
    call.process().devices[device].trap_handler = (args.tba_addr, args.tma_addr);
    Ok(())
}

/// `kfd_ioctl_set_scratch_backing_va`
pub(super) fn set_scratch_backing_va(
    call: &mut Call,
    args: &mut kfd_ioctl_set_scratch_backing_va_args,
) -> Result<(), Errno> {
    let (device, _) = call.bound_device(args.gpu_id)?;
    call.process().devices[device].scratch_backing = args.va_addr;
    Ok(())
}

/// `kfd_ioctl_get_clock_counters`: for a node without a GPU its counter is 0.
pub(super) fn get_clock_counters(
    call: &mut Call,
    args: &mut kfd_ioctl_get_clock_counters_args,
) -> Result<(), Errno> {
    args.gpu_clock_counter = match call.device(args.gpu_id) {
        Ok(device) => gpu_clock(call.gpu(device), call.host.clock_ns(Clock::Boottime)),
        Err(_) => 0,
    };
    args.cpu_clock_counter = call.host.clock_ns(Clock::MonotonicRaw);
    args.system_clock_counter = call.host.clock_ns(Clock::Boottime);
    args.system_clock_freq = 1_000_000_000;
    Ok(())
}

/// A GPU's counter after so many nanoseconds. It is taken to have started with the machine.
pub(crate) fn gpu_clock(gpu: &Gpu, ns: u64) -> u64 {
    (u128::from(ns) * u128::from(gpu.facts.counter_frequency_khz) / 1_000_000) as u64
}

/// `kfd_ioctl_get_tile_config`. The tables tell how images are laid out; their contents, like the number of banks and
/// ranks, are known to the driver only and are 0 from gfx9 on.
pub(super) fn get_tile_config(
    call: &mut Call,
    args: &mut kfd_ioctl_get_tile_config_args,
) -> Result<(), Errno> {
    let device = call.device(args.gpu_id)?;
    if !call.gpu(device).is_soc15() {
        call.state.report.not_implemented("GET_TILE_CONFIG of a chip before gfx9: zeros");
    }
    args.num_tile_configs = args.num_tile_configs.min(TILE_MODES);
    args.num_macro_tile_configs = args.num_macro_tile_configs.min(MACRO_TILE_MODES);
    let tables = [
        (args.tile_config_ptr, &mut args.num_tile_configs),
        (args.macro_tile_config_ptr, &mut args.num_macro_tile_configs),
    ];
    for (addr, count) in tables {
        let zeros = vec![0; *count as usize * size_of::<u32>()];
        call.host.write_user(addr, &zeros).inspect_err(|_| *count = 0)?;
    }
    Ok(())
}

/// `kfd_ioctl_get_process_apertures`: the first seven devices.
pub(super) fn get_apertures(
    call: &mut Call,
    args: &mut kfd_ioctl_get_process_apertures_args,
) -> Result<(), Errno> {
    let known = apertures::all(call);
    args.num_of_nodes = known.len().min(NUM_OF_SUPPORTED_GPUS) as u32;
    for (slot, aperture) in args.process_apertures.iter_mut().zip(known) {
        *slot = aperture;
    }
    Ok(())
}

/// `kfd_ioctl_get_process_apertures_new`: asked with 0 it tells how many there are.
pub(super) fn get_apertures_new(
    call: &mut Call,
    args: &mut kfd_ioctl_get_process_apertures_new_args,
) -> Result<(), Errno> {
    let mut known = apertures::all(call);
    if args.num_of_nodes == 0 {
        args.num_of_nodes = known.len() as u32;
        return Ok(());
    }
    if args.num_of_nodes > call.machine.node_count {
        return Err(Errno::EINVAL);
    }
    known.truncate(args.num_of_nodes as usize);
    args.num_of_nodes = known.len() as u32;
    call.write_array(args.kfd_process_device_apertures_ptr, &known)
}

/// `kfd_ioctl_dbg_register` and its three neighbours: the old debugger interface refuses everybody.
pub(super) fn refuse_old_debugger() -> Result<(), Errno> {
    Err(Errno::EPERM)
}
