//! Buffer objects. Mirrors amdxdna_gem.c; the device uses the process's addresses (PASID), so that a shared buffer
//! is at the device where the process mapped it. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{AccelCall, AccelFile};
use crate::contract::{Backing, Errno, MapTarget};
use crate::topology::Npu;
use crate::uapi::amdxdna::*;
use crate::uapi::drm::drm_gem_close;

/// Device buffers begin at multiples of it (`1 << dev_mem_buf_shift`).
const DEVICE_ALIGN: u64 = 1 << 15;

/// `struct amdxdna_gem_obj`
#[derive(Clone, Debug)]
pub(super) struct Bo {
    /// AMDXDNA_BO_*; a command's buffer is a shared one.
    pub kind: u32,
    /// Bytes, whole pages.
    pub size: u64,
    /// Its memory; a device buffer's is the heap's.
    pub backing: Option<Backing>,
    /// Where it is mapped from; no offset for a device buffer.
    mmap_offset: u64,
    /// Where the device finds a heap or a device buffer.
    device: u64,
    /// Where the process mapped it first.
    user: u64,
}

/// `amdxdna_drm_create_bo_ioctl`
pub(super) fn create(call: &mut AccelCall, args: &mut amdxdna_drm_create_bo) -> Result<(), Errno> {
    if args.flags != 0 {
        return Err(Errno::EINVAL);
    }
    let bo = match args.kind {
        AMDXDNA_BO_SHARE | AMDXDNA_BO_CMD | AMDXDNA_BO_DEV_HEAP if args.vaddr != 0 => {
            call.state.report.not_implemented("an accelerator's buffer of the process's own memory");
            return Err(Errno::EINVAL);
        }
        AMDXDNA_BO_SHARE | AMDXDNA_BO_CMD => create_shared(call, AMDXDNA_BO_SHARE, args.size)?,
        AMDXDNA_BO_DEV_HEAP => create_heap(call, args.size)?,
        AMDXDNA_BO_DEV => create_device(call, args.size)?,
        _ => return Err(Errno::EINVAL),
    };
    args.handle = call.client().add(bo);
    Ok(())
}

/// `amdxdna_drm_create_share_bo`. Assumed: no buffer has no bytes.
fn create_shared(call: &mut AccelCall, kind: u32, size: u64) -> Result<Bo, Errno> {
    let size = size.checked_next_multiple_of(call.host.page_size()).filter(|size| *size != 0);
    let size = size.ok_or(Errno::EINVAL)?;
    let backing = Some(call.host.create_backing(size)?);
    let client = call.client();
    let mmap_offset = client.next_offset;
    client.next_offset += size;
    Ok(Bo { kind, size, backing, mmap_offset, device: 0, user: AMDXDNA_INVALID_ADDR })
}

/// `amdxdna_drm_create_dev_heap_bo`. A second heap, which newer devices take, is not simulated.
fn create_heap(call: &mut AccelCall, size: u64) -> Result<Bo, Errno> {
    let npu = call.npu();
    if size == 0 || size % Npu::HEAP_BYTES != 0 {
        return Err(Errno::EINVAL);
    }
    if call.client().heap.is_some() {
        if npu.heap_limit > Npu::HEAP_BYTES {
            call.state.report.not_implemented("a second heap of an accelerator");
        }
        return Err(Errno::EOPNOTSUPP);
    }
    if size > npu.heap_limit {
        return Err(Errno::ENOSPC);
    }
    let bo = Bo { device: Npu::HEAP_BASE, ..create_shared(call, AMDXDNA_BO_DEV_HEAP, size)? };
    call.client().heap = Some(bo.clone());
    Ok(bo)
}

/// `amdxdna_drm_create_dev_bo` and `amdxdna_gem_heap_alloc`: `EAGAIN` while the heap is not there or not mapped, or
/// ends before the buffer does.
pub(super) fn create_device(call: &mut AccelCall, size: u64) -> Result<Bo, Errno> {
    let limit = call.npu().heap_limit;
    let size = size.checked_next_multiple_of(call.host.page_size()).filter(|size| *size != 0);
    let size = size.filter(|size| *size <= limit).ok_or(Errno::EINVAL)?;
    let client = call.client();
    let start = client.free_range(size, limit)?;
    let heap = client.heap.as_ref().ok_or(Errno::EAGAIN)?;
    let into = start - heap.device;
    if heap.user == AMDXDNA_INVALID_ADDR || into + size > heap.size {
        return Err(Errno::EAGAIN);
    }
    let user = heap.user + into;
    client.taken.insert(start, size);
    Ok(Bo {
        kind: AMDXDNA_BO_DEV,
        size,
        backing: None,
        mmap_offset: AMDXDNA_INVALID_ADDR,
        device: start,
        user,
    })
}

