//! mmap of the device files: doorbells, the event page and the register page of /dev/kfd (`kfd_mmap`), buffer objects
//! of a render node (`amdgpu_gem_object_mmap`). Touches nothing but memory.
#![forbid(unsafe_code)]

use parking_lot::MutexGuard;

use super::{Call, Errno, FileId, MapTarget, State};
use crate::memory::{ObjectId, Storage};
use crate::uapi::kfd_flags::*;

/// mmap(2)'s own numbers, the same on every architecture.
const PROT_NONE: i32 = 0;
const MAP_TYPE: i32 = 0x0f;
const MAP_PRIVATE: i32 = 0x02;

/// The third and fourth argument of mmap(2).
#[derive(Clone, Copy)]
pub(super) struct Protection {
    pub prot: i32,
    pub flags: i32,
}

/// `kfd_mmap`
pub(super) fn kfd(call: &mut Call, len: u64, offset: u64) -> Result<MapTarget, Errno> {
    if call.process().pid != call.host.process_id() {
        return Err(Errno::EBADF);
    }
    let gpu_id = kfd_mmap_get_gpu_id(offset);
    let gpu = call.machine.gpu_by_id(gpu_id);
    let backing = match offset & KFD_MMAP_TYPE_MASK {
        KFD_MMAP_TYPE_DOORBELL => {
            let gpu = gpu.ok_or(Errno::ENODEV)?;
            // kfd_doorbell_mmap: all doorbells of a process on a device, or none.
            if len != call.machine.gpus[gpu].doorbell_slice(call.host.page_size()) {
                return Err(Errno::EINVAL);
            }
            let device = call.process().device_of_node(gpu_id)?;
            crate::queue::doorbells(call, device).map_err(|_| Errno::ENOMEM)?.backing
        }
        KFD_MMAP_TYPE_EVENTS => crate::event::mmap(call, len)?,
        KFD_MMAP_TYPE_MMIO => {
            let gpu = gpu.ok_or(Errno::ENODEV)?;
            // kfd_mmio_mmap
            let page = call.host.page_size();
            if len != page || page > 4096 {
                return Err(Errno::EINVAL);
            }
            let device = call.machine.gpus[gpu].device;
            let host = call.host;
            call.state.mmio_page(device, host)?
        }
        KFD_MMAP_TYPE_RESERVED_MEM if gpu.is_none() && !call.machine.kfd_at_least(19) => {
            return Err(Errno::ENODEV);
        }
        // KFD_MMAP_TYPE_RESERVED_MEM is no longer served. Assumed: since KFD 1.19, and nobody asks older kernels either,
        // whose user of it, the trap handler of APUs with an IOMMU, is gone from all libraries of the suites.
        _ => return Err(Errno::EINVAL),
    };
    Ok(MapTarget { backing, offset: 0 })
}

/// `drm_gem_mmap` and `amdgpu_gem_object_mmap`: the offset is where an object begins (`EINVAL`), the file may map it
/// (`EACCES`), it is not the caller's own memory (`EPERM`), and the mapping is no copy-on-write one (`EINVAL`).
pub(super) fn render(
    mut state: MutexGuard<State>,
    file: FileId,
    len: u64,
    protection: Protection,
    offset: u64,
) -> Result<MapTarget, Errno> {
    let (id, into) = state.objects.at_mmap_offset(offset).ok_or(Errno::EINVAL)?;
    let object = state.objects.get(id);
    if into != 0 || len > object.size {
        return Err(Errno::EINVAL);
    }
    if !object.allowed.contains(&file) {
        return Err(Errno::EACCES);
    }
    let private = protection.flags & MAP_TYPE == MAP_PRIVATE;
    match object.storage {
        Storage::User(_) => Err(Errno::EPERM),
        _ if private && protection.prot != PROT_NONE => Err(Errno::EINVAL),
        Storage::Backing(backing) => Ok(MapTarget { backing, offset: 0 }),
        Storage::Registers => {
            // The kernel maps it, and every access is a SIGBUS (ttm_bo_vm_reserve of an external object).
            state.report.not_implemented("mmap of a doorbell or register object on a render node");
            Err(Errno::EINVAL)
        }
    }
}

/// `dma_buf_mmap`: any part of the object.
pub(super) fn object(state: &State, id: ObjectId, len: u64, offset: u64) -> Result<MapTarget, Errno> {
    let object = state.objects.get(id);
    let end = offset.checked_add(len).ok_or(Errno::EOVERFLOW)?;
    match object.storage {
        Storage::Backing(backing) if end <= object.size => Ok(MapTarget { backing, offset }),
        _ => Err(Errno::EINVAL),
    }
}
