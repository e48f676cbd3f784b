//! AMDKFD_IOC_ALLOC_MEMORY_OF_GPU, _FREE_MEMORY_OF_GPU and _AVAILABLE_MEMORY. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{BufferObject, GpuMemory, Metadata, ObjectId, Payer, Storage, make_handle, split_handle};
use crate::contract::{Call, Context, Errno, FileId};
use crate::uapi::drm::*;
use crate::uapi::kfd::{
    kfd_ioctl_alloc_memory_of_gpu_args, kfd_ioctl_free_memory_of_gpu_args,
    kfd_ioctl_get_available_memory_args,
};
use crate::uapi::kfd_flags::*;

/// `EXT_COHERENT` and `UNCACHED`, `COHERENT` of kfd_ioctl.h and what they become in amdgpu_drm.h.
const COHERENCE_FLAGS: [(u32, u64); 3] = [
    (1 << 26, AMDGPU_GEM_CREATE_COHERENT),
    (1 << 24, AMDGPU_GEM_CREATE_EXT_COHERENT),
    (1 << 25, AMDGPU_GEM_CREATE_UNCACHED),
];
const CONTIGUOUS: u32 = 1 << 23;
const REGISTERS: u32 = KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL | KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP;

/// `kfd_ioctl_get_available_memory`
pub(crate) fn available(
    call: &mut Call,
    args: &mut kfd_ioctl_get_available_memory_args,
) -> Result<(), Errno> {
    let device = call.device(args.gpu_id)?;
    let gpu = call.process().devices[device].gpu;
    args.available = call.state.accounts.available(call.machine, call.host, gpu);
    Ok(())
}

/// `kfd_ioctl_alloc_memory_of_gpu`
pub(crate) fn alloc(call: &mut Call, args: &mut kfd_ioctl_alloc_memory_of_gpu_args) -> Result<(), Errno> {
    if args.size == 0 {
        return Err(Errno::EINVAL);
    }
    if call.process().context != Context::Primary && args.flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR != 0 {
        return Err(Errno::EOPNOTSUPP);
    }
    refuse_svm_ranges(call, args)?;
    let device = call.device(args.gpu_id)?;
    let gpu = call.gpu(device);
    let public_vram = KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC | KFD_IOC_ALLOC_MEM_FLAGS_VRAM;
    if args.flags & public_vram == public_vram && !gpu.large_bar {
        return Err(Errno::EINVAL);
    }
    let vm = call.process().vm(device)?;
    check_register_window(call, device, args)?;
    let memory = create(call, device, vm, args, Pages::Now)?;
    args.mmap_offset = if args.flags & KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP != 0 {
        KFD_MMAP_TYPE_MMIO | kfd_mmap_gpu_id(args.gpu_id)
    } else {
        call.state.objects.mmap_offset(memory.object)
    };
    let handle = call.process().devices[device].handles.add(memory);
    args.handle = make_handle(args.gpu_id, handle);
    Ok(())
}

/// `criu_restore_memory_of_gpu`: memory of a checkpoint, under the handle that it had. User memory may be missing until
/// the process goes on. `mmap_offset` is where the caller's own memory lies, and then where to map what was made; 0
/// for the caller's own. `EINVAL` for a handle that no idr gives, `ENOMEM` for one that is taken.
pub(crate) fn restore(
    call: &mut Call,
    device: usize,
    args: &mut kfd_ioctl_alloc_memory_of_gpu_args,
) -> Result<ObjectId, Errno> {
    let (_, handle) = split_handle(args.handle);
    if i32::try_from(handle).is_err() {
        return Err(Errno::EINVAL);
    }
    check_register_window(call, device, args)?;
    let vm = call.process().vm(device)?;
    let memory = create(call, device, vm, args, Pages::Later)?;
    let object = memory.object;
    let node_id = kfd_mmap_gpu_id(call.process().devices[device].node_id);
    args.mmap_offset = match args.flags {
        flags if flags & KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL != 0 => KFD_MMAP_TYPE_DOORBELL | node_id,
        flags if flags & KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP != 0 => KFD_MMAP_TYPE_MMIO | node_id,
        flags if flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR != 0 => 0,
        _ => call.state.objects.mmap_offset(object),
    };
    let added = call.process().devices[device].handles.add_at(handle, memory);
    added.inspect_err(|_| call.state.release_object(object, call.machine, call.host))?;
    Ok(object)
}

