//! AMDKFD_IOC_EXPORT_DMABUF, _IMPORT_DMABUF and _GET_DMABUF_INFO. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{GpuMemory, ObjectId, Storage, make_handle, split_handle};
use crate::contract::{Call, Errno, File, FileId, Host, State};
use crate::uapi::drm::{
    AMDGPU_GEM_CREATE_CPU_ACCESS_REQUIRED, AMDGPU_GEM_DOMAIN_GTT, AMDGPU_GEM_DOMAIN_VRAM,
};
use crate::uapi::kfd::{
    kfd_ioctl_export_dmabuf_args, kfd_ioctl_get_dmabuf_info_args, kfd_ioctl_import_dmabuf_args,
};
use crate::uapi::kfd_flags::*;

/// `O_CLOEXEC` as `get_unused_fd_flags` reads it from `dma_buf_fd`'s flags.
const O_CLOEXEC: u32 =
    if cfg!(any(target_arch = "sparc", target_arch = "sparc64")) { 0x40_0000 } else { 0x8_0000 };

/// `kfd_ioctl_export_dmabuf`
pub(crate) fn export_handle(call: &mut Call, args: &mut kfd_ioctl_export_dmabuf_args) -> Result<(), Errno> {
    let (gpu_id, handle) = split_handle(args.handle);
    let device = call.device(gpu_id)?;
    let memory = call.process().devices[device].handles.get(handle).ok_or(Errno::EINVAL)?;
    let object = memory.object;
    let fd = export(&mut call.state, call.host, object, args.flags & O_CLOEXEC != 0)?;
    args.dmabuf_fd = fd as u32;
    Ok(())
}

/// `amdgpu_gem_prime_export` and `dma_buf_fd`: one dma-buf an object, however often it is exported. `EPERM` for the
/// caller's own pages.
pub(crate) fn export(
    state: &mut State,
    host: &dyn Host,
    object: ObjectId,
    cloexec: bool,
) -> Result<i32, Errno> {
    if matches!(state.objects.get(object).storage, Storage::User(_)) {
        return Err(Errno::EPERM);
    }
    let file = match state.objects.get(object).dmabuf {
        Some(file) => file,
        None => {
            state.objects.hold(object);
            let file = state.add_file(File::DmaBuf { object });
            state.objects.get_mut(object).dmabuf = Some(file);
            file
        }
    };
    host.install_fd(file, cloexec)
}

/// `dma_buf_get` and the driver's test that the dma-buf is one of its own with memory behind it: `EBADF` when the
/// descriptor is not open, `EINVAL` when it is something else.
pub(crate) fn object_behind(call: &Call, fd: u32) -> Result<ObjectId, Errno> {
    let file = call.host.file_behind(fd as i32)?.ok_or(Errno::EINVAL)?;
    object_of(&call.state, file).ok_or(Errno::EINVAL)
}

fn object_of(state: &State, file: FileId) -> Option<ObjectId> {
    match state.files.get(&file) {
        Some(File::DmaBuf { object }) => {
            let shareable = AMDGPU_GEM_DOMAIN_VRAM | AMDGPU_GEM_DOMAIN_GTT;
            (state.objects.get(*object).domains & shareable != 0).then_some(*object)
        }
        _ => None,
    }
}

/// `kfd_ioctl_import_dmabuf`
pub(crate) fn import(call: &mut Call, args: &mut kfd_ioctl_import_dmabuf_args) -> Result<(), Errno> {
    let (device, vm) = call.bound_device(args.gpu_id)?;
    let importer = call.gpu(device);
    let object = object_behind(call, args.dmabuf_fd)?;
    call.state.objects.hold(object);
    let bo = call.state.objects.get_mut(object);
    bo.allowed.push(vm);
    // import_obj_create; an object of another device comes in by its DMA addresses, as GTT (amdgpu_gem_prime_import).
    let own = call.machine.gpus[bo.gpu].device == importer.device;
    let vram = own && bo.domains & AMDGPU_GEM_DOMAIN_VRAM != 0;
    let kind = if vram { KFD_IOC_ALLOC_MEM_FLAGS_VRAM } else { KFD_IOC_ALLOC_MEM_FLAGS_GTT };
    let memory = GpuMemory {
        object,
        va: args.va_addr,
        size: bo.size,
        flags: kind | KFD_IOC_ALLOC_MEM_FLAGS_WRITABLE | KFD_IOC_ALLOC_MEM_FLAGS_EXECUTABLE,
        in_vram: vram && !importer.prefers_gtt(),
        twice: false,
        attachments: Vec::new(),
    };
    let handle = call.process().devices[device].handles.add(memory);
    args.handle = make_handle(args.gpu_id, handle);
    Ok(())
}

/// `kfd_ioctl_get_dmabuf_info` and `amdgpu_amdkfd_get_dmabuf_info`
pub(crate) fn info(call: &mut Call, args: &mut kfd_ioctl_get_dmabuf_info_args) -> Result<(), Errno> {
    if call.machine.gpus.is_empty() {
        return Err(Errno::EINVAL);
    }
    let object = object_behind(call, args.dmabuf_fd)?;
    let bo = call.state.objects.get(object);
    args.size = bo.size;
    let room = args.metadata_size as usize;
    args.metadata_size = bo.metadata.data.len() as u32;
    let vram = bo.domains & AMDGPU_GEM_DOMAIN_VRAM != 0;
    let public = bo.create_flags & AMDGPU_GEM_CREATE_CPU_ACCESS_REQUIRED != 0;
    if bo.metadata.data.len() > room {
        return Err(Errno::EINVAL);
    }
    args.flags = if vram { KFD_IOC_ALLOC_MEM_FLAGS_VRAM } else { KFD_IOC_ALLOC_MEM_FLAGS_GTT };
    if public {
        args.flags |= KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC;
    }
    // Only an allocation of VRAM knows its node (`xcp_id`); for any other the kernel names the first GPU.
    let of_vram = bo.alloc_flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0;
    args.gpu_id = call.machine.gpus[if of_vram { bo.gpu } else { 0 }].id;
    if args.metadata_ptr != 0 {
        call.host.write_user(args.metadata_ptr, &bo.metadata.data)?;
    }
    Ok(())
}
