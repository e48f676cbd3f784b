//! Names of 2026: driver-neutral buffer handles, external semaphores, file input and output, core dumps.
//!
//! Descriptors whose layout still changes between releases are opaque here.

use super::{exports, missing, process};
use hsakmt_thunk::{
    Status,
    abi::{HSA_EXTERNAL_SEMAPHORE_HANDLE, HSA_QUEUEID, HsaAMDGPUDeviceHandle, HsaMemoryObjectHandle},
};
use std::ffi::c_void;

exports! {
    /// Reads or writes a file from or to GPU memory.
    fn hsaKmtAisReadWriteFile(
        _MemoryAddress: *mut c_void,
        _MemorySizeInBytes: u64,
        _fd: i32,
        _file_offset: i64,
        _AisFlags: u32,
        _SizeCopiedInBytes: *mut u64,
        _status: *mut i32,
    ) {
        process::thunk()?;
        missing("hsaKmtAisReadWriteFile")
    }

    /// The descriptor behind a device handle.
    fn hsaKmtGetAmdGPUDeviceFd(_DeviceHandle: HsaAMDGPUDeviceHandle, fd: *mut i32) {
        process::thunk()?;
        fd.check()?;
        missing("hsaKmtGetAmdGPUDeviceFd")
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
    fn hsaKmtSetPersistingCacheSize(NodeId: u32, _SizeInBytes: u64) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtSetPersistingCacheSize")
    }

    /// How long the kernel waits before SIGBUS for poisoned memory.
    fn hsaKmtSetSigbusDelay(NodeId: u32, _DelayMs: u32) {
        process::gpu_id(NodeId)?;
        missing("hsaKmtSetSigbusDelay")
    }
}
