//! Scratch backing: one range a GPU, mapped piecewise as waves need it.
//!
//! Touches `driver` and `va`. Answers to `hsakmt_fmm_allocate_scratch`, `fmm_release_scratch` and
//! `_fmm_map_to_gpu_scratch` of upstream's `fmm.c`.

use super::{Memory, allocate::Request, object::Object, space::Area};
use crate::{
    abi::HsaMemFlags,
    driver::failed,
    error::{Error, Result, Status},
    kernel::{Backing, Place},
    message::{self, Level},
    uapi::kfd::{alloc, kfd_ioctl_set_scratch_backing_va_args},
    va::Bounds,
};

/// Granularity of the register that holds the base.
const ALIGNMENT: u64 = 64 << 10;

impl Memory {
    /// Takes the address range of a GPU's scratch and tells the GPU.
    pub(super) fn allocate_scratch(&self, gpu_id: u32, request: Request) -> Result<u64> {
        if request.alignment != 0 {
            return Err(Status::NotImplemented.into());
        }
        let gpu = self.gpu(gpu_id).ok_or_else(|| Error::from(Status::NoMemory))?;
        let mut scratch = self.scratch.lock();
        if scratch.contains_key(&gpu.id) {
            return Err(Error::new(Status::NoMemory, "this GPU has scratch memory already"));
        }
        let size = request.size.checked_next_multiple_of(ALIGNMENT).ok_or(Status::NoMemory)?;
        let start = self.space.take(self.driver.kernel(), Area::Shared, request.at, size, ALIGNMENT)?;
        let mut arguments = kfd_ioctl_set_scratch_backing_va_args {
            va_addr: start >> 16,
            gpu_id: gpu.id,
            ..Default::default()
        };
        if let Err(error) = self.driver.ask("SET_SCRATCH_BACKING_VA", &mut arguments) {
            self.space.give_back(self.driver.kernel(), Area::Shared, start, size);
            return Err(Error { status: Status::NoMemory, ..error });
        }
        scratch.insert(gpu.id, Bounds { base: start, limit: start + size - 1 });
        Ok(start)
    }

    /// The GPU whose scratch an address lies in.
    pub(super) fn scratch_owner(&self, address: u64) -> Option<u32> {
        let scratch = self.scratch.lock();
        scratch.iter().find(|(_, bounds)| bounds.contains(address)).map(|(gpu, _)| *gpu)
    }

    /// Frees the whole range that an address lies in; `false` if it is no scratch.
    pub(super) fn free_scratch(&self, address: u64) -> bool {
        let Some(gpu) = self.scratch_owner(address) else { return false };
        let Some(bounds) = self.scratch.lock().remove(&gpu) else { return false };
        let pieces = self.objects.read().within(bounds.base, bounds.limit);
        for piece in pieces {
            if let Err(error) = self.unmap_scratch(piece) {
                message::print(Level::Error, format_args!("scratch {piece:#x}: {error}"));
            }
        }
        let size = bounds.limit - bounds.base + 1;
        self.space.give_back(self.driver.kernel(), Area::Shared, bounds.base, size);
        true
    }

    pub(super) fn map_scratch(&self, gpu_id: u32, address: u64, size: u64) -> Result<()> {
        if !self.discrete {
            return Ok(());
        }
        let gpu = self.gpu(gpu_id).ok_or(Status::InvalidParameter)?;
        let bounds = self.scratch.lock().get(&gpu_id).copied().ok_or(Status::InvalidParameter)?;
        let last = address.checked_add(size.max(1) - 1).ok_or(Status::InvalidParameter)?;
        if !bounds.contains(address) || !bounds.contains(last) {
            return Err(Status::InvalidParameter.into());
        }
        let driver_flags = alloc::VRAM | alloc::WRITABLE;
        let (handles, offset) = self
            .request_buffers(gpu, address, 0, size, driver_flags)
            .map_err(|error| Error { status: Status::InvalidHandle, ..error })?;
        let mut object = Object::new(address, size, Area::Shared, HsaMemFlags::default());
        (object.handles, object.node) = (handles, gpu.node.0);
        let backing = Backing::HiddenDevice { fd: gpu.render_fd, offset };
        let mapped = self
            .driver
            .kernel()
            .map(Place::Fixed(address), size, backing)
            .map_err(|errno| failed("mmap", errno))
            .and_then(|_| self.map_object(&mut object, &[gpu_id]));
        if let Err(error) = mapped {
            self.drop_scratch_piece(&object);
            return Err(error);
        }
        self.keep(object);
        Ok(())
    }

    /// Unmaps and frees the piece that begins at an address; the range stays the GPU's.
    pub(super) fn unmap_scratch(&self, address: u64) -> Result<()> {
        let object = self.objects.write().remove(address).ok_or(Status::Error)?;
        for handle in &object.handles {
            if let Err(errno) = self.unmap_handle(*handle, &object.mapped) {
                self.keep(object);
                return Err(failed("UNMAP_MEMORY_FROM_GPU", errno));
            }
        }
        self.drop_scratch_piece(&object);
        Ok(())
    }

    fn drop_scratch_piece(&self, object: &Object) {
        if let Err(errno) = self.free_buffers(&object.handles) {
            message::print(Level::Error, format_args!("{}", failed("FREE_MEMORY_OF_GPU", errno)));
        }
        // Inaccessible again; should that fail, the old pages stay until the range is freed.
        let _ = self.driver.kernel().map(Place::Fixed(object.start), object.size, Backing::Reserved);
    }
}
