//! Debugging. Answers to upstream's `debug.c`. The requests of old debuggers left the kernel in 5.x and answer as it
//! does.

use super::{
    exports,
    pointer::{self, Pointer},
    process,
};
use hsakmt_thunk::{
    Result, Status,
    abi::{HSA_QUEUEID, HsaDbgWaveMessage, HsaEvent},
    debug,
    uapi::kfd::{
        dbg_trap, kfd_dbg_device_info_entry, kfd_ioctl_dbg_trap_args, kfd_queue_snapshot_entry,
        kfd_runtime_info,
    },
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
        *process::change().runtime_capabilities() = capabilities;
        Ok(())
    }

    /// Takes it back.
    fn hsaKmtRuntimeDisable() {
        process::thunk()?.runtime_disable()
    }

    /// What the kernel said when it was told.
    fn hsaKmtGetRuntimeCapabilities(caps_mask: *mut u32) {
        caps_mask.write(*process::change().runtime_capabilities())
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

    /// What a core dump tells of the runtime.
    fn hsaKmtGetCoreRuntimeInfo(runtime_info: *mut c_void) {
        let info = process::thunk()?.core_runtime_info();
        runtime_info.cast().write(info).map_err(|_| Status::Error.into())
    }

    /// What a core dump tells of a GPU.
    fn hsaKmtGetCoreDeviceInfo(gpu_id: u32, device_info: *mut c_void) {
        let thunk = process::thunk()?;
        device_info.check().map_err(|_| Status::Error)?;
        device_info.cast().write(thunk.core_device_info(gpu_id)?)
    }

    /// Begins debugging this process. The caller frees what it is told.
    fn hsaKmtDbgEnable(runtime_info: *mut *mut c_void, data_size: *mut u32) {
        let thunk = process::thunk()?;
        runtime_info.check()?;
        data_size.write(size_of::<kfd_runtime_info>() as u32)?;
        runtime_info.write(pointer::hand_over_records(&[debug::enable(thunk.driver())?])?)
    }

    /// Ends it.
    fn hsaKmtDbgDisable() {
        debug::disable(process::thunk()?.driver())
    }

    /// Devices of the debugged process. The caller frees them.
    fn hsaKmtDbgGetDeviceData(data: *mut *mut c_void, n_entries: *mut u32, entry_size: *mut u32) {
        let thunk = process::thunk()?;
        data.check()?;
        let devices = debug::devices(thunk.driver(), thunk.topology().kernel_nodes)?;
        n_entries.write(devices.len() as u32)?;
        entry_size.write(size_of::<kfd_dbg_device_info_entry>() as u32)?;
        data.write(pointer::hand_over_records(&devices)?)
    }

    /// Queues of the debugged process. The caller frees them.
    fn hsaKmtDbgGetQueueData(
        data: *mut *mut c_void,
        n_entries: *mut u32,
        entry_size: *mut u32,
        suspend_queues: bool,
    ) {
        let thunk = process::thunk()?;
        data.check()?;
        let queues = debug::queues(thunk.driver(), suspend_queues)?;
        n_entries.write(queues.len() as u32)?;
        entry_size.write(size_of::<kfd_queue_snapshot_entry>() as u32)?;
        data.write(pointer::hand_over_records(&queues)?)
    }

    /// The kernel's debugger request as it is; `Queues` are written, as the kernel's ids, to where the request points.
    fn hsaKmtDebugTrapIoctl(
        args: *mut c_void,
        Queues: *mut HSA_QUEUEID,
        DebugReturn: *mut u64,
    ) {
        let thunk = process::thunk()?;
        let args = args.cast::<kfd_ioctl_dbg_trap_args>();
        let mut arguments = args.read()?;
        let (array, count) = debug::queue_array(&arguments);
        if !Queues.is_null() {
            let queues = &thunk.services()?.queues;
            let ids = Queues.read_all(count as usize)?;
            let ids = ids.into_iter().map(|id| queues.kernel_id(id)).collect::<Result<Vec<_>>>()?;
            let room = ids.len();
            Pointer::adopted(array as *mut u32).write_all(ids.into_iter(), room)?;
        }
        let answered = debug::request(thunk.driver(), &mut arguments);
        args.write(arguments)?;
        DebugReturn.write_if_wanted(answered.map_or(u64::MAX, |number| number as u64));
        match (arguments.op, answered) {
            (_, Ok(0)) => Ok(()),
            (dbg_trap::SUSPEND_QUEUES | dbg_trap::RESUME_QUEUES, Ok(number))
                if number.unsigned_abs() <= count =>
            {
                Ok(())
            }
            _ => Err(Status::Error.into()),
        }
    }
}
