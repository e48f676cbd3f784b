//! Names of 2026: driver-neutral buffer handles, external semaphores, file input and output, core dumps.
//!
//! The buffer handles (hsaKmtHandleImport and what works on its result) are missing: ROCr 7.2.4 still asks libdrm, and
//! in the revisions since then `HsaExternalHandleDesc` has become `HsaHandleImportDesc` with other fields,
//! hsaKmtMemoryVaMap has got a node and hsaKmtMemoryGetCpuAddr has lost its descriptor. Nothing in a call tells which
//! of them the caller has, so the descriptors are opaque here until a release settles them.

use super::{exports, missing, process};
use hsakmt_thunk::{
    Error, Status,
    abi::{
        HSA_AIS_READ, HSA_AIS_WRITE, HSA_EXTERNAL_SEMAPHORE_HANDLE, HSA_QUEUEID, HsaAMDGPUDeviceHandle,
        HsaMemoryObjectHandle,
    },
    kernel::drm_handle,
    memory::{Direction, FilePart},
};
use std::ffi::c_void;

/// The render node of a GPU; `None` for a CPU or no node.
fn render_minor(node: u32) -> Option<u32> {
    let minor = process::with_node(node, |node| node.gfx.map(|_| node.properties.drm_render_minor));
    minor.ok().flatten().map(|minor| minor as u32)
}

exports! {
    /// Reads or writes a file from or to GPU memory.
    fn hsaKmtAisReadWriteFile(
        MemoryAddress: *mut c_void,
        MemorySizeInBytes: u64,
        fd: i32,
        file_offset: i64,
        AisFlags: u32,
        SizeCopiedInBytes: *mut u64,
        status: *mut i32,
    ) {
        let services = process::services()?;
        let direction = match AisFlags {
            HSA_AIS_READ => Direction::Read,
            HSA_AIS_WRITE => Direction::Write,
            _ => return Err(Status::InvalidParameter.into()),
        };
        SizeCopiedInBytes.write_if_wanted(0);
        status.write_if_wanted(0);
        let file = FilePart { descriptor: fd, offset: file_offset };
        let address = MemoryAddress.address();
        let transferred = services.memory.transfer(address, MemorySizeInBytes, file, direction)?;
        SizeCopiedInBytes.write_if_wanted(transferred.bytes);
        status.write_if_wanted(transferred.status);
        Ok(())
    }

    /// The descriptor behind a device handle.
    fn hsaKmtGetAmdGPUDeviceFd(DeviceHandle: HsaAMDGPUDeviceHandle, fd: *mut i32) {
        process::thunk()?;
        fd.check()?;
        fd.write(drm_handle::descriptor(DeviceHandle.address()).ok_or(Status::Error)?.0)
    }

    /// Imports a buffer handle.
    fn hsaKmtHandleImport(_ImportDesc: *const c_void, _ImportResult: *mut c_void, _Flags: *mut c_void) {
        process::thunk()?;
        missing("hsaKmtHandleImport")
    }

    /// Exports a buffer handle.
    fn hsaKmtHandleExport(_ExportDesc: *const c_void, _ExportResult: *mut c_void, _Flags: *mut c_void) {
        process::thunk()?;
        missing("hsaKmtHandleExport")
    }

    /// Maps a buffer to GPU addresses.
    fn hsaKmtMemoryVaMap(_Handle: HsaMemoryObjectHandle, _offset: u64, _size: u64, _addr: u64, _flags: u32) {
        process::thunk()?;
        missing("hsaKmtMemoryVaMap")
    }

    /// Unmaps it.
    fn hsaKmtMemoryVaUnmap(_Handle: HsaMemoryObjectHandle, _offset: u64, _size: u64, _addr: u64) {
        process::thunk()?;
        missing("hsaKmtMemoryVaUnmap")
    }

    /// Maps a buffer for the CPU.
    fn hsaKmtMemoryCpuMap(_Handle: HsaMemoryObjectHandle, _out_cpu_ptr: *mut *mut c_void) {
        process::thunk()?;
        missing("hsaKmtMemoryCpuMap")
    }

    /// Where the CPU finds a buffer.
    fn hsaKmtMemoryGetCpuAddr(
        _DeviceHandle: HsaAMDGPUDeviceHandle,
        _MemoryHandle: HsaMemoryObjectHandle,
        _fd: *mut i32,
        _cpu_addr: *mut u64,
    ) {
        process::thunk()?;
        missing("hsaKmtMemoryGetCpuAddr")
    }

    /// Frees a buffer handle.
    fn hsaKmtMemHandleFree(Handle: HsaMemoryObjectHandle) {
        process::thunk()?;
        if Handle.is_null() { Err(Status::InvalidHandle.into()) } else { missing("hsaKmtMemHandleFree") }
    }

    /// Frees a buffer handle and leaves its metadata.
    fn hsaKmtMemHandleFreePreserveMetadata(Handle: HsaMemoryObjectHandle) {
        process::thunk()?;
        if Handle.is_null() {
            return Err(Status::InvalidHandle.into());
        }
        missing("hsaKmtMemHandleFreePreserveMetadata")
    }

    /// Imports a semaphore; upstream has it on Windows only.
    fn hsaKmtImportExternalSemaphore(
        _NodeId: u32,
        _NtHandle: *mut c_void,
        _Type: u32,
        _OutHandle: *mut HSA_EXTERNAL_SEMAPHORE_HANDLE,
    ) {
        Err(Status::NotSupported.into())
    }

    /// Destroys a semaphore; upstream has it on Windows only.
    fn hsaKmtDestroyExternalSemaphore(_Handle: HSA_EXTERNAL_SEMAPHORE_HANDLE) {
        Err(Status::NotSupported.into())
    }

    /// Signals a semaphore from a queue; upstream has it on Windows only.
    fn hsaKmtQueueSignalExternalSemaphore(
        _QueueId: HSA_QUEUEID,
        _Handle: HSA_EXTERNAL_SEMAPHORE_HANDLE,
        _Value: u64,
    ) {
        Err(Status::NotSupported.into())
    }

    /// Waits for a semaphore in a queue; upstream has it on Windows only.
    fn hsaKmtQueueWaitExternalSemaphore(
        _QueueId: HSA_QUEUEID,
        _Handle: HSA_EXTERNAL_SEMAPHORE_HANDLE,
        _Value: u64,
    ) {
        Err(Status::NotSupported.into())
    }

    /// How much of the second-level cache keeps its lines.
    fn hsaKmtSetPersistingCacheSize(NodeId: u32, SizeInBytes: u64) {
        process::thunk()?;
        render_minor(NodeId).filter(|_| u32::try_from(SizeInBytes).is_ok()).ok_or(Status::InvalidParameter)?;
        // Upstream's request, an operation of DRM_IOCTL_AMDGPU_VM, is in no public kernel, AMD's own included, which
        // all answer EINVAL; so it is not issued.
        Err(Error::new(Status::Error, "no kernel can set the persisting cache size"))
    }

    /// How long the kernel waits before SIGBUS for poisoned memory.
    fn hsaKmtSetSigbusDelay(NodeId: u32, DelayMs: u32) {
        let thunk = process::thunk()?;
        let minor = render_minor(NodeId).ok_or(Status::NotSupported)?;
        thunk.render_nodes().set_sigbus_delay(minor, DelayMs).map_err(|_| Status::NotSupported.into())
    }
}
