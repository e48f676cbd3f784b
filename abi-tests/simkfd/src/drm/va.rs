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
    if args.num_syncobj_handles != 0 || args.vm_timeline_syncobj_out != 0 {
        call.state.report.not_implemented("AMDGPU_GEM_VA with sync objects");
        return Err(Errno::EINVAL);
    }
    match args.operation {
        AMDGPU_VA_OP_MAP | AMDGPU_VA_OP_UNMAP => {}
        AMDGPU_VA_OP_CLEAR | AMDGPU_VA_OP_REPLACE => {
            call.state.report.not_implemented("AMDGPU_VA_OP_CLEAR and _REPLACE");
            return Err(Errno::EINVAL);
        }
        _ => return Err(Errno::EINVAL),
    }
    let file = call.file;
    let object = call.state.render(file)?.gem.get(args.handle).ok_or(Errno::ENOENT)?;
    let size = call.state.objects.get(object).size;
    let vm = &mut call.state.render_mut(file)?.vm;
    if args.operation == AMDGPU_VA_OP_MAP {
        vm.map(va, args.map_size, object, args.offset_in_bo, size)
    } else {
        vm.unmap(va, object)
    }
}
