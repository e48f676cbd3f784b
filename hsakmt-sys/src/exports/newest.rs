//! Names of 2026: external semaphores, file input and output, descriptors of GPUs, settings. Buffer handles are in
//! `buffer`.

use super::{exports, process};
use hsakmt_thunk::{
    Error, Status,
    abi::{HSA_AIS_READ, HSA_AIS_WRITE, HSA_EXTERNAL_SEMAPHORE_HANDLE, HSA_QUEUEID, HsaAMDGPUDeviceHandle},
    kernel::drm_handle,
    memory::{Direction, FilePart},
};
use std::ffi::c_void;

/// The render node of a GPU; `None` for a CPU or no node.
pub fn render_minor(node: u32) -> Option<u32> {
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

    /// The descriptor of a device handle's render node, which stays the library's.
    fn hsaKmtGetAmdGPUDeviceFd(DeviceHandle: HsaAMDGPUDeviceHandle, fd: *mut i32) {
        let thunk = process::thunk()?;
        fd.check()?;
        let minor = drm_handle::minor(DeviceHandle.address()).ok_or(Status::Error)?;
        fd.write(thunk.render_nodes().get(minor).map_err(|_| Status::Error)?.0)
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
