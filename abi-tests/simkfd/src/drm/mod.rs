//! The render node: what libdrm_amdgpu and the runtimes ask of it. Command submission and everything about displays
//! is not simulated. Mirrors drm core's dispatch, amdgpu/amdgpu_kms.c and amdgpu/amdgpu_gem.c. Touches nothing but
//! memory.
#![forbid(unsafe_code)]

mod client;
mod device_info;
mod dispatch;
mod engines;
mod gem;
mod info;
mod syncobj;
#[cfg(test)]
mod tests;
mod va;

use std::collections::BTreeMap;

use syncobj::SyncObjects;

pub(crate) use client::copy_field;
pub(crate) use dispatch::{RenderCall, exchange, serve, with};

use crate::contract::{Errno, lowest_free};
use crate::memory::{ObjectId, Vm};

/// An open render node (`struct drm_file` and `struct amdgpu_fpriv`).
pub(crate) struct RenderFile {
    /// Index of the GPU node.
    pub gpu: usize,
    /// The GPU address space that came with the open.
    pub vm: Vm,
    /// GEM handles of the file.
    pub gem: GemHandles,
    /// Its sync objects.
    sync: SyncObjects,
    /// The descriptor is closed, and only a process that acquired the VM keeps the file.
    pub closed: bool,
}

impl RenderFile {
    /// `amdgpu_driver_open_kms`: a file with an address space and nothing else.
    pub fn new(gpu: usize, vm: Vm) -> Self {
        RenderFile { gpu, vm, gem: GemHandles::default(), sync: SyncObjects::default(), closed: false }
    }
}

/// `drm_file.object_idr`: handles count from 1, the lowest free one first.
#[derive(Default)]
pub(crate) struct GemHandles {
    objects: BTreeMap<u32, ObjectId>,
}

impl GemHandles {
    /// `drm_gem_object_lookup`
    pub fn get(&self, handle: u32) -> Option<ObjectId> {
        self.objects.get(&handle).copied()
    }

    /// The handle of an object that the file has already, if it has.
    pub fn find(&self, object: ObjectId) -> Option<u32> {
        self.objects.iter().find(|(_, known)| **known == object).map(|(handle, _)| *handle)
    }

    /// `drm_gem_handle_create`
    pub fn add(&mut self, object: ObjectId) -> u32 {
        let handle = lowest_free(self.objects.keys(), 1);
        self.objects.insert(handle, object);
        handle
    }

    /// `drm_gem_handle_delete`: `EINVAL` for a handle that is not the file's.
    pub fn remove(&mut self, handle: u32) -> Result<ObjectId, Errno> {
        self.objects.remove(&handle).ok_or(Errno::EINVAL)
    }

    /// All objects, to let them go with the file.
    pub fn drain(&mut self) -> Vec<ObjectId> {
        std::mem::take(&mut self.objects).into_values().collect()
    }
}
