//! Giving memory back.
//!
//! Touches `driver` and `va`. Answers to `hsakmt_fmm_release` and `__fmm_release` of upstream's `fmm.c`.

use super::{Memory, object::Object, space::Area};
use crate::{
    driver::failed,
    error::{Result, Status},
};

impl Memory {
    /// Frees an allocation, or takes one registration of registered memory back.
    ///
    /// # Errors
    /// `MemoryNotRegistered` when nothing is there and the kernel shares memory by registration only; `Error` when the
    /// driver refuses (it is still mapped, for example); then the memory stays.
    pub fn free(&self, address: u64) -> Result<()> {
        if self.free_scratch(address) {
            return Ok(());
        }
        let known = self.objects.read().find(address, 0, self.page_size());
        match known {
            Some(start) => self.release(start),
            None if self.svm_api => Ok(()),
            None => Err(Status::MemoryNotRegistered.into()),
        }
    }

    /// Frees the object that begins at `start`, or takes one registration back.
    pub(super) fn release(&self, start: u64) -> Result<()> {
        let mut objects = self.objects.write();
        if let Some(object) = objects.get_mut(start).filter(|object| object.is_user()) {
            object.registrations = object.registrations.saturating_sub(1);
            if object.registrations > 0 {
                return Ok(());
            }
        }
        // Gone from the map first: nobody else can map it or free it meanwhile.
        let object = objects.remove(start).ok_or(Status::InvalidHandle)?;
        drop(objects);
        self.free_object(object)
    }

    /// The buffer goes before its pages: unmapping pages of a live buffer would stop the queues that use it.
    pub(super) fn free_object(&self, object: Object) -> Result<()> {
        if let Err(errno) = self.free_buffers(&object.handles) {
            self.keep(object);
            return Err(failed("FREE_MEMORY_OF_GPU", errno));
        }
        if object.area == Area::Process {
            return self
                .driver
                .kernel()
                .unmap(object.start, object.size)
                .map_err(|errno| failed("munmap", errno));
        }
        self.space.give_back(self.driver.kernel(), object.area, object.start, object.size);
        Ok(())
    }
}
