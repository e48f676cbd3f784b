//! Sharing memory with other processes by handles of AMD's own kernel.
//!
//! Touches `driver` and `va`. Answers to `hsakmt_fmm_share_memory` and `hsakmt_fmm_register_shared_memory` of upstream's
//! `fmm.c`. Linux has no such requests and answers ENOTTY, told as `Error`; dma-bufs (`share`) do the same there.

use super::{
    Memory,
    object::{Object, Origin},
    space::Area,
};
use crate::{
    abi::{HsaMemFlags, HsaSharedMemoryHandle},
    error::{Result, Status},
    topology::model::NodeId,
    uapi::kfd::{kfd_ioctl_ipc_export_handle_args, kfd_ioctl_ipc_import_handle_args},
};

/// `HSA_APERTURE` of upstream's `fmm.c`: the handle tells which part of the address space the importer uses.
mod aperture {
    pub const SHARED: u32 = 1;
    pub const COHERENT: u32 = 2;
    pub const GPUVM: u32 = 3;
    pub const HANDLE: u32 = 5;
}

impl Memory {
    /// Makes a handle of the allocation that begins at `address`; `size` bytes are what an importer gets. Its words are
    /// those of upstream's `HsaSharedMemoryStruct`: the kernel's four, aperture and index, pages, GPU.
    ///
    /// # Errors
    /// `InvalidParameter` for no allocation or 2^32 pages, `Error` when the driver refuses.
    pub fn share(&self, address: u64, size: u64) -> Result<HsaSharedMemoryHandle> {
        let pages = u32::try_from(size / self.page_size()).map_err(|_| Status::InvalidParameter)?;
        let (handle, node, area, flags) = {
            let objects = self.objects.read();
            let object = objects.get(address).ok_or(Status::InvalidParameter)?;
            let handle = object.handles.first().copied().ok_or(Status::InvalidParameter)?;
            (handle, object.node, object.area, object.flags)
        };
        // Host memory belongs to the first GPU.
        let gpu = self.gpu_of(NodeId(node)).map_or_else(|| self.first_gpu(), Ok)?.id;
        let mut arguments =
            kfd_ioctl_ipc_export_handle_args { handle, gpu_id: gpu, flags: flags.0, ..Default::default() };
        self.driver.ask("IPC_EXPORT_HANDLE", &mut arguments)?;
        let aperture = match area {
            Area::Handle => aperture::HANDLE,
            Area::Coherent => aperture::COHERENT,
            Area::Shared | Area::Process => aperture::SHARED,
        };
        let [first, second, third, fourth] = arguments.share_handle;
        Ok([first, second, third, fourth, aperture, 0, pages, gpu])
    }

    /// Imports a handle for `gpus` (empty: all), and returns address and bytes.
    ///
    /// # Errors
    /// `InvalidParameter` for what is no handle, `NoMemory`, `Error` when the driver refuses.
    pub fn import_shared(&self, handle: HsaSharedMemoryHandle, gpus: &[u32]) -> Result<(u64, u64)> {
        let [first, second, third, fourth, aperture, _, pages, gpu_id] = handle;
        let area = match aperture {
            aperture::SHARED | aperture::GPUVM => Area::Shared,
            aperture::COHERENT => Area::Coherent,
            aperture::HANDLE => Area::Handle,
            _ => return Err(Status::InvalidParameter.into()),
        };
        let (kernel, size) = (self.driver.kernel(), u64::from(pages) * self.page_size());
        let start = self.space.take(kernel, area, None, size, 0)?;
        let mut arguments = kfd_ioctl_ipc_import_handle_args {
            va_addr: start,
            share_handle: [first, second, third, fourth],
            gpu_id,
            ..Default::default()
        };
        if let Err(error) = self.driver.ask("IPC_IMPORT_HANDLE", &mut arguments) {
            self.space.give_back(kernel, area, start, size);
            return Err(error);
        }
        let mut object = Object::new(start, size, area, HsaMemFlags(arguments.flags));
        (object.handles, object.origin) = (vec![arguments.handle], Origin::Graphics);
        object.registered.set(gpus);
        if arguments.mmap_offset != 0 && area != Area::Handle {
            let Some(gpu) = self.gpu(gpu_id) else {
                self.discard(&object);
                return Err(Status::Error.into());
            };
            object.node = gpu.node.0;
            self.map_to_cpu(&object, size, gpu, arguments.mmap_offset, true)?;
        }
        Ok((self.keep(object), size))
    }
}