/// When the pages of user memory must be there (`criu_resume` of `init_user_pages`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pages {
    Now,
    Later,
}

/// Memory that is an SVM range already is not the allocator's, neither at the GPU's address nor at the caller's.
fn refuse_svm_ranges(call: &mut Call, args: &kfd_ioctl_alloc_memory_of_gpu_args) -> Result<(), Errno> {
    let page = call.host.page_size();
    let ranges = &call.process().ranges;
    let taken = |addr: u64| ranges.any_in(addr / page, addr.saturating_add(args.size - 1) / page);
    let without_va = args.va_addr == 0 && args.flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0;
    let user = args.flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR != 0;
    if (!without_va && taken(args.va_addr)) || (user && taken(args.mmap_offset)) {
        return Err(Errno::EADDRINUSE);
    }
    Ok(())
}

/// Doorbells come whole, the remapped register page as one page of a device that has it.
fn check_register_window(
    call: &mut Call,
    device: usize,
    args: &kfd_ioctl_alloc_memory_of_gpu_args,
) -> Result<(), Errno> {
    let (gpu, page) = (call.gpu(device), call.host.page_size());
    if args.flags & KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL != 0 {
        if args.size != gpu.doorbell_slice(page) {
            return Err(Errno::EINVAL);
        }
        crate::queue::doorbells(call, device)?;
    } else if args.flags & KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP != 0 {
        if args.size != page {
            return Err(Errno::EINVAL);
        }
        // Only gfx9 and later remap the page (soc15, nv, soc21 and soc24's early_init), and only with small pages.
        if !gpu.is_soc15() || page > 4096 {
            return Err(Errno::ENOMEM);
        }
    }
    Ok(())
}

/// `amdgpu_amdkfd_gpuvm_alloc_memory_of_gpu`
fn create(
    call: &mut Call,
    device: usize,
    vm: FileId,
    args: &kfd_ioctl_alloc_memory_of_gpu_args,
    pages: Pages,
) -> Result<GpuMemory, Errno> {
    let node = call.process().devices[device].gpu;
    let flags = args.flags;
    let (domains, create_flags) = placement(call.gpu(device).prefers_gtt(), args)?;
    let twice = flags & KFD_IOC_ALLOC_MEM_FLAGS_AQL_QUEUE_MEM != 0;
    let wanted = if twice { args.size >> 1 } else { args.size };
    let size = wanted.checked_next_multiple_of(call.host.page_size()).unwrap_or(0);
    if size == 0 {
        return Err(Errno::EINVAL);
    }
    call.state.accounts.reserve((call.machine, call.host), node, size, flags)?;
    let storage = storage(call, flags, size, args.mmap_offset, pages).inspect_err(|_| {
        call.state.accounts.unreserve((call.machine, call.host), node, size, flags);
    })?;
    let object = call.state.objects.add(BufferObject {
        gpu: node,
        size,
        alloc_flags: flags,
        domains,
        create_flags,
        storage,
        metadata: Metadata::default(),
        allowed: vec![vm],
        dmabuf: None,
        place: None,
        payer: Payer::Own,
    });
    let in_vram = domains == AMDGPU_GEM_DOMAIN_VRAM;
    Ok(GpuMemory { object, va: args.va_addr, size, flags, in_vram, twice, attachments: Vec::new() })
}

