//! What a debugger that attaches late finds: the queues and the devices of a process. Mirrors
//! `pqm_get_queue_snapshot` and `kfd_dbg_trap_device_snapshot`. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::target::Target;
use crate::contract::{Errno, aperture};
use crate::queue::{Kind, Queue};
use crate::uapi::kfd::{
    kfd_dbg_device_info_entry, kfd_ioctl_dbg_trap_snapshot_args, kfd_queue_snapshot_entry,
};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

/// `pqm_get_queue_snapshot`: as many queues as there is room for, the newest first, and how many there are. `EINVAL`
/// for entries of no size.
pub(super) fn queues(target: &mut Target, args: &mut kfd_ioctl_dbg_trap_snapshot_args) -> Result<(), Errno> {
    let (room, stride) = (std::mem::take(&mut args.count) as usize, args.entry_size);
    if stride == 0 {
        return Err(Errno::EINVAL);
    }
    args.entry_size = stride.min(kfd_queue_snapshot_entry::SIZE as u32);
    let (clear, host) = (args.exception_mask, target.call.host);
    let process = target.process();
    let devices = &process.devices;
    let mut at = args.snapshot_buf_ptr;
    for (index, (id, queue)) in process.queues.newest_first().enumerate() {
        if index < room {
            let entry = queue_entry(id, queue, devices[queue.device].node_id).to_bytes();
            queue.exceptions &= !clear;
            host.write_user(at, &entry[..args.entry_size as usize])?;
            at = at.wrapping_add(stride.into());
        }
        args.count += 1;
    }
    Ok(())
}

/// `set_queue_snapshot_entry`
fn queue_entry(queue_id: u32, queue: &Queue, gpu_id: u32) -> kfd_queue_snapshot_entry {
    let properties = &queue.properties;
    kfd_queue_snapshot_entry {
        exception_status: queue.exceptions,
        ring_base_address: properties.ring,
        write_pointer_address: properties.write_pointer,
        read_pointer_address: properties.read_pointer,
        ctx_save_restore_address: properties.save_area,
        queue_id,
        gpu_id,
        ring_size: properties.ring_size as u32,
        queue_type: match properties.kind {
            Kind::Compute if properties.aql => KFD_IOC_QUEUE_TYPE_COMPUTE_AQL,
            Kind::Compute => KFD_IOC_QUEUE_TYPE_COMPUTE,
            Kind::SdmaXgmi => KFD_IOC_QUEUE_TYPE_SDMA_XGMI,
            Kind::Sdma | Kind::SdmaByEngine => KFD_IOC_QUEUE_TYPE_SDMA,
        },
        ctx_save_restore_area_size: properties.save_area_size,
        reserved: 0,
    }
}

/// `kfd_dbg_trap_device_snapshot`: as many devices as there is room for, and how many there are. `EINVAL` without a
/// buffer.
pub(super) fn devices(target: &mut Target, args: &mut kfd_ioctl_dbg_trap_snapshot_args) -> Result<(), Errno> {
    if args.snapshot_buf_ptr == 0 {
        return Err(Errno::EINVAL);
    }
    let (room, stride) = (args.count as usize, args.entry_size);
    let all = target.process().devices.len();
    args.count = all as u32;
    args.entry_size = stride.min(kfd_dbg_device_info_entry::SIZE as u32);
    let mut at = args.snapshot_buf_ptr;
    for device in 0..room.min(all) {
        let entry = device_entry(target, device).to_bytes();
        target.process().devices[device].debug.exceptions &= !args.exception_mask;
        target.call.host.write_user(at, &entry[..args.entry_size as usize])?;
        at = at.wrapping_add(stride.into());
    }
    Ok(())
}

fn device_entry(target: &mut Target, device: usize) -> kfd_dbg_device_info_entry {
    let gpu = target.gpus()[device];
    let aperture = aperture(gpu, target.call.machine, target.call.host.page_size());
    let of = |name| gpu.properties.get_u32(name);
    kfd_dbg_device_info_entry {
        exception_status: target.process().devices[device].debug.exceptions,
        lds_base: aperture.lds_base,
        lds_limit: aperture.lds_limit,
        scratch_base: aperture.scratch_base,
        scratch_limit: aperture.scratch_limit,
        gpuvm_base: aperture.gpuvm_base,
        gpuvm_limit: aperture.gpuvm_limit,
        gpu_id: gpu.id,
        location_id: of("location_id"),
        vendor_id: of("vendor_id"),
        device_id: of("device_id"),
        revision_id: gpu.facts.pci_rev,
        fw_version: of("fw_version"),
        gfx_target_version: gpu.gfx,
        simd_count: of("simd_count"),
        max_waves_per_simd: of("max_waves_per_simd"),
        array_count: of("array_count"),
        simd_arrays_per_engine: of("simd_arrays_per_engine"),
        num_xcc: gpu.xccs() as u32,
        capability: of("capability"),
        debug_prop: of("debug_prop"),
        capability2: of("capability2"),
        // No file of a machine's tree tells the subsystem's ids.
        subsystem_vendor_id: 0,
        subsystem_device_id: 0,
        pad: 0,
    }
}