impl AccelFile {
    /// The first free range of the device's addresses (`drm_mm_insert_node_generic`; assumed: the first one does as
    /// well as the tightest).
    fn free_range(&self, size: u64, limit: u64) -> Result<u64, Errno> {
        let mut start = Npu::HEAP_BASE;
        for (taken, bytes) in &self.taken {
            if start + size <= *taken {
                break;
            }
            start = (taken + bytes).next_multiple_of(DEVICE_ALIGN);
        }
        if start + size <= Npu::HEAP_BASE + limit { Ok(start) } else { Err(Errno::ENOSPC) }
    }

    /// `amdxdna_gem_heap_free`
    pub(super) fn give_back(&mut self, bo: &Bo) {
        self.taken.remove(&bo.device);
    }

    /// The buffer of a handle, of this kind if one is asked for (`amdxdna_gem_get_obj`).
    pub(super) fn bo(&self, handle: u32, kind: Option<u32>) -> Option<&Bo> {
        self.bos.get(&handle).filter(|bo| kind.is_none_or(|kind| bo.kind == kind))
    }
}

/// `drm_gem_close_ioctl`: the heap lives on.
pub(super) fn close(call: &mut AccelCall, args: &mut drm_gem_close) -> Result<(), Errno> {
    let host = call.host;
    let client = call.client();
    let bo = client.bos.remove(&args.handle).ok_or(Errno::EINVAL)?;
    match (bo.kind, bo.backing) {
        (AMDXDNA_BO_DEV, _) => client.give_back(&bo),
        (AMDXDNA_BO_SHARE, Some(backing)) => host.release_backing(backing),
        _ => {}
    }
    Ok(())
}

/// `amdxdna_drm_get_bo_info_ioctl`
pub(super) fn info(call: &mut AccelCall, args: &mut amdxdna_drm_get_bo_info) -> Result<(), Errno> {
    if args.ext != 0 || args.ext_flags != 0 || args.pad != 0 {
        return Err(Errno::EINVAL);
    }
    let bo = call.client().bo(args.handle, None).ok_or(Errno::ENOENT)?;
    args.vaddr = bo.user;
    args.map_offset = bo.mmap_offset;
    args.xdna_addr = if bo.kind == AMDXDNA_BO_SHARE { bo.user } else { bo.device };
    Ok(())
}

/// `amdxdna_drm_sync_bo_ioctl`: there are no caches between the processors of a simulated machine. The direction is
/// looked at only for debuggers' buffers, which nobody can make here.
pub(super) fn sync(call: &mut AccelCall, args: &mut amdxdna_drm_sync_bo) -> Result<(), Errno> {
    let bo = call.client().bo(args.handle, None).ok_or(Errno::ENOENT)?;
    // amdxdna_flush_bo; of a device buffer only what of it the heap has is flushed.
    let outside = args.offset >= bo.size || args.offset.checked_add(args.size).is_none();
    if bo.kind != AMDXDNA_BO_DEV && outside { Err(Errno::EINVAL) } else { Ok(()) }
}

/// `drm_gem_mmap`: the offset is where a buffer begins, and the mapping no longer than it.
pub(crate) fn map(client: &AccelFile, len: u64, offset: u64) -> Result<MapTarget, Errno> {
    let bo = client.bos.values().find(|bo| bo.mmap_offset == offset && len <= bo.size);
    let backing = bo.and_then(|bo| bo.backing).ok_or(Errno::EINVAL)?;
    Ok(MapTarget { backing, offset: 0 })
}

/// `amdxdna_hmm_register`: the buffer at `offset` was mapped at an address.
pub(crate) fn mapped(client: &mut AccelFile, offset: u64, addr: u64) {
    let all = client.bos.values_mut().chain(&mut client.heap);
    for bo in all.filter(|bo| bo.mmap_offset == offset && bo.user == AMDXDNA_INVALID_ADDR) {
        bo.user = addr;
    }
}

/// `amdxdna_hmm_invalidate` and `amdxdna_umap_release`: a range is unmapped, and with it what began there.
pub(crate) fn unmapped(client: &mut AccelFile, addr: u64, bytes: u64) {
    let all = client.bos.values_mut().chain(&mut client.heap);
    for bo in all.filter(|bo| bo.kind != AMDXDNA_BO_DEV && (addr..addr + bytes).contains(&bo.user)) {
        bo.user = AMDXDNA_INVALID_ADDR;
    }
}
