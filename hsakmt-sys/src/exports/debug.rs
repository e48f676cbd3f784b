//! Debugging. Answers to upstream's `debug.c`. The requests of old debuggers left the kernel in 5.x and answer as it
//! does.

use super::{exports, missing, process};
use hsakmt_thunk::{
    Result, Status,
    abi::{HSA_QUEUEID, HsaDbgWaveMessage, HsaEvent},
};
use std::ffi::c_void;

/// The kernel refuses the old interface (`kfd_ioctl_dbg_register` and its kin: EPERM).
fn refused(node: u32) -> Result<()> {
    process::gpu_id(node)?;
    Err(Status::Error.into())
}

exports! {
    /// Tells the kernel of the runtime.
    fn hsaKmtRuntimeEnable(rDebug: *mut c_void, setupTtmp: bool) {
        let capabilities = process::thunk()?.runtime_enable(rDebug.address(), setupTtmp)?;
        process::write().runtime_capabilities = capabilities;
        Ok(())
    }

    /// Takes it back.
    fn hsaKmtRuntimeDisable() {
        process::thunk()?.runtime_disable()
    }

    /// What the kernel said when it was told.
    fn hsaKmtGetRuntimeCapabilities(caps_mask: *mut u32) {
        caps_mask.write(process::write().runtime_capabilities)
    }

    /// Whether a debugger can work.
    fn hsaKmtCheckRuntimeDebugSupport() {
        process::thunk()?.check_debug_support()
    }

    /// Old interface.
    fn hsaKmtDbgRegister(NodeId: u32) {
        process::thunk()?;
        refused(NodeId)
    }

    /// Old interface.
    fn hsaKmtDbgUnregister(NodeId: u32) {
        process::thunk()?;
        refused(NodeId)
    }

    /// Old interface.
    fn hsaKmtDbgWavefrontControl(
        NodeId: u32,
        _Operand: u32,
        _Mode: u32,
        _TrapId: u32,
        _DbgWaveMsgRing: *mut HsaDbgWaveMessage,
    ) {
        process::thunk()?;
        refused(NodeId)
    }

    /// Old interface.
    fn hsaKmtDbgAddressWatch(
        NodeId: u32,
        _NumWatchPoints: u32,
        _WatchMode: *mut u32,
        _WatchAddress: *mut *mut c_void,
        _WatchMask: *mut u64,
        _WatchEvent: *mut *mut HsaEvent,
    ) {
        process::thunk()?;
        refused(NodeId)
    }

    /// Begins debugging this process.
    fn hsaKmtDbgEnable(_runtime_info: *mut *mut c_void, _data_size: *mut u32) {
        process::thunk()?;
        missing("hsaKmtDbgEnable")
    }

    /// Ends it.
    fn hsaKmtDbgDisable() {
        process::thunk()?;
        missing("hsaKmtDbgDisable")
    }

    /// Devices of the debugged process.
    fn hsaKmtDbgGetDeviceData(_data: *mut *mut c_void, _n_entries: *mut u32, _entry_size: *mut u32) {
        process::thunk()?;
        missing("hsaKmtDbgGetDeviceData")
    }

    /// Queues of the debugged process.
    fn hsaKmtDbgGetQueueData(
        _data: *mut *mut c_void,
        _n_entries: *mut u32,
        _entry_size: *mut u32,
        _suspend_queues: bool,
    ) {
        process::thunk()?;
        missing("hsaKmtDbgGetQueueData")
    }

    /// The kernel's debugger request as it is.
    fn hsaKmtDebugTrapIoctl(_args: *mut c_void, _Queues: *mut HSA_QUEUEID, _DebugReturn: *mut u64) {
        process::thunk()?;
        missing("hsaKmtDebugTrapIoctl")
    }
}
