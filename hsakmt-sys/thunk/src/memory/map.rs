//! Mapping to GPUs.
//!
//! Touches `driver`. Answers to `hsakmt_fmm_map_to_gpu`, `hsakmt_fmm_map_to_gpu_nodes` and
//! `hsakmt_fmm_unmap_from_gpu` of upstream's `fmm.c`.

use super::{
    Memory,
    object::{Object, Origin},
    space::Area,
};
use crate::{
    driver::failed,
    error::{Result, Status},
    kernel::{Attached, Errno},
    uapi::kfd::{kfd_ioctl_map_memory_to_gpu_args, kfd_ioctl_unmap_memory_from_gpu_args},
};
use std::mem::offset_of;

impl Memory {
    /// Maps memory to the GPUs that it is registered for, or that may use it. Returns the GPU's address where it
    /// differs from the process's (registered memory), else `None`.
    ///
    /// # Errors
    /// `InvalidParameter` for what is not known or has no memory, `Error` when the driver refuses.
    pub fn map_to_gpus(&self, address: u64, size: u64) -> Result<Option<u64>> {
        if let Some(gpu) = self.scratch_owner(address) {
            return self.map_scratch(gpu, address, size).map(|()| None);
        }
        let mut objects = self.objects.write();
        let object = objects.find(address, size, self.page_size()).and_then(|start| objects.get_mut(start));
        let Some(object) = object else {
            drop(objects);
            return self.map_unknown(address, size, None);
        };
        self.check_mappable(object)?;
        if object.area == Area::Process {
            return Ok(None);
        }
        let gpus = self.default_gpus(object);
        self.map_object(object, &gpus)?;
        Ok(self.alternate_address(object, address))
    }

    /// Maps memory to exactly these GPUs: others that it is mapped to lose it.
    ///
    /// # Errors
    /// As [`Memory::map_to_gpus`]; `Error` for GPUs that it is not registered for.
    pub fn map_to_these(&self, address: u64, size: u64, gpus: &[u32]) -> Result<Option<u64>> {
        let mut objects = self.objects.write();
        let object = objects.find(address, size, self.page_size()).and_then(|start| objects.get_mut(start));
        let Some(object) = object else {
            drop(objects);
            if !self.svm_api {
                return Err(Status::Error.into());
            }
            return self.map_unknown(address, size, Some(gpus));
        };
        self.check_mappable(object)?;
        if object.area == Area::Process {
            return Err(Status::Error.into());
        }
        if object.is_user() {
            // Registered memory keeps the GPUs of its registration.
            let registered = self.default_gpus(object);
            self.map_object(object, &registered)?;
            return Ok(self.alternate_address(object, address));
        }
        let allowed = if object.registered.is_empty() { &self.all_gpus[..] } else { &object.registered };
        if !gpus.iter().all(|gpu| allowed.contains(gpu)) {
            return Err(Status::Error.into());
        }
        let leaving: Vec<u32> = object.mapped.iter().copied().filter(|gpu| !gpus.contains(gpu)).collect();
        if !leaving.is_empty() {
            self.unmap_object(object, leaving)?;
        }
        let coming: Vec<u32> = gpus.iter().copied().filter(|gpu| !object.mapped.contains(gpu)).collect();
        if !coming.is_empty() {
            self.map_object(object, &coming)?;
        }
        Ok(None)
    }

    /// Takes memory from all GPUs that have it mapped.
    ///
    /// # Errors
    /// `Error` when the driver refuses, or nothing is known there and registration is the only way.
    pub fn unmap_from_gpus(&self, address: u64) -> Result<()> {
        if self.scratch_owner(address).is_some() {
            return self.unmap_scratch(address);
        }
        let mut objects = self.objects.write();
        let object = objects.find(address, 0, self.page_size()).and_then(|start| objects.get_mut(start));
        match object {
            None if !self.discrete || self.svm_api => Ok(()),
            None => Err(Status::Error.into()),
            Some(object) if object.area == Area::Process => Ok(()),
            Some(object) if object.is_user() && object.mappings > 1 => {
                object.mappings -= 1;
                Ok(())
            }
            Some(object) if object.mapped.is_empty() => Ok(()),
            Some(object) => {
                let mapped = object.mapped.to_vec();
                self.unmap_object(object, mapped)
            }
        }
    }

