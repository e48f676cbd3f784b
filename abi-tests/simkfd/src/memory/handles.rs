//! KFD's own handles of memory on one GPU of one process (`struct kgd_mem` in `pdd->alloc_idr`). Touches nothing but
//! memory.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::ObjectId;
use crate::contract::{Errno, FileId};

/// One place where memory was added to a VM (`struct kfd_mem_attachment`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// The render file whose VM it is.
    pub vm: FileId,
    pub va: u64,
    pub mapped: bool,
}

/// `struct kgd_mem`
#[derive(Clone, Debug)]
pub(crate) struct GpuMemory {
    pub object: ObjectId,
    /// Where it is to be mapped; 0 when it can not be.
    pub va: u64,
    /// Bytes of the object.
    pub size: u64,
    /// KFD_IOC_ALLOC_MEM_FLAGS_*
    pub flags: u32,
    /// It is in VRAM (`domain == AMDGPU_GEM_DOMAIN_VRAM`).
    pub in_vram: bool,
    /// The object shows twice in a row (KFD_IOC_ALLOC_MEM_FLAGS_AQL_QUEUE_MEM).
    pub twice: bool,
    pub attachments: Vec<Attachment>,
}

/// `pdd->alloc_idr`: the lowest free number is given first.
#[derive(Default)]
pub(crate) struct Handles {
    memory: BTreeMap<u32, GpuMemory>,
    /// All numbers below are given.
    given: u32,
}

impl Handles {
    /// `kfd_process_device_create_obj_handle`
    pub fn add(&mut self, memory: GpuMemory) -> u32 {
        let also_given = self.memory.range(self.given..).zip(self.given..).take_while(|((n, _), m)| *n == m);
        let handle = self.given + also_given.count() as u32;
        self.memory.insert(handle, memory);
        self.given = handle + 1;
        handle
    }

    /// Adds memory under the handle that it had in a checkpoint; `ENOMEM` when that is taken.
    pub fn add_at(&mut self, handle: u32, memory: GpuMemory) -> Result<(), Errno> {
        match self.memory.entry(handle) {
            Entry::Occupied(_) => Err(Errno::ENOMEM),
            Entry::Vacant(place) => {
                place.insert(memory);
                Ok(())
            }
        }
    }

    /// `kfd_process_device_translate_handle`; a handle is an int in the kernel, negative ones are nobody's.
    pub fn get(&mut self, handle: u32) -> Option<&mut GpuMemory> {
        self.memory.get_mut(&handle)
    }

    /// Puts memory back under the handle that it was removed from.
    pub fn put(&mut self, handle: u32, memory: GpuMemory) {
        self.memory.insert(handle, memory);
    }

    /// `kfd_process_device_remove_obj_handle`
    pub fn remove(&mut self, handle: u32) -> Option<GpuMemory> {
        self.given = self.given.min(handle);
        self.memory.remove(&handle)
    }

    /// All memory with its handles, in their order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &GpuMemory)> {
        self.memory.iter().map(|(handle, memory)| (*handle, memory))
    }

    /// The objects of all memory.
    pub fn objects(&self) -> impl Iterator<Item = ObjectId> {
        self.memory.values().map(|memory| memory.object)
    }

    /// All memory, to take it away with its process.
    pub fn drain(&mut self) -> Vec<GpuMemory> {
        self.given = 0;
        std::mem::take(&mut self.memory).into_values().collect()
    }
}

/// `MAKE_HANDLE`
pub(crate) fn make_handle(gpu_id: u32, handle: u32) -> u64 {
    u64::from(gpu_id) << 32 | u64::from(handle)
}

/// `GET_GPU_ID` and `GET_IDR_HANDLE`
pub(crate) fn split_handle(handle: u64) -> (u32, u32) {
    ((handle >> 32) as u32, handle as u32)
}
