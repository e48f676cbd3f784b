//! DRM_IOCTL_AMDGPU_GEM_VA: mapping an object in the file's own address space. Mirrors `amdgpu_gem_va_ioctl` from its
//! known behaviour. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::RenderCall;
use crate::contract::Errno;
use crate::uapi::drm::*;

/// `AMDGPU_VA_RESERVED_BOTTOM`
const RESERVED_BOTTOM: u64 = 1 << 16;
/// `AMDGPU_GMC_HOLE_START` and `AMDGPU_GMC_HOLE_END`: no canonical address lies between them.
const HOLE: std::ops::Range<u64> = 0x0000_8000_0000_0000..0xffff_8000_0000_0000;
/// `AMDGPU_GMC_HOLE_MASK`
const ADDRESS_MASK: u64 = 0x0000_ffff_ffff_ffff;
/// Flags that a mapping may have.
const VALID_FLAGS: u32 = AMDGPU_VM_DELAY_UPDATE
    | AMDGPU_VM_PAGE_READABLE
    | AMDGPU_VM_PAGE_WRITEABLE
    | AMDGPU_VM_PAGE_EXECUTABLE
    | AMDGPU_VM_MTYPE_MASK
    | AMDGPU_VM_PAGE_NOALLOC;

/// The DRM version of amdgpu that has the timeline fields.
const TIMELINE_SINCE: [u32; 3] = [3, 64, 0];

/// `amdgpu_gem_va_ioctl`
pub(super) fn serve(call: &mut RenderCall, args: &mut drm_amdgpu_gem_va) -> Result<(), Errno> {
    if args.va_address < RESERVED_BOTTOM || HOLE.contains(&args.va_address) {
        return Err(Errno::EINVAL);
    }
    let va = args.va_address & ADDRESS_MASK;
    if args.flags & !VALID_FLAGS != 0 {
        if args.flags & AMDGPU_VM_PAGE_PRT != 0 {
            call.state.report.not_implemented("AMDGPU_GEM_VA of partially resident memory");
        }
        return Err(Errno::EINVAL);
    }
    let timeline = timeline(call, args)?;
    if args.operation == AMDGPU_VA_OP_CLEAR {
        let render = call.state.render_mut(call.file)?;
        timeline.map_or(Ok(()), |(handle, _)| render.sync.check(handle))?;
        render.vm.clear(va, args.map_size)?;
    } else {
        operate(call, args, va, timeline)?;
    }
    let render = call.state.render_mut(call.file)?;
    // amdgpu_gem_va_update_vm is not asked for with AMDGPU_VM_DELAY_UPDATE, and then there is no fence.
    match timeline {
        Some((handle, point)) if args.flags & AMDGPU_VM_DELAY_UPDATE == 0 => {
            render.sync.signal(handle, point)
        }
        _ => Ok(()),
    }
}

/// The operations on an object.
fn operate(
    call: &mut RenderCall,
    args: &drm_amdgpu_gem_va,
    va: u64,
    timeline: Option<(u32, u64)>,
) -> Result<(), Errno> {
    if !matches!(args.operation, AMDGPU_VA_OP_MAP | AMDGPU_VA_OP_UNMAP | AMDGPU_VA_OP_REPLACE) {
        return Err(Errno::EINVAL);
    }
    let object = call.state.render(call.file)?.gem.get(args.handle).ok_or(Errno::ENOENT)?;
    let size = call.state.objects.get(object).size;
    let render = call.state.render_mut(call.file)?;
    timeline.map_or(Ok(()), |(handle, _)| render.sync.check(handle))?;
    let (bytes, offset) = (args.map_size, args.offset_in_bo);
    match args.operation {
        AMDGPU_VA_OP_MAP => render.vm.map(va, bytes, object, offset, size),
        AMDGPU_VA_OP_REPLACE => render.vm.replace(va, bytes, object, offset, size),
        _ => render.vm.unmap(va, object),
    }
}

/// The sync object and point that tell when the page tables are up to date. A driver from before they were (DRM 3.64)
/// takes the longer argument and does not look at what it does not know (`drm_ioctl`).
fn timeline(call: &mut RenderCall, args: &drm_amdgpu_gem_va) -> Result<Option<(u32, u64)>, Errno> {
    if call.machine.kernel.drm_version < TIMELINE_SINCE {
        return Ok(None);
    }
    if args.num_syncobj_handles != 0 {
        call.state.report.not_implemented("AMDGPU_GEM_VA that waits for sync objects");
        return Err(Errno::EINVAL);
    }
    let handle = args.vm_timeline_syncobj_out;
    Ok((handle != 0).then_some((handle, args.vm_timeline_point)))
}