    /// Addresses that nobody registered: the kernel's shared virtual memory serves them as they are.
    fn map_unknown(&self, address: u64, size: u64, gpus: Option<&[u32]>) -> Result<Option<u64>> {
        if self.svm_api {
            self.share_range(address, size, gpus.unwrap_or(&self.all_gpus))?;
            return Ok(Some(address));
        }
        // GPUs that share the CPU's page tables see everything.
        if self.discrete { Err(Status::InvalidParameter.into()) } else { Ok(None) }
    }

    fn check_mappable(&self, object: &Object) -> Result<()> {
        let mappable =
            object.area == Area::Process || !object.is_addresses_only() && object.area != Area::Handle;
        if mappable { Ok(()) } else { Err(Status::InvalidParameter.into()) }
    }

    fn alternate_address(&self, object: &Object, address: u64) -> Option<u64> {
        object.is_user().then(|| object.start + address % self.page_size())
    }

    /// Those registered; else, for memory of a GPU, that GPU and its peers; else all.
    fn default_gpus(&self, object: &Object) -> Vec<u32> {
        if !object.registered.is_empty() {
            return object.registered.to_vec();
        }
        let owner = self.gpus.iter().find(|gpu| gpu.node.0 == object.node);
        match (owner, object.origin) {
            (_, Origin::User { .. }) | (None, _) => self.all_gpus.clone(),
            (Some(gpu), _) => gpu.peers.clone(),
        }
    }

    pub(super) fn map_object(&self, object: &mut Object, gpus: &[u32]) -> Result<()> {
        if object.is_user() && object.mappings > 0 {
            object.mappings += 1;
            return Ok(());
        }
        let mut mapped = 0;
        for (index, handle) in object.handles.iter().enumerate() {
            match self.map_handle(*handle, gpus) {
                Ok(count) => mapped = count as usize,
                Err(errno) => {
                    for handle in &object.handles[..index] {
                        // Already failing; what cannot be undone goes with the buffer.
                        let _ = self.unmap_handle(*handle, gpus);
                    }
                    return Err(failed("MAP_MEMORY_TO_GPU", errno));
                }
            }
        }
        object.mapped.change(gpus, gpus.get(..mapped).unwrap_or(gpus));
        object.mappings = 1;
        Ok(())
    }

    fn unmap_object(&self, object: &mut Object, gpus: Vec<u32>) -> Result<()> {
        let mut result = Ok(());
        for handle in &object.handles {
            result = result.and(self.unmap_handle(*handle, &gpus));
        }
        result.map_err(|errno| failed("UNMAP_MEMORY_FROM_GPU", errno))?;
        object.mapped.change(&gpus, &[]);
        object.mappings = 0;
        Ok(())
    }

    fn map_handle(&self, handle: u64, gpus: &[u32]) -> std::result::Result<u32, Errno> {
        type Arguments = kfd_ioctl_map_memory_to_gpu_args;
        let mut ids = gpus.to_vec();
        let mut arguments = Arguments { handle, n_devices: ids.len() as u32, ..Default::default() };
        let ids = Attached::new(offset_of!(Arguments, device_ids_array_ptr), &mut ids);
        self.driver.call_with(&mut arguments, &mut [ids])?;
        Ok(arguments.n_success)
    }

    pub(super) fn unmap_handle(&self, handle: u64, gpus: &[u32]) -> std::result::Result<(), Errno> {
        type Arguments = kfd_ioctl_unmap_memory_from_gpu_args;
        let mut ids = gpus.to_vec();
        let mut arguments = Arguments { handle, n_devices: ids.len() as u32, ..Default::default() };
        let ids = Attached::new(offset_of!(Arguments, device_ids_array_ptr), &mut ids);
        self.driver.call_with(&mut arguments, &mut [ids])
    }
}
