//! Driver-neutral buffer handles, which ROCr uses since June 2026 for virtual memory and for sharing between processes.
//!
//! A buffer belongs to the GPU whose device handle it was imported with. Fabric handles need a request that no public
//! kernel has.

use super::{exports, newest::render_minor, pointer::Pointer, process};
use hsakmt_thunk::{
    Error, Result, Status,
    abi::{
        HsaAMDGPUDeviceHandle, HsaHandleExportDesc, HsaHandleExportFlags, HsaHandleImportDesc,
        HsaHandleImportFlags, HsaHandleImportResult, HsaMemoryExportResult, HsaMemoryObjectHandle,
        external_handle, memory_access,
    },
    buffer::{Access, Handle, Import, Range, Wish},
    kernel::drm_handle,
};
use std::ffi::c_void;

/// A buffer; its handle is a number that looks like a pointer.
fn buffer(handle: Pointer<c_void>) -> Handle {
    Handle::from_bits(handle.address())
}

/// The same, if it is one of this device's.
fn of_device(handle: u64, device: u64) -> Option<Handle> {
    let handle = Handle::from_bits(handle);
    drm_handle::minor(device).filter(|minor| *minor == handle.minor).map(|_| handle)
}

/// Refuses what is no dma-buf.
fn only_dmabuf(kind: u32) -> Result<()> {
    match kind {
        external_handle::DMA_BUF => Ok(()),
        external_handle::FABRIC => Err(Error::new(Status::Error, "no kernel knows fabric handles")),
        _ => Err(Status::NotSupported.into()),
    }
}

/// What an importer says of the token that a buffer carries between processes.
fn wish(flags: HsaHandleImportFlags, token: u32) -> Wish {
    let becomes =
        flags.has(HsaHandleImportFlags::UPDATE_METADATA) && !flags.has(HsaHandleImportFlags::SYS_MEM);
    match (flags.has(HsaHandleImportFlags::IPC_HANDLE), becomes) {
        (false, _) => Wish::Any,
        (true, true) => Wish::Become(token),
        (true, false) => Wish::Be(token),
    }
}

/// Refuses to map a buffer on a node that is not its GPU's.
fn on_node(handle: Pointer<c_void>, node: u32) -> Result<Handle> {
    if handle.is_null() {
        return Err(Status::Error.into());
    }
    let handle = buffer(handle);
    let minor = render_minor(node).ok_or(Status::InvalidNodeUnit)?;
    if handle.minor == minor { Ok(handle) } else { Err(Status::Error.into()) }
}

exports! {
    /// Takes a dma-buf in, and looks after the token that it carries.
    fn hsaKmtHandleImport(
        ImportDesc: *const HsaHandleImportDesc,
        ImportResult: *mut HsaHandleImportResult,
        Flags: *mut HsaHandleImportFlags,
    ) {
        let thunk = process::thunk()?;
        if ImportDesc.is_null() || ImportResult.is_null() {
            return Err(Status::InvalidHandle.into());
        }
        let wanted = ImportDesc.read()?;
        let minor = drm_handle::minor(wanted.device_handle as u64).ok_or(Status::InvalidHandle)?;
        let wish = wish(Flags.read()?, wanted.metadata);
        only_dmabuf(wanted.r#type)?;
        let dmabuf_fd = { wanted.fabric }.handle[0] as i32;
        match thunk.buffers().import(minor, dmabuf_fd, wish)? {
            Import::Done { handle, size, token } => ImportResult.write(HsaHandleImportResult {
                buf_handle: handle.bits() as HsaMemoryObjectHandle,
                dmabuf_fd,
                alloc_size: size,
                metadata: token,
            }),
            Import::Refused(token) => {
                let result = HsaHandleImportResult { metadata: token, ..ImportResult.read()? };
                ImportResult.write(result)?;
                Err(Status::InvalidParameter.into())
            }
        }
    }

    /// A dma-buf of a buffer, which the caller closes.
    fn hsaKmtHandleExport(
        ExportDesc: *const HsaHandleExportDesc,
        ExportResult: *mut HsaMemoryExportResult,
        _Flags: *mut HsaHandleExportFlags,
    ) {
        let thunk = process::thunk()?;
        if ExportDesc.is_null() || ExportResult.is_null() {
            return Err(Status::InvalidHandle.into());
        }
        let wanted = ExportDesc.read()?;
        let handle = of_device(wanted.buf_handle as u64, wanted.device_handle as u64);
        let handle = handle.ok_or(Status::InvalidHandle)?;
        only_dmabuf(wanted.r#type)?;
        // The first member of the union; that there is more of it was not so from the beginning.
        ExportResult.cast::<i32>().write(thunk.buffers().export(handle)?)
    }

    /// Maps a part of a buffer to an address of its GPU, which the caller has reserved.
    fn hsaKmtMemoryVaMap(
        Handle: HsaMemoryObjectHandle,
        offset: u64,
        size: u64,
        addr: u64,
        flags: u32,
        NodeId: u32,
    ) {
        let thunk = process::thunk()?;
        let access = match flags {
            memory_access::RO => Access { read: true, write: false },
            memory_access::WO => Access { read: false, write: true },
            memory_access::RW => Access { read: true, write: true },
            _ => Access::default(),
        };
        thunk.buffers().map(on_node(Handle, NodeId)?, Range { offset, size, address: addr }, access)
    }

    /// Takes such a mapping away.
    fn hsaKmtMemoryVaUnmap(Handle: HsaMemoryObjectHandle, offset: u64, size: u64, addr: u64, NodeId: u32) {
        let thunk = process::thunk()?;
        thunk.buffers().unmap(on_node(Handle, NodeId)?, Range { offset, size, address: addr })
    }

    /// Maps a buffer for the CPU, once; it stays until the buffer is freed.
    fn hsaKmtMemoryCpuMap(Handle: HsaMemoryObjectHandle, out_cpu_ptr: *mut *mut c_void) {
        let thunk = process::thunk()?;
        out_cpu_ptr.check()?;
        out_cpu_ptr.write(thunk.buffers().map_for_cpu(buffer(Handle))? as *mut c_void)
    }

    /// Where a buffer begins for mmap of the descriptor that hsaKmtGetAmdGPUDeviceFd tells.
    fn hsaKmtMemoryGetCpuAddr(
        DeviceHandle: HsaAMDGPUDeviceHandle,
        MemoryHandle: HsaMemoryObjectHandle,
        cpu_addr: *mut u64,
    ) {
        let thunk = process::thunk()?;
        cpu_addr.check()?;
        let handle = of_device(MemoryHandle.address(), DeviceHandle.address()).ok_or(Status::Error)?;
        cpu_addr.write(thunk.buffers().mmap_offset(handle)?)
    }

    /// Gives an import back, and takes the token from the buffer.
    fn hsaKmtMemHandleFree(Handle: HsaMemoryObjectHandle) {
        process::thunk()?.buffers().free(buffer(Handle))
    }

    /// Gives an import back; the token stays with the buffer.
    fn hsaKmtMemHandleFreePreserveMetadata(Handle: HsaMemoryObjectHandle) {
        process::thunk()?.buffers().release(buffer(Handle))
    }
}
