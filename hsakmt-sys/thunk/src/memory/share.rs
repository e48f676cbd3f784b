//! Sharing memory with other processes and other drivers, by dma-buf.
//!
//! Touches `driver` and `va`. Answers to `hsakmt_fmm_export_dma_buf_fd` and `hsakmt_fmm_register_graphics_handle` of
//! upstream's `fmm.c`. Upstream's other way, handles of a patched kernel (IPC_EXPORT_HANDLE), does not exist in Linux.

use super::{
    Memory, flags,
    object::{Object, Origin},
    space::Area,
};
use crate::{
    abi::HsaMemFlags,
    driver::failed,
    error::{Error, Result, Status},
    kernel::{Attached, CLOSE_ON_EXEC},
    uapi::kfd::{
        kfd_ioctl_export_dmabuf_args, kfd_ioctl_get_dmabuf_info_args, kfd_ioctl_import_dmabuf_args, minor,
    },
};
use std::mem::offset_of;

/// Bytes of metadata that a first query has room for.
pub const METADATA_SIZE: u32 = 64;
/// Images are tiled in blocks of this many bytes.
const IMAGE_ALIGNMENT: u64 = 256 << 10;

/// An imported graphics buffer.
#[derive(Clone, Debug)]
pub struct GraphicsBuffer {
    /// Address, or a mere number if none was asked for.
    pub address: u64,
    /// Bytes.
    pub size: u64,
    /// The exporter's description: address, valid until the buffer is freed, and bytes.
    pub metadata: (u64, u32),
    /// Visible node of the exporting GPU.
    pub node: u32,
}

impl Memory {
    /// Exports the allocation that a range lies in: a descriptor, which the caller closes, and the range's offset in it.
    ///
    /// # Errors
    /// `NotSupported` before interface 1.12, `InvalidParameter` for a range that is in no allocation, `Error`.
    pub fn export_dmabuf(&self, address: u64, size: u64) -> Result<(i32, u64)> {
        self.driver.require_minor(minor::EXPORT_DMABUF, "EXPORT_DMABUF")?;
        let (handle, offset) = self.buffer_at(address, size).ok_or(Status::InvalidParameter)?;
        let mut arguments =
            kfd_ioctl_export_dmabuf_args { handle, flags: CLOSE_ON_EXEC, ..Default::default() };
        self.driver.ask("EXPORT_DMABUF", &mut arguments)?;
        Ok((arguments.dmabuf_fd as i32, offset))
    }

    /// The driver's handle of the allocation that a range lies in, and the range's offset in it.
    pub(super) fn buffer_at(&self, address: u64, size: u64) -> Option<(u64, u64)> {
        let objects = self.objects.read();
        let object = objects.containing(address)?;
        // Registered memory is found by the address of the process too.
        let offset = address.checked_sub(object.start)?;
        let inside = offset.checked_add(size).is_some_and(|end| end <= object.size);
        let handle = object.handles.first().filter(|_| inside && !object.is_user())?;
        Some((*handle, offset))
    }

    /// Imports a dma-buf for `gpus` (empty: all); with `needs_address` false and no GPUs it gets no address.
    ///
    /// # Errors
    /// `Error` when it is not amdgpu's, belongs to a GPU that is not visible, or the driver refuses.
    pub fn import_graphics(&self, dmabuf: u32, gpus: &[u32], needs_address: bool) -> Result<GraphicsBuffer> {
        let (info, metadata) = self.dmabuf_info(dmabuf)?;
        let gpu = self.gpu(info.gpu_id).ok_or(Status::Error)?;
        let area = if gpus.is_empty() && !needs_address { Area::Handle } else { Area::Shared };
        let kernel = self.driver.kernel();
        let start = self.space.take(kernel, area, None, info.size, IMAGE_ALIGNMENT)?;
        let mut arguments = kfd_ioctl_import_dmabuf_args {
            va_addr: if area == Area::Handle { 0 } else { start },
            gpu_id: info.gpu_id,
            dmabuf_fd: dmabuf,
            ..Default::default()
        };
        if let Err(error) = self.driver.ask("IMPORT_DMABUF", &mut arguments) {
            self.space.give_back(kernel, area, start, info.size);
            return Err(error);
        }
        let flags = flags::from_driver(info.flags).with(HsaMemFlags::COARSE_GRAIN);
        let mut object = Object::new(start, info.size, area, flags);
        (object.handles, object.origin, object.node) = (vec![arguments.handle], Origin::Graphics, gpu.node.0);
        object.registered.set(gpus);
        object.metadata = metadata.into();
        let metadata = (object.metadata.as_ptr() as u64, object.metadata.len() as u32);
        self.keep(object);
        Ok(GraphicsBuffer { address: start, size: info.size, metadata, node: gpu.node.0 })
    }

    fn dmabuf_info(&self, dmabuf: u32) -> Result<(kfd_ioctl_get_dmabuf_info_args, Vec<u8>)> {
        type Arguments = kfd_ioctl_get_dmabuf_info_args;
        let mut room = METADATA_SIZE;
        loop {
            let mut metadata = vec![0u8; room as usize];
            let mut arguments = Arguments { metadata_size: room, dmabuf_fd: dmabuf, ..Default::default() };
            let buffer = Attached::new(offset_of!(Arguments, metadata_ptr), &mut metadata);
            match self.driver.call_with(&mut arguments, &mut [buffer]) {
                Ok(()) => {
                    metadata.truncate(arguments.metadata_size as usize);
                    return Ok((arguments, metadata));
                }
                // The kernel told how much it needs; once is enough.
                Err(_) if room == METADATA_SIZE && arguments.metadata_size > room => {
                    room = arguments.metadata_size
                }
                // EBADF is the caller's descriptor, not the library's.
                Err(errno) => {
                    return Err(Error { status: Status::Error, ..failed("GET_DMABUF_INFO", errno) });
                }
            }
        }
    }
}