/// The domain and the AMDGPU_GEM_CREATE_* flags that an allocation asks for.
fn placement(prefers_gtt: bool, args: &kfd_ioctl_alloc_memory_of_gpu_args) -> Result<(u64, u64), Errno> {
    let flags = args.flags;
    let (domain, mut create) = if flags & KFD_IOC_ALLOC_MEM_FLAGS_VRAM != 0 && !prefers_gtt {
        let mut create = AMDGPU_GEM_CREATE_VRAM_WIPE_ON_RELEASE | AMDGPU_GEM_CREATE_VRAM_CLEARED;
        if flags & KFD_IOC_ALLOC_MEM_FLAGS_PUBLIC != 0 {
            create |= AMDGPU_GEM_CREATE_CPU_ACCESS_REQUIRED;
        }
        if flags & CONTIGUOUS != 0 {
            create |= AMDGPU_GEM_CREATE_VRAM_CONTIGUOUS;
        }
        (AMDGPU_GEM_DOMAIN_VRAM, create)
    } else if flags & (KFD_IOC_ALLOC_MEM_FLAGS_VRAM | KFD_IOC_ALLOC_MEM_FLAGS_GTT) != 0 {
        (AMDGPU_GEM_DOMAIN_GTT, 0)
    } else if flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR != 0 {
        if args.mmap_offset == 0 {
            return Err(Errno::EINVAL);
        }
        (AMDGPU_GEM_DOMAIN_CPU, AMDGPU_GEM_CREATE_PREEMPTIBLE)
    } else if flags & REGISTERS != 0 {
        (AMDGPU_GEM_DOMAIN_CPU, AMDGPU_GEM_CREATE_PREEMPTIBLE)
    } else {
        return Err(Errno::EINVAL);
    };
    for (kfd, drm) in COHERENCE_FLAGS {
        if flags & kfd != 0 {
            create |= drm;
        }
    }
    Ok((domain, create))
}

fn storage(call: &Call, flags: u32, size: u64, user_addr: u64, pages: Pages) -> Result<Storage, Errno> {
    if flags & (KFD_IOC_ALLOC_MEM_FLAGS_VRAM | KFD_IOC_ALLOC_MEM_FLAGS_GTT) != 0 {
        return call.host.create_backing(size).map(Storage::Backing);
    }
    if flags & KFD_IOC_ALLOC_MEM_FLAGS_USERPTR == 0 {
        return Ok(Storage::Registers);
    }
    // init_user_pages: mmu_interval_notifier_insert refuses a range that wraps; hmm_range_fault answers EFAULT
    // where nothing is mapped and EPERM where the caller itself may not write.
    if user_addr.checked_add(size).is_none() {
        return Err(Errno::EOVERFLOW);
    }
    if pages == Pages::Later {
        return Ok(Storage::User(user_addr));
    }
    if !call.host.range_mapped(user_addr, size, false) {
        return Err(Errno::EFAULT);
    }
    if !call.host.range_mapped(user_addr, size, true) {
        return Err(Errno::EPERM);
    }
    Ok(Storage::User(user_addr))
}

/// `kfd_ioctl_free_memory_of_gpu`
pub(crate) fn free(call: &mut Call, args: &mut kfd_ioctl_free_memory_of_gpu_args) -> Result<(), Errno> {
    if call.process().events.page_handle() == Some(args.handle) {
        return Err(Errno::EPERM);
    }
    let (gpu_id, handle) = split_handle(args.handle);
    let device = call.device(gpu_id)?;
    let vm = call.process().devices[device].vm;
    let handles = &mut call.process().devices[device].handles;
    // amdgpu_amdkfd_gpuvm_free_memory_of_gpu
    if handles.get(handle).ok_or(Errno::EINVAL)?.attachments.iter().any(|place| place.mapped) {
        return Err(Errno::EBUSY);
    }
    if let Some(memory) = handles.remove(handle) {
        for place in &memory.attachments {
            // kfd_mem_detach
            call.state.render_mut(place.vm)?.vm.remove(memory.object);
        }
        revoke(call, memory.object, vm);
        call.state.release_object(memory.object, call.machine, call.host);
    }
    Ok(())
}

/// `drm_vma_node_revoke`
fn revoke(call: &mut Call, object: ObjectId, vm: Option<FileId>) {
    let allowed = &mut call.state.objects.get_mut(object).allowed;
    if let Some(at) = allowed.iter().position(|file| Some(*file) == vm) {
        allowed.remove(at);
    }
}
