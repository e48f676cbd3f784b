//! The checkpoint: how much there is of everything, and the arrays that tell of it. Mirrors
//! `criu_get_process_object_info` and `criu_checkpoint` of amdkfd/kfd_chardev.c. Touches nothing but memory.
#![forbid(unsafe_code)]

use super::data::*;
use super::objects;
use crate::contract::{Call, Errno, ProcessDevice, aperture};
use crate::memory::{GpuMemory, Storage, share};
use crate::uapi::kfd::{kfd_criu_bo_bucket, kfd_criu_device_bucket, kfd_ioctl_criu_args};
use crate::uapi::kfd_flags::*;
use crate::uapi::layout::Layout;

/// What a process has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Census {
    pub devices: u32,
    pub bos: u32,
    /// Queues, events and ranges of shared virtual memory.
    pub objects: u32,
    pub private_bytes: u64,
}

impl Census {
    /// `criu_get_process_object_info`
    pub fn take(call: &mut Call) -> Census {
        let (devices, bos) = (call.process().devices.len(), buffers(call).len());
        let (count, bytes) = objects::count(call);
        let private = kfd_criu_process_priv_data::SIZE
            + devices * kfd_criu_device_priv_data::SIZE
            + bos * kfd_criu_bo_priv_data::SIZE
            + bytes;
        let [devices, bos, objects] = [devices, bos, count].map(|count| count as u32);
        Census { devices, bos, objects, private_bytes: private as u64 }
    }
}

/// `criu_checkpoint`
pub(super) fn write(call: &mut Call, args: &kfd_ioctl_criu_args) -> Result<(), Errno> {
    if [args.devices, args.bos, args.priv_data].contains(&0) {
        return Err(Errno::EINVAL);
    }
    if call.process().devices.is_empty() {
        return Err(Errno::ENODEV);
    }
    let announced = Census {
        devices: args.num_devices,
        bos: args.num_bos,
        objects: args.num_objects,
        private_bytes: args.priv_data_size,
    };
    if !call.process().paused || Census::take(call) != announced {
        return Err(Errno::EINVAL);
    }
    let mut private = args.priv_data;
    let (process, devices) = (process(call), devices(call));
    put(call, &mut private, &process)?;
    call.write_array(args.devices, &devices)?;
    put(call, &mut private, &vec![0; args.num_devices as usize * kfd_criu_device_priv_data::SIZE])?;
    let bos = private;
    private += u64::from(args.num_bos) * kfd_criu_bo_priv_data::SIZE as u64;
    let objects = objects::write(call)?;
    put(call, &mut private, &objects)?;
    write_buffers(call, args.bos, bos)
}

fn put(call: &Call, place: &mut u64, bytes: &[u8]) -> Result<(), Errno> {
    call.host.write_user(*place, bytes)?;
    *place += bytes.len() as u64;
    Ok(())
}

/// `criu_checkpoint_process`
fn process(call: &mut Call) -> Vec<u8> {
    let xnack_mode = call.process().xnack.into();
    kfd_criu_process_priv_data { version: VERSION, xnack_mode }.to_bytes()
}

/// `criu_checkpoint_devices`
fn devices(call: &mut Call) -> Vec<kfd_criu_device_bucket> {
    let bucket = |device: &ProcessDevice| kfd_criu_device_bucket {
        user_gpu_id: device.gpu_id,
        actual_gpu_id: device.node_id,
        drm_fd: 0,
        pad: 0,
    };
    call.process().devices.iter().map(bucket).collect()
}

/// The memory of a process but for what lies in the kernel's own part of an address space, each with its device and
/// handle.
fn buffers(call: &mut Call) -> Vec<(usize, u32, GpuMemory)> {
    let (machine, page) = (call.machine, call.host.page_size());
    let mut found = Vec::new();
    for (index, device) in call.process().devices.iter().enumerate() {
        let base = aperture(&machine.gpus[device.gpu], machine, page).gpuvm_base;
        let own = device.handles.iter().filter(|(_, memory)| memory.va == 0 || memory.va > base);
        found.extend(own.map(|(handle, memory)| (index, handle, memory.clone())));
    }
    found
}

/// `criu_checkpoint_bos`. Descriptors are given only once nothing else can fail, so the array is written twice.
fn write_buffers(call: &mut Call, array: u64, private: u64) -> Result<(), Errno> {
    let memory = buffers(call);
    let mut buckets: Vec<_> =
        memory.iter().map(|(device, _, memory)| bucket(call, *device, memory)).collect();
    let privates: Vec<_> = memory.iter().map(|(_, handle, memory)| kept(call, *handle, memory)).collect();
    call.write_array(array, &buckets)?;
    call.write_array(private, &privates)?;
    for (bucket, (_, _, memory)) in buckets.iter_mut().zip(&memory) {
        if memory.flags & (KFD_IOC_ALLOC_MEM_FLAGS_VRAM | KFD_IOC_ALLOC_MEM_FLAGS_GTT) != 0 {
            let place = (call.machine, call.host);
            bucket.dmabuf_fd = share::export(&mut call.state, place, memory.object, false)? as u32;
        }
    }
    call.write_array(array, &buckets)
}

fn bucket(call: &mut Call, device: usize, memory: &GpuMemory) -> kfd_criu_bo_bucket {
    let device = &call.process().devices[device];
    let (gpu_id, node_id) = (device.gpu_id, device.node_id);
    let registers = |kind: u64| kind | kfd_mmap_gpu_id(node_id);
    let offset = if memory.flags & KFD_IOC_ALLOC_MEM_FLAGS_DOORBELL != 0 {
        registers(KFD_MMAP_TYPE_DOORBELL)
    } else if memory.flags & KFD_IOC_ALLOC_MEM_FLAGS_MMIO_REMAP != 0 {
        registers(KFD_MMAP_TYPE_MMIO)
    } else {
        call.state.objects.mmap_offset(memory.object)
    };
    kfd_criu_bo_bucket {
        addr: memory.va,
        size: memory.size,
        offset,
        gpu_id,
        alloc_flags: memory.flags,
        dmabuf_fd: NO_DESCRIPTOR,
        ..Default::default()
    }
}

fn kept(call: &mut Call, handle: u32, memory: &GpuMemory) -> kfd_criu_bo_priv_data {
    let user_addr = match call.state.objects.get(memory.object).storage {
        Storage::User(addr) => addr,
        _ => 0,
    };
    let mut data = kfd_criu_bo_priv_data { user_addr, idr_handle: handle, ..Default::default() };
    let devices = &call.process().devices;
    let mapped = |vm| memory.attachments.iter().any(|place| place.mapped && Some(place.vm) == vm);
    let mapped_on = devices.iter().filter(|device| mapped(device.vm));
    for (slot, device) in data.mapped_gpuids.iter_mut().zip(mapped_on) {
        *slot = device.gpu_id;
    }
    data
}
