//! AMDKFD_IOC_EXPORT_DMABUF, _IMPORT_DMABUF and _GET_DMABUF_INFO. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{
    Accounts, BufferObject, GpuMemory, Metadata, ObjectId, Payer, Storage, make_handle, split_handle,
};
use crate::contract::{Call, Errno, File, Host, SharedBuffer, State};
use crate::topology::Machine;
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
    let cloexec = args.flags & O_CLOEXEC != 0;
    let fd = export(&mut call.state, (call.machine, call.host), object, cloexec)?;
    args.dmabuf_fd = fd as u32;
    Ok(())
}

/// `amdgpu_gem_prime_export` and `dma_buf_fd`: one dma-buf an object, however often it is exported. `EPERM` for the
/// caller's own pages.
pub(crate) fn export(
    state: &mut State,
    (machine, host): (&Machine, &dyn Host),
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
    let fd = host.install_fd(file, cloexec)?;
    if let Some(buffer) = describe(state, (machine, host), object) {
        host.describe(fd, &buffer);
    }
    Ok(fd)
}

/// An object as other processes are told of it. `None` when they can not reach its memory. From the first time on all
/// who hold it pay for it together, as the last of them frees it (`amdgpu_amdkfd_release_notify`).
fn describe(
    state: &mut State,
    (machine, host): (&Machine, &dyn Host),
    object: ObjectId,
) -> Option<SharedBuffer> {
    let bo = state.objects.get_mut(object);
    if let (None, Storage::Backing(backing)) = (&bo.place, bo.storage) {
        bo.place = host.share_backing(backing);
        let place = bo.place.as_ref()?;
        let cost = Accounts::cost(&machine.gpus[bo.gpu], bo.size, bo.alloc_flags);
        if host.hold_shared(place, bo.gpu, cost) {
            bo.payer = Payer::Holders;
            let (gpu, size, flags) = (bo.gpu, bo.size, bo.alloc_flags);
            state.publish_metadata(object, host);
            state.accounts.unreserve((machine, host), gpu, size, flags);
        }
    }
    let bo = state.objects.get(object);
    Some(SharedBuffer {
        place: bo.place.clone()?,
        gpu: bo.gpu as u64,
        size: bo.size,
        alloc_flags: bo.alloc_flags.into(),
        domains: bo.domains,
        create_flags: bo.create_flags,
    })
}

/// The object that another process told of, held for the caller.
fn adopt(
    state: &mut State,
    machine: &Machine,
    host: &dyn Host,
    buffer: SharedBuffer,
) -> Result<ObjectId, Errno> {
    if let Some(known) = state.objects.at_place(&buffer.place) {
        state.objects.hold(known);
        return Ok(known);
    }
    let gpu =
        usize::try_from(buffer.gpu).ok().filter(|gpu| *gpu < machine.gpus.len()).ok_or(Errno::EINVAL)?;
    let backing = host.open_backing(&buffer.place, buffer.size)?;
    let alloc_flags = buffer.alloc_flags as u32;
    let cost = Accounts::cost(&machine.gpus[gpu], buffer.size, alloc_flags);
    let shared = host.hold_shared(&buffer.place, gpu, cost);
    Ok(state.objects.add(BufferObject {
        gpu,
        size: buffer.size,
        alloc_flags,
        domains: buffer.domains,
        create_flags: buffer.create_flags,
        storage: Storage::Backing(backing),
        metadata: Metadata::default(),
        allowed: Vec::new(),
        dmabuf: None,
        place: Some(buffer.place),
        payer: if shared { Payer::Holders } else { Payer::Exporter },
    }))
}

/// `dma_buf_get`: the object behind the descriptor of a dma-buf, of this process's kernel or another's, held for the
/// caller. `EBADF` when the descriptor is not open, `EINVAL` when it is something else.
pub(crate) fn hold_behind(
    state: &mut State,
    machine: &Machine,
    host: &dyn Host,
    fd: i32,
) -> Result<ObjectId, Errno> {
    let Some(file) = host.file_behind(fd)? else {
        let buffer = host.shared_behind(fd).ok_or(Errno::EINVAL)?;
        return adopt(state, machine, host, buffer);
    };
    let Some(File::DmaBuf { object }) = state.files.get(&file) else { return Err(Errno::EINVAL) };
    let object = *object;
    state.objects.hold(object);
    Ok(object)
}

/// [`hold_behind`], and the driver's test that there is memory behind it: `EINVAL` for registers.
fn hold_memory_behind(call: &mut Call, fd: u32) -> Result<ObjectId, Errno> {
    let object = hold_behind(&mut call.state, call.machine, call.host, fd as i32)?;
    if call.state.objects.get(object).domains & (AMDGPU_GEM_DOMAIN_VRAM | AMDGPU_GEM_DOMAIN_GTT) == 0 {
        call.state.release_object(object, call.machine, call.host);
        return Err(Errno::EINVAL);
    }
    Ok(object)
}

/// `kfd_ioctl_import_dmabuf`
pub(crate) fn import(call: &mut Call, args: &mut kfd_ioctl_import_dmabuf_args) -> Result<(), Errno> {
    let (device, vm) = call.bound_device(args.gpu_id)?;
    let importer = call.gpu(device);
    let object = hold_memory_behind(call, args.dmabuf_fd)?;
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
    let object = hold_memory_behind(call, args.dmabuf_fd)?;
    let done = tell(call, object, args);
    call.state.release_object(object, call.machine, call.host);
    done
}

fn tell(call: &mut Call, object: ObjectId, args: &mut kfd_ioctl_get_dmabuf_info_args) -> Result<(), Errno> {
    let host = call.host;
    let metadata = call.state.metadata(object, host).data.clone();
    let bo = call.state.objects.get(object);
    args.size = bo.size;
    let room = args.metadata_size as usize;
    args.metadata_size = metadata.len() as u32;
    let vram = bo.domains & AMDGPU_GEM_DOMAIN_VRAM != 0;
    let public = bo.create_flags & AMDGPU_GEM_CREATE_CPU_ACCESS_REQUIRED != 0;
    if metadata.len() > room {
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
        call.host.write_user(args.metadata_ptr, &metadata)?;
    }
    Ok(())
}
