//! AMDKFD_IOC_RUNTIME_ENABLE. Touches nothing but memory.
#![forbid(unsafe_code)]

use crate::contract::{Call, Errno};
use crate::uapi::kfd::{kfd_ioctl_runtime_enable_args, kfd_runtime_info};
use crate::uapi::kfd_flags::*;

/// What the runtime told of itself, and whether a debugger watches (`struct kfd_runtime_info` and its neighbours).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Runtime {
    pub info: kfd_runtime_info,
    /// A debugger is attached (`debug_trap_enabled`).
    pub traps: bool,
    /// The exceptions that it wants to hear of.
    pub exceptions: u64,
}

/// `kfd_ioctl_runtime_enable`: `EBUSY` when the runtime is enabled already, `EEXIST` when queues exist.
pub(crate) fn enable(call: &mut Call, args: &mut kfd_ioctl_runtime_enable_args) -> Result<(), Errno> {
    let process = call.process();
    if args.mode_mask & KFD_RUNTIME_ENABLE_MODE_ENABLE_MASK == 0 {
        process.runtime.info = kfd_runtime_info::default();
    } else {
        if process.runtime.info.runtime_state != DEBUG_RUNTIME_STATE_DISABLED {
            return Err(Errno::EBUSY);
        }
        if !process.queues.is_empty() {
            return Err(Errno::EEXIST);
        }
        process.runtime.info = kfd_runtime_info {
            r_debug: args.r_debug,
            runtime_state: DEBUG_RUNTIME_STATE_ENABLED,
            ttmp_setup: u32::from(args.mode_mask & KFD_RUNTIME_ENABLE_MODE_TTMP_SAVE_MASK != 0),
        };
    }
    if process.runtime.traps {
        // The caller would now sleep until the debugger sends EC_PROCESS_RUNTIME.
        call.state.report.not_implemented("RUNTIME_ENABLE under a debugger does not wait for it");
    }
    Ok(())
}
