//! Registering the process's own memory.
//!
//! Touches `driver`. Answers to `hsakmt_fmm_register_memory`, `fmm_register_mem_svm_api` and
//! `hsakmt_fmm_deregister_memory` of upstream's `fmm.c`.

use super::{
    Memory,
    allocate::At,
    flags,
    object::{Object, Origin},
    space::Area,
};
use crate::{
    abi::{svm_attribute, svm_flag},
    error::{Result, Status},
    message::{self, Level},
    svm::{self, Attribute},
};

impl Memory {
    /// Makes the process's memory known for `gpus` (empty: all). It can be registered several times, for the same GPUs.
    ///
    /// # Errors
    /// `InvalidParameter` for both coarse-grained and extended-coherent, `InvalidHandle` for memory that is an
    /// allocation, `MemoryAlreadyRegistered` for other GPUs, `Error` when the driver refuses.
    pub fn register(
        &self,
        address: u64,
        size: u64,
        gpus: &[u32],
        coarse_grain: bool,
        extended_coherent: bool,
    ) -> Result<()> {
        if coarse_grain && extended_coherent {
            return Err(Status::InvalidParameter.into());
        }
        let known = self.objects.read().find(address, size, self.page_size());
        let start = match known {
            Some(start) => start,
            None if !self.discrete => return Ok(()),
            None if self.shared_instead(address, size, coarse_grain, extended_coherent) => return Ok(()),
            None => self.register_user(address, size, coarse_grain, extended_coherent)?,
        };
        let mut objects = self.objects.write();
        let object = objects.get_mut(start).ok_or(Status::InvalidHandle)?;
        if !object.is_user() {
            return Err(Status::InvalidHandle.into());
        }
        if known.is_some() {
            object.registrations += 1;
        }
        if !object.registered.is_empty() && *object.registered != *gpus {
            return Err(Status::MemoryAlreadyRegistered.into());
        }
        object.registered.set(gpus);
        Ok(())
    }

    /// The kernel's shared virtual memory needs no registration, only the attributes of the range.
    fn shared_instead(&self, address: u64, size: u64, coarse: bool, extended: bool) -> bool {
        if !self.svm_api {
            return false;
        }
        let shared = self.share_attributes(address, size, coarse, extended);
        if let Err(error) = &shared {
            message::print(Level::Debug, format_args!("{error}; registering the old way"));
        }
        shared.is_ok()
    }

    /// Takes a registration back; imported buffers are freed.
    ///
    /// # Errors
    /// `MemoryNotRegistered` when there is none.
    pub fn deregister(&self, address: u64) -> Result<()> {
        let mut objects = self.objects.write();
        let object = objects.find(address, 0, self.page_size()).and_then(|start| objects.get_mut(start));
        let Some(object) = object else {
            let nothing_to_do = !self.discrete || self.svm_api;
            return if nothing_to_do { Ok(()) } else { Err(Status::MemoryNotRegistered.into()) };
        };
        if object.area == Area::Process {
            return Ok(());
        }
        if object.origin != Origin::Allocated {
            let start = object.start;
            drop(objects);
            if let Err(error) = self.release(start) {
                message::print(Level::Error, format_args!("deregistering {address:#x}: {error}"));
            }
            return Ok(());
        }
        if object.registered.is_empty() {
            return Err(Status::MemoryNotRegistered.into());
        }
        object.registered.set(&[]);
        object.registrations = 0;
        Ok(())
    }

    /// A buffer of the driver over the process's pages.
    fn register_user(&self, address: u64, size: u64, coarse: bool, extended: bool) -> Result<u64> {
        let gpu = self.first_gpu()?;
        let page = self.page_size();
        let (first, offset) = (self.page_down(address), address % page);
        let pages = offset.checked_add(size).and_then(|bytes| bytes.checked_next_multiple_of(page));
        let length =
            pages.filter(|length| first.checked_add(*length).is_some()).ok_or(Status::InvalidParameter)?;
        let kernel = self.driver.kernel();
        if self.config.check_userptr {
            kernel.touch(first, length);
        }
        let place = At { area: Area::Shared, at: None, alignment: 0 };
        let start = self.space.take(kernel, place.area, None, length, 0)?;
        let driver_flags = flags::user(coarse, extended);
        let handles = match self.request_buffers(gpu, start, first, length, driver_flags) {
            Ok((handles, _)) => handles,
            Err(error) => {
                self.space.give_back(kernel, place.area, start, length);
                return Err(error);
            }
        };
        let mut object = Object::new(start, length, place.area, flags::from_driver(driver_flags));
        object.origin = Origin::User { address, size };
        (object.handles, object.node, object.registrations) = (handles, gpu.node.0, 1);
        let mut objects = self.objects.write();
        // Another thread may have registered the same memory meanwhile.
        if let Some(other) = objects.find_user(address, size).and_then(|start| objects.get_mut(start)) {
            other.registrations += 1;
            let start = other.start;
            drop(objects);
            self.discard(&object);
            return Ok(start);
        }
        objects.insert(object);
        Ok(start)
    }

    fn share_attributes(&self, address: u64, size: u64, coarse: bool, extended: bool) -> Result<()> {
        let coherent = if coarse { svm_attribute::CLR_FLAGS } else { svm_attribute::SET_FLAGS };
        let extended = if extended { svm_attribute::SET_FLAGS } else { svm_attribute::CLR_FLAGS };
        let mut attributes =
            [Attribute::new(coherent, svm_flag::COHERENT), Attribute::new(extended, svm_flag::EXT_COHERENT)];
        let (first, length) = self.whole_pages(address, size);
        svm::set(&self.driver, first, length, &mut attributes)
    }

    /// Lets GPUs use a range in place.
    pub(super) fn share_range(&self, address: u64, size: u64, gpus: &[u32]) -> Result<()> {
        let access = |gpu: &u32| Attribute::new(svm_attribute::ACCESS_IN_PLACE, *gpu);
        let mut attributes: Vec<Attribute> = gpus.iter().map(access).collect();
        let (first, length) = self.whole_pages(address, size);
        svm::set(&self.driver, first, length, &mut attributes)
    }

    fn whole_pages(&self, address: u64, size: u64) -> (u64, u64) {
        let page = self.page_size();
        let first = self.page_down(address);
        let bytes = (address % page).saturating_add(size);
        // What is too long for an address space is left to the driver to refuse.
        (first, bytes.checked_next_multiple_of(page).unwrap_or(u64::MAX))
    }
}
