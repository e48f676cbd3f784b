//! A process made from a checkpoint: its mode, its devices, its memory. Mirrors `criu_restore` of
//! amdkfd/kfd_chardev.c; like there, what fails half-way leaves half a process. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::data::*;
use super::restore_objects::{self, SavedRange};
use crate::contract::{Call, Errno, init_vm, queues_evicted, xnack_mode};
use crate::memory::{ObjectId, alloc, make_handle, map, share};
use crate::queue;
use crate::uapi::kfd::*;
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::{Layout, Plain};

/// What is left to do until a restored process is let go on.
#[derive(Default)]
pub(crate) struct Restored {
    /// `svms->criu_svm_metadata_list`
    pub(super) ranges: Vec<SavedRange>,
}

/// The private data of a checkpoint, read from its beginning to its end.
pub(super) struct Private {
    addr: u64,
    offset: u64,
    bytes: u64,
}

impl Private {
    /// `EINVAL` when there are not so many bytes left.
    pub fn check(&self, bytes: usize) -> Result<(), Errno> {
        let end = self.offset.checked_add(bytes as u64);
        if end.is_some_and(|end| end <= self.bytes) { Ok(()) } else { Err(Errno::EINVAL) }
    }

    /// The next struct, which stays the next one. `EFAULT` where it can not be read.
    pub fn peek<T: Layout>(&self, call: &Call) -> Result<T, Errno> {
        self.check(T::SIZE)?;
        let mut bytes = vec![0; T::SIZE];
        call.host.read_user(self.addr.wrapping_add(self.offset), &mut bytes)?;
        Ok(T::get(&bytes))
    }

    /// The next struct.
    pub fn take<T: Layout>(&mut self, call: &Call) -> Result<T, Errno> {
        let found = self.peek(call)?;
        self.skip(T::SIZE);
        Ok(found)
    }

    /// The next so many values.
    pub fn take_array<T: Plain>(&mut self, call: &Call, count: usize) -> Result<Vec<T>, Errno> {
        let bytes = count * size_of::<T>();
        self.check(bytes)?;
        let values = call.read_array(self.addr.wrapping_add(self.offset), count as u32)?;
        self.skip(bytes);
        Ok(values)
    }

    /// Passes over bytes that were checked.
    pub fn skip(&mut self, bytes: usize) {
        self.offset += bytes as u64;
    }
}

/// `criu_restore`
pub(super) fn restore(call: &mut Call, args: &kfd_ioctl_criu_args) -> Result<(), Errno> {
    let missing = [args.devices, args.priv_data, args.priv_data_size, args.num_devices.into()].contains(&0);
    if missing || (args.num_bos > 0 && args.bos == 0) {
        return Err(Errno::EINVAL);
    }
    // Nothing runs until the process is let go on.
    call.process().evictions += 1;
    queues_evicted(call, KFD_QUEUE_EVICTION_CRIU_RESTORE);
    let mut private = Private { addr: args.priv_data, offset: 0, bytes: args.priv_data_size };
    process(call, &mut private)?;
    devices(call, args, &mut private)?;
    buffers(call, args, &mut private)?;
    (0..args.num_objects).try_for_each(|_| restore_objects::next(call, &mut private))?;
    if private.offset == private.bytes { Ok(()) } else { Err(Errno::EINVAL) }
}

/// `criu_restore_process`
fn process(call: &mut Call, private: &mut Private) -> Result<(), Errno> {
    let data: kfd_criu_process_priv_data = private.take(call)?;
    if data.version != VERSION {
        return Err(Errno::EINVAL);
    }
    let xnack = data.xnack_mode != 0;
    if xnack && !xnack_mode(call.machine, true) {
        return Err(Errno::EPERM);
    }
    call.process().xnack = xnack;
    Ok(())
}

/// `criu_restore_devices`: nearly all that is wrong is `EINVAL`.
fn devices(call: &mut Call, args: &kfd_ioctl_criu_args, private: &mut Private) -> Result<(), Errno> {
    let count = call.process().devices.len();
    if args.num_devices as usize != count {
        return Err(Errno::EINVAL);
    }
    // Nothing is kept of a device, so nothing is read.
    private.check(count * kfd_criu_device_priv_data::SIZE)?;
    for bucket in call.read_array::<kfd_criu_device_bucket>(args.devices, args.num_devices)? {
        let device = call.process().device_of_node(bucket.actual_gpu_id)?;
        let place = &mut call.process().devices[device];
        if bucket.user_gpu_id == 0 || place.vm.is_some() {
            return Err(Errno::EINVAL);
        }
        place.gpu_id = bucket.user_gpu_id;
        let file = call.host.file_behind(bucket.drm_fd as i32).ok().flatten().ok_or(Errno::EINVAL)?;
        init_vm(call, device, file).map_err(|_| Errno::EINVAL)?;
        queue::doorbells(call, device)?;
    }
    private.skip(count * kfd_criu_device_priv_data::SIZE);
    Ok(())
}

/// `criu_restore_bos`. Descriptors are given when all memory is there.
fn buffers(call: &mut Call, args: &kfd_ioctl_criu_args, private: &mut Private) -> Result<(), Errno> {
    let count = args.num_bos as usize;
    private.check(count * kfd_criu_bo_priv_data::SIZE)?;
    call.process().restored = Some(Restored::default());
    let mut buckets: Vec<kfd_criu_bo_bucket> = call.read_array(args.bos, args.num_bos)?;
    let saved: Vec<kfd_criu_bo_priv_data> = private.take_array(call, count)?;
    let made = buckets.iter_mut().zip(&saved).map(|(bucket, saved)| buffer(call, bucket, saved));
    let made: Vec<ObjectId> = made.collect::<Result<_, _>>()?;
    for (bucket, object) in buckets.iter_mut().zip(made) {
        let memory = KFD_IOC_ALLOC_MEM_FLAGS_VRAM | KFD_IOC_ALLOC_MEM_FLAGS_GTT;
        bucket.dmabuf_fd = match bucket.alloc_flags & memory {
            0 => NO_DESCRIPTOR,
            _ => share::export(&mut call.state, (call.machine, call.host), object, false)? as u32,
        };
    }
    call.write_array(args.bos, &buckets)
}

/// `criu_restore_bo`: the memory, mapped where it was.
fn buffer(
    call: &mut Call,
    bucket: &mut kfd_criu_bo_bucket,
    saved: &kfd_criu_bo_priv_data,
) -> Result<ObjectId, Errno> {
    let device = call.device(bucket.gpu_id).map_err(|_| Errno::ENODEV)?;
    let mut wanted = kfd_ioctl_alloc_memory_of_gpu_args {
        va_addr: bucket.addr,
        size: bucket.size,
        handle: make_handle(bucket.gpu_id, saved.idr_handle),
        mmap_offset: saved.user_addr,
        gpu_id: bucket.gpu_id,
        flags: bucket.alloc_flags,
    };
    let object = alloc::restore(call, device, &mut wanted)?;
    bucket.restored_offset = wanted.mmap_offset;
    let count = call.process().devices.len();
    for gpu_id in saved.mapped_gpuids.iter().take(count).take_while(|id| **id != 0) {
        let (peer, vm) = call.bound_device(*gpu_id)?;
        map::map_on(call, device, saved.idr_handle, peer, vm)?;
    }
    Ok(object)
}
