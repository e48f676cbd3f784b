//! AMDKFD_IOC_MAP_MEMORY_TO_GPU and _UNMAP_MEMORY_FROM_GPU. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::{Attachment, GpuMemory, split_handle};
use crate::contract::{Call, Errno, FileId};
use crate::topology::Gpu;
use crate::uapi::kfd::{kfd_ioctl_map_memory_to_gpu_args, kfd_ioctl_unmap_memory_from_gpu_args};
use crate::uapi::kfd_flags::{KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL, KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP};

/// `kfd_ioctl_map_memory_to_gpu`. `n_success` tells how far it came, also when it fails.
pub(crate) fn map(call: &mut Call, args: &mut kfd_ioctl_map_memory_to_gpu_args) -> Result<(), Errno> {
    let ids = device_ids(call, args.device_ids_array_ptr, args.n_devices, args.n_success)?;
    let (gpu_id, handle) = split_handle(args.handle);
    let (owner, _) = call.bound_device(gpu_id)?;
    call.process().devices[owner].handles.get(handle).ok_or(Errno::ENOMEM)?;
    for (done, id) in ids.iter().enumerate().skip(args.n_success as usize) {
        let (peer, vm) = call.bound_device(*id)?;
        map_on(call, owner, handle, peer, vm)?;
        args.n_success = done as u32 + 1;
    }
    Ok(())
}

/// `kfd_ioctl_unmap_memory_from_gpu`
pub(crate) fn unmap(call: &mut Call, args: &mut kfd_ioctl_unmap_memory_from_gpu_args) -> Result<(), Errno> {
    let ids = device_ids(call, args.device_ids_array_ptr, args.n_devices, args.n_success)?;
    let (gpu_id, handle) = split_handle(args.handle);
    let owner = call.device(gpu_id)?;
    call.process().devices[owner].handles.get(handle).ok_or(Errno::ENOMEM)?;
    for (done, id) in ids.iter().enumerate().skip(args.n_success as usize) {
        let peer = call.device(*id)?;
        unmap_on(call, owner, handle, peer)?;
        args.n_success = done as u32 + 1;
    }
    Ok(())
}

/// What both ioctls check first.
fn device_ids(call: &Call, addr: u64, count: u32, done: u32) -> Result<Vec<u32>, Errno> {
    if count == 0 || done > count {
        return Err(Errno::EINVAL);
    }
    call.read_array(addr, count)
}

/// `amdgpu_amdkfd_gpuvm_map_memory_to_gpu`
pub(crate) fn map_on(
    call: &mut Call,
    owner: usize,
    handle: u32,
    peer: usize,
    vm: FileId,
) -> Result<(), Errno> {
    let (owner_gpu, peer_gpu) = (call.gpu(owner), call.gpu(peer));
    let mut memory = take(call, owner, handle);
    let done = attach(call, &mut memory, owner_gpu, peer_gpu, vm).and_then(|()| {
        let mapped = memory.attachments.iter_mut().filter(|place| place.vm == vm && !place.mapped);
        for place in mapped {
            call.state.render_mut(vm)?.vm.map(place.va, memory.size, memory.object, 0, memory.size)?;
            place.mapped = true;
        }
        Ok(())
    });
    give_back(call, owner, handle, memory);
    done
}

/// `kfd_mem_attach`: adds the memory to a VM once, and refuses what the GPUs can not reach.
fn attach(call: &mut Call, memory: &mut GpuMemory, owner: &Gpu, peer: &Gpu, vm: FileId) -> Result<(), Errno> {
    if memory.attachments.iter().any(|place| place.vm == vm) {
        return Ok(());
    }
    if memory.va == 0 {
        return Err(Errno::EINVAL);
    }
    let registers = KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL | KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP;
    let on_device = memory.in_vram || memory.flags & registers != 0;
    if owner.device != peer.device && !peer.prefers_gtt() && on_device {
        let same_hive = memory.in_vram && owner.same_hive(peer);
        if !same_hive && !peer_accessible(owner, peer) {
            return Err(Errno::EINVAL);
        }
    }
    let second = memory.twice.then(|| memory.va.wrapping_add(memory.size));
    for va in [memory.va].into_iter().chain(second) {
        call.state.render_mut(vm)?.vm.add(memory.object);
        memory.attachments.push(Attachment { vm, va, mapped: false });
    }
    Ok(())
}

/// `amdgpu_device_is_peer_accessible`. The topology's p2p links are made by the same test, so they tell; kernels
/// that print none leave the large BAR as the only condition that is known.
fn peer_accessible(owner: &Gpu, peer: &Gpu) -> bool {
    let links_known = owner.properties.has("p2p_links_count");
    owner.large_bar && (!links_known || peer.peers.contains(&owner.node) || owner.peers.contains(&peer.node))
}

/// `amdgpu_amdkfd_gpuvm_unmap_memory_from_gpu`
fn unmap_on(call: &mut Call, owner: usize, handle: u32, peer: usize) -> Result<(), Errno> {
    // A device without a VM has nothing mapped.
    let vm = call.process().devices[peer].vm.ok_or(Errno::EINVAL)?;
    let mut memory = take(call, owner, handle);
    let done = unmap_all(call, &mut memory, vm);
    give_back(call, owner, handle, memory);
    done
}

fn unmap_all(call: &mut Call, memory: &mut GpuMemory, vm: FileId) -> Result<(), Errno> {
    let space = &mut call.state.render_mut(vm)?.vm;
    let mut mapped = memory.attachments.iter_mut().filter(|place| place.vm == vm && place.mapped).peekable();
    if mapped.peek().is_none() {
        return Err(Errno::EINVAL);
    }
    for place in mapped {
        // unmap_bo_from_gpuvm
        if space.used_by_queue(memory.object) {
            return Err(Errno::EBUSY);
        }
        // Its own result is ignored there too: AMDGPU_VA_OP_CLEAR may have taken the mapping away before.
        let _ = space.unmap(place.va, memory.object);
        place.mapped = false;
    }
    Ok(())
}

/// Takes the memory out of the table while a VM of the same state is worked on.
fn take(call: &mut Call, owner: usize, handle: u32) -> GpuMemory {
    let handles = &mut call.process().devices[owner].handles;
    handles.remove(handle).expect("the handle was looked up under the same lock")
}

fn give_back(call: &mut Call, owner: usize, handle: u32, memory: GpuMemory) {
    call.process().devices[owner].handles.put(handle, memory);
}
